"""A table of texts, as files hold it -> tracks, and the rows that are none with the reason.

All checks work on whole columns, so that ten thousand rows take a fraction of a second.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from i18n import Message
from i18n.foreign import MAX_TEXT, shown
from music_mood.files.cells import LIST_START, names_in, without_entities
from music_mood.files.units import SHARES
from music_mood.files.uri import named_by_file
from music_mood.matching import Doubles
from music_mood.reference import Host, Kind, Reference
from music_mood.values import (
    FEATURE_NAMES,
    FEATURE_RANGES,
    NO_TITLE,
    SOUND,
    AudioFeatures,
    Mood,
    Skipped,
    Track,
)

if TYPE_CHECKING:
    import pandas as pd  # 70 MB and 0.2 s, which only those wait for who bring a table

MAX_GENRES = 8
"""Most genres of one track; the rest is left out."""

_BEFORE = (
    "'\\s\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
_SIGNS = "=+\\-@\u207a\u207c\u208a\u208c\ufb29\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20"
FORMULA = f"[{_BEFORE}]*[{_SIGNS}]"
"""How texts begin that a spreadsheet would take for a formula: with one of the four signs, in any
of the widths and sizes that Unicode's NFKC makes the same, whatever stands before it that is not
seen; and those that had an apostrophe put before them for that reason."""

NO_VALUE = ("", "nan", "null", "none", "n/a", "na", "-")
"""What programs write where they have no value."""

_MINUS = ("-", "\u2212", "\u2013")
_NUMBER_WITH_UNIT = r"^([-+\u2212\u2013]?)\s*([0-9]+(?:[.,][0-9]+)?)\s*(%|dbfs|db|lufs|bpm|/min)?$"

STANDS_TWICE = Message("the same track stands further up")
"""Why an entry that `Doubles` knows is left out."""

_AFTER_A_LINK = r"/?(?:[?#].*)?$"
_SPOTIFY_LINK = (
    r"(?:https?://)?(?:open|play)\.spotify\.com/(?:intl-[\w-]+/)?(?:embed/)?track/"
    r"|spotify:track:"
)
_SPOTIFY_ID = rf"^(?:{_SPOTIFY_LINK})?([0-9A-Za-z]{{22}}){_AFTER_A_LINK}"
_ISRC = r"^([A-Z]{2}[A-Z0-9]{3}[0-9]{7})$"  # ISO 3901
_DEEZER_LINK = (
    r"(?:https?://)?(?:www\.)?deezer\.com/(?:[a-z]{2}(?:-[a-z]{2})?/)?track/|deezer:track:"
)
_DEEZER_ID = rf"^(?:{_DEEZER_LINK})?([0-9]{{1,20}}){_AFTER_A_LINK}"


def tracks_from_table(
    table: pd.DataFrame, source: str, file_name: str
) -> tuple[list[Track], list[Skipped]]:
    """Turn rows into tracks.

    Parameters
    ----------
    table : pandas.DataFrame
        Texts, indexed by row number. Columns are named as the fields of `Track` and
        `AudioFeatures`; only ``title`` must be there, and of the nine features all or none.
    source : str
        Who gives the features, for `Track.features_source`.
    file_name : str
        For the `Track.uri` of rows that name no service's identifier.

    Returns
    -------
    list of Track
        Features are None where one of the nine has no value. Identifiers of another form than
        theirs are left out.
    list of Skipped
        Rows without a title, with a feature that is no number or outside `FEATURE_RANGES`, and
        rows whose track stands further up.
    """
    import pandas as pd  # noqa: PLC0415  see above

    texts = table.reindex(columns=["title", "artist", "album", "duration_ms"], fill_value="")
    if "makers_mood" not in table:  # our own tables mean what they say
        for name in ("title", "artist", "album"):
            texts[name] = _where(texts[name], "&", without_entities)
    texts["artist"] = _artists(_where(texts["artist"], LIST_START, names_in))
    texts = texts.apply(_shown)
    ids = {
        "isrc": _matching(table, "isrc", _ISRC, upper=True),
        "spotify_id": _matching(table, "spotify_id", _SPOTIFY_ID),
        "deezer_id": _matching(table, "deezer_id", _DEEZER_ID),
    }
    if "link" in table and "makers_mood" not in table:  # our own tables name all ids by themselves
        unnamed = (ids["spotify_id"] == "") & (ids["deezer_id"] == "")
        for name, start, what in (
            ("spotify_id", _SPOTIFY_LINK, _SPOTIFY_ID),
            ("deezer_id", _DEEZER_LINK, _DEEZER_ID),
        ):
            links = table["link"].where(table["link"].str.match(rf"\s*(?:{start})"), "")
            found = _matching(links.to_frame("link"), "link", what)
            ids[name] = ids[name].where(~unnamed, found)
    durations = pd.to_numeric(texts["duration_ms"], errors="coerce")
    durations = durations.where(durations.between(1, 2**40)).round()
    features, reasons = _features(table)
    reasons = reasons.mask(texts["title"] == "", NO_TITLE)

    tracks: list[Track] = []
    skipped: list[Skipped] = []
    doubles = Doubles()
    sources = _sources(table, source)
    known = zip(features, sources, _genres(table), _makers_moods(table), strict=True)
    columns = (table.index, *(texts[c] for c in ("title", "artist", "album")), durations)
    for row, title, artist, album, duration, isrc, spotify, deezer, more, fault in zip(
        *columns, *ids.values(), known, reasons, strict=True
    ):
        given, given_by, genres, makers_mood = more
        track = Track(
            title=title,
            artist=artist,
            album=album or None,
            duration_ms=None if np.isnan(duration) else int(duration),
            isrc=isrc or None,
            spotify_id=spotify or None,
            deezer_id=deezer or None,
            link=Reference(Host.SPOTIFY, Kind.TRACK, spotify).link if spotify else None,
            features=given,
            features_source=given_by if given else None,
            genres=genres,
            makers_mood=makers_mood,
        )
        if not (spotify or deezer):  # those names go by their service
            track = named_by_file(track, file_name)
        why = fault or (None if doubles.is_new(track) else STANDS_TWICE)
        if why:
            skipped.append(Skipped(row_name(row, title), why))
        else:
            tracks.append(track)
    return tracks, skipped


def row_name(row: int, title: str = "") -> Message:
    """Name a row of a table, for `Skipped.name`."""
    if title:
        return Message("row {row}: {title}", row=row, title=title)
    return Message("row {row}", row=row)


def feature_numbers(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Read the nine features from texts.

    Parameters
    ----------
    table : pandas.DataFrame
        Texts in the columns `FEATURE_NAMES` (others are ignored). A decimal comma, blanks around
        a number, units after it ("-6 dB", "120 BPM", "73%") and `NO_VALUE` are understood.

    Returns
    -------
    pandas.DataFrame
        float64, columns `FEATURE_NAMES`; NaN where there is no value or no number.
    pandas.Series
        Why a row's features are unusable, a `Message`: one is no number or outside
        `FEATURE_RANGES`. None where they are not, also where one has no value.
    """
    import pandas as pd  # noqa: PLC0415  see above

    reasons = _no_reasons(table.index)
    texts = table[list(FEATURE_NAMES)].apply(lambda column: column.str.strip().str.lower())
    missing = texts.isin(NO_VALUE)
    # a decimal comma, as spreadsheets write it in much of the world
    numbers = texts.mask(missing, "nan").apply(
        lambda column: pd.to_numeric(column.str.replace(",", "."), errors="coerce")
    )
    for name in FEATURE_NAMES:
        odd = texts.loc[numbers[name].isna() & ~missing[name], name]
        if len(odd):
            numbers.loc[odd.index, name] = _with_units(odd, is_share=name in SHARES)
    for name, (low, high) in FEATURE_RANGES.items():
        outside = ~numbers[name].between(low, high) & numbers[name].notna()
        limits = Message(
            "{feature} is not within {low:g} to {high:g}", feature=name, low=low, high=high
        )
        reasons = reasons.mask(outside, limits)
        no_number = numbers[name].isna() & ~missing[name]
        reasons = reasons.mask(no_number, Message("{feature} is not a number", feature=name))
    return numbers, reasons


