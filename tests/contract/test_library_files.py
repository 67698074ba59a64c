"""What becomes of a library's files and tables while it is open is noticed, said and mended."""

import logging
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from music_mood.errors import LibraryError
from music_mood.library.database import REST_S, Database
from music_mood.library.store import Library
from tests.contract.databases import connected
from tests.contract.test_library import ROOT, SECONDS
from tests.contract.test_library_failures import mark, marked, warnings
from tests.fake_time import FakeTime

AGAIN = "the library is opened anew (sqlite "


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder / "library.db"


@pytest.fixture
def opened(file: Path) -> Iterator[Library]:
    """A library that holds one mark, "old", and has its file open."""
    with closing(Library(f"sqlite:///{file}")) as library:
        assert mark(library, "old")
        yield library


def on_disk(file: Path) -> set[str]:
    """What somebody else finds in the file, now."""
    with closing(sqlite3.connect(file)) as other:
        return {link for (link,) in other.execute("SELECT link FROM playlists")}


def delete(file: Path) -> None:
    file.unlink()


def delete_all(file: Path) -> None:
    for one in file.parent.iterdir():
        one.unlink()


def empty(file: Path) -> None:
    os.truncate(file, 0)


def put_an_empty_one_there(file: Path) -> None:
    (file.parent / "new").touch()
    (file.parent / "new").rename(file)


def delete_the_folder_and_make_it_again(file: Path) -> None:
    shutil.rmtree(file.parent)
    file.parent.mkdir()


