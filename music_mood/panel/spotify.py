"""Spotify on the page: the visitor's own playlists, search, and saving what was found."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from i18n import Address, Message, joined, plural
from i18n.foreign import shown
from music_mood.clients.spotify.api import Listed, SpotifyApi
from music_mood.clients.spotify.saving import MAX_TITLE, Saved, Saving
from music_mood.errors import MusicError
from music_mood.panel.language import date_words, say, say_markdown
from music_mood.panel.reading import label_once
from music_mood.panel.resources import services
from music_mood.panel.spotify_login import login_button, spotify_login, visitor
from music_mood.panel.values import SEARCH_FOR_WORDS, SearchFor, Shelved
from music_mood.panel.visit import AtSpotify, this_visit
from music_mood.sources.spotify import read_liked_songs, read_spotify, search_spotify
from music_mood.values import LabelledTrack, Mood

log = logging.getLogger(__name__)

LIKED = "liked songs"
"""The key of the menu's entry that is no playlist."""

MAX_SEARCHES = 20
"""Searches for albums that a session remembers."""


def my_spotify_shelf() -> Shelved | None:
    """Let the visitor log in, and choose one of their playlists or their liked songs."""
    at_spotify, account = this_visit().spotify, visitor()
    top = st.empty()
    if account is None:
        _offer_login(
            top,
            Message(
                "Your own playlists, those you work on with others, and your liked songs. This "
                "page sees them while you are logged in, keeps the access in this visit only, and "
                "changes nothing unless you save a list."
            ),
        )
        return None
    _account_line(top, at_spotify)
    api = services().spotify(account)
    shelved = None
    if (menu := _menu(api, at_spotify)) is not None:
        shelved = _from_menu(api, menu)
    if visitor() is None:  # Spotify has just refused the token
        _offer_login(top, None)
    return shelved


def _offer_login(place: DeltaGenerator, what_for: Message | None) -> None:
    with place.container():
        if what_for:
            st.caption(say(what_for))
        login_button(say("Log in with Spotify"), "log_in")


def _account_line(place: DeltaGenerator, at_spotify: AtSpotify) -> None:
    who = say_markdown("Logged in to Spotify")
    if at_spotify.name:
        who = say_markdown("Logged in to Spotify as **{name}**", name=at_spotify.name)
    with place.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/account_circle: {who}", width="content")
        if st.button(say("Log out"), key="log_out", type="tertiary", icon=":material/logout:"):
            at_spotify.log_out()
            visit = this_visit()
            visit.shelved, visit.my_playlist = None, None
            st.rerun()


def _menu(api: SpotifyApi, at_spotify: AtSpotify) -> list[Listed] | None:
    """Give the visitor's playlists, read once per login; None if Spotify fails, and say so."""
    if at_spotify.menu is None:
        try:
            with st.spinner(say("Looking for your playlists …")):
                at_spotify.menu = api.own_playlists()
        except MusicError as error:
            log.info("a visitor's playlists could not be listed: %s", error.wording)
            st.warning(say_markdown(error.message), icon=":material/playlist_remove:")
    return at_spotify.menu


def _from_menu(api: SpotifyApi, menu: Sequence[Listed]) -> Shelved | None:
    liked = say("Liked songs")
    names = _distinct([liked, *(one.title or say("Untitled playlist") for one in menu)])
    shown = dict(zip([LIKED, *(one.reference.id for one in menu)], names, strict=True))
    options = list(shown)
    visit = this_visit()
    before = visit.my_playlist  # may be of an earlier login, and gone
    visit.my_playlist = chosen = st.selectbox(
        say("Your playlists"),
        options,
        format_func=lambda one: shown[one],
        index=options.index(before) if before in options else None,
        placeholder=say("Choose from {count}", count=len(options)),
        key="my_playlist",
    )
    if chosen is None:
        return None
    if chosen == LIKED:
        return label_once("spotify liked", partial(read_liked_songs, api))
    reference = next(one.reference for one in menu if one.reference.id == chosen)
    return label_once(f"spotify {reference.id}", partial(read_spotify, api, reference))


