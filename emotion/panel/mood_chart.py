"""The timeline of a visit as an area chart, and in words."""

import json
from collections.abc import Mapping
from html import escape
from types import MappingProxyType

import numpy as np
import pandas as pd
import streamlit as st

from emotion.panel.appearance import percentage
from emotion.timeline import Stretch
from emotion.values import EMOTION_ADJECTIVES, EMOTIONS, Emotion
from i18n import Words

COLOURS: Mapping[Emotion, str] = MappingProxyType(
    {
        Emotion.ANGRY: "#d1495b",
        Emotion.DISGUST: "#6b8e23",
        Emotion.FEAR: "#8a63c9",
        Emotion.HAPPY: "#a86f00",
        Emotion.SAD: "#3a7fc4",
        Emotion.SURPRISE: "#0f9488",
        Emotion.NEUTRAL: "#808080",
    }
)
"""Each has at least 3:1 on the page, light or dark (tests/unit/test_mood_chart.py);
the legend is in the areas' order and a sentence says the same: colour is not all there is."""

VISIBLE = 0.05
"""A mood that never had a larger share needs no place in the legend."""

NOTABLE = 0.2
"""Less of the time is not worth a word."""


def mood_chart(words: Words, stretch: Stretch) -> None:
    """Draw the areas, the mood's share over time, and say the same in a sentence."""
    names = [words.say(EMOTION_ADJECTIVES[emotion]) for emotion in EMOTIONS]
    sentence = in_words(words, stretch)
    st.vega_lite_chart(
        _table(stretch, names), _spec(words, names, sentence), width="stretch", height=120
    )
    _legend(stretch, names)
    st.caption(sentence)


def in_words(words: Words, stretch: Stretch) -> str:
    """Say what a timeline shows; needs a row with a face."""
    shares = stretch.shares
    first, second = (int(at) for at in np.argsort(-shares, kind="stable")[:2])
    one = {
        "first": EMOTION_ADJECTIVES[EMOTIONS[first]],
        "percent": round(100 * float(shares[first])),
    }
    if shares[second] < NOTABLE:
        return words.say("So far in this video: mostly {first} ({percent}%).", **one)
    return words.say(
        "So far in this video: mostly {first} ({percent}%), then {second} ({percent_second}%).",
        **one,
        second=EMOTION_ADJECTIVES[EMOTIONS[second]],
        percent_second=round(100 * float(shares[second])),
    )


def _legend(stretch: Stretch, names: list[str]) -> None:
    # Vega's own would take half of the chart on a narrow screen.
    largest = np.nan_to_num(stretch.rows).max(axis=0)
    entries = "".join(
        '<span style="display:inline-flex;align-items:center;gap:.35rem">'
        f'<i style="width:.7rem;height:.7rem;border-radius:.2rem;background:{COLOURS[emotion]}">'
        f"</i>{escape(name)}</span>"
        for emotion, name, share in zip(EMOTIONS, names, largest, strict=True)
        if share >= VISIBLE
    )
    look = "display:flex;flex-wrap:wrap;gap:.2rem .9rem;font-size:.875rem"
    st.html(f'<div style="{look}">{entries}</div>')


def _table(stretch: Stretch, names: list[str]) -> pd.DataFrame:
    rows = np.nan_to_num(stretch.rows)  # nobody there: no area
    rows = np.concatenate([rows, rows[-1:]])  # each lasts for a step, the last one, too
    count = len(rows)
    return pd.DataFrame(
        {
            "second": np.arange(count).repeat(len(names)) * stretch.step_s,
            "mood": names * count,
            "order": list(range(len(names))) * count,
            "share": rows.ravel(),
        }
    )


def _spec(words: Words, names: list[str], sentence: str) -> dict[str, object]:
    marks = {share: percentage(words, share) for share in (0, 50, 100)}
    percent = f"{json.dumps(marks)}[round(100 * datum.value)]"
    clock = "floor(datum.value / 60) + ':' + pad('' + datum.value % 60, 2, '0', 'left')"
    return {
        "description": sentence,
        "background": "transparent",
        "mark": {
            "type": "area",
            "line": False,
            "interpolate": "step-after",
            "stroke": "#80808080",
            "strokeWidth": 0.5,
        },
        "encoding": {
            "x": {
                "field": "second",
                "type": "quantitative",
                "title": None,
                "scale": {"nice": False, "zero": True},
                "axis": {
                    "aria": False,
                    "grid": False,
                    "labelExpr": clock,
                    "tickMinStep": 1,
                    "tickCount": 5,
                },
            },
            "y": {
                "field": "share",
                "type": "quantitative",
                "stack": "zero",
                "title": None,
                "scale": {"domain": [0, 1]},
                "axis": {"aria": False, "labelExpr": percent, "values": [0, 0.5, 1], "grid": False},
            },
            "color": {
                "field": "mood",
                "type": "nominal",
                "title": None,
                "sort": names,
                "scale": {"domain": names, "range": list(COLOURS.values())},
                "legend": None,
            },
            "order": {"field": "order", "type": "quantitative"},
            "tooltip": None,
        },
    }
