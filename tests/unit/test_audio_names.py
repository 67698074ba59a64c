"""Artist and title of audio files as people name and tag them, and as programs do."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_mood.files.audio_files import GivenFile, read_audio_file
from music_mood.files.audio_names import Names, Tags, artist_and_title, names_of
from music_mood.files.mojibake import repaired
from tests.sounds import encoded, wav

WAV = wav(0.2)

NAMES = {
    "a number, then the title": [
        ("01 - Hello", "", "Hello"),
        ("9 - Hello", "", "Hello"),
        ("10 - Hello", "", "Hello"),
        ("23 \u2013 Hello", "", "Hello"),
        ("10. Hello", "", "Hello"),
        ("10-Hello", "", "Hello"),
        ("02_Hello", "", "Hello"),
        ("007 - Hello", "", "Hello"),
        ("05.Hello", "", "Hello"),
    ],
    "a number, then artist and title": [
        ("01. Adele - Hello", "Adele", "Hello"),
        ("12 - Adele - Hello", "Adele", "Hello"),
        ("101 - Adele - Hello", "Adele", "Hello"),
        ("03 Adele - Hello", "Adele", "Hello"),
        ("14 - 50 Cent - In da Club", "50 Cent", "In da Club"),
        ("02_-_Adele_-_Hello", "Adele", "Hello"),
        ("Track 04 - Adele - Hello", "Adele", "Hello"),
    ],
    "discs, sides and brackets": [
        ("1-07 Hello", "", "Hello"),
        ("2-11 - Adele - Hello", "Adele", "Hello"),
        ("1.07. Hello", "", "Hello"),
        ("CD1 - 07 - Hello", "", "Hello"),
        ("Disc 2 - 03 Adele - Hello", "Adele", "Hello"),
        ("A1 Hello", "", "Hello"),
        ("B2. Adele - Hello", "Adele", "Hello"),
        ("(03) Hello", "", "Hello"),
        ("[03] Adele - Hello", "Adele", "Hello"),
        ("#3 - Hello", "", "Hello"),
    ],
    "bands and songs with a number": [
        ("50 Cent - In da Club", "50 Cent", "In da Club"),
        ("99 Luftballons", "", "99 Luftballons"),
        ("07 99 Luftballons", "", "99 Luftballons"),
        ("1975 - Chocolate", "1975", "Chocolate"),
        ("311 - Down", "311", "Down"),
        ("blink-182 - Dammit", "blink-182", "Dammit"),
        ("4 Non Blondes - What's Up", "4 Non Blondes", "What's Up"),
        ("U2 - One", "U2", "One"),
        ("D12 - My Band", "D12", "My Band"),
        ("Prince - 1999", "Prince", "1999"),
        ("24-7", "", "24-7"),
        ("#1 Crush", "", "#1 Crush"),
        ("1-800-273-8255", "", "1-800-273-8255"),
        ("2-4 Family - Lean on Me", "2-4 Family", "Lean on Me"),
        ("7 Seconds", "", "7 Seconds"),
    ],
    "shops that name the album": [
        ("Boards - Music Has the Right - 03 Roygbiv", "Boards", "Roygbiv"),
        ("Boards - Music - 12 Roygbiv", "Boards", "Roygbiv"),
        ("Boards - Music - 03 - Roygbiv", "Boards", "Roygbiv"),
        ("Boards - 1998 - Music - 03 - Roygbiv", "Boards", "Roygbiv"),
        ("Boards - [1998] Music - 03. Roygbiv", "Boards", "Roygbiv"),
        ("Boards - Music (1998) - 03 Roygbiv - Live", "Boards", "Roygbiv - Live"),
    ],
    "films from YouTube": [
        ("Adele - Hello (Official Video) [dQw4w9WgXcQ]", "Adele", "Hello"),
        ("Adele - Hello [dQw4w9WgXcQ]", "Adele", "Hello"),
        ("Adele - Hello-dQw4w9WgXcQ", "Adele", "Hello"),
        ("Adele - Hello (Official Music Video)", "Adele", "Hello"),
        ("Adele - Hello [Official Audio]", "Adele", "Hello"),
        ("Adele - Hello (Lyrics)", "Adele", "Hello"),
        ("Adele - Hello (with lyrics on screen)", "Adele", "Hello"),
        ("Adele - Hello (Clip officiel)", "Adele", "Hello"),
        ("Adele - Hello (Vídeo Oficial) [4K]", "Adele", "Hello"),
        ("Adele - Hello (Offizielles Video)", "Adele", "Hello"),
        ("Adele - Hello Official Video HD", "Adele", "Hello"),
        ("Adele - Hello - Official Lyric Video", "Adele", "Hello"),
        ("Adele - Hello [NCS Release]", "Adele", "Hello"),
        ("India.Arie - Video", "India.Arie", "Video"),
        ("The Buggles - Video Killed the Radio Star", "The Buggles", "Video Killed the Radio Star"),
    ],
    "how good the sound is": [
        ("Adele - Hello 320kbps", "Adele", "Hello"),
        ("Adele - Hello (320 kbps)", "Adele", "Hello"),
        ("Adele - Hello HQ", "Adele", "Hello"),
        ("Adele - Hello [HD]", "Adele", "Hello"),
        ("Adele - Hello (Audio HQ)", "Adele", "Hello"),
        ("Adele - Hello [FLAC]", "Adele", "Hello"),
        ("Adele - Hello (MP3_160K)", "Adele", "Hello"),
        ("Adele - Hello (128k)", "Adele", "Hello"),
        ("Adele - Hello (1080p_25fps_H264-128kbit_AAC)", "Adele", "Hello"),
        ("Adele - Hello | Official Video", "Adele", "Hello"),
    ],
    "sites that add themselves": [
        ("y2mate.com - Adele - Hello (320 kbps)", "Adele", "Hello"),
        ("[www.songs.net] Adele - Hello", "Adele", "Hello"),
        ("Adele - Hello (mp3cut.net)", "Adele", "Hello"),
    ],
    "blanks written otherwise": [
        ("Adele_-_Hello_Again", "Adele", "Hello Again"),
        ("Adele%20-%20Hello", "Adele", "Hello"),
        ("Bj%C3%B6rk%20-%20J%C3%B3ga", "Björk", "Jóga"),
        ("Adele+-+Hello+Again", "Adele", "Hello Again"),
        ("03-daft_punk-one_more_time", "daft punk", "one more time"),
        ("AC_DC - Thunderstruck", "AC_DC", "Thunderstruck"),
        ("100%", "", "100%"),
    ],
    "dashes of all kinds": [
        ("Adele \u2013 Hello", "Adele", "Hello"),
        ("Adele \u2014 Hello", "Adele", "Hello"),
        ("Adele \u2212 Hello", "Adele", "Hello"),
        ("Adele -- Hello", "Adele", "Hello"),
        ("Adele -Hello", "Adele", "Hello"),
        ("Adele - Hello - Again", "Adele", "Hello - Again"),
        ("Adele | Hello", "Adele", "Hello"),
        ("a-ha - Take On Me", "a-ha", "Take On Me"),
        ("Jay-Z", "", "Jay-Z"),
    ],
    "other recordings of a song": [
        ("Adele - Hello (Remix)", "Adele", "Hello (Remix)"),
        ("Adele - Hello (Live at Wembley)", "Adele", "Hello (Live at Wembley)"),
        ("Adele - Hello - Radio Edit", "Adele", "Hello - Radio Edit"),
        ("Adele - Hello (Official Live Video)", "Adele", "Hello (Official Live Video)"),
        ("Adele - Hello [Acoustic] [HD]", "Adele", "Hello [Acoustic]"),
        ("Adele - Hello (Instrumental)", "Adele", "Hello (Instrumental)"),
        ("Adele - Hello [Alternative]", "Adele", "Hello [Alternative]"),
        ("Adele - Hello [Live-Studio]", "Adele", "Hello [Live-Studio]"),
        ("Adele - Hello (Original Mix)", "Adele", "Hello (Original Mix)"),
        ("Adele - Hello - 12 Inch Mix", "Adele", "Hello - 12 Inch Mix"),
        ("Hello - Radio Edit", "", "Hello - Radio Edit"),
        ("Hello - Live", "", "Hello - Live"),
        ("Rammstein - Radio", "Rammstein", "Radio"),
    ],
    "nobody and nothing": [
        ("Unknown Artist - Hello", "", "Hello"),
        ("Unbekannter Interpret - Hello", "", "Hello"),
        ("Various Artists - Hello", "", "Hello"),
        ("Various Artists - Hits - 03 Adele - Hello", "Adele", "Hello"),
        ("VA - Adele - Hello", "Adele", "Hello"),
        ("Unknown Artist - Unknown Album - 03 Track 3", "", "Track 3"),
        ("Track 01", "", "Track 01"),
        ("01", "", "01"),
        ("(Lyrics)", "", "(Lyrics)"),
        ("- ", "", "-"),
    ],
}


@pytest.mark.parametrize(
    ("stem", "artist", "title"),
    [case for cases in NAMES.values() for case in cases],
)
def test_artist_and_title_of_a_name(stem: str, artist: str, title: str):
    assert artist_and_title(stem) == (artist, title)


def test_there_are_names_enough():
    assert len(NAMES) >= 12
    assert sum(map(len, NAMES.values())) >= 60


@pytest.mark.parametrize(
    ("stem", "tags", "expected"),
    [
        # The file's name, or the album's artist, tells what the title tag leaves out.
        ("Adele - Hello", Tags(title="Hello"), ("Adele", "Hello")),
        ("10 - Adele - Hello (Official Video)", Tags(title="hello"), ("Adele", "hello")),
        ("Other - Name", Tags(title="Hello"), ("", "Hello")),
        ("x", Tags(title="Hello", album_artist="Adele"), ("Adele", "Hello")),
        ("x", Tags(artists=("Guest",), album_artist="Adele", title="A"), ("Guest", "A")),
        ("Adele - Hello", Tags(title="Hello", album_artist="Various Artists"), ("Adele", "Hello")),
        ("x", Tags(title="Adele - Hello (Official Video)"), ("Adele", "Hello")),
        ("x", Tags(title="Hello - Live"), ("", "Hello - Live")),
        ("x", Tags(title="Adele - Hello.mp3"), ("Adele", "Hello")),
        ("07 Hello", Tags(artists=("Adele",)), ("Adele", "Hello")),
        ("Hello - Adele", Tags(artists=("Adele",)), ("Adele", "Hello")),
        ("12 Daft Punk - Da Funk", Tags(track_number="12"), ("Daft Punk", "Da Funk")),
        ("12 Daft Punk - Da Funk", Tags(track_number="3"), ("12 Daft Punk", "Da Funk")),
        ("Adele - 25 - Hello", Tags(album="25"), ("Adele", "Hello")),
        # What YouTube makes of it.
        ("x", Tags(title="Adele - Hello", artists=("Adele",)), ("Adele", "Hello")),
        ("x", Tags(title="Hello", artists=("Adele - Topic",)), ("Adele", "Hello")),
        ("x", Tags(title="Jay-Z - Run", artists=("Jay-Z", "Rihanna")), ("Jay-Z, Rihanna", "Run")),
        (
            "x",
            Tags(title="Daft Punk - Da Funk", artists=("DaftPunkVEVO",)),
            ("Daft Punk", "Da Funk"),
        ),
        ("x", Tags(title="Hello (Official Video)", artists=("Adele",)), ("Adele", "Hello")),
        ("x", Tags(title="Hello (Live)", artists=("Adele",)), ("Adele", "Hello (Live)")),
        # Placeholders are nothing.
        ("Adele - Hello", Tags(title="Track 01", artists=("Unknown Artist",)), ("Adele", "Hello")),
        ("Adele - Hello", Tags(title="Titel 1", artists=("<unknown>",)), ("Adele", "Hello")),
        ("Adele - Hello", Tags(title="Pista 1", artists=("Varios Artistas",)), ("Adele", "Hello")),
        ("Adele - Hello", Tags(title="Дорожка 3", artists=("Неизвестен",)), ("Adele", "Hello")),
        (
            "Adele - Hello",
            Tags(title="トラック 3", artists=("不明なアーティスト",)),
            ("Adele", "Hello"),
        ),
        ("x", Tags(title="Untitled", artists=("Interpol",)), ("Interpol", "Untitled")),
        ("x", Tags(title="Track of the Year", artists=("X",)), ("X", "Track of the Year")),
        # Several artists.
        ("x", Tags(title="A", artists=("Jay-Z", "Rihanna")), ("Jay-Z, Rihanna", "A")),
        ("x", Tags(title="A", artists=("Jay-Z; Rihanna", "Jay-Z")), ("Jay-Z, Rihanna", "A")),
        ("x", Tags(title="A", artists=("Jay-Z / Rihanna",)), ("Jay-Z, Rihanna", "A")),
        ("x", Tags(title="A", artists=("AC/DC",)), ("AC/DC", "A")),
        # Tags in the wrong encoding.
        ("x", Tags(title="JÃ³ga", artists=("BjÃ¶rk",)), ("Björk", "Jóga")),
        ("x", Tags(title="Ãðóïïà êðîâè", artists=("Êèíî",)), ("Кино", "Группа крови")),
    ],
)
def test_tags_and_name_together(stem: str, tags: Tags, expected: tuple[str, str]):
    found = names_of(tags, f"{stem}.mp3")
    assert (found.artist, found.title) == expected


def test_megabytes_of_tags_are_looked_at_in_part():
    huge = Tags("Ï" * 5_000_000, ("A;" * 2_000_000,) * 100, "\u00c3" * 5_000_000)
    started = time.process_time()
    assert len(names_of(huge, "x.mp3").title) == 300
    assert time.process_time() - started < 2


def test_albums():
    assert names_of(Tags(), "A - B - 03 C.mp3") == Names("A", "C", "B")
    assert names_of(Tags(album="Unknown Album (1/2/2003)"), "A - C.mp3").album == ""
    assert names_of(Tags(album="Mine"), "A - B - 03 C.mp3").album == "Mine"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("BjÃ¶rk", "Björk"),
        ("Sigur RÃ³s", "Sigur Rós"),
        ("Donâ€™t", "Don’t"),
        ("å¤œ", "夜"),
        ("\u00d0\u009f\u00d1\u0080\u00d0\u00b8\u00d0\u00b2\u00d0\u00b5\u00d1\u0082", "Привет"),
        ("Ñigur Å", "Ñigur Å"),
        ("MotÃ¶rhead and Ã", "Motörhead and "),  # cut after 30 bytes, within a letter
        ("Ïðèâåò ìèð", "Привет мир"),
        ("DJ Ãðóâ - Íîòà", "DJ Грув - Нота"),
        ("Don\u0092t Stop", "Don’t Stop"),
        ("ÖÜ½ÜÂ×", "ÖÜ½ÜÂ×"),  # GBK, but how could one be sure?
    ],
)
def test_what_was_read_in_the_wrong_encoding(text: str, meant: str):
    assert repaired(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        *("Björk", "Beyoncé", "Mötley Crüe", "Queensrÿche", "Øystein", "Ænima", "ÆØÅ", "Þú ert"),
        *(
            "Ångström",
            "Hüsker Dü",
            "Señorita",
            "Для тебя",
            "夜",
            "Déjà vu",
            "Été",
            "Œuvre",
            "naïve",
        ),
        *("É", "À", "¿Dónde Están?", "50 £", "AC/DC", "Ölüdeniz", "Ça ira", "½ Mensch", "Eé", ""),
    ],
)
def test_what_is_right_stays(text: str):
    assert repaired(text) == text


@given(st.text(max_size=60))
def test_any_name_has_a_title(stem: str):
    artist, title = artist_and_title(stem)
    assert isinstance(artist, str)
    assert title or not stem.strip() or len(stem) < 60
    assert isinstance(repaired(stem), str)


@given(st.builds(Tags, *[st.text(max_size=20), st.tuples(st.text(max_size=20))]), st.text())
def test_any_tags_and_name_are_put_together(tags: Tags, name: str):
    assert isinstance(names_of(tags, name), Names)


def id3v1(title: bytes, artist: bytes) -> bytes:
    """Make the tag at an MP3's end, which says nothing about its encoding."""
    return b"TAG" + title.ljust(30, b"\0") + artist.ljust(30, b"\0") + bytes(64) + b"\xff"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_old_tags_are_read_in_their_encoding(encoding: str):
    plain = encoded("mp3", 0.5)
    tag = id3v1("Группа крови".encode(encoding), "Кино".encode(encoding))
    track = read_audio_file(GivenFile("x.mp3", data=plain + tag))
    assert (track.title, track.artist) == ("Группа крови", "Кино")


def test_a_file_tells_its_artist_by_whatever_it_has():
    def read(name: str, **tags: str):
        track = read_audio_file(GivenFile(name, data=encoded("mp3", 0.3, **tags)))
        return track.artist, track.title

    assert read("Adele - Hello.mp3", title="Hello") == ("Adele", "Hello")
    assert read("10 - Hello.mp3", title="Hello", album_artist="Adele") == ("Adele", "Hello")
    assert read("Adele - Hello.mp3", title="Track 1", artist="Unknown Artist") == ("Adele", "Hello")
    track = read_audio_file(GivenFile("Adele - 25 - 01 Hello (Lyrics).wav", data=WAV))
    assert (track.artist, track.album, track.title) == ("Adele", "25", "Hello")
