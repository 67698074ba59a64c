"""A library that cannot be used: the music goes on, and the log says so once."""

import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from music_mood.errors import LibraryError
from music_mood.features.chain import FeatureChain
from music_mood.features.remembered import RememberedFeatures
from music_mood.library import database
from music_mood.library.database import REST_S, Database
from music_mood.library.store import Library
from music_mood.library.store import Library as Store
from music_mood.values import Track
from tests.contract.catalogue import song
from tests.contract.postgresql import PASSWORD, address
from tests.fake_time import FakeTime

LINK = "https://www.deezer.com/playlist/20"
TRACK = Track("T", "A", isrc=song(1).isrc)


@pytest.fixture(autouse=True)
def no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WAIT_S", 1)


def file_below_a_file(folder: Path) -> str:
    (folder / "file").touch()
    return f"sqlite:///{folder}/file/library.db"


def missing_folder(folder: Path) -> str:
    return f"sqlite:///{folder}/none/library.db"


def no_database(folder: Path) -> str:
    (folder / "library.db").write_bytes(b"this is no database, and never was" * 99)
    return f"sqlite:///{folder}/library.db"


def empty_and_read_only(folder: Path) -> str:
    (folder / "library.db").touch()
    return f"sqlite:///file:{folder}/library.db?mode=ro&uri=true"


def nobody_listens(folder: Path) -> str:
    return address(9, "music")


@pytest.fixture(
    params=[file_below_a_file, missing_folder, no_database, empty_and_read_only, nobody_listens],
    ids=lambda make: make.__name__,
)
def unusable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Library]:
    with closing(Library(request.param(tmp_path))) as library:
        yield library


def mark(library: Library, link: str) -> bool:
    """Write; False if the library does not work."""
    try:
        library.mark(link)
    except LibraryError:
        return False
    return True


def marked(library: Library) -> set[str] | None:
    """Read; None if the library does not work."""
    try:
        return {one.link for one in library.marked()}
    except LibraryError:
        return None


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    ours = [one for one in caplog.records if one.name.startswith("music_mood.")]
    return [one.getMessage() for one in ours if one.levelno >= logging.WARNING]


def test_the_music_goes_on_and_the_log_says_so_once(
    unusable: Library, caplog: pytest.LogCaptureFixture
) -> None:
    chain = FeatureChain([], RememberedFeatures(unusable, []))
    for _ in range(3):
        *_, last = chain.fill([TRACK])
        assert (last.tracks, last.failures) == ((TRACK,), ())
        assert not mark(unusable, LINK)
        assert marked(unusable) is None
    [warning] = warnings(caplog)
    assert warning.startswith("going on without the library (")
    with pytest.raises(LibraryError, match="DATABASE_URL"):
        unusable.mark(LINK)


def test_a_read_only_library_still_tells_what_it_knows(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(Library(f"sqlite:///{tmp_path}/library.db")) as library:
        assert mark(library, "a")
    read_only = f"sqlite:///file:{tmp_path}/library.db?mode=ro&uri=true"
    with closing(Library(read_only)) as library:
        assert marked(library) == {"a"}
        assert not mark(library, "b")
    [warning] = warnings(caplog)
    assert "readonly" in warning


def test_a_locked_file_is_let_alone_for_a_while(
    tmp_path: Path,
    fake_time: FakeTime,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "library.db"
    opened = Database
    monkeypatch.setattr(
        "music_mood.library.store.Database", lambda url: opened(url, fake_time.clock)
    )
    with closing(Store(f"sqlite:///{file}")) as library:
        assert mark(library, "a")
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert marked(library) == {"a"}  # readers are not held up
            assert not mark(library, "b")
            assert not mark(library, "c")
            other.execute("ROLLBACK")
            assert marked(library) is None  # still resting
        fake_time.sleep(REST_S)
        assert mark(library, "d")
        assert marked(library) == {"a", "d"}
        [warning] = warnings(caplog)
        assert "locked" in warning
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert not mark(library, "e")  # it had worked: news for the log
        assert len(warnings(caplog)) == 2


def test_a_password_stays_out_of_sight(
    postgresql_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    right = address(postgresql_port, "postgres")
    wrong = re.sub(r":[^:]+@", ":hidden%2Fword@", right)
    nowhere = address(postgresql_port, "no_such_database")
    for url in (wrong, nowhere):
        with closing(Library(url)) as library:
            with pytest.raises(LibraryError) as caught:
                library.mark(LINK)
            *_, _ = FeatureChain([], RememberedFeatures(library, [])).fill([TRACK])
        told = f"{caught.value} {library!r} {caplog.text}"
        assert "hidden" not in told
        assert PASSWORD not in told
        assert "ss%2Fword" not in told
    assert [re.search("authentication|does not exist", one)[0] for one in warnings(caplog)] == [
        "authentication",
        "does not exist",
    ]
