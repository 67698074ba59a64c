"""Face the Music: a face in, music that fits out. Run with ``streamlit run main.py``."""

from pathlib import Path

import streamlit as st

import serving

STYLE = Path(__file__).parent / ".streamlit" / "page.css"

if __name__ != "__main__":
    # `streamlit run` finds this by its type, imports this module and serves it. What draws is not
    # imported then: the webcam's component can only register itself while a visitor's run goes on.
    base = str(st.get_option("server.baseUrlPath"))
    app = st.App(
        __file__,
        routes=serving.routes(base),
        middleware=serving.middleware(base),
        lifespan=serving.lifespan,
    )
else:
    from emotion.capture import Capture
    from emotion.panel.ways import capture_panel
    from music_mood.panel.address import keep_address, take_up_address
    from music_mood.panel.header import header
    from music_mood.panel.language import choose_language, say
    from music_mood.panel.music import music_panel
    from music_mood.panel.spotify_login import come_back
    from music_mood.panel.visit import this_visit

    st.set_page_config(page_title=serving.NAME, page_icon=serving.ICON, layout="wide")
    st.html(STYLE)

    visit = this_visit()
    capture = visit.part(Capture)
    come_back()
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
