"""Whether a database answers, asked apart from the library: both kinds, there and not there."""

import pytest

from music_mood.errors import LibraryError
from music_mood.library.reach import reach
from music_mood.library.store import Library
from tests.contract.databases import rows


def test_a_database_that_answers_is_reached_and_left_as_it_is(database_url: str) -> None:
    reach(database_url, 2)
    if database_url.startswith("postgres"):
        tables = rows(database_url, "SELECT * FROM pg_tables WHERE schemaname = 'public'")
        assert tables == []
    library = Library(database_url)
    library.mark("https://www.deezer.com/playlist/1")
    library.close()
    reach(database_url, 2)


def test_a_database_that_is_not_there_is_told_without_names(postgresql_url: str) -> None:
    with pytest.raises(LibraryError) as error:
        reach(f"{postgresql_url}_not", 2)
    assert str(error.value) == "The database that DATABASE_URL names cannot be reached."


def test_a_wrong_password_is_no_reach(postgresql_url: str) -> None:
    with pytest.raises(LibraryError):
        reach(postgresql_url.replace("p%40ss", "wrong"), 2)
