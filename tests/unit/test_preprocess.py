import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_mood.model.preprocess import derive
from music_mood.values import FEATURE_NAMES, FEATURE_RANGES

SONG = (0.5, 0.25, 0.8, 0.0, 0.1, 0.6, -6.5, 0.03, 120.0)

rows = st.tuples(*(st.floats(*FEATURE_RANGES[name]) for name in FEATURE_NAMES))


def changed(**features) -> np.ndarray:
    song = dict(zip(FEATURE_NAMES, SONG, strict=True)) | features
    return np.array([[song[name] for name in FEATURE_NAMES]])


def test_the_derived_features_by_hand():
    expected = [
        *(0, np.log(1 / 3), np.log(4), np.log(1.5), np.log(1 / 9)),  # log-odds
        *(-5, np.log(0.05), -6.5, 120, np.log(120)),
        *(0.5, 0.25, 0.8, 0.6),
        *(0.48, 0.32, 0.12, 0.08, 0.05),
    ]
    derived = derive(np.array([SONG]))
    assert derived.dtype == np.float32
    assert derived[0] == pytest.approx(expected, abs=1e-5)


@given(st.lists(rows, min_size=1, max_size=5))
def test_whatever_is_in_range_gives_finite_numbers(songs):
    derived = derive(np.array(songs))
    assert derived.shape == (len(songs), 19)
    assert np.isfinite(derived).all()


def test_each_song_is_derived_by_itself():
    songs = np.vstack([changed(), changed(energy=0.1), changed(tempo=0.0)])
    one_by_one = np.vstack([derive(song[None]) for song in songs])
    assert np.array_equal(derive(songs), one_by_one)


@pytest.mark.parametrize(("tempo", "like"), [(60, 120), (180, 90), (70, 70), (140, 140)])
def test_half_and_double_tempo_fold_together(tempo, like):
    folded = derive(changed(tempo=tempo))[0, 9]
    assert folded == pytest.approx(np.log(like))


def test_the_quadrants_of_energy_and_valence_share_one():
    assert derive(changed(energy=0.37, valence=0.81))[0, 14:18].sum() == pytest.approx(1)
