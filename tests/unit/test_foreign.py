"""Text that others wrote: what is left of it at each boundary can be shown, kept and sent."""

import ast
import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from i18n import Address, Message, Words, joined
from i18n.catalogue import all_found
from i18n.foreign import MAX_TEXT, clean, destination, linked, literal, shown
from music_mood.choosing.queue import Queue
from music_mood.clients.deezer import DeezerTrack, read_track
from music_mood.clients.itunes import Song
from music_mood.clients.spotify import shapes
from music_mood.errors import PlaylistError
from music_mood.files.audio_files import MAX_NAME, GivenFile
from music_mood.files.audio_names import Tags, names_of
from music_mood.files.export import as_csv, as_m3u
from music_mood.files.lists.playlist_files import read_playlist_file
from music_mood.panel.player.line import handle, read_events
from music_mood.panel.player.playing import Playing
from music_mood.panel.visit import Visit
from music_mood.sources.files import read_files
from music_mood.values import LabelledTrack, LabelSource, Playlist, Skipped, Track
from music_mood.web.json_body import MAX_DEPTH, TooDeepError, parse
from tests.browser.server import ROOT
from tests.contract.steps import result_of
from tests.nasty import EVIL

ODD = "\ud800\udfff\x00\x07\x1b\n\r\t\x85\u200b\u200d\u200e\u202e\u2066\u2028\ufeff\u00ad\u3164"
ANY = st.text(st.characters() | st.characters(categories=["Cs"]) | st.sampled_from(ODD))
LONG = st.builds(lambda text, times: text * times, ANY, st.sampled_from([1, 1, 1, 50, 400]))
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
"""Misspelt without the zero-width non-joiner in it."""
SPOTIFY_ID = "0123456789abcdefABCDEF"


def is_fit(text: str, most: int = MAX_TEXT) -> bool:
    """Whether a text can be shown in a line, and kept anywhere."""
    text.encode()
    json.dumps(text, ensure_ascii=False).encode()
    bad = {"Cc", "Cs", "Zl", "Zp"}
    turns = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")
    return len(text) <= most and not any(
        unicodedata.category(one) in bad or one in turns for one in text
    )


@given(LONG)
@example("a" * 5_000)
@example("e" + "\u0301" * 5_000)
@example("👩\u200d" * 5_000)
@example(" \u200b \ufeff ")
def test_what_is_shown_fits_everywhere_and_stays_as_it_is(text):
    line = shown(text)
    assert is_fit(line)
    assert line == line.strip() and "  " not in line
    assert shown(line) == line
    assert clean(clean(text)) == clean(text)
    if len(line) == MAX_TEXT:
        assert line.endswith("…") or len(shown(text, 10**6)) == MAX_TEXT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\ud83db", "a\ufffdb"),
        ("a\u202egpj.exe", "a gpj.exe"),
        ("pass\u200bword\ufeff", "password"),
        (PERSIAN, PERSIAN),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("one\r\n\r\n# two\u2028three", "one # two three"),
        ("x" * 301, "x" * 299 + "…"),
        ("x" * 298 + "e\u0301xx", "x" * 298 + "…"),  # no accent is lost, and none is left alone
    ],
)
def test_what_becomes_of_odd_characters(text, expected):
    assert shown(text) == expected


# --- Markdown; what a browser makes of it is looked at in tests/browser/test_foreign.py ---------


@given(ANY)
def test_in_markdown_every_mark_stands_behind_a_backslash_in_one_line(text):
    written = literal(text)
    bare = written.replace(":color[]{}", "")
    assert re.fullmatch(r"(?:\\[!-/:-@\[-`{-~]|[^!-/:-@\[-`{-~\n\r])*", bare)
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", bare) == " ".join(clean(text).split())


