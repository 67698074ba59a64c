"""The tracks that fit: which, how many, and others."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from music_mood.choosing.mood import Aim
from music_mood.panel.cards import show_cards
from music_mood.panel.hearing import forget_played, listen, next_round, note_played
from music_mood.panel.map import map_wanted, show_map
from music_mood.panel.reading import Shelved
from music_mood.panel.tuning import ChosenBy, chosen_by, way_of_features, way_of_mood
from music_mood.values import LabelledTrack

PICKS = 6
"""Tracks shown at first and added by each "More"; also the steps in which Lift arrives."""


@dataclass(frozen=True)
class Turn:
    """One set of cards. It outlasts reruns, so that no card moves under the visitor's hands.

    Attributes
    ----------
    occasion : tuple
        Playlist, feeling and aim it is for: another occasion begins another turn.
    waiting : frozenset of str
        Keys of tracks that were heard when it began.
    count : int
        Cards asked for.
    """

    occasion: tuple
    waiting: frozenset[str]
    count: int = PICKS


def show_picks(shelved: Shelved, probabilities: np.ndarray, aim: Aim) -> list[LabelledTrack]:
    """Draw the tracks that fit, best first, each with its player; gives what is shown."""
    labelled = shelved.labelled
    turn = _turn(shelved, probabilities, aim)
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
    way = make_way(shelved, probabilities, aim, steps=PICKS)
    picks = way.choose(turn.count, turn.waiting)
    keys = tuple(pick.track.key for pick in picks)
    if mapped:
        show_map(labelled, picks, way.path)
    show_cards(picks)
    listen(keys)
    _go_on(turn, labelled, keys)
    return picks


def _turn(shelved: Shelved, probabilities: np.ndarray, aim: Aim) -> Turn:
    occasion = (shelved.key, tuple(np.asarray(probabilities).tolist()), aim)
    turn = st.session_state.get("turn")
    if turn is None or turn.occasion != occasion:
        turn = Turn(occasion, next_round(shelved.labelled, frozenset()))
        st.session_state["turn"] = turn
    return turn


def _go_on(turn: Turn, labelled: tuple[LabelledTrack, ...], shown: tuple[str, ...]) -> None:
    """Offer more tracks, others, and all of them anew."""
    there = {track.track.key for track in labelled}
    again = turn.waiting & there
    if again:
        words = f"{len(again)} of these {len(there)} tracks had their turn and come last."
        st.caption(f":material/replay: {words}")
    with st.container(horizontal=True):
        left = len(shown) < len(there)
        if left and st.button("More tracks", icon=":material/expand_more:"):
            st.session_state["turn"] = replace(turn, count=turn.count + PICKS)
            st.rerun()
        if left and st.button(
            "Other tracks",
            icon=":material/shuffle:",
            help="Sets these aside; they come again when the playlist is used up.",
        ):
            note_played(*shown)
            st.session_state["turn"] = Turn(turn.occasion, next_round(labelled, frozenset(shown)))
            st.rerun()
        if again and st.button("Start over", icon=":material/restart_alt:", type="tertiary"):
            forget_played()
            del st.session_state["turn"]
            st.rerun()
