"""Files of sound as visitors bring them, together with lists that name them."""

from functools import cache
from random import Random

from music_mood.errors import PlaylistError
from music_mood.files.audio_files import MAX_MINUTES, GivenFile
from music_mood.sources.files import read_files
from tests.contract.steps import result_of
from tests.fuzz.lists import TABLES, sound_playlist
from tests.fuzz.mutate import broken_bytes, broken_text
from tests.fuzz.target import Target, check
from tests.sounds import CODECS, encoded, wav

SUFFIXES = (*CODECS, "wav", "webm", "mp4", "aac", "wma", "txt")


@cache
def _seeds() -> list[bytes]:
    tags = {"title": "Sunny", "artist": "Stars", "album": "One", "TSRC": "DEABC2600001"}
    return [*(encoded(suffix, 0.3, **tags) for suffix in CODECS), wav(0.2)]


def _make(random: Random) -> list[GivenFile]:
    files = []
    for _ in range(random.choice((1, 1, 1, 2))):
        name = f"{broken_text(random, ['01 Stars - Sunny', 'a'])}.{random.choice(SUFFIXES)}"
        files.append(GivenFile(name, data=broken_bytes(random, _seeds())))
    if random.random() < 0.05:
        files.append(GivenFile("list.m3u", data=random.choice(TABLES).encode()))
    return files


def _take(given: list[GivenFile]) -> None:
    found = result_of(read_files(given))
    sound_playlist(found)
    for track in found.tracks:
        within = track.duration_ms is None or track.duration_ms <= MAX_MINUTES * 60_000
        check(within or not track.audio_file, f"lasts {track.duration_ms} ms")


TARGET = Target("sound", _make, _take, (PlaylistError,), share=0.1)
