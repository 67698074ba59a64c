"""Live video on a clock and a reader of the tests' own: who counts, what is held, never failing."""

import logging
import threading

import numpy as np
import pytest

from emotion.errors import ModelError
from emotion.live import ABSENT_S, FOLLOW_EVERY_S, HELD_S, LiveReader
from emotion.pace import Turns
from emotion.tracking import FORGET_S
from emotion.values import EMOTIONS, Detection, Emotion, Face

FRAME = np.full((120, 160, 3), 100, np.uint8)
FRAME.flags.writeable = False

HAPPY, SAD = np.eye(7, dtype=np.float32)[[EMOTIONS.index(Emotion.HAPPY), EMOTIONS.index("sad")]]
LARGE = Detection((40, 40, 50, 50), (55.0, 57.0), (75.0, 57.0), 0.9)
SMALL = Detection((110, 50, 25, 25), (117.0, 58.0), (127.0, 58.0), 0.9)


def logged(caplog):
    """What live video logged; other tests' threads and libraries may log in between."""
    return [record for record in caplog.records if record.name == "emotion.live"]


class FakeClock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class FakeReader:
    """Sees the faces it is given, or fails as it is told."""

    def __init__(self):
        self.faces, self.error = [], None

    def read_frame(self, rgb):
        if self.error is not None:
            raise self.error
        return list(self.faces)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def reader():
    return FakeReader()


@pytest.fixture
def live(reader, clock):
    return LiveReader(reader, clock)


@pytest.fixture
def show(live, reader, clock):
    """Let the camera see these probabilities for some seconds, in so many frames."""

    def shown(probabilities, seconds=0.0, frames=1):
        reader.faces = [Face(LARGE, probabilities)]
        for _ in range(frames):
            clock.now += seconds / frames
            drawn = live.process(FRAME)
        return drawn

    return shown


@pytest.fixture
def show_all(live, reader, clock):
    """The same with several faces: (detection, probabilities) each."""

    def shown(*seen, seconds=0.0, frames=1):
        reader.faces = [Face(*one) for one in seen]
        for _ in range(frames):
            clock.now += seconds / frames
            live.process(FRAME)
        return live.snapshot()

    return shown


def test_before_the_first_face_there_is_nothing(live):
    for _ in range(2):
        reading = live.snapshot()
        assert (reading.faces, reading.chosen, reading.mood) == ((), None, None)
        assert live.take() is None
        assert live.held() is None
        assert len(live.timeline().rows) == 0
        np.testing.assert_array_equal(live.process(FRAME), FRAME)


def test_the_first_face_counts_at_once(live, show):
    show(HAPPY)
    reading = live.snapshot()
    np.testing.assert_array_equal(reading.mood.probabilities, HAPPY)
    assert reading.mood.probabilities.dtype == np.float32
    assert reading.mood.emotion is Emotion.HAPPY
    (face,) = reading.faces
    assert (face.id, face.number, face.box_xywh, face.frames) == (1, 1, LARGE.box_xywh, 1)


def test_a_steady_face_stays_as_it_is_and_sums_to_one(live, show):
    steady = np.float32([0.1, 0.0, 0.2, 0.4, 0.1, 0.05, 0.15])
    show(steady, 10, 300)
    mood = live.snapshot().mood
    np.testing.assert_allclose(mood.probabilities, steady, atol=1e-5)
    assert mood.probabilities.sum() == pytest.approx(1, abs=1e-5)


def test_single_outliers_do_not_flip_the_emotion(live, show):
    show(HAPPY, 1, 25)
    show(SAD, 0.04)
    assert live.snapshot().mood.emotion is Emotion.HAPPY


def test_the_mean_of_all_counts_at_first(show_all):
    reading = show_all((LARGE, SAD), (SMALL, HAPPY))
    np.testing.assert_allclose(reading.mood.probabilities, (SAD + HAPPY) / 2)
    assert reading.chosen is None
    assert [(face.number, face.emotion) for face in reading.faces] == [(1, "sad"), (2, "happy")]


