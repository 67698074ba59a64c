"""Files that browsers show and decoders refuse -> the same picture as decoders take it.

Only what surrounds the pixels is touched; nothing is unpacked, and nothing grows by more than some
bytes.
"""

import struct
import zlib
from collections.abc import Iterator

PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_NEEDED = {b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"eXIf"}
"""Parts that pixels, transparency and orientation come from. Left out are texts and profiles,
whose size Pillow limits for the whole process, and frames of an animation after the first."""

MOST_CHUNKS = 100_000
"""Parts of a PNG that are looked at: encoders write one per 8 KB and more."""

PNG_END = struct.pack(">L", 0) + b"IEND" + struct.pack(">L", zlib.crc32(b"IEND"))

JPEG_START, JPEG_SCAN, JPEG_END = b"\xff\xd8\xff", b"\xff\xda", b"\xff\xd9"


def mended(data: bytes) -> tuple[bytes, bool]:
    """Leave out what is not needed to show a picture, and put an end where there is none.

    Parameters
    ----------
    data : bytes
        Any file.

    Returns
    -------
    bytes
        The same picture; files other than PNG and JPEG come back as they are.
    bool
        Whether the file was cut off: its last rows may be missing.
    """
    if data.startswith(PNG_START):
        return _mended_png(data)
    if data.startswith(JPEG_START):
        # between the last scan's mark and the end mark no byte pair looks like either
        cut_off = data.find(JPEG_END, data.rfind(JPEG_SCAN)) < 0
        return (data + JPEG_END if cut_off else data), cut_off
    return data, False


def heif_turns_itself(data: bytes) -> bool:
    """Tell whether a HEIC's own boxes say how to turn it: then EXIF, which may too, does not count.

    Parameters
    ----------
    data : bytes
        A file of boxes (ISO 14496-12), each with its length in front.
    """
    at = 0
    while at + 16 <= len(data):
        length, kind = struct.unpack_from(">L4s", data, at)
        if length == 1:  # in 64 bits behind the kind
            (length,) = struct.unpack_from(">Q", data, at + 8)
        if kind == b"meta":
            meta = data[at : at + length] if length else data[at:]
            return b"irot" in meta or b"imir" in meta
        if length < 8:  # 0: up to the end; less is none
            return False
        at += length
    return False


def _mended_png(data: bytes) -> tuple[bytes, bool]:
    parts, cut_off = [PNG_START], True
    for kind, whole in _png_chunks(data):
        if kind in PNG_NEEDED and (_is_critical(kind) or _has_its_checksum(whole)):
            parts.append(whole)
        if kind == b"IEND":
            cut_off = False
    return b"".join([*parts, PNG_END]), cut_off


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind of each part, and the part with its length and checksum; the last one may be cut."""
    at = len(PNG_START)
    for _ in range(MOST_CHUNKS):
        if at + 8 > len(data):
            return
        length, kind = struct.unpack_from(">L4s", data, at)
        after = at + 12 + length
        if after <= len(data):
            yield kind, data[at:after]
        elif kind == b"IDAT":
            rest = data[at + 8 : at + 8 + length]
            check = zlib.crc32(kind + rest)
            yield kind, struct.pack(">L4s", len(rest), kind) + rest + struct.pack(">L", check)
        elif kind == b"IEND":  # cut within its checksum
            yield kind, b""
        if kind == b"IEND":
            return
        at = after


def _is_critical(kind: bytes) -> bool:
    """Tell whether a picture cannot be shown without parts of this kind: a capital says so."""
    return kind[:1].isupper()


def _has_its_checksum(whole: bytes) -> bool:
    return zlib.crc32(whole[4:-4]) == int.from_bytes(whole[-4:])
