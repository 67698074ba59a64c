"""How often frames are read, and in which order visitors take turns."""

import weakref

import pytest

from emotion.pace import LONGEST_S, SHARE, STALE_S, Pace, Turns


def reads(cost_s: float, rate: float = 28, seconds: float = 10) -> int:
    """How many of the frames are read when each reading takes so long."""
    pace, count = Pace(), 0
    for at in range(round(seconds * rate)):
        now = at / rate
        if pace.due(now):
            pace.took(now, now + cost_s)
            count += 1
    return count


def test_every_frame_is_read_while_that_is_cheap():
    assert reads(0.005) == 280


@pytest.mark.parametrize("cost_s", [0.015, 0.03, 0.06])
def test_reading_takes_its_share_of_the_time_and_no_more(cost_s):
    assert reads(cost_s) * cost_s <= 10 * SHARE + cost_s
    assert reads(cost_s) * cost_s > 10 * SHARE * 0.5


def test_however_slow_a_mood_is_still_read():
    assert reads(5.0) >= 10 / (LONGEST_S + 1 / 28) - 1


def test_a_slow_start_is_forgotten():
    pace = Pace()
    pace.took(0.0, 1.0)  # the first call of a network
    now, waits = 0.0, []
    for _ in range(30):
        began = now
        while not pace.due(now):
            now += 1 / 28
        waits.append(now - began)
        pace.took(now, now + 0.004)
        now += 1 / 28
    assert waits[0] > 0.1
    assert waits[-1] == 0


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def turns(clock):
    return Turns(clock)


def test_one_reads_at_a_time(turns):
    assert turns.take("a")
    assert not turns.take("b")
    turns.give_back("a")
    assert turns.take("b")


def test_who_asked_first_is_next(turns):
    assert turns.take("a")
    assert not turns.take("b")
    assert not turns.take("c")
    turns.give_back("a")
    assert not turns.take("a")
    assert not turns.take("c")
    assert turns.take("b")
    turns.give_back("b")
    assert not turns.take("a")
    assert turns.take("c")


def test_who_has_gone_holds_nobody_up(turns, clock):
    turns.take("a")
    turns.take("gone")
    turns.give_back("a")
    assert not turns.take("a")
    clock.now += STALE_S + 0.01
    assert turns.take("a")


def test_only_who_reads_gives_back(turns):
    turns.take("a")
    turns.give_back("b")
    assert not turns.take("b")


def test_two_who_always_ask_get_equal_shares(turns, clock):
    """At any rates: a slow one's frames are read as often as a fast one's, while both wait."""
    counts = {"fast": 0, "slow": 0}
    reading, until = None, 0.0
    for step in range(20_000):
        clock.now = step * 0.001
        if reading and clock.now >= until:
            turns.give_back(reading)
            reading = None
        for who, every in (("fast", 20), ("slow", 60)):
            if step % every == 0 and turns.take(who):
                counts[who] += 1
                reading, until = who, clock.now + 0.055
    assert counts["slow"] >= 0.9 * counts["fast"]


def test_who_stands_in_the_line_is_not_held():
    class Reader:
        pass

    turns, first, waiting = Turns(), Reader(), Reader()
    assert turns.take(first) and not turns.take(waiting)
    gone = [weakref.ref(first), weakref.ref(waiting)]
    del first, waiting
    assert [one() for one in gone] == [None, None]
