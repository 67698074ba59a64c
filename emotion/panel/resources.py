"""What all visitors share: one of each for the whole process."""

import streamlit as st

from emotion.reader import FaceReader


@st.cache_resource(show_spinner=False)
def face_reader() -> FaceReader:
    """Load the models that read faces."""
    return FaceReader.load()
