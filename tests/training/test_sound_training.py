"""How it is learned what heard features mean: on recordings made here, with a fake ear."""

import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest

from music_mood.errors import ModelError
from music_mood.model.artefact import MODEL_FOLDER, PIPELINES, SOUND_FIGURES, SOUND_PIPELINE
from music_mood.model.classifier import NEVER_SURE, MoodClassifier
from music_mood.sound.training import gather as fetching
from music_mood.sound.training import train as module
from music_mood.sound.training.gather import Recording, gather, recordings
from music_mood.sound.training.train import (
    HeardTracks,
    TrainConfig,
    as_table,
    by_others,
    evenly,
    figures_of,
    hear_all,
    train,
)
from music_mood.values import FEATURE_NAMES, MOODS, AudioFeatures, Mood
from tests.sounds import wav

LIKE = {  # energy, valence
    "calm": (0.1, 0.7),
    "energetic": (0.95, 0.4),
    "happy": (0.7, 0.95),
    "sad": (0.2, 0.1),
}
PACKAGES = 5


class FakeEar:
    """Hears what the file's last byte was made to say: a number of `LIKE`."""

    heard = 0

    def hear(self, opened, seconds):
        assert seconds == 2.0
        type(self).heard += 1
        number = opened.read()[-1]
        if number >= len(MOODS):
            return None
        energy, valence = LIKE[MOODS[number]]
        loudness = -30 + 25 * energy
        return AudioFeatures(0.5, 1 - energy, energy, 0.7, 0.1, valence, loudness, 0.06, 110)