def test_the_chosen_face_counts(live, show_all):
    both = (LARGE, SAD), (SMALL, HAPPY)
    show_all(*both)
    live.choose(2)
    assert live.snapshot().mood.emotion is Emotion.HAPPY  # at once, also between two frames
    reading = show_all(*both, seconds=1, frames=25)
    np.testing.assert_array_equal(reading.mood.probabilities, HAPPY)
    assert reading.chosen == 2
    live.choose(None)
    np.testing.assert_allclose(live.snapshot().mood.probabilities, (SAD + HAPPY) / 2)


def test_the_chosen_face_counts_while_it_is_away_until_it_is_forgotten(live, show_all):
    show_all((LARGE, SAD), (SMALL, HAPPY))
    live.choose(2)
    reading = show_all((LARGE, SAD), seconds=FORGET_S - 0.1, frames=50)
    assert reading.chosen == 2
    assert reading.mood.emotion is Emotion.HAPPY
    reading = show_all((LARGE, SAD), seconds=0.3, frames=5)
    assert reading.chosen is None
    assert reading.mood.emotion is Emotion.SAD
    reading = show_all((LARGE, SAD), (SMALL, HAPPY))
    assert reading.chosen is None  # whoever stands there now is somebody else


@pytest.mark.parametrize("face_id", [0, -1, 99])
def test_choosing_somebody_who_is_not_there_chooses_all(live, show_all, face_id):
    live.choose(face_id)
    reading = show_all((LARGE, SAD), (SMALL, HAPPY))
    assert reading.chosen is None
    np.testing.assert_allclose(reading.mood.probabilities, (SAD + HAPPY) / 2)


def test_the_label_of_all_does_not_flutter(live, show_all):
    """Two faces whose mean is a tie, a little to one side and to the other."""
    labels = set()
    for at in range(200):
        more, less = (0.53, 0.47) if at % 2 else (0.47, 0.53)
        tie = np.float32(more * HAPPY + less * SAD)
        reading = show_all((LARGE, tie), (SMALL, tie), seconds=0.1)
        labels.add(reading.mood.emotion)
    assert len(labels) == 1


def test_a_short_gap_is_bridged(live, reader, clock, show):
    show(HAPPY)
    reader.faces = []
    clock.now += FORGET_S
    np.testing.assert_array_equal(live.process(FRAME), FRAME)
    np.testing.assert_array_equal(live.snapshot().mood.probabilities, HAPPY)
    show(SAD)
    assert live.snapshot().faces[0].frames == 2
    assert 0 < live.snapshot().mood.probabilities @ HAPPY < 0.05


def test_a_face_long_gone_is_forgotten(live, clock, show):
    show(HAPPY, 1, 10)
    clock.now += FORGET_S + 0.1
    assert live.snapshot().mood is None
    assert live.take() is None
    show(SAD)
    np.testing.assert_array_equal(live.snapshot().mood.probabilities, SAD)
    assert live.snapshot().faces[0].frames == 1


def test_a_mood_is_held_once_it_was_shown_for_three_seconds(live, show):
    show(HAPPY)
    show(HAPPY, HELD_S - 0.1, 80)
    assert live.held() is None
    show(HAPPY, 0.2, 5)
    held = live.held()
    assert held.emotion is Emotion.HAPPY
    np.testing.assert_allclose(held.probabilities, HAPPY, atol=1e-5)
    for _ in range(3):
        show(HAPPY, FOLLOW_EVERY_S, 800)
        assert live.held() is None  # once


def test_what_is_held_changes_every_thirty_seconds_at_most(live, clock, show):
    show(HAPPY)
    show(HAPPY, HELD_S + 0.1, 80)
    assert live.held().emotion is Emotion.HAPPY
    given = clock.now
    show(SAD, 10, 250)
    assert live.held() is None
    while (held := live.held()) is None:
        show(SAD, 0.1, 3)
    assert held.emotion is Emotion.SAD
    assert clock.now - given == pytest.approx(FOLLOW_EVERY_S, abs=0.2)


def test_a_mood_that_passed_is_not_held(live, show):
    show(HAPPY)
    show(HAPPY, HELD_S + 0.1, 80)
    live.held()
    show(SAD, 10, 250)
    show(HAPPY, FOLLOW_EVERY_S, 800)  # back before it counted
    assert live.held() is None


def test_moods_that_change_all_the_time_are_not_held(live, show):
    for _ in range(10):
        show(HAPPY, 2.5, 60)
        assert live.held() is None
        show(SAD, 2.5, 60)
        assert live.held() is None


