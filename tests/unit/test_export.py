"""What visitors take along: nothing is lost on the way back, and nothing breaks a reader."""

import csv
import io
import os
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from i18n.foreign import shown
from music_mood.files.csv_file import read_csv
from music_mood.files.export import COLUMNS, as_csv, as_m3u
from music_mood.files.lists.m3u import read_m3u
from music_mood.files.lists.playlist_files import read_playlist_file
from music_mood.model.classifier import MoodClassifier
from music_mood.model.labelling import label_tracks
from music_mood.sources.demo import demo_playlist
from music_mood.values import (
    FEATURE_RANGES,
    SOUND,
    AudioFeatures,
    AudioFile,
    LabelledTrack,
    LabelSource,
    Mood,
    Track,
)

TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
TITLES = TEXTS.filter(shown)
FORMULAS = st.sampled_from(
    ["=1+1", "+1", "-1", "@SUM(A1)", "'=x", "''+y", "\t=1", "\uff1d1", '=HYPERLINK("x")', "'", "'t"]
)
FEATURES = st.builds(
    AudioFeatures, **{name: st.floats(low, high) for name, (low, high) in FEATURE_RANGES.items()}
)
ARTISTS = st.lists(st.sampled_from(["Nena", "Björk", "夜", "-M-", "@home"]), max_size=3).map(
    ", ".join
)


def labelled(track: Track) -> LabelledTrack:
    return LabelledTrack(track, track.makers_mood, None, LabelSource.NOBODY)


@st.composite
def playlists(draw) -> list[LabelledTrack]:
    made = [
        Track(
            title=draw(TITLES | FORMULAS),
            artist=draw(ARTISTS),
            album=draw(st.none() | TEXTS | FORMULAS),
            duration_ms=draw(st.none() | st.integers(1, 10**9)),
            isrc=f"DEABC{number:07}",
            spotify_id=draw(st.none() | st.just(f"{number:022}")),
            deezer_id=draw(st.none() | st.just(f"{10**11 + number}")),
            features=draw(st.none() | FEATURES),
            makers_mood=draw(st.none() | st.sampled_from(Mood)),
        )
        for number in range(draw(st.integers(1, 5)))
    ]
    return [labelled(track) for track in made]


@pytest.mark.slow
@given(playlists())
def test_a_csv_file_comes_back_as_it_went(tracks):
    back = read_csv(as_csv(tracks), "mine.csv")
    assert not back.skipped
    for went, came in zip((one.track for one in tracks), back.tracks, strict=True):
        assert came.title == shown(went.title)
        assert came.artist == went.artist
        assert came.album == (shown(went.album or "") or None)
        for name in ("duration_ms", "isrc", "spotify_id", "deezer_id", "makers_mood"):
            assert getattr(came, name) == getattr(went, name)
        assert came.features == went.features


def test_letters_that_look_wrong_come_back_as_they_went():
    """A title may really be what UTF-8 looks like where it is taken for another encoding."""
    odd = Track("Ã©tude Â¡", "Ã¶", isrc="DEABC0000001")
    for data in (as_csv([labelled(odd)]), as_m3u([labelled(odd)], "x")):
        read = read_csv if data.startswith(b"\xef") else read_playlist_file
        playlist = read(data, "mine.csv" if read is read_csv else "mine.m3u")
        assert [(one.title, one.artist) for one in playlist.tracks] == [(odd.title, odd.artist)]
        assert not any("mended" in note for note in map(str, playlist.notes))


@given(playlists())
def test_no_cell_of_text_begins_a_formula(tracks):
    rows = list(csv.DictReader(io.StringIO(as_csv(tracks).decode("utf-8-sig"), newline="")))
    assert len(rows) == len(tracks)
    assert tuple(rows[0]) == COLUMNS
    for row in rows:
        for name in ("title", "artist", "album", "link", "features_source"):
            assert not re.match("[=+\\-@\uff1d\uff0b\uff0d\uff20\\s]", row[name])


def test_moods_come_back():
    classifier = MoodClassifier.load()
    numbers = {name: (low + high) / 2 for name, (low, high) in FEATURE_RANGES.items()}
    made = [
        Track("Loud", "A", features=AudioFeatures(**numbers | {"energy": 0.95, "valence": 0.9})),
        Track("Soft", "A", features=AudioFeatures(**numbers | {"energy": 0.05, "loudness": -30.0})),
        *demo_playlist().tracks,
        Track("Nobody knows", "A"),
    ]
    before = [one for chunk in label_tracks(made, classifier) for one in chunk]
    back = read_csv(as_csv(before), "x.csv").tracks
    after = [one for chunk in label_tracks(back, classifier) for one in chunk]
    assert [one.mood for one in after] == [one.mood for one in before]
    assert [one.label_source for one in after] == [one.label_source for one in before]


