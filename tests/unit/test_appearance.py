"""How moods look: contrast is computed for every text on every tint; the words are messages."""

import itertools
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from i18n import Message, Words
from music_mood.panel.appearance import (
    COLOURS,
    MOOD_MUSIC,
    SHAPES,
    TEXT_SHARE,
    TINT,
    background,
    label_message,
    text_colour,
)
from music_mood.panel.map import chart
from music_mood.panel.tracks.rows import rows
from music_mood.values import (
    MOOD_WORDS,
    MOODS,
    SOUND,
    VERDICT_WORDS,
    AudioFeatures,
    LabelledTrack,
    LabelSource,
    Mood,
    Track,
)

ROOT = Path(__file__).parents[2]
THEMES = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]
CSS = (ROOT / "music_mood/panel/tracks/tracks.css").read_text()

Colour = tuple[float, ...]


def rgb(colour: str) -> Colour:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def mix(colour: Colour, other: Colour, share: float) -> Colour:
    """As CSS's ``color-mix(in srgb, colour share, other)``."""
    return tuple(share * a + (1 - share) * b for a, b in zip(colour, other, strict=True))


def luminance(colour: Colour) -> float:
    """Of sRGB, as WCAG 2 defines it."""
    linear = [
        c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4
        for c in colour
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def share_in_css(pattern: str) -> float:
    (found,) = set(re.findall(pattern, CSS))
    return int(found) / 100


def grounds(theme: str) -> list[Colour]:
    """What can lie behind a row's words: the page, each tint of it, each row's tint on that."""
    page = rgb(THEMES[theme]["backgroundColor"])
    pages = [page, *(mix(rgb(COLOURS[mood]), page, TINT) for mood in MOODS)]
    row = share_in_css(r"li\[aria-current\] \{\n  background: color-mix\(in srgb, [^ ]+ (\d+)%")
    ink = rgb(THEMES[theme]["textColor"])
    hover = share_in_css(r"li:hover \{\n  background: color-mix\(in srgb, [^ ]+ (\d+)%")
    rows = [mix(rgb(COLOURS[mood]), ground, row) for ground in pages for mood in MOODS]
    return [*pages, *rows, *(mix(ink, ground, hover) for ground in pages)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_in_a_moods_colour_can_be_read_on_every_tint(theme):
    ink = rgb(THEMES[theme]["textColor"])
    for mood, ground in itertools.product(MOODS, grounds(theme)):
        assert contrast(mix(rgb(COLOURS[mood]), ink, TEXT_SHARE), ground) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_soft_words_can_be_read_on_every_tint(theme):
    ink = rgb(THEMES[theme]["textColor"])
    soft = share_in_css(r"--soft: color-mix\(in srgb, var\(--st-text-color\) (\d+)%")
    for ground in grounds(theme):
        assert contrast(ink, ground) >= 7
        assert contrast(mix(ink, ground, soft), ground) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_play_can_be_seen_on_its_disc(theme):
    """WCAG 2.2, 1.4.11."""
    ink = rgb(THEMES[theme]["textColor"])
    disc = share_in_css(r"button\.play \{\n  background: color-mix\(in srgb, [^ ]+ (\d+)%")
    for mood, ground in itertools.product(MOODS, grounds(theme)):
        on = mix(rgb(COLOURS[mood]), ground, disc)
        assert contrast(mix(rgb(COLOURS[mood]), ink, TEXT_SHARE), on) >= 3


def test_the_colours_are_those_that_css_gets():
    assert text_colour(Mood.HAPPY) == (
        f"color-mix(in srgb, {COLOURS[Mood.HAPPY]} 40%, var(--st-text-color))"
    )
    assert f"{COLOURS[Mood.SAD]} 26%" in background(Mood.SAD)


def test_every_mood_has_a_colour_a_shape_and_words_of_its_own():
    for table in (COLOURS, SHAPES, MOOD_WORDS, MOOD_MUSIC):
        assert set(table) == set(MOODS)
        assert len({str(value) for value in table.values()}) == len(MOODS)
    assert set(VERDICT_WORDS) == {*MOODS, "unsure", "unknown"}


def labelled(mood, probabilities, source=LabelSource.MODEL, **facts) -> LabelledTrack:
    return LabelledTrack(Track("T", "A", **facts), mood, probabilities, source)


HEARD = {
    "features": AudioFeatures(0.5, 0.1, 0.5, 0, 0.2, 0.5, -6.5, 0.05, 120),
    "features_source": SOUND,
}


@pytest.mark.parametrize(
    ("pick", "words"),
    [
        (labelled(Mood.CALM, (0.81, 0.1, 0.05, 0.04)), "calm, 81% sure"),
        (labelled(Mood.CALM, None, LabelSource.MAKERS), "calm, labelled by its makers"),
        (labelled(None, (0.3, 0.1, 0.48, 0.12)), "unsure, perhaps happy (48%)"),
        (labelled(None, None, LabelSource.NOBODY), "unknown: no audio features"),
        (
            labelled(Mood.CALM, (0.81, 0.1, 0.05, 0.04), **HEARD),
            "calm, 81% sure, from the sound itself",
        ),
        (
            labelled(None, (0.3, 0.1, 0.48, 0.12), **HEARD),
            "unsure from the sound itself, perhaps happy (48%)",
        ),
        (
            labelled(Mood.CALM, (0.81, 0.1, 0.05, 0.04), features_source="ReccoBeats"),
            "calm, 81% sure",
        ),
    ],
)
def test_a_label_says_the_mood_how_sure_and_who_says_so(pick, words):
    message = label_message(pick)
    assert isinstance(message, Message)
    assert str(message) == words


@pytest.mark.parametrize("mood", [Mood.SAD, None])
def test_the_list_and_the_map_word_a_label_in_the_same_way(mood):
    pick = labelled(mood, (0.1, 0.1, 0.2, 0.6), **HEARD)
    said = Words("de").say(label_message(pick))
    (row,) = rows([pick], Words("de"), shares=np.full((1, 4), 0.25))
    still = np.tile([0.3, 0.2, 0.5, 0.7, 80.0], (6, 1))
    (point,) = chart([pick], [pick], still, "#000000", Words("de"))["layer"][0]["data"]["values"]
    assert row["label"] == point["label"] == said


def test_nobody_else_words_a_label():
    """How sure the model is, and from what, is said in one place of the page."""
    sure = re.compile(r"\{percent\}|sound itself, perhaps|labelled by its makers")
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "music_mood" / "panel").rglob("*.py")
        if sure.search(path.read_text())
    }
    assert found == {"music_mood/panel/appearance.py"}
