"""The webcam in the page: its video goes through a `LiveReader` and comes back with boxes.

streamlit-webrtc does the transport. Imported only where video is drawn: it takes WebRTC's memory.
"""

import logging
import os
import time
import weakref
from pathlib import Path

import av
import cv2
import streamlit as st
from streamlit.components.v2 import component
from streamlit_webrtc import WebRtcMode, webrtc_streamer
from streamlit_webrtc.config import Translations

from emotion.live import LiveReader
from emotion.relay import own_relay
from i18n import Words

log = logging.getLogger(__name__)

KEY = "live"
"""Of the component, and of what streamlit-webrtc keeps of it in the session."""

_HERE = Path(__file__).parent

_TROUBLE = component(
    "face_the_music.camera_trouble",
    html='<p class="ftm-trouble" hidden></p>',
    css=(_HERE / "camera.css").read_text(),
    js=(_HERE / "camera.js").read_text(),
)


def camera(reader: LiveReader, words: Words, *, still: bool) -> bool:
    """Draw the video; tells whether it plays. `still`: it was drawn in the run before, too."""
    if still:
        _keep_playing(st.session_state.get(KEY))

    # Weakly: streamlit-webrtc's relay keeps a connection that was never made (aiortc 1.16), and the
    # moods of a visit end with the visit.
    reads = weakref.ref(reader)

    def on_frame(frame: av.VideoFrame) -> av.VideoFrame:
        # Runs on the WebRTC thread: no st.* here; the page reads `reader.snapshot()`.
        if (reader := reads()) is None:
            return frame
        mirrored = cv2.flip(frame.to_ndarray(format="rgb24"), 1)
        drawn = av.VideoFrame.from_ndarray(reader.process(mirrored), format="rgb24")
        drawn.pts, drawn.time_base = frame.pts, frame.time_base
        return drawn

    trouble = _troubles(words)
    try:
        context = webrtc_streamer(
            key=KEY,
            mode=WebRtcMode.SENDRECV,
            video_frame_callback=on_frame,
            media_stream_constraints={"video": {"width": 640, "height": 480}, "audio": False},
            rtc_configuration=_rtc_configuration(),
            async_processing=True,  # drops frames that queue up, so the delay stays small
            video_html_attrs={
                "autoPlay": True,
                "controls": False,
                "muted": True,
                "playsInline": True,  # or iPhones play it over the whole screen
                "style": {"width": "100%", "borderRadius": "0.5rem"},
            },
            translations=_translations(words, trouble),
        )
    except Exception:  # the visitor's browser speaks to us in ways that no list covers
        log.exception("the video's connection could not be made")
        st.warning(trouble["slow"], icon=":material/videocam_off:")
        return False
    names = {
        "waiting": words.say("Waiting for the camera …"),
        "video": words.say("Your camera’s picture, with a box around each face"),
    }
    _TROUBLE(key="camera_trouble", data=trouble | names)
    return context.state.playing


def _keep_playing(context: object) -> None:
    """Let a video be that was there all the time.

    streamlit-webrtc 0.79 takes down what it has not drawn for a run. It counts a run when the news
    of its end is sent: on a busy server after the next run has begun, and two that are counted at
    once look like one in which the video was not drawn.
    """
    if hasattr(context, "_last_rendered_run_count"):
        context._last_rendered_run_count = None


def _troubles(words: Words) -> dict[str, str]:
    """Say why no video comes; each sentence names the other ways."""
    return {
        "denied": words.say(
            "The camera was not allowed. Allow it beside the page’s address and press Start again, "
            "or show a photo, or simply say how you feel."
        ),
        "absent": words.say(
            "There is no camera here. Show a photo instead, or simply say how you feel."
        ),
        "taken": words.say(
            "Another program is using the camera. Close it and press Start again, or show a photo, "
            "or simply say how you feel."
        ),
        "insecure": words.say(
            "The browser gives the camera to pages with an https address only. Show a photo "
            "instead, or simply say how you feel."
        ),
        "slow": words.say(
            "No video connection within 10 seconds; the network here may not let it through. Take "
            "a snapshot or show a photo instead, or simply say how you feel."
        ),
        "other": words.say(
            "The camera does not start. Take a snapshot or show a photo instead, or simply say how "
            "you feel."
        ),
    }


def _translations(words: Words, trouble: dict[str, str]) -> Translations:
    """Name streamlit-webrtc's controls; in its list of devices it says itself what is wrong."""
    return {
        "start": words.say("Start"),
        "stop": words.say("Stop"),
        "select_device": words.say("Choose camera"),
        "select_camera": words.say("Choose camera"),
        "turn_camera_on": words.say("Turn the camera on"),
        "turn_camera_off": words.say("Turn the camera off"),
        "device_ask_permission": words.say("Please allow the camera."),
        "media_api_not_available": trouble["insecure"],
        "device_not_available": trouble["absent"],
        "device_access_denied": trouble["denied"],
    }


def _rtc_configuration() -> dict[str, list[object]] | None:
    """No helper servers on one's own machine; elsewhere what the environment offers.

    An operator's own relay comes first. None lets streamlit-webrtc look for TURN credentials
    (CLOUDFLARE_TURN_KEY_ID ..., TWILIO_ACCOUNT_SID ..., HF_TOKEN) and fall back to a public STUN
    server.
    """
    local = ("http://127.0.0.1", "http://localhost", "http://[::1]")
    if str(st.context.url).startswith(local):
        return {"iceServers": []}
    relay = own_relay(os.environ, time.time())
    return {"iceServers": [relay]} if relay else None
