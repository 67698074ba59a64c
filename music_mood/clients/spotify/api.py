"""The calls of Spotify's Web API that we make, each in the name of an account."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import spotipy
from spotipy.exceptions import SpotifyException

from i18n import Message
from i18n.foreign import shown
from music_mood.clients.spotify import shapes
from music_mood.clients.spotify.accounts import NAME, Account, please_log_in
from music_mood.clients.spotify.session import ServiceSession
from music_mood.errors import (
    BadAnswerError,
    ForbiddenError,
    LoginNeededError,
    NotFoundError,
    ProviderError,
)
from music_mood.reference import Host, Kind, Reference
from music_mood.values import Track
from music_mood.web.failures import bad_answer_error, not_known_error
from music_mood.web.paging import MAX_ENTRIES, Page
from music_mood.web.service import Service, asked_to_wait_s
from music_mood.web.throttle import Rate
from music_mood.web.transport import Answer

RATE = Rate(calls=30, period_s=10.0)
"""Spotify's limit is not published; it counts over 30 seconds. This one is ours."""

QUOTA_PAUSE_S = 3_600.0
"""Pause after QUOTA_EXCEEDED, for which Spotify gives no time."""

SEARCH_LIMIT = 10
"""Most entries in an answer to a search, since February 2026."""

FOUND_MAX = 30
"""Most entries of a search that are looked at: three calls."""

LIST_LIMIT = 50
"""Most entries in an answer, since February 2026."""

ADD_LIMIT = 100
"""Most tracks that can be added to a playlist in a call."""


def wait_asked_s(answer: Answer) -> float | None:
    """As `asked_to_wait_s`; an app's used-up quota comes as 429 without a time."""
    if answer.status == 429 and "Retry-After" not in answer.headers:
        return QUOTA_PAUSE_S if b"QUOTA_EXCEEDED" in answer.body else asked_to_wait_s(answer)
    return asked_to_wait_s(answer)


@dataclass(frozen=True, slots=True)
class Listed:
    """Something that can be read, as a list of several shows it; without a title, "" stands."""

    title: str
    reference: Reference


