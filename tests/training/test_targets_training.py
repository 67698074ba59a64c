"""How the targets are learned, on miniature tables made here."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from music_mood.model.artefact import MODEL_FOLDER
from music_mood.model.classifier import MoodClassifier
from music_mood.model.targets import TARGET_NAMES, TARGETS, Targets
from music_mood.model.training.dataset import MOOD_TABLES, load_mood_tracks
from music_mood.model.training.targets import TargetsConfig, learn, learn_targets, track_weights
from music_mood.values import FEATURE_NAMES, MOODS, Mood

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "music"

# Per mood: energy, valence, danceability, acousticness, tempo.
CENTRES = {
    "calm": (0.15, 0.3, 0.4, 0.9, 76),
    "energetic": (0.9, 0.45, 0.6, 0.05, 128),
    "happy": (0.7, 0.85, 0.7, 0.15, 110),
    "sad": (0.3, 0.15, 0.5, 0.7, 90),
}
SPREAD = 0.05


def songs(per_mood: int, random: np.random.Generator, first_artist: int) -> pd.DataFrame:
    table = pd.DataFrame({"mood": np.repeat(list(CENTRES), per_mood)})
    for column, name in enumerate(TARGET_NAMES[:-1]):
        centre = table["mood"].map(lambda mood, column=column: CENTRES[mood][column])
        table[name] = (centre + random.normal(0, SPREAD, len(table))).clip(0, 1)
    # every other one is counted at double speed, as beat trackers do
    double = np.where(np.arange(len(table)) % 2, 2.0, 1.0)
    bpm = table["mood"].map(lambda mood: CENTRES[mood][-1])
    table["tempo"] = bpm * double * 2 ** random.normal(0, SPREAD, len(table))
    table["artist"] = [f"artist {first_artist + i % 40}" for i in range(len(table))]
    constants = {"instrumentalness": 0.0, "liveness": 0.1, "loudness": -9.0, "speechiness": 0.05}
    return table.assign(**constants)


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    random = np.random.default_rng(0)
    for number, name in enumerate(MOOD_TABLES):
        songs(60 if number else 90, random, 20 * number).to_csv(folder / name, index=False)
    return folder


def test_the_centres_and_scales_of_known_songs_are_found(data):
    tracks = load_mood_tracks(data)
    targets = learn_targets(tracks, np.ones(len(tracks)))
    for mood, centre in zip(MOODS, targets.centres, strict=True):
        assert centre[:-1] == pytest.approx(CENTRES[mood][:-1], abs=0.02)
        assert centre[-1] == pytest.approx(CENTRES[mood][-1], rel=0.02)
    assert targets.scales == pytest.approx(SPREAD, abs=0.01)
    assert targets.tracks == len(tracks) == 4 * 150


def test_some_misplaced_songs_do_not_move_a_centre_far(data):
    tracks = load_mood_tracks(data)
    features = tracks.features.copy()
    calm = np.flatnonzero(tracks.moods == MOODS.index(Mood.CALM))
    features[calm[:30], FEATURE_NAMES.index("energy")] = 1.0  # a fifth of them
    targets = learn_targets(
        type(tracks)(features, tracks.moods, tracks.artists, tracks.tables), np.ones(len(tracks))
    )
    assert targets.centres[0, 0] == pytest.approx(0.15, abs=0.05)


def test_weights_decide_what_is_typical(data):
    tracks = load_mood_tracks(data)
    weights = np.full(len(tracks), 1e-9)
    chosen = np.flatnonzero(tracks.moods == 0)[7]
    weights[chosen] = 1.0
    centre = learn_targets(tracks, weights).centres[0]
    columns = [FEATURE_NAMES.index(name) for name in TARGET_NAMES[:-1]]
    assert centre[:-1].tolist() == tracks.features[chosen, columns].tolist()


def test_songs_that_fit_their_mood_weigh_more(data):
    tracks = load_mood_tracks(data)
    classifier = MoodClassifier.load()
    weights = track_weights(tracks, classifier, 2.0)
    table = classifier.predict(pd.DataFrame(tracks.features, columns=list(FEATURE_NAMES)))
    own = table[list(MOODS)].to_numpy()[np.arange(len(tracks)), tracks.moods]
    assert weights == pytest.approx(np.maximum(own, 1e-6) ** 2)
    assert (track_weights(tracks, classifier, 0.0) == 1).all()


def test_what_the_command_writes_can_be_served(data, tmp_path):
    report = learn(TargetsConfig(data=data, out=tmp_path, folds=3, seeds=1))
    assert json.loads((tmp_path / TARGETS).read_text()) == report
    targets = Targets.load(tmp_path)
    assert targets.tracks == 4 * 150
    assert targets.centres[MOODS.index(Mood.HAPPY), 0] == report["centres"]["happy"]["energy"]
    assert report["data"][MOOD_TABLES[0]] == dict.fromkeys(MOODS, 90)
    # moods so far apart: the ten nearest to each centre are of that mood
    assert report["precision_at_10"] == dict.fromkeys(MOODS, 1.0)


@pytest.mark.skipif(not SHARED.exists(), reason="the training data are not on this machine")
def test_the_shipped_targets_can_be_learned_anew(tmp_path):
    shipped = json.loads((MODEL_FOLDER / TARGETS).read_text())
    again = learn(TargetsConfig(data=SHARED, out=tmp_path, seeds=1))
    assert again["data"] == shipped["data"]
    # the weights are the mood model's, which may have been trained anew since
    for mood in MOODS:
        for name in TARGET_NAMES[:-1]:
            assert again["centres"][mood][name] == pytest.approx(
                shipped["centres"][mood][name], abs=0.1
            )
