"""Whether an MP4 may be given to FFmpeg: not if it is encrypted, or claims to be gigantic."""

import io
import mmap
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from i18n import Message

MP4_BEGINS = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp")
"""The first box of an MP4 or QuickTime file."""

MAX_SAMPLES = 4_000_000
"""Most pieces of sound that an MP4 may say it has: FFmpeg makes room for all of them beforehand, so
that 1 kB could ask for gigabytes. A day of AAC has as many."""

MAX_FRAGMENTS = 200_000
"""Most pieces that an MP4 may be in; half an hour has 90 000 if every frame of sound is one."""

_PROTECTED = re.compile(rb"stsd\0{7}[\1-\x09].{4}(drms|drmi|enca|aavd)", re.DOTALL)
"""How an MP4 file describes an encrypted sound track (ISO 14496-12, 8.12; Apple's FairPlay;
Audible's)."""

_SAMPLE_COUNTS = (
    re.compile(rb"stsz(?=.{4}(?!\0{4}).{4}(.{4}))", re.DOTALL),
    re.compile(rb"trun(?=.{4}(.{4}))", re.DOTALL),
)
"""Where an MP4 says how many samples there are without listing them one by one."""


def problem_of(opened: BinaryIO) -> Message | None:
    """Tell why an MP4 should not be looked into any further.

    Parameters
    ----------
    opened : binary file
        An MP4.

    Returns
    -------
    Message or None
        For the visitor; None if it may.
    """
    with _mapped(opened) as data:
        claimed = 0
        for number, (start, end) in enumerate(_headers(data)):
            if _PROTECTED.search(data, start, end):
                return Message(
                    "it is protected against copying, so only its shop’s player plays it"
                )
            for pattern in _SAMPLE_COUNTS:
                for found in pattern.finditer(data, start, end):
                    claimed += int.from_bytes(found[1], "big")
                    if claimed > MAX_SAMPLES:
                        return Message("it is damaged, or lasts longer than a day")
            if number > MAX_FRAGMENTS:
                return Message("it is damaged: it is in too many pieces")
    return None


@contextmanager
def _mapped(opened: BinaryIO) -> Iterator[bytes | mmap.mmap]:
    """Give all bytes of a file; of one on disk, which may be a film, without reading them."""
    try:
        number = opened.fileno()
    except io.UnsupportedOperation:
        opened.seek(0)
        yield opened.read()
        return
    with mmap.mmap(number, 0, access=mmap.ACCESS_READ) as data:
        yield data


def _headers(data: bytes | mmap.mmap) -> Iterator[tuple[int, int]]:
    """Tell what of an MP4 is not sound, in which any bytes may stand by chance: start, end."""
    start = position = 0
    while position + 16 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, position)
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, position + 8)
        end = position + size if size else len(data)
        if end < position + 8:
            break
        if kind == b"mdat":
            yield start, position + 16
            start = end
        position = end
    yield start, len(data)