class SpotifyApi:
    """The API as one account sees it. Each call may raise a `ProviderError`.

    Parameters
    ----------
    service : Service
        Made with `wait_asked_s`; its base address stands before ``/v1``.
    account : Account
    """

    def __init__(self, service: Service, account: Account) -> None:
        self.account = account
        self._service = service

    def playlist(self, spotify_id: str) -> tuple[str, Page | None]:
        """Read a playlist's title and first page; None where its contents are not shown."""
        with self._client() as client:
            answer = client.playlist(spotify_id, additional_types=("track", "episode"))
        found = shapes.checked(shapes.PlaylistShape, answer)
        return found.name, found.contents.as_page() if found.contents else None

    def album(self, spotify_id: str) -> tuple[str, Page]:
        """Read an album's title and first page."""
        with self._client() as client:
            answer = client.album(spotify_id)
        found = shapes.checked(shapes.AlbumShape, answer)
        return found.name, found.tracks.as_page()

    def track(self, spotify_id: str) -> Track:
        """Read a single track."""
        with self._client() as client:
            answer = client.track(spotify_id)
        track = shapes.checked(shapes.TrackShape, answer).as_track()
        if not track.title:
            raise NotFoundError(
                Message("{service} does not tell what this is.", service=NAME), NAME
            )
        return track

    def search_tracks(self, words: str) -> list[Track]:
        """Find tracks, best first, at most `FOUND_MAX`."""
        found = [shapes.read_track(entry) for entry in self._found(words, Kind.TRACK)]
        return [one for one in found if isinstance(one, Track)]

    def search_albums(self, words: str) -> list[Listed]:
        """Find albums, best first, at most `FOUND_MAX`; titles name the artist, too."""
        albums = shapes.usable(shapes.FoundAlbumShape, self._found(words, Kind.ALBUM))
        return [Listed(one.title, Reference(Host.SPOTIFY, Kind.ALBUM, one.id)) for one in albums]

    def find_isrc(self, isrc: str) -> Track | None:
        """Find the track with an ISRC."""
        with self._client() as client:
            answer = client.search(f"isrc:{isrc}", limit=1, type="track")
        found = shapes.checked(shapes.SearchShape, answer).page(Kind.TRACK).entries
        track = shapes.read_track(found[0]) if found else None
        return track if isinstance(track, Track) and track.isrc in (None, isrc) else None

    def _found(self, words: str, kind: Kind) -> Iterator[Any]:
        """Give what a search finds, unchecked, page by page."""
        for offset in range(0, FOUND_MAX, SEARCH_LIMIT):
            with self._client() as client:
                answer = client.search(words, limit=SEARCH_LIMIT, offset=offset, type=kind)
            page = shapes.checked(shapes.SearchShape, answer).page(kind)
            yield from page.entries
            if not page.next:
                return

    def liked_songs(self) -> Page:
        """Read the first page of the visitor's liked songs."""
        with self._client() as client:
            answer = client.current_user_saved_tracks(limit=LIST_LIMIT)
        return shapes.checked(shapes.PageShape, answer).as_page()

    def next_page(self, link: str) -> Page:
        """Read the page that a page's `next` leads to."""
        with self._client() as client:
            answer = client.next({"next": link})
        return shapes.checked(shapes.PageShape, answer).as_page()

    def user_name(self) -> str:
        """Tell what the visitor is called on Spotify."""
        with self._client() as client:
            me = shapes.checked(shapes.UserShape, client.me())
        return me.display_name or shown(me.id)

    def own_playlists(self) -> list[Listed]:
        """List the playlists that the visitor owns or works on, in Spotify's order."""
        with self._client() as client:
            me = shapes.checked(shapes.UserShape, client.me()).id
            answer = client.current_user_playlists(limit=LIST_LIMIT)
        page = shapes.checked(shapes.PageShape, answer).as_page()
        entries = list(page.entries)
        visited = set()
        while page.next and page.entries and page.next not in visited:
            if len(entries) >= MAX_ENTRIES:
                break
            visited.add(page.next)
            page = self.next_page(page.next)
            entries += page.entries
        # null and shapeless entries: playlists that Spotify has taken away
        named = shapes.usable(shapes.PlaylistEntryShape, entries)
        return [
            Listed(one.name, Reference(Host.SPOTIFY, Kind.PLAYLIST, one.id))
            for one in named
            if one.owner.id == me or one.collaborative
        ]

    def create_playlist(self, title: str) -> Reference:
        """Create an empty, private playlist of the visitor."""
        with self._client() as client:
            answer = client.current_user_playlist_create(
                title, public=False, description="Made with Face the Music"
            )
        created = shapes.checked(shapes.CreatedShape, answer)
        return Reference(Host.SPOTIFY, Kind.PLAYLIST, created.id)

    def add_tracks(self, playlist: Reference, spotify_ids: Sequence[str]) -> None:
        """Add tracks to a playlist's end, at most `ADD_LIMIT`."""
        with self._client() as client:
            client.playlist_add_items(playlist.id, spotify_ids)

    def audio_features(self, spotify_ids: Sequence[str]) -> list[object]:
        """Ask the endpoint that only old apps may use; at most 100 ids. Unknown ones are null."""
        token = self.account.token()
        answer = self._service.get(
            "/v1/audio-features",
            {"ids": ",".join(spotify_ids)},
            {"Authorization": f"Bearer {token}"},
        )
        found = answer.get("audio_features")
        if not isinstance(found, list):
            raise bad_answer_error(NAME)
        return found

    @contextmanager
    def _client(self) -> Iterator[spotipy.Spotify]:
        """Give a client with a fresh token, whose errors come in words."""
        client = spotipy.Spotify(
            auth=self.account.token(), requests_session=ServiceSession(self._service)
        )
        client.prefix = f"{self._service.base_url}/v1/"
        try:
            yield client
        except SpotifyException as cause:
            error = _in_words(cause)
            if isinstance(error, LoginNeededError):
                self.account.forget()
            raise error from cause
        except (AttributeError, RecursionError) as cause:  # spotipy takes every error for an object
            raise bad_answer_error(
                NAME, Message("an error of another kind than expected")
            ) from cause


REFUSALS = (
    (
        r"not registered|developer dashboard",
        Message(
            "Spotify lets only those people use this app whom its owner has put on the app’s list. "
            "Please ask the owner."
        ),
    ),
    (
        r"premium",
        Message("Spotify lets this app work only while its owner has a Premium subscription."),
    ),
)
"""What 403 says for the whole app, and what that means."""


def _in_words(error: SpotifyException) -> ProviderError:
    """Say what a refusal of Spotify's means."""
    said = f"{error.reason or ''} {error.msg or ''}"
    if error.http_status == 401:
        return please_log_in(Message("Spotify does not accept the login any more."))
    if error.http_status == 403:
        if re.search(r"scope", said, re.IGNORECASE):
            return please_log_in(Message("The login does not allow this yet."))
        for pattern, sentence in REFUSALS:
            if re.search(pattern, said, re.IGNORECASE):
                return ForbiddenError(sentence, NAME)
        return ForbiddenError(Message("Spotify does not give this app access to that."), NAME)
    if error.http_status in (404, 410):
        return not_known_error(NAME)
    return BadAnswerError(
        Message("Spotify did not accept our question (status {status}).", status=error.http_status),
        NAME,
    )
