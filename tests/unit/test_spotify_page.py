"""What the page offers of Spotify, depending on the settings (Streamlit's AppTest, no network)."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, strategies
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string

from music_mood.panel import luggage
from music_mood.panel.resources import left_luggage, services
from music_mood.panel.spotify_login import (
    CHOICES_COOKIE,
    MAX_CHOICES,
    XSRF_COOKIE,
    browser_value,
    choices_cookie,
    choices_left,
)
from music_mood.panel.values import Shelved
from music_mood.values import AudioFile, LabelledTrack, LabelSource, Playlist, Track
from tests.unit.test_page import MAIN

APP = {"SPOTIPY_CLIENT_ID": "id", "SPOTIPY_CLIENT_SECRET": "a secret"}
LOGIN = APP | {"SPOTIPY_REDIRECT_URI": "http://127.0.0.1:8501/"}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Iterator[Callable[..., AppTest]]:
    """Open the page with these settings, a feeling named and a shelf chosen."""

    def start(settings: dict[str, str], shelf: str = "link") -> AppTest:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'library.db'}")
        services.close()
        left_luggage.close()
        app = AppTest.from_file(MAIN, default_timeout=60)
        app.secrets = {}
        app.run().pills(key="first_feeling").set_value("happy").run()
        app.segmented_control(key="shelf").set_value(shelf).run()
        assert not app.exception
        return app

    yield start
    services.close()


def captions(page: AppTest) -> str:
    return " ".join(one.value for one in page.caption)


def shelves(page: AppTest) -> list[str]:
    return page.segmented_control(key="shelf").options


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "label", "says", "my_spotify"),
    [
        ({}, "Link of a playlist, album or track", "no key for Spotify", False),
        (APP, "A link, or words to search Spotify for", "albums and tracks, but no", False),
        (LOGIN, "A link, or words to search Spotify for", "albums and tracks, but no", True),
        (
            {name: value for name, value in LOGIN.items() if "SECRET" not in name},
            "Link of a playlist, album or track",
            "once you log in under My Spotify",
            True,
        ),
    ],
    ids=["no keys", "app keys", "app keys and a way back", "PKCE"],
)
def test_it_offers_what_the_keys_allow_and_says_so(opened, settings, label, says, my_spotify):
    page = opened(settings)
    assert page.text_input(key="link").label == label
    assert says in captions(page)
    assert ("My Spotify" in shelves(page)) is my_spotify


@pytest.mark.slow
def test_a_spotify_link_without_keys_comes_with_the_ways_on(opened):
    page = opened({}).text_input(key="link").set_value("spotify:playlist:" + "0" * 22).run()
    [warning] = page.warning
    assert "exportify.net" in warning.value
    assert "Deezer" in warning.value
    assert not [one for one in page.button if "Log in" in one.label]


@pytest.mark.slow
def test_a_link_is_still_there_when_one_comes_back_to_it(opened):
    link = "spotify:playlist:" + "0" * 22
    page = opened({}).text_input(key="link").set_value(link).run()
    page = page.segmented_control(key="shelf").set_value("demo").run()
    page = page.segmented_control(key="shelf").set_value("link").run()
    assert page.text_input(key="link").value == link
    assert "exportify.net" in page.warning[0].value
    page = page.text_input(key="link").set_value("").run()  # and can be taken out
    page = page.segmented_control(key="shelf").set_value("demo").run()
    page = page.segmented_control(key="shelf").set_value("link").run()
    assert page.text_input(key="link").value == ""


@pytest.mark.slow
def test_settings_that_cannot_be_used_are_a_sentence(opened):
    page = opened(APP | {"SPOTIPY_REDIRECT_URI": "http://localhost:8501"}, "demo")
    assert "SPOTIPY_REDIRECT_URI must be" in page.warning[0].value
    assert "My Spotify" not in shelves(page)


@pytest.mark.slow
def test_a_browser_without_cookies_is_asked_for_them(opened):
    page = opened(LOGIN, "spotify")
    assert "allow cookies" in captions(page)
    assert not [one for one in page.button if "Log in" in one.label]


@pytest.mark.slow
@pytest.mark.parametrize("has_room", [True, False])
def test_who_cannot_leave_a_list_here_is_told_before_going(opened, monkeypatch, has_room):
    cookies = {XSRF_COOKIE: generate_xsrf_token_string(bytes(16))}
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: cookies))
    if not has_room:
        monkeypatch.setattr(luggage, "MAX_BYTES", 10)
    page = opened(LOGIN, "spotify")
    page.button(key="log_in").click().run()
    assert not page.exception
    assert [one.value for one in page.warning if "no room to keep your list" in one.value] == (
        [] if has_room else [page.warning[0].value]
    )
    given = [json.loads(one.proto.json or "null") for one in page.get("bidi_component")]
    [(leads_to, cookie, at_once)] = [one for one in given if one and "/authorize?" in str(one[0])]
    assert cookie.startswith(f"{CHOICES_COOKIE}=state=")
    assert "feeling=happy" in cookie
    assert at_once is has_room
    [way] = [one for one in page.get("link_button") if "/authorize?" in one.proto.url]
    assert way.proto.url == leads_to
    assert "happy" not in way.proto.url, "Spotify is told nothing of it"


@pytest.mark.slow
def test_under_another_name_the_page_says_where_logging_in_works(opened, monkeypatch):
    monkeypatch.setattr(ContextProxy, "url", property(lambda _: "http://localhost:8501/"))
    page = opened(LOGIN, "spotify")
    assert "[http://127.0.0.1:8501/](http://127.0.0.1:8501/)" in captions(page)


@pytest.mark.slow
def test_the_demo_which_spotify_does_not_have_is_not_offered_for_saving(opened):
    page = opened(LOGIN, "demo")
    assert len(page.get("audio")) == 3
    assert not [one for one in page.button if "save these" in one.label]


@given(strategies.binary(min_size=16, max_size=16))
def test_a_browser_is_known_however_its_cookie_is_masked(token: bytes):
    one, other = generate_xsrf_token_string(token), generate_xsrf_token_string(token)
    assert browser_value(one) == browser_value(f'"{other}"') == token.hex()


@given(strategies.text())
@pytest.mark.parametrize("prefix", ["", "2|", "2|00|", "2||", "3|aabbccdd|" + "00" * 16 + "|1"])
def test_what_is_no_such_cookie_knows_nobody(prefix: str, text: str):
    assert browser_value(prefix + text) == ""


def test_streamlit_still_calls_it_so():
    from streamlit.web.server.starlette import starlette_server_config

    assert starlette_server_config.XSRF_COOKIE_NAME == XSRF_COOKIE


def test_what_stood_in_the_address_comes_back_with_its_own_login_only():
    choices = {"feeling": "sad", "link": "https://deezer.com/playlist/1?a=b&c", "lang": "de"}
    cookie = choices_cookie(choices | {"about": "1"}, "a.state-of_ours")
    assert choices_left(cookie, "a.state-of_ours") == choices
    assert choices_left(cookie, "another") == choices_left("", "another") == {}
    assert choices_left(cookie, "") == choices_left("", "") == {}


def test_a_cookie_that_somebody_else_wrote_breaks_nothing():
    assert choices_left("state=s&EMBED=true&embed_options=x&aim=lift&&=&%ff=1", "s") == {
        "aim": "lift",
        "\ufffd": "1",
    }


@given(strategies.dictionaries(strategies.text(max_size=30), strategies.text(), max_size=5))
def test_a_cookie_takes_any_address(query: dict[str, str]):
    cookie = choices_cookie(query, "state")
    assert re.fullmatch(r"[\w.~*+%&=-]*", cookie, re.ASCII)  # RFC 6265, 4.1.1
    expected = {k: v for k, v in query.items() if v and k not in ("about", "state")}
    expected = {k: v for k, v in expected.items() if not k.casefold().startswith("embed")}
    assert "state" in query or choices_left(cookie, "state") == expected


@pytest.mark.parametrize("address", [{"tracks": "ä" * 1_500}, {"now": "x" * 3_001}])
def test_what_finds_no_room_in_a_cookie_is_left_out(address: dict[str, str]):
    cookie = choices_cookie({"feeling": "sad"} | address, "state")
    assert choices_left(cookie, "state") == {"feeling": "sad"}
    assert len(cookie) <= MAX_CHOICES
    assert choices_cookie({"link": "x" * MAX_CHOICES}, "state") == ""


def test_no_sound_waits_on_the_server_while_a_visitor_is_away():
    file = AudioFile("mine.mp3", "audio/mpeg", b"ID3 a song")
    track = Track("Mine", "Me", isrc="DEA000000001", audio_file=file)
    labelled = LabelledTrack(track, None, None, LabelSource.NOBODY)
    before = Shelved("files 1", Playlist("Files", "files", (track,)), (labelled,), ("a note",))
    after = before.without_sound()
    silent = replace(track, audio_file=None)
    assert after.labelled == (replace(labelled, track=silent),)
    assert after.playlist == replace(before.playlist, tracks=(silent,))
    assert (after.key, after.failures) == (before.key, before.failures)
    assert before.labelled[0].track.audio_file is file
