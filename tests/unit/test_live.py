"""Live video on a clock and a reader of the tests' own: smoothing, forgetting, never failing."""

import logging
import threading

import numpy as np
import pytest

from emotion.errors import ModelError
from emotion.live import FORGET_S, SMOOTHING_S, LiveReader
from emotion.values import EMOTIONS, Detection, Emotion, Face

FRAME = np.full((120, 160, 3), 100, np.uint8)
FRAME.flags.writeable = False

HAPPY, SAD = np.eye(7, dtype=np.float32)[[EMOTIONS.index(Emotion.HAPPY), EMOTIONS.index("sad")]]
LARGE = Detection((40, 40, 50, 50), (55.0, 57.0), (75.0, 57.0), 0.9)
SMALL = Detection((110, 50, 25, 25), (117.0, 58.0), (127.0, 58.0), 0.9)


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


def test_before_the_first_face_there_is_nothing(live):
    assert live.snapshot() is None
    np.testing.assert_array_equal(live.process(FRAME), FRAME)
    assert live.snapshot() is None


def test_the_first_face_counts_at_once(live, show):
    show(HAPPY)
    reading = live.snapshot()
    np.testing.assert_array_equal(reading.probabilities, HAPPY)
    assert reading.probabilities.dtype == np.float32
    assert reading.frames == 1


@pytest.mark.parametrize("frames", [1, 2, 8, 24, 200])
def test_smoothing_goes_by_time_not_by_frames(live, show, frames):
    show(HAPPY)
    show(SAD, SMOOTHING_S, frames)
    reading = live.snapshot()
    moved = 1 - np.exp(-1)  # 63 %
    np.testing.assert_allclose(
        reading.probabilities, moved * SAD + (1 - moved) * HAPPY, rtol=0, atol=1e-5
    )
    assert reading.frames == frames + 1


def test_a_steady_face_stays_as_it_is_and_sums_to_one(live, show):
    steady = np.float32([0.1, 0.0, 0.2, 0.4, 0.1, 0.05, 0.15])
    show(steady, 10, 300)
    reading = live.snapshot()
    np.testing.assert_allclose(reading.probabilities, steady, atol=1e-5)
    assert reading.probabilities.sum() == pytest.approx(1, abs=1e-5)


def test_single_outliers_do_not_flip_the_emotion(live, show):
    show(HAPPY, 1, 25)
    show(SAD, 0.04)
    assert EMOTIONS[live.snapshot().probabilities.argmax()] is Emotion.HAPPY


def test_the_largest_face_counts(live, reader):
    reader.faces = [Face(LARGE, SAD), Face(SMALL, HAPPY)]
    live.process(FRAME)
    np.testing.assert_array_equal(live.snapshot().probabilities, SAD)


def test_a_short_gap_is_bridged(live, reader, clock, show):
    show(HAPPY)
    reader.faces = []
    clock.now += FORGET_S
    np.testing.assert_array_equal(live.process(FRAME), FRAME)
    np.testing.assert_array_equal(live.snapshot().probabilities, HAPPY)
    show(SAD)
    assert live.snapshot().frames == 2
    assert 0 < live.snapshot().probabilities @ HAPPY < 0.05


def test_a_face_long_gone_is_forgotten(live, clock, show):
    show(HAPPY, 1, 10)
    clock.now += FORGET_S + 0.1
    assert live.snapshot() is None
    show(SAD)
    np.testing.assert_array_equal(live.snapshot().probabilities, SAD)
    assert live.snapshot().frames == 1


def test_the_frame_comes_back_drawn_on(show):
    drawn = show(HAPPY)
    assert drawn.shape == FRAME.shape
    assert drawn.dtype == np.uint8
    assert (drawn[40:90, 40:90] != FRAME[40:90, 40:90]).any()
    assert (FRAME == 100).all()


def test_the_label_shows_the_smoothed_emotion(show, monkeypatch):
    labelled = []
    monkeypatch.setattr(
        "emotion.live.draw_faces", lambda rgb, faces: labelled.append(faces[0]) or rgb
    )
    show(HAPPY, 1, 25)
    show(SAD, 0.04)
    assert labelled[-1].emotion is Emotion.HAPPY
    assert labelled[-1].detection == LARGE


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
    assert live.snapshot() is not None
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info[1] is error
    reader.error = None
    assert live.process(FRAME) is not FRAME  # and it goes on


def test_an_error_while_drawing_does_not_stop_it_either(live, monkeypatch, show, caplog):
    def broken(*args):
        raise OSError("no font")

    monkeypatch.setattr("emotion.live.draw_faces", broken)
    assert show(HAPPY) is FRAME
    assert len(caplog.records) == 1


def test_each_kind_of_error_is_logged_once(live, reader, caplog):
    for error in (ValueError("a"), ValueError("b"), OSError("c"), ValueError("d"), OSError("e")):
        reader.error = error
        for _ in range(10):
            live.process(FRAME)
    assert [str(record.exc_info[1]) for record in caplog.records] == ["a", "c"]


@pytest.mark.parametrize(
    "frame", [np.zeros((0, 0, 3), np.uint8), np.zeros((9, 9), np.uint8), None], ids=str
)
def test_no_frame_stops_the_video(frame, astronaut_rgb):
    live = LiveReader.load()
    assert live.process(frame) is frame
    live.process(astronaut_rgb)
    assert live.snapshot().frames == 1


def test_a_reading_already_taken_does_not_change(live, show):
    show(HAPPY)
    taken = live.snapshot()
    show(SAD, 2, 10)
    np.testing.assert_array_equal(taken.probabilities, HAPPY)
    assert taken.frames == 1


def test_one_thread_computes_while_others_read(reader):
    live = LiveReader(reader)
    reader.faces = [Face(LARGE, HAPPY)]
    stop, wrong, seen = threading.Event(), [], []

    def watch():
        frames = 0
        while not stop.is_set():
            reading = live.snapshot()
            if reading is None:
                continue
            seen.append(reading.frames)
            if reading.frames < frames or abs(reading.probabilities.sum() - 1) > 1e-4:
                wrong.append(reading)
            frames = reading.frames

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
    assert live.snapshot().frames == 200  # none lost between two threads
