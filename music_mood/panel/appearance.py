"""How moods look and what is said about a track's label; for the panel, free of Streamlit."""

import re
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from music_mood.values import MOODS, LabelledTrack, LabelSource, Mood

ICONS: Mapping[Mood, str] = MappingProxyType(
    {
        Mood.CALM: ":material/spa:",
        Mood.ENERGETIC: ":material/bolt:",
        Mood.HAPPY: ":material/sunny:",
        Mood.SAD: ":material/rainy:",
    }
)
"""Streamlit's names of Material symbols; beside a word, never alone."""

COLOURS: Mapping[Mood, str] = MappingProxyType(
    {
        Mood.CALM: "#2F8A8F",
        Mood.ENERGETIC: "#D0502A",
        Mood.HAPPY: "#B27C0E",
        Mood.SAD: "#6474C4",
    }
)
"""CSS colours, each at 3:1 or more against both themes' backgrounds."""

SHAPES: Mapping[Mood, str] = MappingProxyType(
    {
        Mood.CALM: "circle",
        Mood.ENERGETIC: "triangle-up",
        Mood.HAPPY: "diamond",
        Mood.SAD: "square",
    }
)
"""Vega's names of marks, for those who do not tell the colours apart."""


def background(mood: Mood) -> str:
    """Style sheet that tints the page; mixed with transparency, so both themes keep contrast."""
    return (
        "<style>.stApp{background-image:linear-gradient(165deg,"
        f"color-mix(in srgb,{COLOURS[mood]} 26%,transparent),"
        f"color-mix(in srgb,{COLOURS[mood]} 7%,transparent) 55%);"
        "background-attachment:fixed;transition:background-image .6s}</style>"
    )


def label_words(pick: LabelledTrack) -> str:
    """Say which mood a track has, how sure that is and who says so; Streamlit Markdown."""
    if pick.mood and pick.label_source is LabelSource.MAKERS:
        return f"{ICONS[pick.mood]} {pick.mood}, labelled by its makers"
    if pick.probabilities is None:
        return f":material/help: {pick.verdict}: no audio features"
    if pick.mood is None:
        best = MOODS[int(np.argmax(pick.probabilities))]
        return f":material/help: {pick.verdict}, perhaps {best} ({pick.confidence:.0%})"
    return f"{ICONS[pick.mood]} {pick.mood}, {pick.confidence:.0%} sure"


def escape_markdown(text: str) -> str:
    """Make foreign text safe to stand in Streamlit's Markdown: every punctuation mark literal."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