@pytest.fixture
def ear(monkeypatch) -> type[FakeEar]:
    fake = type("Ear", (FakeEar,), {})
    monkeypatch.setattr(module, "Ear", fake)
    return fake


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A recording of each mood in five packages; two that cannot be heard, one that is gone."""
    sound = wav()[:-1]
    table = [
        Recording(f"package-{package}", f"music/{mood}.wav", Mood(mood), "", "", weak=package == 0)
        for package in range(PACKAGES)
        for mood in MOODS
    ]
    for one in table:
        place = one.below(tmp_path / "sound")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(sound + bytes([MOODS.index(one.mood)]))
    for name, content in (("mute", sound + b"\xff"), ("text", b"no sound")):
        table.append(Recording("package-0", f"{name}.wav", Mood.SAD, "", "", weak=False))
        table[-1].below(tmp_path / "sound").write_bytes(content)
    table.append(Recording("gone", "a.wav", Mood.SAD, "", "", weak=False))
    monkeypatch.setattr(module, "recordings", lambda: table)
    return tmp_path / "sound"


@pytest.fixture
def model(tmp_path) -> Path:
    """The model that ships, without what was learned of sound."""
    shutil.copytree(MODEL_FOLDER, tmp_path / "mood")
    (tmp_path / "mood" / SOUND_FIGURES).unlink()
    (tmp_path / "mood" / SOUND_PIPELINE).unlink()
    return tmp_path / "mood"


def test_the_table_names_recordings_of_all_moods_each_once():
    table = recordings()
    assert len(table) == len({(one.package, one.path) for one in table}) > 100
    assert {one.mood for one in table} == set(MOODS)
    assert all(one.why and ".." not in one.path for one in table)


def test_recordings_are_heard_in_order_and_what_cannot_be_is_told(ear, folder, tmp_path, caplog):
    tracks = hear_all(folder, tmp_path / "kept.json")
    assert tracks.features.shape == (4 * PACKAGES, len(FEATURE_NAMES))
    assert tracks.moods.tolist() == [0, 1, 2, 3] * PACKAGES
    assert tracks.weak.tolist() == [True] * 4 + [False] * 4 * (PACKAGES - 1)
    energy = tracks.features[:, FEATURE_NAMES.index("energy")]
    assert energy.tolist() == [LIKE[mood][0] for mood in MOODS] * PACKAGES
    assert caplog.text.count("not heard") == 2
    ear.heard = 0
    again = hear_all(folder, tmp_path / "kept.json")
    assert ear.heard == 1  # the one that is mute; the rest is kept
    np.testing.assert_array_equal(tracks.features, again.features)


def test_each_mood_weighs_the_same():
    moods = np.array([0] * 6 + [1] * 3 + [3])
    weights = evenly(moods)
    assert weights.sum() == pytest.approx(10)
    assert [weights[moods == mood].sum() for mood in (0, 1, 3)] == pytest.approx([10 / 3] * 3)


def test_no_package_is_judged_by_what_was_learned_from_it():
    """One whose labels are turned round is wrong throughout: the others say so."""
    moods = np.tile(np.arange(4), PACKAGES)
    features = np.full((len(moods), len(FEATURE_NAMES)), 0.5)
    features[:, FEATURE_NAMES.index("tempo")] = 100
    for name, at in (("energy", 0), ("valence", 1)):
        features[:, FEATURE_NAMES.index(name)] = [LIKE[MOODS[mood]][at] for mood in moods]
    sources = np.repeat([f"package {number}" for number in range(PACKAGES)], 4)
    told = moods.copy()
    told[:4] = told[:4][::-1]
    tracks = HeardTracks(features, told, sources, np.zeros(len(moods), bool))
    found = by_others(TrainConfig(Path(), penalty=0.01), tracks).argmax(axis=1)
    assert found.tolist() == moods.tolist()


def made(confidence: list[float], right: list[bool], moods: list[int]) -> tuple:
    """Probabilities of tracks whose mood is said to be as it is, or the next one."""
    rows = np.empty((len(moods), 4))
    for row, one, is_right, mood in zip(rows, confidence, right, moods, strict=True):
        row[:] = (1 - one) / 3
        row[mood if is_right else (mood + 1) % 4] = one
    nothing = np.zeros((len(moods), len(FEATURE_NAMES)))
    weak = np.zeros(len(moods), bool)
    return rows, HeardTracks(
        nothing, np.array(moods), np.array(["A", "B"] * len(moods))[: len(moods)], weak
    )


def test_the_threshold_holds_plainly_and_with_each_mood_the_same():
    """Nine calm tracks are right from 0.5 on, the one sad track is not before 0.8."""
    confidence = [0.6] * 9 + [0.7, 0.9]
    right = [True] * 9 + [False, True]
    probabilities, tracks = made(confidence, right, [0] * 9 + [3, 3])
    figures = figures_of(probabilities, tracks, wanted=0.9)
    assert figures["unsure_below"] == 0.71
    assert (figures["coverage"], figures["accuracy_when_sure"]) == (pytest.approx(1 / 11), 1)
    assert figures["tracks"] == {"calm": 9, "energetic": 0, "happy": 0, "sad": 2}
    assert figures["sources"] == 2


def test_where_nothing_is_sure_enough_there_are_figures_all_the_same():
    probabilities, tracks = made([0.6] * 4, [False] * 4, [0, 1, 2, 3])
    figures = figures_of(probabilities, tracks, wanted=0.9)
    assert figures["unsure_below"] == 1.0
    json.dumps(figures, allow_nan=False)


@pytest.mark.slow
def test_what_is_learned_is_what_the_classifier_goes_by(ear, folder, model, tmp_path):
    assert MoodClassifier.load(model).heard_unsure_below == NEVER_SURE
    config = TrainConfig(
        folder, model=model, songs=tmp_path / "none", features=tmp_path / "kept.json", penalty=0.1
    )
    report = train(config)
    assert report == json.loads((model / SOUND_FIGURES).read_text())
    assert "songs" not in report["metrics"] and str(tmp_path) not in json.dumps(report)
    assert report["metrics"]["accuracy"] >= 0.7  # textbook cases
    classifier = MoodClassifier.load(model)
    assert classifier.heard_unsure_below == report["unsure_below"] <= 1
    tracks = hear_all(folder, tmp_path / "kept.json")
    heard = classifier.classify(tracks.features, np.ones(len(tracks), bool)).probabilities
    songs = classifier.by_songs(tracks.features)
    assert np.abs(heard - songs).max() > 0.05  # the regression has its say
    table = as_table(report).splitlines()
    assert {line.count("|") for line in table} == {5}
    assert len(table) == 2 + len(report["metrics"]["by_threshold"])


@pytest.mark.slow
def test_what_was_learned_is_used_only_as_it_was_saved(ear, folder, model, tmp_path):
    songs = tmp_path / "none"
    train(TrainConfig(folder, model=model, songs=songs, features=tmp_path / "kept.json"))
    other = json.loads((model / SOUND_FIGURES).read_text())
    (model / SOUND_FIGURES).write_text(json.dumps(other | {"mood_model": "another"}))
    assert MoodClassifier.load(model).heard_unsure_below == NEVER_SURE
    (model / SOUND_FIGURES).write_text(json.dumps(other))
    (model / SOUND_PIPELINE).write_bytes((model / PIPELINES).read_bytes())
    with pytest.raises(ModelError, match="not the one its metadata describes"):
        MoodClassifier.load(model)


def test_recordings_are_fetched_from_packages_and_archives_in_them(tmp_path, monkeypatch, caplog):
    """With programs that do as `apt-get download` and `dpkg-deb -x` do."""
    asked = []

    def run(command, cwd, **_):
        asked.append(command)
        if command[0] == "apt-get":
            if command[-1] == "gone":
                raise subprocess.CalledProcessError(100, command)
            (cwd / f"{command[-1]}_1_all.deb").write_bytes(b"")
            return
        content = cwd / command[-1]
        (content / "music").mkdir(parents=True)
        (content / "music/a.ogg").write_bytes(b"a")
        with zipfile.ZipFile(content / "all.pk3", "w") as archive:
            archive.writestr("b/c.ogg", "c")

    monkeypatch.setattr(fetching.subprocess, "run", run)
    paths = [("one", "music/a.ogg"), ("one", "all.pk3/b/c.ogg"), ("one", "none"), ("gone", "x")]
    wanted = [Recording(*path, Mood.CALM, "", "", weak=False) for path in paths]
    there = list(gather(tmp_path, wanted))
    assert [one.below(tmp_path).read_bytes() for one in there] == [b"a", b"c"]
    assert "not in one: none" in caplog.text and "gone could not be fetched" in caplog.text
    asked.clear()
    assert list(gather(tmp_path, wanted[:2])) == there
    assert not asked  # they are there
