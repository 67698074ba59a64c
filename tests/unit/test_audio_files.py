"""Audio files as visitors bring them: tags of every kind, none at all, and files that are none."""

import io
import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from i18n import Message
from music_mood.errors import PlaylistError
from music_mood.files import audio_files
from music_mood.files.audio_files import GivenFile, artist_and_title, read_audio_file
from music_mood.previews.own import LocalFile
from music_mood.sources import files
from music_mood.sources.files import audio_files_below, read_files
from music_mood.values import Skipped, Track
from tests.contract.steps import result_of
from tests.sounds import CODECS, encoded, silence, wav

MIMES = {
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "m4a": "audio/mp4",
    "flac": "audio/flac",
}
ISRC = "USSM19801941"
MP3 = encoded("mp3", title="Song", artist="Singer", TSRC=ISRC)
WAV = wav()


def given_file(name: str, data: bytes) -> GivenFile:
    return GivenFile(name, data=data)


def read(name: str, data: bytes) -> Track | Skipped:
    return read_audio_file(given_file(name, data))


def box(kind: bytes, *content: bytes) -> bytes:
    """Make a box of an MP4 file (ISO 14496-12, 4.2)."""
    body = b"".join(content)
    return (8 + len(body)).to_bytes(4, "big") + kind + body


# -- what is read


@pytest.mark.parametrize("suffix", CODECS)
def test_tags_of_every_format(suffix):
    tags = {"title": "Jóga 夜", "artist": "Björk", "album": "Homogenic", "ISRC": ISRC, "TSRC": ISRC}
    data = encoded(suffix, 3.0, **tags)
    track = read(f"x.{suffix}", data)
    assert isinstance(track, Track)
    assert (track.title, track.artist, track.album) == ("Jóga 夜", "Björk", "Homogenic")
    assert track.duration_ms == pytest.approx(3_000, abs=60)
    assert track.audio_file.mime == MIMES[suffix]
    assert track.audio_file.data is data  # no copy
    assert (track.features, track.features_source, track.makers_mood) == (None, None, None)
    if suffix != "m4a":  # FFmpeg writes no ISRC there: see below
        assert track.isrc == ISRC


def test_itunes_way_to_write_an_isrc():
    parts = (
        box(b"mean", bytes(4), b"com.apple.iTunes"),
        box(b"name", bytes(4), b"ISRC"),
        box(b"data", b"\0\0\0\1", bytes(4), b"US-SM1-98-01941"),
    )
    tags = box(b"moov", box(b"udta", box(b"meta", bytes(4), box(b"ilst", box(b"----", *parts)))))
    assert read("x.m4a", encoded("m4a", title="Song") + tags).isrc == ISRC


def test_an_isrc_that_is_none_is_left_out():
    assert read("x.mp3", encoded("mp3", title="A", TSRC="unknown")).isrc is None


def test_content_tells_the_kind_not_the_name():
    assert read("x.mp3", encoded("flac", title="A")).audio_file.mime == "audio/flac"


def test_tags_lose_what_would_disturb_a_page():
    track = read("x.mp3", encoded("mp3", title="  A\u202e\tB\nC " + "x" * 400, artist="\u0007"))
    assert track.title.startswith("A B C x")
    assert len(track.title) == 300
    assert track.artist == ""


@pytest.mark.parametrize(
    ("stem", "artist", "title"),
    [
        ("Artist - Title", "Artist", "Title"),
        ("07 Artist - Title", "Artist", "Title"),
        ("07. Artist \u2013 Title", "Artist", "Title"),
        ("7 - Artist - Title", "Artist", "Title"),
        ("1-07 Artist - Title - Live", "Artist", "Title - Live"),
        ("Artist_-_Some_Title", "Artist", "Some Title"),
        ("01 - Title", "", "Title"),
        ("Title", "", "Title"),
        ("99 Luftballons", "", "99 Luftballons"),
        ("311 - Down", "311", "Down"),
        ("Jay-Z", "", "Jay-Z"),
        ("Bjo\u0308rk - Jo\u0301ga", "Björk", "Jóga"),
        ("01", "", "01"),
    ],
)
def test_names_of_files_without_tags(stem, artist, title):
    assert artist_and_title(stem) == (artist, title)
    track = read(f"{stem}.wav", WAV)
    assert (track.artist, track.title) == (artist, title)


