"""Lists of tracks as other programs write them, each in a small file made here; and broken ones."""

import csv
import io
import json
import random
import time
import zipfile
from contextlib import suppress
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from music_mood.errors import PlaylistError
from music_mood.files.audio_files import GivenFile
from music_mood.files.export import as_csv, as_m3u
from music_mood.files.lists import archive, entries, playlist_files, xml_text
from music_mood.files.lists.playlist_files import read_playlist_file
from music_mood.previews.own import LocalFile
from music_mood.sources.files import read_files
from music_mood.values import (
    FEATURE_NAMES,
    AudioFeatures,
    LabelledTrack,
    LabelSource,
    Playlist,
    Track,
)
from tests.contract.steps import result_of
from tests.sounds import encoded, wav

ID = "2374M0fQpWi3dLnB54qaLX"
OTHER_ID = "0123456789ABCDEFGHIJKL"
ISRC = "USSM19801941"
SPOTIFY = f"https://open.spotify.com/track/{ID}"
DEEZER = "https://www.deezer.com/track/3135556"
WAYS = "CSV file.*Exportify.*Deezer.*audio files"


def read(name: str, data: bytes | str) -> Playlist:
    return read_playlist_file(data if isinstance(data, bytes) else data.encode(), name)


def names(playlist: Playlist) -> list[tuple[str, str]]:
    return [(track.artist, track.title) for track in playlist.tracks]


