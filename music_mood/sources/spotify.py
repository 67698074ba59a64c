"""Playlists, albums, tracks and liked songs of Spotify: what it shows to whoever asks."""

from collections.abc import Callable, Generator

from i18n import Message, joined
from music_mood.clients.spotify.accounts import NAME
from music_mood.clients.spotify.api import SpotifyApi
from music_mood.clients.spotify.shapes import read_entry, read_track
from music_mood.errors import ForbiddenError, LoginNeededError, NotFoundError, PlaylistError
from music_mood.matching import Doubles
from music_mood.reference import Kind, Reference
from music_mood.values import Playlist, Skipped, Track
from music_mood.web.paging import Page, PagesRead, collect

OTHER_WAYS = Message(
    "You can export it as a CSV file (exportify.net) and open that, or find it on Deezer and paste "
    "the link from there."
)
LOG_IN_OR_OTHER_WAYS = Message(
    "You can log in with Spotify if it is yours, export it as a CSV file (exportify.net) and open "
    "that, or find it on Deezer and paste the link from there."
)
COPY_OR_OTHER_WAYS = Message(
    "You can copy its tracks into a playlist of your own, export it as a CSV file (exportify.net) "
    "and open that, or find it on Deezer and paste the link from there."
)


def read_spotify(api: SpotifyApi, reference: Reference) -> Generator[PagesRead, None, Playlist]:
    """Read what a link leads to.

    Parameters
    ----------
    api : SpotifyApi
        In the name of a visitor, or of the app.
    reference : Reference
        Of Spotify.

    Yields
    ------
    PagesRead

    Returns
    -------
    Playlist

    Raises
    ------
    PlaylistError
        It does not exist, is empty, or is not shown to this account; then with the ways on.
    LoginNeededError
        The visitor must log in again.
    ProviderError
        Spotify failed before the first track; if it fails later, `Playlist.notes` says so.
    """
    try:
        playlist = yield from _read(api, reference)
    except LoginNeededError:
        raise
    except NotFoundError as error:
        unknown = Message(
            "{service} does not know what this link leads to, or it is private. Please check the "
            "link.",
            service=NAME,
        )
        raise PlaylistError(joined([unknown, _ways_on(api)])) from error
    except ForbiddenError as error:
        raise PlaylistError(joined([error.message, _ways_on(api)])) from error
    if not playlist.tracks:
        raise PlaylistError(
            Message(
                "What this link leads to on {service} holds no track that we can use.",
                service=NAME,
            )
        )
    return playlist


LIKED = Message("Liked songs")
"""Title of the one list that is no playlist."""


def read_liked_songs(api: SpotifyApi) -> Generator[PagesRead, None, Playlist]:
    """Read the visitor's liked songs; yields, returns and raises as `read_spotify` does."""
    found = yield from collect(api.liked_songs(), api.next_page, read_entry)
    if not found.tracks:
        raise PlaylistError(Message("There are no liked songs on {service} yet.", service=NAME))
    return Playlist(LIKED, NAME, found.tracks, found.skipped, notes=found.notes)


def search_spotify(api: SpotifyApi, words: str) -> Playlist:
    """Find tracks; raises as `read_spotify` does."""
    doubles = Doubles()
    found = tuple(track for track in api.search_tracks(words) if doubles.is_new(track))
    if not found:
        raise PlaylistError(Message("{service} found no track for these words.", service=NAME))
    return Playlist(Message("Search for “{words}”", words=words), NAME, found)


def _read(api: SpotifyApi, reference: Reference) -> Generator[PagesRead, None, Playlist]:
    if reference.kind is Kind.TRACK:
        track = api.track(reference.id)
        return Playlist(track.title, NAME, (track,), link=reference.link)
    first: Page | None
    read: Callable[[object], Track | Skipped]
    if reference.kind is Kind.ALBUM:
        (title, first), read = api.album(reference.id), read_track
    else:
        (title, first), read = api.playlist(reference.id), read_entry
    if first is None:
        raise ForbiddenError(
            Message(
                "{service} shows the contents of a playlist only to its owner and to those who "
                "work on it.",
                service=NAME,
            ),
            NAME,
        )
    found = yield from collect(first, api.next_page, read)
    return Playlist(
        title or reference.without_title,
        NAME,
        found.tracks,
        found.skipped,
        link=reference.link,
        notes=found.notes,
    )


def _ways_on(api: SpotifyApi) -> Message:
    return COPY_OR_OTHER_WAYS if api.account.is_visitor else LOG_IN_OR_OTHER_WAYS
