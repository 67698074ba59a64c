"""The top of the page: its name, what it does, and the language."""

import streamlit as st

from music_mood.panel.language import language_switch, say


def header() -> None:
    """Draw it."""
    with st.container(horizontal=True, vertical_alignment="center", key="header"):
        with st.container(gap=None, key="name"):
            st.title("Face the Music", anchor=False)
            st.markdown(say("Show your face or say how you feel, and hear music that fits."))
        with st.container(horizontal=True, width="content", gap="small", key="tools"):
            language_switch()
