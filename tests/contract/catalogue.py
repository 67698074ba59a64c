"""The music that the fake services know: invented songs, each known to all of them."""

import random
import string
from dataclasses import dataclass
from functools import cache

from music_mood.values import FEATURE_RANGES

WORDS = ("amber", "river", "midnight", "paper", "lantern", "velvet", "harbour", "winter", "copper")
ARTISTS = (
    "Élise Corvin",
    "The Hollow Kites",
    "Mara & the Tides",
    "North of Nowhere",
    "DJ Ostrava",
    "Sørensen Quartet",
)
UNKNOWN_EVERY = 10
"""Every so many songs, ReccoBeats does not know one."""


@dataclass(frozen=True)
class Song:
    """Number 0, 1, 2, ... with everything that some service says about it."""

    number: int
    title: str
    artist: str
    album: str
    duration_s: int
    isrc: str
    spotify_id: str
    features: dict[str, float]

    @property
    def deezer_id(self) -> int:
        return 3_000_000 + self.number

    @property
    def known_to_reccobeats(self) -> bool:
        return self.number % UNKNOWN_EVERY != UNKNOWN_EVERY - 1


@cache
def song(number: int) -> Song:
    """Invent a song; the same number is always the same song."""
    chance = random.Random(number)  # noqa: S311 - invented data, no secret
    first, second = chance.sample(WORDS, 2)
    alphabet = string.ascii_letters + string.digits
    features = {
        name: round(chance.uniform(*ranges), 3) for name, ranges in FEATURE_RANGES.items()
    } | {
        "loudness": round(chance.uniform(-25, -3), 3),
        "tempo": round(chance.uniform(60, 180), 3),
    }
    return Song(
        number=number,
        title=f"{first} {second} {number}".title(),
        artist=ARTISTS[number % len(ARTISTS)],
        album=f"Album {number // 10}",
        duration_s=chance.randint(150, 300),
        isrc=f"DEA00{number:07d}",
        spotify_id="".join(chance.choices(alphabet, k=22)),
        features=features,
    )


KNOWN_SONGS = 5_000
"""Songs that services find by their identifiers."""


@cache
def by_identifier() -> dict[str, Song]:
    """Spotify id or ISRC -> song."""
    known = songs(KNOWN_SONGS)
    return {one.spotify_id: one for one in known} | {one.isrc: one for one in known}


def songs(count: int, start: int = 0) -> list[Song]:
    """Invent several."""
    return [song(number) for number in range(start, start + count)]
