"""A playlist from a CSV file: Exportify's exports, old and new, and any table in snake_case.

Columns are known by their names, whatever their order. Only a title is needed. Rows that are no
usable track are listed in `Playlist.skipped` with the reason; nothing is dropped silently.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath

import pandas as pd

from music_mood.errors import PlaylistError
from music_mood.files.csv_text import decode, records
from music_mood.files.table import INVISIBLE, MAX_TEXT, tracks_from_table
from music_mood.values import FEATURE_NAMES, Playlist, Skipped

MAX_BYTES = 20 * 2**20
MAX_ROWS = 20_000

ALIASES: Mapping[str, tuple[str, ...]] = {
    "title": ("track_name", "title", "track", "name", "song", "song_name", "track_title"),
    "artist": ("artist_name_s", "artist_names", "artists", "artist", "artist_name"),
    "album": ("album_name", "album", "album_title"),
    "duration_ms": ("duration_ms", "track_duration_ms"),
    "isrc": ("isrc",),
    "spotify_id": ("spotify_id", "track_uri", "spotify_uri", "track_id", "uri", "id"),
    "deezer_id": ("deezer_id",),
    "makers_mood": ("makers_mood",),
    "genres": ("genres", "artist_genres", "genre"),
    **{name: (name,) for name in FEATURE_NAMES},
    "tempo": ("tempo", "bpm"),
}
"""Our column names and what files call them, in snake_case ("Artist Name(s)" is artist_name_s),
the best first."""


def read_csv(data: bytes, name: str) -> Playlist:
    """Read a playlist from a file's bytes.

    Parameters
    ----------
    data : bytes
        The file: comma, semicolon or tab between cells; UTF-8, UTF-16 with BOM or Windows-1252.
    name : str
        The file's name, for the playlist's title.

    Returns
    -------
    Playlist
        Tracks in the file's order. A track without all nine audio features has none of them.

    Raises
    ------
    PlaylistError
        The file is too large, empty, no text, has no column of titles, has some but not all
        columns of audio features, or holds no usable row.
    """
    if len(data) > MAX_BYTES:
        raise PlaylistError(
            f"This file is larger than {MAX_BYTES >> 20} MB. Please split it into smaller ones."
        )
    rows = records(decode(data), lambda names: len(known_columns(names)))
    if not rows:
        raise PlaylistError("This file is empty. Please export the playlist once more.")
    header, rows = rows[0], rows[1:]
    columns = known_columns(header)
    _check(columns, header)
    if not any(any(row) for row in rows):
        raise PlaylistError("This file has a header but no rows: the playlist is empty.")

    table, skipped = _as_table(rows, columns, len(header))
    tracks, unusable = tracks_from_table(table, "csv", name)
    skipped += unusable
    if not tracks:
        raise PlaylistError(f"This file has no usable row. {skipped[0].name}: {skipped[0].reason}.")
    title = re.sub(INVISIBLE, " ", PurePath(name).stem).replace("_", " ").strip()
    return Playlist(
        title[:MAX_TEXT] or "CSV file", "csv", tuple(tracks), tuple(skipped), notes=_notes(columns)
    )


def known_columns(header: Sequence[str]) -> dict[str, int]:
    """Find the columns that a header names.

    Parameters
    ----------
    header : sequence of str
        Names as the file has them: Exportify's, or snake_case.

    Returns
    -------
    dict of str to int
        Our name (a key of `ALIASES`) of each column that is known, and where it stands.
    """
    found = {}
    for position, name in reversed(list(enumerate(header))):  # of two alike the first one counts
        found[re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")] = position
    return {
        ours: next(found[alias] for alias in aliases if alias in found)
        for ours, aliases in ALIASES.items()
        if not found.keys().isdisjoint(aliases)
    }


def _check(columns: Mapping[str, int], header: Sequence[str]) -> None:
    if "title" not in columns:
        seen = ", ".join(header[:12]) if any(header) else "nothing"
        raise PlaylistError(
            "This file has no column of titles. Its first line should name the columns: Track "
            "Name, Artist Name(s) and the audio features as Exportify does, or title, artist, "
            f"{', '.join(FEATURE_NAMES)}. Found: {seen[:MAX_TEXT]}."
        )
    missing = [name for name in FEATURE_NAMES if name not in columns]
    if missing and len(missing) < len(FEATURE_NAMES):
        raise PlaylistError(
            f"This file has some audio features but lacks {', '.join(missing)}. A mood needs all "
            f"of these columns: {', '.join(FEATURE_NAMES)}."
        )


def _notes(columns: Mapping[str, int]) -> tuple[str, ...]:
    if "valence" in columns:  # then all nine are there
        return ()
    return (
        "This file has no audio features, so the moods of its tracks stay unknown. Exportify adds "
        "them when “Include audio features data” is ticked.",
    )


def _as_table(
    rows: Sequence[Sequence[str]], columns: Mapping[str, int], width: int
) -> tuple[pd.DataFrame, list[Skipped]]:
    """Known columns as text, by row number as a spreadsheet counts (the header is row 1)."""
    skipped = []
    if len(rows) > MAX_ROWS:
        beyond = f"rows {MAX_ROWS + 2} to {len(rows) + 1}"
        skipped.append(Skipped(beyond, f"only the first {MAX_ROWS} rows are read"))
    cells, numbers = [], []
    for number, row in enumerate(rows[:MAX_ROWS], start=2):
        if not any(row):
            continue  # a blank line is no row
        if any(row[width:]):
            skipped.append(Skipped(f"row {number}", "it has more cells than the header"))
        elif len(row) < width and any("\n" in cell for cell in row):
            skipped.append(Skipped(f"row {number}", "a quotation mark in it is never closed"))
        else:
            padded = [*row, *[""] * (width - len(row))]
            cells.append([padded[position] for position in columns.values()])
            numbers.append(number)
    return pd.DataFrame(cells, index=numbers, columns=list(columns), dtype=str), skipped
