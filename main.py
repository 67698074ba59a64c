"""Face the Music: a face in, music that fits out. Run with ``streamlit run main.py``."""

from pathlib import Path

import streamlit as st

from emotion.capture import Capture
from emotion.panel.ways import capture_panel
from music_mood.panel.address import keep_address, take_up_address
from music_mood.panel.header import header
from music_mood.panel.language import choose_language, say
from music_mood.panel.music import music_panel
from music_mood.panel.spotify_login import come_back
from music_mood.panel.visit import this_visit

STYLE = Path(__file__).parent / ".streamlit" / "page.css"

st.set_page_config(page_title="Face the Music", page_icon="🎵", layout="wide")
st.html(STYLE)

visit = this_visit()
come_back()  # may bring back what waited here while the visitor was at Spotify
capture = visit.part(Capture)
take_up_address(capture, visit)
capture.words = visit.words = choose_language()

header()
if capture.feeling is None and capture.way is None:
    capture_panel(capture)
else:
    reading, music = st.columns([4, 7], gap="large")
    with reading:
        capture_panel(capture)
    with music:
        music_panel(capture.feeling)

st.caption(
    say("The expression is an AI’s estimate, not what you feel. Not for use at work or school.")
)
keep_address(capture, visit)
