"""The fake web for every contract test, fresh each time."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from music_mood.library.store import Library
from music_mood.services import Services
from music_mood.settings import Settings
from music_mood.web.service import Service
from music_mood.web.transport import Patience
from tests.contract.postgresql import make_database, postgresql
from tests.contract.server import FakeWeb, running
from tests.contract.world import World
from tests.fake_time import FakeTime

IMPATIENT = Patience(connect_s=2.0, read_s=1.0, total_s=20.0)
"""For tests in which nothing sleeps but a silent service."""

BRISK = Patience(connect_s=2.0, read_s=2.0, total_s=8.0)
"""For tests in real time: a loaded machine keeps it, and a silence does not last."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with running(FakeWeb()) as web:
        yield World(web, tmp_path)


@pytest.fixture
def web(world: World) -> FakeWeb:
    return world.web


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def make_service(web: FakeWeb, fake_time: FakeTime) -> Iterator[Callable[..., Service]]:
    """Make services below a path of the server, whose waiting takes no time."""
    made: list[Service] = []

    def make(path: str = "/deezer", **options: object) -> Service:
        given = {
            "patience": IMPATIENT,
            "clock": fake_time.clock,
            "sleep": fake_time.sleep,
            **options,
        }
        made.append(Service("Deezer", web.url + path, **given))
        return made[-1]

    yield make
    for service in made:
        service.close()


@pytest.fixture
def services(world: World) -> Iterator[Services]:
    """Everything connected, in real time."""
    settings = Settings.from_environment(world.environment)
    with Services(settings, BRISK) as connected:
        yield connected


@pytest.fixture(scope="session")
def postgresql_port() -> Iterator[int]:
    """A PostgreSQL server for the whole session."""
    with postgresql() as port:
        yield port


@pytest.fixture
def postgresql_url(postgresql_port: int) -> str:
    """An empty database of the test's own."""
    return make_database(postgresql_port, f"test_{secrets.token_hex(8)}")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgresql_url")
    return f"sqlite:///{tmp_path / 'own.db'}"


@pytest.fixture
def library(database_url: str) -> Iterator[Library]:
    """A library in it."""
    with closing(Library(database_url)) as opened:
        yield opened
