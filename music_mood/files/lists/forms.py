"""Which form a file has, by its first bytes, and by its name only where those do not tell."""

import codecs
import re
from collections.abc import Mapping
from enum import StrEnum

from i18n import Message, joined
from music_mood.errors import PlaylistError
from music_mood.files.audio_files import AUDIO_SUFFIXES, OTHER_SUFFIXES
from music_mood.files.lists import archive

HEAD = 4_096
"""How many bytes tell the form."""


class Form(StrEnum):
    """What a file can be."""

    AUDIO = "audio"
    TABLE = "table"
    M3U = "m3u"
    PLS = "pls"
    XML = "xml"
    JSON = "json"
    PACKED = "packed"
    FOREIGN = "foreign"
    """Known to hold no playlist that can be read; `foreign_kind` says what it is."""


FORM_SUFFIXES: Mapping[str, Form] = {
    ".csv": Form.TABLE,
    ".tsv": Form.TABLE,
    ".txt": Form.TABLE,
    ".m3u": Form.M3U,
    ".m3u8": Form.M3U,
    ".pls": Form.PLS,
    ".xspf": Form.XML,
    ".xml": Form.XML,
    ".wpl": Form.XML,
    ".asx": Form.XML,
    ".nml": Form.XML,
    ".jspf": Form.JSON,
    ".json": Form.JSON,
    ".xlsx": Form.PACKED,
    ".ods": Form.PACKED,
    ".zip": Form.PACKED,
}
"""How files are called that hold a list of tracks."""

WAYS = Message(
    "Please bring the playlist as a CSV file, for example from Exportify (exportify.net), or paste "
    "its link on Deezer; audio files work as well."
)
"""What always works, for whoever brings something that does not."""

IMAGE, VIDEO = Message("an image"), Message("a video")
OTHER_ARCHIVE = Message("an archive other than ZIP")
PROGRAM = Message("a program")

_MAGIC: Mapping[bytes, Message] = {
    b"%PDF": Message("a PDF document"),
    b"{\\rtf": Message("a text document (RTF)"),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": Message("an old Excel or Word file"),
    b"\x89PNG": IMAGE,
    b"\xff\xd8\xff": IMAGE,
    b"GIF8": IMAGE,
    b"BM": IMAGE,
    b"II*\0": IMAGE,
    b"MM\0*": IMAGE,
    b"FLV\1": VIDEO,
    b"\0\0\1\xba": VIDEO,
    b"\0\0\1\xb3": VIDEO,
    b"\x1f\x8b": OTHER_ARCHIVE,
    b"BZh": OTHER_ARCHIVE,
    b"7z\xbc\xaf'\x1c": OTHER_ARCHIVE,
    b"Rar!\x1a\x07": OTHER_ARCHIVE,
    b"\xfd7zXZ\0": OTHER_ARCHIVE,
    b"SQLite format 3\0": Message("a database"),
    b"bplist00": Message("a binary property list"),
    b"MZ": PROGRAM,
    b"\x7fELF": PROGRAM,
}
_BRANDS: Mapping[bytes, Message] = dict.fromkeys((b"heic", b"heix", b"mif1", b"avif"), IMAGE)
"""Of files built as MP4 is."""

_RIFF: Mapping[bytes, Message] = {b"WEBP": IMAGE, b"AVI ": VIDEO}
_SHORT = (b"BM", b"MZ", b"BZh", b"GIF8")
"""Beginnings that a text may have as well."""

_SOUND = (b"ID3", b"fLaC", b"OggS", b"RIFF", b"FORM", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")
_PICTURES = re.compile(rb"hdlr.{8}vide", re.DOTALL)
"""How an MP4 file announces a track of pictures (ISO 14496-12, 8.4.3)."""

_LINK = re.compile(
    r"(https?://)?(open\.spotify\.com|(www\.)?deezer\.com)/\S+$|spotify:track:\w+$|#EXTINF:", re.I
)


def form_of(head: bytes, suffix: str) -> Form:
    """Tell a file's form.

    Parameters
    ----------
    head : bytes
        Its first `HEAD` bytes.
    suffix : str
        Of its name, in lower case, with the dot.

    Returns
    -------
    Form
        AUDIO for whatever might be sound: `read_audio_file` looks more closely.
    """
    named = FORM_SUFFIXES.get(suffix)
    if foreign_kind(head):
        return Form.FOREIGN
    if head.startswith((archive.START, archive.EMPTY)):
        return Form.PACKED
    text = _text(head)
    if text is not None:
        return _form_of_text(text, suffix)
    # perhaps a text in an encoding that only its reader understands
    is_text = named in (Form.TABLE, Form.M3U, Form.PLS) and not is_sound(head)
    return named if named and is_text else Form.AUDIO


def is_sound(head: bytes) -> bool:
    """Tell whether a file begins as audio files do; others may be sound as well."""
    return head.startswith(_SOUND) or head[4:8] == b"ftyp"


def is_film(data: bytes) -> bool:
    """Tell whether a whole MP4 file holds pictures that move."""
    return data[4:8] == b"ftyp" and bool(_PICTURES.search(data))


def foreign_kind(head: bytes) -> Message | None:
    """Say what a file is that is known to hold neither sound nor a list; None if it may."""
    for magic, kind in _MAGIC.items():
        if head.startswith(magic) and (magic not in _SHORT or _text(head) is None):
            return kind
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12])
    text = (_text(head) or "")[:1_000].lower()
    if text.startswith("[internetshortcut]"):
        return Message("a shortcut to a web page")
    is_page = text.startswith(("<!doctype html", "<html")) or (text[:1] == "<" and "<html" in text)
    return Message("a web page") if is_page else None


def unreadable(kind: Message) -> PlaylistError:
    """Say that a file of a kind holds no playlist, and which ways work."""
    what = Message("This is {kind}, from which no playlist can be read.", kind=kind)
    return PlaylistError(joined([what, WAYS]))


def _form_of_text(text: str, suffix: str) -> Form:
    named = FORM_SUFFIXES.get(suffix)
    beginnings = {"#EXTM3U": Form.M3U, "[playlist]": Form.PLS, "<": Form.XML}
    for beginning, form in beginnings.items():
        if text[: len(beginning)].lower() == beginning.lower():
            return form
    if text.startswith(("{", "[")) and named is not Form.M3U:
        return Form.JSON
    if named in (None, Form.TABLE) and _LINK.match(text.partition("\n")[0].strip()):
        return Form.M3U  # links as Spotify's app copies them, one a line
    if named in (Form.TABLE, Form.M3U, Form.PLS):  # what is called XLSX may be a text all the same
        return named
    return Form.AUDIO if suffix in (*AUDIO_SUFFIXES, *OTHER_SUFFIXES) else Form.TABLE


def _text(head: bytes) -> str | None:
    """Give the beginning of a text without what stands before its first letter; None if binary."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = head.decode("utf-16", "replace")
    else:
        text = head.decode("utf-8-sig", "replace")
    if re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", text):
        return None
    return text.lstrip()
