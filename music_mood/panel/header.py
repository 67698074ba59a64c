"""The top of the page: its name, what it does, and its tools; and the foot, with what it is not."""

from collections.abc import Callable
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from music_mood.panel.language import say

ABOUT = "about"
"""The query parameter that opens the dialog, for a link to it."""


def header(*, first: bool) -> DeltaGenerator:
    """Draw it; gives the place of the tools, which are drawn once it is known what they show.

    Parameters
    ----------
    first : bool
        This is the first screen, which says what the page does.
    """
    with st.container(horizontal=True, vertical_alignment="center", key="header"):
        st.title("Face the Music", anchor=False)
        tools = st.container(horizontal=True, width="content", gap="small", key="tools")
    if first:
        st.markdown(say("Show your face or say how you feel, and hear music that fits."))
    return tools


def promises() -> None:
    """Say what comes after a feeling, on the first screen."""
    lines = (
        say(
            "The tracks that fit play right here, one after the other: to match you or to lift you."
        ),
        say("A playlist is ready. Or bring a link, your Spotify, or your own files."),
        say("No account. A picture stays in this server’s memory and is gone with your visit."),
    )
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    st.html(f'<ul class="ftm-promises">{items}</ul>')


def footer() -> None:
    """Say what the page is not."""
    st.caption(
        say("The expression is an AI’s estimate, not what you feel. Not for use at work or school.")
    )


def offer_about(draw: Callable[[], None]) -> None:
    """Draw the button "About"; it opens a dialog, and so does ``?about`` in the page's address.

    Parameters
    ----------
    draw : callable
        Fills the dialog.
    """
    asked = st.button(say("About"), icon=":material/info:", type="tertiary", key="about")
    if asked or ABOUT in st.query_params:
        dialog = st.dialog(say("About this page"), width="medium", on_dismiss=_leave)
        dialog(draw)()


def _leave() -> None:
    """Let nobody who came by ``?about`` meet the dialog again after closing it."""
    if ABOUT in st.query_params:
        del st.query_params[ABOUT]
