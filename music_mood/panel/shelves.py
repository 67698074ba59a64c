"""The shelves: where the visitor's playlist comes from."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import streamlit as st

from i18n import Message
from music_mood.clients.spotify.api import SpotifyApi
from music_mood.errors import PlaylistError, SettingsError
from music_mood.panel.files import files_shelf
from music_mood.panel.language import say
from music_mood.panel.reading import label_once
from music_mood.panel.resources import means, services
from music_mood.panel.spotify import my_spotify_shelf, search_shelf
from music_mood.panel.spotify_login import login_button, spotify_login, visitor
from music_mood.panel.values import SHELF_WORDS, Shelf, Shelved
from music_mood.panel.visit import this_visit
from music_mood.reference import MAX_LENGTH, Host, find_link, is_link
from music_mood.sources.demo import demo_playlist
from page.controls import controlled


def choose_playlist() -> Shelved | None:
    """Let the visitor choose; gives the playlist once it is read and labelled."""
    visit = this_visit()
    offered = _offered()
    if visit.shelf not in offered:
        visit.shelf = Shelf.DEMO

    def chosen(shelf: Shelf) -> None:
        visit.shelf = shelf

    controlled(
        st.segmented_control,
        say("Play from"),
        offered,
        key="shelf",
        value=visit.shelf,
        chosen=chosen,
        required=True,
        format_func=lambda shelf: say(SHELF_WORDS[shelf]),
    )
    if visit.shelf is not Shelf.FILES and visit.from_file:
        # Streamlit empties an uploader that it does not draw; what was in it waits here.
        visit.brought_back, visit.from_file = visit.from_file, None
    return SHELVES[visit.shelf]()


def _offered() -> list[Shelf]:
    """Leave out what this server has no key for, and whom it does not ask."""
    needs: Mapping[Shelf, Callable[[], object]] = {
        Shelf.SPOTIFY: spotify_login,
        Shelf.LINK: lambda: means().asks,
    }
    return [one for one in Shelf if one not in needs or needs[one]()]


def _demo_shelf() -> Shelved | None:
    return label_once("demo", demo_playlist)


def _link_shelf() -> Shelved | None:
    api = _spotify()
    visit = this_visit()

    def given(link: str) -> None:
        visit.link = link[: MAX_LENGTH + 1]  # the browser's limit is a courtesy; one more is told

    controlled(
        st.text_input,
        say("A link, or words to search Spotify for")
        if api
        else say("Link of a playlist, album or track"),
        key="link",
        value=visit.link,
        chosen=given,
        initial="value",
        max_chars=MAX_LENGTH,
        placeholder="https://www.deezer.com/playlist/908622995",
    )
    text = visit.link
    learns = say(
        "This server asks there for the tracks, and ReccoBeats for their audio features. They "
        "learn which tracks, nothing about you or your picture."
    )
    st.caption(f"{say(_what_can_be_read(api))} {learns}")
    if not text:
        return None
    if api and not is_link(text):
        return search_shelf(api, text.strip())
    account = visitor()
    shelved = label_once(f"link {text}", partial(services().read, text, account))
    if shelved is None and visitor() is None and _is_of_spotify(text):
        login_button(say("Log in with Spotify"), "log_in_for_link")
    return shelved


def _spotify() -> SpotifyApi | None:
    """Give Spotify as this visitor may ask it; None if not at all."""
    try:
        return services().spotify(visitor())
    except SettingsError:  # told where the playlist is read
        return None


def _what_can_be_read(api: SpotifyApi | None) -> Message:
    if api and api.account.is_visitor:
        return Message(
            "Reads public playlists, albums and tracks on Deezer; on Spotify albums, tracks, and "
            "playlists that you own or work on."
        )
    if api:
        return Message(
            "Reads public playlists, albums and tracks on Deezer; on Spotify albums and tracks, "
            "but no playlists."
        )
    if spotify_login():
        return Message(
            "Reads public playlists, albums and tracks on Deezer; what is on Spotify, once you "
            "log in under My Spotify."
        )
    return Message(
        "Reads public playlists, albums and tracks on Deezer only: this server has no key for "
        "Spotify."
    )


def _is_of_spotify(text: str) -> bool:
    try:
        return find_link(text).host is Host.SPOTIFY
    except PlaylistError:
        return False


SHELVES: Mapping[Shelf, Callable[[], Shelved | None]] = MappingProxyType(
    {
        Shelf.DEMO: _demo_shelf,
        Shelf.LINK: _link_shelf,
        Shelf.SPOTIFY: my_spotify_shelf,
        Shelf.FILES: files_shelf,
    }
)
"""What draws each shelf."""