def _with_units(texts: pd.Series, *, is_share: bool) -> pd.Series:
    """Read numbers that have a unit behind them, or a minus sign of typesetters before them."""
    import pandas as pd  # noqa: PLC0415  see above

    parts = texts.str.extract(_NUMBER_WITH_UNIT)
    numbers = pd.to_numeric(parts[1].str.replace(",", "."), errors="coerce").astype("float64")
    numbers = numbers.mask(parts[0].isin(_MINUS), -numbers)
    percent = parts[2] == "%"
    # a share has no other unit, and nothing else is in percents
    wrong = percent if not is_share else parts[2].notna() & (parts[2] != "") & ~percent
    return numbers.where(~percent, numbers / 100).mask(wrong)


def _features(table: pd.DataFrame) -> tuple[list[AudioFeatures | None], pd.Series]:
    """Features per row, and why a row's features are unusable (None if they are not)."""
    if not set(FEATURE_NAMES) <= set(table.columns):
        return [None] * len(table), _no_reasons(table.index)
    numbers, reasons = feature_numbers(table)
    usable = numbers.notna().all(axis=1) & reasons.isna()
    return [
        AudioFeatures(*row) if use else None
        for row, use in zip(numbers.to_numpy().tolist(), usable, strict=True)
    ], reasons


