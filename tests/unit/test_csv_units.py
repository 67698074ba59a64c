"""Lengths and features in other people's units."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_mood.files.csv_file import read_csv
from music_mood.files.units import milliseconds
from music_mood.values import FEATURE_NAMES


def lengths(unit, *cells):
    found = milliseconds(pd.Series(cells, dtype=str), unit)
    return [None if math.isnan(number) else round(number) for number in found]


@pytest.mark.parametrize(
    ("cell", "ms"),
    [
        ("3:07", 187_000),
        ("03:07", 187_000),
        ("0:03:07", 187_000),
        ("00:03:07", 187_000),
        ("1:02:03", 3_723_000),
        ("75:30", 4_530_000),
        ("3:07.250", 187_250),
        ("3:07,25", 187_250),
        ("3m 7s", 187_000),
        ("3m7s", 187_000),
        ("3 min 7 sec", 187_000),
        ("3 Min. 7 Sek.", 187_000),
        ("1h 2m 3s", 3_723_000),
        ("3'07\"", 187_000),
        ("3\u203207\u2033", 187_000),
        ("3'07", 187_000),
        ("PT3M7S", 187_000),
        ("PT187S", 187_000),
        ("PT1H2M3.5S", 3_723_500),
        ("P0DT0H3M7S", 187_000),
        ("3分7秒", 187_000),
        ("3 мин 7 сек", 187_000),
        ("187 s", 187_000),
        ("187000ms", 187_000),
        ("3.5 min", 210_000),
        *((bad, None) for bad in ("3:75", "-3:07", "3:", ":07", "7s 3m", "PT", "3 apples")),
        *((bad, None) for bad in ("3:07:99", "inf", "nan", "1e999", "9" * 400, "3m3m", "x", "")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("unit", [None, "ms", "s"])
def test_a_cell_that_tells_its_unit(cell, ms, unit):
    assert lengths(unit, cell) == [ms]


@pytest.mark.parametrize(
    ("unit", "cell", "ms"),
    [
        ("ms", "200000", 200_000),
        ("ms", "200.000", 200_000),
        ("ms", "200,000", 200_000),
        ("ms", "200 000", 200_000),
        ("ms", "1.200.000", 1_200_000),
        ("ms", "2.0E+05", 200_000),
        ("ms", "2,0E+05", 200_000),
        ("ms", "200000.0", 200_000),
        ("ms", "90", 90),
        ("s", "200", 200_000),
        ("s", "200.5", 200_500),
        ("s", "200,5", 200_500),
        ("s", "200.000", 200_000),
        ("s", "1,200", 1_200_000),
        ("min", "3.5", 210_000),
        (None, "200000", 200_000),
        (None, "200", 200_000),
        (None, "245.760", 245_760),
        (None, "245,760", 245_760),
        (None, "4", None),  # minutes, perhaps
        (None, "3.45", None),  # 3 min 45 s, or 3.45 min?
    ],
)
def test_a_plain_number_goes_by_the_name_or_the_size(unit, cell, ms):
    assert lengths(unit, cell) == [ms]


def test_the_column_decides_not_the_cell():
    assert lengths(None, "8", "200", "240") == [8_000, 200_000, 240_000]  # a skit among songs
    assert lengths(None, "8000", "200000", "240000") == [8_000, 200_000, 240_000]
    assert lengths(None, "5400", "200", "240") == [5_400_000, 200_000, 240_000]
    assert lengths(None, "3:20", "200", "", "x") == [200_000, 200_000, None, None]


def test_hours_that_a_spreadsheet_made_of_minutes():
    assert lengths(None, "03:45:00", "04:05:00", "02:59:00") == [225_000, 245_000, 179_000]
    assert lengths(None, "00:45:00", "00:05:00", "00:59:00") == [2_700_000, 300_000, 3_540_000]
    assert lengths(None, "01:00:00") == [3_600_000]


@pytest.mark.slow
@given(st.lists(st.text("0123456789:.,'\u2032\" msPTHMSh\u5206eE+-", max_size=14), max_size=6))
def test_any_cell_is_a_length_or_none(cells):
    for unit in (None, "ms", "s", "min", "h"):
        assert all(found is None or found >= 0 for found in lengths(unit, *cells))


@given(st.lists(st.integers(30_000, 1_800_000), min_size=1, max_size=8))
def test_seconds_and_milliseconds_are_told_apart(given_ms):
    whole = [ms - ms % 1000 for ms in given_ms]
    assert lengths(None, *map(str, given_ms)) == given_ms
    assert lengths(None, *(str(ms // 1000) for ms in whole)) == whole
    clocks = [f"{ms // 60_000}:{ms // 1000 % 60:02}" for ms in whole]
    assert lengths(None, *clocks) == whole


# -- features


def features(*rows):
    lines = [
        f"title,{','.join(FEATURE_NAMES)}",
        *(f"T{number},{row}" for number, row in enumerate(rows)),
    ]
    return read_csv("\n".join(lines).encode(), "x.csv")


def test_percents_are_recognised_and_said():
    playlist = features("61,6,58,2,10,88,-14,0,101", "0,0,99,0,100,1,-3.5,4,180")
    first, second = (track.features for track in playlist.tracks)
    assert (first.danceability, first.valence, first.instrumentalness) == (0.61, 0.88, 0.02)
    assert (first.loudness, first.tempo) == (-14, 101)
    assert (second.valence, second.liveness, second.danceability) == (0.01, 1, 0)
    assert "scale of 0 to 100" in str(playlist.notes[0])


def test_percents_need_most_columns():
    # one column, or one row, beyond 1 is an error, and told
    playlist = features("0.6,0.1,58,0,0.1,0.9,-14,0,101", "0.6,0.1,0.5,0,0.1,0.9,-14,0,101")
    assert [str(one.reason) for one in playlist.skipped] == ["energy is not within 0 to 1"]
    playlist = features("61,6,58,2,10,88,-14,3,101", *["0.6,0.1,0.5,0,0.1,0.9,-14,0.1,101"] * 2)
    assert "row 2" in str(playlist.skipped[0].name)
    assert playlist.notes == ()


def test_what_is_beyond_the_scale_is_told():
    playlist = features(*["61,6,58,2,10,88,-14,3,101"] * 12, "150,6,58,2,10,88,-14,3,101")
    assert ("row 14: T12", "danceability is not within 0 to 1") in [
        (str(one.name), str(one.reason)) for one in playlist.skipped
    ]


def test_units_behind_numbers():
    playlist = features("73%,1.5 %,50%,0%,12%,88%,\u22126.5 dB,3%,120 BPM")
    found = playlist.tracks[0].features
    assert (found.danceability, found.acousticness) == (0.73, 0.015)
    assert (found.loudness, found.tempo) == (-6.5, 120)
    assert playlist.notes == ()


@pytest.mark.parametrize("tempo", ["120%", "120 dBA", "12o", "1 2"])
def test_units_that_make_no_sense_are_told(tempo):
    playlist = features("0.7,0.1,0.5,0,0.1,0.9,-6,0,120", f"0.7,0.1,0.5,0,0.1,0.9,-6,0,{tempo}")
    assert [str(one.reason) for one in playlist.skipped] == ["tempo is not a number"]