def test_who_is_away_holds_no_mood(live, reader, clock, show):
    show(HAPPY)
    show(HAPPY, 1, 25)
    reader.faces = []
    for _ in range(60):
        clock.now += 0.05
        live.process(FRAME)
    assert live.held() is None
    show(HAPPY, 0.1, 2)
    assert live.held() is None  # away for longer than ABSENT_S: it begins anew
    assert ABSENT_S < HELD_S
    show(HAPPY, HELD_S, 80)
    assert live.held().emotion is Emotion.HAPPY


def test_a_mood_that_was_taken_is_not_followed_as_well(live, show):
    show(HAPPY)
    show(HAPPY, HELD_S + 1, 80)
    assert live.take().emotion is Emotion.HAPPY
    assert live.held() is None
    show(SAD, 10, 250)
    assert live.held() is None  # taken less than thirty seconds ago
    assert live.take().emotion is Emotion.SAD  # but by hand at any time
    assert live.take().emotion is Emotion.SAD


def test_the_timeline_has_a_row_a_second_and_is_cleared(live, show):
    show(HAPPY, 10, 250)
    show(SAD, 10, 250)
    stretch = live.timeline()
    assert len(stretch.rows) == pytest.approx(20, abs=1)
    assert stretch.rows[5].argmax() == EMOTIONS.index(Emotion.HAPPY)
    assert stretch.rows[-1].argmax() == EMOTIONS.index(Emotion.SAD)
    live.clear_timeline()
    assert len(live.timeline().rows) == 0
    show(SAD, 2, 50)
    assert len(live.timeline().rows) == pytest.approx(2, abs=1)


def test_the_timeline_has_gaps_where_nobody_was(live, reader, clock, show):
    show(HAPPY, 3, 75)
    reader.faces = []
    for _ in range(50):
        clock.now += 0.1
        live.process(FRAME)
    show(HAPPY, 3, 75)
    assert 3 <= np.isnan(live.timeline().rows[:, 0]).sum() <= 5


def test_the_frame_comes_back_drawn_on(show):
    drawn = show(HAPPY)
    assert drawn.shape == FRAME.shape
    assert drawn.dtype == np.uint8
    assert (drawn[40:90, 40:90] != FRAME[40:90, 40:90]).any()
    assert (FRAME == 100).all()


@pytest.fixture
def marked(monkeypatch):
    """What is drawn on each frame."""
    frames = []
    monkeypatch.setattr(
        "emotion.live.draw_marks", lambda rgb, marks, zoom: frames.append(marks) or rgb
    )
    return frames


def test_the_label_shows_the_smoothed_emotion_in_steps(show, marked):
    show(np.float32([0, 0, 0.04, 0.91, 0, 0, 0.05]), 1, 25)
    show(SAD, 0.04)
    (mark,) = marked[-1]
    assert mark.text == "happy  85%"
    assert mark.box_xywh == LARGE.box_xywh
    assert mark.strong


def test_several_faces_are_numbered_and_the_chosen_one_stands_out(live, show_all, marked):
    both = (LARGE, SAD), (SMALL, HAPPY)
    show_all(*both)
    assert [mark.text for mark in marked[-1]] == ["1  sad  100%", "2  happy  100%"]
    assert [mark.strong for mark in marked[-1]] == [True, True]  # all count
    live.choose(2)
    show_all(*both)
    assert [mark.strong for mark in marked[-1]] == [False, True]


def test_labels_are_in_the_visitor_s_language(live, show, marked):
    live.name_of = {Emotion.HAPPY: "fröhlich"}.__getitem__
    live.percent_of = "{} %".format
    show(HAPPY)
    assert marked[-1][0].text == "fröhlich  100 %"


class SlowReader(FakeReader):
    """Takes its time on the tests' clock, and counts."""

    def __init__(self, clock, cost_s):
        super().__init__()
        self.clock, self.cost_s, self.count = clock, cost_s, 0

    def read_frame(self, rgb):
        self.count += 1
        self.clock.now += self.cost_s
        return super().read_frame(rgb)


