"""A page with one of each thing that the harness must recognise, and nothing of the project."""

import io
import wave

import numpy as np
import streamlit as st
from streamlit_webrtc import webrtc_streamer

NO_ICE = {"iceServers": []}


def beep(seconds: int = 5, rate: int = 16_000) -> bytes:
    """A tone as a WAV file."""
    tone = np.sin(np.arange(seconds * rate) * 2 * np.pi * 440 / rate) * 8000
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, rate, 0, "NONE", ""))
        sound.writeframes(tone.astype("<i2").tobytes())
    return file.getvalue()


match st.segmented_control("Show", ["Sound", "No sound", "Camera", "Upload", "Crash"]):
    case "Sound":
        st.audio(beep(), format="audio/wav")
    case "No sound":
        st.audio(b"this is no sound", format="audio/wav")
    case "Camera":
        webrtc_streamer(
            key="camera",
            frontend_rtc_configuration=NO_ICE,
            server_rtc_configuration=NO_ICE,
            media_stream_constraints={"video": True, "audio": False},
        )
    case "Upload":
        if file := st.file_uploader("Any file"):
            st.write(f"Got {len(file.getvalue())} bytes")
    case "Crash":
        st.session_state["no such key"]
