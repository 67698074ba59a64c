"""One database, opened when first needed, and let alone for a while after it failed.

What becomes of it meanwhile is noticed: an SQLite file that was deleted, replaced or emptied
(`files`), and tables that are gone, as after a restore. Both are said in the log and made anew.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from sqlite3 import Connection as SqliteConnection
from sqlite3 import OperationalError as SqliteError
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from i18n import Message, joined
from music_mood.errors import LibraryError
from music_mood.library.files import LibraryFiles
from music_mood.library.schema import REVISION, metadata

log = logging.getLogger(__name__)

WAIT_S = 5
"""Longest wait for a connection, a lock or an answer."""

REST_S = 60.0
"""How long a database that failed is not asked: a dead one costs one wait, not one a click."""

MIGRATION_LOCK = 0x0FACE_0051C
"""PostgreSQL's advisory lock that lets one process at a time migrate; any number will do."""

UNDEFINED_TABLE = "42P01"
"""PostgreSQL's code for a table that is not there."""

HOW_TO = Message(
    "Please see whether the database that DATABASE_URL names can be reached and written."
)


class Database:
    """Connections to a database with up-to-date tables. Thread-safe.

    Parameters
    ----------
    url : sqlalchemy.URL
        As `address.parse_database_url` gives it. Nothing is opened yet.
    clock : callable
        Seconds that only grow, for tests.
    """

    def __init__(self, url: URL, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._engine: Engine | None = None
        self._files = LibraryFiles(url)
        self._opening = threading.RLock()
        self._judging = threading.Lock()
        self._resting_until = float("-inf")
        self._failing = False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a transaction that reads.

        Raises
        ------
        LibraryError
            The database cannot be opened or asked, or failed less than `REST_S` ago.
        """
        with self._transaction(write=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a transaction that is committed at the block's end; raises as `reading` does."""
        with self._transaction(write=True) as connection:
            yield connection

    def close(self) -> None:
        """Close all connections; the next call would open anew."""
        with self._opening:
            engine, self._engine = self._engine, None
            if engine:
                engine.dispose()

    @contextmanager
    def _transaction(self, *, write: bool) -> Iterator[Connection]:
        try:
            with _begin(self._opened(), write=write) as connection:
                yield connection
        except (SQLAlchemyError, OSError) as cause:
            self._failed(cause)
            what = Message("The library does not work at the moment.")
            raise LibraryError(joined([what, HOW_TO])) from cause
        self._failing = False

    def _opened(self) -> Engine:
        with self._opening:  # others wait: they need what the first one makes
            if self._clock() < self._resting_until:
                what = Message("The library did not work a moment ago.")
                raise LibraryError(joined([what, HOW_TO]))
            if self._engine and (trouble := self._files.trouble()):
                log.warning("the library is opened anew (%s): %s", self._name, trouble)
                self._files.take_away_remains()
                self.close()
            if self._engine is None:
                engine = _engine(self._url)
                try:
                    _bring_up_to_date(engine)
                except BaseException as cause:
                    engine.dispose()
                    if isinstance(cause, LibraryError):
                        self._failed(cause)
                    raise
                self._engine = engine
                self._files.opened()
            return self._engine

    def _failed(self, cause: Exception) -> None:
        """Log the first of several failures, and rest; whatever comes then is looked at anew."""
        with self._judging:
            first, self._failing = not self._failing, True
            # Tables that are gone are made by the next call; why should that wait?
            if not _lacks_table(cause):
                self._resting_until = self._clock() + REST_S
        if first:
            log.warning("going on without the library (%s): %s", self._name, self._reason(cause))
        self.close()

    @property
    def _name(self) -> str:
        return f"{self._url.get_backend_name()} {self._url.database}"

    def _reason(self, cause: Exception) -> str:
        """Give the driver's own words, without statement, parameters and password."""
        words = str(cause.orig if isinstance(cause, DBAPIError) else cause)
        secret = self._url.password or ""
        return words.replace(secret, "***") if secret else words


def _engine(url: URL) -> Engine:
    # hide_parameters: an error's text would otherwise quote what was to be stored.
    options: dict[str, Any] = {"hide_parameters": True, "pool_timeout": WAIT_S}
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": WAIT_S}, **options)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    # No server-side prepared statements: poolers between us and the server lose them.
    arguments = {"connect_timeout": WAIT_S, "prepare_threshold": None}
    engine = create_engine(url, connect_args=arguments, pool_pre_ping=True, **options)
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _prepare_sqlite(connection: SqliteConnection, _: object) -> None:
    """Set what SQLite keeps per connection."""
    # sqlite3 would begin transactions on its own, but not before a CREATE TABLE or a SELECT.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")
    # Readers and one writer at a time do not hinder each other. Stays with the file; if another
    # process is just there (which SQLite does not wait for here), a later connection does it.
    with suppress(SqliteError):
        connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")  # safe with WAL; fewer waits for the disk


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer may be refused at once, so writers say so when they begin.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{WAIT_S}s'")


@contextmanager
def _begin(engine: Engine, *, write: bool) -> Iterator[Connection]:
    with engine.connect() as connection:
        connection.execution_options(writes=write)
        with connection.begin():
            yield connection


def _bring_up_to_date(engine: Engine) -> None:
    """Migrate if needed; one process at a time, so that the others find it done."""
    with _begin(engine, write=False) as connection:
        if _revision(connection) == REVISION and not _missing(connection):
            return

    with _begin(engine, write=True) as connection:  # SQLite: the only writer from here on
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": MIGRATION_LOCK})
        if _revision(connection) != REVISION:
            from music_mood.library.migrating import migrate  # noqa: PLC0415 - memory, see there

            migrate(connection)
        elif missing := _missing(connection):  # whoever dropped them left the rest as it was
            log.warning("tables of the library are gone and made anew: %s", ", ".join(missing))
            metadata.create_all(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _missing(connection: Connection) -> list[str]:
    return sorted({*metadata.tables} - {*inspect(connection).get_table_names()})


def _lacks_table(cause: Exception) -> bool:
    driver = cause.orig if isinstance(cause, DBAPIError) else None
    gone = getattr(driver, "sqlstate", None) == UNDEFINED_TABLE
    return gone or (isinstance(driver, SqliteError) and "no such table" in str(driver))
