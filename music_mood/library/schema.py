"""The tables. Whoever changes them writes a migration; a test compares the two.

Tracks are named by `Track.uri`; identifiers are what a provider was asked by
(`features.provider.feature_id`). Natural keys throughout, so that whole playlists are upserted at
once.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

from music_mood.values import FEATURE_NAMES, MOODS

REVISION = "0002"
"""The migration that leads to these tables; databases that have it need no Alembic."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment; SQLite, which knows no zones, is given UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn any zone into UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give UTC, whatever the database makes of it."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


metadata = MetaData()

tracks = Table(
    "tracks",
    metadata,
    Column("uri", Text, primary_key=True),
    Column("isrc", Text),
    Column("spotify_id", Text),
    Column("deezer_id", Text),
    Column("title", Text, nullable=False),
    Column("artist", Text, nullable=False),
    Column("album", Text),
    Column("duration_ms", BigInteger),
    Column("link", Text),
    Column("first_seen", UtcDateTime, nullable=False),
)

features = Table(
    "features",
    metadata,
    Column("identifier", Text, primary_key=True),
    *(Column(name, Double, nullable=False) for name in FEATURE_NAMES),
    Column("source", Text, nullable=False),
    Column("found_at", UtcDateTime, nullable=False),
)

# Who was asked in vain, so that a second reading costs no call; see `store.UNKNOWN_FOR`.
unknown_features = Table(
    "unknown_features",
    metadata,
    Column("identifier", Text, primary_key=True),
    Column("asked", Text, primary_key=True),
    Column("asked_at", UtcDateTime, nullable=False),
)

# No mood: the model was not sure.
labels = Table(
    "labels",
    metadata,
    Column("track_uri", Text, ForeignKey("tracks.uri", ondelete="CASCADE"), primary_key=True),
    Column("model", Text, primary_key=True),
    Column("mood", Text),
    *(Column(mood.value, Double, nullable=False) for mood in MOODS),
    Column("made_at", UtcDateTime, nullable=False),
)

playlists = Table(
    "playlists",
    metadata,
    Column("link", Text, primary_key=True),
    Column("title", Text),
    Column("marked_at", UtcDateTime, nullable=False),
    Column("read_at", UtcDateTime),
)

playlist_tracks = Table(
    "playlist_tracks",
    metadata,
    Column("link", Text, ForeignKey("playlists.link", ondelete="CASCADE"), primary_key=True),
    Column("track_uri", Text, ForeignKey("tracks.uri", ondelete="CASCADE"), primary_key=True),
    Column("added_at", UtcDateTime, nullable=False),
)
