"""The timeline's chart: colours that can be told apart, and a sentence that says the same."""

import cv2
import numpy as np
import pytest

from emotion.panel.mood_chart import COLOURS, in_words
from emotion.timeline import Stretch
from emotion.values import EMOTIONS
from i18n import Words

GROUNDS = {"light": "#fbf8f4", "dark": "#161311"}  # .streamlit/config.toml


def channels(colour: str) -> np.ndarray:
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255


def luminance(colour: str) -> float:
    """As WCAG 2.2 defines it."""
    share = channels(colour)
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(colour: str) -> np.ndarray:
    return cv2.cvtColor(channels(colour)[None, None].astype(np.float32), cv2.COLOR_RGB2LAB)[0, 0]


def rows(*shares) -> Stretch:
    return Stretch(1.0, np.array(shares, np.float32).reshape(-1, 7))


def test_each_emotion_has_a_colour_in_the_order_of_labels():
    assert tuple(COLOURS) == EMOTIONS


@pytest.mark.parametrize("ground", GROUNDS.values(), ids=GROUNDS)
@pytest.mark.parametrize("emotion", EMOTIONS)
def test_areas_stand_out_from_the_page(emotion, ground):
    assert contrast(COLOURS[emotion], ground) >= 3  # WCAG 1.4.11: graphics


def test_all_colours_can_be_told_apart():
    colours = list(COLOURS.values())
    for at, one in enumerate(colours):
        for other in colours[at + 1 :]:
            assert np.linalg.norm(lab(one) - lab(other)) > 25, (one, other)


def test_the_sentence_names_what_there_was_most():
    happy, sad = np.eye(7)[[3, 4]]
    words = Words()
    assert in_words(words, rows(*[happy] * 7, *[sad] * 3)) == (
        "So far in this video: mostly happy (70%), then sad (30%)."
    )
    assert in_words(words, rows(0.9 * happy + 0.1 * sad)) == (
        "So far in this video: mostly happy (90%)."
    )


def test_the_sentence_leaves_out_the_time_without_a_face():
    happy = np.eye(7)[3]
    assert "mostly happy (100%)" in in_words(Words(), rows(happy, np.full(7, np.nan)))
