"""The shelf for files: what it promises, and what is seen and logged while files are heard.

No ear is needed: another listens in its place, which hears the same in all sound.
"""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import music_mood.services
from music_mood.model.classifier import MoodClassifier
from music_mood.panel import resources
from music_mood.panel.resources import Means, means, services, tell_what_is_not_heard
from music_mood.values import AudioFeatures
from tests.sounds import encoded, wav

HEARD = AudioFeatures(0.8, 0.1, 0.9, 0.0, 0.2, 0.9, -6.0, 0.05, 124.0)
LISTENS = "Listening to the music itself"
CSV = b"title,artist\nNowhere,Nobody\n"


class OtherEar:
    """Hears at once, and in all sound the same."""

    def load(self) -> None:
        pass

    def hear(self, opened, seconds: float) -> AudioFeatures:
        assert opened.read(4) and seconds > 0
        return HEARD


class NoEar(OtherEar):
    """Hears nothing: silence, or what cannot be decoded."""

    def hear(self, opened, seconds: float) -> None:
        return None


@dataclass
class Bar:
    """Stands in for Streamlit's progress, and keeps what was said there."""

    said: list[str] = field(default_factory=list)

    def __call__(self, _share: float, text: str) -> "Bar":
        self.said.append(text)
        return self

    def progress(self, share: float, text: str) -> None:
        self(share, text)

    def empty(self) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Iterator[Callable[..., None]]:
    """Set up what all visitors share: with an ear or without, asking services or not."""

    def set_up(*, hears: bool, offline: bool = True, ear: type[OtherEar] = OtherEar) -> None:
        monkeypatch.setenv("WORK_OFFLINE", "1" if offline else "0")
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'library.db'}")
        monkeypatch.setattr(music_mood.services, "is_installed", lambda: hears)
        monkeypatch.setattr(music_mood.services, "Ear", ear)
        services.close()
        tell_what_is_not_heard.close()

    yield set_up
    services.close()
    tell_what_is_not_heard.close()


def a_shelf() -> None:
    """Draw the shelf, and what came of it in a row each."""
    from i18n import Words
    from music_mood.panel.files import files_shelf
    from music_mood.panel.reading import show_summary
    from music_mood.panel.tracks.rows import rows

    shelved = files_shelf()
    if shelved is not None:
        import numpy as np
        import streamlit as st

        show_summary(shelved)
        shares = np.full((len(shelved.labelled), 4), 0.25)
        for row in rows(shelved.labelled, Words(), shares=shares):
            st.text(row["label"])


def brought(*files: tuple[str, bytes]) -> AppTest:
    """Open the shelf as a new visitor, and bring files."""
    page = AppTest.from_function(a_shelf, default_timeout=60)
    page.secrets = {}
    page.run()
    if files:
        given = [(name, data, "application/octet-stream") for name, data in files]
        page.file_uploader[0].set_value(given).run()
    assert not page.exception
    return page


def captions(page: AppTest) -> str:
    return " ".join(one.value for one in page.caption)


def labels(page: AppTest) -> list[str]:
    return [one.value for one in page.text]


# -- what is promised


@pytest.mark.slow
@pytest.mark.parametrize(
    ("hears", "offline", "says", "not_said"),
    [
        (True, False, ["asks Deezer and ReccoBeats", "listens to itself"], ["asks nobody"]),
        (False, False, ["asks Deezer and ReccoBeats"], ["listens", "asks nobody"]),
        (True, True, ["listens to it itself and asks nobody"], ["Deezer and ReccoBeats"]),
        (False, True, ["Nobody is asked"], ["Deezer and ReccoBeats", "listens"]),
    ],
    ids=["hears", "asks", "hears and asks nobody", "neither"],
)
def test_the_promise_is_what_this_server_does(server, hears, offline, says, not_said) -> None:
    server(hears=hears, offline=offline)
    promise = captions(brought())
    assert "sound goes nowhere" in promise.replace("sound itself", "sound")
    assert [one for one in says if one not in promise] == []
    assert [one for one in not_said if one in promise] == []