def zip_of(members: dict[str, bytes | str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return file.getvalue()


# -- M3U and PLS


M3U = f"""#EXTM3U
#PLAYLIST:Sunday morning
#EXTINF:355,Queen - Bohemian Rhapsody
C:\\Music\\Queen\\11 - Bohemian Rhapsody.mp3
#EXTINF:-1 tvg-name="A, B" group-title="x",Daft Punk - One More Time
{DEEZER}?utm_source=x
# a comment

/home/me/Björk - Jóga.flac
file:///D:/M%C3%BAsica/Toto%20-%20Africa.mp3
{SPOTIFY}?si=abc
#EXTINF:200.5,No artist here
http://radio.example/Stevie%20Wonder%20-%20No%20artist%20here.mp3?x=1
"""


def test_m3u_of_paths_addresses_and_both():
    playlist = read("any.m3u", M3U)
    assert (playlist.title, playlist.source) == ("Sunday morning", "m3u")
    assert names(playlist) == [
        ("Queen", "Bohemian Rhapsody"),
        ("Daft Punk", "One More Time"),
        ("Björk", "Jóga"),
        ("Toto", "Africa"),
        ("", f"Spotify track {ID}"),
        ("Stevie Wonder", "No artist here"),
    ]
    queen, daft_punk, *_, by_link, radio = playlist.tracks
    assert (queen.duration_ms, daft_punk.duration_ms, radio.duration_ms) == (355_000, None, 200_500)
    assert (daft_punk.deezer_id, daft_punk.uri) == ("3135556", "deezer:track:3135556")
    assert (by_link.spotify_id, by_link.link) == (ID, SPOTIFY)
    assert queen.uri.startswith("file:11%20-%20Bohemian%20Rhapsody.mp3#")
    assert radio.uri.startswith("file:any.m3u#")


def test_m3u_of_apple_music_names_the_title_first():
    folder = "/Users/me/Music/Music/Media.localized/Music"
    playlist = read(
        "x.m3u8",
        f"#EXTM3U\n#EXTINF:295,Africa - TOTO\n{folder}/TOTO/Toto IV/10 Africa.m4a\n"
        f"#EXTINF:200,Hello - Live - Adele\n{folder}/Adele/25/1-01 Hello - Live.m4a\n"
        f"#EXTINF:200,Adele - Skyfall\n{folder}/Adele/Skyfall/Skyfall.m4a\n",
    )
    assert names(playlist) == [("TOTO", "Africa"), ("Adele", "Hello - Live"), ("Adele", "Skyfall")]


def test_no_entry_is_lost_that_has_no_address_and_links_of_lists_are_told():
    link = "https://www.deezer.com/playlist/908622995"
    playlist = read("x.m3u", f"#EXTINF:1,A - B\n#EXTINF:2,C - D\nx.mp3\n{link}\n#EXTINF:3,E - F")
    assert names(playlist) == [("A", "B"), ("C", "D"), ("E", "F")]
    assert [str(one.reason) for one in playlist.skipped] == [
        "it leads to a playlist of many tracks: please paste that link itself"
    ]


def test_a_file_that_a_list_only_names_is_not_played_from_anywhere():
    for track in read("any.m3u", M3U).tracks:
        assert (track.audio_file, track.audio_path, track.preview_url) == (None, None, None)
        assert LocalFile().preview(track) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_m3u_in_any_encoding(encoding):
    text = "#EXTM3U\r\n#EXTINF:5,Mötley Crüe - Señorita Café\r\nx.mp3\r\n" * 3
    assert names(read("x.m3u", text.encode(encoding))) == [("Mötley Crüe", "Señorita Café")]


def test_plain_lists_of_links_as_spotifys_app_copies_them():
    for name in ("copied.txt", "copied", "copied.m3u8"):
        playlist = read(name, f"{SPOTIFY}\nspotify:track:{OTHER_ID}\n{DEEZER}\n")
        assert [track.uri for track in playlist.tracks] == [
            f"spotify:track:{ID}",
            f"spotify:track:{OTHER_ID}",
            "deezer:track:3135556",
        ]


def test_a_stream_is_no_playlist():
    with pytest.raises(PlaylistError, match="pieces of one stream"):
        read("x.m3u8", "#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10.0,\nsegment0.ts\n")


def test_pls():
    text = (
        "[playlist]\nFile2=b/Zaz - Je veux.mp3\nFile1=http://x.example/s\nTitle1=ABBA - Waterloo\n"
        "Length1=164\nLength2=-1\nNumberOfEntries=2\nVersion=2\n"
    )
    playlist = read("radio.pls", text)
    assert names(playlist) == [("ABBA", "Waterloo"), ("Zaz", "Je veux")]
    assert [track.duration_ms for track in playlist.tracks] == [164_000, None]
    assert names(read("wrongly called.csv", text)) == names(playlist)


TAKEN_ALONG = [
    Track("Africa", "TOTO", duration_ms=295_000, spotify_id=ID),
    Track("One More Time", "Daft Punk, Romanthony", duration_ms=320_000, deezer_id="3135553"),
    Track("Live - at home", "A - B", duration_ms=1_000, deezer_id="1"),
    Track("No - artist", "", deezer_id="2"),
    Track("Nobody's", "Nowhere"),
    Track("Only a title", ""),
    Track("Song - Live", "05"),
    Track("夜 #1", "Björk", deezer_id="4"),
]


def test_our_own_m3u_comes_back():
    labelled = [LabelledTrack(one, None, None, LabelSource.NOBODY) for one in TAKEN_ALONG]
    playlist = read("mine.m3u", as_m3u(labelled, "Für dich"))
    assert playlist.title == "Für dich"
    assert not playlist.skipped
    for back, taken in zip(playlist.tracks, TAKEN_ALONG, strict=True):
        for name in ("title", "artist", "duration_ms", "spotify_id", "deezer_id"):
            assert getattr(back, name) == getattr(taken, name)


LINES = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=20)


@given(st.lists(st.tuples(LINES, LINES), min_size=1, max_size=5))
def test_any_names_in_our_own_m3u_come_back(given_names):
    tracks = [
        Track(" ".join(title.split()) or "x", " ".join(artist.split()), deezer_id=str(at + 1))
        for at, (artist, title) in enumerate(given_names)
    ]
    labelled = [LabelledTrack(one, None, None, LabelSource.NOBODY) for one in tracks]
    back = read("mine.m3u", as_m3u(labelled, "x"))
    assert names(back) == [(track.artist, track.title) for track in tracks]


# -- XML


XSPF = f"""<?xml version="1.0" encoding="UTF-8"?>
<playlist version="1" xmlns="http://xspf.org/ns/0/">
  <title>Übers Land</title>
  <trackList>
    <track><location>file:///C:/x/01.mp3</location><title>Jóga &amp; more</title>
      <creator>Björk</creator><album>Homogenic</album><duration>305000</duration></track>
    <track><identifier>{SPOTIFY}</identifier><title>Africa</title><creator>TOTO</creator></track>
    <track><identifier>isrc:{ISRC}</identifier><title>Coded</title></track>
    <track><location>music/Zaz%20-%20Je%20veux.mp3</location></track>
    <track><annotation>nothing</annotation></track>
  </trackList>
</playlist>"""


def test_xspf():
    playlist = read("x.xspf", XSPF)
    assert (playlist.title, playlist.source) == ("Übers Land", "xspf")
    joga, africa, coded, _ = playlist.tracks
    assert (joga.title, joga.artist, joga.album) == ("Jóga & more", "Björk", "Homogenic")
    assert (joga.duration_ms, africa.spotify_id, coded.isrc) == (305_000, ID, ISRC)
    assert names(playlist)[3] == ("Zaz", "Je veux")
    assert [(str(one.name), str(one.reason)) for one in playlist.skipped] == [
        ("entry 5", "it has no title")
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "Windows-1252", "Shift_JIS"])
def test_xml_is_read_in_the_encoding_that_it_declares(encoding):
    title = "夜に駆ける" if encoding == "Shift_JIS" else "Señorita"
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><playlist><trackList><track>'
        f"<title>{title}</title></track></trackList></playlist>"
    )
    assert names(read("x.xspf", text.encode(encoding))) == [("", title)]


OTHER_XML = {
    "wpl": '<?wpl version="1.0"?><smil><head><title>Mix</title></head><body><seq>'
    '<media src="..\\x\\Zaz - Je veux.mp3"/>'
    '<media src="a.mp3" trackTitle="Africa" trackArtist="TOTO" duration="295000"/>'
    "</seq></body></smil>",
    "rekordbox": '<DJ_PLAYLISTS Version="1.0.0"><COLLECTION Entries="2">'
    '<TRACK TrackID="1" Name="Je veux" Artist="Zaz" TotalTime="216" Tonality="Am"/>'
    '<TRACK TrackID="2" Name="Africa" Artist="TOTO" TotalTime="295"/></COLLECTION>'
    '<PLAYLISTS><NODE><TRACK Key="1"/></NODE></PLAYLISTS></DJ_PLAYLISTS>',
    "traktor": '<NML><COLLECTION><ENTRY TITLE="Je veux" ARTIST="Zaz"><ALBUM TITLE="Zaz"/></ENTRY>'
    '<ENTRY TITLE="Africa" ARTIST="TOTO"><INFO PLAYTIME="295"/></ENTRY></COLLECTION></NML>',
}


