"""What the page does with a video's moods, without a video: Streamlit's AppTest and faces given.

The video itself is tested in a browser (tests/browser/test_live.py).
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from emotion.capture import Capture
from emotion.live import HELD_S, LiveReader
from emotion.values import EMOTIONS, Detection, Emotion, Face, Feeling, FeelingSource

ROOT = Path(__file__).resolve().parents[2]
FRAME = np.full((120, 160, 3), 100, np.uint8)
HAPPY, SAD = np.eye(7, dtype=np.float32)[[EMOTIONS.index(Emotion.HAPPY), EMOTIONS.index("sad")]]
LEFT = Detection((10, 40, 50, 50), (25.0, 57.0), (45.0, 57.0), 0.9)
RIGHT = Detection((90, 40, 45, 45), (105.0, 57.0), (125.0, 57.0), 0.9)


class Video:
    """A camera and its clock: shows faces for some seconds."""

    def __init__(self):
        self.now, self.faces = 1000.0, []
        self.reader = LiveReader(self, lambda: self.now)

    def read_frame(self, rgb):
        return list(self.faces)

    def show(self, *faces: Face, seconds: float = 0.1) -> None:
        self.faces = faces
        for _ in range(max(1, round(seconds * 10))):
            self.now += 0.1
            self.reader.process(FRAME)


@pytest.fixture
def video(monkeypatch) -> Video:
    monkeypatch.setattr("emotion.panel.live.camera", lambda reader, words, still: True)
    return Video()


@pytest.fixture
def capture(video) -> Capture:
    return Capture(live_reader=video.reader)


@pytest.fixture
def app(capture) -> AppTest:
    def script(capture):
        from emotion.panel.live import live_feeling

        live_feeling(capture, still=False)

    return AppTest.from_function(script, kwargs={"capture": capture}, default_timeout=30)


def felt(capture: Capture) -> Emotion | None:
    return capture.feeling and EMOTIONS[int(capture.feeling.probabilities.argmax())]


def texts(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption])


def test_before_a_face_is_seen_there_is_nothing_to_use(app, capture):
    app.run()
    assert not app.exception
    assert "Looking for a face" in texts(app)
    assert app.button(key="use_live").disabled
    assert capture.feeling is None


def test_nothing_counts_before_the_visitor_says_so(app, capture, video):
    video.show(Face(LEFT, HAPPY), seconds=2 * HELD_S)
    app.run()
    app.run()
    assert "Looks happy" in texts(app)
    assert capture.feeling is None


def test_a_button_takes_the_mood(app, capture, video):
    video.show(Face(LEFT, HAPPY))
    app.run()
    app.button(key="use_live").click().run()
    assert felt(capture) is Emotion.HAPPY
    assert capture.feeling.source is FeelingSource.FACE


def test_what_was_chosen_since_is_not_undone(app, capture, video):
    video.show(Face(LEFT, HAPPY))
    app.run()
    app.button(key="use_live").click().run()
    capture.feel(Feeling.named(Emotion.SAD))
    video.show(Face(LEFT, HAPPY), seconds=10)
    app.run()
    app.run()
    assert felt(capture) is Emotion.SAD


def test_a_mood_is_followed_once_it_was_held(app, capture, video):
    video.show(Face(LEFT, HAPPY))
    app.run()
    app.toggle(key="follow_live").set_value(True).run()
    assert capture.feeling is None  # not yet
    video.show(Face(LEFT, HAPPY), seconds=HELD_S + 0.2)
    app.run()
    assert felt(capture) is Emotion.HAPPY
    video.show(Face(LEFT, SAD), seconds=5)
    app.run()
    assert felt(capture) is Emotion.HAPPY  # at most every 30 seconds
    video.show(Face(LEFT, SAD), seconds=30)
    app.run()
    assert felt(capture) is Emotion.SAD


def test_a_mood_is_not_followed_after_the_switch_is_off(app, capture, video):
    video.show(Face(LEFT, HAPPY))
    app.run()
    app.toggle(key="follow_live").set_value(True).run()
    app.toggle(key="follow_live").set_value(False).run()
    video.show(Face(LEFT, HAPPY), seconds=10)
    app.run()
    assert capture.feeling is None


def test_one_face_is_not_asked_about(app, video):
    video.show(Face(LEFT, HAPPY))
    app.run()
    assert not app.segmented_control


def test_of_several_faces_one_is_chosen_or_all_count(app, capture, video):
    both = Face(LEFT, HAPPY), Face(RIGHT, 0.9 * SAD + 0.1 * HAPPY)
    video.show(*both)
    app.run()
    control = app.segmented_control(key="who_live")
    assert list(control.options) == ["All of us", "Face 1", "Face 2"]
    assert "Looks happy" in texts(app)  # 0.55 on the whole
    control.set_value(2).run()
    assert "Looks sad" in texts(app)
    video.show(*both, seconds=1)
    app.button(key="use_live").click().run()
    assert felt(capture) is Emotion.SAD
    app.segmented_control(key="who_live").set_value(0).run()
    assert "Looks happy" in texts(app)


def test_when_the_chosen_one_has_gone_all_count_again(app, capture, video):
    both = Face(LEFT, HAPPY), Face(RIGHT, SAD)
    video.show(*both)
    app.run()
    app.segmented_control(key="who_live").set_value(2).run()
    video.show(Face(LEFT, HAPPY), seconds=4)
    app.run()
    assert not app.segmented_control
    assert "Looks happy" in texts(app)
    video.show(*both)
    app.run()
    assert app.segmented_control(key="who_live").value == 0


def test_the_timeline_is_said_and_cleared(app, video):
    app.run()
    assert "So far" not in texts(app)
    video.show(Face(LEFT, HAPPY), seconds=5)
    app.run()
    assert "So far in this video: mostly happy (100%)." in texts(app)
    app.button(key="clear_timeline").click().run()
    assert "So far" not in texts(app)
    assert len(video.reader.timeline().rows) == 0


def test_a_connection_that_fails_on_the_server_is_said(monkeypatch, caplog):
    def broken(*args, **options):
        raise TimeoutError("no answer")

    monkeypatch.setattr("emotion.panel.camera.webrtc_streamer", broken)

    def script(reader):
        from emotion.panel.camera import camera
        from i18n import Words

        assert not camera(reader, Words(), still=False)

    app = AppTest.from_function(script, kwargs={"reader": Video().reader}).run()
    assert not app.exception
    assert "No video connection within 10 seconds" in app.warning[0].value
    assert "no answer" in caplog.text


def test_who_never_opens_live_does_without_its_memory():
    code = (
        "import sys, emotion.panel.ways\n"
        "print({'av', 'aiortc', 'streamlit_webrtc'} & set(sys.modules))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "set()"


@pytest.mark.parametrize("still", [True, False])
def test_a_video_that_was_there_all_the_time_is_not_taken_down(monkeypatch, still):
    """Two runs were counted at once: it looks as if the video had not been drawn in one."""
    from streamlit_webrtc import component
    from streamlit_webrtc.component import WebRtcStreamerContext, WebRtcStreamerState

    from emotion.panel.camera import _keep_playing

    context = WebRtcStreamerContext(None, WebRtcStreamerState(playing=True, signalling=False))
    context._last_rendered_run_count = 5
    monkeypatch.setattr(component.st, "session_state", {"live": context})
    monkeypatch.setattr(component, "get_this_session_info", object)
    monkeypatch.setattr(component, "get_script_run_count", lambda _: 7)
    if still:
        _keep_playing(context)
    assert component._get_or_create_context("live").state.playing is still
    _keep_playing(None)  # there is none before the first time
