import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_mood.model.classifier import VERDICTS, MoodClassifier, Moods
from music_mood.model.labelling import label_tracks
from music_mood.values import (
    FEATURE_NAMES,
    MOODS,
    SOUND,
    AudioFeatures,
    LabelSource,
    Mood,
    Track,
)

ROOT = Path(__file__).resolve().parents[2]
HAPPY = AudioFeatures(0.75, 0.2, 0.7, 0, 0.1, 0.95, -7, 0.04, 120)


class ByValence:
    """Stands in for the model: happy above a valence of 0.6, unsure down to 0.4, else sad."""

    def __init__(self) -> None:
        self.asked = []
        self.heard = []

    def classify(self, values: np.ndarray, heard: np.ndarray) -> Moods:
        assert values.dtype == np.float64
        assert values.shape[1:] == (len(FEATURE_NAMES),)
        assert (heard.dtype, heard.shape) == (np.bool_, (len(values),))
        self.asked.append(len(values))
        self.heard += heard.tolist()
        rows, verdicts = [], []
        for valence in values[:, FEATURE_NAMES.index("valence")]:
            mood = "happy" if valence > 0.6 else "unsure" if valence > 0.4 else "sad"
            rows.append((0.0, 0.0, valence, 1 - valence))
            verdicts.append(VERDICTS.index(mood))
        affect = np.zeros((len(values), 2))
        return Moods(np.array(rows), np.array(verdicts, dtype=np.int8), affect)


def track(title, valence=None, makers_mood=None) -> Track:
    features = None
    if valence is not None:
        features = AudioFeatures(0.5, 0.1, 0.5, 0, 0.1, valence, -7, 0.05, 120)
    return Track(title, "x", features=features, makers_mood=makers_mood)


def all_labelled(tracks, classifier, **options):
    return [one for chunk in label_tracks(tracks, classifier, **options) for one in chunk]


def test_the_model_labels_what_has_features():
    (happy, sad) = all_labelled([track("a", 0.9), track("b", 0.1)], ByValence())
    assert (happy.mood, happy.label_source) == (Mood.HAPPY, LabelSource.MODEL)
    assert happy.probabilities == pytest.approx((0, 0, 0.9, 0.1))
    assert sad.mood is Mood.SAD


def test_an_unsure_track_has_probabilities_but_no_mood():
    (one,) = all_labelled([track("a", 0.5)], ByValence())
    assert (one.mood, one.label_source) == (None, LabelSource.MODEL)
    assert one.confidence == 0.5


def test_a_track_without_features_stays_unknown():
    (one,) = all_labelled([track("a")], ByValence())
    assert (one.mood, one.probabilities, one.label_source) == (None, None, LabelSource.NOBODY)


@pytest.mark.parametrize("valence", [None, 0.9])
def test_the_makers_word_outranks_the_model(valence):
    model = ByValence()
    (one,) = all_labelled([track("a", valence, Mood.CALM)], model)
    assert (one.mood, one.label_source) == (Mood.CALM, LabelSource.MAKERS)
    assert one.probabilities == (1, 0, 0, 0)
    assert sum(model.asked) == 0


def test_features_without_a_model_are_refused():
    tracks = [track("a", 0.9, Mood.CALM), track("b"), track("c", 0.9)]
    assert len(all_labelled(tracks[:2], None)) == 2
    with pytest.raises(ValueError, match="expected a classifier"):
        all_labelled(tracks, None)


def test_the_model_is_told_whose_features_were_heard():
    sources = ["sound", "reccobeats", None, "sound", "csv"]
    tracks = [replace(track(str(i), 0.9), features_source=one) for i, one in enumerate(sources)]
    tracks[2:2] = [track("no features"), track("makers", 0.9, Mood.CALM)]
    for chunk in (1, 3, 256):
        model = ByValence()
        all_labelled(tracks, model, chunk=chunk)
        assert model.heard == [one == SOUND for one in sources]


def test_of_what_was_heard_the_model_that_ships_must_be_surer():
    """By its own pipeline and its own threshold, here of the very same features."""
    told = Track("a", "b", features=HAPPY, features_source="reccobeats")
    model = MoodClassifier.load()
    (by_service, by_ear) = all_labelled([told, replace(told, features_source=SOUND)], model)
    assert by_service.probabilities != by_ear.probabilities
    assert by_ear.label_source == LabelSource.MODEL
    assert (by_ear.mood is not None) is (by_ear.confidence >= model.heard_unsure_below)


def test_progress_comes_in_chunks():
    tracks = [track(str(i), 0.9) for i in range(10)]
    assert [len(chunk) for chunk in label_tracks(tracks, ByValence(), chunk=4)] == [4, 4, 2]
    assert not [*label_tracks([], ByValence())]


kinds = st.sampled_from(["features", "makers", "none"])


@given(st.lists(kinds, max_size=30), st.integers(1, 12))
def test_order_and_number_are_kept_whatever_the_mixture_and_chunk(mixture, chunk):
    tracks = [
        track(
            f"T{i}",
            valence=0.9 if kind == "features" else None,
            makers_mood=Mood.SAD if kind == "makers" else None,
        )
        for i, kind in enumerate(mixture)
    ]
    found = all_labelled(tracks, ByValence(), chunk=chunk)
    assert [one.track for one in found] == tracks
    sources = {"features": "model", "makers": "makers", "none": "nobody"}
    assert [one.label_source for one in found] == [sources[kind] for kind in mixture]


def test_with_the_model_that_ships():
    (one,) = all_labelled([Track("a", "b", features=HAPPY)], MoodClassifier.load())
    assert len(one.probabilities) == 4
    assert sum(one.probabilities) == pytest.approx(1)
    assert max(MOODS, key=lambda mood: one.probabilities[MOODS.index(mood)]) is Mood.HAPPY


def test_labelling_is_imported_without_pandas():
    """In a fresh process: of what labels, only the unpickled model may want it."""
    code = "import sys, music_mood.model.labelling; print('pandas' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == ["False"]


@pytest.mark.slow
def test_the_demo_needs_neither_model_nor_scikit_learn():
    """In a fresh process: scikit-learn would add 75 MB to a server that nobody gave features."""
    code = (
        "import sys, emotion.panel.ways, music_mood.panel.music\n"
        "from music_mood.model.labelling import label_tracks\n"
        "from music_mood.sources.demo import demo_playlist\n"
        "chunks = label_tracks(demo_playlist().tracks, None)\n"
        "labelled = [one for chunk in chunks for one in chunk]\n"
        "print(len(labelled), all(one.mood for one in labelled), 'sklearn' in sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == ["28", "True", "False"]
