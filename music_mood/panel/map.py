"""The map: the playlist by valence and energy, and the visitor's own point on it."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import streamlit as st

from i18n import Message, Words, plural
from music_mood.model.targets import TARGET_NAMES
from music_mood.panel.appearance import COLOURS, SHAPES, label_message
from music_mood.panel.language import say
from music_mood.panel.visit import this_visit
from music_mood.values import MOODS, UNSURE, VERDICT_WORDS, AudioFeatures, LabelledTrack
from page.controls import controlled

MAX_POINTS = 2000
"""Tracks drawn at most: more cost the browser time and cover each other."""

MARKS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {mood: (COLOURS[mood], SHAPES[mood]) for mood in MOODS} | {UNSURE: ("#8A817A", "cross")}
)
"""Colour and shape; grey at 3:1 or more against both backgrounds, as the moods' colours are."""

INKS = {"light": "#2A2420", "dark": "#F0E9E1"}
"""Text colour of each theme, as in .streamlit/config.toml."""

AXES: Mapping[str, Message] = MappingProxyType(
    {
        "valence": Message("valence: dark → bright"),
        "energy": Message("energy: gentle → intense"),
    }
)
"""What stands at each axis: its name, and words for its low and its high end."""

AXIS_MARKS = [0.0, 0.5, 1.0]

NO_MOOD = UNSURE
"""What a track without a mood is marked as; one without features is not on the map."""

_VALENCE, _ENERGY = TARGET_NAMES.index("valence"), TARGET_NAMES.index("energy")


def map_wanted() -> bool:
    """Let the visitor open the map."""
    visit = this_visit()

    def chosen(wanted: bool) -> None:
        visit.map_open = wanted

    controlled(
        st.toggle,
        say("Map"),
        key="map",
        value=visit.map_open,
        chosen=chosen,
        initial="value",
        help=say("Your playlist by valence and energy, and you on it"),
    )
    return visit.map_open


def show_map(
    labelled: Sequence[LabelledTrack], picks: Sequence[LabelledTrack], path: np.ndarray
) -> None:
    """Draw the map and say in words what it shows.

    Parameters
    ----------
    labelled : sequence of LabelledTrack
        The playlist.
    picks : sequence of LabelledTrack
        The tracks in the list: drawn larger.
    path : numpy.ndarray
        float64, (n, 5), in the order of `TARGET_NAMES`: where the visitor is and where Lift goes.
    """
    known = [track for track in labelled if track.track.features]
    drawn = sample(known, picks)
    sentences = in_words(labelled, path)
    ink = INKS.get(st.context.theme.type or "", "#8A817A")
    st.vega_lite_chart(
        chart(drawn, picks, path, ink, this_visit().words),
        width="stretch",
        height=420,
        key="map_chart",
        alt=say("Map of the playlist by valence and energy"),  # the words below tell the rest
    )
    if len(drawn) < len(known):
        sentences.append(
            Message("Only {count} of them are drawn, chosen by chance.", count=len(drawn))
        )
    st.caption(" ".join(map(say, sentences)))


def sample(
    known: Sequence[LabelledTrack], picks: Sequence[LabelledTrack], most: int = MAX_POINTS
) -> list[LabelledTrack]:
    """Choose which tracks to draw: all, or `most` by chance, the picks among them."""
    if len(known) <= most:
        return list(known)
    shown = {pick.track.uri for pick in picks}
    order = np.random.default_rng(0).permutation(len(known))
    first = sorted(order, key=lambda i: known[i].track.uri not in shown)[:most]
    return [known[i] for i in sorted(first)]


def in_words(labelled: Sequence[LabelledTrack], path: np.ndarray) -> list[Message]:
    """Say how many tracks lie in which corner, and where the visitor is; a sentence each."""
    features = [track.track.features for track in labelled]
    corners = Counter((one.valence >= 0.5, one.energy >= 0.5) for one in features if one)
    parts = [_corner(*corner, count) for corner, count in corners.most_common()]
    sentences = []
    if parts:
        counts = parts.pop(0)
        for part in parts:
            counts = Message("{these}, {those}", these=counts, those=part)
        sentences.append(
            plural(
                "On the map: {count} track, {corners}.",
                "On the map: {count} tracks, {corners}.",
                corners.total(),
                corners=counts,
            )
        )
    if without := len(features) - corners.total():
        sentences.append(
            plural(
                "{count} has no audio features and is not on it.",
                "{count} have no audio features and are not on it.",
                without,
            )
        )
    here, there = path[0], path[-1]
    if np.allclose(here, there):
        sentences.append(Message("Music for your feeling lies at {place}.", place=_place(here)))
    else:
        sentences.append(
            Message(
                "Music for your feeling lies at {place}; Lift leads to {goal}.",
                place=_place(here),
                goal=_place(there),
            )
        )
    return sentences


