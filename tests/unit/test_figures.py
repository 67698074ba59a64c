"""The figures that the page tells are those of the models' metadata, and of nothing else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emotion.errors import ModelError as FaceModelError
from emotion.figures import METADATA as FACES
from emotion.figures import FaceFigures
from emotion.values import EMOTIONS
from music_mood.errors import ModelError as MoodModelError
from music_mood.model.classifier import NEVER_SURE, MoodClassifier
from music_mood.model.figures import METADATA as TRACKS
from music_mood.model.figures import MoodFigures, SoundFigures
from music_mood.values import MOODS


@pytest.fixture(scope="module")
def of_faces() -> dict[str, Any]:
    return json.loads(FACES.read_text())["metrics"]["private"]


@pytest.fixture(scope="module")
def of_tracks() -> dict[str, Any]:
    return json.loads(TRACKS.read_text())["metrics_out_of_fold"]


def test_faces_are_what_the_test_set_said_of_what_the_page_shows(of_faces: dict) -> None:
    figures = FaceFigures.load()
    assert figures.faces == of_faces["page"]["faces"]
    assert figures.accuracy == of_faces["page"]["accuracy"]
    assert figures.accuracy_by_majority == of_faces["page, FER+ majority"]["accuracy"]
    assert figures.made == json.loads(FACES.read_text())["date"]


def test_each_emotion_has_its_recall_and_its_commonest_mistake(of_faces: dict) -> None:
    per_emotion = FaceFigures.load().per_emotion
    assert [one.emotion for one in per_emotion] == list(EMOTIONS)
    for one, row in zip(per_emotion, of_faces["page"]["confusion"], strict=True):
        recall = of_faces["page"]["per_emotion"][one.emotion]["recall"]
        assert one.found == pytest.approx(recall)
        others = [
            count for emotion, count in zip(EMOTIONS, row, strict=True) if emotion != one.emotion
        ]
        assert row[EMOTIONS.index(one.taken_for)] == max(others)
        assert one.taken_for_share == pytest.approx(max(others) / sum(row))
        assert one.taken_for is not one.emotion


def test_tracks_are_what_unknown_artists_said(of_tracks: dict) -> None:
    figures = MoodFigures.load()
    supports = [of_tracks["per_class"][mood]["support"] for mood in MOODS]
    assert figures.tracks == sum(supports)
    assert figures.always_the_commonest == pytest.approx(max(supports) / sum(supports))
    assert figures.accuracy == of_tracks["accuracy"]
    assert figures.sure == of_tracks["coverage"]
    assert figures.accuracy_when_sure == of_tracks["accuracy_when_sure"]
    assert figures.made == json.loads(TRACKS.read_text())["made"]


def test_each_mood_has_its_recall_and_its_commonest_mistake(of_tracks: dict) -> None:
    per_mood = MoodFigures.load().per_mood
    assert [one.mood for one in per_mood] == list(MOODS)
    for one, row in zip(per_mood, of_tracks["confusion"], strict=True):
        assert one.found == pytest.approx(of_tracks["per_class"][one.mood]["recall"])
        assert one.surest == of_tracks["precision_at_10"][one.mood]
        others = [count for mood, count in zip(MOODS, row, strict=True) if mood != one.mood]
        assert row[MOODS.index(one.taken_for)] == max(others)
        assert one.taken_for_share == pytest.approx(max(others) / sum(row))


def of_tests(metadata: dict) -> dict:
    return metadata.get("metrics_out_of_fold") or metadata["metrics"]["private"]["page"]


SPOILT: dict[str, Callable[[dict], object]] = {
    "a figure is missing": lambda metadata: of_tests(metadata).pop("accuracy"),
    "more than all": lambda metadata: of_tests(metadata).update(accuracy=71),
    "not a number": lambda metadata: of_tests(metadata).update(accuracy=float("nan")),
    "a word": lambda metadata: of_tests(metadata).update(accuracy="good"),
    "nothing": lambda metadata: of_tests(metadata).update(accuracy=None),
    "other labels": lambda metadata: metadata["labels"].reverse(),
    "a row is missing": lambda metadata: of_tests(metadata)["confusion"].pop(),
    "a column is missing": lambda metadata: of_tests(metadata)["confusion"][0].pop(),
    "nothing was tested": lambda metadata: of_tests(metadata).update(
        confusion=[[0] * len(row) for row in of_tests(metadata)["confusion"]]
    ),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
@pytest.mark.parametrize(
    ("load", "path", "error"),
    [(FaceFigures.load, FACES, FaceModelError), (MoodFigures.load, TRACKS, MoodModelError)],
    ids=["faces", "tracks"],
)
def test_figures_that_make_no_sense_are_not_told(load, path, error, spoil, tmp_path: Path) -> None:
    metadata = json.loads(path.read_text())
    spoil(metadata)
    spoilt = tmp_path / "metadata.json"
    spoilt.write_text(json.dumps(metadata))
    with pytest.raises(error, match="make no sense"):
        load(spoilt)


@pytest.mark.parametrize(
    ("load", "error"), [(FaceFigures.load, FaceModelError), (MoodFigures.load, MoodModelError)]
)
@pytest.mark.parametrize("content", [None, "", "[]", "{"])
def test_a_missing_or_broken_file_gets_a_sentence(load, error, content, tmp_path: Path) -> None:
    path = tmp_path / "metadata.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(error, match="figures of the"):
        load(path)


# -- of sound that was listened to


def of_sound() -> dict[str, Any]:
    """Make up what `music_mood.sound.training.train` writes, for the model that ships."""
    metadata = json.loads(TRACKS.read_text())
    return {
        "unsure_below": 0.62,
        "mood_model": metadata["files"]["mood.joblib"]["sha256"],
        "metrics": {
            "tracks": dict(zip(MOODS, (10, 20, 30, 40), strict=True)),
            "accuracy": 0.35,
            "songs": {"with_a_mood": 0.41, "right": 0.68},
        },
    }


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The model that ships, in a folder of its own, without figures of sound."""
    for name in ("metadata.json", "mood.joblib", "sound.joblib"):
        (tmp_path / name).symlink_to(TRACKS.parent / name)
    return tmp_path