def test_a_title_in_the_tags_outranks_the_name():
    track = read("Wrong - Name.mp3", encoded("mp3", title="Right"))
    assert (track.artist, track.title) == ("", "Right")


def test_a_file_without_a_speaking_name_has_a_title_all_the_same():
    assert read(".wav", WAV).title == ".wav"


# -- what is left out, and why


PROTECTED = encoded("m4a").replace(b"mp4a", b"drms", 1)
UNUSABLE = [
    ("empty.mp3", b"", "it is empty"),
    ("text.mp3", b"Never gonna give you up" * 50, "not an audio file"),
    ("picture.mp3", b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(99), "not an audio file"),
    ("page.ogg", b"<html></html>", "not an audio file"),
    ("cut.flac", encoded("flac")[:20], "it is damaged"),
    ("cut.m4a", encoded("m4a")[:3_000], "it is damaged"),
    ("cut.wav", WAV[:20], "it is damaged"),
    ("tag only.mp3", MP3[:50], "it is damaged"),
    ("bought.m4p", PROTECTED, "protected against copying"),
    ("renamed.m4a", PROTECTED, "protected against copying"),
    ("old.aiff", b"FORM\0\0\0\x2eAIFFCOMM\0\0\0\x12" + bytes(20), "browsers do not play"),
]


@pytest.mark.parametrize(("name", "data", "reason"), UNUSABLE, ids=[one[0] for one in UNUSABLE])
def test_what_cannot_be_used_is_told(name, data, reason):
    found = read(name, data)
    assert isinstance(found, Skipped)
    assert found.name == name
    assert reason in str(found.reason)


def test_a_long_mix_has_no_one_mood():
    found = read("mix.wav", silence(30 * 60))
    assert str(found.reason).startswith("it lasts 30 minutes")


def test_a_file_that_is_gone_is_told(tmp_path: Path):
    found = read_audio_file(GivenFile("gone.mp3", tmp_path / "gone.mp3"))
    assert found == Skipped("gone.mp3", Message("it cannot be opened"))


def test_a_crafted_file_does_not_keep_the_server_busy():
    crafted = b"\xff\xfb\xff\xff" + b"\xff\0\0\0" * (5 << 20)
    start = time.process_time()
    assert isinstance(read("x.mp3", crafted), Skipped)
    assert time.process_time() - start < 5


@settings(max_examples=200)
@given(
    st.sampled_from(
        [b"", b"ID3\4\0\0", b"\xff\xfb", b"fLaC", b"OggS", b"RIFF0000WAVE", b"0000ftyp"]
    ),
    st.binary(max_size=400),
)
def test_no_bytes_at_all_make_it_fail(start, rest):
    assert isinstance(read("x.mp3", start + rest), Track | Skipped)


@pytest.mark.parametrize("suffix", CODECS)
def test_damaged_files_are_tracks_or_told(suffix):
    whole, chance = encoded(suffix, 0.5, title="A"), random.Random(0)  # noqa: S311  reproducible
    for _ in range(60):
        broken = bytearray(whole)
        for _ in range(20):
            broken[chance.randrange(min(len(broken), 600))] = chance.randrange(256)
        assert isinstance(read(f"x.{suffix}", bytes(broken)), Track | Skipped)


# -- several at once


def test_files_become_a_playlist_in_their_order():
    table = b"title,artist\nFrom a table,B\n"
    playlist = result_of(
        read_files(
            [
                given_file("B - Two.wav", WAV),
                given_file("broken.ogg", b"no"),
                given_file("list.csv", table),
                given_file("song.mp3", MP3),
                given_file("same song.mp3", MP3),
                given_file("odd.csv", b"a,b\n1,2\n"),
            ]
        )
    )
    assert (str(playlist.title), playlist.source) == ("My files", "files")
    assert [track.title for track in playlist.tracks] == ["Two", "From a table", "Song"]
    assert [one.name for one in playlist.skipped] == ["broken.ogg", "same song.mp3", "odd.csv"]
    assert "further up" in str(playlist.skipped[1].reason)
    assert "no column of titles" in str(playlist.skipped[2].reason)


