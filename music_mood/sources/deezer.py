"""Playlists, albums and tracks of Deezer, by link, without key or account."""

from collections.abc import Generator

from i18n import Message
from music_mood.clients.deezer import NAME, DeezerApi, read_track
from music_mood.errors import ForbiddenError, NotFoundError, PlaylistError
from music_mood.reference import Kind, Reference
from music_mood.values import NO_TITLE, NO_TRACK, Playlist, Skipped, Track
from music_mood.web.paging import PagesRead, collect


def read_deezer(api: DeezerApi, reference: Reference) -> Generator[PagesRead, None, Playlist]:
    """Read what a link leads to.

    The tracks have no preview address (it expires, see `music_mood.previews`) and, as Deezer
    names it only one by one, mostly no ISRC (see `music_mood.features.deezer`).

    Parameters
    ----------
    api : DeezerApi
    reference : Reference
        Of Deezer.

    Yields
    ------
    PagesRead

    Returns
    -------
    Playlist

    Raises
    ------
    PlaylistError
        It does not exist, is private or empty.
    ProviderError
        Deezer failed before the first track; if it fails later, `Playlist.notes` says so.
    """
    try:
        playlist = yield from _read(api, reference)
    except (NotFoundError, ForbiddenError) as error:
        raise PlaylistError(
            Message(
                "{service} does not show us what this link leads to. It may be private or deleted: "
                "please check the link, or make the playlist public.",
                service=NAME,
            )
        ) from error
    if not playlist.tracks:
        raise PlaylistError(
            Message(
                "What this link leads to on {service} holds no track that can be played.",
                service=NAME,
            )
        )
    return playlist


def _read(api: DeezerApi, reference: Reference) -> Generator[PagesRead, None, Playlist]:
    if reference.kind is Kind.TRACK:
        track = api.track(reference.id).as_track()
        if not track.title:
            raise NotFoundError(
                Message("{service} does not tell what this is.", service=NAME), NAME
            )
        return Playlist(track.title, NAME, (track,), link=reference.link)
    title = api.title(reference.kind, reference.id) or reference.without_title
    first = api.tracks(reference.kind, reference.id)
    found = yield from collect(first, api.next_page, _track_or_reason)
    return Playlist(
        title, NAME, found.tracks, found.skipped, link=reference.link, notes=found.notes
    )


def _track_or_reason(entry: object) -> Track | Skipped:
    track = read_track(entry)
    if track is None:
        return Skipped("?", NO_TRACK)
    found = track.as_track()
    if not found.title:  # a card without a name tells nothing
        return Skipped(found.artist or "?", NO_TITLE)
    if not track.readable:
        return Skipped(found.title, Message("is not available on Deezer here"))
    return found
