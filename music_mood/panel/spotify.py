"""Spotify on the page: the visitor's own playlists, search, and saving what was found."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from music_mood.clients.spotify.api import Listed, SpotifyApi
from music_mood.clients.spotify.saving import MAX_TITLE, Saved, Saving
from music_mood.errors import MusicError
from music_mood.panel.appearance import escape_markdown
from music_mood.panel.reading import label_once
from music_mood.panel.resources import services
from music_mood.panel.spotify_login import login_button, spotify_login, visitor
from music_mood.panel.values import SearchFor, Shelved
from music_mood.panel.visit import AtSpotify, this_visit
from music_mood.sources.spotify import read_liked_songs, read_spotify, search_spotify
from music_mood.values import LabelledTrack, Mood

log = logging.getLogger(__name__)

LIKED = "Liked songs"
"""The entry of the menu that is no playlist."""

MAX_SEARCHES = 20
"""Searches for albums that a session remembers."""


def my_spotify_shelf() -> Shelved | None:
    """Let the visitor log in, and choose one of their playlists or their liked songs."""
    at_spotify, account = this_visit().spotify, visitor()
    top = st.empty()
    if account is None:
        _offer_login(
            top, "Your own playlists, those you work on with others, and your liked songs."
        )
        return None
    _account_line(top, at_spotify)
    api = services().spotify(account)
    shelved = None
    if (menu := _menu(api, at_spotify)) is not None:
        shelved = _from_menu(api, menu)
    if visitor() is None:  # Spotify has just refused the token
        _offer_login(top, "")
    return shelved


def _offer_login(place: DeltaGenerator, words: str) -> None:
    with place.container():
        if words:
            st.caption(
                f"{words} This page sees them while you are logged in, keeps the access in this "
                "visit only, and changes nothing unless you save a list."
            )
        login_button("Log in with Spotify", "log_in")


def _account_line(place: DeltaGenerator, at_spotify: AtSpotify) -> None:
    name = f" as **{escape_markdown(at_spotify.name)}**" if at_spotify.name else ""
    with place.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/account_circle: Logged in to Spotify{name}", width="content")
        if st.button("Log out", key="log_out", type="tertiary", icon=":material/logout:"):
            at_spotify.log_out()
            visit = this_visit()
            visit.shelved, visit.my_playlist = None, None
            st.rerun()


def _menu(api: SpotifyApi, at_spotify: AtSpotify) -> list[Listed] | None:
    """Give the visitor's playlists, read once per login; None if Spotify fails, and say so."""
    if at_spotify.menu is None:
        try:
            with st.spinner("Looking for your playlists …"):
                at_spotify.menu = api.own_playlists()
        except MusicError as error:
            log.info("a visitor's playlists could not be listed: %s", error)
            st.warning(str(error), icon=":material/playlist_remove:")
    return at_spotify.menu


def _from_menu(api: SpotifyApi, menu: Sequence[Listed]) -> Shelved | None:
    names = _distinct([one.title.strip() or "Without a name" for one in menu])
    by_name = dict(zip(names, menu, strict=True))
    options = [LIKED, *names]
    visit = this_visit()
    before = visit.my_playlist  # may be of an earlier login, and gone
    visit.my_playlist = chosen = st.selectbox(
        "Your playlists",
        options,
        index=options.index(before) if before in options else None,
        placeholder=f"Choose from {len(options)}",
        key="my_playlist",
    )
    if chosen is None:
        return None
    if chosen == LIKED:
        return label_once("spotify liked", partial(read_liked_songs, api))
    reference = by_name[chosen].reference
    return label_once(f"spotify {reference.id}", partial(read_spotify, api, reference))


def _distinct(titles: Sequence[str]) -> list[str]:
    """Put numbers to titles that come several times, or are called as `LIKED` is."""
    seen = Counter([LIKED])
    names = []
    for title in titles:
        seen[title] += 1
        names.append(title if seen[title] == 1 else f"{title} ({seen[title]})")
    return names