def test_while_the_machine_is_busy_frames_pass_with_the_last_boxes(clock, marked):
    reader = SlowReader(clock, 0.04)
    live = LiveReader(reader, clock)
    reader.faces = [Face(LARGE, HAPPY)]
    for _ in range(100):
        clock.now += 1 / 28
        live.process(FRAME)
    assert 20 < reader.count < 50
    assert len(marked) == 100
    assert all(len(marks) == 1 for marks in marked)
    assert live.snapshot().mood.emotion is Emotion.HAPPY


def test_while_another_video_is_read_a_frame_passes_with_the_last_boxes(reader, clock, marked):
    turns = Turns(clock)
    live = LiveReader(reader, clock, turns)
    reader.faces = [Face(LARGE, HAPPY)]
    live.process(FRAME)
    assert turns.take("another visitor")
    reader.error = AssertionError("read out of turn")
    clock.now += 0.04
    live.process(FRAME)
    assert len(marked[-1]) == 1
    assert live.snapshot().faces[0].frames == 1


def test_a_reading_that_fails_gives_its_turn_back(reader, clock):
    turns = Turns(clock)
    reader.error = ValueError("expected uint8")
    LiveReader(reader, clock, turns).process(FRAME)
    assert turns.take("another visitor")


@pytest.mark.parametrize(
    "error",
    [
        ValueError("expected uint8"),
        RuntimeError("LiteRT"),
        MemoryError(),
        ModelError("The model is missing."),
        KeyError("faces"),
        AssertionError(),
        ZeroDivisionError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_error_stops_the_video(live, reader, show, caplog, error):
    show(HAPPY)
    reader.error = error
    assert live.process(FRAME) is FRAME
    assert live.snapshot().mood is not None
    (record,) = logged(caplog)
    assert record.levelno == logging.ERROR
    assert record.exc_info[1] is error
    reader.error = None
    assert live.process(FRAME) is not FRAME  # and it goes on


def test_an_error_while_drawing_does_not_stop_it_either(live, monkeypatch, show, caplog):
    def broken(*args):
        raise OSError("no font")

    monkeypatch.setattr("emotion.live.draw_marks", broken)
    assert show(HAPPY) is FRAME
    assert len(logged(caplog)) == 1


def test_each_kind_of_error_is_logged_once(live, reader, caplog):
    for error in (ValueError("a"), ValueError("b"), OSError("c"), ValueError("d"), OSError("e")):
        reader.error = error
        for _ in range(10):
            live.process(FRAME)
    assert [str(record.exc_info[1]) for record in logged(caplog)] == ["a", "c"]


@pytest.mark.parametrize(
    "frame", [np.zeros((0, 0, 3), np.uint8), np.zeros((9, 9), np.uint8), None], ids=str
)
def test_no_frame_stops_the_video(frame, astronaut_rgb):
    live = LiveReader.load()
    assert live.process(frame) is frame
    live.process(astronaut_rgb)
    assert live.snapshot().faces[0].frames == 1


def test_a_reading_already_taken_does_not_change(live, show):
    show(HAPPY)
    taken = live.snapshot()
    show(SAD, 2, 10)
    np.testing.assert_array_equal(taken.mood.probabilities, HAPPY)
    assert taken.faces[0].frames == 1
    with pytest.raises(ValueError, match="read-only"):
        taken.mood.probabilities[0] = 1


def test_one_thread_computes_while_others_read(reader):
    live = LiveReader(reader)
    reader.faces = [Face(LARGE, HAPPY)]
    stop, wrong, seen = threading.Event(), [], []

    def watch():
        frames = 0
        while not stop.is_set():
            reading = live.snapshot()
            live.held()
            live.timeline()
            if reading.mood is None:
                continue
            (face,) = reading.faces
            seen.append(face.frames)
            if face.frames < frames or abs(reading.mood.probabilities.sum() - 1) > 1e-4:
                wrong.append(reading)
            frames = face.frames

    def compute():
        for index in range(100):
            reader.faces = [Face(LARGE, SAD if index % 2 else HAPPY)]
            live.process(FRAME)

    watchers = [threading.Thread(target=watch) for _ in range(3)]
    computers = [threading.Thread(target=compute) for _ in range(2)]
    for thread in watchers + computers:
        thread.start()
    for thread in computers:
        thread.join()
    stop.set()
    for thread in watchers:
        thread.join()
    assert wrong == []
    assert seen
