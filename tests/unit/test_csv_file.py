"""Tables as visitors bring them: well-formed from many programs, and broken in many ways."""

import re
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_mood.errors import PlaylistError
from music_mood.files import csv_file
from music_mood.files.csv_file import read_csv
from music_mood.files.table import MAX_GENRES
from music_mood.values import FEATURE_NAMES, SOUND, AudioFeatures

FEATURES = "0.5,0.1,0.7,0,0.2,0.8,-6.5,0.05,120"
HEADER = "title,artist," + ",".join(FEATURE_NAMES)
SPOTIFY_ID = "2374M0fQpWi3dLnB54qaLX"

EXPORTIFY_OLD = (
    '"Spotify URI","Track Name","Artist Name(s)","Album Name","Disc Number","Track Number",'
    '"Track Duration (ms)","Added By","Added At","ISRC","Danceability","Energy","Key","Loudness",'
    '"Mode","Speechiness","Acousticness","Instrumentalness","Liveness","Valence","Tempo"\n'
    f'"spotify:track:{SPOTIFY_ID}","Africa","TOTO, A\\, B","Toto IV","1","10","295893","me",'
    '"2020-01-01T00:00:00Z","USSM19801941","0.671","0.373","9","-18.064","1","0.0323","0.257",'
    '"0.0000795","0.0481","0.732","92.717"\n'
)
EXPORTIFY_NEW = (
    "\ufeffTrack URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),Popularity,"
    "Explicit,Added By,Added At,Genres,Record Label,Danceability,Energy,Key,Loudness,Mode,"
    "Speechiness,Acousticness,Instrumentalness,Liveness,Valence,Tempo,Time Signature\n"
    f'spotify:track:{SPOTIFY_ID},Africa,Toto IV,TOTO;"A, B",1982,295893,80,false,me,2020,"soft rock'
    ',yacht rock",Columbia,0.671,0.373,9,-18.064,1,0.0323,0.257,0.0000795,0.0481,0.732,92.717,4\n'
)


def read(text: str, encoding: str = "utf-8", name: str = "mine.csv"):
    return read_csv(text.encode(encoding), name)


def only_track(text: str, encoding: str = "utf-8"):
    playlist = read(text, encoding)
    assert not playlist.skipped
    (track,) = playlist.tracks
    return track


# -- what is understood


@pytest.mark.parametrize("text", [EXPORTIFY_OLD, EXPORTIFY_NEW.replace('TOTO;"A, B"', "TOTO;A")])
def test_exportifys_old_and_new_columns(text):
    track = only_track(text)
    assert (track.title, track.album, track.duration_ms) == ("Africa", "Toto IV", 295_893)
    assert track.artist.startswith("TOTO, A")
    assert track.spotify_id == SPOTIFY_ID
    assert track.link == f"https://open.spotify.com/track/{SPOTIFY_ID}"
    assert track.features == AudioFeatures(
        danceability=0.671,
        acousticness=0.257,
        energy=0.373,
        instrumentalness=0.0000795,
        liveness=0.0481,
        valence=0.732,
        loudness=-18.064,
        speechiness=0.0323,
        tempo=92.717,
    )
    assert track.features_source == "csv"


def test_old_exportify_gives_the_isrc():
    assert only_track(EXPORTIFY_OLD).isrc == "USSM19801941"


@pytest.mark.parametrize("title", ["title", "track", "name", "song", "Track Name", "TITLE"])
@pytest.mark.parametrize("artist", ["artist", "artists", "artist_name", "Artist Name(s)"])
def test_plain_names_of_columns(title, artist):
    track = only_track(f"{artist},{title},duration_ms\nNena,99 Luftballons,233000\n")
    assert (track.title, track.artist, track.duration_ms) == ("99 Luftballons", "Nena", 233_000)


@pytest.mark.slow
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_encodings_and_line_ends(delimiter, encoding, newline):
    text = f"{HEADER}\nJóga,Björk,{FEATURES}\nÇa ira,Zaz,{FEATURES}\n"
    text = text.replace(",", delimiter).replace("\n", newline)
    tracks = read(text, encoding).tracks
    assert [(t.title, t.artist) for t in tracks] == [("Jóga", "Björk"), ("Ça ira", "Zaz")]
    assert all(track.features for track in tracks)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_titles_in_any_script(encoding):
    title = "夜に駆ける 🌙 Дождь"
    assert only_track(f"title\n{title}\n", encoding).title == title


