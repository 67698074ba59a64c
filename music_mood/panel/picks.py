"""The tracks that fit: which, in which order, how many, and others."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from emotion.values import Feeling
from music_mood.choosing.mood import Aim, plan
from music_mood.choosing.steady import in_place, settled
from music_mood.panel.hearing import forget_played, next_round, note_played
from music_mood.panel.language import say
from music_mood.panel.map import map_wanted, show_map
from music_mood.panel.player.playing import Playing
from music_mood.panel.tracks.component import show_list
from music_mood.panel.tracks.rows import heard_words, rows
from music_mood.panel.tuning import Way, chosen_by, way_of_features, way_of_mood
from music_mood.panel.values import AHEAD, PICKS, ChosenBy, Shelved, Turn
from music_mood.panel.visit import Visit, this_visit
from music_mood.values import LabelledTrack
from page.controls import action_button


def show_picks(shelved: Shelved, feeling: Feeling, aim: Aim) -> list[LabelledTrack]:
    """Draw the tracks that fit, and let the queue follow them; gives what is shown."""
    visit, labelled = this_visit(), shelved.labelled
    turn = _turn(shelved, feeling, aim)
    wished = np.array(turn.feeling)
    list_place = st.container()  # stands first; what is chosen below it decides what it shows
    if not any(track.track.features for track in labelled):
        way, map_place = way_of_mood(shelved, wished, aim, PICKS), None
    else:
        way, map_place = _fine_tune(shelved, wished, aim)
    order = _order(turn, way, labelled)
    visit.queue = visit.queue.follow(order)
    _resume(visit)
    picks = order[: visit.turn.count if visit.turn else turn.count]
    with list_place:
        _show(picks, way, plan(wished, aim, max(len(picks), 1), steps=PICKS))
        _go_on(shelved, len(order) > len(picks))
    if map_place:
        with map_place:
            show_map(labelled, picks, way.path)
    return picks


def _turn(shelved: Shelved, feeling: Feeling, aim: Aim) -> Turn:
    """Give the turn that goes on, or begin another."""
    visit, last = this_visit(), this_visit().turn
    before = np.array(last.feeling) if last else None
    wished = tuple(settled(feeling.probabilities, before).tolist())
    occasion = (shelved.key, wished, aim)
    if last is None or last.occasion != occasion:
        rows_before = last.order[: last.count] if last else ()
        waiting = next_round(shelved.labelled, frozenset())
        visit.turn = Turn(occasion, waiting, wished, before=rows_before)
        return visit.turn
    return last


def _fine_tune(
    shelved: Shelved, wished: np.ndarray, aim: Aim
) -> tuple[Way, st.delta_generator.DeltaGenerator | None]:
    """Let the visitor say what decides; gives where the map goes, if it is wanted."""
    folded = st.expander(
        say("Fine-tune"), icon=":material/tune:", key="fine_tune", on_change="rerun", type="compact"
    )
    if this_visit().chosen_by == ChosenBy.MOOD and not folded.open:
        return way_of_mood(shelved, wished, aim, PICKS), None
    with folded:  # sliders are drawn when it is closed, too: Streamlit forgets those that are not
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            by, mapped = chosen_by(), map_wanted()
        make_way = way_of_mood if by == ChosenBy.MOOD else way_of_features
        return make_way(shelved, wished, aim, PICKS), st.container() if mapped else None


def _order(turn: Turn, way: Way, labelled: Sequence[LabelledTrack]) -> list[LabelledTrack]:
    """Put the playlist in order, the rows first; once, as it takes long for large ones."""
    visit = this_visit()
    by_uri = {one.track.uri: one for one in labelled}
    asked, visit.rows = tuple(uri for uri in visit.rows if uri in by_uri), ()
    if asked:
        turn = replace(turn, count=len(asked))
    most = max(AHEAD, turn.count + PICKS)
    if turn.ordered_for != (way.key, most) or not by_uri.keys() >= set(turn.order):
        order = way.choose(min(most, len(labelled)), turn.waiting)
        if way.keeps_places:
            longer = turn.ordered_for[:1] == (way.key,)  # asked for more than was put in order
            kept = turn.order if longer else () if turn.order else turn.before
            order = in_place(order[: turn.count], kept) + order[turn.count :]
        if asked:  # by the address: these rows, whatever else would fit now
            order = [by_uri[u] for u in asked] + [o for o in order if o.track.uri not in asked]
        uris = tuple(one.track.uri for one in order)
        visit.turn = replace(turn, order=uris, ordered_for=(way.key, most))
        return order
    return [by_uri[uri] for uri in turn.order]


def _resume(visit: Visit) -> None:
    """Put the track that the address names into the player, paused, if nothing is in it yet."""
    if visit.queue.now is None and visit.resume:
        visit.queue = visit.queue.play(visit.resume)
    visit.resume = ""


def _show(picks: Sequence[LabelledTrack], way: Way, shares: np.ndarray) -> None:
    visit = this_visit()
    found = {one.track.uri: visit.previews.get(one.track.uri, (None, 0.0))[0] for one in picks}
    # Like previews: nothing is fetched from a music service before the visitor presses play.
    covers = (
        {uri: one.cover_url for uri, one in found.items() if one and one.cover_url}
        if visit.part(Playing).started
        else None
    )
    links = {uri: one.link for uri, one in found.items() if one and one.link}
    drawn = rows(picks, visit.words, shares=shares[: len(picks)], covers=covers, links=links)
    show_list(drawn, way.lead, is_path=not np.allclose(shares[0], shares[-1]))


def _go_on(shelved: Shelved, more: bool) -> None:
    """Offer more tracks, others, and all of them anew."""
    visit, labelled = this_visit(), shelved.labelled
    turn = visit.turn
    if turn is None:
        return
    there = {track.track.uri for track in labelled}
    again = turn.waiting & there
    if not more and not again:
        return
    if again:
        st.caption(say(heard_words(len(again), len(there))))
    with st.container(horizontal=True, gap="small"):
        if more:
            action_button(
                say("More tracks"), _more, key="more_tracks", icon=":material/expand_more:"
            )
            action_button(
                say("Other tracks"),
                partial(_others, labelled),
                key="other_tracks",
                icon=":material/shuffle:",
                type="tertiary",
                help=say("Sets these aside; they come again when the playlist is used up."),
            )
        if again:
            action_button(
                say("Start over"),
                _start_over,
                key="start_over",
                icon=":material/restart_alt:",
                type="tertiary",
            )


def _more() -> None:
    visit = this_visit()
    if visit.turn:
        visit.turn = replace(visit.turn, count=visit.turn.count + PICKS)


def _others(labelled: tuple[LabelledTrack, ...]) -> None:
    visit = this_visit()
    if visit.turn:
        shown = visit.turn.order[: visit.turn.count]
        note_played(*shown)
        waiting = next_round(labelled, frozenset(shown))
        visit.turn = Turn(visit.turn.occasion, waiting, visit.turn.feeling)


def _start_over() -> None:
    forget_played()
    this_visit().turn = None