def test_the_words_are_those_of_the_page():
    shares = (0.1, 0.2, 0.6, 0.1)
    tracks = [
        LabelledTrack(Track("A", "x"), Mood.HAPPY, shares, LabelSource.MODEL),
        LabelledTrack(Track("B", "x"), None, shares, LabelSource.MODEL),
        LabelledTrack(Track("C", "x"), None, None, LabelSource.NOBODY),
    ]
    data = as_csv(tracks)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [row["mood"] for row in rows] == ["happy", "unsure", "unknown"]
    assert [row["happy_probability"] for row in rows] == ["0.6", "0.6", ""]
    assert [row["makers_mood"] for row in rows] == ["", "", ""]


# -- M3U


def lines(tracks: list[Track], title: str = "List") -> list[str]:
    return as_m3u([labelled(track) for track in tracks], title).decode("utf-8").split("\n")


@given(playlists(), TEXTS)
def test_no_text_breaks_a_line_of_an_m3u_file(tracks, title):
    written = as_m3u(tracks, title).decode("utf-8")
    found = written.splitlines()  # at every line break that Unicode knows
    assert "\n".join(found) + "\n" == written
    assert found[:2] == ["#EXTM3U", "#EXTENC:UTF-8"]
    addresses = [line for line in found if not line.startswith("#")]
    assert all(line.startswith("https://") for line in addresses)
    assert len([line for line in found if line.startswith("#EXTINF:")]) == len(addresses)
    known = [one for one in tracks if one.track.spotify_id or one.track.deezer_id]
    assert len(addresses) == len(known)


@pytest.mark.parametrize(
    ("track", "expected"),
    [
        (
            Track("Jóga", "Björk", duration_ms=305_499, link="https://www.deezer.com/track/1"),
            ["#EXTINF:305,Björk - Jóga", "https://www.deezer.com/track/1"],
        ),
        (
            Track("A", "", spotify_id="x" * 22),
            ["#EXTINF:-1,A", f"https://open.spotify.com/track/{'x' * 22}"],
        ),
        (Track("A", "B", deezer_id="7"), ["#EXTINF:-1,B - A", "https://www.deezer.com/track/7"]),
        (
            Track("A", "B", audio_path=Path("/srv/secret place/a b.opus")),
            ["#EXTINF:-1,B - A", "a b.opus"],
        ),
        (
            Track("A", "B", audio_file=AudioFile("..\\x\\#1\n.mp3", "audio/mpeg", b"")),
            ["#EXTINF:-1,B - A", "./#1 .mp3"],
        ),
        (
            Track("A\r\nhttp://evil.example", "B", preview_url="https://cdn.example/x.mp3?exp=1"),
            ["# Without an address: B - A http://evil.example"],
        ),
        (Track("A", "B", link="javascript:alert(1)"), ["# Without an address: B - A"]),
        (Track("A", "B", link="https://x.example/\n#EXTM3U"), ["# Without an address: B - A"]),
    ],
)
def test_where_an_entry_leads(track, expected):
    assert lines([track])[3:-1] == expected


def test_the_title_is_told():
    assert lines([], "My\nlist")[2] == "#PLAYLIST:My list"


# -- M3U, of files on this machine's disk


def beside(folder: Path, *paths: Path) -> list[str]:
    """Give the addresses that a list in this folder has for these files."""
    tracks = [labelled(Track(f"Title {at}", "A", audio_path=one)) for at, one in enumerate(paths)]
    written = as_m3u(tracks, "List", folder).decode("utf-8")
    return [line for line in written.split("\n") if line and not line.startswith("#")]


def where_a_player_looks(folder: Path, address: str) -> Path:
    """Take an address as players do: of a kind of its own, or a path from the list's folder.

    They take blanks off the ends of lines, and "x:" for the beginning of an address.
    """
    line = address.strip()
    if line.startswith("file://"):
        return Path(os.fsdecode(unquote_to_bytes(line.removeprefix("file://"))))
    assert not re.match("[A-Za-z][A-Za-z0-9+.-]*:", line), line
    assert not line.startswith("#"), line
    return folder / line


AWKWARD = [
    "plain.mp3",
    "#1 hit.mp3",
    "#EXTINF:1,x.mp3",
    "a:b.mp3",
    "http:x.mp3",
    "12:30.mp3",
    "100%41.mp3",
    "what?.mp3",
    "half#way.mp3",
    "back\\slash.mp3",
    "C:\\x.mp3",
    "~.mp3",
    "-n.mp3",
    " blank before.mp3",
    "blank after.mp3 ",
    "\ttab.mp3",
    "two\nlines.mp3",
    "return\r.mp3",
    "\u2028line.mp3",
    "\xa0no-break.mp3",
    "\ufeffmark.mp3",
    "\u202eright to left.mp3",
    "J\u00f3ga \u591c.mp3",
    "Jo\u0301ga.mp3",  # as macOS writes it
    "\U0001f3b5.mp3",
    "file:.mp3",
    os.fsdecode(b"\xff\xfe.mp3"),  # in another encoding than today's
    os.fsdecode(b"J\xf3ga.mp3"),
]


