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
from music_mood.model.figures import MoodFigures, SoundFigures
from music_mood.panel import about as music
from music_mood.panel import share
from music_mood.panel.appearance import MOOD_TITLES
from music_mood.panel.resources import Means
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


def draw_privacy() -> None:
    from music_mood.panel.about import show_who_learns_what

    show_who_learns_what()


def draw_sources() -> None:
    from music_mood.panel.about import show_sources_of_music

    show_sources_of_music()


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


# -- where this server listens to music itself


ASKS, HEARS = Means(), Means(hears=True)
ALL = [Means(asks, hears, asks and hears) for asks in (True, False) for hears in (True, False)]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch):
    """Let the page be on a server of these means."""
    return lambda means: monkeypatch.setattr(music, "means", lambda: means)


def test_what_is_said_of_sound_are_its_figures(server, monkeypatch) -> None:
    monkeypatch.setattr(SoundFigures, "load", lambda: SoundFigures(1_787, 0.333, 0.413, 0.687))
    server(HEARS)
    words = said(AppTest.from_function(draw_music).run())
    for figure in ("1\N{NARROW NO-BREAK SPACE}787", "33", "41", "69"):
        assert re.search(rf"\b{figure}\b", words)
    assert "hears in the sound itself" in words and "has not been measured" not in words
    server(ASKS)
    words = said(AppTest.from_function(draw_music).run())
    assert "sound itself" not in words and "787" not in words


def test_what_was_not_measured_is_not_told_as_if_it_were(server, monkeypatch) -> None:
    monkeypatch.setattr(SoundFigures, "load", lambda: None)
    server(HEARS)
    assert "has not been measured" in said(AppTest.from_function(draw_music).run())


def test_without_figures_of_sound_the_others_are_still_told(server, monkeypatch) -> None:
    def fail() -> None:
        raise MoodModelError("No figures of sound.")

    monkeypatch.setattr(SoundFigures, "load", fail)
    server(HEARS)
    app = AppTest.from_function(draw_music).run()
    assert r"No figures of sound\." in said(app)
    assert f"**{round(100 * MoodFigures.load().accuracy)} get the mood" in said(app)
    assert "People disagree" in app.markdown[-1].value


@pytest.mark.parametrize("means", ALL, ids=str)
def test_who_learns_what_is_what_this_server_does(server, means) -> None:
    server(means)
    words = said(AppTest.from_function(draw_privacy).run())
    for name in ("**ReccoBeats** learn which tracks", "**Deezer**", "Logging in to **Spotify**"):
        assert (name in words) == means.asks
    assert ("listens to it itself" in words) == means.hears
    assert ("are listened to as well" in words) == means.hears_previews
    assert "picture or a feeling" in words


@pytest.mark.parametrize("means", ALL, ids=str)
def test_what_hears_is_named_with_its_licence_where_something_hears(server, means) -> None:
    server(means)
    words = said(AppTest.from_function(draw_sources).run())
    named = [
        f"{name} ({licence})" in words
        for name, licence in {
            "vibenet": "GPL-3.0-or-later",
            "librosa": "ISC",
            "pyloudnorm": "MIT",
            "ONNX Runtime": "MIT",
        }.items()
    ]
    assert named == [means.hears] * 4
