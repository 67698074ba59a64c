"""How expressions look on the page, and how a visitor names one."""

import numpy as np
import streamlit as st

from emotion.values import EMOTIONS, Emotion

CORRECTION = "That’s wrong, I feel …"

ICONS = {
    Emotion.ANGRY: ":material/sentiment_extremely_dissatisfied:",
    Emotion.DISGUST: ":material/sick:",
    Emotion.FEAR: ":material/sentiment_stressed:",
    Emotion.HAPPY: ":material/sentiment_very_satisfied:",
    Emotion.SAD: ":material/sentiment_sad:",
    Emotion.SURPRISE: ":material/sentiment_excited:",
    Emotion.NEUTRAL: ":material/sentiment_neutral:",
}


def named_emotion(question: str, key: str, default: Emotion | None = None) -> Emotion | None:
    """Let the visitor name an emotion."""
    return st.pills(
        question,
        EMOTIONS,
        default=default,
        format_func=lambda e: f"{ICONS[e]} {e}",
        key=key,
        wrap=True,
    )


def emotion_bars(probabilities: np.ndarray) -> None:
    """Draw the seven probabilities (7,) as labelled bars."""
    rows = "".join(
        f'<li><span>{emotion}</span><span class="ftm-bar"><i style="width:{share:.1%}"></i></span>'
        f"<b>{share:.0%}</b></li>"
        for emotion, share in zip(EMOTIONS, probabilities.tolist(), strict=True)
    )
    st.html(f'<ul class="ftm-bars" aria-label="How likely each expression is">{rows}</ul>')
