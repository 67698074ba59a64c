"""About: its figures come from the models' metadata, also if these cannot be read."""

import ast
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from emotion.errors import ModelError as FaceModelError
from emotion.figures import FaceFigures
from emotion.panel import about as faces
from emotion.values import EMOTION_ADJECTIVES, Emotion
from i18n import Words
from music_mood.errors import ModelError as MoodModelError
from music_mood.model.figures import MoodFigures
from music_mood.panel import about as music
from music_mood.panel import share
from music_mood.panel.appearance import MOOD_TITLES
from music_mood.values import MOOD_WORDS, Mood

NAMES = r"\b([Oo]f|in) 100\b|FER2013|et al\., \d{4}|Apache 2\.0|GPL-3\.0|\bx26[45]\b"
"""Digits that are no figures of the models."""


def draw_faces() -> None:
    from emotion.panel.about import show_how_good_with_faces
    from i18n import Words

    show_how_good_with_faces(Words())


def draw_music() -> None:
    from music_mood.panel.about import show_how_good_with_music

    show_how_good_with_music()


def said(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(str(element.value) for element in (*app.markdown, *app.caption))


@pytest.mark.parametrize("module", [faces, music], ids=["faces", "music"])
def test_no_figure_is_typed_into_a_text(module) -> None:
    texts = [
        node.value
        for call in ast.walk(ast.parse(Path(module.__file__).read_text()))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", getattr(call.func, "attr", "")) in ("Message", "say")
        for node in call.args
        if isinstance(node, ast.Constant)
    ]
    assert len(texts) > 10
    assert [text for text in texts if re.search(r"\d", re.sub(NAMES, "", text))] == []


def test_what_is_said_of_faces_are_the_figures() -> None:
    figures = FaceFigures.load()
    words = said(AppTest.from_function(draw_faces).run())
    assert f"**{round(100 * figures.accuracy)} get the label" in words
    assert f"{round(100 * figures.accuracy_by_majority)} get the label that most" in words


def test_what_is_said_of_music_are_the_figures() -> None:
    figures = MoodFigures.load()
    words = said(AppTest.from_function(draw_music).run())
    for share_ in (
        figures.accuracy,
        figures.always_the_commonest,
        figures.sure,
        figures.accuracy_when_sure,
    ):
        assert re.search(rf"\b{round(100 * share_)}\b", words)


def test_without_figures_the_page_says_so(monkeypatch) -> None:
    def fail(error: Exception) -> None:
        raise error

    monkeypatch.setattr(FaceFigures, "load", lambda: fail(FaceModelError("No figures of faces.")))
    monkeypatch.setattr(MoodFigures, "load", lambda: fail(MoodModelError("No figures of moods.")))
    assert said(AppTest.from_function(draw_faces).run()).endswith(r"No figures of faces\.")
    assert said(AppTest.from_function(draw_music).run()).endswith(r"No figures of moods\.")


def test_every_emotion_and_mood_has_its_words() -> None:
    assert set(EMOTION_ADJECTIVES) == set(share.SAID) == set(share.SEEN) == set(Emotion)
    assert set(MOOD_WORDS) == set(MOOD_TITLES) == set(Mood)
    said_ = [Words().say(text) for texts in (share.SAID, share.SEEN) for text in texts.values()]
    assert len(set(said_)) == len(said_)
