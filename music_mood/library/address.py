"""Where the database is: a file beside the app, or what DATABASE_URL says."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from i18n import Message
from music_mood.errors import SettingsError

DEFAULT_FILE = Path(__file__).resolve().parents[2] / "face-the-music.db"
"""In the app's own folder, whatever the working directory: cron starts in another one."""

DEFAULT_URL = URL.create("sqlite", database=str(DEFAULT_FILE)).render_as_string()

POSTGRESQL = ("postgres", "postgresql", "postgresql+psycopg")
"""Names under which hosts hand out addresses; all mean the one driver that is installed."""


def parse_database_url(text: str) -> URL:
    """Understand a database's address.

    Parameters
    ----------
    text : str
        ``sqlite:///FILE``, ``postgresql://...`` or ``postgres://...``.

    Raises
    ------
    SettingsError
        It is none of these. Does not repeat the text, which may hold a password.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = None
    if url is not None and url.database:
        if url.drivername == "sqlite" and url.database != ":memory:":
            return url
        if url.drivername in POSTGRESQL:
            return url.set(drivername="postgresql+psycopg")
    # From None: the parser's own words may quote the password.
    raise SettingsError(
        Message(
            "DATABASE_URL must be like sqlite:////folder/file.db or "
            "postgresql://user:password@host:5432/database (special characters in the password "
            "written as %40 and the like)."
        )
    ) from None
