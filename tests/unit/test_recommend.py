from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_mood.choosing.mood import Aim, plan
from music_mood.choosing.recommend import (
    ARTIST_MOST,
    ARTIST_WINDOW,
    centre_distances,
    distinct,
    due_a_rest,
    recommend,
    waiting,
)
from music_mood.sources.demo import demo_playlist
from music_mood.values import MOODS, AudioFeatures, LabelledTrack, LabelSource, Mood, Track

HAPPY = np.array([0.0, 0.0, 1.0, 0.0])


def labelled(title, mood, share=0.9, artist="", features=None) -> LabelledTrack:
    """A track with this probability for its mood, the rest spread evenly."""
    rest = (1 - share) / 3
    probabilities = tuple(share if mood is other else rest for other in MOODS)
    return LabelledTrack(
        Track(title, artist, features=features), mood, probabilities, LabelSource.MODEL
    )


def unsure(title, artist="") -> LabelledTrack:
    return LabelledTrack(Track(title, artist), None, (0.3, 0.2, 0.3, 0.2), LabelSource.MODEL)


def unknown(title, artist="") -> LabelledTrack:
    return LabelledTrack(Track(title, artist), None, None, LabelSource.NOBODY)


def titles(tracks) -> list[str]:
    return [track.track.title for track in tracks]


@st.composite
def libraries(draw) -> list[LabelledTrack]:
    entries = st.tuples(
        st.sampled_from("ABCDE"), st.sampled_from([*MOODS, "unsure", "unknown"]), st.floats(0.4, 1)
    )
    tracks = []
    for number, (artist, mood, share) in enumerate(draw(st.lists(entries, max_size=40))):
        title = f"T{number}"
        if mood == "unsure":
            tracks.append(unsure(title, artist))
        elif mood == "unknown":
            tracks.append(unknown(title, artist))
        else:
            tracks.append(labelled(title, mood, share, artist))
    return tracks


shares = st.lists(st.floats(0, 1), min_size=4, max_size=4).filter(lambda w: sum(w) > 0.1)
targets = shares.map(lambda w: np.array(w) / sum(w))
counts = st.integers(0, 45)


# -- properties that hold for any playlist


@given(libraries(), targets, counts)
def test_as_many_different_tracks_as_asked_for_or_all(library, target, n):
    chosen = recommend(library, target, n)
    assert len(chosen) == min(n, len(library))
    assert len({track.track.uri for track in chosen}) == len(chosen)
    assert set(titles(chosen)) <= set(titles(library))


@given(libraries(), targets, counts, st.randoms())
def test_the_order_given_makes_no_difference(library, target, n, random):
    shuffled = random.sample(library, len(library))
    assert recommend(shuffled, target, n, seed=3) == recommend(library, target, n, seed=3)


@given(libraries(), targets, counts, counts)
def test_asking_for_more_goes_on_where_fewer_ended(library, target, few, many):
    few, many = sorted((few, many))
    assert recommend(library, target, many)[:few] == recommend(library, target, few)


@given(libraries(), counts)
def test_unsure_and_unknown_tracks_come_last(library, n):
    ranks = [
        0 if track.mood else 1 if track.probabilities else 2
        for track in recommend(library, HAPPY, n)
    ]
    assert ranks == sorted(ranks)


@given(libraries(), targets, st.sets(st.integers(0, 39)))
def test_nothing_is_repeated_before_the_playlist_is_used_up(library, target, heard):
    played = frozenset(t.track.uri for i, t in enumerate(library) if i in heard)
    chosen = recommend(library, target, len(library), played=played)
    again = [track.track.uri in played for track in chosen]
    assert again == sorted(again)


@given(st.lists(st.floats(0.4, 1), max_size=20))
def test_more_probable_tracks_come_first(probabilities):
    library = [labelled(f"T{i}", Mood.HAPPY, p) for i, p in enumerate(probabilities)]
    percents = [round(100 * t.probabilities[2]) for t in recommend(library, HAPPY, 20)]
    assert percents == sorted(percents, reverse=True)


@given(targets, st.integers(1, 40))
def test_a_rich_playlist_gives_the_shares_asked_for(target, n):
    library = [labelled(f"{mood}{i}", mood) for mood in MOODS for i in range(40)]
    got = Counter(track.mood for track in recommend(library, target, n))
    for mood, share in zip(MOODS, target, strict=True):
        assert abs(got[mood] - share * n) < 2


