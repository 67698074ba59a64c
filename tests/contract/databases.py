"""Look into a library's database past the app."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, text

from music_mood.library.address import parse_database_url


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Give a transaction of its own."""
    engine = create_engine(parse_database_url(url))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """Give what a query answers."""
    with connected(url) as connection:
        return [tuple(row) for row in connection.execute(text(query))]
