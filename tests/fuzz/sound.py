"""Files of sound as visitors bring them, with lists that name them; and what is heard of them."""

import io
from functools import cache
from random import Random

import numpy as np

from music_mood.errors import PlaylistError
from music_mood.files.audio_files import MAX_MINUTES, GivenFile
from music_mood.sound.excerpt import LENGTH_S, RATE_HZ, SHORTEST_S, middle_of
from music_mood.sources.files import read_files
from tests.contract.steps import result_of
from tests.fuzz.lists import TABLES, sound_playlist
from tests.fuzz.mutate import broken_bytes, broken_text
from tests.fuzz.target import Target, check
from tests.sounds import CODECS, encoded, muxed, wav

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


TARGET = Target("sound", _make, _take, (PlaylistError,), share=0.06)


SECONDS = (0.0, 0.0, 6.0, 8.0, 40.0, 600.0, 36_000.0, 1e9)
"""How long a file may be said to last: its header may lie, and the length be of another file."""


@cache
def _long_seeds() -> list[bytes]:
    """Of some seconds, so that there is something to hear; as small as they can be."""
    raw = [muxed(*one, 7.0) for one in (("adts", "aac"), ("webm", "libopus"), ("webm", "vorbis"))]
    return [*raw, *(encoded(suffix, 7.0) for suffix in CODECS), wav(6.0)]


def _make_heard(random: Random) -> tuple[bytes, float]:
    return broken_bytes(random, _long_seeds()), random.choice(SECONDS)


def _hear(given: tuple[bytes, float]) -> None:
    data, seconds = given
    excerpt = middle_of(io.BytesIO(data), seconds)
    if excerpt is None:
        return
    samples = excerpt.samples
    check(samples.dtype == np.float32, f"is of {samples.dtype}")
    check(samples.ndim == 2 and len(samples) in (1, 2), f"has the shape {samples.shape}")
    length_s = samples.shape[1] / RATE_HZ
    check(SHORTEST_S <= length_s <= LENGTH_S, f"lasts {length_s} s")
    check(bool(np.isfinite(samples).all()), "holds what is no number")
    check(float(np.abs(samples).max()) <= 1, "is louder than anything can be")


EXCERPT = Target("excerpt", _make_heard, _hear, share=0.04)
