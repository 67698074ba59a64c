"""Untrusted ZIP archives: what they hold, bounded in number and in unpacked bytes."""

import io
import struct
import zipfile
import zlib
from lzma import LZMAError

from i18n import Message
from music_mood.errors import PlaylistError

MAX_MEMBERS = 5_000
MAX_UNPACKED = 60 * 2**20
"""Most bytes that are unpacked of one archive: a small one can hold any number of them."""

START = b"PK\x03\x04"
EMPTY = b"PK\x05\x06"

_ENTRY = b"PK\x01\x02"  # how each member is announced in the archive's table of contents
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    LZMAError,
    OSError,  # from bz2
    EOFError,
    NotImplementedError,  # a compression that Python does not know
    ValueError,
    OverflowError,
)


class Archive:
    """A ZIP archive in memory.

    Parameters
    ----------
    data : bytes
        The whole archive.

    Raises
    ------
    PlaylistError
        It is damaged, or has more than `MAX_MEMBERS` members.
    """

    def __init__(self, data: bytes) -> None:
        if data.count(_ENTRY) > MAX_MEMBERS:  # before it is opened: that takes memory for each
            raise PlaylistError(
                Message("This archive holds too many files. Please bring those that count.")
            )
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            # `ZipInfo.is_dir` fails where there is no name (before Python 3.12.2).
            names = (one.filename for one in self._zip.infolist())
            self.names = tuple(name for name in names if name and not name.endswith("/"))
        except _FAULTS as cause:
            raise PlaylistError(
                Message(
                    "This archive is damaged or incomplete. Please make it or download it once "
                    "more."
                )
            ) from cause
        self._left = MAX_UNPACKED

    def read(self, name: str) -> bytes:
        """Unpack a member.

        Raises
        ------
        PlaylistError
            It is locked by a password, damaged, not there, or more than is left of `MAX_UNPACKED`.
        """
        try:
            with self._zip.open(name) as member:
                data = member.read(self._left + 1)
        except (KeyError, *_FAULTS) as cause:
            raise PlaylistError(
                Message("This file in an archive is damaged, or packed in an unknown way.")
            ) from cause
        except RuntimeError as cause:  # zipfile's name for a missing password
            raise PlaylistError(
                Message("This archive has a password. Please unpack it.")
            ) from cause
        self._left -= len(data)
        if self._left < 0:
            self._left = 0
            raise PlaylistError(
                Message(
                    "This archive holds more than {size} MB. Please unpack it, and bring the files "
                    "that count.",
                    size=MAX_UNPACKED >> 20,
                )
            )
        return data
