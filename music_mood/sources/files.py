"""The files that a visitor gives, several at once: audio and CSV -> one playlist."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from music_mood.errors import PlaylistError
from music_mood.files.audio_files import (
    AUDIO_SUFFIXES,
    OTHER_SUFFIXES,
    GivenFile,
    read_audio_file,
)
from music_mood.files.csv_file import read_csv
from music_mood.files.table import STANDS_TWICE
from music_mood.matching import Doubles
from music_mood.values import Playlist, Skipped, Track

TABLE_SUFFIXES = (".csv", ".tsv", ".txt")

MAX_MB_EACH = 50
MAX_MB_IN_ALL = 200
"""Limits for files in memory, in MB of 2**20 bytes. Files on disk are not held, so need none."""

MAX_FILES = 5_000


def read_files(files: Sequence[GivenFile], title: str = "My files") -> Playlist:
    """Read files as one playlist, in their order.

    Parameters
    ----------
    files : sequence of GivenFile
        Tables (`TABLE_SUFFIXES`) are read by `read_csv`, all others as audio.
    title : str
        The playlist's, unless there is only one file.

    Returns
    -------
    Playlist
        What cannot be used is listed in `skipped`.

    Raises
    ------
    PlaylistError
        There is no usable file.
    """
    if len(files) == 1 and files[0].suffix in TABLE_SUFFIXES:
        return _read_table(files[0])
    tracks: list[Track] = []
    doubles = Doubles()
    skipped: list[Skipped] = []
    notes: list[str] = []
    for file, too_much in zip(files, _over_limits(files), strict=True):
        found = too_much or _read(file)
        if isinstance(found, Skipped):
            skipped.append(found)
            continue
        skipped += found.skipped
        notes += [note for note in found.notes if note not in notes]
        for track in found.tracks:
            if doubles.is_new(track):
                tracks.append(track)
            else:
                skipped.append(Skipped(file.name, STANDS_TWICE))
    if not tracks:
        raise PlaylistError(_none_usable(skipped))
    return Playlist(
        tracks[0].title if len(files) == 1 else title,
        "files",
        tuple(tracks),
        tuple(skipped),
        notes=tuple(notes),
    )


def audio_files_below(folder: Path) -> list[GivenFile]:
    """Find the audio files in a folder and the folders in it, in order; hidden ones stay hidden.

    Raises
    ------
    PlaylistError
        There are none, or more than `MAX_FILES`.
    """
    found: list[GivenFile] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        paths = [Path(parent, name) for name in sorted(names) if not name.startswith(".")]
        found += [
            GivenFile(path.name, path)
            for path in paths
            if path.suffix.lower() in (*AUDIO_SUFFIXES, *OTHER_SUFFIXES)
        ]
        if len(found) > MAX_FILES:
            raise PlaylistError(
                f"The folder {folder} holds more than {MAX_FILES} audio files. Please name one of "
                "the folders in it."
            )
    if not found:
        kinds = ", ".join(suffix.removeprefix(".") for suffix in AUDIO_SUFFIXES)
        raise PlaylistError(f"There are no audio files ({kinds}) in the folder {folder}.")
    return found


def _over_limits(files: Iterable[GivenFile]) -> Iterable[Skipped | None]:
    """Tell, for each file, whether it is too much for our memory."""
    held = 0
    for number, file in enumerate(files):
        if number >= MAX_FILES:
            yield Skipped(file.name, f"only {MAX_FILES} files are read at once")
        elif len(file.data) > MAX_MB_EACH << 20:
            yield Skipped(file.name, f"it is larger than {MAX_MB_EACH} MB")
        elif held + len(file.data) > MAX_MB_IN_ALL << 20:
            yield Skipped(file.name, f"all files together may have {MAX_MB_IN_ALL} MB")
        else:
            held += len(file.data)
            yield None


def _read(file: GivenFile) -> Playlist | Skipped:
    if file.suffix in TABLE_SUFFIXES:
        try:
            return _read_table(file)
        except PlaylistError as error:
            return Skipped(file.name, str(error))
    found = read_audio_file(file)
    return found if isinstance(found, Skipped) else Playlist(file.name, "files", (found,))


def _read_table(file: GivenFile) -> Playlist:
    try:
        return read_csv(file.read(), file.name)
    except OSError as cause:
        raise PlaylistError(f"The file {file.name[:80]} cannot be opened.") from cause


def _none_usable(skipped: Sequence[Skipped]) -> str:
    first = f"{skipped[0].name[:80]}: {skipped[0].reason.rstrip('.')}." if skipped else ""
    if len(skipped) == 1:
        return f"This file cannot be used. {first}"
    return f"None of these {len(skipped)} files can be used. {first}"
