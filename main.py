"""Face the Music: a face in, music that fits out. Run with ``streamlit run main.py``."""

from pathlib import Path

import streamlit as st

import serving
from emotion.capture import Capture
from emotion.panel.ways import capture_panel
from music_mood.panel.music import music_panel
from music_mood.panel.spotify_login import come_back
from music_mood.panel.visit import this_visit

STYLE = Path(__file__).parent / ".streamlit" / "page.css"


def draw() -> None:
    """Draw the page."""
    st.set_page_config(page_title=serving.NAME, page_icon=serving.ICON, layout="wide")
    st.html(STYLE)

    st.title("Face the Music", anchor=False)
    st.markdown("Show your face or say how you feel, and hear music that fits.")

    come_back()
    feeling = capture_panel(this_visit().part(Capture))
    if feeling is not None:
        music_panel(feeling)

    st.caption(
        "The expression is an AI’s estimate, often wrong, and not what you feel. Pictures stay in "
        "this server’s memory while you are here and are never stored. Not for use at work or "
        "school."
    )


if __name__ == "__main__":  # a visitor's run
    draw()
else:  # `streamlit run` finds this by its name, imports it and serves it
    app = st.App(__file__, routes=serving.routes(st.get_option("server.baseUrlPath") or ""))