@pytest.mark.parametrize("name", AWKWARD, ids=repr)
def test_a_file_is_found_from_the_lists_folder_whatever_it_is_called(tmp_path, name):
    """As a file and as a folder, beside the list, above it and elsewhere."""
    lists = tmp_path / "lists"
    for path in (
        lists / name,
        lists / "sub" / name,
        lists / name / "x.mp3",
        tmp_path / name,
        tmp_path / "music" / name / name,
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"here")
        [address] = beside(lists, path)
        found = where_a_player_looks(lists, address)
        assert found.read_bytes() == b"here"
        assert found.samefile(path)
        path.unlink()


@pytest.mark.parametrize("name", AWKWARD, ids=repr)
def test_what_a_list_says_of_files_is_read_again(tmp_path, name):
    track = Track("Title", "A", duration_ms=9_000, audio_path=tmp_path / "music" / name)
    data = as_m3u([labelled(track)], "List", tmp_path)
    [entry] = read_m3u(data.decode("utf-8")).entries
    assert (entry.artist, entry.title, entry.duration_ms) == ("A", "Title", 9_000)
    assert where_a_player_looks(tmp_path, str(entry.addresses[0])) == track.audio_path
    [back] = read_playlist_file(data, "mine.m3u8").tracks
    assert (back.artist, back.title, back.duration_ms) == ("A", "Title", 9_000)


@given(st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=40))
def test_any_name_leads_back(name):
    if name in (".", ".."):
        return
    folder = Path("/srv/lists")
    path = Path("/srv") / name
    [address] = beside(folder, path)
    assert address.splitlines() == [address]
    assert os.path.normpath(where_a_player_looks(folder, address)) == str(path)


@pytest.mark.parametrize(
    ("folder", "path", "expected"),
    [
        ("/m", "/m/a b.mp3", "a b.mp3"),
        ("/m", "/m/x/a.mp3", "x/a.mp3"),
        ("/m/lists", "/m/x/a.mp3", "../x/a.mp3"),
        ("/m/lists/mine", "/srv/a.mp3", "../../../srv/a.mp3"),
        ("/m", "/m/#1.mp3", "./#1.mp3"),
        ("/m", "/m/x:y/#1.mp3", "./x:y/#1.mp3"),
        ("/m", "/m/x/1:2.mp3", "x/1:2.mp3"),
        ("/m", "/m/ a.mp3", "file:///m/%20a.mp3"),
        ("/m", "/m/a\nb.mp3", "file:///m/a%0Ab.mp3"),
        ("/m", os.fsdecode(b"/m/\xff.mp3"), "file:///m/%FF.mp3"),
    ],
)
def test_how_a_file_is_named_from_a_folder(folder, path, expected):
    assert beside(Path(folder), Path(path)) == [expected]


def test_the_lists_folder_and_the_files_may_be_named_from_here(tmp_path, monkeypatch):
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "a.mp3").write_bytes(b"")
    (tmp_path / "link").symlink_to("music")
    monkeypatch.chdir(tmp_path)
    assert beside(Path("lists"), Path("music/a.mp3")) == ["../music/a.mp3"]
    assert beside(Path(), Path("music/a.mp3")) == ["music/a.mp3"]
    # ".." of a folder that is a link leads to where that really lies
    assert beside(Path("link"), Path("link/a.mp3")) == ["a.mp3"]


def test_only_files_on_the_disk_are_named_by_their_folder(tmp_path):
    """What lies in memory has a name alone, and what is on the web has a page."""
    tracks = [
        Track("A", "B", audio_path=tmp_path / "x" / "a.mp3", spotify_id="x" * 22),
        Track("A", "B", audio_file=AudioFile("x/b.mp3", "audio/mpeg", b"")),
        Track("A", "B", deezer_id="7"),
        Track("A", "B"),
    ]
    written = as_m3u([labelled(one) for one in tracks], "List", tmp_path).decode()
    assert written.split("\n")[3:-1] == [
        "#EXTINF:-1,B - A",
        "x/a.mp3",
        "#EXTINF:-1,B - A",
        "b.mp3",
        "#EXTINF:-1,B - A",
        "https://www.deezer.com/track/7",
        "# Without an address: B - A",
    ]
    assert str(tmp_path) not in as_m3u([labelled(one) for one in tracks], "List").decode()


# -- What was heard


def test_what_was_heard_stays_what_was_heard():
    """Its moods are told by another measure, so they would not come back without the word."""
    numbers = {name: (low + high) / 2 for name, (low, high) in FEATURE_RANGES.items()}
    features = AudioFeatures(**numbers)
    went = [
        Track("Heard", "A", features=features, features_source=SOUND),
        Track("Looked up", "A", features=features, features_source="reccobeats"),
        Track("Unknown", "A"),
    ]
    back = read_csv(as_csv([labelled(one) for one in went]), "mine.csv").tracks
    assert [one.features_source for one in back] == [SOUND, "csv", None]
    classifier = MoodClassifier.load()
    shares = [
        [one.probabilities for chunk in label_tracks(tracks, classifier) for one in chunk]
        for tracks in (went, back)
    ]
    assert shares[0] == shares[1]
    assert shares[0][0] != shares[0][1]  # there are two measures