# -- single wishes


def test_only_wished_for_moods_while_there_are_any():
    library = [labelled(f"{mood}{i}", mood) for mood in MOODS for i in range(6)]
    assert {track.mood for track in recommend(library, HAPPY, 6)} == {Mood.HAPPY}


def test_when_a_mood_is_used_up_likely_others_follow():
    library = [
        labelled("happy", Mood.HAPPY),
        LabelledTrack(Track("rather not", ""), Mood.SAD, (0.1, 0.1, 0.05, 0.75), LabelSource.MODEL),
        LabelledTrack(Track("perhaps", ""), Mood.SAD, (0, 0, 0.45, 0.55), LabelSource.MODEL),
    ]
    assert titles(recommend(library, HAPPY, 3)) == ["happy", "perhaps", "rather not"]


def test_a_plan_is_followed_position_by_position():
    library = [labelled(f"{mood}{i}", mood) for mood in MOODS for i in range(9)]
    targets = np.eye(4)[[3, 3, 0, 2]]
    assert [t.mood for t in recommend(library, targets, 4)] == ["sad", "sad", "calm", "happy"]


def test_equally_probable_tracks_stand_by_their_closeness_to_the_centre():
    def at(energy):
        return AudioFeatures(0.5, 0.1, energy, 0, 0.2, 0.8, -6.5, 0.05, 120)

    library = [
        labelled("far", Mood.HAPPY, features=at(0.1)),
        labelled("centre", Mood.HAPPY, features=at(0.7)),
        labelled("near", Mood.HAPPY, features=at(0.8)),
        labelled("without", Mood.HAPPY),
        labelled("probable", Mood.HAPPY, 0.95, features=at(1.0)),
    ]
    assert titles(recommend(library, HAPPY, 5)) == ["probable", "centre", "near", "far", "without"]


def test_distances_from_the_centre_by_hand():
    two = [
        labelled(str(tempo), Mood.SAD, features=AudioFeatures(0.5, 0, 0, 0, 0, 0, -9, 0, tempo))
        for tempo in (100, 120)
    ]
    # mean 110, standard deviation 10; the other features do not vary
    assert centre_distances([*two, unknown("x")]).tolist() == [1, 1, np.inf]


def test_one_artist_at_most_twice_in_ten():
    library = [labelled(f"A{i}", Mood.HAPPY, 0.99, "A") for i in range(10)]
    library += [labelled(f"{name}1", Mood.HAPPY, 0.6, name) for name in "BCDEFGHIJKLMNOP"]
    artists = [track.track.artist for track in recommend(library, HAPPY, 18)]
    assert artists[:3].count("A") == ARTIST_MOST
    for start in range(len(artists) - ARTIST_WINDOW + 1):
        assert artists[start : start + ARTIST_WINDOW].count("A") <= ARTIST_MOST


def test_one_song_on_two_albums_comes_twice_only_when_nothing_else_fits():
    album, best_of = (
        LabelledTrack(
            Track("Song", "A", isrc=isrc), Mood.HAPPY, (0.0, 0.0, 0.9, 0.1), LabelSource.MODEL
        )
        for isrc in ("USAAA0000001", "USAAA0000002")
    )
    library = [album, best_of, labelled("other", Mood.HAPPY, 0.6, "B")]
    assert titles(recommend(library, HAPPY, 3)) == ["Song", "other", "Song"]


def test_the_mood_matters_more_than_the_artist():
    library = [labelled(f"A{i}", Mood.HAPPY, artist="A") for i in range(6)]
    library += [labelled(f"{name}1", Mood.SAD, artist=name) for name in "BCDEF"]
    assert {track.mood for track in recommend(library, HAPPY, 6)} == {Mood.HAPPY}


def test_tracks_of_unknown_artists_are_not_one_artists():
    library = [labelled(f"x{i}", Mood.HAPPY, 0.9) for i in range(5)]
    library += [labelled("known", Mood.HAPPY, 0.5, "B")]
    assert titles(recommend(library, HAPPY, 6))[-1] == "known"


