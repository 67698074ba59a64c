"""How expressions look on the page, and what they are called."""

from collections.abc import Mapping
from html import escape
from types import MappingProxyType

import numpy as np
import streamlit as st

from emotion.values import EMOTION_ADJECTIVES, EMOTIONS, Emotion
from i18n import Message, Words

ICONS: Mapping[Emotion, str] = MappingProxyType(
    {
        Emotion.ANGRY: ":material/sentiment_extremely_dissatisfied:",
        Emotion.DISGUST: ":material/sick:",
        Emotion.FEAR: ":material/sentiment_stressed:",
        Emotion.HAPPY: ":material/sentiment_very_satisfied:",
        Emotion.SAD: ":material/sentiment_sad:",
        Emotion.SURPRISE: ":material/sentiment_excited:",
        Emotion.NEUTRAL: ":material/sentiment_neutral:",
    }
)
"""Streamlit's names of Material symbols; beside a word, never alone."""

LOOKS: Mapping[Emotion, Message] = MappingProxyType(
    {
        Emotion.ANGRY: Message("Looks angry"),
        Emotion.DISGUST: Message("Looks disgusted"),
        Emotion.FEAR: Message("Looks afraid"),
        Emotion.HAPPY: Message("Looks happy"),
        Emotion.SAD: Message("Looks sad"),
        Emotion.SURPRISE: Message("Looks surprised"),
        Emotion.NEUTRAL: Message("Looks neutral"),
    }
)
"""What is said about a face: an impression, whole, since languages inflect it."""

MINOR = 3
"""Bars after so many are left out on narrow screens."""


def named(words: Words, emotion: Emotion) -> str:
    """Give an emotion's icon and word, for a control."""
    return f"{ICONS[emotion]} {words.say(EMOTION_ADJECTIVES[emotion])}"


def emotion_bars(words: Words, probabilities: np.ndarray) -> None:
    """Draw the seven probabilities (7,) as labelled bars, the likeliest first."""
    order = np.argsort(-probabilities, kind="stable").tolist()
    rows = "".join(
        f"<li{' class=ftm-minor' if place >= MINOR else ''}>"
        f"<span>{escape(words.say(EMOTION_ADJECTIVES[EMOTIONS[at]]))}</span>"
        f'<span class="ftm-bar"><i style="width:{probabilities[at]:.1%}"></i></span>'
        f"<b>{escape(words.say('{percent}%', percent=round(100 * float(probabilities[at]))))}</b>"
        "</li>"
        for place, at in enumerate(order)
    )
    title = escape(words.say("How likely each expression is"), quote=True)
    st.html(f'<ul class="ftm-bars" aria-label="{title}">{rows}</ul>')
