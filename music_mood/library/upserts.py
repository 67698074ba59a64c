"""Many rows at once, whether they are there already or not; for SQLite and PostgreSQL alike."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, func
from sqlalchemy.dialects import postgresql, sqlite

from music_mood.library.schema import tracks

Row = Mapping[str, Any]


def insert_new(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Add the rows whose primary key is new."""
    statement = _insert(connection, table).on_conflict_do_nothing(index_elements=_key(table))
    _execute(connection, table, statement, rows)


def upsert(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Add rows, or put them in the place of those with the same primary key."""
    insert = _insert(connection, table)
    rest = {name: insert.excluded[name] for name in table.c.keys() if name not in _key(table)}  # noqa: SIM118
    statement = insert.on_conflict_do_update(index_elements=_key(table), set_=rest)
    _execute(connection, table, statement, rows)


def add_tracks(connection: Connection, rows: Iterable[Row]) -> None:
    """Add tracks; of one that is there, only an ISRC that has since been found out is new."""
    insert = _insert(connection, tracks)
    statement = insert.on_conflict_do_update(
        index_elements=_key(tracks),
        set_={"isrc": func.coalesce(tracks.c.isrc, insert.excluded.isrc)},
        where=tracks.c.isrc.is_(None) & insert.excluded.isrc.is_not(None),
    )
    _execute(connection, tracks, statement, rows)


def _insert(connection: Connection, table: Table) -> Any:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def _key(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


def _execute(connection: Connection, table: Table, statement: Any, rows: Iterable[Row]) -> None:
    # Always in the same order: two writers that lock rows crosswise would wait for each other.
    ordered: Sequence[Row] = sorted(rows, key=lambda row: [row[name] for name in _key(table)])
    if ordered:
        connection.execute(statement, ordered)