@pytest.mark.parametrize("source", OTHER_XML)
def test_xml_of_players_and_of_programs_for_djs(source):
    playlist = read("x.xml", OTHER_XML[source])
    assert playlist.source == source
    assert names(playlist) == [("Zaz", "Je veux"), ("TOTO", "Africa")]
    assert playlist.tracks[1].duration_ms == 295_000
    assert not playlist.skipped


def itunes(*playlists: tuple[str, list[int]]) -> str:
    songs = [
        (11, "Africa", "TOTO", "<key>Total Time</key><integer>295893</integer>"),
        (12, "Jóga", "Björk", "<key>Album</key><string>Homogenic</string>"),
        (13, "A talk", "Somebody", "<key>Podcast</key><true/>"),
    ]
    tracks = "".join(
        f"<key>{key}</key><dict><key>Track ID</key><integer>{key}</integer><key>Name</key>"
        f"<string>{title}</string><key>Artist</key><string>{artist}</string>{more}</dict>"
        for key, title, artist, more in songs
    )
    lists = "".join(
        f"<dict><key>Name</key><string>{name}</string><key>Playlist Items</key><array>"
        + "".join(f"<dict><key>Track ID</key><integer>{key}</integer></dict>" for key in keys)
        + "</array></dict>"
        for name, keys in playlists
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple Computer//DTD '
        'PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n<plist version="1.0">'
        f"<dict><key>Date</key><date>2026-01-01T00:00:00Z</date><key>Tracks</key><dict>{tracks}"
        f"</dict><key>Playlists</key><array>{lists}</array></dict></plist>"
    )


def test_a_playlist_of_apple_music_in_its_own_order():
    playlist = read("Roads.xml", itunes(("On the road", [12, 11, 99])))
    assert (playlist.title, playlist.source) == ("On the road", "itunes")
    assert names(playlist) == [("Björk", "Jóga"), ("TOTO", "Africa")]
    assert playlist.tracks[1].duration_ms == 295_893
    assert playlist.tracks[0].album == "Homogenic"
    assert [str(one.reason) for one in playlist.skipped] == ["is not in the library"]


def test_a_library_of_itunes():
    playlist = read("Library.xml", itunes(("Library", [11, 12, 13]), ("Mix", [11])))
    assert playlist.title == "Library"
    assert names(playlist) == [("TOTO", "Africa"), ("Björk", "Jóga")]
    assert [(str(one.name), str(one.reason)) for one in playlist.skipped] == [
        ("A talk", "is no track, but a podcast")
    ]


