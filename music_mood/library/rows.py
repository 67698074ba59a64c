"""Values <-> rows. What visitors and services write is made storable here, once."""

import hashlib
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import RowMapping

from music_mood.matching import plain_isrc
from music_mood.reference import ID_SHAPES, Host
from music_mood.values import FEATURE_NAMES, MOODS, AudioFeatures, LabelledTrack, Track

MAX_NAME = 400
"""Longest name of a row in characters: PostgreSQL's index entries end at 2 700 bytes."""

MAX_DURATION_MS = 2**31

_feature_values = attrgetter(*FEATURE_NAMES)


def storable(words: str) -> str:
    """Take out what a database refuses: NUL (PostgreSQL) and halves of surrogate pairs (both)."""
    return words.replace("\0", "").encode(errors="replace").decode()


def storable_name(name: str) -> str:
    """Make what names a row storable, and short: of a long one, a digest stands for the end."""
    plain = storable(name)
    if len(plain) <= MAX_NAME:
        return plain
    digest = hashlib.sha256(plain.encode()).hexdigest()
    return plain[: MAX_NAME - len(digest)] + digest


def track_row(track: Track, seen: datetime) -> dict[str, Any]:
    """Make a row of `schema.tracks`; identifiers of a wrong shape are left out."""
    duration = track.duration_ms
    return {
        "uri": storable_name(track.uri),
        "isrc": plain_isrc(track.isrc),
        "spotify_id": _shaped(track.spotify_id, Host.SPOTIFY),
        "deezer_id": _shaped(track.deezer_id, Host.DEEZER),
        "title": storable(track.title),
        "artist": storable(track.artist),
        "album": storable(track.album) if track.album else None,
        "duration_ms": duration if duration and 0 < duration < MAX_DURATION_MS else None,
        "link": storable(track.link) if track.link else None,
        "first_seen": seen,
    }


def features_row(identifier: str, track: Track, found: datetime) -> dict[str, Any]:
    """Make a row of `schema.features` of a track that has them."""
    values = zip(FEATURE_NAMES, _feature_values(track.features), strict=True)
    return {
        "identifier": storable_name(identifier),
        **{name: float(value) for name, value in values},
        "source": track.features_source,
        "found_at": found,
    }


def features_of(row: RowMapping) -> AudioFeatures:
    """Read a row of `schema.features`."""
    return AudioFeatures(**{name: row[name] for name in FEATURE_NAMES})


def label_row(labelled: LabelledTrack, model: str, made: datetime) -> dict[str, Any]:
    """Make a row of `schema.labels` of a track that has probabilities."""
    shares = zip(MOODS, labelled.probabilities or (), strict=True)
    return {
        "track_uri": storable_name(labelled.track.uri),
        "model": model,
        "mood": labelled.mood.value if labelled.mood else None,
        **{mood.value: share for mood, share in shares},
        "made_at": made,
    }


def _shaped(identifier: str | None, host: Host) -> str | None:
    return identifier if identifier and ID_SHAPES[host].fullmatch(identifier) else None
