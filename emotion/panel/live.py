"""Live video: the webcam beside what it shows, until a mood is taken over."""

import av
import numpy as np
import streamlit as st
from streamlit_webrtc import WebRtcMode, webrtc_streamer

from emotion.capture import Capture
from emotion.live import LiveReader
from emotion.panel.appearance import ICONS, LOOKS, emotion_bars
from emotion.panel.resources import face_reader
from emotion.values import EMOTIONS, Feeling, FeelingSource


def live_feeling(capture: Capture) -> None:
    """Draw the video and what it shows; a mood is taken over when the visitor says so."""
    if capture.live_reader is None:
        capture.live_reader = LiveReader(face_reader())
    reader = capture.live_reader

    def on_frame(frame: av.VideoFrame) -> av.VideoFrame:
        # Runs on the WebRTC thread: no st.* here; the page reads `reader.snapshot()`.
        mirrored = np.ascontiguousarray(frame.to_ndarray(format="rgb24")[:, ::-1])
        drawn = av.VideoFrame.from_ndarray(reader.process(mirrored), format="rgb24")
        drawn.pts, drawn.time_base = frame.pts, frame.time_base
        return drawn

    video, says = st.columns([5, 4], gap="medium", vertical_alignment="center")
    with video:
        context = webrtc_streamer(
            key="live",
            mode=WebRtcMode.SENDRECV,
            video_frame_callback=on_frame,
            media_stream_constraints={"video": {"width": 640, "height": 480}, "audio": False},
            rtc_configuration=_rtc_configuration(),
            async_processing=True,  # drops frames that queue up, so the delay stays small
        )
    with says:
        if context.state.playing:
            _live_reading(reader, capture)
        else:
            st.caption("Press **START** and allow the camera. It stops when you leave this tab.")


@st.fragment(run_every=0.5)
def _live_reading(reader: LiveReader, capture: Capture) -> None:
    """Show the smoothed emotion while the video plays; only this part of the page reruns."""
    reading = reader.snapshot()
    if reading is None:
        st.caption("Looking for a face …")
        return
    emotion = EMOTIONS[int(reading.probabilities.argmax())]
    st.markdown(f"{ICONS[emotion]} **{capture.words.say(LOOKS[emotion])}**")
    emotion_bars(capture.words, reading.probabilities)
    if st.button("Use this mood", type="primary", key="use_live", icon=":material/music_note:"):
        capture.feel(Feeling(reading.probabilities, FeelingSource.FACE))
        capture.live_count += 1
        st.rerun()


def _rtc_configuration() -> dict[str, list[object]] | None:
    """No helper servers on one's own machine; elsewhere what the environment offers.

    None lets streamlit-webrtc look for TURN credentials (CLOUDFLARE_TURN_KEY_ID ...,
    TWILIO_ACCOUNT_SID ..., HF_TOKEN) and fall back to a public STUN server.
    """
    local = ("http://127.0.0.1", "http://localhost", "http://[::1]")
    return {"iceServers": []} if str(st.context.url).startswith(local) else None