def test_settings_that_cannot_be_used_leave_the_page_its_words(server, monkeypatch) -> None:
    server(hears=True)
    monkeypatch.setenv("DEEZER_API_URL", "no address")
    assert means() == Means(asks=True, hears=False, hears_previews=False)


@pytest.mark.parametrize(
    ("hears", "offline", "previews"),
    [(True, False, True), (False, False, False), (True, True, False)],
)
def test_previews_are_heard_only_where_sound_is_heard_and_services_are_asked(
    server, monkeypatch, hears, offline, previews
) -> None:
    server(hears=hears, offline=offline)
    monkeypatch.setenv("HEAR_PREVIEWS", "1")
    assert means() == Means(asks=not offline, hears=hears, hears_previews=previews)


def test_who_asks_nobody_asks_spotify_neither(server, monkeypatch) -> None:
    for name, value in {
        "SPOTIPY_CLIENT_ID": "id",
        "SPOTIPY_CLIENT_SECRET": "a secret",
        "SPOTIPY_REDIRECT_URI": "http://127.0.0.1:8501/",
    }.items():
        monkeypatch.setenv(name, value)
    server(hears=True, offline=False)
    assert services().spotify() is not None and services().spotify_login is not None
    server(hears=True, offline=True)
    assert services().spotify() is None and services().spotify_login is None


# -- what is seen


@pytest.mark.slow
@pytest.mark.parametrize(
    ("unsure_below", "label"),
    [(0.0, r"\w+, \d+% sure, from the sound itself"), (1.0, r"unsure from the sound itself, .*")],
    ids=["sure", "unsure"],
)
def test_files_without_tags_get_moods_from_their_sound(
    server, monkeypatch, unsure_below, label
) -> None:
    server(hears=True)
    measured = MoodClassifier.load()
    measured._heard_unsure_below = unsure_below
    monkeypatch.setattr("music_mood.panel.reading.mood_classifier", lambda: measured)
    page = brought(("one.wav", wav(6.0)), ("two.opus", encoded("opus", 6.0)))
    assert [bool(re.fullmatch(label, one)) for one in labels(page)] == [True, True], labels(page)


@pytest.mark.slow
def test_how_many_files_were_heard_is_seen_while_it_lasts(server, monkeypatch) -> None:
    server(hears=True)
    bar = Bar()
    monkeypatch.setattr(st, "progress", bar)
    brought(*((f"{hertz}.opus", encoded("opus", 6.0, hertz)) for hertz in (220.0, 330.0, 440.0)))
    heard = [one for one in bar.said if LISTENS in one]
    assert heard == [f"{LISTENS} … {done} of 3" for done in range(4)]


# -- what is logged


@pytest.mark.slow
def test_what_is_not_heard_is_logged_once_for_all_visitors(server, caplog) -> None:
    server(hears=False)
    caplog.set_level(logging.INFO, resources.log.name)
    for name in ("one", "two"):
        page = brought((f"{name}.wav", wav(6.0)))
        assert labels(page) == ["unknown: no audio features"]
    told = [one for one in caplog.records if one.name == resources.log.name]
    assert len(told) == 1
    assert "requirements-sound.txt" in told[0].getMessage()
    assert "wav" not in told[0].getMessage()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("hears", "ear", "file"),
    [
        (True, OtherEar, ("one.wav", wav(6.0))),
        (True, NoEar, ("one.wav", wav(6.0))),
        (False, OtherEar, ("list.csv", CSV)),
    ],
    ids=["it is heard", "there is nothing to hear", "there is no sound"],
)
def test_nothing_is_logged_where_the_extra_would_change_nothing(
    server, caplog, hears, ear, file
) -> None:
    server(hears=hears, ear=ear)
    caplog.set_level(logging.INFO, resources.log.name)
    brought(file)
    assert [one for one in caplog.records if one.name == resources.log.name] == []
