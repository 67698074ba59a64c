"""What can be asked of the library, and kept in it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, RowMapping, Select, delete, select, update

from music_mood.library.address import parse_database_url
from music_mood.library.database import Database
from music_mood.library.rows import (
    features_of,
    features_row,
    label_row,
    storable,
    storable_name,
    track_row,
)
from music_mood.library.schema import (
    features,
    labels,
    playlist_tracks,
    playlists,
    tracks,
    unknown_features,
)
from music_mood.library.upserts import add_tracks, insert_new, upsert
from music_mood.library.values import Known, MarkedPlaylist
from music_mood.values import LabelledTrack, Track

UNKNOWN_FOR = timedelta(days=6)
"""How long nobody is asked again for what nobody knew; a weekly refresh does ask again."""

CHUNK = 500
"""Most values of an IN list: databases allow a limited number of parameters."""


class Library:
    """The app's memory. Thread-safe; opened, and migrated if needed, by the first call.

    Every method may raise `LibraryError`.

    Parameters
    ----------
    database_url : str
        See `address.parse_database_url`.

    Raises
    ------
    SettingsError
        `database_url` is no address that can be used.
    """

    def __init__(self, database_url: str) -> None:
        self._database = Database(parse_database_url(database_url))

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    # Features

    def features(self, identifiers: Collection[str]) -> dict[str, Known]:
        """Give the features that are known, by identifier."""
        rows = self._rows(select(features), features.c.identifier, identifiers)
        return {row["identifier"]: Known(features_of(row), row["source"]) for row in rows}

    def isrcs(self, uris: Collection[str]) -> dict[str, str]:
        """Give the ISRCs that the tracks' own services told, by `Track.uri`."""
        query = select(tracks.c.uri, tracks.c.isrc).where(tracks.c.isrc.is_not(None))
        return {row["uri"]: row["isrc"] for row in self._rows(query, tracks.c.uri, uris)}

    def unknown(self, identifiers: Collection[str], asked: str) -> set[str]:
        """Tell for which identifiers the named providers had nothing, not long ago."""
        table = unknown_features
        query = select(table.c.identifier).where(
            table.c.asked == asked, table.c.asked_at > _now() - UNKNOWN_FOR
        )
        return {row["identifier"] for row in self._rows(query, table.c.identifier, identifiers)}

    def keep_features(
        self,
        known: Iterable[Track],
        found: Mapping[str, Track],
        unknown: Iterable[str],
        asked: str,
    ) -> None:
        """Keep what asking came to.

        Parameters
        ----------
        known : iterable of Track
            Tracks of services, with ISRCs that the services told; what a visitor's file claims
            must not be among these, since others would be told.
        found : mapping of str to Track
            Identifier -> track with its features and their source.
        unknown : iterable of str
            Identifiers for which nobody had anything.
        asked : str
            Who was asked.
        """
        now = _now()
        with self._database.writing() as connection:
            add_tracks(connection, [track_row(track, now) for track in known])
            rows = [features_row(name, track, now) for name, track in found.items()]
            upsert(connection, features, rows)
            rows = [{"identifier": name, "asked": asked, "asked_at": now} for name in unknown]
            upsert(connection, unknown_features, rows)

    # Labels

    def labelled(self, uris: Collection[str], model: str) -> set[str]:
        """Tell which tracks, by `Track.uri`, have a label by this version of the model."""
        by_storable = {storable_name(uri): uri for uri in uris}
        query = select(labels.c.track_uri).where(labels.c.model == model)
        rows = self._rows(query, labels.c.track_uri, by_storable)
        return {by_storable[row["track_uri"]] for row in rows}

    def keep_labels(self, labelled: Iterable[LabelledTrack], model: str) -> None:
        """Keep the model's labels of tracks that the library has; unknown ones are none."""
        now = _now()
        rows = [label_row(one, model, now) for one in labelled if one.probabilities]
        with self._database.writing() as connection:
            upsert(connection, labels, rows)

    # Playlists to refresh

    def mark(self, link: str, title: str | None = None) -> None:
        """Have a playlist refreshed from now on; its page's link names it."""
        row = {"link": link, "title": title and storable(title), "marked_at": _now()}
        with self._database.writing() as connection:
            insert_new(connection, playlists, [row])

    def unmark(self, link: str) -> bool:
        """Stop refreshing a playlist; False if it was not marked. Its tracks stay."""
        statement = delete(playlists).where(playlists.c.link == link)
        with self._database.writing() as connection:
            return connection.execute(statement).rowcount > 0

    def marked(self) -> tuple[MarkedPlaylist, ...]:
        """Tell which playlists are marked, the oldest mark first."""
        query = select(playlists).order_by(playlists.c.marked_at, playlists.c.link)
        with self._database.reading() as connection:
            return tuple(MarkedPlaylist(**row) for row in connection.execute(query).mappings())

    def append(self, link: str, title: str, read: Sequence[Track]) -> set[str]:
        """Keep what a marked playlist held when it was read just now.

        Returns
        -------
        set of str
            `Track.uri` of what it did not hold before; none if it is not marked any more.
        """
        now, this = _now(), playlists.c.link == link
        uris = {storable_name(track.uri): track.uri for track in read}
        belonging = select(playlist_tracks.c.track_uri).where(playlist_tracks.c.link == link)
        with self._database.writing() as connection:
            news = {"title": storable(title), "read_at": now}
            if not connection.execute(update(playlists).where(this).values(news)).rowcount:
                return set()
            add_tracks(connection, [track_row(track, now) for track in read])
            had = set(connection.scalars(belonging))
            new = [uri for uri in uris if uri not in had]
            rows = [{"link": link, "track_uri": uri, "added_at": now} for uri in new]
            insert_new(connection, playlist_tracks, rows)
        return {uris[uri] for uri in new}

    def _rows(
        self, query: Select[Any], column: Column[str], values: Collection[str]
    ) -> list[RowMapping]:
        """Rows whose column has one of many values."""
        wanted = sorted({storable_name(value) for value in values})
        rows: list[RowMapping] = []
        if not wanted:  # a playlist without identifiers shall not open a database
            return rows
        with self._database.reading() as connection:
            for start in range(0, len(wanted), CHUNK):
                chunk = query.where(column.in_(wanted[start : start + CHUNK]))
                rows += connection.execute(chunk).mappings()
        return rows


def _now() -> datetime:
    return datetime.now(UTC)