def test_our_own_words_come_out_as_markdown_and_others_do_not():
    message = joined(
        [Message("**Bold** [{title}]({link}).", title="[x] **y**", link=Address("https://a.b/(c)"))]
    )
    expected = r"**Bold** [\[x\] \*\*y\*\*](https\:\/\/a\.b\/\(c\))."
    assert Words().say_markdown(message) == expected
    assert Words().say(message) == "**Bold** [[x] **y**](https://a.b/(c))."


@given(ANY)
def test_an_address_ends_where_it_should(text):
    for address in (text, f"https://a.example/{text}"):
        where = destination(address)
        assert not where or where.startswith(r"https\:\/\/") or where.startswith(r"http\:\/\/")
        assert not re.search(r"\s|(?<!\\)(?:\\\\)*[()<>]", where)
        where.encode()
    assert linked("x", text if not text.startswith("http") else None) == "x"


def test_no_wording_of_ours_makes_markup_of_a_parameter_by_what_stands_beside_it():
    """`literal` looks at the text alone, and at a colon or full stop of ours behind it."""
    beside = re.compile(r"(?:[:<>=~@/]|-|[Ww]{3}|https?:)\{\w+[^}]*\}|\{\w+[^}]*\}(?:[<>=~@/]|-)")
    odd = [
        text
        for found in all_found()
        for text in found.texts
        if beside.search(text.replace("[{address}]({address})", ""))
    ]
    assert odd == []


def test_what_others_wrote_never_gets_into_markdown_as_it_is():
    """Errors, notes and titles hold it: they are said by `say_markdown`, or `literal`."""
    takers = {
        *("markdown", "caption", "warning", "error", "info", "success", "toast", "button"),
        *("expander", "checkbox", "toggle", "popover", "progress", "metric", "header", "subheader"),
    }
    foreign = {"message", "notice", "title", "name", "artist", "trouble", "note"}
    for path in [
        ROOT / "main.py",
        *(ROOT / "emotion").rglob("*.py"),
        *ROOT.glob("*/panel/**/*.py"),
    ]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            is_taker = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in takers
            )
            if not is_taker:
                continue
            for call in ast.walk(node):
                if not isinstance(call, ast.Call) or call is node:
                    continue
                name = getattr(call.func, "attr", getattr(call.func, "id", ""))
                told = [one.attr for one in ast.walk(call) if isinstance(one, ast.Attribute)]
                if name == "say":
                    assert not foreign & set(told), f"{path}:{call.lineno}: use say_markdown"


def test_every_field_for_text_is_bounded():
    for path in (ROOT / "main.py", *ROOT.glob("*/panel/**/*.py")):
        source = path.read_text("utf-8")
        fields = len(re.findall(r"st\.(?:text_input|text_area|chat_input)\b", source))
        assert source.count("max_chars=") == fields, path


# --- boundaries --------------------------------------------------------------------------------


def all_fit(track: Track) -> bool:
    texts = (track.title, track.artist, track.album or "", *track.genres)
    track.uri.encode()
    return all(is_fit(one) for one in texts)


@given(LONG, LONG, LONG)
def test_what_deezer_names(title, artist, album):
    answer = parse(
        json.dumps({"id": 1, "title": title, "artist": {"name": artist}, "album": {"title": album}})
    )
    found = read_track(answer)
    assert isinstance(found, DeezerTrack) and all_fit(found.as_track())
    assert found.as_track().title == shown(title)


@given(LONG, LONG, LONG)
def test_what_spotify_names(title, artist, other):
    track = {"id": SPOTIFY_ID, "name": title, "artists": [{"name": artist}] * 30}
    found = shapes.read_track(
        parse(json.dumps(track | {"album": {"name": other}, "type": "track"}))
    )
    if isinstance(found, Track):
        assert all_fit(found)
    else:
        assert is_fit(str(found.name))
    odd = shapes.read_entry(parse(json.dumps({"item": {"name": title, "type": other}})))
    assert isinstance(odd, Skipped)
    assert is_fit(str(odd.name)) and is_fit(str(odd.reason), 400)
    listed = shapes.FoundAlbumShape.model_validate(parse(json.dumps(track)))
    user = shapes.UserShape.model_validate({"id": "x", "display_name": title})
    named = shapes.PlaylistEntryShape.model_validate({"id": SPOTIFY_ID, "name": other})
    assert all(map(is_fit, (listed.title, user.display_name, named.name)))


