"""The music panel: the mood and why, the playlist while it is labelled, the tracks that fit."""

import streamlit as st

from emotion.values import Feeling
from music_mood.choosing.mood import Aim, explain, mood_distribution
from music_mood.panel.appearance import ICONS, background
from music_mood.panel.picks import show_picks
from music_mood.panel.reading import show_summary
from music_mood.panel.save import show_downloads
from music_mood.panel.shelves import choose_playlist
from music_mood.panel.spotify import save_as_playlist
from music_mood.panel.visit import this_visit
from music_mood.values import MOODS, Mood


def music_panel(feeling: Feeling) -> None:
    """Draw the panel for a feeling."""
    this_visit().feeling = feeling
    st.divider()
    aim = _mood(feeling)
    shelved = choose_playlist()
    if shelved is not None:
        show_summary(shelved)
        picks = show_picks(shelved, feeling, aim)
        show_downloads(shelved, picks)
        save_as_playlist(picks, _leading_mood(feeling))


def _mood(feeling: Feeling) -> Aim:
    visit, mood = this_visit(), _leading_mood(feeling)
    words, choice = st.columns([5, 3], gap="large", vertical_alignment="bottom")
    with choice:
        visit.aim = st.segmented_control(
            "The music should",
            list(Aim),
            default=visit.aim,
            required=True,
            format_func=lambda aim: {Aim.MATCH: "Match me", Aim.LIFT: "Lift me"}[aim],
            key="aim",
        )
    with words:
        st.header(f"{ICONS[mood]} {mood.capitalize()} music", anchor=False)
        st.markdown(explain(feeling, visit.aim))
        st.caption(visit.aim.sentence)
    st.html(background(mood))
    return visit.aim


def _leading_mood(feeling: Feeling) -> Mood:
    return MOODS[int(mood_distribution(feeling.probabilities).argmax())]
