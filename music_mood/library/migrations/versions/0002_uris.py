"""Tracks are named by their uri; the list of what sessions played, which nobody wrote, goes.

Until now a track's key was its ISRC, else its id at Spotify or Deezer, else artist and title: the
same track had two as soon as its ISRC was found out. Rows that turn out to be one track become
one. An ISRC stays where the track's own service told it, that is where it is not the key itself.
Tracks without an id at a service came from visitors' files; nobody asks for those again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)
MOODS = ("calm", "energetic", "happy", "sad")


def upgrade() -> None:
    """Build the three tables anew from the old ones."""
    op.drop_table("played")
    # Which old row becomes which track. One of the old rows stands for all with that uri.
    op.create_table(
        "uris", sa.Column("key", sa.Text, primary_key=True), sa.Column("uri", sa.Text, index=True)
    )
    op.execute("""
        INSERT INTO uris (key, uri)
        SELECT key, CASE WHEN spotify_id IS NOT NULL THEN 'spotify:track:' || spotify_id
                         ELSE 'deezer:track:' || deezer_id END
        FROM tracks WHERE spotify_id IS NOT NULL OR deezer_id IS NOT NULL
    """)
    _create_tables()
    op.execute("""
        INSERT INTO new_tracks (uri, isrc, spotify_id, deezer_id, title, artist, album,
                                duration_ms, link, first_seen)
        SELECT chosen.uri, told.isrc, spotify_id, deezer_id, title, artist, album, duration_ms,
               link, first_seen
        FROM (SELECT uri, MIN(key) AS key FROM uris GROUP BY uri) AS chosen
        JOIN tracks ON tracks.key = chosen.key
        LEFT JOIN (SELECT uri, MIN(isrc) AS isrc FROM uris JOIN tracks USING (key)
                   WHERE isrc IS NOT NULL AND isrc <> key GROUP BY uri) AS told
               ON told.uri = chosen.uri
    """)
    op.execute("""
        INSERT INTO new_labels (track_uri, model, mood, calm, energetic, happy, sad, made_at)
        SELECT chosen.uri, labels.model, mood, calm, energetic, happy, sad, made_at
        FROM (SELECT uri, model, MIN(track_key) AS key FROM labels
              JOIN uris ON uris.key = labels.track_key GROUP BY uri, model) AS chosen
        JOIN labels ON labels.track_key = chosen.key AND labels.model = chosen.model
    """)
    op.execute("""
        INSERT INTO new_playlist_tracks (link, track_uri, added_at)
        SELECT link, uri, MIN(added_at) FROM playlist_tracks
        JOIN uris ON uris.key = playlist_tracks.track_key GROUP BY link, uri
    """)
    for table in ("uris", "labels", "playlist_tracks", "tracks"):
        op.drop_table(table)
    for table in ("tracks", "labels", "playlist_tracks"):
        op.rename_table(f"new_{table}", table)


def _create_tables() -> None:
    op.create_table(
        "new_tracks",
        sa.Column("uri", sa.Text, primary_key=True),
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
        "new_labels",
        _track_uri(),
        sa.Column("model", sa.Text, primary_key=True),
        sa.Column("mood", sa.Text),
        *(sa.Column(name, sa.Double, nullable=False) for name in MOODS),
        sa.Column("made_at", MOMENT, nullable=False),
    )
    op.create_table(
        "new_playlist_tracks",
        sa.Column(
            "link",
            sa.Text,
            sa.ForeignKey("playlists.link", ondelete="CASCADE"),
            primary_key=True,
        ),
        _track_uri(),
        sa.Column("added_at", MOMENT, nullable=False),
    )


def _track_uri() -> sa.Column[str]:
    parent = sa.ForeignKey("new_tracks.uri", ondelete="CASCADE")
    return sa.Column("track_uri", sa.Text, parent, primary_key=True)


def downgrade() -> None:
    """Name the columns as before, and let what sessions played be kept again."""
    op.alter_column("tracks", "uri", new_column_name="key")
    op.alter_column("labels", "track_uri", new_column_name="track_key")
    op.alter_column("playlist_tracks", "track_uri", new_column_name="track_key")
    op.create_table(
        "played",
        sa.Column("session", sa.Text, primary_key=True),
        sa.Column("track_key", sa.Text, primary_key=True),
        sa.Column("played_at", MOMENT, nullable=False),
    )
    op.create_index("played_by_time", "played", ["played_at"])
