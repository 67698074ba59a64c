"""The moods of a visit: a row a second, whatever the rate, in bounded memory."""

import numpy as np
import pytest

from emotion.timeline import LONGEST_S, MOST_ROWS, Timeline

HAPPY, SAD = np.eye(7, dtype=np.float32)[[3, 4]]


def shown(*parts, rate=10.0):
    """Show each (probabilities or None, seconds) one after another; gives the timeline and now."""
    timeline, now = Timeline(), 1000.0
    for probabilities, seconds in parts:
        for _ in range(round(seconds * rate)):
            if probabilities is not None:
                timeline.add(probabilities, now)
            now += 1 / rate
    return timeline, now


def test_at_first_there_is_nothing():
    stretch = Timeline().stretch(5.0)
    assert stretch.rows.shape == (0, 7)
    np.testing.assert_array_equal(stretch.shares, np.zeros(7))


@pytest.mark.parametrize("rate", [2.0, 10.0, 28.0])
def test_a_row_is_the_mean_of_a_second(rate):
    timeline, now = shown((HAPPY, 3), (SAD, 2), rate=rate)
    stretch = timeline.stretch(now)
    assert stretch.step_s == 1
    assert stretch.rows.dtype == np.float32
    np.testing.assert_allclose(stretch.rows[:3], [HAPPY] * 3, atol=0.51)
    np.testing.assert_allclose(stretch.shares, 0.6 * HAPPY + 0.4 * SAD, atol=0.08)


def test_time_without_a_face_is_a_gap_and_counts_for_nothing():
    timeline, now = shown((HAPPY, 2), (None, 3), (SAD, 2))
    stretch = timeline.stretch(now)
    assert np.isnan(stretch.rows[:, 0]).tolist()[:6] == [False, False, True, True, True, False]
    np.testing.assert_allclose(stretch.shares.sum(), 1, atol=1e-5)


def test_a_gap_that_has_not_ended_is_not_shown():
    timeline, now = shown((HAPPY, 2), (None, 30))
    assert len(timeline.stretch(now).rows) <= 3


def test_an_hour_takes_no_more_memory_than_four_minutes():
    timeline, now = shown((HAPPY, 1800), (SAD, 1800), rate=4)
    stretch = timeline.stretch(now)
    assert MOST_ROWS / 2 - 1 <= len(stretch.rows) <= MOST_ROWS
    assert len(stretch.rows) * stretch.step_s == pytest.approx(3600, rel=0.02)
    np.testing.assert_allclose(stretch.shares, (HAPPY + SAD) / 2, atol=0.02)


def test_halving_keeps_gaps_and_does_not_let_them_weigh():
    timeline, now = shown((HAPPY, 60), (None, 61), (SAD, 200), rate=4)
    rows = timeline.stretch(now).rows
    there = rows[~np.isnan(rows[:, 0])]
    np.testing.assert_allclose(there.sum(axis=1), 1, atol=1e-5)
    assert 29 <= np.isnan(rows[:, 0]).sum() <= 31


def test_clearing_begins_anew():
    timeline, now = shown((HAPPY, 5))
    timeline.clear()
    assert len(timeline.stretch(now).rows) == 0
    timeline.add(SAD, now + 60)
    np.testing.assert_array_equal(timeline.stretch(now + 60).rows, [SAD])


def test_a_page_left_open_over_night_begins_anew():
    timeline, now = shown((HAPPY, 5))
    timeline.add(SAD, now + LONGEST_S)
    np.testing.assert_array_equal(timeline.stretch(now + LONGEST_S).rows, [SAD])


def test_what_was_given_does_not_change():
    timeline, now = shown((HAPPY, 2))
    stretch = timeline.stretch(now)
    timeline.add(SAD, now)
    timeline.add(SAD, now + 3)
    np.testing.assert_array_equal(stretch.rows, [HAPPY, HAPPY])
