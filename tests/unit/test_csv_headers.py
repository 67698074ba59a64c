"""Names of columns in many languages: the table of words, and headers as programs write them."""

# ruff: noqa: RUF001 - letters that look alike are the point

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_mood.files import headers
from music_mood.files.csv_file import read_csv
from music_mood.files.headers import MAX_COLUMNS, known_columns, plain_name, read_header
from music_mood.values import FEATURE_NAMES

CONTENT = json.loads(Path(headers.__file__).with_name("headers.json").read_text(encoding="utf-8"))
LANGUAGES = CONTENT["languages"]
EXPORTIFY = {"en", "de", "es", "fr", "it", "pt", "nl", "sv", "tr", "ar", "el", "ja"} | {
    "zh-Hans",
    "zh-Hant",
    "yue",
}
FIELDS = {"title", "artist", "album", "duration_ms", "isrc", "spotify_id", "deezer_id", "link"} | {
    "makers_mood",
    "features_source",
    "genres",
    *FEATURE_NAMES,
}


# -- the table


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_means_two_things_in_a_language(language):
    words = [plain_name(word) for words in LANGUAGES[language].values() for word in words]
    assert all(words)
    assert len(set(words)) == len(words)


def test_the_table_names_our_columns_and_nothing_else():
    assert {field for fields in LANGUAGES.values() for field in fields} == FIELDS
    assert set(LANGUAGES["en"]) == FIELDS
    for language in LANGUAGES:
        assert {"title", "artist", "album", "duration_ms", "tempo"} <= set(LANGUAGES[language])
    for language in EXPORTIFY:  # which writes all of these
        assert {"genres", *FEATURE_NAMES} <= set(LANGUAGES[language])


def test_no_unit_stands_for_two():
    words = [plain_name(word) for words in CONTENT["units"].values() for word in words]
    assert len(set(words)) == len(words)


def test_a_plain_name_is_as_plain_as_can_be():
    for fields in LANGUAGES.values():
        for word in (word for words in fields.values() for word in words):
            assert plain_name(plain_name(word)) == plain_name(word)


# -- what is known of a header


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_read(language):
    fields = LANGUAGES[language]
    names = [words[0] for words in fields.values()]
    assert known_columns(names) == {field: at for at, field in enumerate(fields)}
    # and however it is written
    loud = [name.upper().replace(" ", "_") for name in names]
    assert known_columns(loud) == known_columns(names)


@pytest.mark.parametrize("language", sorted(EXPORTIFY))
def test_a_translated_export_loses_nothing(language):
    fields = LANGUAGES[language]
    cells = {
        "title": "Song",
        "artist": "Band",
        "album": "Record",
        "duration_ms": "200000",
        "genres": "soul",
        "tempo": "120",
        "loudness": "-6",
    }
    wanted = ["title", "artist", "album", "duration_ms", "genres", *FEATURE_NAMES]
    header = ",".join(f'"{fields[field][0]}"' for field in wanted)
    row = ",".join(cells.get(field, "0.5") for field in wanted)
    playlist = read_csv(f"{header}\n{row}\n".encode(), "x.csv")
    (track,) = playlist.tracks
    assert (track.title, track.artist, track.album) == ("Song", "Band", "Record")
    assert (track.duration_ms, track.genres) == (200_000, ("soul",))
    assert (track.features.tempo, track.features.valence) == (120, 0.5)
    assert playlist.notes == ()


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("Track Name;Artist Name(s);Album Artist Name(s)", {"title": 0, "artist": 1}),
        ("trackName;artistName;albumName", {"title": 0, "artist": 1, "album": 2}),
        ("Name;Interpret;Album;Dauer", {"title": 0, "artist": 1, "album": 2, "duration_ms": 3}),
        ("#;Track Title;Artist;BPM", {"title": 1, "artist": 2, "tempo": 3}),
        ("Sanatçı;ŞARKI ADI", {"artist": 0, "title": 1}),
        ("TITULO;CANCION", {"title": 0}),
        ("ＴＩＴＬＥ;ｱｰﾃｨｽﾄ", {"title": 0, "artist": 1}),
        ("artist(s)_name;danceability_%;valence_%", {"artist": 0, "danceability": 1, "valence": 2}),
        ("Beats.Per.Minute;Loudness..dB..;Length.", {"tempo": 0, "loudness": 1, "duration_ms": 2}),
        ("Song;Happy;Loud (Db);Live;Spotify Track Id", {"title": 0, "valence": 1, "loudness": 2,
                                                       "liveness": 3, "spotify_id": 4}),
        ("Spotify - id;Track name;ISRC", {"spotify_id": 0, "title": 1, "isrc": 2}),
        ("Track #;Playlist name;Artist URI(s);Track Number;Album Release Date", {}),
        ("ガス", {}),  # not カス: these marks make another syllable
        (";  ;();[]", {}),
    ],
)  # fmt: skip
def test_names_as_programs_write_them(names, expected):
    assert known_columns(names.split(";")) == expected


def test_the_language_of_most_columns_decides_what_a_word_means():
    # Swedish "Artist" and Danish "Titel" are no reason to read German as either
    assert known_columns(["Titel", "Interpret", "Zeit"])["duration_ms"] == 2
    portuguese = known_columns(["Título", "Artista", "Duração", "Tempo", "Volume"])
    assert (portuguese["duration_ms"], portuguese["tempo"], portuguese["loudness"]) == (2, 3, 4)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("Duration (ms)", "ms"),
        ("duration_ms", "ms"),
        ("durationMs", "ms"),
        ("Track Duration [ms]", "ms"),
        ("Dauer in Sekunden", "s"),
        ("Time (seconds)", "s"),
        ("length_s", "s"),
        ("Длительность, сек", "s"),
        ("トラックの長さ（ミリ秒）", "ms"),
        ("مدة الأغنية (بالمللي ثانية)", "ms"),
        ("Durée (min)", "min"),
        ("Duration", None),
        ("Time (mm:ss)", None),
        ("Durations", None),
    ],
)
def test_the_unit_of_lengths_stands_in_the_name(name, unit):
    header = read_header(["Title", name])
    assert header.length_unit == unit
    assert header.columns.get("duration_ms") == (None if name == "Durations" else 1)


@given(st.lists(st.text(max_size=40), max_size=20))
def test_any_header_is_looked_at(names):
    columns = known_columns(names)
    assert set(columns) <= FIELDS
    assert len(set(columns.values())) == len(columns)
    assert all(0 <= position < len(names) for position in columns.values())


def test_what_stands_far_right_is_not_looked_at():
    assert known_columns([""] * MAX_COLUMNS + ["title"]) == {}
    assert known_columns(["x" * 10**6 + "title"]) == {}


def test_better_names_win_wherever_they_stand():
    for better, worse in pairwise(LANGUAGES["en"]["title"][:6]):
        assert known_columns([worse, better])["title"] == 1
        assert known_columns([better, worse])["title"] == 0


def test_a_name_may_stand_in_brackets():
    assert headers.known_columns(["[title]", "(artist)", "length [ms]"]) == {
        "title": 0,
        "artist": 1,
        "duration_ms": 2,
    }
