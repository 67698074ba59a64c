"""JSON that is a table of tracks: a list of objects, by the road of CSV files.

So come the exports of many a service and script, among them what Spotify's and Deezer's own APIs
answer: the same words name a title, an artist or a feature as in a CSV file's header.
"""

from collections.abc import Iterator, Mapping

from music_mood.files.csv_file import MAX_ROWS
from music_mood.files.lists.rows import playlist_of_rows
from music_mood.values import Playlist

MAX_KEYS = 250

_HOLDERS = ("tracks", "track", "items", "data", "songs", "playlist", "results")
"""Keys under which such a list stands."""

_WRAPPERS = ("track", "item", "track_metadata")
"""Keys under which an entry holds the track, beside when it was added and the like."""


def read_json_table(given: object, name: str) -> Playlist | None:
    """Read a list of tracks; None if the JSON is none.

    Parameters
    ----------
    given : object
        What the JSON says.
    name : str
        The file's.

    Raises
    ------
    PlaylistError
        As `music_mood.files.csv_file.read_csv`.
    """
    found = _records(given)
    if not found:
        return None
    rows = [_flat(record) for record in found[: MAX_ROWS + 1]]
    header = list(dict.fromkeys(key for row in rows for key in row))[:MAX_KEYS]
    table = [header, *([row.get(key, "") for key in header] for row in rows)]
    return playlist_of_rows(table, name, "json")


def _records(given: object, depth: int = 0) -> list[Mapping[str, object]]:
    if isinstance(given, list):
        return [one for one in given if isinstance(one, Mapping)]
    if isinstance(given, Mapping) and depth < 3:
        held = (_records(given[key], depth + 1) for key in _HOLDERS if key in given)
        return next(filter(None, held), [])
    return []


def _flat(record: Mapping[str, object]) -> dict[str, str]:
    """Give a record's texts and numbers by key; of objects in it their name, or what they hold."""
    inner = next((record[key] for key in _WRAPPERS if isinstance(record.get(key), Mapping)), None)
    return dict(_pairs(inner if isinstance(inner, Mapping) else record))


def _pairs(record: Mapping[str, object], depth: int = 0) -> Iterator[tuple[str, str]]:
    for key, value in list(record.items())[:MAX_KEYS]:
        name = str(key)[:100]
        if isinstance(value, Mapping) and not _text(value):
            if depth < 2:  # Spotify's {"external_ids": {"isrc": "..."}}
                yield from _pairs(value, depth + 1)
        elif text := _text(value):
            yield name, text


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        named = (value.get(key) for key in ("name", "title", "#text"))
        return next((one for one in named if isinstance(one, str)), "")
    if isinstance(value, list):
        return ";".join(filter(None, map(_text, value[:20])))
    if isinstance(value, int) and value.bit_length() > 64:
        return ""
    return str(value) if isinstance(value, str | int | float) else ""
