"""How good the mood model is with what is heard: measured on files made here, with a fake ear."""

import csv
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from music_mood.model.classifier import (
    MODEL_FOLDER,
    NEVER_SURE,
    PIPELINES,
    SOUND_FIGURES,
    MoodClassifier,
)
from music_mood.sound.ear import ANALYSIS
from music_mood.sound.training import measure as module
from music_mood.sound.training.measure import (
    HeardTracks,
    MeasureConfig,
    as_table,
    evenly,
    figures_of,
    hear_all,
    measure_sound,
)
from music_mood.values import FEATURE_NAMES, MOODS, AudioFeatures
from tests.sounds import wav

LIKE = {  # energy, valence
    "calm": (0.1, 0.7),
    "energetic": (0.95, 0.4),
    "happy": (0.7, 0.95),
    "sad": (0.2, 0.1),
}


class FakeEar:
    """Hears what the file's first samples were made to say: a number of `LIKE`."""

    heard = 0

    def hear(self, opened, seconds):
        assert seconds == 2.0
        type(self).heard += 1
        mood = opened.read()[-1]
        if mood >= len(MOODS):
            return None
        energy, valence = LIKE[MOODS[mood]]
        loudness = -30 + 25 * energy
        return AudioFeatures(0.5, 1 - energy, energy, 0.7, 0.1, valence, loudness, 0.06, 110)


@pytest.fixture
def ear(monkeypatch) -> type[FakeEar]:
    fake = type("Ear", (FakeEar,), {})
    monkeypatch.setattr(module, "Ear", fake)
    return fake


@pytest.fixture
def labels(tmp_path) -> Path:
    """Twelve tracks by three makers, two that cannot be heard, and one of another label."""
    sound = wav()[:-1]
    rows = []
    for number in range(12):
        mood = MOODS[number % 4]
        (tmp_path / f"{number}.wav").write_bytes(sound + bytes([number % 4]))
        rows.append({"file": f"{number}.wav", "label": mood, "source": f"maker {number // 4}"})
    (tmp_path / "mute.wav").write_bytes(sound + b"\xff")
    (tmp_path / "text.wav").write_bytes(b"no sound")
    rows += [{"file": f"{name}.wav", "label": "sad", "source": "x"} for name in ("mute", "text")]
    rows.append({"file": "0.wav", "label": "angry", "source": "x"})
    with (tmp_path / "labels.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, ["file", "label", "source"])
        table.writeheader()
        table.writerows(rows)
    return tmp_path / "labels.csv"


@pytest.fixture
def model(tmp_path) -> Path:
    shutil.copytree(MODEL_FOLDER, tmp_path / "mood")
    (tmp_path / "mood" / SOUND_FIGURES).unlink(missing_ok=True)
    return tmp_path / "mood"


def test_tracks_are_heard_in_order_and_what_cannot_be_is_told(ear, labels, caplog):
    tracks = hear_all(labels, {})
    assert tracks.features.shape == (12, len(FEATURE_NAMES))
    assert tracks.moods.tolist() == [0, 1, 2, 3] * 3
    assert tracks.sources.tolist() == [f"maker {number // 4}" for number in range(12)]
    energy = tracks.features[:, FEATURE_NAMES.index("energy")]
    assert energy.tolist() == [LIKE[MOODS[number % 4]][0] for number in range(12)]
    assert caplog.text.count("not heard: mute.wav") == caplog.text.count("not heard: text.wav") == 1


def test_what_was_heard_is_not_heard_again(ear, labels):
    cached: dict[str, list[float]] = {}
    first = hear_all(labels, cached)
    assert len(cached) == 12
    ear.heard = 0
    again = hear_all(labels, json.loads(json.dumps(cached)))
    assert ear.heard == 1  # the one that is mute
    np.testing.assert_array_equal(first.features, again.features)


def test_each_mood_weighs_the_same():
    moods = np.array([0] * 6 + [1] * 3 + [3])
    weights = evenly(moods)
    assert weights.sum() == pytest.approx(10)
    assert [weights[moods == mood].sum() for mood in (0, 1, 3)] == pytest.approx([10 / 3] * 3)


def made(confidence: list[float], right: list[bool], sources: list[str]) -> tuple:
    """Probabilities of tracks that all are calm, said to be calm or sad."""
    rest = [(1 - one) / 3 for one in confidence]
    rows = [
        [one, other, other, other] if is_right else [other, other, other, one]
        for one, other, is_right in zip(confidence, rest, right, strict=True)
    ]
    count = len(confidence)
    nothing = np.zeros((count, len(FEATURE_NAMES)))
    return np.array(rows), HeardTracks(nothing, np.zeros(count, np.int64), np.array(sources))


def test_the_threshold_is_judged_by_makers_that_had_no_part_in_it():
    """B's are wrong: a threshold chosen with them keeps them out, one chosen without does not."""
    confidence = [0.9, 0.5, 0.9, 0.5, 0.6, 0.6]
    right = [True, True, True, True, False, False]
    probabilities, tracks = made(confidence, right, ["A", "A", "C", "C", "B", "B"])
    figures = figures_of(probabilities, tracks, wanted=0.9)
    assert figures["unsure_below"] == 0.61
    assert figures["sources"] == 3
    assert figures["accuracy_when_sure"] == 1
    held_out = figures["chosen_without_their_makers"]
    assert held_out["right"] == pytest.approx(2 / 4)  # A's and C's 0.9, and both of B's
    assert held_out["with_a_mood"] == pytest.approx(4 / 6)


def test_arousal_is_right_where_the_mood_is_of_the_same_half():
    probabilities, tracks = made([0.9] * 4, [True, False, True, False], ["A", "B", "A", "B"])
    figures = figures_of(probabilities, tracks, wanted=0.4)
    assert (figures["accuracy"], figures["arousal"]) == (0.5, 1.0)  # sad is as gentle as calm


def test_where_nothing_is_sure_enough_there_are_figures_all_the_same():
    probabilities, tracks = made([0.6] * 4, [False] * 4, ["A", "A", "B", "B"])
    figures = figures_of(probabilities, tracks, wanted=0.9)
    assert figures["unsure_below"] == 1.0
    assert figures["chosen_without_their_makers"]["with_a_mood"] == 0
    json.dumps(figures, allow_nan=False)


@pytest.mark.slow
def test_what_is_measured_is_what_the_classifier_goes_by(ear, labels, model, tmp_path):
    assert MoodClassifier.load(model).heard_unsure_below == NEVER_SURE
    kept = tmp_path / "features.json"
    config = MeasureConfig(labels, wanted=0.7, model=model, out=model, features=kept)
    report = measure_sound(config)
    assert report == json.loads((model / SOUND_FIGURES).read_text())
    assert report["analysis"] == ANALYSIS
    digest = hashlib.sha256((model / PIPELINES).read_bytes()).hexdigest()
    assert report["mood_model"] == digest
    assert MoodClassifier.load(model).heard_unsure_below == report["unsure_below"] < 1
    assert report["metrics"]["accuracy"] >= 0.7  # textbook cases
    assert len(json.loads(kept.read_text())) == 12
    assert str(tmp_path) not in json.dumps(report)
    table = as_table(report).splitlines()
    assert len(table) == 2 + len(report["metrics"]["by_threshold"])
    assert {line.count("|") for line in table} == {6}
    ear.heard = 0
    measure_sound(config)
    assert ear.heard == 1
