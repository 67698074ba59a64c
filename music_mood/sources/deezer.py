"""Playlists, albums and tracks of Deezer, by link, without key or account."""

from collections.abc import Generator

from music_mood.clients.deezer import NAME, DeezerApi, read_track
from music_mood.errors import ForbiddenError, NotFoundError, PlaylistError
from music_mood.reference import Kind, Reference
from music_mood.values import Playlist, Skipped, Track
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
            f"{NAME} shows us no such {reference.kind}. It may be private or deleted: please check "
            "the link, or make the playlist public."
        ) from error
    if not playlist.tracks:
        raise PlaylistError(f"This {reference.kind} on {NAME} holds no track that can be played.")
    return playlist


def _read(api: DeezerApi, reference: Reference) -> Generator[PagesRead, None, Playlist]:
    if reference.kind is Kind.TRACK:
        track = api.track(reference.id).as_track()
        if not track.title:
            raise NotFoundError(f"{NAME} does not tell what this is.", NAME)
        return Playlist(track.title, NAME, (track,), link=reference.link)
    title = api.title(reference.kind, reference.id).strip() or f"{NAME} {reference.kind}"
    first = api.tracks(reference.kind, reference.id)
    found = yield from collect(first, api.next_page, _track_or_reason)
    return Playlist(
        title, NAME, found.tracks, found.skipped, link=reference.link, notes=found.notes
    )


def _track_or_reason(entry: object) -> Track | Skipped:
    track = read_track(entry)
    if track is None:
        return Skipped("?", "is no track")
    found = track.as_track()
    if not found.title:  # a card without a name tells nothing
        return Skipped(found.artist or "?", "has no title")
    if not track.readable:
        return Skipped(found.title, "is not available on Deezer here")
    return found