def test_excels_line_that_names_the_delimiter():
    assert only_track("sep=|\r\ntitle|artist\r\na,b;c|d\r\n").title == "a,b;c"


def test_decimal_commas_as_spreadsheets_write_them():
    track = only_track(f"{HEADER}\nA,B,{FEATURES}\n".replace(",", ";").replace(".", ","))
    assert (track.features.loudness, track.features.speechiness) == (-6.5, 0.05)


def test_a_title_may_hold_delimiters_quotes_and_line_breaks():
    track = only_track('title,artist\n"Say ""Yes"",\nthen; go",B\n')
    assert track.title == 'Say "Yes", then; go'


@pytest.mark.parametrize(
    ("written", "artist"),
    [
        ("A;B", "A, B"),
        ('"A,B"', "A, B"),
        ('"A, B"', "A, B"),
        ('"Tyler\\, The Creator, B"', "Tyler, The Creator, B"),
        ('"10,000 Maniacs"', "10,000 Maniacs"),
    ],
)
def test_several_artists_are_joined_alike(written, artist):
    assert only_track(f"title,artist\nX,{written}\n").artist == artist


def test_the_order_of_rows_and_the_files_name_are_kept():
    playlist = read("title\nb\na\nc\n", name="My_summer_2026.csv")
    assert [track.title for track in playlist.tracks] == ["b", "a", "c"]
    assert playlist.title == "My summer 2026"


def test_the_first_of_two_columns_alike_counts():
    assert only_track("title,title\nfirst,second\n").title == "first"


def test_a_row_that_ends_early_is_padded():
    assert only_track("title,artist,isrc\nA\n").title == "A"


# -- identifiers


@pytest.mark.parametrize(
    "written",
    [
        SPOTIFY_ID,
        f"spotify:track:{SPOTIFY_ID}",
        f"https://open.spotify.com/track/{SPOTIFY_ID}?si=abc",
        f"https://open.spotify.com/intl-de/track/{SPOTIFY_ID}",
    ],
)
def test_spotify_ids_in_every_form(written):
    assert only_track(f"title,track_id\nA,{written}\n").spotify_id == SPOTIFY_ID