BILLION = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "text",
    [
        f"<?xml version='1.0'?>{BILLION}<playlist><trackList><track><title>&b;</title></track>"
        "</trackList></playlist>",
        f"{BILLION}<plist><dict><key>Tracks</key><dict/></dict></plist>",
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><playlist><track><title>&f;</title>'
        "</track></playlist>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(text, encoding):
    with pytest.raises(PlaylistError, match="declares entities"):
        read("x.xml", text.encode(encoding))


def test_xml_is_bounded_in_depth_and_in_what_an_entry_holds(monkeypatch):
    deep = "<a>" * 5_000
    with pytest.raises(PlaylistError, match="nested too deeply"):
        read("x.xspf", f"<playlist><trackList><track>{deep}")
    monkeypatch.setattr(xml_text, "MAX_PARTS", 10)
    assert read("x.xspf", XSPF).tracks
    with pytest.raises(PlaylistError, match="nested too deeply"):
        read("x.xspf", f"<playlist><track>{'<a/>' * 11}</track></playlist>")


# -- JSON


JSPF = {
    "playlist": {
        "title": "Weekly jams",
        "creator": "listenbrainz",
        "track": [
            {
                "title": "Jóga",
                "creator": "Björk",
                "album": "Homogenic",
                "duration": 305000,
                "identifier": ["https://musicbrainz.org/recording/1234"],
                "extension": {"https://musicbrainz.org/doc/jspf#track": {"isrc": ISRC}},
            },
            {"title": "Africa", "creator": "TOTO", "identifier": SPOTIFY, "location": [DEEZER]},
        ],
    }
}


def test_jspf_as_listenbrainz_writes_it():
    for name in ("x.jspf", "x.json"):
        playlist = read(name, json.dumps(JSPF))
        assert (playlist.title, playlist.source) == ("Weekly jams", "jspf")
        joga, africa = playlist.tracks
        assert (joga.artist, joga.album, joga.duration_ms) == ("Björk", "Homogenic", 305_000)
        assert joga.isrc == ISRC
        assert (africa.spotify_id, africa.deezer_id) == (ID, "3135556")
        assert africa.uri == f"spotify:track:{ID}"


LIBRARY = {
    "tracks": [
        {"artist": "TOTO", "album": "Toto IV", "track": "Africa", "uri": f"spotify:track:{ID}"},
        {"artist": "Björk", "album": None, "track": "Jóga", "uri": None},
    ],
    "albums": [{"artist": "x", "album": "y"}],
    "shows": [],
}
PLAYLISTS = {
    "playlists": [
        {
            "name": "Mix",
            "lastModifiedDate": "2026-01-01",
            "items": [
                {
                    "track": {
                        "trackName": "Africa",
                        "artistName": "TOTO",
                        "albumName": "Toto IV",
                        "trackUri": f"spotify:track:{ID}",
                    },
                    "episode": None,
                    "localTrack": None,
                },
                {"track": None, "episode": {"episodeName": "A talk"}, "localTrack": None},
                {"track": None, "localTrack": {"uri": "spotify:local:Me+%26+Co::My+tape:61"}},
                {"track": None, "episode": None},
            ],
        }
    ]
}
HISTORY = [
    {"endTime": "2026-01-01 10:00", "artistName": "TOTO", "trackName": "Africa", "msPlayed": 5},
    {"endTime": "2026-01-01 10:05", "artistName": "TOTO", "trackName": "Africa", "msPlayed": 9},
]
LONG_HISTORY = [
    {
        "ts": "2026-01-01T00:00:00Z",
        "ms_played": 1,
        "master_metadata_track_name": title,
        "master_metadata_album_artist_name": "TOTO",
        "master_metadata_album_album_name": "Toto IV",
        "spotify_track_uri": uri,
        "episode_name": episode,
    }
    for title, uri, episode in [
        ("Africa", f"spotify:track:{ID}", None),
        (None, None, "A talk"),
        ("Africa", f"spotify:track:{ID}", None),
        (None, None, "A talk"),
    ]
]


def test_spotifys_library():
    playlist = read("YourLibrary.json", json.dumps(LIBRARY))
    assert (playlist.title, playlist.source) == ("YourLibrary", "Spotify export")
    assert names(playlist) == [("TOTO", "Africa"), ("Björk", "Jóga")]
    assert (playlist.tracks[0].spotify_id, playlist.tracks[0].album) == (ID, "Toto IV")
    assert playlist.tracks[1].album is None


def test_spotifys_playlists():
    playlist = read("Playlist1.json", json.dumps(PLAYLISTS))
    assert playlist.title == "Mix"
    assert names(playlist) == [("TOTO", "Africa"), ("Me & Co", "My tape")]
    assert playlist.tracks[1].duration_ms == 61_000
    assert [(str(one.name), str(one.reason)) for one in playlist.skipped] == [
        ("A talk", "is no track, but an episode"),
        ("entry 4", "is no longer on Spotify"),
    ]


@pytest.mark.parametrize("history", [HISTORY, LONG_HISTORY])
def test_spotifys_histories_name_a_track_once(history):
    playlist = read("StreamingHistory_music_0.json", json.dumps(history))
    assert names(playlist) == [("TOTO", "Africa")]
    assert "history of listening" in str(playlist.notes[0])
    assert len(playlist.skipped) == (history is LONG_HISTORY)


def test_old_exports_of_spotify_and_listens_of_listenbrainz():
    track = {"trackName": "Africa", "artistName": "TOTO"}
    old = {"playlists": [{"name": "A", "tracks": [track]}, {"name": "B", "items": [track]}]}
    playlist = read("Playlist.json", json.dumps(old))
    assert names(playlist) == [("TOTO", "Africa")]
    assert not playlist.skipped  # it stands in both, which is no news
    listens = [{"track_metadata": {"track_name": "Jóga", "artist_name": "Björk"}, "listened_at": 1}]
    assert names(read("listens.json", json.dumps(listens))) == [("Björk", "Jóga")]


def test_json_that_is_a_table():
    features = dict.fromkeys(FEATURE_NAMES, 0.5)
    answer = {
        "tracks": {
            "items": [
                {
                    "added_at": "2026",
                    "track": {
                        "name": "Africa",
                        "artists": [{"name": "TOTO"}, {"name": "B"}],
                        "album": {"name": "Toto IV", "id": "x"},
                        "duration_ms": 295893,
                        "external_ids": {"isrc": ISRC},
                        "uri": f"spotify:track:{ID}",
                    },
                }
            ]
        }
    }
    (track,) = read("answer.json", json.dumps(answer)).tracks
    assert (track.title, track.artist, track.album) == ("Africa", "TOTO, B", "Toto IV")
    assert (track.duration_ms, track.isrc, track.spotify_id) == (295_893, ISRC, ID)
    playlist = read("mine.json", json.dumps([{"Title": "Song", "Artist": "Me", **features}]))
    assert (playlist.title, playlist.source) == ("mine", "json")
    assert playlist.tracks[0].features.valence == 0.5
    assert playlist.tracks[0].features_source == "json"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"a": 1}', WAYS),
        ("[]", WAYS),
        ("[1, 2]", WAYS),
        ('[{"a": 1}]', WAYS),
        ('{"playlists": []}', WAYS),
        ('{"playlist": {"track": []}}', "empty"),
        ('{"a": ', "damaged"),
        ("[" * 100_000, "nested too deeply"),
        ("[" * 1_100_000, "too many parts"),
        ('{"a": ' + "9" * 5_000 + "}", "damaged"),
    ],
)
def test_other_json_gets_a_sentence(text, sentence):
    with pytest.raises(PlaylistError, match=sentence):
        read("x.json", text)


def test_a_table_may_begin_with_a_bracket():
    assert names(read("x.csv", "[title],artist\nA,B\n")) == [("B", "A")]


def test_halves_of_characters_and_control_characters_are_no_text():
    text = '{"playlist": {"track": [{"title": "a\\ud800b\\u0000\\u202ec", "creator": [1, "x"]}]}}'
    (track,) = read("x.jspf", text).tracks
    assert (track.title, track.artist) == ("a\ufffdb c", "1, x")
    track.title.encode()
    (track,) = read("x.json", '[{"title": "a\\ud800b\\u0000c", "artist": "x"}]').tracks
    assert track.title == "a\ufffdb c"


# -- spreadsheets


