"""A playlist from a CSV file: Exportify's exports, other programs', and any table like them.

Columns are known by their names (see headers.json), whatever their order. Only a title is needed.
Rows that are no usable track are listed in `Playlist.skipped` with the reason, and what was
understood in another way than it may have been meant in `Playlist.notes`; nothing is dropped or
changed silently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING

from i18n import Message, joined, plural
from i18n.foreign import shown
from music_mood.errors import PlaylistError
from music_mood.files.cells import without_entities
from music_mood.files.csv_text import known_in, records
from music_mood.files.encoding import decode, mended
from music_mood.files.headers import Header, read_header
from music_mood.files.table import row_name, tracks_from_table
from music_mood.files.units import milliseconds, without_percents
from music_mood.values import FEATURE_NAMES, Playlist, Skipped, Track

if TYPE_CHECKING:
    import pandas as pd  # 70 MB and 0.2 s, which only those wait for who bring a table

MAX_BYTES = 20 * 2**20
MAX_ROWS = 20_000

_MAX_LAYOUTS = 20
"""Different headers in one file, of exports that were put together."""

_MAX_LOOKS = 200
"""Rows that share words with the header and are looked at more closely."""

_HEADER_LENGTH = 1_000
"""More than the names of our own columns have."""

_HEADER_AGAIN = Message("it names the columns once more")


@dataclass(slots=True)
class _Part:
    """Rows under one header, with their numbers."""

    header: Header
    numbers: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def read_csv(data: bytes, name: str) -> Playlist:
    """Read a playlist from a file's bytes.

    Parameters
    ----------
    data : bytes
        The file: comma, semicolon, tab or bar between cells, in any common encoding.
    name : str
        The file's name, for the playlist's title.

    Returns
    -------
    Playlist
        Tracks in the file's order. A track without all nine audio features has none of them.

    Raises
    ------
    PlaylistError
        The file is too large, empty, no text, has no column of titles, or holds no usable row.
    """
    if len(data) > MAX_BYTES:
        raise PlaylistError(
            Message(
                "This file is larger than {size} MB. Please split it into smaller ones.",
                size=MAX_BYTES >> 20,
            )
        )
    decoded = decode(data, lambda text: known_in(text, _known))
    if not _is_our_own(decoded.text):
        decoded = mended(decoded)
    above, rows = records(decoded.text, _known)
    return read_rows(rows, name, above + 1, [decoded.note] if decoded.note else [])


def _is_our_own(text: str) -> bool:
    """Whether this is what `export.as_csv` wrote: its letters are right, however odd they look."""
    return "makers_mood" in text[:_HEADER_LENGTH].partition("\n")[0]


def read_rows(
    rows: Sequence[Sequence[str]], name: str, first: int = 1, notes: Sequence[Message] = ()
) -> Playlist:
    """Read a playlist from the rows of a table.

    Parameters
    ----------
    rows : sequence of sequence of str
        The header and all that follows.
    name : str
        The file's name, for the playlist's title.
    first : int
        The header's number in the file, from 1.
    notes : sequence of Message
        What is to be said of the file already.

    Returns
    -------
    Playlist
        See `read_csv`.

    Raises
    ------
    PlaylistError
        There is no row, no column of titles, or no usable row.
    """
    import pandas as pd  # noqa: PLC0415  see above

    if not rows:
        raise PlaylistError(Message("This file is empty. Please export the playlist once more."))
    if "title" not in _header(rows[0]).columns:
        seen = shown(", ".join(rows[0][:12])) if any(rows[0]) else Message("nothing")
        raise PlaylistError(
            Message(
                "This file has no column of titles. Its first line should name the columns: Track "
                "Name, Artist Name(s) and the audio features as Exportify does, or title, artist, "
                "{features}, in one of many languages. Found: {seen}.",
                features=", ".join(FEATURE_NAMES),
                seen=seen,
            )
        )
    if not any(any(row) for row in rows[1:]):
        raise PlaylistError(Message("This file has a header but no rows: the playlist is empty."))

    parts, skipped = _parts(rows, first)
    tables, said = [], list(notes)
    for part in [part for part in parts if part.rows] or parts[:1]:
        table, more = _as_table(part)
        tables.append(table)
        said += more
    table = pd.concat(tables).fillna("").sort_index() if len(tables) > 1 else tables[0]
    tracks, unusable = tracks_from_table(table, "csv", name)
    skipped += unusable
    if not tracks:
        first_one = skipped[0]
        raise PlaylistError(
            Message(
                "This file has no usable row. {name}: {reason:.}",
                name=first_one.name,
                reason=first_one.reason,
            )
        )
    said += _note_on_moods(tracks, parts[0].header.columns)
    title = shown(PurePath(name).stem.replace("_", " "))
    return Playlist(
        title or Message("CSV file"),
        "csv",
        tuple(tracks),
        tuple(skipped),
        notes=tuple(dict.fromkeys(said)),
    )


def _header(names: Sequence[str]) -> Header:
    return read_header([without_entities(name) for name in names])


def _known(names: Sequence[str]) -> int:
    """How much of a playlist's header these names are; 0 if they name no title."""
    columns = _header(names).columns
    return len(columns) if "title" in columns else 0


