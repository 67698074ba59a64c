"""No text, however evil, takes long: every regular expression, and everything that reads text.

A longer text is compared with a shorter one in the same run, by the processor's time, so that a
busy machine changes nothing: what is linear takes four times as long for four times the text, what
is quadratic sixteen times.
"""

import heapq
import itertools
import json
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from i18n import language_of
from i18n.foreign import clean, destination, literal, shown
from music_mood.errors import MusicError
from music_mood.files.audio_files import GivenFile
from music_mood.files.audio_names import Tags, artist_and_title, names_of
from music_mood.files.encoding import decode, decode_plain, mended
from music_mood.files.export import as_csv
from music_mood.files.headers import read_header
from music_mood.files.lists.playlist_files import read_playlist_file
from music_mood.matching import Doubles, plain_title, same_song
from music_mood.panel.share_link import host_of, link_to_share
from music_mood.panel.visit import Visit
from music_mood.reference import find_link, is_link
from music_mood.sources.files import read_files
from music_mood.values import LabelledTrack, LabelSource, Track
from music_mood.web.json_body import parse
from music_mood.web.redirects import _addresses
from serving.head import _HOST, _wishes
from tests.contract.steps import result_of
from tests.regexes import Found, evil, patterns, seconds

SHORT, TIMES = 800, 4
SUPERLINEAR = 9.0
"""Between 4 and 16."""
UNFELT_S = 0.004
"""What takes less is not judged: it is too short to be measured."""

BOUNDED = {
    # a title, an artist or a file's name has 300 characters at most when it comes here
    "music_mood/files/audio_names.py": 300,
    "music_mood/files/audio_words.py": 300,
    "music_mood/matching.py": 300,
    "music_mood/files/table.py": 300,
    # cut before; what `cells.py` takes apart is a list whose form was looked at as well
    "music_mood/files/cells.py": 4_000,
    "emotion/capture.py": 200,
    "music_mood/files/headers.py": 100,
}
"""Where patterns stand that are not linear, and the longest text that meets them."""

ANCHORED = {
    ("music_mood/files/export.py", "['"),
    ("music_mood/files/lists/entries.py", "[a-z][a-z0-9+.-]+:"),
    ("music_mood/files/lists/m3u.py", "\\s*+(-?"),
    ("music_mood/files/lists/xml_text.py", "b'\\\\s*<"),
    ("music_mood/files/units.py", "(\\d+"),
    ("music_mood/reference.py", "([a-z0-9.-]*[a-z0-9-])"),
}
"""File and beginning of patterns that are not linear when they may begin anywhere, and are only
asked for a ``match`` or ``fullmatch``."""

OWN = {"serving/frontend.py", "music_mood/panel/build.py"}
"""What reads our own files and Streamlit's, nobody else's."""

PATTERNS, UNTOLD = patterns()
FOREIGN = [one for one in PATTERNS if one.path not in OWN]


def worst(found: Found, anchored: bool, count: int = 4) -> list[int]:
    """Give the places of the texts, among all evil ones, that take longest."""
    timed = (
        (seconds(found, text, anchored=anchored), at) for at, text in enumerate(evil(found, 120))
    )
    return [at for _, at in heapq.nlargest(count, timed)]


def text_at(found: Found, at: int, length: int) -> str | bytes:
    return next(itertools.islice(evil(found, length), at, None))


@pytest.mark.slow
@pytest.mark.parametrize(
    "found",
    [one for one in PATTERNS if one.path not in OWN],
    ids=lambda found: f"{found.path}-{found.pattern!r:.40}",
)
def test_a_regular_expression_is_linear_or_meets_short_texts_only(found: Found):
    limit = BOUNDED.get(found.path)
    anchored = any(
        found.path == path and str(found.pattern).startswith(start) for path, start in ANCHORED
    )
    for at in worst(found, anchored):
        if limit:
            assert seconds(found, text_at(found, at, limit), rounds=3) < 0.05
            continue
        short, long = (
            seconds(found, text_at(found, at, size), rounds=3, anchored=anchored)
            for size in (SHORT, SHORT * TIMES)
        )
        assert long < UNFELT_S or long < SUPERLINEAR * short, f"{found}: {long / short:.0f}"


def test_all_patterns_were_found():
    assert len(PATTERNS) > 100
    # each of these goes through patterns that are told elsewhere, or meets no foreign text
    assert {one.partition(":")[0] for one in UNTOLD} == {
        "music_mood/clients/spotify/api.py",
        "music_mood/commands/console.py",
        "music_mood/files/audio_content.py",
        "music_mood/files/table.py",
        "music_mood/panel/build.py",
    }


# --- what reads text, whole --------------------------------------------------------------------

