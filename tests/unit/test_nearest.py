import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_mood.choosing.nearest import SEED_PULL, nearest, pull
from music_mood.choosing.recommend import ARTIST_MOST, ARTIST_WINDOW
from music_mood.model.targets import TARGET_NAMES, distances, values_of
from music_mood.values import AudioFeatures, LabelledTrack, LabelSource, Track

SCALES = np.array([0.2, 0.2, 0.15, 0.3, 0.25])
TARGET = np.array([0.5, 0.5, 0.5, 0.5, 100.0])


def features(energy=0.5, valence=0.5, tempo=100.0) -> AudioFeatures:
    return AudioFeatures(0.5, 0.5, energy, 0, 0.1, valence, -8, 0.05, tempo)


def entry(title, given: AudioFeatures | None, artist="") -> LabelledTrack:
    if given is None:
        return LabelledTrack(Track(title, artist), None, None, LabelSource.NOBODY)
    unsure = (0.25, 0.25, 0.25, 0.25)
    return LabelledTrack(Track(title, artist, features=given), None, unsure, LabelSource.MODEL)


def titles(tracks) -> list[str]:
    return [track.track.title for track in tracks]


@st.composite
def libraries(draw) -> list[LabelledTrack]:
    share = st.floats(0, 1)
    some = st.builds(features, share, share, st.floats(0, 300))
    entries = draw(st.lists(st.tuples(st.sampled_from("ABC"), st.none() | some), max_size=25))
    return [entry(f"T{i}", given, artist) for i, (artist, given) in enumerate(entries)]


shares = st.floats(0, 1)
wishes = st.tuples(shares, shares, shares, shares, st.floats(70, 140)).map(np.array)
counts = st.integers(0, 30)


# -- properties that hold for any playlist


@given(libraries(), wishes, counts)
def test_as_many_different_tracks_as_asked_for_or_all(library, wish, n):
    chosen = nearest(library, wish, n, scales=SCALES)
    assert len(chosen) == min(n, len(library))
    assert len(set(titles(chosen))) == len(chosen)


@given(libraries(), wishes, counts, st.randoms())
def test_the_order_given_makes_no_difference(library, wish, n, random):
    shuffled = random.sample(library, len(library))
    assert nearest(shuffled, wish, n, scales=SCALES) == nearest(library, wish, n, scales=SCALES)


@given(libraries(), wishes, counts, counts)
def test_asking_for_more_goes_on_where_fewer_ended(library, wish, few, many):
    few, many = sorted((few, many))
    longer = nearest(library, wish, many, scales=SCALES)
    assert longer[:few] == nearest(library, wish, few, scales=SCALES)


@given(libraries(), wishes)
def test_tracks_without_features_come_last(library, wish):
    chosen = nearest(library, wish, 30, scales=SCALES)
    without = [track.track.features is None for track in chosen]
    assert without == sorted(without)


@given(libraries(), wishes, st.sets(st.integers(0, 24)))
def test_nothing_is_repeated_before_the_playlist_is_used_up(library, wish, heard):
    played = frozenset(track.track.uri for i, track in enumerate(library) if i in heard)
    chosen = nearest(library, wish, len(library), scales=SCALES, played=played)
    again = [track.track.uri in played for track in chosen]
    assert again == sorted(again)


@given(st.lists(st.builds(features, shares, shares), max_size=20), wishes)
def test_nearer_tracks_come_first(given_features, wish):
    library = [entry(f"T{i}", one, f"artist {i}") for i, one in enumerate(given_features)]
    chosen = nearest(library, wish, 20, scales=SCALES)
    away = distances(values_of(track.track.features for track in chosen), wish, SCALES)
    assert (np.diff(away) >= 0).all()


# -- single wishes


def test_the_nearest_track_by_hand():
    library = [
        entry("far", features(energy=1.0)),
        entry("exact", features()),
        entry("near", features(energy=0.6)),
        entry("unknown", None),
    ]
    assert titles(nearest(library, TARGET, 4, scales=SCALES)) == ["exact", "near", "far", "unknown"]


def test_a_large_scale_makes_a_feature_matter_less():
    library = [entry("energy", features(energy=0.7)), entry("valence", features(valence=0.8))]
    assert titles(nearest(library, TARGET, 1, scales=SCALES)) == ["energy"]
    forgiving = SCALES * [1, 10, 1, 1, 1]
    assert titles(nearest(library, TARGET, 1, scales=forgiving)) == ["valence"]


def test_double_tempo_is_as_near():
    library = [entry("double", features(tempo=200)), entry("other", features(tempo=130))]
    assert titles(nearest(library, TARGET, 1, scales=SCALES)) == ["double"]


def test_a_path_is_followed_position_by_position():
    library = [entry(f"{e:.1f}", features(energy=e)) for e in np.arange(0, 1.01, 0.1)]
    path = np.tile(TARGET, (3, 1))
    path[:, 0] = [0.1, 0.5, 0.9]
    assert titles(nearest(library, path, 3, scales=SCALES)) == ["0.1", "0.5", "0.9"]


def test_seeds_pull_the_target_halfway():
    seeds = [features(energy=0.8, tempo=100), features(energy=1.0, tempo=200)]
    assert SEED_PULL == 0.5
    assert pull(TARGET, seeds).tolist() == pytest.approx([0.7, 0.5, 0.5, 0.5, 100])
    library = [entry("mild", features(energy=0.5)), entry("strong", features(energy=0.7))]
    assert titles(nearest(library, TARGET, 1, scales=SCALES)) == ["mild"]
    assert titles(nearest(library, TARGET, 1, scales=SCALES, seeds=seeds)) == ["strong"]


def test_no_seeds_do_not_pull():
    assert pull(TARGET, []) is TARGET


def test_one_artist_at_most_twice_in_ten():
    library = [entry(f"A{i}", features(), "A") for i in range(8)]
    library += [entry(f"{name}1", features(energy=0.9), name) for name in "BCDEFGHIJKLMNOP"]
    artists = [track.track.artist for track in nearest(library, TARGET, 18, scales=SCALES)]
    assert artists[:2] == ["A", "A"]
    for start in range(len(artists) - ARTIST_WINDOW + 1):
        assert artists[start : start + ARTIST_WINDOW].count("A") <= ARTIST_MOST


@pytest.mark.slow
def test_ten_thousand_tracks_take_no_patience():
    rng = np.random.default_rng(0)
    library = [entry(f"T{i}", features(*rng.random(2)), f"A{i % 900}") for i in range(10_000)]
    start = time.process_time()
    nearest(library, TARGET, 12, scales=SCALES)
    assert time.process_time() - start < 2


@pytest.mark.parametrize("shape", [(4,), (3, len(TARGET_NAMES)), (2, 4)])
def test_a_target_of_another_form_is_refused(shape):
    with pytest.raises(ValueError, match="expected a target of 5 features"):
        nearest([], np.ones(shape), 2, scales=SCALES)


def test_of_tracks_as_near_as_each_other_the_order_of_their_uris_decides():
    library = [entry(f"T{number:02}", features(), artist=f"A{number}") for number in range(40)]
    chosen = nearest(library, TARGET, 40, scales=SCALES)
    uris = [track.track.uri for track in chosen]
    assert uris == sorted(uris)


def test_a_target_of_another_shape_is_named():
    with pytest.raises(ValueError, match=r"\(5,\) or \(2, 5\); got shape \(3, 4\)"):
        nearest([], np.zeros((3, 4)), 2, scales=SCALES)