def _distinct(titles: Sequence[str]) -> list[str]:
    """Put numbers to titles that come several times."""
    seen: Counter[str] = Counter()
    names = []
    for title in titles:
        seen[title] += 1
        names.append(title if seen[title] == 1 else f"{title} ({seen[title]})")
    return names


def search_shelf(api: SpotifyApi, words: str) -> Shelved | None:
    """Search Spotify: for tracks, which make a playlist, or for albums, to choose one."""
    visit = this_visit()
    visit.search_for = st.segmented_control(
        say("Search Spotify for"),
        list(SearchFor),
        format_func=lambda one: say(SEARCH_FOR_WORDS[one]),
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
        say("Album"),
        albums,
        index=None,
        format_func=lambda one: one.title or say("Untitled album"),
        placeholder=say("Choose one"),
    )
    if album is None:
        return None
    return label_once(f"link {album.reference.link}", partial(read_spotify, api, album.reference))


def _albums(api: SpotifyApi, words: str) -> list[Listed]:
    """Search, and say what went wrong."""
    known = this_visit().spotify.albums
    if words not in known:
        try:
            with st.spinner(say("Searching …")):
                found = api.search_albums(words)
                while len(known) >= MAX_SEARCHES:
                    del known[next(iter(known))]
                known[words] = found
        except MusicError as error:
            log.info("a search failed: %s", error.wording)
            st.warning(say_markdown(error.message), icon=":material/playlist_remove:")
            return []
    if not known[words]:
        st.warning(say("Spotify found no album for these words."), icon=":material/search_off:")
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
        login_button(say("Log in with Spotify to save these"), "log_in_to_save")
        return
    with st.popover(say("Save these as a Spotify playlist"), icon=":material/playlist_add:"):
        named = st.text_input(say("Name"), _title(mood), max_chars=MAX_TITLE, key=f"title {mood}")
        title = shown(named, MAX_TITLE)
        st.caption(say("A private playlist: only you see it, until you share it on Spotify."))
        pressed = st.button(say("Save"), type="primary", key="save_playlist")
    key = (title, tuple(track.uri for track in tracks))
    at_spotify = this_visit().spotify
    if pressed:
        # One per list, and found again by a second press: nothing is made twice.
        saving = at_spotify.savings.setdefault(key, Saving(title, tracks))
        try:
            with st.spinner(say("Saving on Spotify …")):
                at_spotify.saved[key] = saving.run(services().spotify(account))
        except MusicError as error:
            log.info("a playlist could not be saved: %s", error.wording)
            st.warning(say_markdown(error.message), icon=":material/playlist_remove:")
            if visitor() is None:
                login_button(say("Log in with Spotify to save these"), "log_in_to_save")
    if key in at_spotify.saved:
        _tell_saved(title, at_spotify.saved[key])


def _tell_saved(title: str, saved: Saved) -> None:
    sentences = [
        plural(
            "Saved {count} track as [{title}]({link}).",
            "Saved {count} tracks as [{title}]({link}).",
            saved.count,
            title=title,
            link=Address(saved.link),
        )
    ]
    if saved.missing:
        names = ", ".join(saved.missing)
        sentences.append(Message("Not on Spotify, so not in it: {names}.", names=names))
    st.success(say_markdown(joined(sentences)), icon=":material/playlist_add_check:")


def _title(mood: Mood) -> str:
    """Name a playlist after the mood and the visitor's own date."""
    today = datetime.now(UTC) - timedelta(minutes=st.context.timezone_offset or 0)
    return say(Message("{music}, {date}", music=MUSIC_OF[mood], date=date_words(today)))


MUSIC_OF: Mapping[Mood, Message] = {
    Mood.CALM: Message("Calm music"),
    Mood.ENERGETIC: Message("Energetic music"),
    Mood.HAPPY: Message("Happy music"),
    Mood.SAD: Message("Sad music"),
}
