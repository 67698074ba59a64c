"""What visitors paste, and addresses that strangers make up for them."""

import time
from random import Random
from urllib.parse import unquote

import numpy as np

from emotion.capture import Capture
from music_mood.errors import PlaylistError
from music_mood.panel.visit import Visit
from music_mood.reference import MAX_LENGTH, Reference, find_link, is_link, parse_link
from tests.fuzz.mutate import TEXTS, broken_text
from tests.fuzz.target import Target, check

LINKS = (
    "https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M?si=abc",
    "https://open.spotify.com/intl-de/track/6rqhFgbbKwnb9MLmUQDhG6",
    "spotify:album:6rqhFgbbKwnb9MLmUQDhG6",
    "https://www.deezer.com/de/playlist/908622995",
    "https://deezer.page.link/abcdef",
    "https://link.deezer.com/s/30abcdef",
    '<iframe src="https://open.spotify.com/embed/playlist/37i9dQZF1DXcBWIGoYBM5M"></iframe>',
    "Listen: https://www.deezer.com/track/3135556 (great!)",
    "https://widget.deezer.com/widget/dark/playlist/908622995?a=b#c",
    "https%3A%2F%2Fopen.spotify.com%2Fplaylist%2F37i9dQZF1DXcBWIGoYBM5M",
    "https://example.org/?uri=spotify%3Atrack%3A6rqhFgbbKwnb9MLmUQDhG6",
    "37i9dQZF1DXcBWIGoYBM5M",
    "908622995",
    "the beatles yesterday",
)

ADDRESSES = (
    *("happy", "sad", "neutral", "happy81-neutral12-sad7", "happy0", "happy999-sad1"),
    *("photo", "live", "snapshot", "lift", "match", "demo", "link", "files", "spotify", "de", "en"),
    *("demo:track:1,demo:track:2", "file%3Amine.mp3", "spotify:track:6rqhFgbbKwnb9MLmUQDhG6"),
    *LINKS,
)
NAMES = ("feeling", "face", "way", "aim", "from", "link", "lang", "tracks", "now", "about", "code")


def _make_link(random: Random) -> str:
    if random.random() < 0.05:
        piece = random.choice((*TEXTS, *LINKS)) or "x"
        return piece * (random.choice((MAX_LENGTH, 60_000)) // len(piece))
    return broken_text(random, LINKS)


def _take_link(text: str) -> None:
    is_link(text)
    found = find_link(text)
    found.link if isinstance(found, Reference) else str(found.way_on)
    if isinstance(found, Reference):
        check(parse_link(found.link) == found, f"{found.link} means something else")
        found.link.encode("ascii")


LINK = Target("links", _make_link, _take_link, (PlaylistError,), share=0.2, cpu_s=1.0)


def _make_address(random: Random) -> dict[str, str]:
    return {
        random.choice(NAMES): broken_text(random, ADDRESSES) for _ in range(random.randrange(8))
    }


def _take_address(query: dict[str, str]) -> None:
    capture, visit = Capture(), Visit()
    for part in (capture, visit):
        part.take_up(query)
    feeling = capture.feeling
    if feeling is not None:
        check(bool(np.isclose(feeling.probabilities.sum(), 1, atol=1e-3)), "no probabilities")
    check(len(visit.link) <= MAX_LENGTH, "a link of any length")
    check(sum(map(len, visit.rows)) + len(visit.resume) <= 2 * MAX_LENGTH, "rows of any length")
    written = capture.to_query() | visit.to_query()
    again = (Capture(), Visit())
    for part in again:
        part.take_up(written)
    once_more = again[0].to_query() | again[1].to_query()
    check(once_more == written, f"{written} comes back as {once_more}")
    check(time.monotonic() > 0 and all(unquote(value) for value in written.values()), "empty")


ADDRESS = Target("addresses", _make_address, _take_address, share=0.1, cpu_s=1.0)