@given(LONG, LONG)
def test_what_itunes_names(title, artist):
    song = Song.model_validate(parse(json.dumps({"trackName": title, "artistName": artist})))
    assert all_fit(song.as_track())


@pytest.mark.parametrize(
    "identifier", ["", "x) ![i](http://evil.example/x.png)", "a/../b", "é" * 22]
)
def test_an_id_of_another_form_leads_nowhere(identifier):
    entry = {"id": identifier, "name": "x", "artists": [], "type": "track"}
    assert isinstance(shapes.read_track(entry), Skipped)
    for shape in (shapes.PlaylistEntryShape, shapes.FoundAlbumShape, shapes.CreatedShape):
        assert shapes.usable(shape, [entry]) == []


def test_figures_beyond_measure_are_not_known():
    huge = 10**300
    deezer = DeezerTrack.model_validate({"id": 1, "title": "x", "duration": huge})
    spotify = shapes.read_track({"id": SPOTIFY_ID, "name": "x", "duration_ms": huge})
    assert isinstance(spotify, Track)
    assert deezer.as_track().duration_ms is spotify.duration_ms is None
    assert read_track({"id": huge, "title": "x"}) is None


@given(st.integers(0, 3 * MAX_DEPTH), st.sampled_from(["[]", '{"a":}']))
def test_json_is_bounded_in_depth(depth, form):
    start, end = form[:-1], form[-1]
    text = start * depth + "1" + end * depth
    if depth > MAX_DEPTH:
        with pytest.raises(TooDeepError):
            parse(text)
    else:
        assert parse(text) == json.loads(text)


@pytest.mark.parametrize("depth", [990, 5_000, 100_000])
def test_json_however_deep_is_no_recursion_error(depth):
    with pytest.raises(TooDeepError):
        parse(b'{"a":' + b"[" * depth + b"]" * depth + b"}")


def test_json_is_parsed_in_one_place_only():
    """But for our own files, and a cell of a table, whose form and length are known before."""
    allowed = {
        *(
            "music_mood/web/json_body.py",
            "music_mood/files/cells.py",
            "music_mood/files/headers.py",
        ),
        *("music_mood/bulk/job.py", "emotion/figures.py", "emotion/classifier.py"),
        *("music_mood/model/targets.py", "music_mood/model/figures.py"),
        *("music_mood/model/artefact.py", "serving/frontend.py"),
    }
    found = {
        path.relative_to(ROOT).as_posix()
        for room in ("emotion", "i18n", "music_mood", "page", "serving")
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"json\.loads?\(|\.json\(\)", path.read_text("utf-8"))
        and "training" not in path.parts
    }
    assert found == allowed


def as_json_lists(title: str, artist: str) -> bytes:
    track = {"title": title, "creator": artist, "album": title, "location": [title]}
    return json.dumps({"playlist": {"title": title, "track": [track]}}).encode()


def as_json_table(title: str, artist: str) -> bytes:
    return json.dumps([{"title": title, "artist": artist, "genres": artist}]).encode()


def as_table(title: str, artist: str) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([["title", "artist", "genres"], [title, artist, artist]])
    return file.getvalue().encode("utf-8", "surrogatepass")


def as_lines(title: str, artist: str) -> bytes:
    text = f"#EXTM3U\n#PLAYLIST:{title}\n#EXTINF:1,{artist} - {title}\n{title}.mp3\n"
    return text.encode("utf-8", "surrogatepass")