@pytest.mark.parametrize(
    "written",
    [
        "",
        "17",
        SPOTIFY_ID[:-1],
        SPOTIFY_ID + "x",
        "spotify:local:A:B:C:1",
        f"spotify:episode:{SPOTIFY_ID}",
        f"https://evil.example/track/{SPOTIFY_ID}",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_spotify_id_makes_no_link(written):
    track = only_track(f"title,track_uri\nA,{written}\n")
    assert (track.spotify_id, track.link) == (None, None)


@pytest.mark.parametrize(
    ("written", "isrc"),
    [("US-SM1-98-01941", "USSM19801941"), ("ussm19801941", "USSM19801941"), ("nonsense", None)],
)
def test_isrcs_are_normalised_or_left_out(written, isrc):
    assert only_track(f"title,isrc\nA,{written}\n").isrc == isrc


@pytest.mark.parametrize("written", ["", "3:75", "-5", "0", "inf", "1e400"])
def test_a_duration_that_is_none_is_left_out(written):
    assert only_track(f"title,duration_ms\nA,{written}\n").duration_ms is None


# -- missing values


@pytest.mark.parametrize("nothing", ["", " ", "nan", "NULL", "None", "N/A", "-"])
def test_a_track_without_all_features_has_none(nothing):
    track = only_track(f"{HEADER}\nA,B,0.5,{nothing},0.7,0,0.2,0.8,-6.5,0.05,120\n")
    assert (track.features, track.features_source) == (None, None)


def test_a_table_without_features_is_a_playlist_with_a_note():
    playlist = read("title,artist\nA,B\n")
    assert playlist.tracks[0].features is None
    assert "no audio features" in str(playlist.notes[0])
    assert not read(f"{HEADER}\nA,B,{FEATURES}\n").notes


def test_some_features_are_as_good_as_none_and_that_is_said():
    playlist = read("title,artist,energy,valence\nA,B,0.5,high\n")
    assert (playlist.tracks[0].features, playlist.skipped) == (None, ())
    assert "lacks danceability, acousticness" in str(playlist.notes[0])
    assert "unknown" in str(playlist.notes[1])


# -- rows that are no track


@pytest.mark.parametrize(
    ("row", "name", "reason"),
    [
        (f",B,{FEATURES}", "row 3", "it has no title"),
        (f" \t,B,{FEATURES}", "row 3", "it has no title"),
        (f"Bad,B,high{FEATURES[3:]}", "row 3: Bad", "danceability is not a number"),
        (f"Bad,B,7{FEATURES[3:]}", "row 3: Bad", "danceability is not within 0 to 1"),
        (f"Bad,B,-inf{FEATURES[3:]}", "row 3: Bad", "danceability is not within 0 to 1"),
        (f"Bad,B,{FEATURES}9999", "row 3: Bad", "tempo is not within 0 to 400"),
        (f"Bad,B,{FEATURES},1", "row 3", "it has more cells than the header"),
        (f"good,b,{FEATURES}", "row 3: good", "the same track stands further up"),
        ('"Bad,B\nC', "row 3", "a quotation mark in it is never closed"),
    ],
)
def test_a_row_that_is_no_track_is_told_and_the_others_stay(row, name, reason):
    playlist = read(f"{HEADER}\nGood,B,{FEATURES}\n{row}\n")
    assert [track.title for track in playlist.tracks] == ["Good"]
    assert [(str(skipped.name), str(skipped.reason)) for skipped in playlist.skipped] == [
        (name, reason)
    ]


@pytest.mark.parametrize("second", ["Hits,200000", "Live,315000", "Live,200000"])
def test_one_name_on_two_albums_or_of_two_lengths_is_two_tracks(second):
    playlist = read(
        f"title,artist,album,duration_ms\nA,B,Hits,315000\nA,B,{second}\nA,B,{second}\n"
    )
    assert len({track.uri for track in playlist.tracks}) == len(playlist.tracks) == 2
    assert [str(one.reason) for one in playlist.skipped] == ["the same track stands further up"]


def test_rows_are_named_by_their_service_or_by_the_file():
    header = "title,artist,spotify_id,deezer_id,isrc"
    rows = [f"A,B,{SPOTIFY_ID},5,USSM19801941", "C,D,,5,", "E,F,,,GBAYE9700116", "G,H,,,"]
    tracks = read("\n".join([header, *rows]), name="my list.csv").tracks
    assert [track.uri for track in tracks[:2]] == [f"spotify:track:{SPOTIFY_ID}", "deezer:track:5"]
    assert all(re.fullmatch(r"file:my%20list\.csv#[0-9a-f]{16}", one.uri) for one in tracks[2:])
    # the same names whatever stands around the rows
    again = read("\n".join([header, "New,Row,,,", *reversed(rows)]), name="my list.csv").tracks
    assert {track.uri for track in tracks} <= {track.uri for track in again}


def test_rows_are_counted_as_a_spreadsheet_does_and_blank_ones_are_no_rows():
    playlist = read("title,artist\n\nA,x\n,,\n\n,y\n")
    assert [str(skipped.name) for skipped in playlist.skipped] == ["row 6"]


def test_every_row_is_either_a_track_or_told():
    rows = [f"T{i % 40},B,{'x' if i % 7 == 0 else '0.5'}{FEATURES[3:]}" for i in range(100)]
    playlist = read("\n".join([HEADER, *rows]))
    assert len(playlist.tracks) + len(playlist.skipped) == 100
    assert Counter(str(s.reason) for s in playlist.skipped)["danceability is not a number"] == 15


# -- files that are no playlist


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"\n\n \n"[:2], "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"title,artist\n", "header but no rows"),
        (b"title,artist\n\n,\n", "header but no rows"),
        (b"PK\x03\x04" + bytes(range(256)), "save or export it as CSV"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a text file"),
        (bytes(range(256)) * 20, "not a text file"),
        (b"\xff\xfe\x00", "not a text file|no column of titles"),
        (b"a,b\n1,2\n", "no column of titles.*Found: a, b"),
        (b"<!doctype html><html></html>", "no column of titles"),
        (b'title\n"' + b"x" * 200_000, "quotation mark"),
        (b"title,artist\n,B\n", "no usable row. row 2: it has no title"),
    ],
)
def test_a_file_that_is_no_playlist_gets_a_sentence(data, sentence):
    with pytest.raises(PlaylistError, match=sentence):
        read_csv(data, "x.csv")


def test_a_file_that_is_too_large_is_refused_before_it_is_read():
    with pytest.raises(PlaylistError, match="larger than 20 MB"):
        read_csv(bytes(csv_file.MAX_BYTES + 1), "x.csv")


def test_rows_beyond_the_limit_are_told(monkeypatch):
    monkeypatch.setattr(csv_file, "MAX_ROWS", 3)
    playlist = read("title\na\nb\nc\nd\ne\n")
    assert [track.title for track in playlist.tracks] == ["a", "b", "c"]
    assert [(str(s.name), str(s.reason)) for s in playlist.skipped] == [
        ("rows 5 to 6", "only the first 3 rows are read")
    ]


def test_damaged_characters_cost_only_themselves():
    data = "title,artist\nJóga,Björk\nÇa ira,Zaz\n".encode().replace("Ç".encode(), b"\xc3")
    assert [track.title for track in read_csv(data, "x").tracks] == ["Jóga", "\ufffda ira"]


def test_a_file_cut_in_the_middle_of_a_character_is_read():
    assert read_csv("title\nJóga\nBjörk é".encode()[:-1], "x").tracks[0].title == "Jóga"


# -- hostile cells


@pytest.mark.parametrize(
    "title", ['=HYPERLINK("http://evil.example")', "+1+1", "@SUM(A1)", "-2", "<script>x</script>"]
)
def test_formulas_and_markup_stay_the_text_they_are(title):
    quoted = '"' + title.replace('"', '""') + '"'
    assert only_track(f"title\n{quoted}\n").title == title


def test_invisible_and_endless_text_is_cut():
    track = only_track(f'title,artist\n"a\x1b\u202eb\t c",{"x" * 5000}\n')
    assert track.title == "a b c"
    assert len(track.artist) == 300


@pytest.mark.slow
def test_ten_thousand_rows():
    rows = [f"Title {i},Artist {i % 900},{FEATURES}" for i in range(10_000)]
    playlist = read("\n".join([HEADER, *rows]))
    assert len(playlist.tracks) == 10_000
    assert not playlist.skipped


@pytest.mark.parametrize(
    ("cell", "genres"),
    [
        ('"Soft Rock,yacht rock"', ("soft rock", "yacht rock")),
        ("pop; Pop ;dance pop", ("pop", "dance pop")),
        ("", ()),
        ("N/A", ()),
        (";;", ()),
    ],
)
def test_genres_are_read_where_the_file_names_them(cell, genres):
    assert only_track(f"title,artist,Genres\nSong,Nena,{cell}\n").genres == genres


def test_no_genres_are_made_up():
    assert only_track(EXPORTIFY_OLD).genres == ()
    named = EXPORTIFY_NEW.replace('TOTO;"A, B"', "TOTO;A")
    assert only_track(named).genres == ("soft rock", "yacht rock")


def test_a_track_has_few_genres():
    cell = ";".join(f"genre {i}" for i in range(50))
    assert len(only_track(f"title,artist,Genres\nSong,Nena,{cell}\n").genres) == MAX_GENRES


# -- what programs write around a table, and into its cells


def named(text: str) -> list[tuple[str, str]]:
    return [(track.title, track.artist) for track in read(text).tracks]


@pytest.mark.parametrize(
    "above",
    [
        "My Library\n",
        "Exported by Somebody on 2024-01-02, 10:00\n",
        "\n\n",
        "Favourites 2024\n\n\n",
        "Playlist;Owner\nMine;me\n\n",
        ",,,\n",
        '"A note,\nover two lines"\n',
    ],
)
@pytest.mark.parametrize("header", ["No,Title,Artist", "No;Title;Artist", "No\tTitle\tArtist"])
def test_lines_before_the_header(above, header):
    row = header.replace("No", "1").replace("Title", "River").replace("Artist", "Delta")
    playlist = read(f"{above}{header}\n{row}\n{row[:1]}\n")
    assert [(track.title, track.artist) for track in playlist.tracks] == [("River", "Delta")]
    # rows are numbered as in the file
    records = above.count("\n") - above.count(",\n") + (above == ",,,\n") + 3
    assert str(playlist.skipped[0].name) == f"row {records}"


def test_the_header_stands_near_the_beginning():
    with pytest.raises(PlaylistError, match=r"no column of titles.*Found: x"):
        read("x\n" * 100 + "title,artist\nA,B\n")


def test_a_row_that_holds_words_of_headers_is_a_track():
    assert named("Title,Artist,Comment\nTempo,Energy,\nName,Somebody,\n") == [
        ("Tempo", "Energy"),
        ("Name", "Somebody"),
    ]


def test_blanks_before_quotation_marks():
    assert named('TITLE, ARTIST\n "One, two",  "B"\n"C", "D, E"\nF , G\n') == [
        ("One, two", "B"),
        ("C", "D, E"),
        ("F", "G"),
    ]


def test_exports_that_were_put_together():
    playlist = read(
        "Title,Artist,Length\nA,B,200\nTITLE,ARTIST,LENGTH\nC,D,300\n"
        "Artist,Title,Duration (ms)\nF,E,240000\nTitle,Artist,Length\nG,H,100\n"
    )
    assert [(track.title, track.artist, track.duration_ms) for track in playlist.tracks] == [
        ("A", "B", 200_000),
        ("C", "D", 300_000),
        ("E", "F", 240_000),
        ("G", "H", 100_000),
    ]
    assert [str(one.name) for one in playlist.skipped] == ["row 3", "row 5", "row 7"]
    assert {str(one.reason) for one in playlist.skipped} == {"it names the columns once more"}


def test_two_files_with_their_marks_one_after_the_other():
    part = "\ufefftitle,artist\n{},B\n"
    assert named(part.format("A") + part.format("C")) == [("A", "B"), ("C", "B")]


def test_lines_that_are_wholly_in_quotes():
    text = '"Title,Artist,Album"\n"A,""B, C"",D"\n"E,F,"\n'
    assert named(text) == [("A", "B, C"), ("E", "F")]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (r'"The \"Best\" of"', 'The "Best" of'),
        (r'"\"Best\""', '"Best"'),
        (r'"C:\\Music and \"more\""', 'C:\\Music and "more"'),
        ('"The ""Best"" of"', 'The "Best" of'),
        ("AC\\DC", "AC\\DC"),
        ("Rock &amp; Roll", "Rock & Roll"),
        ("Don&#39;t", "Don't"),
        ("Don&#x27;t", "Don't"),
        ("Caf&eacute;", "Café"),
        ("Don&amp;#39;t", "Don't"),
        ("R&B", "R&B"),
        ("&nosuchthing;", "&nosuchthing;"),
        ("A &not B", "A &not B"),
        ("&#61;cmd()", "=cmd()"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_escapes_of_other_programs(cell, text, delimiter):
    track = only_track(f"title{delimiter}artist\n{cell}{delimiter}B\n")
    assert (track.title, track.artist) == (text, "B")


@pytest.mark.parametrize(
    ("cell", "artist"),
    [
        ("\"['A', 'B']\"", "A, B"),
        ("\"['A']\"", "A"),
        ('"[""A"", ""B""]"', "A, B"),
        ('"[""Rock N\' Sons""]"', "Rock N' Sons"),
        ("\"['Rock N\\\\' Sons']\"".replace("\\\\", "\\"), "Rock N' Sons"),
        ("\"('A', 'B')\"", "A, B"),
        ("['A' 'B']", "A, B"),
        ("[]", ""),
        ("[A]", "[A]"),
        ("(G)roup", "(G)roup"),
        ("\"['A', B]\"", "['A', B]"),
        ("A &amp; B;C", "A & B, C"),
    ],
)
def test_lists_of_artists(cell, artist):
    assert only_track(f"title,artist\nX,{cell}\n").artist == artist


def test_lists_of_genres():
    assert only_track("title,genres\nX,\"['pop', 'soul']\"\n").genres == ("pop", "soul")


def test_our_own_file_means_what_it_says():
    track = only_track("title,artist,makers_mood\nA &amp; B,\"['x']\",\n")
    assert track.title == "A &amp; B"


@pytest.mark.parametrize("word", ["sound", " sound "])
@pytest.mark.parametrize("column", ["features_source", "Features Source"])
def test_our_own_file_says_what_was_heard(column, word):
    text = (
        f"{HEADER},makers_mood,{column}\n"
        f"Heard,A,{FEATURES},,{word}\nAsked,A,{FEATURES},,reccobeats\nTold,A,{FEATURES},,\n"
        f"No features,A{',' * len(FEATURE_NAMES)},,{word}\n"
    )
    playlist = read(text)
    assert not playlist.skipped
    found = [(one.title, one.features_source) for one in playlist.tracks]
    assert found == [("Heard", SOUND), ("Asked", "csv"), ("Told", "csv"), ("No features", None)]


@pytest.mark.parametrize(
    "word",
    ["", "reccobeats", "csv", "Sound", "SOUND", "sounds", "the sound", "sound,", "nan", "0", "'"],
)
def test_other_words_for_where_features_are_from_change_nothing(word):
    with_word = f'{HEADER},features_source\nX,A,{FEATURES},"{word}"\n'
    assert only_track(with_word) == only_track(f"{HEADER}\nX,A,{FEATURES}\n")


@pytest.mark.parametrize(
    "link",
    [
        f"open.spotify.com/track/{SPOTIFY_ID}",
        f"http://open.spotify.com/intl-pt-BR/track/{SPOTIFY_ID}?si=1&x=2",
        f"https://open.spotify.com/embed/track/{SPOTIFY_ID}",
        f"https://play.spotify.com/track/{SPOTIFY_ID}#0:10",
        f"spotify:track:{SPOTIFY_ID}?si=1",
    ],
)
@pytest.mark.parametrize("column", ["Track URI", "Link", "URL"])
def test_links_of_tracks_in_columns(link, column):
    assert only_track(f"title,{column}\nA,{link}\n").spotify_id == SPOTIFY_ID


@pytest.mark.parametrize(
    ("link", "ids"),
    [
        ("https://www.deezer.com/en/track/17?utm=1", (None, "17")),
        ("deezer.com/track/17", (None, "17")),
        ("https://www.deezer.com/album/17", (None, None)),
        ("17", (None, None)),  # an id, but whose?
        (SPOTIFY_ID, (None, None)),
        ("https://example.org/track/17", (None, None)),
        ("javascript:alert(1)", (None, None)),
    ],
)
def test_a_column_of_links_names_what_it_names(link, ids):
    track = only_track(f"title,link\nA,{link}\n")
    assert (track.spotify_id, track.deezer_id) == ids


# -- what is said about moods


def test_a_column_of_beats_is_no_reason_to_refuse_a_file():
    playlist = read("Name,Artist,BPM,Energy\nA,B,124,7\nC,D,fast,high\n")
    assert [track.features for track in playlist.tracks] == [None, None]
    assert "lacks danceability" in str(playlist.notes[0])


@pytest.mark.parametrize("column", ["isrc,USSM19801941", f"id,{SPOTIFY_ID}", "deezer_id,17"])
def test_moods_that_can_be_looked_up_are_not_called_unknown(column):
    name, value = column.split(",")
    [note] = read(f"title,artist,{name}\nA,B,{value}\n").notes
    assert "looked up" in str(note)
    assert "unknown" not in str(note)
    [note] = read(f"title,artist,{name}\nA,B,{value}\nC,D,\n").notes
    assert "1 track names none and remains unknown" in str(note)


# -- nothing is lost silently

CELLS = st.sampled_from(
    ["", "A", "B", "Title", "artist", "&amp;", "['x']", "a\nb", 'q"', "0.5", "3:20", "-", "\\"]
)


@pytest.mark.slow
@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t"]),
)
def test_every_row_of_any_table_is_either_a_track_or_told(rows, delimiter):
    quoted = [
        delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row)
        for row in [["Title", "Artist", "Length"], *rows]
    ]
    filled = sum(any(row) for row in rows)
    try:
        playlist = read("\n".join(quoted) + "\n")
    except PlaylistError:
        return
    assert len(playlist.tracks) + len(playlist.skipped) == filled


