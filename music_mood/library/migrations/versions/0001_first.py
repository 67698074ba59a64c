"""The first tables.

Written out rather than taken from `music_mood.library.schema`, which will move on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
FEATURES = (
    "danceability",
    "acousticness",
    "energy",
    "instrumentalness",
    "liveness",
    "valence",
    "loudness",
    "speechiness",
    "tempo",
)
MOODS = ("calm", "energetic", "happy", "sad")


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "tracks",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("isrc", sa.Text),
        sa.Column("spotify_id", sa.Text),
        sa.Column("deezer_id", sa.Text),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("artist", sa.Text, nullable=False),
        sa.Column("album", sa.Text),
        sa.Column("duration_ms", sa.BigInteger),
        sa.Column("link", sa.Text),
        sa.Column("first_seen", MOMENT, nullable=False),
    )
    op.create_table(
        "features",
        sa.Column("identifier", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Double, nullable=False) for name in FEATURES),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
    )
    op.create_table(
        "unknown_features",
        sa.Column("identifier", sa.Text, primary_key=True),
        sa.Column("asked", sa.Text, primary_key=True),
        sa.Column("asked_at", MOMENT, nullable=False),
    )
    op.create_table(
        "labels",
        sa.Column(
            "track_key",
            sa.Text,
            sa.ForeignKey("tracks.key", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("model", sa.Text, primary_key=True),
        sa.Column("mood", sa.Text),
        *(sa.Column(name, sa.Double, nullable=False) for name in MOODS),
        sa.Column("made_at", MOMENT, nullable=False),
    )
    op.create_table(
        "playlists",
        sa.Column("link", sa.Text, primary_key=True),
        sa.Column("title", sa.Text),
        sa.Column("marked_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT),
    )
    op.create_table(
        "playlist_tracks",
        sa.Column(
            "link",
            sa.Text,
            sa.ForeignKey("playlists.link", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column(
            "track_key",
            sa.Text,
            sa.ForeignKey("tracks.key", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("added_at", MOMENT, nullable=False),
    )
    op.create_table(
        "played",
        sa.Column("session", sa.Text, primary_key=True),
        sa.Column("track_key", sa.Text, primary_key=True),
        sa.Column("played_at", MOMENT, nullable=False),
    )
    op.create_index("played_by_time", "played", ["played_at"])


def downgrade() -> None:
    """Remove all tables, and with them everything remembered."""
    for table in (
        "played",
        "playlist_tracks",
        "playlists",
        "labels",
        "unknown_features",
        "features",
        "tracks",
    ):
        op.drop_table(table)