def xlsx(*sheets: list[list[object]], styles: str = "", shared: bool = True) -> bytes:
    """Make a workbook as Excel does: numbers plain, texts shared or in place."""
    texts: list[str] = []

    def cell(at: int, number: int, value: object) -> str:
        place = f'r="{chr(ord("A") + at)}{number}"'
        if value is None:
            return ""
        if isinstance(value, bool):
            return f'<c {place} t="b"><v>{int(value)}</v></c>'
        if isinstance(value, tuple):  # a number with a style
            return f'<c {place} s="{value[1]}"><v>{value[0]}</v></c>'
        if not isinstance(value, str):
            return f"<c {place}><v>{value}</v></c>"
        if not shared:
            return f'<c {place} t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        texts.append(f"<si><r><t>{escape(value)}</t></r><rPh><t>reading</t></rPh></si>")
        return f'<c {place} t="s"><v>{len(texts) - 1}</v></c>'

    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    members: dict[str, bytes | str] = {"xl/workbook.xml": "<workbook/>"}
    for sheet, rows in enumerate(sheets, start=1):
        body = "".join(
            f'<row r="{number}">'
            + "".join(cell(at, number, one) for at, one in enumerate(row))
            + "</row>"
            for number, row in enumerate(rows, start=1)
            if row
        )
        members[f"xl/worksheets/sheet{sheet}.xml"] = (
            f"<worksheet {main}><sheetData>{body}</sheetData></worksheet>"
        )
    members["xl/sharedStrings.xml"] = f"<sst {main}>{''.join(texts)}</sst>"
    if styles:
        members["xl/styles.xml"] = styles
    return zip_of(members)


def ods(*sheets: str) -> bytes:
    tables = "".join(f"<table:table>{rows}</table:table>" for rows in sheets)
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{urn}:office:1.0" xmlns:table="{urn}:table:1.0" '
        f'xmlns:text="{urn}:text:1.0"><office:body><office:spreadsheet>{tables}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zip_of({"mimetype": kind, "content.xml": content})


def ods_row(*cells: object, repeated: int = 1) -> str:
    def cell(value: object) -> str:
        if isinstance(value, str):
            kind, shown = 'office:value-type="string"', value
        else:
            kind, shown = f'office:value-type="float" office:value="{value}"', "?"
        return f"<table:table-cell {kind}><text:p>{shown}</text:p></table:table-cell>"

    blank = '<table:table-cell table:number-columns-repeated="16384"/>'
    times = f' table:number-rows-repeated="{repeated}"' if repeated > 1 else ""
    return f"<table:table-row{times}>{''.join(map(cell, cells))}{blank}</table:table-row>"


HEADER = ["title", "artist", "duration_ms", *FEATURE_NAMES]
ROW = [
    "Jóga & <more>",
    "Björk",
    305000,
    0.5,
    0.1,
    0.78000000000000003,
    0,
    0.2,
    0.8,
    -6.5,
    0.05,
    120,
]


@pytest.mark.parametrize("shared", [True, False])
def test_xlsx(shared):
    data = xlsx([HEADER, ROW, [], [None, "no title"], ["Plain", None]], shared=shared)
    playlist = read("My list.xlsx", data)
    assert (playlist.title, playlist.source) == ("My list", "xlsx")
    joga, plain = playlist.tracks
    assert (joga.title, joga.artist, joga.duration_ms) == ("Jóga & <more>", "Björk", 305_000)
    assert (joga.features.energy, joga.features.loudness) == (0.78, -6.5)
    assert joga.features_source == "xlsx"
    assert (plain.title, plain.artist, plain.features) == ("Plain", "", None)
    assert [str(one.name) for one in playlist.skipped] == ["row 4"]  # as the spreadsheet counts


@pytest.mark.parametrize("form", ["csv", "xlsx", "ods", "json"])
def test_our_own_table_says_in_any_form_what_was_heard(form):
    """Somebody opens our CSV in a spreadsheet, and saves it as one."""
    features = AudioFeatures(0.5, 0.1, 0.75, 0, 0.2, 0.5, -6.5, 0.05, 120)
    sources = ["sound", "reccobeats", None]
    went = [
        Track(f"Title {at}", "A", features=features if source else None, features_source=source)
        for at, source in enumerate(sources)
    ]
    ours = as_csv([LabelledTrack(one, None, None, LabelSource.NOBODY) for one in went])
    header, *rows = csv.reader(io.StringIO(ours.decode("utf-8-sig"), newline=""))
    made = {
        "csv": lambda: ours,
        "xlsx": lambda: xlsx([header, *rows]),
        "ods": lambda: ods("".join(ods_row(*row) for row in (header, *rows))),
        "json": lambda: json.dumps([dict(zip(header, row, strict=True)) for row in rows]),
    }
    playlist = read(f"mine.{form}", made[form]())
    assert playlist.source == form
    assert [one.features for one in playlist.tracks] == [features, features, None]
    assert [one.features_source for one in playlist.tracks] == ["sound", form, None]


def test_the_first_sheet_that_is_a_playlist_counts():
    notes, songs = [["Notes"], ["x"]], [["Track Name", "Artist Name(s)"], ["A", "B;C"]]
    assert names(read("x.xlsx", xlsx(notes, songs, [["title"], ["no"]]))) == [("B, C", "A")]
    with pytest.raises(PlaylistError, match=r"no column of titles.*Found: Notes"):
        read("x.xlsx", xlsx(notes))
    with pytest.raises(PlaylistError, match="no sheets"):
        read("x.xlsx", xlsx())