@pytest.mark.slow
@given(
    st.sampled_from([EXPORTIFY_OLD, EXPORTIFY_NEW]),
    st.sampled_from(["utf-8", "utf-16", "utf-16-le", "cp1252"]),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=3)), max_size=4),
)
def test_a_damaged_export_is_read_or_refused_with_a_sentence(text, encoding, damages):
    data = text.removeprefix("\ufeff").encode(encoding)
    for place, bytes_there in damages:
        at = int(place * len(data))
        data = data[:at] + bytes_there + data[at + len(bytes_there) :]
    try:
        playlist = read_csv(data, "x.csv")
    except PlaylistError as error:
        assert str(error)
    else:
        assert playlist.tracks


@pytest.mark.slow
@pytest.mark.parametrize(
    "row",
    [
        "A,\"['x'" + " " * 3_000 + 'y"',
        'A,"[' + "'x' " * 900 + '"',
        "A," + "&amp;" * 500,
        "title,artist," + "x," * 900,
    ],
    ids=["blanks", "list", "entities", "wide"],
)
def test_odd_cells_cost_no_more_than_others(row):
    started = time.process_time()
    read("title,artist\nfirst,x\n" + f"{row}\n" * 1_000)
    assert time.process_time() - started < 10  # seconds; quadratic, it would be minutes