@given(LONG, LONG, LONG)
@pytest.mark.parametrize(
    ("write", "suffix"),
    [(as_json_lists, "jspf"), (as_json_table, "json"), (as_table, "csv"), (as_lines, "m3u")],
)
def test_what_files_name(write: Callable[[str, str], bytes], suffix, title, artist, name):
    try:
        found = result_of(read_files([GivenFile(f"{name}.{suffix}", data=write(title, artist))]))
    except PlaylistError as error:
        assert is_fit(str(error), 2_000)
        return
    assert is_fit(str(found.title))
    assert all(map(all_fit, found.tracks))
    assert all(is_fit(str(one.name), 600) for one in found.skipped)
    survives(found)


def survives(found: Playlist) -> None:
    """Everything that leaves can be written, and is read again."""
    labelled = [LabelledTrack(one, None, None, LabelSource.NOBODY) for one in found.tracks]
    as_csv(labelled).decode()
    as_m3u(labelled, found.title).decode()
    queue = Queue().follow(labelled)
    json.dumps([one.track.uri for one in queue.ahead], ensure_ascii=False).encode()


@given(LONG, LONG)
def test_what_tags_name(text, name):
    names = names_of(Tags(title=text, artists=(text, name), album=name), f"{name}.mp3")
    assert all(map(is_fit, (names.title, names.artist, names.album)))


@given(LONG, st.sampled_from(["", ".csv", ".mp3", ".m3u8"]))
def test_what_files_are_called(name, suffix):
    file = GivenFile(f"{name}{suffix}")
    assert len(file.name) <= MAX_NAME + 20
    file.name.encode()
    if len(name) > 5_000 and suffix:
        assert file.suffix == suffix


@given(LONG)
def test_what_the_address_names(text):
    visit = Visit()
    visit.take_up({"link": text, "now": text, "tracks": text, "lang": text, "aim": text})
    for value in (visit.link, visit.resume, *visit.rows, *visit.to_query().values()):
        value.encode()
        assert len(value) <= 5_000
    assert visit.language == ""


@given(LONG)
def test_what_a_browser_tells_of_tracks_that_are_not_there_leaves_nothing_behind(uri):
    visit = Visit()
    events = [
        {"number": number, "kind": kind, "uri": uri}
        for number, kind in enumerate(
            ("play", "started", "failed", "up", "drop", "next", "back"), 1
        )
    ]
    handle(visit, read_events(events))
    playing = visit.part(Playing)
    assert not visit.heard and not playing.attempts and not playing.broken and not playing.wanted


# --- formulas ----------------------------------------------------------------------------------

UNSEEN = st.text(
    st.sampled_from("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u034f\ufe0f\t \xa0'")
)
SIGNS = st.sampled_from(["=", "+", "-", "@", "\uff1d", "\uff0b", "\ufe62", "\ufe6b", "\u207a"])


def begins_a_formula(cell: str) -> bool:
    """As the most generous spreadsheet would see it."""
    ignored = ("Cc", "Cf", "Zs", "Zl", "Zp", "Mn")
    seen = next((one for one in cell if unicodedata.category(one) not in ignored), "")
    return unicodedata.normalize("NFKC", seen)[:1] in tuple("=+-@")


@given(UNSEEN, SIGNS, ANY)
@example("\u200b", "=", "1+1")
@example("\u200d\ufe0f", "=", "cmd|'/c calc'!A0")
def test_no_cell_is_a_formula_whatever_stands_unseen_before_it(before, sign, rest):
    track = Track(f"{before}{sign}{rest}", f"{before}{sign}", isrc="DEABC0000001")
    track = replace(track, album=track.title, features_source=track.title)
    data = as_csv([LabelledTrack(track, None, None, LabelSource.NOBODY)])
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    for name in ("title", "artist", "album", "features_source"):
        assert not begins_a_formula(row[name]), row[name]
    (back,) = read_playlist_file(data, "mine.csv").tracks
    assert (back.title, back.artist) == (shown(track.title), shown(track.artist))


def test_the_nasty_strings_are_in_one_line():
    assert all(one == shown(one) for one in EVIL)
