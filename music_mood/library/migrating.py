"""Brings a database up to date. Apart, because only this loads Alembic, which few starts need."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from i18n import Message
from music_mood.errors import LibraryError

SCRIPTS = Path(__file__).resolve().parent / "migrations"


def migration_config() -> Config:
    """Alembic's settings, without its ini file."""
    config = Config()
    config.set_main_option("script_location", SCRIPTS.as_posix().replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def migrate(connection: Connection) -> None:
    """Apply the migrations that are missing, within the connection's transaction.

    Raises
    ------
    LibraryError
        The database knows a migration that this version of the app does not.
    """
    config = migration_config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as cause:
        raise LibraryError(
            Message(
                "The library was made by another version of this app. Please update the app, or "
                "name another database by DATABASE_URL."
            )
        ) from cause
