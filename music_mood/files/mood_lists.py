"""A collection as four playlists, one for each mood: M3U files in a folder."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from i18n import Message
from music_mood.errors import OutputError
from music_mood.files.export import as_m3u
from music_mood.values import MOOD_WORDS, MOODS, LabelledTrack, Mood

MARK = b"# Made by Face the Music: written anew by its command\n"
"""A comment to players; to us, leave to write the file anew."""

HEAD = 1_000
"""Bytes at the beginning of a list in which the mark must stand."""


def list_in(folder: Path, mood: Mood) -> Path:
    """Name the list of a mood: ``calm.m3u8``; players take the suffix to mean UTF-8."""
    return folder / f"{mood}.m3u8"


def check_folder(folder: Path) -> None:
    """Make the folder, and see whether the lists may be written there: before the long work.

    Raises
    ------
    OutputError
        It cannot be made or written in, or a list lies there that somebody else made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        for path in (list_in(folder, mood) for mood in MOODS):
            if path.exists() and not _is_ours(path):
                raise OutputError(
                    Message(
                        "{file} was not made by this command and would be lost. Please move it, or "
                        "name another folder.",
                        file=str(path),
                    )
                )
    except OSError as cause:
        raise _cannot_write(folder, cause) from cause


def write_mood_lists(
    labelled: Sequence[LabelledTrack], folder: Path, *, unsure: bool = False
) -> dict[Mood, int]:
    """Write ``calm.m3u8``, ``energetic.m3u8``, ``happy.m3u8`` and ``sad.m3u8``.

    Parameters
    ----------
    labelled : sequence of LabelledTrack
        Unknown ones are left out.
    folder : pathlib.Path
        See `check_folder`. Files on this machine's disk are named as they lie from there.
    unsure : bool
        Whether those of which the model is not sure stand in the list of their likeliest mood, too.

    Returns
    -------
    dict
        How many tracks each list has; the surest stand first.

    Raises
    ------
    OutputError
        A list cannot be written.
    """
    counts = {}
    for mood in MOODS:
        tracks = sorted(
            (one for one in labelled if (_likeliest(one) if unsure else one.mood) is mood),
            key=lambda one: -(one.confidence or 0.0),
        )
        head, rest = as_m3u(tracks, MOOD_WORDS[mood], folder).split(b"\n", 1)
        try:
            _write(list_in(folder, mood), head + b"\n" + MARK + rest)
        except OSError as cause:
            raise _cannot_write(folder, cause) from cause
        counts[mood] = len(tracks)
    return counts


def _likeliest(one: LabelledTrack) -> Mood | None:
    if one.mood or one.probabilities is None:
        return one.mood
    return MOODS[one.probabilities.index(max(one.probabilities))]


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        return MARK in file.read(HEAD)


def _write(path: Path, content: bytes) -> None:
    """Put a whole file in the old one's place, or leave that as it is."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _cannot_write(folder: Path, cause: OSError) -> OutputError:
    return OutputError(
        Message(
            "The playlists cannot be written in {folder}: {reason}.",
            folder=str(folder),
            reason=cause.strerror or str(cause),
        )
    )
