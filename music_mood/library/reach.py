"""Whether a library's database answers at all, asked apart from the library and its patience."""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from i18n import Message
from music_mood.errors import LibraryError
from music_mood.library.address import parse_database_url


def reach(database_url: str, within_s: int) -> None:
    """Connect, ask for an answer, and let go. Nothing is written or made.

    Parameters
    ----------
    database_url : str
        See `address.parse_database_url`.
    within_s : int
        Seconds to wait for a connection, and again for the answer; at least 2 where a connection
        is waited for by libpq.

    Raises
    ------
    LibraryError
        It does not answer. Says neither where it is nor why: strangers may read it.
    SettingsError
        `database_url` is no address that can be used.
    """
    url = parse_database_url(database_url)
    options: dict[str, Any] = {"connect_timeout": within_s}
    question = "SELECT 1"
    if url.get_backend_name() == "sqlite":
        # SQLite opens what is not there, or cannot be written, without a word.
        file = Path(str(url.database))
        if not os.access(file if file.exists() else file.absolute().parent, os.W_OK):
            raise _unreachable()
        if not file.exists():
            return  # the first visit that needs it makes it
        options, question = {"timeout": within_s}, "PRAGMA schema_version"  # reads the file
    else:
        options["options"] = f"-c statement_timeout={within_s}s"
    engine = create_engine(url, connect_args=options, poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            connection.execute(text(question))
    except (SQLAlchemyError, OSError) as cause:
        raise _unreachable() from cause
    finally:
        engine.dispose()


def _unreachable() -> LibraryError:
    return LibraryError(Message("The database that DATABASE_URL names cannot be reached."))