STYLES = (
    '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-409]mm\\:ss;@"/>'
    '<numFmt numFmtId="165" formatCode="0.00"/><numFmt numFmtId="166" formatCode="d/m/yy h:mm"/>'
    '</numFmts><cellStyleXfs><xf numFmtId="20"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>'
    '<xf numFmtId="20"/><xf numFmtId="21"/><xf numFmtId="164"/><xf numFmtId="165"/>'
    '<xf numFmtId="166"/></cellXfs></styleSheet>'
)


@pytest.mark.parametrize(
    ("number", "style", "shown"),
    [
        (0.20694444444444443, 1, "4:58"),  # typed 4:58, which Excel takes for hours and minutes
        (0.0034490740740740741, 2, "0:04:58"),
        (0.0034490740740740741, 3, "4:58"),
        (0.0034490740740740741, 4, "0.003449074074074074"),
        (46000.5, 5, "46000.5"),
        (0.5, 99, "0.5"),
        ("1e400", 1, "1e400"),
    ],
)
def test_times_are_read_as_a_workbook_shows_them(number, style, shown):
    data = xlsx([["title", "artist"], ["A", (number, style)]], styles=STYLES)
    assert names(read("x.xlsx", data)) == [(shown, "A")]


def test_ods():
    rows = [ods_row(*HEADER), ods_row(*[escape(x) if isinstance(x, str) else x for x in ROW])]
    data = ods(ods_row("Notes"), "".join([*rows, ods_row(repeated=1_048_576)]))
    playlist = read("list.ods", data)
    assert playlist.source == "ods"
    (joga,) = playlist.tracks
    assert (joga.title, joga.duration_ms) == ("Jóga & <more>", 305_000)
    assert joga.features.energy == 0.78


# -- archives


def test_an_archive_of_lists_is_one_playlist():
    data = zip_of(
        {
            "one.csv": "Title,Artist\nOne,A\nTwo,A\n",
            "lists/two.m3u": "#EXTM3U\n#EXTINF:1,A - Two\nx.mp3\n#EXTINF:1,B - Three\ny.mp3\n",
            "__MACOSX/junk.csv": "x",
            "readme.pdf": b"%PDF-1.7",
            "inner.zip": zip_of({"a.csv": "title\nX\n"}),
            "song.wav": wav(),
        }
    )
    playlist = read("spotify_playlists.zip", data)
    assert (playlist.title, playlist.source) == ("spotify playlists", "archive")
    assert names(playlist) == [("A", "One"), ("A", "Two"), ("B", "Three")]
    reasons = {str(one.name): str(one.reason) for one in playlist.skipped}
    assert "PDF" in reasons["readme.pdf"]
    assert "archive in an archive" in reasons["inner.zip"]
    assert "bring the files" in reasons["song.wav"]


def test_spotifys_own_archive_leaves_the_history_aside_if_there_is_a_library():
    history = {"My Spotify Data/StreamingHistory_music_0.json": json.dumps(HISTORY)}
    library = {"My Spotify Data/YourLibrary.json": json.dumps(LIBRARY), "Userdata.json": "{}"}
    playlist = read("my_spotify_data.zip", zip_of(history | library))
    assert names(playlist) == [("TOTO", "Africa"), ("Björk", "Jóga")]
    assert {one.name for one in playlist.skipped} == {
        "Userdata.json",
        "StreamingHistory_music_0.json",
    }
    assert names(read("my_spotify_data.zip", zip_of(history))) == [("TOTO", "Africa")]


def test_archives_are_bounded(monkeypatch):
    bomb = zip_of({"a.csv": b"title\n" + bytes(5 << 20)})
    monkeypatch.setattr(archive, "MAX_UNPACKED", 1 << 20)
    with pytest.raises(PlaylistError, match="holds more than 1 MB"):
        read("x.zip", bomb)
    monkeypatch.setattr(archive, "MAX_MEMBERS", 3)
    with pytest.raises(PlaylistError, match="too many files"):
        read("x.zip", zip_of({f"m{at}": "" for at in range(4)}))
    monkeypatch.setattr(playlist_files, "MAX_LISTS", 1)
    playlist = read("x.zip", zip_of({"a.csv": "title\nA\n", "b.csv": "title\nB\n"}))
    assert [str(one.name) for one in playlist.skipped] == ["b.csv"]


def test_what_has_no_name_in_an_archive_is_left_aside():
    data = zip_of({"a.csv": "title,artist\nOne,A\n", "?": "nothing"})
    nameless = data.replace(b"?", b"\0")  # a name ends there
    assert archive.Archive(data).names == ("a.csv", "?")
    assert archive.Archive(nameless).names == ("a.csv",)
    assert names(read("x.zip", nameless)) == [("A", "One")]


def test_a_locked_archive_says_so():
    data = bytearray(zip_of({"a.csv": "title\nA\n"}))
    for start in (b"PK\x03\x04", b"PK\x01\x02"):
        at = data.index(start) + (6 if start[2] == 3 else 8)
        data[at] |= 1
    with pytest.raises(PlaylistError, match="password"):
        read("x.zip", bytes(data))


# With ids: an archive holds the time, and pytest-xdist wants the same names from each process.
@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04", b"PK\x05\x06", zip_of({"a": "b"})[:30]],
    ids=["a file's head", "an end", "a file cut short"],
)
def test_a_broken_archive_says_so(data):
    with pytest.raises(PlaylistError, match="damaged"):
        read("x.zip", data)


# -- what is no list


