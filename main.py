"""Face the Music: a face in, music that fits out. Run with ``streamlit run main.py``."""

from pathlib import Path

import streamlit as st

from emotion.capture import Capture
from emotion.panel.ways import capture_panel
from music_mood.panel.music import music_panel
from music_mood.panel.spotify_login import come_back
from music_mood.panel.visit import this_visit

STYLE = Path(__file__).parent / ".streamlit" / "page.css"

st.set_page_config(page_title="Face the Music", page_icon="🎵", layout="wide")
st.html(STYLE)

st.title("Face the Music", anchor=False)
st.markdown("Show your face or say how you feel, and hear music that fits.")

come_back()
feeling = capture_panel(this_visit().part(Capture))
if feeling is not None:
    music_panel(feeling)

st.caption(
    "The expression is an AI’s estimate, often wrong, and not what you feel. Pictures stay in this "
    "server’s memory while you are here and are never stored. Not for use at work or school."
)
