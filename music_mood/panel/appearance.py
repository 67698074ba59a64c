"""How moods look and what is said about a track's label; for the panel, free of Streamlit."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from i18n import Message
from music_mood.values import MOOD_WORDS, MOODS, SOUND, LabelledTrack, LabelSource, Mood

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

TINT = 0.26
"""Share of the mood's colour in the page's background where it is strongest."""

TEXT_SHARE = 0.4
"""Share of the mood's colour in words and marks, the rest is the theme's text colour: 4.5:1 or more
in both themes, on the page in any mood's tint, and on a row in any mood's tint there."""

SHAPES: Mapping[Mood, str] = MappingProxyType(
    {
        Mood.CALM: "circle",
        Mood.ENERGETIC: "triangle-up",
        Mood.HAPPY: "diamond",
        Mood.SAD: "square",
    }
)
"""Vega's names of marks, for those who do not tell the colours apart."""

MOOD_MUSIC: Mapping[Mood, Message] = MappingProxyType(
    {
        Mood.CALM: Message("calm music"),
        Mood.ENERGETIC: Message("energetic music"),
        Mood.HAPPY: Message("happy music"),
        Mood.SAD: Message("sad music"),
    }
)
"""Whole phrases, as other languages inflect the word."""

MOOD_TITLES: Mapping[Mood, Message] = MappingProxyType(
    {
        Mood.CALM: Message("Calm music"),
        Mood.ENERGETIC: Message("Energetic music"),
        Mood.HAPPY: Message("Happy music"),
        Mood.SAD: Message("Sad music"),
    }
)
"""The same, as a heading."""


def background(mood: Mood) -> str:
    """Style sheet that tints the page; mixed with transparency, so both themes keep contrast."""
    return (
        "<style>.stApp{background-image:linear-gradient(165deg,"
        f"color-mix(in srgb,{COLOURS[mood]} {TINT:.0%},transparent),"
        f"color-mix(in srgb,{COLOURS[mood]} 7%,transparent) 55%);"
        "background-attachment:fixed;transition:background-image .6s}</style>"
    )


def text_colour(mood: Mood) -> str:
    """CSS colour for words and marks of a mood where Streamlit's ``--st-text-color`` is known."""
    return f"color-mix(in srgb, {COLOURS[mood]} {TEXT_SHARE:.0%}, var(--st-text-color))"


def label_message(pick: LabelledTrack) -> Message:
    """Say which mood a track has, how sure that is and who says so."""
    if pick.mood and pick.label_source is LabelSource.MAKERS:
        return Message("{mood}, labelled by its makers", mood=MOOD_WORDS[pick.mood])
    if pick.probabilities is None:
        return Message("unknown: no audio features")
    percent = round(100 * max(pick.probabilities))
    heard = pick.track.features_source == SOUND
    if pick.mood is None:
        best = MOOD_WORDS[MOODS[int(np.argmax(pick.probabilities))]]
        if heard:
            return Message(
                "unsure from the sound itself, perhaps {mood} ({percent}%)",
                mood=best,
                percent=percent,
            )
        return Message("unsure, perhaps {mood} ({percent}%)", mood=best, percent=percent)
    if heard:
        return Message(
            "{mood}, {percent}% sure, from the sound itself",
            mood=MOOD_WORDS[pick.mood],
            percent=percent,
        )
    return Message("{mood}, {percent}% sure", mood=MOOD_WORDS[pick.mood], percent=percent)