FOREIGN = {
    "paper.pdf": b"%PDF-1.7 ...",
    "letter.docx": zip_of({"word/document.xml": "<x/>"}),
    "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "list.numbers": zip_of({"Index/Document.iwa": b"x"}),
    "page.html": b"<!DOCTYPE html><html><body>Playlist</body></html>",
    "page.csv": b"\n<html lang=en><head></head></html>",
    "saved page.xml": b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html></html>',
    "cover.jpg": b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(99),
    "cover.png": b"\x89PNG\r\n\x1a\n" + bytes(99),
    "photo.heic": b"\0\0\0\x18ftypheic" + bytes(99),
    "cover.webp": b"RIFF\0\0\0\0WEBPVP8 " + bytes(99),
    "film.avi": b"RIFF\0\0\0\0AVI LIST" + bytes(99),
    "a.rar": b"Rar!\x1a\x07\0" + bytes(99),
    "a.tar.gz": b"\x1f\x8b\x08" + bytes(99),
    "letter.rtf": b"{\\rtf1 x}",
    "feed.xml": b"<rss><channel><item><title>x</title></item></channel></rss>",
    "x.json": b'{"settings": true}',
    "mystery.dat": bytes(range(256)) * 4,
    "called an audio file.mp3": b"%PDF-1.7 ...",
    "Playlist.url": b"[InternetShortcut]\r\nURL=https://open.spotify.com/playlist/x\r\n",
    "database.db": b"SQLite format 3\0" + bytes(99),
}


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize(
    "company", [[], [GivenFile("song.wav", data=wav())]], ids=["alone", "more"]
)
def test_what_holds_no_list_is_named_with_the_ways_that_work(name, company):
    files = [GivenFile(name, data=FOREIGN[name]), *company]
    if company:
        (skipped,) = result_of(read_files(files)).skipped
        assert skipped.name == name
        sentence = str(skipped.reason)
    else:
        with pytest.raises(PlaylistError) as caught:
            result_of(read_files(files))
        sentence = str(caught.value)
    assert "audio file of a kind" not in sentence
    assert "Exportify" in sentence
    assert "link on Deezer" in sentence
    assert "audio files work" in sentence


def test_what_is_called_audio_and_is_none_is_still_called_so():
    with pytest.raises(PlaylistError, match="it is not an audio file of a kind we know"):
        result_of(read_files([GivenFile("song.mp3", data=b"no sound at all")]))


@pytest.mark.parametrize("name", ["x.mp3", "x.csv", "x.txt", "x", "x.zip", "x.m3u"])
def test_audio_is_audio_whatever_it_is_called(name):
    song = encoded("mp3", title="Song", artist="Singer")
    assert names(result_of(read_files([GivenFile(name, data=song)]))) == [("Singer", "Song")]


@pytest.mark.parametrize("name", ["x.mp3", "x.csv", "x", "x.json", "x.xlsx"])
def test_a_list_is_a_list_whatever_it_is_called(name):
    for data in (XSPF, M3U, json.dumps(LIBRARY), itunes(("x", [11]))):
        assert result_of(read_files([GivenFile(name, data=data.encode())])).tracks
    assert result_of(read_files([GivenFile(name, data=xlsx([HEADER, ROW]))])).source == "xlsx"


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "json", "xml", "zip", "md"])
def test_a_table_is_a_table_whatever_it_is_called(suffix):
    assert names(read(f"x.{suffix}", "title,artist\nA,B\n")) == [("B", "A")]
    with pytest.raises(PlaylistError, match="empty"):
        read(f"x.{suffix}", b"")


# -- several at once


def test_lists_and_audio_mix_and_mistakes_name_the_file():
    files = {
        "a.m3u": b"#EXTM3U\n#EXTINF:3,A - Here\nhere.mp3\n#EXTINF:3,A - Elsewhere\ngone.mp3\n",
        "Here.mp3": encoded("mp3", title="Here", artist="A"),
        "b.xspf": XSPF.encode(),
        "c.json": b'{"a": 1}',
        "d.m3u8": b"",
    }
    playlist = result_of(read_files([GivenFile(name, data=data) for name, data in files.items()]))
    assert (str(playlist.title), playlist.source) == ("My files", "files")
    assert names(playlist)[:3] == [("A", "Here"), ("A", "Elsewhere"), ("Björk", "Jóga & more")]
    assert [str(one.name) for one in playlist.skipped] == ["entry 5", "c.json", "d.m3u8"]


@pytest.mark.parametrize("order", [1, -1])
def test_a_list_and_the_files_it_names_are_one_playlist_in_the_lists_order(order):
    songs = {f"{at}.mp3": encoded("mp3", title=f"Song {at}", artist="A") for at in (1, 2)}
    listing = {"mine.m3u": b"#EXTM3U\n#EXTINF:2,A - Song 2\n2.mp3\n#EXTINF:2,A - Song 1\n./1.mp3\n"}
    files = [GivenFile(name, data=data) for name, data in (listing | songs).items()][::order]
    playlist = result_of(read_files(files))
    assert sorted(names(playlist)) == [("A", "Song 1"), ("A", "Song 2")]
    assert all(track.audio_file for track in playlist.tracks)
    if order == 1:
        assert [track.title for track in playlist.tracks] == ["Song 2", "Song 1"]
        assert not playlist.skipped


def test_a_list_that_is_gone_is_told(tmp_path):
    with pytest.raises(PlaylistError, match=r"gone\.m3u.*cannot be opened"):
        result_of(read_files([GivenFile("gone.m3u", tmp_path / "gone.m3u")]))


# -- bounds, and anything at all


