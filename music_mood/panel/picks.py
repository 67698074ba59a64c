"""The tracks that fit: which, how many, and others."""

from dataclasses import replace

import streamlit as st

from emotion.values import Feeling
from music_mood.choosing.mood import Aim
from music_mood.panel.cards import show_cards
from music_mood.panel.hearing import forget_played, listen, next_round, note_played
from music_mood.panel.map import map_wanted, show_map
from music_mood.panel.tuning import chosen_by, way_of_features, way_of_mood
from music_mood.panel.values import PICKS, ChosenBy, Shelved, Turn
from music_mood.panel.visit import this_visit
from music_mood.values import LabelledTrack


def show_picks(shelved: Shelved, feeling: Feeling, aim: Aim) -> list[LabelledTrack]:
    """Draw the tracks that fit, best first, each with its player; gives what is shown."""
    labelled = shelved.labelled
    turn = _turn(shelved, feeling, aim)
    by, mapped = ChosenBy.MOOD, False
    if any(track.track.features for track in labelled):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
            by, mapped = chosen_by(), map_wanted()
    else:
        st.caption(
            ":material/tune: Tracks with audio features can also be chosen by sliders and seen on "
            "a map; these have none."
        )
    make_way = way_of_mood if by is ChosenBy.MOOD else way_of_features
    way = make_way(shelved, feeling, aim, steps=PICKS)
    picks = way.choose(turn.count, turn.waiting)
    uris = tuple(pick.track.uri for pick in picks)
    if mapped:
        show_map(labelled, picks, way.path)
    show_cards(picks)
    listen(uris)
    _go_on(turn, labelled, uris)
    return picks


def _turn(shelved: Shelved, feeling: Feeling, aim: Aim) -> Turn:
    visit = this_visit()
    occasion = (shelved.key, tuple(feeling.probabilities.tolist()), aim)
    if visit.turn is None or visit.turn.occasion != occasion:
        visit.turn = Turn(occasion, next_round(shelved.labelled, frozenset()))
    return visit.turn


def _go_on(turn: Turn, labelled: tuple[LabelledTrack, ...], shown: tuple[str, ...]) -> None:
    """Offer more tracks, others, and all of them anew."""
    visit = this_visit()
    there = {track.track.uri for track in labelled}
    again = turn.waiting & there
    if again:
        words = f"{len(again)} of these {len(there)} tracks had their turn and come last."
        st.caption(f":material/replay: {words}")
    with st.container(horizontal=True):
        left = len(shown) < len(there)
        if left and st.button("More tracks", icon=":material/expand_more:"):
            visit.turn = replace(turn, count=turn.count + PICKS)
            st.rerun()
        if left and st.button(
            "Other tracks",
            icon=":material/shuffle:",
            help="Sets these aside; they come again when the playlist is used up.",
        ):
            note_played(*shown)
            visit.turn = Turn(turn.occasion, next_round(labelled, frozenset(shown)))
            st.rerun()
        if again and st.button("Start over", icon=":material/restart_alt:", type="tertiary"):
            forget_played()
            visit.turn = None
            st.rerun()
