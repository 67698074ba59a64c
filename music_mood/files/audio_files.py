"""Audio files that the visitor brings -> tracks, by their tags; the sound is not decoded here."""

import io
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import BinaryIO

from tinytag import ParseError, TinyTag, UnsupportedFormatError

from music_mood.files.table import shown_text
from music_mood.files.uri import named_by_file
from music_mood.matching import plain_isrc
from music_mood.values import AudioFile, Skipped, Track

AUDIO_SUFFIXES = (".mp3", ".ogg", ".oga", ".opus", ".m4a", ".flac", ".wav")

OTHER_SUFFIXES = (".m4p", ".m4b", ".wma", ".aif", ".aiff")
"""Audio files that are told of when they cannot be used, though they are not asked for."""

MIMES = ("audio/mpeg", "audio/ogg", "audio/mp4", "audio/flac", "audio/wav")
"""Contents that browsers play."""

MAX_MINUTES = 25
"""Longest piece: what lasts longer is a mix, a concert or a talk, which has no one mood."""

MAX_READS = 500_000
"""Most looks into one file. A real one needs some thousands; a damaged or crafted one could keep
the server busy for long."""

_PROTECTED = re.compile(rb"stsd\0{7}[\1-\x09].{4}(drms|drmi|enca)", re.DOTALL)
"""How an MP4 file describes an encrypted sound track (ISO 14496-12, 8.12; Apple's FairPlay)."""

_NUMBER = re.compile(r"^(?:\d{1,3}[.)]|0\d{1,2}|\d-\d\d)[\s.)-]+(?=\S)")
"""A track number before a name: "07 ", "7. ", "1-07 "; not the "99" of "99 Luftballons"."""


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file that the visitor gives: on this machine's disk, or, uploaded, in memory.

    Attributes
    ----------
    name : str
        Without folders.
    path : pathlib.Path or None
        Where it lies; None if it is in memory.
    data : bytes
        Its content, if it is in memory.
    """

    name: str
    path: Path | None = None
    data: bytes = field(default=b"", repr=False)

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


def read_audio_file(file: GivenFile) -> Track | Skipped:
    """Read an audio file's tags.

    Parameters
    ----------
    file : GivenFile
        Mp3, Ogg (Vorbis, Opus, FLAC), MP4 (AAC), FLAC or WAV: told by content, not by name.

    Returns
    -------
    Track or Skipped
        A track with its duration, without audio features. Where the tags name no title, the
        file's name gives it, and the artist if it reads "Artist - Title". `Skipped`, with the
        reason, if the file is no audio, damaged, protected, longer than `MAX_MINUTES`, or cannot
        be opened.
    """
    name = shown_text(file.name)
    try:
        with file.open() as opened:
            tag, reason = _read_tag(opened)
            protected = tag is not None and _is_protected(tag, opened)
    except OSError:
        return Skipped(name, "it cannot be opened")
    if protected:
        return Skipped(name, "it is protected against copying, so only its shop's player plays it")
    if tag is None:
        return Skipped(name, reason)
    reason = _unusable(tag)
    return Skipped(name, reason) if reason else _track(tag, file)


def artist_and_title(stem: str) -> tuple[str, str]:
    """Split a file's name without suffix: "07 Artist - Title" -> artist and title.

    The artist is "" where the name tells none.
    """
    text = unicodedata.normalize("NFC", stem)  # macOS takes letters and accents apart
    text = shown_text(text if " " in text else text.replace("_", " "))
    parts = re.split(r"\s+[-\u2013\u2014]\s+", _NUMBER.sub("", text))
    if len(parts) > 2 and parts[0].isdecimal():  # "7 - Artist - Title"
        parts = parts[1:]
    artist = parts.pop(0) if len(parts) > 1 else ""
    return artist, " - ".join(parts)


class _Bounded:
    """A file that may be read only so often."""

    def __init__(self, opened: BinaryIO) -> None:
        self._opened = opened
        self._left = MAX_READS
        self.seek, self.tell = opened.seek, opened.tell

    def read(self, size: int = -1) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise ParseError("too many reads")
        return self._opened.read(size)


def _read_tag(opened: BinaryIO) -> tuple[TinyTag | None, str]:
    """Read the tags, or tell why there are none."""
    if not opened.read(1):
        return None, "it is empty"
    opened.seek(0)
    try:
        return TinyTag.get(file_obj=_Bounded(opened)), ""  # type: ignore[arg-type]
    except UnsupportedFormatError:
        return None, "it is not an audio file of a kind we know"
    except ParseError:  # tinytag's name for whatever went wrong inside
        return None, "it is damaged"


def _mime(tag: TinyTag) -> str:
    return (tag.mime_type or "").partition(";")[0]


def _is_protected(tag: TinyTag, opened: BinaryIO) -> bool:
    if _mime(tag) != "audio/mp4":
        return False
    opened.seek(0)
    return bool(_PROTECTED.search(opened.read()))


def _unusable(tag: TinyTag) -> str:
    """Why browsers or visitors could not make use of it; "" if they can."""
    if _mime(tag) not in MIMES:
        return "browsers do not play this kind of audio"
    if not tag.duration:
        return "it is damaged: no sound can be found in it"
    if tag.duration > MAX_MINUTES * 60:
        minutes = round(tag.duration / 60)
        return f"it lasts {minutes} minutes, and what is longer than {MAX_MINUTES} has no one mood"
    return ""


def _track(tag: TinyTag, file: GivenFile) -> Track:
    artist, title = _texts(tag, "artist"), shown_text(tag.title or "")
    if not title:
        named, title = artist_and_title(PurePath(file.name).stem)
        artist = artist or named
    isrcs = map(plain_isrc, tag.other.get("isrc") or [])
    track = Track(
        title=title or shown_text(file.name),
        artist=artist,
        album=shown_text(tag.album or "") or None,
        duration_ms=round((tag.duration or 0) * 1000),
        isrc=next(filter(None, isrcs), None),
        audio_path=file.path,
        audio_file=None if file.path else AudioFile(file.name, _mime(tag), file.data),
    )
    return named_by_file(track, file.name)


def _texts(tag: TinyTag, name: str) -> str:
    """All values of a tag that may be there several times, joined by ", "."""
    values = [getattr(tag, name) or "", *(tag.other.get(name) or [])]
    return shown_text(", ".join(filter(None, map(shown_text, values))))