def test_the_seed_decides_between_equals_and_only_there():
    library = [labelled(f"T{i}", Mood.HAPPY) for i in range(12)]
    library += [labelled("best", Mood.HAPPY, 0.99)]
    orders = {tuple(titles(recommend(library, HAPPY, 13, seed=seed))) for seed in range(5)}
    assert len(orders) == 5
    assert {order[0] for order in orders} == {"best"}


def test_the_same_track_twice_in_a_playlist_is_one():
    assert len(recommend([labelled("a", Mood.SAD), labelled("A", Mood.SAD)], HAPPY, 5)) == 1


def test_of_two_entries_of_one_track_it_is_the_same_one_in_either_order():
    long, short = (
        LabelledTrack(Track("A", "B", uri="x", album=album), Mood.SAD, None, LabelSource.NOBODY)
        for album in ("One", "Two")
    )
    assert distinct([long, short]) == distinct([short, long])
    assert distinct([long, short])[0] in (long, short)


def test_an_artist_rests_while_it_was_twice_among_the_last_nine():
    chosen = [labelled(f"T{i}", Mood.SAD, artist=name) for i, name in enumerate("ABBCDEAFGH")]
    heard_long_ago, heard_lately = (labelled("x", Mood.SAD, artist=name) for name in "AB")
    rests = due_a_rest(chosen)
    assert rests(heard_lately) and not rests(heard_long_ago)


def test_a_mood_without_probabilities_is_somebodys_word():
    said = LabelledTrack(Track("said", "A"), Mood.HAPPY, None, LabelSource.MODEL)
    library = [labelled("likely", Mood.HAPPY, 0.98), said]
    assert titles(recommend(library, HAPPY, 2)) == ["said", "likely"]


@pytest.mark.parametrize("target", [np.ones(3), np.ones((2, 4)), np.array([1, 0, 0, -1.0])])
def test_a_target_of_another_form_is_refused(target):
    with pytest.raises(ValueError, match="expected shares of 4 moods"):
        recommend([], target, 5)


@pytest.mark.parametrize("aim", Aim)
@pytest.mark.parametrize("emotion", range(7))
def test_the_demo_playlist_has_five_matching_tracks_for_every_emotion(emotion, aim):
    library = [
        LabelledTrack(
            track,
            track.makers_mood,
            tuple(float(track.makers_mood is mood) for mood in MOODS),
            LabelSource.MAKERS,
        )
        for track in demo_playlist().tracks
    ]
    targets = plan(np.eye(7)[emotion], aim, 6)
    chosen = recommend(library, targets, 6)
    fitting = [targets[i, MOODS.index(track.mood)] > 0 for i, track in enumerate(chosen)]
    assert sum(fitting) >= 5


# -- rounds


@given(libraries(), st.sets(st.integers(0, 39)), st.sets(st.integers(0, 39), max_size=6))
def test_heard_tracks_wait_until_the_playlist_is_used_up(library, heard, last):
    keys = [track.track.uri for track in library]
    played = frozenset(key for i, key in enumerate(keys) if i in heard) | {"elsewhere"}
    latest = frozenset(key for i, key in enumerate(keys) if i in last)
    found = waiting(library, played, latest)
    if set(keys) <= played:
        assert found == {"elsewhere"} | latest
    else:
        assert found == played


def test_round_after_round_every_track_has_its_turn():
    library = [labelled(f"T{i}", Mood.HAPPY, artist=f"A{i}") for i in range(10)]
    played, turns = frozenset(), []
    for _ in range(5):  # ten tracks, four at a time: a round is three turns
        chosen = frozenset(t.track.uri for t in recommend(library, HAPPY, 4, played=played))
        played = waiting(library, played | chosen, chosen)
        turns.append(chosen)
    assert len(turns[0] | turns[1]) == 8
    assert len(turns[0] | turns[1] | turns[2]) == 10
    assert not turns[2] & turns[3]  # the next round does not begin with what was just heard
    assert len(turns[2] | turns[3] | turns[4]) == 10


def test_without_a_seed_it_is_the_first():
    library = [labelled(f"T{number}", Mood.HAPPY, artist=f"A{number}") for number in range(30)]
    assert recommend(library, HAPPY, 10) == recommend(library, HAPPY, 10, seed=0)
    assert recommend(library, HAPPY, 10) != recommend(library, HAPPY, 10, seed=1)
