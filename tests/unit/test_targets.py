import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from music_mood.choosing.mood import plan, shares_per_emotion
from music_mood.errors import ModelError
from music_mood.model.artefact import MODEL_FOLDER
from music_mood.model.preprocess import FASTEST_BPM, SLOWEST_BPM
from music_mood.model.targets import (
    FARTHEST_OCTAVES,
    TARGET_NAMES,
    TARGETS,
    Targets,
    apart,
    blend,
    distances,
    fold_tempo,
    middle,
    values_of,
)
from music_mood.values import MOODS, AudioFeatures, Mood

ENERGY, VALENCE, _, ACOUSTICNESS, TEMPO = range(len(TARGET_NAMES))
SCALES = np.array([0.2, 0.2, 0.15, 0.3, 0.25])

shares_01 = st.floats(0, 1)
tempos = st.floats(20, 390)
rows = st.tuples(shares_01, shares_01, shares_01, shares_01, tempos).map(np.array)


def octaves_between(one: float, other: float) -> float:
    gap = abs(np.log2(one / other)) % 1
    return min(gap, 1 - gap)


@pytest.fixture(scope="module")
def shipped() -> Targets:
    return Targets.load()


# -- the targets that ship


def test_the_shipped_targets_are_those_of_their_file(shipped):
    written = json.loads((MODEL_FOLDER / TARGETS).read_text())
    happy = shipped.centres[MOODS.index(Mood.HAPPY)]
    assert happy.tolist() == [written["centres"]["happy"][name] for name in TARGET_NAMES]
    assert shipped.tracks == sum(sum(table.values()) for table in written["data"].values()) > 1000
    assert shipped.made == written["made"]


def test_the_moods_sound_as_their_names_say(shipped):
    calm, energetic, happy, sad = shipped.centres
    assert min(energetic[ENERGY], happy[ENERGY]) > max(calm[ENERGY], sad[ENERGY])
    assert happy[VALENCE] > energetic[VALENCE] > max(calm[VALENCE], sad[VALENCE])
    assert calm[ACOUSTICNESS] > sad[ACOUSTICNESS] > max(happy[ACOUSTICNESS], energetic[3])


def test_every_emotion_has_a_target(shipped):
    for shares in shares_per_emotion().values():
        target = shipped.at(shares)
        assert np.allclose(target, shipped.centres[shares.argmax()])
    assert len(shares_per_emotion()) == 7


def test_a_mixed_feeling_has_a_target_between(shipped):
    happy, sad = shipped.centres[2], shipped.centres[3]
    mixed = shipped.at(np.array([0, 0, 0.5, 0.5]))
    assert np.allclose(mixed[:TEMPO], (happy + sad)[:TEMPO] / 2)
    assert octaves_between(mixed[TEMPO], happy[TEMPO]) == pytest.approx(
        octaves_between(mixed[TEMPO], sad[TEMPO])
    )


def test_a_plan_of_many_positions_is_as_many_targets(shipped):
    wished = plan(np.eye(7)[4], "lift", 5)
    path = shipped.at(wished)
    assert path.shape == (5, len(TARGET_NAMES))
    assert np.allclose(path[3], shipped.at(wished[3]))


def broken(folder, change) -> None:
    found = json.loads((MODEL_FOLDER / TARGETS).read_text())
    change(found)
    (folder / TARGETS).write_text(json.dumps(found))


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.pop("centres"),
        lambda found: found["centres"].pop("sad"),
        lambda found: found["centres"]["sad"].pop("energy"),
        lambda found: found["centres"].update(sad="low"),
        lambda found: found["scales"].update(tempo="slow"),
        lambda found: found.pop("made"),
        lambda found: found.update(data=[1, 2]),
    ],
)
def test_incomplete_targets_are_refused(tmp_path, change):
    broken(tmp_path, change)
    with pytest.raises(ModelError, match="missing or incomplete"):
        Targets.load(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found["centres"]["sad"].update(energy=1.2),
        lambda found: found["centres"]["sad"].update(tempo=0),
        lambda found: found["centres"]["sad"].update(energy=float("nan")),
        lambda found: found["scales"].update(valence=0),
        lambda found: found["scales"].update(valence=float("inf")),
    ],
)
def test_impossible_targets_are_refused(tmp_path, change):
    broken(tmp_path, change)
    with pytest.raises(ModelError, match="no track can have"):
        Targets.load(tmp_path)


@pytest.mark.parametrize("text", [None, "", "[]", "{", '"a"'])
def test_a_missing_or_damaged_file_is_a_sentence(tmp_path, text):
    if text is not None:
        (tmp_path / TARGETS).write_text(text)
    with pytest.raises(ModelError, match="restore the folder"):
        Targets.load(tmp_path)