UNITS = (
    *(
        "a.",
        "a",
        ".",
        "-",
        "_",
        " ",
        "\t",
        "(",
        "[",
        "((",
        "[(",
        ")",
        "://",
        "a://",
        "//",
        "/",
        "\\",
    ),
    *("&", "&a", "&#", "&amp;", "%2F", "%", "https://", "www.", "spotify:", "spotify:track:", "@"),
    *("a@", ":", ":a", "*", '"', '""', "'", "\\'", "['", ",", ";", "|", "a,", "a;b", "\n", "\n\n"),
    *("1", "1:", "1.", "0 ", "- ", " - ", " -", "feat ", " x ", "ft. ", "www.r.", "{", "{[", "#"),
    *("#EXTINF:", "#EXTINF:1", "<", "<a", "<a>", "=", "é", "Ã©", "\u0301", "\u200b", "\u202e"),
    *("a=&", "en;q=", ",,", "de-", "?", "a?", "\x00", "\ufffd"),
)


def table(text: str) -> None:
    read_playlist_file(
        f"title,artist,duration,genres\n{text},{text},{text},{text}".encode(), "x.csv"
    )


def header(text: str) -> None:
    read_playlist_file(f"title,{text},artist\na,b,c".encode(), "x.csv")


def raw(suffix: str, start: str = "") -> Callable[[str], object]:
    return lambda text: read_playlist_file((start + text).encode(), f"x.{suffix}")


def tags(text: str) -> None:
    names_of(Tags(title=text, artists=(text, text), album=text), f"{text}.mp3")


def addresses(text: str) -> None:
    visit = Visit()
    visit.take_up({"link": text, "tracks": text, "now": text, "lang": text})
    link_to_share(f"https://a.example/?{text}", {"link": [text]})


def hosts(text: str) -> None:
    address = f"https://a.example/{text}"
    host_of(address)


def taken_along(text: str) -> None:
    as_csv([LabelledTrack(Track(text, text), None, None, LabelSource.NOBODY)])


def given(text: str) -> None:
    result_of(read_files([GivenFile(f"{text}.csv", data=b"title\na")]))


READERS: dict[str, Callable[[str], object]] = {
    "clean": clean,
    "shown": shown,
    "literal": literal,
    "destination": lambda text: destination(f"https://{text}"),
    "is it a link": is_link,
    "find a link": find_link,
    "short links' pages": lambda text: list(_addresses(f"<meta {text}")),
    "JSON": lambda text: parse(json.dumps({"a": text})),
    "broken JSON": parse,
    "table": table,
    "header": header,
    "csv": raw("csv"),
    "csv, quoted": raw("csv", 'title,artist\n"'),
    "m3u": raw("m3u", "#EXTM3U\n#EXTINF:"),
    "pls": raw("pls", "[playlist]\nFile1="),
    "xml": raw("xspf", "<playlist><trackList><track><title>"),
    "json": raw("json", '{"playlist": "'),
    "txt": raw("txt"),
    "names of columns": lambda text: read_header([text, text * 2]),
    "encoding": lambda text: decode_plain(text.encode("utf-8", "replace")),
    "mended": lambda text: mended(decode(text.encode("utf-8", "replace"), lambda _: 0)),
    "audio names": artist_and_title,
    "tags": tags,
    "names of files": given,
    "matching": lambda text: same_song(Track(shown(text), text[:300]), Track(text[:300], "x")),
    "titles": lambda text: plain_title(shown(text)),
    "doubles": lambda text: Doubles().is_new(Track(text, text)),
    "addresses": addresses,
    "hosts": hosts,
    "taken along": taken_along,
    "language": lambda text: language_of(_wishes(text)),
    "host header": _HOST.fullmatch,
    "locale": lambda text: language_of([text]),
}


def spent(read: Callable[[str], object], text: str) -> float:
    """Processor's seconds, the least of three."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        with suppress(MusicError, ValueError):
            read(text)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_reading_takes_as_long_as_the_text_is(name: str):
    read = READERS[name]
    spent(read, "a")  # what is loaded and kept at first
    for unit in UNITS:
        short, long = (spent(read, _long(unit, size)) for size in (5_000, 20_000))
        if long > 0.05 and long > SUPERLINEAR * short:  # perhaps it is just read in another way
            longer = spent(read, _long(unit, 80_000))
            assert longer < SUPERLINEAR * long, f"{unit!r}: {short:.3f}, {long:.3f}, {longer:.3f} s"


def _long(unit: str, size: int) -> str:
    return f"{(unit * size)[:size]}!"


@pytest.mark.parametrize("unit", ["a.", "a-", "a", "a:", "://a"])
def test_the_paste_that_froze_every_visitor(unit: str):
    text = unit * 30_000
    assert is_link(text) is True  # too long for words, and told so
    assert spent(is_link, text) < 0.05
    with pytest.raises(MusicError, match="too long"):
        find_link(text)
