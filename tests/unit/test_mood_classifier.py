"""The mood model as other programs call it, and everything that must keep it from loading."""

import hashlib
import json
import pickle
import shutil
import threading

import numpy as np
import pandas as pd
import pytest

from music_mood.errors import ModelError
from music_mood.model import classifier as module
from music_mood.model.artefact import (
    METADATA,
    MODEL_FOLDER,
    PIPELINES,
    SOUND_FIGURES,
    SOUND_PIPELINE,
)
from music_mood.model.classifier import AFFECT, NEVER_SURE, VERDICTS, MoodClassifier
from music_mood.values import FEATURE_NAMES, MOODS

TYPICAL = {  # textbook cases, far from any border
    "calm": (0.20, 0.99, 0.05, 0.92, 0.10, 0.10, -28, 0.04, 75),
    "energetic": (0.50, 0.001, 0.97, 0.0, 0.20, 0.40, -3.5, 0.09, 160),
    "happy": (0.75, 0.20, 0.70, 0.0, 0.10, 0.95, -7, 0.04, 120),
    "sad": (0.45, 0.75, 0.25, 0.0, 0.10, 0.20, -10, 0.03, 100),
}


@pytest.fixture(scope="module")
def classifier() -> MoodClassifier:
    return MoodClassifier.load()


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(MODEL_FOLDER, tmp_path / "mood")
    return tmp_path / "mood"


@pytest.fixture
def songs() -> pd.DataFrame:
    return pd.DataFrame.from_dict(TYPICAL, orient="index", columns=list(FEATURE_NAMES))