# -- tempo goes round in octaves


@pytest.mark.parametrize(
    ("tempo", "folded"), [(70, 70), (140, 70), (280, 70), (35, 70), (120, 120), (60, 120)]
)
def test_tempo_is_halved_or_doubled(tempo, folded):
    assert fold_tempo(np.array(tempo)) == pytest.approx(folded)


def test_no_beat_has_no_tempo():
    assert np.isnan(fold_tempo(np.array([0.0]))).all()


@given(tempos)
def test_folded_tempos_lie_within_one_octave(tempo):
    assert SLOWEST_BPM <= fold_tempo(np.array(tempo)) <= FASTEST_BPM


@given(rows, rows, st.sampled_from([0.5, 2.0]))
def test_half_and_double_tempo_are_the_same(row, target, factor):
    other = row.copy()
    other[TEMPO] *= factor
    near, far = distances(np.stack([row, other]), target, SCALES)
    assert near == pytest.approx(far, abs=1e-6)


def test_a_track_without_a_beat_is_as_far_in_tempo_as_can_be():
    target = np.array([0.5, 0.5, 0.5, 0.5, 100])
    without = np.array([[0.5, 0.5, 0.5, 0.5, 0]])
    assert distances(without, target, SCALES) == pytest.approx(FARTHEST_OCTAVES / SCALES[TEMPO])


# -- distances, means and mixtures


@given(rows, rows)
def test_a_track_is_no_distance_from_itself_and_as_far_there_as_back(one, other):
    assert distances(one[None], one, SCALES)[0] == 0
    there = distances(one[None], other, SCALES)[0]
    assert there == pytest.approx(distances(other[None], one, SCALES)[0])


def test_a_distance_by_hand():
    target = np.array([0.5, 0.5, 0.5, 0.5, 100])
    track = np.array([[0.7, 0.5, 0.35, 0.5, 100 * 2**0.25]])
    assert apart(track, target)[0] == pytest.approx([0.2, 0, -0.15, 0, 0.25])
    assert distances(track, target, SCALES) == pytest.approx(np.sqrt(3))  # one scale each


@given(rows, rows, shares_01)
def test_a_mixture_lies_between(start, goal, share):
    mixed = blend(start, goal, share)
    low, high = np.minimum(start, goal), np.maximum(start, goal)
    assert (low[:TEMPO] - 1e-9 <= mixed[:TEMPO]).all()
    assert (mixed[:TEMPO] <= high[:TEMPO] + 1e-9).all()
    whole = octaves_between(start[TEMPO], goal[TEMPO])
    assert octaves_between(start[TEMPO], mixed[TEMPO]) == pytest.approx(share * whole, abs=1e-6)


def test_a_mixture_takes_the_shorter_way_round():
    slow, fast = np.array([0, 0, 0, 0, 72.0]), np.array([0, 0, 0, 0, 136.0])  # 136 is 68
    assert blend(slow, fast, 0.5)[TEMPO] == pytest.approx(2 * np.sqrt(72 * 68))  # 140 is 70


def test_a_goal_without_a_beat_leaves_the_tempo():
    start, goal = np.array([0.5] * 4 + [90.0]), np.array([1.0] * 4 + [np.nan])
    assert blend(start, goal, 0.5).tolist() == pytest.approx([0.75] * 4 + [90])


@given(arrays(float, (5, 4), elements=shares_01), st.lists(tempos, min_size=5, max_size=5))
def test_a_mean_is_no_matter_of_order(shares, beats):
    values = np.column_stack([shares, beats])
    assert np.allclose(middle(values)[:TEMPO], shares.mean(axis=0))
    assert np.allclose(middle(values)[:TEMPO], middle(values[::-1])[:TEMPO])


def test_a_mean_counts_double_tempo_as_the_same_and_no_beat_not_at_all():
    values = np.array([[0.5] * 4 + [tempo] for tempo in (80, 160, 0)])
    assert middle(values)[TEMPO] == pytest.approx(80)
    assert np.isnan(middle(values[2:])[TEMPO])


def test_a_weighted_mean():
    values = np.array([[0.0] * 4 + [80], [1.0] * 4 + [80]])
    assert middle(values, np.array([1.0, 3.0])).tolist() == pytest.approx([0.75] * 4 + [80])


def test_values_are_taken_by_name():
    features = AudioFeatures(
        danceability=0.1,
        acousticness=0.2,
        energy=0.3,
        instrumentalness=0.4,
        liveness=0.5,
        valence=0.6,
        loudness=-7,
        speechiness=0.8,
        tempo=90,
    )
    assert values_of([features]).tolist() == [[0.3, 0.6, 0.1, 0.2, 90]]
    assert values_of([]).shape == (0, len(TARGET_NAMES))
