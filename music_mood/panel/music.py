"""The music panel: the mood and why, the playlist while it is labelled, the tracks that fit."""

import streamlit as st

from emotion.values import Feeling
from music_mood.choosing.mood import AIM_WORDS, Aim, explain, mood_distribution
from music_mood.panel.appearance import ICONS, MOOD_TITLES, background
from music_mood.panel.language import say
from music_mood.panel.picks import show_picks
from music_mood.panel.reading import show_summary
from music_mood.panel.save import show_downloads
from music_mood.panel.shelves import choose_playlist
from music_mood.panel.spotify import save_as_playlist
from music_mood.panel.visit import this_visit
from music_mood.values import MOODS, LabelledTrack, Mood
from page.controls import controlled


def music_panel(feeling: Feeling | None) -> list[LabelledTrack]:
    """Draw the panel for a feeling, and give the tracks that it shows, best first.

    Without a feeling it says where the music will be.
    """
    if feeling is None:
        with st.container(border=True, key="waiting"):
            st.markdown(say("The music that fits will be here."))
        return []
    this_visit().feeling = feeling
    aim = _mood(feeling)
    shelved = choose_playlist()
    if shelved is None:
        return []
    show_summary(shelved)
    picks = show_picks(shelved, feeling, aim)
    show_downloads(shelved, picks)
    save_as_playlist(picks, leading_mood(feeling))
    return picks


def _mood(feeling: Feeling) -> Aim:
    visit, mood = this_visit(), leading_mood(feeling)

    def chosen(aim: Aim) -> None:
        visit.aim = aim

    st.html(background(mood))
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.header(f"{ICONS[mood]} {say(MOOD_TITLES[mood])}", anchor=False, width="content")
        controlled(
            st.segmented_control,
            say("The music should"),
            list(Aim),
            key="aim",
            value=visit.aim,
            chosen=chosen,
            required=True,
            format_func=lambda aim: say(AIM_WORDS[aim]),
            help=" ".join(say(aim.sentence) for aim in Aim),
            label_visibility="collapsed",
        )
    st.markdown(say(explain(feeling, visit.aim)))
    return visit.aim


def in_words(feeling: Feeling | None) -> str:
    """Say what the page goes by, for those who do not see it change; empty without a feeling."""
    return say(explain(feeling, this_visit().aim)) if feeling else ""


def leading_mood(feeling: Feeling) -> Mood:
    """Tell the mood that most of the music will have."""
    return MOODS[int(mood_distribution(feeling.probabilities).argmax())]