def many(n: int, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    table = pd.DataFrame(random.random((n, 9)), columns=list(FEATURE_NAMES))
    table["loudness"] = -60 * table["loudness"]
    table["tempo"] = 40 + 180 * table["tempo"]
    return table


def edit_metadata(folder, **changes) -> None:
    metadata = json.loads((folder / METADATA).read_text())
    (folder / METADATA).write_text(json.dumps(metadata | changes))


# -- what it answers


def test_the_answer_has_a_row_per_song_and_the_documented_columns(classifier, songs):
    answer = classifier.predict(songs)
    assert [*answer.columns] == [
        *("calm", "energetic", "happy", "sad", "mood"),
        *("valence_estimate", "arousal_estimate"),
    ]
    assert [*answer.index] == [*songs.index]
    assert answer[list(MOODS)].to_numpy().dtype == np.float64
    assert answer[list(MOODS)].sum(axis=1).to_numpy() == pytest.approx(1)


def test_textbook_songs_get_their_mood(classifier, songs):
    most_probable = classifier.predict(songs)[list(MOODS)].idxmax(axis=1)
    assert [*most_probable] == [*songs.index]


def test_the_mood_is_the_most_probable_one_or_unsure(classifier):
    answer = classifier.predict(many(500))
    best = answer[list(MOODS)].max(axis=1)
    sure = best >= classifier.unsure_below
    assert 0 < sure.sum() < 500
    assert (answer["mood"][sure] == answer[list(MOODS)].idxmax(axis=1)[sure]).all()
    assert (answer["mood"][~sure] == "unsure").all()


def test_valence_and_arousal_follow_the_circumplex(classifier, songs):
    answer = classifier.predict(songs)
    assert answer["valence_estimate"].idxmax() == "happy"
    assert answer["arousal_estimate"].idxmax() == "energetic"
    assert answer["arousal_estimate"].idxmin() == "calm"


def test_column_order_further_columns_and_index_make_no_difference(classifier):
    table = many(50)
    other = table.iloc[:, ::-1].assign(title="x", mood="sad", valence_estimate=3.0)
    other.index = [f"row {i}" for i in range(50)]
    answer = classifier.predict(other)
    assert [*answer.index] == [*other.index]
    assert answer.reset_index(drop=True).equals(classifier.predict(table))


def test_chunks_make_no_difference(classifier, monkeypatch):
    table = many(1000)
    whole = classifier.predict(table)
    monkeypatch.setattr(module, "CHUNK", 7)
    pieces = classifier.predict(table)
    assert np.allclose(whole[list(MOODS)], pieces[list(MOODS)], atol=1e-5)
    assert (whole["mood"] == pieces["mood"]).mean() > 0.99


@pytest.mark.parametrize("name", FEATURE_NAMES)
@pytest.mark.parametrize("value", [np.nan, None, pd.NA, np.inf, -1000.0])
def test_a_missing_or_impossible_feature_makes_a_song_unknown(classifier, songs, name, value):
    songs = songs.astype(object)
    songs.loc["happy", name] = value
    answer = classifier.predict(songs)
    assert answer.loc["happy", "mood"] == "unknown"
    assert answer.loc["happy"].drop("mood").isna().all()
    others = answer.drop(index="happy")
    assert others.notna().all(axis=None)
    assert "unknown" not in set(others["mood"])


def test_no_songs_give_no_rows(classifier):
    answer = classifier.predict(many(0))
    assert len(answer) == 0
    assert [*answer.columns[:5]] == [*MOODS, "mood"]


def test_a_missing_column_is_named(classifier):
    with pytest.raises(ValueError, match=r"expected columns danceability, .*, got .*energy"):
        classifier.predict(many(3).drop(columns="valence"))


def test_a_text_among_the_numbers_is_refused(classifier, songs):
    songs = songs.astype(object)
    songs.loc["sad", "tempo"] = "slow"
    with pytest.raises(ValueError, match="could not convert"):
        classifier.predict(songs)


def test_the_table_given_is_not_changed(classifier):
    table = many(20)
    before = table.copy()
    classifier.predict(table)
    assert table.equals(before)


def test_threads_may_share_it(classifier):
    table = many(300)
    alone = classifier.predict(table)
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(classifier.predict(table))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert all(answer.equals(alone) for answer in answers)


# -- the same, as arrays


def with_gaps(n: int, rows: list[int]) -> np.ndarray:
    values = many(n).to_numpy()
    values[rows, np.arange(len(rows)) % 9] = np.resize([np.nan, np.inf, -1000.0], len(rows))
    return values


def test_arrays_have_the_documented_shapes_and_kinds(classifier):
    moods = classifier.classify(with_gaps(40, []))
    assert len(moods) == 40
    for array, shape, kind in (
        (moods.probabilities, (40, 4), np.float64),
        (moods.verdicts, (40,), np.int8),
        (moods.affect, (40, 2), np.float64),
    ):
        assert (array.shape, array.dtype) == (shape, kind)
    assert moods.probabilities.sum(axis=1) == pytest.approx(1)
    assert ((moods.probabilities >= 0) & (moods.probabilities <= 1)).all()


def test_unusable_rows_are_unknown_and_their_figures_nan(classifier):
    gaps = [*range(0, 40, 4)]
    moods = classifier.classify(with_gaps(40, gaps))
    unknown = moods.verdicts == VERDICTS.index("unknown")
    assert np.flatnonzero(unknown).tolist() == gaps
    assert np.isnan(moods.probabilities[unknown]).all()
    assert np.isnan(moods.affect[unknown]).all()
    assert np.isfinite(moods.probabilities[~unknown]).all()
    assert np.isfinite(moods.affect[~unknown]).all()


@pytest.mark.parametrize("n", [0, 1, 500])
def test_arrays_and_table_say_exactly_the_same(classifier, n):
    values = with_gaps(n, [*range(0, n, 9)])
    moods = classifier.classify(values)
    table = classifier.predict(pd.DataFrame(values, columns=list(FEATURE_NAMES)))
    np.testing.assert_array_equal(moods.probabilities, table[list(MOODS)])
    np.testing.assert_array_equal(moods.affect, table[list(AFFECT)])
    assert [VERDICTS[verdict] for verdict in moods.verdicts] == [*table["mood"]]


@pytest.mark.parametrize("n", [6, 7, 8, 13, 14, 15, 28])
def test_no_row_is_lost_or_moved_at_the_border_of_a_chunk(classifier, monkeypatch, n):
    # around the borders, and a whole chunk of them
    values = with_gaps(n, [row for row in (0, 6, 7, 8, 13, *range(14, 21), 27) if row < n])
    pieces = [classifier.classify(values[start : start + 7]) for start in range(0, n, 7)]
    monkeypatch.setattr(module, "CHUNK", 7)
    moods = classifier.classify(values)
    for name in ("probabilities", "verdicts", "affect"):
        expected = np.concatenate([getattr(piece, name) for piece in pieces])
        np.testing.assert_array_equal(getattr(moods, name), expected)


def test_the_array_given_is_not_changed(classifier):
    values = with_gaps(20, [3])
    before = values.copy()
    classifier.classify(values)
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize("shape", [(9,), (3, 8), (3, 1), (1, 3, 9)])
def test_an_array_of_another_shape_is_refused(classifier, shape):
    with pytest.raises(ValueError, match=r"expected features \(N, 9\), got"):
        classifier.classify(np.zeros(shape))


def test_a_pickled_copy_answers_the_same(classifier):
    """As it travels to Dask's workers."""
    values = with_gaps(20, [3])
    copy = pickle.loads(pickle.dumps(classifier))  # noqa: S301 - pickled right here
    np.testing.assert_array_equal(
        copy.classify(values).probabilities, classifier.classify(values).probabilities
    )


# -- features that were heard in the sound itself


def measured(folder, **changes) -> None:
    """Write what the measurement of sound would, for the model that lies there."""
    digest = hashlib.sha256((folder / PIPELINES).read_bytes()).hexdigest()
    shipped = json.loads((MODEL_FOLDER / SOUND_FIGURES).read_text())
    (folder / SOUND_PIPELINE).write_bytes((MODEL_FOLDER / SOUND_PIPELINE).read_bytes())
    figures = shipped | {"mood_model": digest, "unsure_below": 0.7} | changes
    (folder / SOUND_FIGURES).write_text(json.dumps(figures))


def test_nobody_is_heard_unless_it_is_said(classifier):
    values = with_gaps(40, [3, 9])
    plain, nobody = classifier.classify(values), classifier.classify(values, np.zeros(40, bool))
    for name in ("probabilities", "verdicts", "affect"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(nobody, name))


@pytest.mark.parametrize("n", [1, 6, 7, 8, 15, 40])
@pytest.mark.parametrize("chunk", [7, 65_536])
def test_each_row_gets_its_own_pipeline_and_threshold(folder, monkeypatch, n, chunk):
    """However they are mixed, and at the borders of chunks: as if each kind came alone."""
    measured(folder, unsure_below=0.55)
    classifier = MoodClassifier.load(folder)
    assert classifier.heard_unsure_below == 0.55
    values = with_gaps(n, [row for row in (0, 6, 8, 13) if row < n])
    heard = np.random.default_rng(n).random(n) < 0.5
    by_service = classifier.classify(values)
    by_ear = classifier.classify(values, np.ones(n, bool))
    monkeypatch.setattr(module, "CHUNK", chunk)
    mixed = classifier.classify(values, heard)
    choose = heard[:, None]
    expected = np.where(choose, by_ear.probabilities, by_service.probabilities)
    np.testing.assert_allclose(mixed.probabilities, expected, atol=1e-5)  # float32
    np.testing.assert_allclose(mixed.affect, by_service.affect, atol=1e-5)
    np.testing.assert_array_equal(
        mixed.verdicts, np.where(heard, by_ear.verdicts, by_service.verdicts)
    )


def test_what_was_heard_is_judged_by_a_pipeline_of_its_own(classifier):
    values = with_gaps(100, [])
    by_ear = classifier.classify(values, np.ones(100, bool)).probabilities
    assert by_ear.sum(axis=1) == pytest.approx(1)
    assert not np.allclose(by_ear, classifier.classify(values).probabilities, atol=0.01)


@pytest.mark.parametrize("name", ["liveness", "instrumentalness", "speechiness"])
def test_what_hearing_cannot_tell_changes_no_mood(classifier, name):
    values = with_gaps(100, [])
    other = values.copy()
    other[:, FEATURE_NAMES.index(name)] = 1 - other[:, FEATURE_NAMES.index(name)]
    heard = np.ones(100, bool)
    np.testing.assert_array_equal(
        classifier.classify(values, heard).probabilities,
        classifier.classify(other, heard).probabilities,
    )


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_beats_counted_twice_or_half_change_no_mood_of_what_was_heard(classifier, factor):
    values = with_gaps(100, [])
    values[:, FEATURE_NAMES.index("tempo")] = np.linspace(75, 135, 100)
    other = values.copy()
    other[:, FEATURE_NAMES.index("tempo")] *= factor
    heard = np.ones(100, bool)
    np.testing.assert_allclose(
        classifier.classify(values, heard).probabilities,
        classifier.classify(other, heard).probabilities,
        atol=1e-5,
    )


def test_what_was_heard_is_judged_by_both_pipelines_alike(folder):
    measured(folder)
    classifier = MoodClassifier.load(folder)
    values = with_gaps(50, [])
    songs = module.joblib.load(folder / PIPELINES)["heard"].predict_proba(values)
    sound = module.joblib.load(folder / SOUND_PIPELINE).predict_proba(values)
    found = classifier.classify(values, np.ones(50, bool)).probabilities
    np.testing.assert_allclose(found, (songs + sound) / 2)
    np.testing.assert_allclose(classifier.by_songs(values), songs)


def test_a_threshold_measured_with_this_model_holds(folder):
    measured(folder, unsure_below=0.6)
    classifier = MoodClassifier.load(folder)
    moods = classifier.classify(many(500).to_numpy(), np.ones(500, bool))
    sure = moods.probabilities.max(axis=1) >= 0.6
    assert 0 < sure.sum() < 500
    unsure = VERDICTS.index("unsure")
    expected = np.where(sure, moods.probabilities.argmax(axis=1), unsure)
    np.testing.assert_array_equal(moods.verdicts, expected)
    assert classifier.unsure_below == MoodClassifier.load().unsure_below


@pytest.mark.parametrize(
    "changes",
    [
        {"mood_model": "0" * 64},
        {"mood_model": None},
        {"unsure_below": -0.1},
        {"unsure_below": 1.1},
        {"unsure_below": float("nan")},
        {"unsure_below": float("inf")},
        {"unsure_below": "surely"},
        {"unsure_below": None},
        {"unsure_below": []},
        {"versions": {"scikit-learn": "0.1.0"}},
        {"files": {}},
    ],
)
def test_figures_of_another_model_or_of_no_sense_make_nothing_sure(folder, changes):
    measured(folder, **changes)
    assert MoodClassifier.load(folder).heard_unsure_below == NEVER_SURE


@pytest.mark.parametrize("text", [None, "", "{", "[]", "5", "null", "{}", "[" * 100_000, "\0"])
def test_without_readable_figures_nothing_heard_is_sure(folder, text):
    (folder / SOUND_FIGURES).unlink(missing_ok=True)
    if text is not None:
        (folder / SOUND_FIGURES).write_text(text)
    classifier = MoodClassifier.load(folder)
    moods = classifier.classify(many(300).to_numpy(), np.ones(300, bool))
    assert {VERDICTS[verdict] for verdict in moods.verdicts} == {"unsure"}
    assert np.isfinite(moods.probabilities).all()  # which are shown all the same
    assert (classifier.classify(many(300).to_numpy()).verdicts < len(MOODS)).any()


def test_never_sure_is_never_even_of_what_is_certain():
    assert NEVER_SURE > 1.0


def test_without_a_pipeline_for_what_was_heard_the_other_one_judges(folder):
    pickled = module.joblib.load(folder / PIPELINES)
    classifier = MoodClassifier(pickled["moods"], pickled["affect"], 0.5)
    values = with_gaps(20, [3])
    by_ear = classifier.classify(values, np.ones(20, bool))
    plain = classifier.classify(values)
    np.testing.assert_array_equal(by_ear.probabilities, plain.probabilities)
    assert {VERDICTS[one] for one in by_ear.verdicts} == {"unsure", "unknown"}


def test_a_pipeline_for_what_was_heard_with_other_labels_is_refused(folder):
    pickled = module.joblib.load(folder / PIPELINES)
    pickled["heard"].steps[-1][1].classes_ = np.array(["a", "b", "c", "d"])
    with pytest.raises(ModelError, match="got a, b, c, d"):
        MoodClassifier(pickled["moods"], pickled["affect"], 0.5, [pickled["heard"]])


# -- what ships


def test_the_model_that_ships_has_a_pipeline_for_what_was_heard():
    assert module.joblib.load(MODEL_FOLDER / PIPELINES).keys() == {"moods", "heard", "affect"}


def test_the_metadata_say_what_is_needed_to_trust_the_model():
    metadata = json.loads((MODEL_FOLDER / METADATA).read_text())
    assert metadata["labels"] == [*MOODS]
    assert metadata["input"]["features"] == [*FEATURE_NAMES]
    assert 0.25 < metadata["unsure_below"] < 1
    assert metadata["files"][PIPELINES]["bytes"] == (MODEL_FOLDER / PIPELINES).stat().st_size
    assert {"data", "metrics_out_of_fold", "config", "versions", "made"} <= metadata.keys()


def test_the_model_is_small():
    assert (MODEL_FOLDER / PIPELINES).stat().st_size < 3 * 2**20


# -- what must not load


@pytest.mark.parametrize("missing", [METADATA, PIPELINES])
def test_a_missing_file_is_told(folder, missing):
    (folder / missing).unlink()
    with pytest.raises(ModelError, match="restore the folder models/mood"):
        MoodClassifier.load(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"files": 1}'])
def test_broken_metadata_are_told(folder, text):
    (folder / METADATA).write_text(text)
    with pytest.raises(ModelError, match="missing or incomplete"):
        MoodClassifier.load(folder)


def test_an_altered_model_is_refused_before_anything_is_unpickled(folder, monkeypatch):
    monkeypatch.setattr(module.joblib, "load", lambda *_: pytest.fail("unpickled before the check"))
    with (folder / PIPELINES).open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ModelError, match="not the one its metadata describes"):
        MoodClassifier.load(folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": ["happy", "calm", "energetic", "sad"]},
        {"labels": ["calm", "happy", "sad"]},
        {"input": {"features": ["valence", "energy"]}},
    ],
)
def test_another_order_of_labels_or_features_is_refused(folder, changes):
    edit_metadata(folder, **changes)
    with pytest.raises(ModelError, match="does not fit this version of the app"):
        MoodClassifier.load(folder)


def test_a_model_of_another_scikit_learn_is_refused(folder):
    edit_metadata(folder, versions={"scikit-learn": "1.2.3"})
    with pytest.raises(ModelError, match=r"made with scikit-learn 1\.2\.3"):
        MoodClassifier.load(folder)


def test_a_model_whose_own_labels_are_others_is_refused(folder):
    pickled = module.joblib.load(folder / PIPELINES)
    pickled["moods"].steps[-1][1].classes_ = np.array(["a", "b", "c", "d"])
    module.joblib.dump(pickled, folder / PIPELINES)
    digest = hashlib.sha256((folder / PIPELINES).read_bytes()).hexdigest()
    edit_metadata(folder, files={PIPELINES: {"sha256": digest}})
    with pytest.raises(ModelError, match="got a, b, c, d"):
        MoodClassifier.load(folder)
