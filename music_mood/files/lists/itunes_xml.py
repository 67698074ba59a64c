"""The library or a playlist as Apple Music and iTunes export it as XML: a property list."""

import plistlib
from collections.abc import Iterator, Mapping
from xml.parsers.expat import ExpatError

from i18n import Message
from music_mood.errors import PlaylistError
from music_mood.files.lists.entries import Entry, Listed
from music_mood.values import Skipped

MAX_NESTS = 500_000
"""Most lists and dictionaries: one for each track, and one wherever a playlist names it."""

_FAULTS = (
    ExpatError,
    plistlib.InvalidFileException,  # also where it declares entities
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    OverflowError,
    RecursionError,
)
"""What plistlib raises on a damaged list."""


_OTHERS: Mapping[str, Message] = {
    "Podcast": Message("is no track, but a podcast"),
    "Movie": Message("is no track, but a movie"),
    "TV Show": Message("is no track, but a TV show"),
}
"""Keys of what is no music."""


def read_itunes(text: str) -> Listed:
    """Take Apple's XML apart.

    Parameters
    ----------
    text : str
        A property list as `music_mood.files.lists.xml_text.xml_of` gives it: "Library.xml", or what
        File > Library > Export Playlist writes.

    Returns
    -------
    Listed
        A single playlist in its order; of a library all pieces of music.

    Raises
    ------
    PlaylistError
        It is damaged, or no library.
    """
    if text.count("<array") + text.count("<dict") > MAX_NESTS:
        raise PlaylistError(Message("This property list has too many parts to be a library."))
    try:
        # in UTF-8, whatever encoding the declaration names
        plain = text.partition("?>")[2] if text.startswith("<?xml") else text
        library = plistlib.loads(plain.encode(errors="replace"), fmt=plistlib.FMT_XML)
    except _FAULTS as cause:
        raise PlaylistError(
            Message("This property list is damaged. Please export the playlist once more.")
        ) from cause
    tracks = library.get("Tracks") if isinstance(library, dict) else None
    if not isinstance(tracks, dict):
        raise PlaylistError(
            Message(
                "This property list is no library of Apple Music or iTunes. There, choose File > "
                "Library > Export Playlist, and XML as the format."
            )
        )
    title, order = _only_playlist(library)
    chosen = [tracks.get(key) for key in order] if order else list(tracks.values())
    return Listed(title, "itunes", _entries(chosen))


def _only_playlist(library: dict[str, object]) -> tuple[object, list[str]]:
    """Give name and keys of the playlist, if the file was exported for one."""
    playlists = library.get("Playlists")
    if not isinstance(playlists, list) or len(playlists) != 1 or not isinstance(playlists[0], dict):
        return "", []
    items = playlists[0].get("Playlist Items")
    items = items if isinstance(items, list) else []
    keys = [str(item["Track ID"]) for item in items if _has_key(item)]
    return playlists[0].get("Name"), keys


def _has_key(item: object) -> bool:
    return isinstance(item, dict) and isinstance(item.get("Track ID"), int | str)


def _entries(tracks: list[object]) -> Iterator[Entry | Skipped]:
    for track in tracks:
        if not isinstance(track, dict):
            yield Skipped("", Message("is not in the library"))
        elif what := next((why for key, why in _OTHERS.items() if track.get(key)), None):
            yield Skipped(str(track.get("Name"))[:300], what)
        else:
            yield Entry(
                title=track.get("Name"),
                artist=track.get("Artist") or track.get("Album Artist"),
                album=track.get("Album"),
                duration_ms=track.get("Total Time"),
                addresses=(track.get("Location"),),
            )