def test_of_sound_is_told_what_was_measured(model: Path) -> None:
    (model / "sound.json").write_text(json.dumps(of_sound()))
    assert SoundFigures.load(model) == SoundFigures(100, 0.35, 0.41, 0.68)


@pytest.mark.slow
def test_sound_is_said_to_be_unmeasured_where_the_model_is_never_sure_of_it(model: Path) -> None:
    """And nowhere else: what About says and what the list says go together."""
    shipped = json.loads((TRACKS.parent / "sound.json").read_text())
    other = shipped | {"mood_model": "another"}
    for figures, told in ((None, False), (other, False), (shipped, True)):
        if figures:
            (model / "sound.json").write_text(json.dumps(figures))
        assert (SoundFigures.load(model) is not None) == told
        assert (MoodClassifier.load(model).heard_unsure_below < NEVER_SURE) == told


SPOILT_SOUND: dict[str, Callable[[dict], object]] = {
    "a figure is missing": lambda found: found["metrics"].pop("songs"),
    "all are missing": lambda found: found.pop("metrics"),
    "of which model": lambda found: found.pop("mood_model"),
    "a mood is missing": lambda found: found["metrics"]["tracks"].pop("sad"),
    "more than all": lambda found: found["metrics"].update(accuracy=35),
    "not a number": lambda found: found["metrics"].update(accuracy=float("nan")),
    "a word": lambda found: found["metrics"]["songs"].update(right="much"),
    "a threshold of nothing": lambda found: found.update(unsure_below=None),
    "nobody is sure": lambda found: found["metrics"]["songs"].update(right=None),
    "nothing was tested": lambda found: found["metrics"].update(tracks=dict.fromkeys(MOODS, 0)),
}


@pytest.mark.parametrize("spoil", SPOILT_SOUND.values(), ids=SPOILT_SOUND)
def test_figures_of_sound_that_make_no_sense_are_not_told(model: Path, spoil) -> None:
    found = of_sound()
    spoil(found)
    (model / "sound.json").write_text(json.dumps(found))
    with pytest.raises(MoodModelError, match="make no sense"):
        SoundFigures.load(model)


@pytest.mark.parametrize("content", ["", "[]", "{"])
def test_a_broken_file_of_sound_gets_a_sentence(model: Path, content: str) -> None:
    (model / "sound.json").write_text(content)
    with pytest.raises(MoodModelError, match="make no sense"):
        SoundFigures.load(model)


def test_what_ships_of_sound_was_measured_with_the_model_that_ships() -> None:
    """Whoever trains the one must train the other: `make train-mood train-sound`."""
    found = json.loads((TRACKS.parent / "sound.json").read_text())["metrics"]
    assert SoundFigures.load() == SoundFigures(
        sum(found["tracks"].values()),
        found["accuracy"],
        found["songs"]["with_a_mood"],
        found["songs"]["right"],
    )
