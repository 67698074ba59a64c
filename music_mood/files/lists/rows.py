"""Rows of cells, from whatever form -> a playlist, by the road of CSV files."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import replace

from i18n.foreign import clean
from music_mood.files.csv_file import MAX_BYTES, read_csv
from music_mood.values import SOUND, Playlist

MAX_CELL = 2_000
"""Most characters of a cell; the rest is cut. Titles are cut much shorter later."""


def playlist_of_rows(rows: Iterable[Sequence[str]], name: str, source: str) -> Playlist:
    """Read rows as `read_csv` does, whose rules for headers and values hold here as well.

    Parameters
    ----------
    rows : iterable of sequence of str
        The header among the first. Blank rows count, as a spreadsheet counts them.
    name : str
        The file's.
    source : str
        For `Playlist.source` and `Track.features_source`.

    Raises
    ------
    PlaylistError
        As `read_csv`.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    for row in rows:
        writer.writerow([clean(cell[:MAX_CELL]) for cell in row])
        if file.tell() > MAX_BYTES:
            break  # `read_csv` says what to do then
    playlist = read_csv(file.getvalue().encode("utf-8-sig"), name)
    tracks = [
        track if track.features_source in (None, SOUND) else replace(track, features_source=source)
        for track in playlist.tracks
    ]
    return replace(playlist, source=source, tracks=tuple(tracks))
