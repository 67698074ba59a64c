"""A text -> the records of a delimited file, whatever program wrote it."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from i18n import Message
from music_mood.errors import PlaylistError

DELIMITERS = ",;\t|"

MAX_ABOVE = 30
"""Most records before the header: a title, a note, blank lines."""

_LAYOUT_CHARACTERS = 2**18
"""In which the header must begin."""

_EXCEL_HINT = re.compile(r"sep=(.)[\r\n]+", re.IGNORECASE)
_BACKSLASH_QUOTES = re.compile(r'\\"(?:[^",;\t|\r\n]|"[,;\t|\r\n]|"\Z)')
"""Where a quotation mark within quotes is written with a backslash before it: nobody who doubles
it writes so."""

_ENTITY = re.compile(r"&(?:amp;)?(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_KEPT = "\0"
"""Stands for the semicolon of "&amp;" while cells are split; no text has it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a delimited text is laid out.

    Attributes
    ----------
    start : int
        Position of the header's first character.
    above : int
        Records before the header, blank ones included; not Excel's hint, which Excel hides.
    delimiter : str
        One character.
    known : int
        What the caller's `known` says of the header.
    """

    start: int
    above: int
    delimiter: str
    known: int


def records(text: str, known: Callable[[list[str]], int]) -> tuple[int, list[list[str]]]:
    """Split text into records, quoted line breaks and all; blank lines are empty records.

    Blanks before a quotation mark and backslashes before one within quotes are understood.

    Parameters
    ----------
    text : str
        A whole file.
    known : callable
        Says how many names of a header are known. The header is the record, and the delimiter the
        one, that make most of it.

    Returns
    -------
    int
        Records that stand before the header: see `Layout.above`.
    list of list of str
        The header and all that follows.

    Raises
    ------
    PlaylistError
        A quotation mark is opened and never closed.
    """
    if "&" in text:
        text = _ENTITY.sub(lambda entity: entity[0].replace(";", _KEPT), text)
    if _BACKSLASH_QUOTES.search(text):
        text = re.sub(r'\\(["\\])', lambda mark: '""' if mark[1] == '"' else "\\", text)
    try:
        found = layout(text, lambda names: known(_restored(names)))
        rows = list(_reader(text[found.start :], found.delimiter))
        if not found.known and any(rows) and all(len(row) <= 1 for row in rows):
            # each line wholly in quotes, as a spreadsheet saves lines that it did not split
            lines = "\n".join(row[0] if row else "" for row in rows)
            inner = layout(lines, lambda names: known(_restored(names)))
            if inner.known:
                found = Layout(0, found.above + inner.above, inner.delimiter, inner.known)
                rows = list(_reader(lines[inner.start :], inner.delimiter))
        return found.above, [_restored(row) for row in rows]
    except csv.Error as cause:
        raise PlaylistError(
            Message(
                "This file cannot be split into rows: perhaps a quotation mark is opened and never "
                "closed. Please export it once more."
            )
        ) from cause


def layout(text: str, known: Callable[[list[str]], int]) -> Layout:
    """Find the header of a delimited text: before it may stand a title, notes and blank lines.

    Parameters
    ----------
    text, known
        As for `records`; `text` may be only a beginning that holds the header.

    Returns
    -------
    Layout
        If no name is known, the first line that is not blank counts as the header.

    Raises
    ------
    csv.Error
        There is no record.
    """
    hint = _EXCEL_HINT.match(text)  # the line in which Excel tells its delimiter
    start = hint.end() if hint else 0
    head = text[start : start + _LAYOUT_CHARACTERS]
    best: tuple[tuple[int, int, int], Layout] | None = None
    fault = None
    for delimiter in hint[1] if hint else DELIMITERS:
        try:
            for above, (at, cells) in enumerate(_placed(head, delimiter)):
                if above > MAX_ABOVE:
                    break
                if not any(map(str.strip, cells)):
                    continue
                score = known(cells)
                rank = (score, -above, len(cells))
                if best is None or rank > best[0]:
                    best = rank, Layout(start + at, above, delimiter, score)
        except csv.Error as cause:
            fault = cause
    if best:
        return best[1]
    if fault:
        raise fault
    return Layout(len(text), 0, hint[1] if hint else DELIMITERS[0], 0)


def known_in(text: str, known: Callable[[list[str]], int]) -> int:
    """Give what `known` says of a text's header; 0 if it is no table."""
    try:
        return layout(text, known).known
    except csv.Error:
        return 0


def _placed(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Give each record with the position of its first character."""
    ends = [0]

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            ends.append(ends[-1] + len(line))
            yield line

    reader = csv.reader(lines(), delimiter=delimiter, skipinitialspace=True)
    while True:
        start = ends[reader.line_num]
        try:
            yield start, next(reader)
        except StopIteration:
            return


def _reader(text: str, delimiter: str) -> Iterator[list[str]]:
    stream = io.StringIO(text, newline="")
    return csv.reader(stream, delimiter=delimiter, skipinitialspace=True)


def _restored(cells: list[str]) -> list[str]:
    return [cell.replace(_KEPT, ";") if _KEPT in cell else cell for cell in cells]
