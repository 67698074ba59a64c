"""What the columns of other people's tables are called, in many languages.

The words stand in headers.json: by language and by our name of the column, the best word first.
They are written as people write them and compared without case, accents, blanks and brackets.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

MAX_COLUMNS = 300
"""Columns further right are not looked at."""

_MAX_NAME = 100
_VOICED = "\u3099\u309a"
"""Marks that make another syllable of a Japanese one: not accents."""

_LETTERS = str.maketrans("\u0131\u00f8\u0142\u0111\u00e6", "iolda")
"""Letters that Unicode does not take apart into a bare one and an accent."""

_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of a table's columns.

    Attributes
    ----------
    columns : mapping of str to int
        Our name of each column that is known, and where it stands (from 0).
    length_unit : str or None
        The unit that the name of the column of lengths tells: "ms", "s", "min" or "h".
    """

    columns: Mapping[str, int]
    length_unit: str | None = None


@dataclass(frozen=True, slots=True)
class _Words:
    """headers.json, ready to look up: (our column, rank) of a word by language, and the rest."""

    languages: tuple[Mapping[str, tuple[str, int]], ...]
    units: Mapping[str, str]
    before_a_unit: frozenset[str]


def plain_name(name: str) -> str:
    """Reduce a column's name to what is compared: "Artist Name(s)" and "artist_name" are one.

    Parameters
    ----------
    name : str
        As written in a file, or in headers.json.

    Returns
    -------
    str
        Letters and digits in lower case, without accents; "" if there are none outside brackets.
    """
    return "".join(_words(_BRACKETS.sub("", _folded(name))))


def known_columns(header: Sequence[str]) -> dict[str, int]:
    """Find the columns that a header names; see `read_header`."""
    return dict(read_header(header).columns)


def read_header(header: Sequence[str]) -> Header:
    """Tell what the columns of a table are.

    A word may mean different things in different languages: the language that knows most of the
    header comes first, others only for what it does not know. Of several columns for one thing
    the best name counts, of two alike the first one.

    Parameters
    ----------
    header : sequence of str
        Names as the file has them.

    Returns
    -------
    Header
        Columns that nobody knows are left out.
    """
    words = _all_words()
    names = [_spellings(name[:_MAX_NAME], words) for name in header[:MAX_COLUMNS]]

    def covered(language: Mapping[str, tuple[str, int]]) -> int:
        return len({language[key][0] for keys in names for key, _ in keys if key in language})

    ranked = sorted(words.languages, key=covered, reverse=True)  # alike: in the file's order
    best: dict[str, tuple[int, int, int, str | None]] = {}
    for position, keys in enumerate(names):
        found = _meaning(keys, ranked)
        if found:
            field, order, rank, unit = found
            best[field] = min(
                best.get(field, (order, rank, position, unit)),
                (order, rank, position, unit),
                key=lambda one: one[:3],
            )
    length = best.get("duration_ms")
    columns = {field: position for field, (_, _, position, _) in best.items()}
    unit = length[3] if length and length[3] in ("ms", "s", "min", "h") else None
    return Header(columns, unit)


def length_units() -> Mapping[str, str]:
    """Give the words for units of time, plain, and which they mean: "ms", "s", "min" or "h"."""
    return {
        word: unit for word, unit in _all_words().units.items() if unit in ("ms", "s", "min", "h")
    }


def _meaning(
    keys: Sequence[tuple[str, str | None]], languages: Sequence[Mapping[str, tuple[str, int]]]
) -> tuple[str, int, int, str | None] | None:
    """Our column, place of the language, rank of the word there, and unit; None if unknown."""
    for order, language in enumerate(languages):
        for key, unit in keys:
            if key in language:
                field, rank = language[key]
                return field, order, rank, unit
    return None


def _spellings(name: str, words: _Words) -> list[tuple[str, str | None]]:
    """Give what may stand in headers.json for this name, and the unit that the name tells then."""
    folded = _folded(name)
    # a name wholly in brackets is no unit: "[title]"
    bare = _words(_BRACKETS.sub("", folded)) or _words(folded)
    unit = None
    for inside in _BRACKETS.findall(folded):
        unit = unit or words.units.get("".join(_without(_words(inside), words.before_a_unit)))
    found = [("".join(bare), unit)]
    # "duration_ms", "Time in seconds"
    if len(bare) > 1 and bare[-1] in words.units:
        rest = bare[:-1]
        while len(rest) > 1 and rest[-1] in words.before_a_unit:
            rest = rest[:-1]
        found.append(("".join(rest), words.units[bare[-1]]))
    # "durationMs": written together
    joined = re.fullmatch(r"(.{3,}?)(ms|msec|millis|milliseconds|sec|secs|seconds)", found[0][0])
    if joined:
        found.append((joined[1], words.units.get(joined[2])))
    return [(key, unit) for key, unit in found if key]


def _without(found: Sequence[str], left_out: frozenset[str]) -> list[str]:
    return [word for word in found if word not in left_out] or list(found)


def _words(folded: str) -> list[str]:
    return _WORD.findall(folded)


def _folded(text: str) -> str:
    """Lower case, one kind of width, no accents."""
    parts = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    parts = parts.replace("#", " number ")  # "Track #" is no title
    bare = (
        part
        for part in unicodedata.normalize("NFKD", parts)
        if part in _VOICED or not unicodedata.combining(part)
    )
    return unicodedata.normalize("NFC", "".join(bare))


@cache
def _all_words() -> _Words:
    text = resources.files(__package__).joinpath("headers.json").read_text(encoding="utf-8")
    content = json.loads(text)
    languages = tuple(
        {
            plain_name(word): (field, rank)
            for field, words in fields.items()
            for rank, word in enumerate(words)
        }
        for fields in content["languages"].values()
    )
    units = {
        "".join(_words(_folded(word))): unit
        for unit, words in content["units"].items()
        for word in words
    }
    return _Words(languages, units, frozenset(map(_folded, content["before_a_unit"])))
