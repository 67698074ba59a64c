"""What can be asked of the library, and kept in it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, RowMapping, Select, delete, select, update

from music_mood.errors import LibraryError
from music_mood.library.address import parse_database_url
from music_mood.library.database import Database
from music_mood.library.rows import (
    features_of,
    features_row,
    label_row,
    storable,
    storable_key,
    track_row,
)
from music_mood.library.schema import (
    features,
    labels,
    played,
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

PLAYED_FOR = timedelta(days=1)
"""How long it is remembered what a session played: sessions are shorter."""

CHUNK = 500
"""Most values of an IN list: databases allow a limited number of parameters."""


class Library:
    """The app's memory. Thread-safe; opened, and migrated if needed, by the first call.

    Every method but `played` and `remember_played` may raise `LibraryError`.

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

    def isrcs(self, deezer_ids: Collection[str]) -> dict[str, str]:
        """Give the ISRCs that Deezer told when asked, by Deezer id.

        What visitors' files claim does not count: a track that comes with an ISRC has that as its
        key, and is not found here.
        """
        query = select(tracks.c.key, tracks.c.isrc).where(tracks.c.isrc.is_not(None))
        return {row["key"]: row["isrc"] for row in self._rows(query, tracks.c.key, deezer_ids)}

    def unknown(self, identifiers: Collection[str], asked: str) -> set[str]:
        """Tell for which identifiers the named providers had nothing, not long ago."""
        table = unknown_features
        query = select(table.c.identifier).where(
            table.c.asked == asked, table.c.asked_at > _now() - UNKNOWN_FOR
        )
        return {row["identifier"] for row in self._rows(query, table.c.identifier, identifiers)}

    def keep_features(
        self,
        known: Mapping[str, Track],
        found: Mapping[str, Track],
        unknown: Iterable[str],
        asked: str,
    ) -> None:
        """Keep what asking came to.

        Parameters
        ----------
        known : mapping of str to Track
            Key as the source gave the track -> track, whose ISRC may have been found out since.
        found : mapping of str to Track
            Identifier -> track with its features and their source.
        unknown : iterable of str
            Identifiers for which nobody had anything.
        asked : str
            Who was asked.
        """
        now = _now()
        with self._database.writing() as connection:
            add_tracks(connection, [track_row(key, track, now) for key, track in known.items()])
            rows = [features_row(name, track, now) for name, track in found.items()]
            upsert(connection, features, rows)
            rows = [{"identifier": name, "asked": asked, "asked_at": now} for name in unknown]
            upsert(connection, unknown_features, rows)

    # Labels

    def labelled(self, keys: Collection[str], model: str) -> set[str]:
        """Tell which tracks have a label by this version of the model."""
        by_storable = {storable_key(key): key for key in keys}
        query = select(labels.c.track_key).where(labels.c.model == model)
        rows = self._rows(query, labels.c.track_key, by_storable)
        return {by_storable[row["track_key"]] for row in rows}

    def keep_labels(self, labelled: Mapping[str, LabelledTrack], model: str) -> None:
        """Keep the model's labels of tracks that the library has, by key; unknown ones are none."""
        now = _now()
        rows = [
            label_row(key, one, model, now) for key, one in labelled.items() if one.probabilities
        ]
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
            Keys of the tracks that it did not hold before; none if it is not marked any more.
        """
        now, this = _now(), playlists.c.link == link
        keys = {storable_key(track.key): track.key for track in read}
        belonging = select(playlist_tracks.c.track_key).where(playlist_tracks.c.link == link)
        with self._database.writing() as connection:
            news = {"title": storable(title), "read_at": now}
            if not connection.execute(update(playlists).where(this).values(news)).rowcount:
                return set()
            add_tracks(connection, [track_row(track.key, track, now) for track in read])
            had = set(connection.scalars(belonging))
            new = [key for key in keys if key not in had]
            rows = [{"link": link, "track_key": key, "added_at": now} for key in new]
            insert_new(connection, playlist_tracks, rows)
        return {keys[key] for key in new}

    # What a session has played

    def remember_played(self, session: str, track_key: str) -> None:
        """Remember that a session played a track, for `PLAYED_FOR`; never raises.

        Parameters
        ----------
        session : str
            A random word made for this visit, e.g. by `secrets.token_urlsafe`.
        track_key : str
            `Track.key`.
        """
        now = _now()
        row = {"session": session, "track_key": storable_key(track_key), "played_at": now}
        try:
            with self._database.writing() as connection:
                connection.execute(delete(played).where(played.c.played_at < now - PLAYED_FOR))
                upsert(connection, played, [row])
        except LibraryError:
            return  # logged where it arose; the music goes on

    def played(self, session: str) -> frozenset[str]:
        """Tell what a session played, by key; nothing if the library fails; never raises."""
        query = select(played.c.track_key).where(
            played.c.session == session, played.c.played_at >= _now() - PLAYED_FOR
        )
        try:
            with self._database.reading() as connection:
                return frozenset(connection.scalars(query))
        except LibraryError:
            return frozenset()

    def _rows(
        self, query: Select[Any], column: Column[str], values: Collection[str]
    ) -> list[RowMapping]:
        """Rows whose column has one of many values."""
        wanted, rows = sorted({storable_key(value) for value in values}), []
        if not wanted:  # a playlist without identifiers shall not open a database
            return rows
        with self._database.reading() as connection:
            for start in range(0, len(wanted), CHUNK):
                chunk = query.where(column.in_(wanted[start : start + CHUNK]))
                rows += connection.execute(chunk).mappings()
        return rows


def _now() -> datetime:
    return datetime.now(UTC)
