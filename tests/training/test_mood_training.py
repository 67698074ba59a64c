"""How the mood model is made and measured, on miniature tables made here."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from music_mood.model.classifier import VERDICTS, MoodClassifier
from music_mood.model.training.dataset import (
    AFFECT_TABLE,
    MOOD_TABLES,
    load_affect_tracks,
    load_mood_tracks,
)
from music_mood.model.training.evaluate import EvaluateConfig, evaluate
from music_mood.model.training.metrics import (
    calibration_error,
    mean_of,
    measure,
    precision_at_top,
    unsure_threshold,
)
from music_mood.model.training.model import (
    BASELINES,
    ModelConfig,
    fit_moods,
    mood_network,
    out_of_fold,
    transfer,
)
from music_mood.model.training.train import TrainConfig, train
from music_mood.values import FEATURE_NAMES, MOODS

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "music"

# Where the songs of a mood lie, as (energy, valence).
CENTRES = {
    "calm": (0.2, 0.6),
    "energetic": (0.9, 0.4),
    "happy": (0.7, 0.9),
    "sad": (0.3, 0.1),
    "angry": (0.95, 0.2),
}
SMALL = ModelConfig(networks=2, hidden=(8,), epochs=150, weight_decay=0.01)


def songs(count: int, random: np.random.Generator, first_artist: int = 0) -> pd.DataFrame:
    table = pd.DataFrame(random.random((count, 9)), columns=list(FEATURE_NAMES))
    table["mood"] = random.choice(list(CENTRES), count)
    for column, name in enumerate(("energy", "valence")):
        centre = table["mood"].map(lambda mood, column=column: CENTRES[mood][column])
        table[name] = (centre + random.normal(0, 0.1, count)).clip(0, 1)
    table["loudness"] *= -60
    table["tempo"] = 60 + 120 * table["tempo"]
    table["artist"] = [f" Artist {first_artist + i % 30}"[i % 2 :] for i in range(count)]
    return table


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    random = np.random.default_rng(0)
    songs(240, random).to_csv(folder / MOOD_TABLES[0], index=False)
    songs(120, random, first_artist=15).to_csv(folder / MOOD_TABLES[1], index=False)
    affect = songs(120, random)
    affect["tag_valence"] = 2 * affect["valence"] - 1
    affect["tag_arousal"] = 2 * affect["energy"] - 1
    affect.to_csv(folder / AFFECT_TABLE, index=False)
    return folder


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("model")
    train(TrainConfig(data=data, out=out, folds=3, seeds=2, model=SMALL))
    return out


# -- data and folds


def test_tables_are_pooled_and_angry_counts_as_energetic(data):
    tracks = load_mood_tracks(data)
    assert len(tracks) == 360
    assert np.bincount(tracks.tables).tolist() == [240, 120]
    tables = [pd.read_csv(data / name) for name in MOOD_TABLES]
    lively = sum(table["mood"].isin(["angry", "energetic"]).sum() for table in tables)
    assert (tracks.moods == MOODS.index("energetic")).sum() == lively


def test_an_unknown_mood_is_refused(data, tmp_path):
    for name in MOOD_TABLES:
        pd.read_csv(data / name).replace({"mood": {"sad": "gloomy"}}).to_csv(tmp_path / name)
    with pytest.raises(ValueError, match=r"expected moods calm, .*, got gloomy"):
        load_mood_tracks(tmp_path)


@pytest.mark.parametrize("load", [load_mood_tracks, load_affect_tracks])
@pytest.mark.parametrize("seed", range(3))
def test_no_artist_stands_on_both_sides_and_every_track_is_tested_once(data, load, seed):
    tracks = load(data)
    assert len({*tracks.artists}) < len(tracks) / 3  # " Artist 1" and "Artist 1" are one
    assert not any(artist.startswith(" ") for artist in tracks.artists)
    tested = []
    for known, new in tracks.folds(4, seed):
        assert not {*tracks.artists[known]} & {*tracks.artists[new]}
        tested.extend(new)
    assert sorted(tested) == [*range(len(tracks))]


# -- metrics, by hand


def test_calibration_error_by_hand():
    # 0.9 twice, one right: off by 0.4; 0.6 once, right: off by 0.4 the other way
    probabilities = np.array([[0.9, 0.1, 0, 0], [0.9, 0.1, 0, 0], [0.6, 0.4, 0, 0]])
    assert calibration_error(probabilities, np.array([0, 1, 0])) == pytest.approx(0.4)


def test_precision_at_the_top_by_hand():
    probabilities = np.zeros((4, 4))
    probabilities[:, 0] = [0.9, 0.8, 0.7, 0.1]
    moods = np.array([0, 1, 0, 0])
    assert precision_at_top(probabilities, moods, top=2)["calm"] == 0.5
    assert precision_at_top(probabilities, moods, top=3)["calm"] == pytest.approx(2 / 3)


def test_the_unsure_threshold_is_the_lowest_that_keeps_the_promise():
    best = np.array([0.9, 0.8, 0.6, 0.5, 0.4])
    probabilities = np.column_stack([best, *[(1 - best) / 3] * 3])
    moods = np.array([0, 0, 0, 1, 1])  # wrong at 0.5 and at 0.4
    assert unsure_threshold(probabilities, moods, 0.6) == 0.25
    assert unsure_threshold(probabilities, moods, 0.75) == 0.41
    assert unsure_threshold(probabilities, moods, 1.0) == 0.51
    assert unsure_threshold(probabilities, 3 - moods, 0.5) == 1.0


def test_rare_tracks_count_as_much_as_their_weight_says():
    best = np.array([0.9, 0.9, 0.9, 0.6])
    probabilities = np.column_stack([best, *[(1 - best) / 3] * 3])
    moods = np.array([0, 0, 0, 1])  # the only one of its mood is wrong
    assert unsure_threshold(probabilities, moods, 0.7) == 0.25
    weights = np.array([1, 1, 1, 3])
    assert unsure_threshold(probabilities, moods, 0.7, weights) == 0.61
    assert unsure_threshold(probabilities, moods, 0.5, weights) == 0.25


def test_measuring_tells_what_the_unsure_are_spared():
    probabilities = np.array([[0.9, 0.1, 0, 0], [0.45, 0.55, 0, 0]])
    report = measure(probabilities, np.array([0, 0]), unsure_below=0.6)
    assert (report["accuracy"], report["coverage"], report["accuracy_when_sure"]) == (0.5, 0.5, 1)
    assert report["per_class"]["calm"]["recall"] == 0.5
    assert report["confusion"][0] == [1, 1, 0, 0]


def test_reports_are_averaged_number_by_number():
    assert mean_of([{"a": 1, "b": [{"c": 2}]}, {"a": 3, "b": [{"c": 6}]}]) == {
        "a": 2,
        "b": [{"c": 4}],
    }


# -- recipes


@pytest.mark.slow
@pytest.mark.parametrize("name", BASELINES)
def test_every_baseline_learns_something(data, name):
    tracks = load_mood_tracks(data)
    found = out_of_fold(BASELINES[name], tracks, folds=3, seed=0)
    assert found.sum(axis=1) == pytest.approx(1)
    accuracy = (found.argmax(axis=1) == tracks.moods).mean()
    if "Emotion-DJ" in name:  # its features hold neither energy nor valence: nothing to learn
        assert accuracy < 0.5
    else:
        assert accuracy > 0.6


def test_balancing_gives_the_rare_mood_its_due(data):
    tracks = load_mood_tracks(data)
    calm = np.flatnonzero(tracks.moods == 0)
    rare = tracks.where(np.setdiff1d(np.arange(len(tracks)), calm[5:]))
    plain = fit_moods(mood_network(SMALL, 0), rare)
    balanced = fit_moods(mood_network(SMALL, 0), rare, balance=1.0)
    unseen = tracks.features[calm[5:]]
    assert balanced.predict_proba(unseen)[:, 0].mean() > plain.predict_proba(unseen)[:, 0].mean()


def test_transfer_leaves_out_artists_of_both_tables(data, monkeypatch):
    tracks = load_mood_tracks(data)
    fitted = []
    monkeypatch.setattr(
        "music_mood.model.training.model.fit_moods",
        lambda pipeline, known, balance: (
            fitted.append(known) or fit_moods(pipeline, known, balance)
        ),
    )
    accuracy = transfer(BASELINES["kNN, k = 44 (Music-Recommendation)"], tracks, seed=0)
    assert accuracy.keys() == {(0, 1), (1, 0)}
    for known, target in zip(fitted, (1, 0), strict=True):
        assert {*known.tables} == {1 - target}
        assert not {*known.artists} & {*tracks.artists[tracks.tables == target]}


# -- the whole way


@pytest.mark.slow
def test_what_is_trained_is_served(data, trained):
    classifier = MoodClassifier.load(trained)
    table = pd.read_csv(data / MOOD_TABLES[0]).replace({"mood": {"angry": "energetic"}})
    answer = classifier.predict(table.drop(columns="mood"))
    right = answer[list(MOODS)].idxmax(axis=1) == table["mood"]
    assert right.mean() > 0.75
    assert answer["valence_estimate"].corr(table["valence"]) > 0.8
    assert answer["arousal_estimate"].corr(table["energy"]) > 0.8


@pytest.mark.slow
def test_what_is_trained_is_served_for_what_was_heard(data, trained):
    """Energy and valence, which these songs are made of, are heard; three others are not used."""
    classifier = MoodClassifier.load(trained)
    table = pd.read_csv(data / MOOD_TABLES[0]).replace({"mood": {"angry": "energetic"}})
    values = table[list(FEATURE_NAMES)].to_numpy()
    heard = np.ones(len(values), bool)
    found = classifier.classify(values, heard).probabilities
    assert (np.array(MOODS)[found.argmax(axis=1)] == table["mood"]).mean() > 0.75
    unheard = [
        FEATURE_NAMES.index(name) for name in ("liveness", "instrumentalness", "speechiness")
    ]
    values[:, unheard] = 1 - values[:, unheard]
    np.testing.assert_array_equal(found, classifier.classify(values, heard).probabilities)
    assert not np.array_equal(found, classifier.classify(values).probabilities)


@pytest.mark.slow
def test_nothing_heard_is_sure_before_it_was_measured(data, trained):
    classifier = MoodClassifier.load(trained)
    values = pd.read_csv(data / MOOD_TABLES[0])[list(FEATURE_NAMES)].to_numpy()
    heard = classifier.classify(values, np.ones(len(values), bool))
    assert {VERDICTS[verdict] for verdict in heard.verdicts} == {"unsure"}


@pytest.mark.slow
def test_metadata_tell_how_it_was_made(trained):
    metadata = json.loads((trained / "metadata.json").read_text())
    heard = metadata["metrics_out_of_fold"]["heard_features_only"]
    assert 0.5 < heard["accuracy"] <= 1
    assert sum(metadata["data"][MOOD_TABLES[0]].values()) == 240
    assert metadata["config"]["model"]["networks"] == SMALL.networks
    figures = metadata["metrics_out_of_fold"]
    assert figures["accuracy_when_sure"] >= metadata["config"]["right_when_sure"] - 0.02
    assert metadata["unsure_below"] == figures["unsure_below"]
    assert str(trained.parent) not in json.dumps(metadata)  # no path of this machine


@pytest.mark.slow
def test_the_same_training_gives_the_same_model(data, trained, tmp_path):
    train(TrainConfig(data=data, out=tmp_path, folds=3, seeds=2, model=SMALL))
    table = pd.read_csv(data / MOOD_TABLES[1])
    models = [MoodClassifier.load(folder) for folder in (trained, tmp_path)]
    once, again = (model.predict(table) for model in models)
    pd.testing.assert_frame_equal(once, again, rtol=1e-4)
    values = table[list(FEATURE_NAMES)].to_numpy()
    by_ear = [one.classify(values, np.ones(len(values), bool)).probabilities for one in models]
    np.testing.assert_allclose(*by_ear, rtol=1e-4)


@pytest.mark.slow
def test_evaluation_reports_every_recipe(data, tmp_path):
    config = EvaluateConfig(data=data, out=tmp_path, folds=3, seeds=1, model=SMALL)
    report = evaluate(config)
    assert report == json.loads((tmp_path / "report.json").read_text())
    assert report.keys() == {*BASELINES, "shipped", "affect"}
    assert report["affect"]["valence"] > 0.8
    assert 0 <= report["shipped"]["ece"] <= 1


@pytest.mark.skipif(not SHARED.exists(), reason="the tables in ../shared/data are not here")
def test_the_real_tables_are_whole():
    tracks = load_mood_tracks(SHARED)
    assert np.bincount(tracks.tables).tolist() == [1833, 563]
    assert np.bincount(tracks.moods).tolist() == [464, 884, 520, 528]
    assert len(load_affect_tracks(SHARED)) == 841
