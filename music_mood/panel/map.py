"""The map: the playlist by valence and energy, and the visitor's own point on it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import streamlit as st

from music_mood.model.targets import TARGET_NAMES
from music_mood.panel.appearance import COLOURS, SHAPES, label_words
from music_mood.panel.visit import this_visit
from music_mood.values import MOODS, UNSURE, AudioFeatures, LabelledTrack

MAX_POINTS = 2000
"""Tracks drawn at most: more cost the browser time and cover each other."""

MARKS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {mood: (COLOURS[mood], SHAPES[mood]) for mood in MOODS} | {UNSURE: ("#8A817A", "cross")}
)
"""Colour and shape; grey at 3:1 or more against both backgrounds, as the moods' colours are."""

INKS = {"light": "#2A2420", "dark": "#F0E9E1"}
"""Text colour of each theme, as in .streamlit/config.toml."""

VALENCE_ENDS = ("dark", "bright")
ENERGY_ENDS = ("gentle", "intense")
"""Words for the low and the high half of each axis."""

_VALENCE, _ENERGY = TARGET_NAMES.index("valence"), TARGET_NAMES.index("energy")


def map_wanted() -> bool:
    """Let the visitor open the map."""
    visit = this_visit()
    visit.map_open = st.toggle(
        "Map",
        visit.map_open,
        key="map",
        help="Your playlist by valence and energy, and you on it",
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
        The tracks on the cards: drawn larger.
    path : numpy.ndarray
        float64, (n, 5), in the order of `TARGET_NAMES`: where the visitor is and where Lift goes.
    """
    known = [track for track in labelled if track.track.features]
    drawn = sample(known, picks)
    words = in_words(labelled, path)
    st.vega_lite_chart(
        chart(drawn, picks, path, INKS.get(st.context.theme.type or "", "#8A817A")),
        width="stretch",
        height=420,
        key="map_chart",
        alt="Map of the playlist by valence and energy",  # the words below tell the rest
    )
    if len(drawn) < len(known):
        words += f" Only {len(drawn)} of them are drawn, chosen by chance."
    st.caption(words)


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


def in_words(labelled: Sequence[LabelledTrack], path: np.ndarray) -> str:
    """Say how many tracks lie in which corner, and where the visitor is."""
    features = [track.track.features for track in labelled]
    corners = Counter(_corner(one.valence, one.energy) for one in features if one)
    counts = ", ".join(f"{count} {corner}" for corner, count in corners.most_common())
    moves = f"; Lift leads to {_place(path[-1])}" if not np.allclose(path[0], path[-1]) else ""
    without = len(features) - corners.total()
    left_out = {
        0: "",
        1: " 1 has no audio features and is not on it.",
    }.get(without, f" {without} have no audio features and are not on it.")
    return (
        f"On the map: {corners.total()} tracks, {counts}.{left_out} "
        f"Music for your feeling lies at {_place(path[0])}{moves}."
    )


def chart(
    drawn: Sequence[LabelledTrack], picks: Sequence[LabelledTrack], path: np.ndarray, ink: str
) -> dict[str, Any]:
    """Describe the chart in Vega-Lite 5."""
    shown = {pick.track.uri for pick in picks}
    points = [
        _point(one, one.track.features, shown=one.track.uri in shown)
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
        "encoding": {"x": _axis("valence", *VALENCE_ENDS), "y": _axis("energy", *ENERGY_ENDS)},
        "layer": [
            {"data": {"values": points}, **_points(sure=False)},  # below the others
            {"data": {"values": points}, **_points(sure=True)},
            _mark(way, "line", ink, aria=False, strokeDash=[4, 4])
            | {"encoding": {"order": {"field": "step"}}},
            _mark(way[-1:], "circle", ink, aria=False, size=60),
            _mark(way[:1], "point", ink, description="You", size=260, strokeWidth=3),
            _mark(
                way[:1], "text", ink, aria=False, text="You", dy=-18, fontSize=14, fontWeight="bold"
            ),
        ],
    }


def _point(one: LabelledTrack, features: AudioFeatures, *, shown: bool) -> dict[str, Any]:
    return {
        "valence": features.valence,
        "energy": features.energy,
        "mood": one.mood or UNSURE,
        "title": one.track.title,
        "artist": one.track.artist,
        "label": _plain(label_words(one)),
        "shown": shown,
    }


def _points(*, sure: bool) -> dict[str, Any]:
    names = [*MOODS, UNSURE]
    colours, shapes = zip(*(MARKS[name] for name in names), strict=True)
    legend = {"title": None, "orient": "bottom", "symbolSize": 90, "columns": 3}
    return {
        "transform": [{"filter": f"datum.mood {'!=' if sure else '=='} '{UNSURE}'"}],
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
            "tooltip": [{"field": name} for name in ("title", "artist", "label")],
        },
    }


def _mark(places: list[dict[str, float]], kind: str, ink: str, **look: object) -> dict[str, Any]:
    """One layer of the visitor's path; its hovering words would only cover the tracks'."""
    mark = {"type": kind, "color": ink, "tooltip": None, **look}
    return {"data": {"values": places}, "mark": mark}


def _axis(name: str, low: str, high: str) -> dict[str, Any]:
    return {
        "field": name,
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {"title": f"{name}: {low} → {high}", "values": [0, 0.5, 1]},
    }


def _corner(valence: float, energy: float) -> str:
    pleasant, stirring = VALENCE_ENDS[valence >= 0.5], ENERGY_ENDS[energy >= 0.5]
    return f"{pleasant} and {stirring}"


def _place(row: np.ndarray) -> str:
    return f"valence {row[_VALENCE]:.2f} and energy {row[_ENERGY]:.2f}"


def _plain(words: str) -> str:
    """Take Streamlit's icon name off the front."""
    return words.rpartition(": ")[2] if words.startswith(":") else words
