"""Small changes of a feeling leave the list of tracks alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.values import EMOTIONS, Emotion
from music_mood.choosing.mood import MINOR_SHARE
from music_mood.choosing.steady import SAME_WITHIN, in_place, settled
from music_mood.values import LabelledTrack, LabelSource, Mood, Track


def looks(**shares: float) -> np.ndarray:
    given = np.array([shares.get(Emotion(one).name.lower(), 0.0) for one in EMOTIONS])
    return given / given.sum()


HAPPY = looks(happy=0.8, neutral=0.1, surprise=0.1)


@pytest.mark.parametrize(
    "after",
    [
        looks(happy=0.95, neutral=0.05),  # surer of the same
        looks(happy=0.6, surprise=0.4),  # the same music
        looks(happy=0.81, neutral=0.19),  # a mood too small to count
    ],
)
def test_what_asks_for_the_same_music_is_the_same_feeling(after):
    assert settled(after, HAPPY) is HAPPY


@pytest.mark.parametrize(
    "after", [looks(sad=1), looks(happy=0.6, neutral=0.4), looks(happy=0.49, neutral=0.51)]
)
def test_what_asks_for_other_music_is_another(after):
    assert settled(after, HAPPY) is after


def test_without_one_before_it_is_the_new_one():
    assert settled(HAPPY, None) is HAPPY


def test_a_share_that_wavers_at_the_edge_changes_nothing():
    """Below `MINOR_SHARE` a mood is dropped: there the plan jumps by as much."""
    low, high = (
        looks(happy=1 - share, neutral=share) for share in (MINOR_SHARE - 0.02, MINOR_SHARE + 0.02)
    )
    assert settled(high, low) is low
    assert settled(low, high) is high


def test_a_slow_drift_arrives():
    kept = start = looks(happy=1)
    for step in np.linspace(0, 1, 41):
        kept = settled(looks(happy=1 - step, sad=step), kept)
    assert kept is not start
    assert kept[EMOTIONS.index(Emotion.SAD)] >= 1 - SAME_WITHIN


def pick(number: int, mood: Mood | None = Mood.HAPPY) -> LabelledTrack:
    return LabelledTrack(Track(f"T{number}", "A", uri=str(number)), mood, None, LabelSource.MODEL)


def numbers(picks: list[LabelledTrack]) -> str:
    return "".join(one.track.uri for one in picks)


def test_tracks_that_still_fit_stay_where_they_are():
    chosen = [pick(1), pick(5), pick(3), pick(4)]
    assert numbers(in_place(chosen, "3172")) == "3154"
    assert numbers(in_place(chosen, "")) == "1534"
    assert numbers(in_place(chosen, "6789")) == "1534"
    assert numbers(in_place([], "12")) == ""


def test_a_place_that_is_due_to_another_mood_is_not_kept():
    """Lift's steps stay in their order."""
    chosen = [pick(1, Mood.SAD), pick(2, Mood.SAD), pick(3, Mood.CALM)]
    assert numbers(in_place(chosen, "3x1")) == "123"
    assert numbers(in_place(chosen, "21")) == "213"


@given(
    st.permutations(range(6)), st.permutations(range(6)), st.lists(st.sampled_from([*Mood, None]))
)
def test_nothing_is_lost_or_doubled(new, old, moods):
    tracks = [pick(n, (moods + [None] * 6)[n]) for n in range(6)]
    chosen = [tracks[n] for n in new[:4]]
    kept = in_place(chosen, [str(n) for n in old])
    assert sorted(numbers(kept)) == sorted(numbers(chosen))
    assert [one.verdict for one in kept] != [] and in_place(kept, [str(n) for n in old]) == kept


def test_a_change_of_just_so_much_is_none(monkeypatch):
    before, now = looks(happy=0.75, neutral=0.25), looks(happy=0.5, neutral=0.25, sad=0.25)
    shift = 0.25
    monkeypatch.setattr("music_mood.choosing.steady.SAME_WITHIN", shift)
    assert settled(now, before) is before
    monkeypatch.setattr("music_mood.choosing.steady.SAME_WITHIN", np.nextafter(shift, 0))
    assert settled(now, before) is now