def _parts(rows: Sequence[Sequence[str]], first: int) -> tuple[list[_Part], list[Skipped]]:
    """Sort rows by the header they stand under, and tell those that are none.

    Exports that were put together have a header in their midst: the same one, or another.
    """
    header, skipped = list(rows[0]), []
    if len(rows) - 1 > MAX_ROWS:
        beyond = Message(
            "rows {first} to {last}", first=first + MAX_ROWS + 1, last=first + len(rows) - 1
        )
        why = Message("only the first {count} rows are read", count=MAX_ROWS)
        skipped.append(Skipped(beyond, why))
    current = _Part(_header(header))
    parts = {_layout_key(header): current}
    words, looks = _folded(header), 0
    for number, row in enumerate(rows[1 : MAX_ROWS + 1], start=first + 1):
        if not any(row):
            continue  # a blank line is no row
        looked_at = looks < _MAX_LOOKS and _shares_words(row, words)
        looks += looked_at
        if looked_at and _is_header(row, words):
            key = _layout_key(row)
            if key in parts or len(parts) < _MAX_LAYOUTS:
                header, words = list(row), _folded(row)
                current = parts.setdefault(key, _Part(_header(header)))
                skipped.append(Skipped(row_name(number), _HEADER_AGAIN))
                continue
        if any(row[len(header) :]):
            why = Message("it has more cells than the header")
            skipped.append(Skipped(row_name(number), why))
        elif len(row) < len(header) and any("\n" in cell for cell in row):
            why = Message("a quotation mark in it is never closed")
            skipped.append(Skipped(row_name(number), why))
        else:
            current.numbers.append(number)
            current.rows.append([*row, *[""] * (len(header) - len(row))])
    return list(parts.values()), skipped


def _plain(cell: str) -> str:
    return cell.removeprefix("\ufeff").strip().casefold()  # a second file begins with its mark


def _layout_key(header: Sequence[str]) -> tuple[str, ...]:
    return tuple(_plain(cell) for cell in header)


def _folded(header: Sequence[str]) -> frozenset[str]:
    return frozenset(_layout_key(header)) - {""}


def _shares_words(row: Sequence[str], words: frozenset[str]) -> bool:
    """Whether one of a row's first three cells is a name of a column: the quick question."""
    return any(_plain(cell) in words for cell in row[:3])


def _is_header(row: Sequence[str], words: frozenset[str]) -> bool:
    """Whether a row names columns again: all of them, or two and a title among others."""
    cells = _folded(row)
    if cells == words:
        return True
    return len(cells & words) > 1 and 2 * len(cells & words) >= len(cells) and _known(row) > 1


def _as_table(part: _Part) -> tuple[pd.DataFrame, list[Message]]:
    """Known columns as texts in our units, by row number, and what is to be said of them."""
    import pandas as pd  # noqa: PLC0415  see above

    columns = part.header.columns
    notes: list[Message] = []
    cells = [[row[position] for position in columns.values()] for row in part.rows]
    table = pd.DataFrame(cells, index=part.numbers, columns=list(columns), dtype=str)
    if "duration_ms" in table:
        lengths = milliseconds(table["duration_ms"], part.header.length_unit)
        table["duration_ms"] = lengths.map(str)
    there = [name for name in FEATURE_NAMES if name in columns]
    missing = [name for name in FEATURE_NAMES if name not in columns]
    if there and missing:
        table = table.drop(columns=there)
        notes.append(
            Message(
                "This file has some audio features but lacks {missing}. A mood needs all nine, so "
                "its own are not used.",
                missing=", ".join(missing),
            )
        )
    elif there:
        table, scaled = without_percents(table)
        if scaled:
            notes.append(
                Message(
                    "The audio features of this file are on a scale of 0 to 100. They were divided "
                    "by 100, but for loudness and tempo."
                )
            )
    return table, notes


def _note_on_moods(tracks: Sequence[Track], columns: Mapping[str, int]) -> list[Message]:
    """Say what becomes of tracks that bring no features; nothing if all nine columns are there."""
    if set(FEATURE_NAMES) <= columns.keys():
        return []
    said = []
    if not set(FEATURE_NAMES) & columns.keys():
        said.append(Message("This file has no audio features."))
    nameless = sum(not (one.spotify_id or one.isrc or one.deezer_id) for one in tracks)
    if nameless == len(tracks):
        said.append(Message("The moods of its tracks stay unknown."))
    else:
        said.append(
            Message(
                "Features are looked up by the ISRC, Spotify or Deezer identifiers of its tracks."
            )
        )
        if nameless:
            said.append(
                plural(
                    "{count} track names none and remains unknown.",
                    "{count} tracks name none and remain unknown.",
                    nameless,
                )
            )
    said.append(Message("Exportify adds them when “Include audio features data” is ticked."))
    return [joined(said)]