def test_entries_beyond_the_limit_are_told(monkeypatch):
    monkeypatch.setattr(entries, "MAX_ROWS", 2)
    playlist = read("x.m3u", "a - b.mp3\nc - d.mp3\ne - f.mp3\ng - h.mp3\n")
    assert len(playlist.tracks) == 2
    assert [(str(one.name), str(one.reason)) for one in playlist.skipped] == [
        ("entry 3 and what follows", "only the first 2 entries are read")
    ]


def test_a_list_that_is_too_large_is_refused_before_it_is_read():
    with pytest.raises(PlaylistError, match="larger than 20 MB"):
        read("x.m3u", b"a\n" * (11 << 20))


CRAFTED = {
    "x.m3u": b"#EXTINF:" + b'"' * 200_000 + b"\na.mp3\n",
    "y.m3u": b"#EXTINF:-1 " + b'a="b" ' * 100_000 + b"\na.mp3\n",
    "x.pls": b"[playlist]\n" + b"File1=" * 200_000,
    "x.xspf": b"<playlist>" + b"<a/>" * 300_000 + b"</playlist>",
    "y.xspf": b"<playlist><trackList>" + b"<track/>" * 100_000 + b"</trackList></playlist>",
    "z.xspf": b"<!--" + b"<!-" * 500_000,
    "x.json": b'{"playlist":{"track":[' + b"{}," * 200_000 + b"{}]}}",
    "y.json": b'[{"title":"a","b":' + b'{"c":' * 500 + b"1" + b"}" * 500 + b"}]",
    "z.json": b'{"playlist":{"track":[{"title":"a","extension":'
    + b'{"c":' * 500
    + b"1"
    + b"}" * 503
    + b"]}}",
    "x.xlsx": xlsx([[f"c{at}" for at in range(20)]] * 3_000),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CRAFTED)
def test_crafted_files_do_not_keep_the_server_busy(name):
    start = time.process_time()
    with suppress(PlaylistError):
        read(name, CRAFTED[name])
    assert time.process_time() - start < 10


SAMPLES = {
    "a.m3u": M3U.encode(),
    "a.pls": b"[playlist]\nFile1=a - b.mp3\nTitle1=A - B\nLength1=5\n",
    "a.xspf": XSPF.encode(),
    "a.wpl": OTHER_XML["wpl"].encode(),
    "b.xml": OTHER_XML["rekordbox"].encode(),
    "a.xml": itunes(("x", [11, 12])).encode(),
    "a.jspf": json.dumps(JSPF).encode(),
    "a.json": json.dumps(LIBRARY).encode(),
    "b.json": json.dumps(PLAYLISTS).encode(),
    "c.json": json.dumps(LONG_HISTORY).encode(),
    "d.json": json.dumps([{"title": "A", "artist": [{"name": "B"}], "duration_ms": 5}]).encode(),
    "a.xlsx": xlsx([HEADER, ROW], styles=STYLES),
    "a.ods": ods(ods_row(*HEADER) + ods_row("A", "B", 5)),
    "a.zip": zip_of({"a.csv": "title\nA\n", "b.json": json.dumps(LIBRARY)}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_damaged_files_are_read_or_told(name):
    whole, chance = SAMPLES[name], random.Random(0)  # noqa: S311  reproducible
    assert read(name, whole).tracks
    for round_ in range(120):
        broken = bytearray(whole)
        if round_ % 3 == 0:
            del broken[chance.randrange(len(broken)) :]
        for _ in range(1 + round_ % 20):
            if broken:
                broken[chance.randrange(len(broken))] = chance.randrange(256)
        _read_or_told(name, bytes(broken))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.xlsx", "a.ods"])
def test_damaged_members_of_a_spreadsheet_are_read_or_told(name):
    """Whole archives of broken XML: else the archive's checksums keep the damage from us."""
    with zipfile.ZipFile(io.BytesIO(SAMPLES[name])) as packed:
        members = {member: packed.read(member) for member in packed.namelist()}
    chance = random.Random(0)  # noqa: S311  reproducible
    for _ in range(150):
        member = chance.choice([one for one in members if one.endswith(".xml")])
        broken = bytearray(members[member])
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(broken))
            broken[at : at + chance.randrange(3)] = chance.choice(
                [b"<", b"/>", b'"', b"9" * 400, b"&#0;", b"-1", b"\xff", b"t='s'", b""]
            )
        _read_or_told(name, zip_of(members | {member: bytes(broken)}))


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from(sorted(SAMPLES)),
    st.sampled_from(
        ["", "{", "[", "<playlist>", "<plist><dict>", "#EXTM3U\n", "[playlist]\n", "PK\3\4"]
    ),
    st.binary(max_size=300),
)
def test_no_bytes_at_all_raise_anything_else(name, start, rest):
    _read_or_told(name, start.encode() + rest)


KEYS = [
    *("playlist", "track", "tracks", "playlists", "items", "title", "creator", "duration", "album"),
    *("identifier", "extension", "isrc", "artist", "uri", "trackName", "trackUri", "localTrack"),
    *("episode", "msPlayed"),
]
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@pytest.mark.slow
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(ANY_JSON)
def test_no_json_at_all_raises_anything_else(value):
    _read_or_told("x.json", json.dumps(value).encode())


def _read_or_told(name: str, data: bytes) -> None:
    try:
        playlist = read(name, data)
    except PlaylistError as error:
        assert 10 < len(str(error)) < 1_000
        return
    assert playlist.tracks
    for track in playlist.tracks:
        assert track.title
        (track.title + track.artist + (track.album or "") + track.uri).encode()