def _no_reasons(index: pd.Index) -> pd.Series:
    import pandas as pd  # noqa: PLC0415  see above

    return pd.Series([None] * len(index), index=index, dtype=object)


def _genres(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """Genres per row, written "a,b" or "a;b", at most `MAX_GENRES` of them."""
    if "genres" not in table:
        return [()] * len(table)
    named = _where(_where(table["genres"], "&", without_entities), LIST_START, names_in)
    texts = _shown(named).str.lower()
    return [
        tuple(dict.fromkeys(part for part in re.split(r"\s*[,;]\s*", text) if part))[:MAX_GENRES]
        if text not in NO_VALUE
        else ()
        for text in texts
    ]


def _sources(table: pd.DataFrame, source: str) -> list[str]:
    """Who gives each row's features: the table, unless it says that they were heard."""
    if "features_source" not in table:
        return [source] * len(table)
    return [SOUND if word.strip() == SOUND else source for word in table["features_source"]]


def _makers_moods(table: pd.DataFrame) -> list[Mood | None]:
    """Moods per row that the makers gave, as `music_mood.files.export` writes them."""
    if "makers_mood" not in table:
        return [None] * len(table)
    words = table["makers_mood"].str.strip().str.lower()
    return [Mood(word) if word in list(Mood) else None for word in words]


def _artists(names: pd.Series) -> pd.Series:
    r"""Join by ", " what Exportify writes as "A;B", "A,B" or "A, B", with "\," inside a name."""
    names = names.str.replace(r"\s+", " ", regex=True)  # or many blanks would cost their square
    names = names.str.replace(r" ?; ?", ", ", regex=True).str.replace("\\,", ",", regex=False)
    return names.str.replace(r"(?<!\d),(?=\S)|,(?=[^\s\d])", ", ", regex=True)  # not "10,000"


def _where(texts: pd.Series, pattern: str, change: Callable[[str], str]) -> pd.Series:
    """Change the few texts in which a pattern is found."""
    held = texts.str.contains(pattern)
    return texts.mask(held, texts[held].map(change)) if held.any() else texts


def _shown(texts: pd.Series) -> pd.Series:
    """Do to a column what `shown` does to one text; undo what keeps formulas harmless."""
    # cut last: what was written with an apostrophe before it may be one character longer
    lines = texts.map(lambda text: shown(text, MAX_TEXT + 1))
    plain = lines.str.replace(f"^'(?={FORMULA})", "", regex=True)
    return plain.map(shown)


def _matching(table: pd.DataFrame, column: str, pattern: str, upper: bool = False) -> pd.Series:
    """Take out identifiers of this form; "" where there is none."""
    import pandas as pd  # noqa: PLC0415  see above

    if column not in table:
        return pd.Series("", index=table.index, dtype=str)
    texts = table[column].str.strip()
    if upper:
        texts = texts.str.upper().str.replace("-", "")
    return texts.str.extract(pattern, expand=False).fillna("")
