"""JSPF, the JSON twin of XSPF, as ListenBrainz exports it: https://xspf.org/jspf."""

from collections.abc import Iterator, Mapping

from music_mood.files.lists.entries import Entry, Listed
from music_mood.values import NO_TRACK, Skipped


def read_jspf(given: object) -> Listed | None:
    """Take a JSPF playlist apart; None if it is none.

    Parameters
    ----------
    given : object
        What the JSON says. ListenBrainz's titles, creators, lengths and links are read; its
        MusicBrainz identifiers mean nothing to the services asked here.
    """
    playlist = given.get("playlist") if isinstance(given, dict) else None
    tracks = playlist.get("track") if isinstance(playlist, dict) else None
    if not isinstance(playlist, dict) or not isinstance(tracks, list):
        return None
    return Listed(playlist.get("title"), "jspf", _entries(tracks))


def _entries(tracks: list[object]) -> Iterator[Entry | Skipped]:
    for track in tracks:
        if not isinstance(track, Mapping):
            yield Skipped("", NO_TRACK)
            continue
        addresses = [*_several(track.get("location")), *_several(track.get("identifier"))]
        yield Entry(
            title=track.get("title"),
            artist=track.get("creator"),
            album=track.get("album"),
            duration_ms=track.get("duration"),
            isrc=_isrc(track.get("extension")),
            addresses=tuple(addresses),
        )


def _several(given: object) -> list[object]:
    """Both forms are about: one text, and a list of them."""
    return given if isinstance(given, list) else [given]


def _isrc(given: object, depth: int = 0) -> object:
    """Find what an extension calls "isrc", wherever in it that stands."""
    if depth > 5:
        return None
    inner: list[object] = []
    if isinstance(given, Mapping):
        found = next((one for name, one in given.items() if str(name).lower() == "isrc"), None)
        if found:
            return found[0] if isinstance(found, list) else found
        inner = list(given.values())
    elif isinstance(given, list):
        inner = given[:10]
    return next(filter(None, (_isrc(one, depth + 1) for one in inner)), None)
