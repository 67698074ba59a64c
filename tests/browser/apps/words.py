"""Widgets of Streamlit whose own words are to be translated, and foreign text like those words."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from i18n import Words
from music_mood.panel.streamlit_words import speak

speak(Words("de" if st.toggle("German", True) else "en"))
st.file_uploader("One", type=["png"])
st.file_uploader("Upload", accept_multiple_files=True)
st.camera_input("Camera")
st.selectbox("Menu", ["Close", "Open"], index=None, placeholder="Upload")
st.text_input("Field")