@pytest.mark.parametrize(
    "lose",
    [delete, delete_all, empty, put_an_empty_one_there, delete_the_folder_and_make_it_again],
    ids=lambda one: one.__name__,
)
def test_a_lost_file_is_noticed_said_and_made_anew(
    opened: Library, file: Path, lose: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    lose(file)
    assert marked(opened) == set()
    assert mark(opened, "new")
    assert marked(opened) == {"new"}
    assert on_disk(file) == {"new"}  # not in a file that nobody finds
    [warning] = warnings(caplog)
    assert warning.startswith(AGAIN)
    opened.close()
    with closing(Library(f"sqlite:///{file}")) as restarted:
        assert marked(restarted) == {"new"}


def test_the_first_call_after_the_loss_may_be_a_write(opened: Library, file: Path) -> None:
    delete(file)
    assert mark(opened, "new")
    assert on_disk(file) == {"new"}


def test_it_is_noticed_each_time(
    opened: Library, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("first", "second", "third"):
        delete(file)
        assert mark(opened, name)
        assert on_disk(file) == {name}
    assert len(warnings(caplog)) == 3
    assert all(one.startswith(AGAIN) for one in warnings(caplog))


@contextmanager
def backed_up(file: Path, *links: str) -> Iterator[Path]:
    """Another library beside the file, with these marks, closed."""
    path = file.with_name("backup.db")
    with closing(Library(f"sqlite:///{path}")) as library:
        for link in links:
            assert mark(library, link)
    yield path


@pytest.mark.parametrize("by", ["rename", "symlink"])
def test_a_backup_that_is_put_there_is_read_at_once(
    opened: Library, file: Path, by: str, caplog: pytest.LogCaptureFixture
) -> None:
    with backed_up(file, "saved") as backup:
        if by == "rename":
            backup.rename(file)
        else:
            file.unlink()
            file.symlink_to(backup)
    assert marked(opened) == {"saved"}
    assert mark(opened, "new")
    assert on_disk(file) == {"saved", "new"}
    [warning] = warnings(caplog)
    assert "library.db is another file now" in warning


def test_a_link_that_leads_elsewhere_is_noticed(tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "one.db")
    with closing(Library(f"sqlite:///{link}")) as library:
        assert mark(library, "one")
        link.unlink()
        link.symlink_to(tmp_path / "two.db")
        assert mark(library, "two")
        os.truncate(tmp_path / "two.db", 0)
        assert mark(library, "three")
        assert link.is_symlink()  # what lies behind it is made anew, not the link
    assert on_disk(tmp_path / "one.db") == {"one"}
    assert on_disk(tmp_path / "two.db") == {"three"}


@pytest.mark.parametrize("suffixes", [["-wal"], ["-shm"], ["-wal", "-shm"]])
def test_what_sqlite_keeps_beside_it_may_be_deleted(
    opened: Library, file: Path, suffixes: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    for suffix in suffixes:
        file.with_name(file.name + suffix).unlink()
    assert mark(opened, "new")
    assert marked(opened) == {"old", "new"}
    assert on_disk(file) == {"old", "new"}
    [warning] = warnings(caplog)
    assert "is gone" in warning


def test_a_folder_that_is_gone_is_no_library_until_it_is_back(
    file: Path,
    fake_time: FakeTime,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(
        "music_mood.library.store.Database", lambda url: Database(url, fake_time.clock)
    )
    with closing(Library(f"sqlite:///{file}")) as library:
        assert mark(library, "old")
        shutil.rmtree(file.parent)
        for _ in range(3):
            assert not mark(library, "lost")
        with pytest.raises(LibraryError, match="DATABASE_URL"):
            library.mark("lost")
        assert [one[:30] for one in warnings(caplog)] == [
            AGAIN[:30],
            "going on without the library (",
        ]
        file.parent.mkdir()
        fake_time.sleep(REST_S)
        assert mark(library, "new")
    assert on_disk(file) == {"new"}


def test_a_file_that_is_no_library_is_left_alone(opened: Library, file: Path) -> None:
    """Nobody knows whose it is: it is not written over."""
    other = file.with_name("other")
    other.write_bytes(b"somebody's letters " * 99)
    other.rename(file)
    assert not mark(opened, "new")
    assert marked(opened) is None
    assert file.read_bytes() == b"somebody's letters " * 99


def test_nothing_is_said_while_nothing_happens(
    opened: Library, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Others come and go, and empty what lies beside the file into it."""
    for number in range(3):
        with closing(Library(f"sqlite:///{file}")) as other:
            assert mark(other, f"other {number}")
        with closing(sqlite3.connect(file)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert mark(opened, f"own {number}")
    assert len(marked(opened) or ()) == 7
    assert not warnings(caplog)


KEEPER = """
import logging, sys
from music_mood.library.store import Library
logging.basicConfig(format="%(message)s")
library = Library(sys.argv[1])
for line in sys.stdin:
    library.mark(line.strip())
    print(len(library.marked()), flush=True)
"""
"""Keeps what it reads, line for line, and says how much there is."""


def test_several_processes_find_each_other_again(file: Path) -> None:
    def keeper() -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-c", KEEPER, f"sqlite:///{file}"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def told(process: subprocess.Popen, link: str) -> int:
        process.stdin.write(f"{link}\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    with keeper() as one, keeper() as two:
        assert (told(one, "1"), told(two, "2")) == (1, 2)
        delete(file)
        assert (told(one, "3"), told(two, "4"), told(one, "5")) == (1, 2, 3)
        empty(file)
        assert (told(two, "6"), told(one, "7"), told(two, "8")) == (1, 2, 3)
        ends = [process.communicate(timeout=SECONDS) for process in (one, two)]
    assert on_disk(file) == {"6", "7", "8"}
    for _, errors in ends:
        assert [line[: len(AGAIN)] for line in errors.splitlines()] == [AGAIN, AGAIN]


# Tables that are gone: in both kinds of database


def test_dropped_tables_are_made_anew_at_the_second_call(
    library: Library, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert mark(library, "old")
    with connected(database_url) as connection:
        connection.execute(text("DROP TABLE playlist_tracks"))
        connection.execute(text("DROP TABLE playlists"))
    assert not mark(library, "lost")
    assert mark(library, "new")
    assert marked(library) == {"new"}
    first, second = warnings(caplog)
    assert first.startswith("going on without the library (")
    assert second == "tables of the library are gone and made anew: playlist_tracks, playlists"


def test_tables_that_were_dropped_altogether_are_made_anew(
    library: Library, database_url: str
) -> None:
    assert mark(library, "old")
    with connected(database_url) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        else:
            connection.execute(text("PRAGMA foreign_keys=OFF"))
            names = "SELECT name FROM sqlite_master WHERE type = 'table'"
            for name in connection.scalars(text(names)).all():
                connection.execute(text(f"DROP TABLE {name}"))
    assert not mark(library, "lost")
    assert mark(library, "new")
    assert marked(library) == {"new"}


def test_a_postgresql_database_may_be_dropped_and_made_while_it_is_open(
    postgresql_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    name = postgresql_url.rpartition("/")[2]
    server = f"{postgresql_url.rpartition('/')[0]}/postgres"
    with closing(Library(postgresql_url)) as library:
        assert mark(library, "old")
        plain = server.replace("postgres://", "postgresql://")
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name}")
        assert not mark(library, "lost")  # it was another database, without tables
        assert mark(library, "new")
        assert marked(library) == {"new"}