def chart(
    drawn: Sequence[LabelledTrack],
    picks: Sequence[LabelledTrack],
    path: np.ndarray,
    ink: str,
    words: Words,
) -> dict[str, Any]:
    """Describe the chart in Vega-Lite 5, in the language of `words`."""
    shown = {pick.track.uri for pick in picks}
    points = [
        _point(one, one.track.features, words, shown=one.track.uri in shown)
        for one in drawn
        if one.track.features
    ]
    way = [
        {"valence": row[_VALENCE], "energy": row[_ENERGY], "step": step}
        for step, row in enumerate(path.tolist())
    ]
    return {
        "background": "transparent",  # the page's tint goes on behind it
        "padding": {"right": 14, "left": 4, "top": 8, "bottom": 4},
        "encoding": {"x": _axis("valence", words), "y": _axis("energy", words)},
        "layer": [
            {"data": {"values": points}, **_points(words, sure=False)},  # below the others
            {"data": {"values": points}, **_points(words, sure=True)},
            _mark(way, "line", ink, aria=False, strokeDash=[4, 4])
            | {"encoding": {"order": {"field": "step"}}},
            _mark(way[-1:], "circle", ink, aria=False, size=60),
            _mark(way[:1], "point", ink, description=words.say("You"), size=260, strokeWidth=3),
            _mark(
                way[:1],
                "text",
                ink,
                aria=False,
                text=words.say("You"),
                dy=-18,
                fontSize=14,
                fontWeight="bold",
            ),
        ],
    }


def _point(
    one: LabelledTrack, features: AudioFeatures, words: Words, *, shown: bool
) -> dict[str, Any]:
    return {
        "valence": features.valence,
        "energy": features.energy,
        "mood": words.say(VERDICT_WORDS[one.mood or NO_MOOD]),
        "sure": one.mood is not None,
        "title": one.track.title,
        "artist": one.track.artist,
        "label": words.say(label_message(one)),
        "shown": shown,
    }


def _points(words: Words, *, sure: bool) -> dict[str, Any]:
    verdicts = [*MOODS, NO_MOOD]
    names = [words.say(VERDICT_WORDS[one]) for one in verdicts]
    colours, shapes = zip(*(MARKS[one] for one in verdicts), strict=True)
    legend = {
        "title": None,
        "description": words.say("mood"),
        "orient": "bottom",
        "symbolSize": 90,
        "columns": 3,
    }
    return {
        "transform": [{"filter": "datum.sure" if sure else "!datum.sure"}],
        "mark": {"type": "point", "filled": sure, "strokeWidth": 1},
        "encoding": {
            "color": {
                "field": "mood",
                "type": "nominal",
                "scale": {"domain": names, "range": colours},
                "legend": legend,
            },
            "shape": {
                "field": "mood",
                "type": "nominal",
                "scale": {"domain": names, "range": shapes},
                "legend": legend,
            },
            "size": {"condition": {"test": "datum.shown", "value": 180}, "value": 60},
            "opacity": {
                "condition": {"test": "datum.shown", "value": 1},
                "value": 0.75 if sure else 0.5,
            },
            "tooltip": [
                {"field": "title", "title": words.say("title")},
                {"field": "artist", "title": words.say("artist")},
                {"field": "label", "title": words.say("mood")},
            ],
        },
    }


def _mark(places: list[dict[str, float]], kind: str, ink: str, **look: object) -> dict[str, Any]:
    """One layer of the visitor's path; its hovering words would only cover the tracks'."""
    mark = {"type": kind, "color": ink, "tooltip": None, **look}
    return {"data": {"values": places}, "mark": mark}


def _axis(name: str, words: Words) -> dict[str, Any]:
    marks = {round(2 * at): words.say("{figure:.1f}", figure=at) for at in AXIS_MARKS}
    title = words.say(AXES[name])  # Vega would describe the axis in English
    label = f"{json.dumps(marks)}[2 * datum.value]"  # with the language's decimal mark
    return {
        "field": name,
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {"title": title, "description": title, "values": AXIS_MARKS, "labelExpr": label},
    }


def _corner(bright: bool, intense: bool, count: int) -> Message:
    if bright and intense:
        return Message("{count} bright and intense", count=count)
    if bright:
        return Message("{count} bright and gentle", count=count)
    if intense:
        return Message("{count} dark and intense", count=count)
    return Message("{count} dark and gentle", count=count)


def _place(row: np.ndarray) -> Message:
    return Message(
        "valence {valence:.2f} and energy {energy:.2f}",
        valence=float(row[_VALENCE]),
        energy=float(row[_ENERGY]),
    )
