"""A playlist from a CSV file: Exportify's exports, other programs', and any table like them.

Columns are known by their names (see headers.json), whatever their order. Only a title is needed.
Rows that are no usable track are listed in `Playlist.skipped` with the reason, and what was
understood in another way than it may have been meant in `Playlist.notes`; nothing is dropped or
changed silently.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING

from music_mood.errors import PlaylistError
from music_mood.files.cells import without_entities
from music_mood.files.csv_text import known_in, records
from music_mood.files.encoding import decode, mended
from music_mood.files.headers import Header, read_header
from music_mood.files.table import INVISIBLE, MAX_TEXT, tracks_from_table
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

_HEADER_AGAIN = "it names the columns once more"


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
            f"This file is larger than {MAX_BYTES >> 20} MB. Please split it into smaller ones."
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
    rows: Sequence[Sequence[str]], name: str, first: int = 1, notes: Sequence[str] = ()
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
    notes : sequence of str
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
        raise PlaylistError("This file is empty. Please export the playlist once more.")
    if "title" not in _header(rows[0]).columns:
        seen = ", ".join(rows[0][:12]) if any(rows[0]) else "nothing"
        raise PlaylistError(
            "This file has no column of titles. Its first line should name the columns: Track "
            "Name, Artist Name(s) and the audio features as Exportify does, or title, artist, "
            f"{', '.join(FEATURE_NAMES)}, in one of many languages. Found: {seen[:MAX_TEXT]}."
        )
    if not any(any(row) for row in rows[1:]):
        raise PlaylistError("This file has a header but no rows: the playlist is empty.")

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
        raise PlaylistError(f"This file has no usable row. {skipped[0].name}: {skipped[0].reason}.")
    said += _note_on_moods(tracks, parts[0].header.columns)
    title = re.sub(INVISIBLE, " ", PurePath(name).stem).replace("_", " ").strip()
    return Playlist(
        title[:MAX_TEXT] or "CSV file",
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
        beyond = f"rows {first + MAX_ROWS + 1} to {first + len(rows) - 1}"
        skipped.append(Skipped(beyond, f"only the first {MAX_ROWS} rows are read"))
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
                skipped.append(Skipped(f"row {number}", _HEADER_AGAIN))
                continue
        if any(row[len(header) :]):
            skipped.append(Skipped(f"row {number}", "it has more cells than the header"))
        elif len(row) < len(header) and any("\n" in cell for cell in row):
            skipped.append(Skipped(f"row {number}", "a quotation mark in it is never closed"))
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


def _as_table(part: _Part) -> tuple[pd.DataFrame, list[str]]:
    """Known columns as texts in our units, by row number, and what is to be said of them."""
    import pandas as pd  # noqa: PLC0415  see above

    columns, notes = part.header.columns, []
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
            f"This file has some audio features but lacks {', '.join(missing)}. A mood needs all "
            "nine, so its own are not used."
        )
    elif there:
        table, scaled = without_percents(table)
        if scaled:
            notes.append(
                "The audio features of this file are on a scale of 0 to 100. They were divided by "
                "100, but for loudness and tempo."
            )
    return table, notes


def _note_on_moods(tracks: Sequence[Track], columns: Mapping[str, int]) -> list[str]:
    """Say what becomes of tracks that bring no features; nothing if all nine columns are there."""
    if set(FEATURE_NAMES) <= columns.keys():
        return []
    lead = "" if set(FEATURE_NAMES) & columns.keys() else "This file has no audio features. "
    exportify = "Exportify adds them when “Include audio features data” is ticked."
    nameless = sum(not (one.spotify_id or one.isrc or one.deezer_id) for one in tracks)
    if nameless == len(tracks):
        return [f"{lead}The moods of its tracks stay unknown. {exportify}"]
    some = f" Those that name none ({nameless}) remain unknown." if nameless else ""
    return [
        f"{lead}Features are looked up by the ISRC, Spotify or Deezer identifiers of its tracks."
        f"{some} {exportify}"
    ]