def test_one_name_on_two_albums_or_of_two_lengths_is_two_files(tmp_path: Path):
    named = {"title": "Song", "artist": "Band"}
    pieces = {
        "a/1.mp3": encoded("mp3", **named, album="Studio"),
        "a/2.mp3": encoded("mp3", **named, album="Live"),
        "b/1.mp3": encoded("mp3", 3.0, **named, album="Studio"),
        "b/copy of 1.mp3": encoded("mp3", 3.0, **named, album="Studio"),
        "b/the same as.flac": encoded("flac", 3.0, **named, album="Studio"),
    }
    for name, data in pieces.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    playlist = result_of(read_files(audio_files_below(tmp_path)))
    assert [(track.album, round(track.duration_ms / 1000)) for track in playlist.tracks] == [
        ("Studio", 2),
        ("Live", 2),
        ("Studio", 3),
    ]
    assert len({track.uri for track in playlist.tracks}) == 3
    assert [one.name for one in playlist.skipped] == ["copy of 1.mp3", "the same as.flac"]


def test_one_table_is_read_as_ever():
    playlist = result_of(read_files([given_file("Mine.CSV", b"title\nA\n")]))
    assert (playlist.title, playlist.source) == ("Mine", "csv")
    with pytest.raises(PlaylistError, match="no column of titles"):
        result_of(read_files([given_file("odd.csv", b"a,b\n1,2\n")]))


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["a.mp3"], r"^This file cannot be used. a.mp3: it is empty\.$"),
        (["a.mp3", "b.ogg"], r"^None of these 2 files can be used. a.mp3: it is empty\.$"),
    ],
)
def test_no_usable_file_is_one_sentence(names, sentence):
    with pytest.raises(PlaylistError, match=sentence):
        result_of(read_files([given_file(name, b"") for name in names]))


def test_memory_is_limited_disk_is_not(monkeypatch, tmp_path):
    monkeypatch.setattr(files, "MAX_MB_EACH", 1)
    monkeypatch.setattr(files, "MAX_MB_IN_ALL", 2)
    padded = [wav(1.0) + bytes(900_000) for _ in range(3)]
    brought = [given_file(f"{at}.wav", data) for at, data in enumerate(padded)]
    playlist = result_of(read_files([*brought, given_file("big.wav", WAV + bytes(1 << 20))]))
    assert [track.title for track in playlist.tracks] == ["0", "1"]
    assert [str(one.reason) for one in playlist.skipped] == [
        "all files together may have 2 MB",
        "it is larger than 1 MB",
    ]
    path = tmp_path / "big.wav"
    path.write_bytes(wav(40.0))  # 3.7 MB
    assert len(result_of(read_files([GivenFile("big.wav", path)])).tracks) == 1


def test_a_folder_is_searched_in_order_and_hidden_files_stay_hidden(tmp_path: Path):
    for name in (
        "b/2.mp3",
        "b/10.ogg",
        "a.FLAC",
        ".hidden/x.mp3",
        "b/.x.mp3",
        "b/cover.jpg",
        "z.m4p",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    found = [file.path.relative_to(tmp_path).as_posix() for file in audio_files_below(tmp_path)]
    assert found == ["a.FLAC", "z.m4p", "b/10.ogg", "b/2.mp3"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(PlaylistError, match="no audio files"):
        audio_files_below(tmp_path / "empty")


# -- playing


def test_what_is_in_memory_is_played_from_there():
    track = read("x.mp3", MP3)
    preview = LocalFile().preview(track)
    assert preview.audio_file.data is MP3
    assert (preview.mime, preview.path) == ("audio/mpeg", None)
    assert "ID3" not in repr(track)  # no megabytes in a log


def test_what_lies_on_disk_is_played_from_there(tmp_path: Path):
    path = tmp_path / "x.mp3"
    path.write_bytes(MP3)
    track = read_audio_file(GivenFile(path.name, path))
    assert (track.audio_file, track.audio_path) == (None, path)
    assert LocalFile().preview(track).path == path


def test_opening_shares_the_bytes():
    with GivenFile("x", data=MP3).open() as opened:
        assert isinstance(opened, io.BytesIO)
        assert opened.getvalue() is MP3
    assert audio_files.MAX_MINUTES < 30
