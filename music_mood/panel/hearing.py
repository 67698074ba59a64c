"""What this visitor has heard: kept in their session, so that nothing is offered twice.

A track is heard once its player was started. Streamlit's player does not tell, so a listener in
the page does. It reruns only its own fragment: nothing on the page moves while music plays.
"""

import streamlit as st
from streamlit.components.v2 import component

from music_mood.choosing.recommend import waiting
from music_mood.panel.visit import this_visit
from music_mood.values import LabelledTrack

_CARD = "track-card-"

_LISTENER = component(
    "face_the_music.hearing",
    # "play" does not bubble, so it is caught on its way down; Streamlit writes a container's key
    # into its class name.
    js="""
    export default function ({ setTriggerValue }) {
      const started = (event) => {
        const card = event.target.closest?.('[class*="st-key-CARD"]');
        const found = card && /st-key-CARD(\\d+)/.exec(card.className);
        if (found) setTriggerValue("position", Number(found[1]));
      };
      document.addEventListener("play", started, true);
      return () => document.removeEventListener("play", started, true);
    }
    """.replace("CARD", _CARD),
)


def card_key(position: int) -> str:
    """Name the container of the card at a position, so that the listener knows it."""
    return f"{_CARD}{position}"


@st.fragment
def listen(shown: tuple[str, ...]) -> None:
    """Note which of the cards' tracks are started; `shown` are their uris in order."""
    # the callback does nothing but make Streamlit answer with a position
    position = _LISTENER(key="hearing", on_position_change=lambda: None).position
    if isinstance(position, int) and 0 <= position < len(shown):  # it comes from a browser
        note_played(shown[position])


def note_played(*uris: str) -> None:
    """Remember tracks as heard."""
    visit = this_visit()
    visit.heard |= frozenset(uris)


def next_round(labelled: tuple[LabelledTrack, ...], latest: frozenset[str]) -> frozenset[str]:
    """Tell which tracks wait from now on; a used-up playlist begins anew but for the `latest`."""
    visit = this_visit()
    visit.heard = waiting(labelled, visit.heard, latest)
    return visit.heard


def forget_played() -> None:
    """Let every track be new again."""
    this_visit().heard = frozenset()
