"""Numbers in other people's units -> ours: lengths in milliseconds, features from 0 to 1.

What a cell says by itself ("4:58", "73%") counts. Where it does not, the whole column tells: its
name, or how large its numbers are. What stays open is left out rather than guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from music_mood.files.headers import length_units
from music_mood.values import FEATURE_NAMES, FEATURE_RANGES

if TYPE_CHECKING:
    import pandas as pd  # 70 MB and 0.2 s, which only those wait for who bring a table

SHARES = tuple(name for name in FEATURE_NAMES if FEATURE_RANGES[name] == (0.0, 1.0))
"""The features that are shares, from 0 to 1; some write them as percents."""

_MS: Mapping[str, float] = {"ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000}
_LONGEST_IN_SECONDS = 10_000
"""Where nothing tells the unit: a list whose middle piece were this long is in milliseconds."""

_SHORTEST_S = 15
"""Where nothing tells the unit: smaller numbers may be minutes, and are left out."""

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):(\d{1,2})(?:[.,](\d{1,6}))?")
_ISO = re.compile(r"p(?:0+d)?t(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d+(?:[.,]\d+)?)s)?")
_PARTS = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(['\u2032\u2019\"\u2033\u201d]{1,2}|[^\W\d_]+\.?)\s*,?\s*"
)
_MARKS = {
    "'": "min",
    "\u2032": "min",
    "\u2019": "min",
    '"': "s",
    "\u2033": "s",
    "\u201d": "s",
    "''": "s",
    "\u2032\u2032": "s",
}
_GROUPED = re.compile(r"\d{1,3}(?:[.,' \u00a0\u2009\u202f\u2019]\d{3})+")
_NUMBER = re.compile(r"\d+(?:[.,]\d*)?(?:e[+-]?\d{1,2})?")
_MOSTLY = 0.9
_LONGEST_TEXT = 40


def milliseconds(texts: pd.Series, unit: str | None) -> pd.Series:
    """Read a column of lengths.

    Parameters
    ----------
    texts : pandas.Series of str
        "4:58", "1:02:03", "3m 25s", "PT3M20S", "200", "200.000", "2.0E+05", ...
    unit : {"ms", "s", "min", "h"} or None
        Of plain numbers, if the column's name tells it. Otherwise their size does: seconds and
        milliseconds differ by a thousand, lengths of music do not.

    Returns
    -------
    pandas.Series of float
        Milliseconds; NaN where there is no length, or it may be this or that.
    """
    import pandas as pd  # noqa: PLC0415  see above

    cells = texts.where(texts.str.len() <= _LONGEST_TEXT, "").str.strip().str.casefold()
    digits = pd.to_numeric(cells.where(cells.str.isdecimal(), ""), errors="coerce")
    odd = cells[digits.isna()]
    words = length_units()
    told = _each(lambda cell: _told(cell, words), odd).reindex(cells.index)
    plain = digits.astype("float64").fillna(_each(_plain, odd))
    grouped = digits.astype("float64").fillna(_each(_grouped, odd)).fillna(plain)
    plain = plain.fillna(grouped)
    if unit == "ms":
        numbers = grouped
    elif unit:
        fits = plain.median() * _MS[unit] >= _LONGEST_IN_SECONDS
        numbers = (plain if fits else grouped) * _MS[unit]
    elif grouped.median() >= _LONGEST_IN_SECONDS:  # "245.760" is 245,760 ms and 245.76 s alike
        numbers = grouped
    elif plain.median() >= _SHORTEST_S:
        numbers = plain * _MS["s"]
    else:
        numbers = plain * float("nan")
    return _hours_that_are_minutes(cells, told).fillna(numbers)


def without_percents(table: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """Bring features on a scale of 0 to 100 to ours.

    One column alone may be wrong; so most of the seven that are shares must be beyond 1 nearly
    everywhere, and within 100.

    Parameters
    ----------
    table : pandas.DataFrame
        Texts, in the columns `FEATURE_NAMES` and others.

    Returns
    -------
    pandas.DataFrame
        The table, or one with new texts in the columns that were on that scale.
    bool
        Whether some were.
    """
    import pandas as pd  # noqa: PLC0415  see above

    numbers = table[list(SHARES)].apply(
        lambda column: pd.to_numeric(
            column.str.strip().str.replace(",", ".", regex=False), errors="coerce"
        )
    )
    there = numbers.notna().sum()
    large = ((numbers == 0) | ((numbers >= 1) & (numbers <= 100))).sum()
    percents = (numbers.max() > 1) & (large >= _MOSTLY * there) & (there > 0)
    if percents.sum() * 2 <= len(SHARES):
        return table, False
    whole = ((numbers % 1 == 0) | numbers.isna()).all()  # 0 and 1 may be on either scale
    changed = [name for name in SHARES if percents[name] or whole[name]]
    scaled = (numbers[changed] / 100).round(6)
    texts = scaled.astype("string").astype(object).where(scaled.notna(), table[changed])
    return table.assign(**{name: texts[name].astype(str) for name in changed}), True


def _each(read: Callable[[str], float], cells: pd.Series) -> pd.Series:
    import pandas as pd  # noqa: PLC0415  see above

    return pd.Series([read(cell) for cell in cells], index=cells.index, dtype="float64")


def _told(cell: str, words: Mapping[str, str]) -> float:
    """Milliseconds that a cell tells by itself; NaN if it is only a number, or none."""
    clock = _CLOCK.fullmatch(cell)
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups()[:3])
        if seconds >= 60:
            return float("nan")
        return ((hours * 60 + minutes) * 60 + seconds + float(f"0.{clock[4] or 0}")) * 1000
    iso = _ISO.fullmatch(cell)
    if iso and any(iso.groups()):
        hours, minutes = int(iso[1] or 0), int(iso[2] or 0)
        return ((hours * 60 + minutes) * 60 + float((iso[3] or "0").replace(",", "."))) * 1000
    return _in_words(cell, words)


def _in_words(cell: str, words: Mapping[str, str]) -> float:
    r"""Read "3m 25s", "3 min", "3'25\"", "205 sec", "3分25秒"."""
    end, total, last = 0, 0.0, float("inf")
    while end < len(cell):
        part = _PARTS.match(cell, end)
        if not part:
            # "3'25": the seconds without their mark
            if last == _MS["min"] and re.fullmatch(r"[0-5]\d", cell[end:]):
                return total + int(cell[end:]) * 1000
            return float("nan")
        unit = _MARKS.get(part[2]) or words.get(part[2].rstrip("."))
        if unit is None or _MS[unit] >= last:
            return float("nan")
        last = _MS[unit]
        total += float(part[1].replace(",", ".")) * last
        end = part.end()
    return total if end else float("nan")


def _plain(cell: str) -> float:
    return float(cell.replace(",", ".")) if _NUMBER.fullmatch(cell) else float("nan")


def _grouped(cell: str) -> float:
    """Read a number whose thousands stand apart: "200.000", "200,000", "200 000"."""
    return float(re.sub(r"\D", "", cell)) if _GROUPED.fullmatch(cell) else float("nan")


def _hours_that_are_minutes(cells: pd.Series, told: pd.Series) -> pd.Series:
    """Mend "03:45:00", which spreadsheets make of "3:45": nobody has a list of pieces of hours."""
    import pandas as pd  # noqa: PLC0415  see above

    parts = cells.str.extract(r"^(\d{1,3}):\d{1,2}:(\d{2})$")
    clocks = parts[0].notna()
    if clocks.sum() < 3 or not (parts[1][clocks] == "00").all():
        return told
    if pd.to_numeric(parts[0][clocks]).median() < 1:
        return told
    return told.where(~clocks, told / 60)
