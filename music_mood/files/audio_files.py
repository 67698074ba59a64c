"""Audio files that the visitor brings -> tracks, by their tags; the sound is not decoded here."""

import io
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import BinaryIO

from tinytag import ParseError, TinyTag, UnsupportedFormatError

from i18n import Message
from i18n.foreign import clean, shown
from music_mood.files.audio_container import Bounded, TooManyReadsError
from music_mood.files.audio_content import Content, Unplayable, read_content
from music_mood.files.audio_names import Tags, artist_and_title, names_of
from music_mood.files.uri import named_by_file
from music_mood.matching import plain_isrc
from music_mood.values import AudioFile, Skipped, Track

__all__ = [
    "AUDIO_SUFFIXES",
    "MAX_MINUTES",
    "OTHER_SUFFIXES",
    "GivenFile",
    "artist_and_title",
    "file_name",
    "read_audio_file",
]

AUDIO_SUFFIXES = (
    *(".mp3", ".ogg", ".oga", ".opus", ".m4a", ".mp4", ".aac", ".flac", ".wav"),
    *(".webm", ".weba", ".mka"),
)

OTHER_SUFFIXES = (
    *(".m4p", ".m4b", ".wma", ".aif", ".aiff", ".aifc", ".mp2", ".ac3", ".spx", ".amr", ".caf"),
    *(".ape", ".wv", ".tta", ".mpc", ".dsf", ".dff", ".au", ".w64"),
)
"""Audio files that are told of when they cannot be used, though they are not asked for."""

MAX_MINUTES = 25
"""Longest piece: what lasts longer is a mix, a concert or a talk, which has no one mood."""


MAX_NAME = 200
"""Most characters of a file's name: file systems allow 255 bytes."""

DAMAGED = Message("it is damaged")


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file that the visitor gives: on this machine's disk, or, uploaded, in memory.

    Attributes
    ----------
    name : str
        Without folders; as `file_name` gives it, on the disk it may be called otherwise.
    path : pathlib.Path or None
        Where it lies; None if it is in memory.
    data : bytes
        Its content, if it is in memory.
    """

    name: str
    path: Path | None = None
    data: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        if len(self.name) > MAX_NAME or not self.name.isprintable():
            object.__setattr__(self, "name", file_name(self.name))

    @property
    def suffix(self) -> str:
        """Of its name, in lower case, for example ``.mp3``."""
        return PurePath(self.name).suffix.lower()

    def open(self) -> BinaryIO:
        """Open it for reading; bytes in memory are shared, not copied."""
        return self.path.open("rb") if self.path else io.BytesIO(self.data)

    def read(self) -> bytes:
        """Give all its bytes."""
        return self.path.read_bytes() if self.path else self.data


def file_name(given: str) -> str:
    """Give a file's name that can be shown and kept: clean, and cut before its suffix."""
    name = clean(given)
    suffix = PurePath(name).suffix[:20]
    return name if len(name) <= MAX_NAME else shown(name, MAX_NAME - len(suffix)) + suffix


def read_audio_file(file: GivenFile) -> Track | Skipped:
    """Read what an audio file holds, its tags and its name.

    Parameters
    ----------
    file : GivenFile
        Whatever browsers play (see `audio_container.FORMS`): told by content, not by name.

    Returns
    -------
    Track or Skipped
        A track with its duration, without audio features. Artist and title come from the tags and,
        where they tell nothing, from the file's name (see `audio_names`). `Skipped`, with the
        reason, if the file is no audio, or none that browsers play, a video, damaged, protected,
        longer than `MAX_MINUTES`, or cannot be opened.
    """
    name = shown(file.name)
    try:
        with file.open() as opened:
            if not opened.read(1):
                return Skipped(name, Message("it is empty"))
            content = read_content(opened, MAX_MINUTES * 60)
            tag, problem = _read_tag(opened)
    except OSError:
        return Skipped(name, Message("it cannot be opened"))
    if isinstance(content, Unplayable):
        return Skipped(name, content.reason or problem)
    if content.seconds > MAX_MINUTES * 60:
        return Skipped(name, _too_long(content.seconds))
    return _track(_tags(tag, content), content, file)


def _read_tag(opened: BinaryIO) -> tuple[TinyTag | None, Message]:
    """Read the tags; and say what is wrong with the file if nothing can be made of its sound."""
    opened.seek(0)
    try:
        # No durations: tinytag takes half a second for some, and guesses others.
        tag = TinyTag.get(file_obj=Bounded(opened), duration=False)  # type: ignore[arg-type]
    except UnsupportedFormatError:
        return None, Message("it is not an audio file of a kind we know")
    except (ParseError, TooManyReadsError):  # the first is its name for whatever went wrong inside
        return None, DAMAGED
    return tag, DAMAGED


def _too_long(seconds: float) -> Message:
    minutes = round(seconds / 60)
    if minutes <= MAX_MINUTES:
        return Message(
            "it lasts more than {most} minutes, and what is so long has no one mood",
            most=MAX_MINUTES,
        )
    return Message(
        "it lasts {minutes} minutes, and what is longer than {most} has no one mood",
        minutes=minutes,
        most=MAX_MINUTES,
    )


def _tags(tag: TinyTag | None, content: Content) -> Tags:
    """Give what the tags say as tinytag reads them, or FFmpeg where tinytag knows no such file."""
    if tag is None:
        found = content.tags
        isrcs: list[str] = [found.get("isrc", ""), found.get("tsrc", "")]
        return Tags(
            title=found.get("title", ""),
            artists=(found.get("artist", ""),),
            album_artist=found.get("album_artist", ""),
            album=found.get("album", ""),
            isrc=next(filter(None, map(plain_isrc, isrcs)), None),
        )
    return Tags(
        title=tag.title or "",
        artists=(tag.artist or "", *(tag.other.get("artist") or [])),
        album_artist=tag.albumartist or "",
        album=tag.album or "",
        track_number=str(tag.track or ""),
        isrc=next(filter(None, map(plain_isrc, tag.other.get("isrc") or [])), None),
    )


def _track(tags: Tags, content: Content, file: GivenFile) -> Track:
    names = names_of(tags, file.name)
    track = Track(
        title=names.title or shown(file.name),
        artist=names.artist,
        album=names.album or None,
        duration_ms=round(content.seconds * 1000),
        isrc=tags.isrc,
        audio_path=file.path,
        audio_file=None if file.path else AudioFile(file.name, content.mime, file.data),
    )
    return named_by_file(track, file.name)