def search_shelf(api: SpotifyApi, words: str) -> Shelved | None:
    """Search Spotify: for tracks, which make a playlist, or for albums, to choose one."""
    visit = this_visit()
    visit.search_for = st.segmented_control(
        "Search Spotify for",
        list(SearchFor),
        default=visit.search_for,
        required=True,
        key="search_for",
    )
    if visit.search_for == SearchFor.TRACKS:
        return label_once(f"search {words}", partial(search_spotify, api, words))
    albums = _albums(api, words)
    if not albums:
        return None
    album = st.selectbox(
        "Album", albums, index=None, format_func=lambda one: one.title, placeholder="Choose one"
    )
    if album is None:
        return None
    return label_once(f"link {album.reference.link}", partial(read_spotify, api, album.reference))


def _albums(api: SpotifyApi, words: str) -> list[Listed]:
    """Search, and say what went wrong."""
    known = this_visit().spotify.albums
    if words not in known:
        try:
            with st.spinner("Searching …"):
                found = api.search_albums(words)
                while len(known) >= MAX_SEARCHES:
                    del known[next(iter(known))]
                known[words] = found
        except MusicError as error:
            log.info("a search failed: %s", error)
            st.warning(str(error), icon=":material/playlist_remove:")
            return []
    if not known[words]:
        st.warning("Spotify found no album for these words.", icon=":material/search_off:")
    return known[words]


def save_as_playlist(picks: Sequence[LabelledTrack], mood: Mood) -> None:
    """Offer to save the tracks that are shown as a private playlist of the visitor's.

    Nothing is offered where none of them can be on Spotify.

    Parameters
    ----------
    picks : sequence of LabelledTrack
        What is shown, in order.
    mood : Mood
        For the playlist's name.
    """
    tracks = tuple(pick.track for pick in picks)
    if spotify_login() is None or not any(one.spotify_id or one.isrc for one in tracks):
        return
    account = visitor()
    if account is None:
        login_button("Log in with Spotify to save these", "log_in_to_save")
        return
    with st.popover("Save these as a Spotify playlist", icon=":material/playlist_add:"):
        title = st.text_input("Name", _title(mood), max_chars=MAX_TITLE, key=f"title {mood}")
        st.caption("A private playlist: only you see it, until you share it on Spotify.")
        pressed = st.button("Save", type="primary", key="save_playlist")
    key = (title, tuple(track.uri for track in tracks))
    at_spotify = this_visit().spotify
    if pressed:
        # One per list, and found again by a second press: nothing is made twice.
        saving = at_spotify.savings.setdefault(key, Saving(title, tracks))
        try:
            with st.spinner("Saving on Spotify …"):
                at_spotify.saved[key] = saving.run(services().spotify(account))
        except MusicError as error:
            log.info("a playlist could not be saved: %s", error)
            st.warning(str(error), icon=":material/playlist_remove:")
            if visitor() is None:
                login_button("Log in with Spotify to save these", "log_in_to_save")
    if key in at_spotify.saved:
        _tell_saved(title, at_spotify.saved[key])


def _tell_saved(title: str, saved: Saved) -> None:
    tracks = "1 track" if saved.count == 1 else f"{saved.count} tracks"
    sentence = f"Saved {tracks} as [{escape_markdown(title)}]({saved.link})."
    if saved.missing:
        names = ", ".join(escape_markdown(name) for name in saved.missing)
        sentence += f" Not on Spotify, so not in it: {names}."
    st.success(sentence, icon=":material/playlist_add_check:")


def _title(mood: Mood) -> str:
    """Name a playlist after the mood and the visitor's own date."""
    today = datetime.now(UTC) - timedelta(minutes=st.context.timezone_offset or 0)
    return f"{mood.capitalize()} music, {today.day} {today:%B %Y}"
