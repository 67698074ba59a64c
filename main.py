"""Face the Music: a face in, music that fits out. Run with ``streamlit run main.py``."""

from pathlib import Path

import streamlit as st

import serving

STYLE = Path(__file__).parent / ".streamlit" / "page.css"

if __name__ != "__main__":
    # `streamlit run` finds this by its type, imports this module and serves it. What draws is not
    # imported then: the webcam's component can only register itself while a visitor's run goes on.
    app = st.App(__file__, routes=serving.routes(str(st.get_option("server.baseUrlPath"))))
else:
    from emotion.capture import Capture
    from emotion.panel.ways import capture_panel
    from music_mood.panel.music import music_panel
    from music_mood.panel.spotify_login import come_back
    from music_mood.panel.visit import this_visit

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
