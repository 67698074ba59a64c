"""The files that a visitor gives, several at once: audio and lists of tracks -> one playlist."""

import os
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from itertools import chain
from pathlib import Path

from i18n import Message, plural
from music_mood.errors import PlaylistError
from music_mood.files.audio_files import (
    AUDIO_SUFFIXES,
    OTHER_SUFFIXES,
    GivenFile,
    read_audio_file,
)
from music_mood.files.csv_file import MAX_BYTES
from music_mood.files.lists.forms import (
    FORM_SUFFIXES,
    HEAD,
    VIDEO,
    Form,
    form_of,
    is_film,
    is_sound,
    unreadable,
)
from music_mood.files.lists.playlist_files import read_playlist_file
from music_mood.files.table import STANDS_TWICE
from music_mood.matching import Doubles
from music_mood.values import Playlist, Skipped, Track
from music_mood.web.paging import PagesRead

SUFFIXES = (*AUDIO_SUFFIXES, *FORM_SUFFIXES)
"""How files are called that can be brought; what they hold decides how they are read."""

MAX_MB_EACH = 50
MAX_MB_IN_ALL = 200
"""Limits for files in memory, in MB of 2**20 bytes. Files on disk are not held, so need none."""

MAX_FILES = 5_000

MY_FILES = Message("My files")


def read_files(
    files: Sequence[GivenFile], title: Message | str = MY_FILES
) -> Generator[PagesRead, None, Playlist]:
    """Read files as one playlist, in their order.

    Parameters
    ----------
    files : sequence of GivenFile
        Audio, and lists of tracks in any form that `read_playlist_file` knows. Where a list names
        an audio file that is given as well, that file stands in the list's place for it.
    title : Message or str
        The playlist's, unless there is only one file.

    Yields
    ------
    PagesRead
        After each file.

    Returns
    -------
    Playlist
        What cannot be used is listed in `skipped`.

    Raises
    ------
    PlaylistError
        There is no usable file.
    """
    if len(files) == 1 and _form(files[0]) is not Form.AUDIO:
        return _read_list(files[0])
    found: list[Playlist | Skipped] = []
    for file, too_much in zip(files, _over_limits(files), strict=True):
        found.append(too_much or _read(file))
        yield PagesRead(len(found), len(files))
    return _put_together(files, found, title)


def _put_together(
    files: Sequence[GivenFile], found: Sequence[Playlist | Skipped], title: Message | str
) -> Playlist:
    """Make one playlist of what was found in each file."""
    tracks: list[Track] = []
    doubles = Doubles()
    skipped: list[Skipped] = []
    notes: list[Message] = []
    brought = _by_name(found)
    in_lists: set[str] = set()
    for file, one in zip(files, found, strict=True):
        if isinstance(one, Skipped):
            skipped.append(one)
            continue
        skipped += one.skipped
        notes += [note for note in one.notes if note not in notes]
        for named in one.tracks:
            track = brought.get(_place(named), named)
            if track is not named:
                in_lists.add(track.uri)
            if doubles.is_new(track):
                tracks.append(track)
            elif track is not named or track.uri not in in_lists:
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
                Message(
                    "The folder {folder} holds more than {count} audio files. Please name one of "
                    "the folders in it.",
                    folder=str(folder),
                    count=MAX_FILES,
                )
            )
    if not found:
        kinds = ", ".join(suffix.removeprefix(".") for suffix in AUDIO_SUFFIXES)
        raise PlaylistError(
            Message(
                "There are no audio files ({kinds}) in the folder {folder}.",
                kinds=kinds,
                folder=str(folder),
            )
        )
    return found


def _over_limits(files: Iterable[GivenFile]) -> Iterable[Skipped | None]:
    """Tell, for each file, whether it is too much for our memory."""
    held = 0
    for number, file in enumerate(files):
        if number >= MAX_FILES:
            yield Skipped(
                file.name, Message("only {count} files are read at once", count=MAX_FILES)
            )
        elif len(file.data) > MAX_MB_EACH << 20:
            yield Skipped(file.name, Message("it is larger than {size} MB", size=MAX_MB_EACH))
        elif held + len(file.data) > MAX_MB_IN_ALL << 20:
            too_much = Message("all files together may have {size} MB", size=MAX_MB_IN_ALL)
            yield Skipped(file.name, too_much)
        else:
            held += len(file.data)
            yield None


def _read(file: GivenFile) -> Playlist | Skipped:
    if _form(file) is not Form.AUDIO:
        try:
            return _read_list(file)
        except PlaylistError as error:
            return Skipped(file.name, error.message)
    found = read_audio_file(file)
    if isinstance(found, Track):
        return Playlist(file.name, "files", (found,))
    return found if file.suffix in (*AUDIO_SUFFIXES, *OTHER_SUFFIXES) else _no_audio(file, found)


def _by_name(found: Iterable[Playlist | Skipped]) -> dict[str, Track]:
    """Give the audio files among what was found by what a list calls them, if only one is meant."""
    lists = (one.tracks for one in found if isinstance(one, Playlist))
    audio = [one for one in chain.from_iterable(lists) if one.audio_file or one.audio_path]
    times = Counter(map(_place, audio))
    return {_place(one): one for one in audio if times[_place(one)] == 1}


def _place(track: Track) -> str:
    """Give the part of a file's uri that tells its name, as many systems do whatever its case."""
    return track.uri.partition("#")[0].casefold()


def _form(file: GivenFile) -> Form:
    return form_of(_beginning(file, HEAD), file.suffix)


def _beginning(file: GivenFile, size: int) -> bytes:
    """Give a file's first bytes; none if it cannot be opened."""
    try:
        with file.open() as opened:
            return opened.read(size)
    except OSError:
        return b""


def _no_audio(file: GivenFile, why: Skipped) -> Skipped:
    """Say what a file is that is not called audio and could not be read as such."""
    if is_film(_beginning(file, MAX_MB_EACH << 20)):
        return Skipped(file.name, unreadable(VIDEO).message)
    head = _beginning(file, HEAD)
    if not head or is_sound(head):
        return why
    return Skipped(file.name, unreadable(Message("no file of a kind that we know")).message)


def _read_list(file: GivenFile) -> Playlist:
    try:
        with file.open() as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as cause:
        raise PlaylistError(cannot_be_opened(file.name)) from cause
    return read_playlist_file(data, file.name)


def cannot_be_opened(name: str) -> Message:
    """Say that a file cannot be opened."""
    return Message("The file {name} cannot be opened.", name=name[:80])


def _none_usable(skipped: Sequence[Skipped]) -> Message:
    count = len(skipped)
    if not skipped:
        return Message("There is no file.")
    return plural(
        "This file cannot be used. {name}: {reason:.}",
        "None of these {count} files can be used. {name}: {reason:.}",
        count,
        name=str(skipped[0].name)[:80],
        reason=skipped[0].reason,
    )
