"""Untrusted bytes -> the records of a delimited text file, whatever program wrote it."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator

from music_mood.errors import PlaylistError

DELIMITERS = ",;\t"

_UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_EXCEL_HINT = re.compile(r"sep=(.)[\r\n]+", re.IGNORECASE)
_ZIP_START = b"PK\x03\x04"
"""Every .xlsx, .ods and .zip begins so."""


def decode(data: bytes) -> str:
    """Turn a text file's bytes into text: UTF-16 with BOM, UTF-8 with or without, else cp1252.

    A file that is UTF-8 but for some damaged characters keeps them as U+FFFD.

    Raises
    ------
    PlaylistError
        The bytes are no text.
    """
    if data.startswith(_ZIP_START):
        raise PlaylistError(
            "This is a spreadsheet or an archive, not a CSV file. Please save or export it as CSV."
        )
    try:
        text = data.decode("utf-16" if data.startswith(_UTF16_BOMS) else "utf-8-sig")
    except UnicodeDecodeError:
        text = _decode_damaged(data)
    if _BINARY.search(text):
        raise PlaylistError(
            "This is not a text file, so there is no playlist to read. Please choose a CSV file, "
            "for example one from Exportify."
        )
    return text


def records(text: str, known: Callable[[list[str]], int]) -> list[list[str]]:
    """Split text into records, quoted line breaks and all; blank lines are empty records.

    Parameters
    ----------
    text : str
        A whole file.
    known : callable
        Says how many names of a header are known: the delimiter that makes most is right.

    Raises
    ------
    PlaylistError
        A quotation mark is opened and never closed.
    """
    try:
        start, delimiter = layout(text, known)
        return list(_reader(text[start:], delimiter))
    except csv.Error as cause:
        raise PlaylistError(
            "This file cannot be split into rows: perhaps a quotation mark is opened and never "
            "closed. Please export it once more."
        ) from cause


def layout(text: str, known: Callable[[list[str]], int]) -> tuple[int, str]:
    """Tell how a delimited text is laid out.

    Parameters
    ----------
    text, known
        As for `records`; `text` may be only a beginning that holds the header.

    Returns
    -------
    int
        Where the header begins: Excel's hint and blank lines stand before it.
    str
        The delimiter.

    Raises
    ------
    csv.Error
        The header is no record.
    """
    hint = _EXCEL_HINT.match(text)  # the line in which Excel tells its delimiter
    start = hint.end() if hint else 0
    start += len(text[start:]) - len(text[start:].lstrip("\r\n"))

    def fits(delimiter: str) -> tuple[int, int]:
        header: list[str] = next(_reader(text[start:], delimiter), [])
        return known(header), len(header)

    return start, hint[1] if hint else max(DELIMITERS, key=fits)


def _reader(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _decode_damaged(data: bytes) -> str:
    if data.startswith(_UTF16_BOMS):
        return data.decode("utf-16", "replace")
    text = data.decode("utf-8", "replace")
    foreign = sum(not character.isascii() for character in text)
    damaged = text.count("\ufffd")
    # More whole multi-byte characters than broken ones: no other encoding looks like that.
    return text if foreign - damaged > damaged else data.decode("cp1252", "replace")
