"""The music panel: the mood and why, the playlist while it is labelled, the tracks that fit.

The only Streamlit code of this package, a module for each part of the panel.
"""

import numpy as np
import streamlit as st

from music_mood.choosing.mood import Aim, explain, mood_distribution
from music_mood.panel.appearance import ICONS, background
from music_mood.panel.picks import show_picks
from music_mood.panel.reading import show_summary
from music_mood.panel.save import show_downloads
from music_mood.panel.shelves import choose_playlist
from music_mood.panel.spotify import save_as_playlist
from music_mood.values import MOODS, Mood


def music_panel(probabilities: np.ndarray) -> None:
    """Draw the panel for a feeling, given as the seven probabilities in the order of Emotion."""
    st.divider()
    aim = _mood(probabilities)
    shelved = choose_playlist()
    if shelved is not None:
        show_summary(shelved)
        picks = show_picks(shelved, probabilities, aim)
        show_downloads(shelved, picks)
        save_as_playlist(picks, _leading_mood(probabilities))


def _mood(probabilities: np.ndarray) -> Aim:
    mood = _leading_mood(probabilities)
    words, choice = st.columns([5, 3], gap="large", vertical_alignment="bottom")
    with choice:
        aim = st.segmented_control(
            "The music should",
            list(Aim),
            default=Aim.MATCH,
            required=True,
            format_func=lambda aim: {Aim.MATCH: "Match me", Aim.LIFT: "Lift me"}[aim],
            key="aim",
        )
    with words:
        st.header(f"{ICONS[mood]} {mood.capitalize()} music", anchor=False)
        st.markdown(explain(probabilities, aim))
        st.caption(aim.sentence)
    st.html(background(mood))
    return aim


def _leading_mood(probabilities: np.ndarray) -> Mood:
    return MOODS[int(mood_distribution(probabilities).argmax())]
