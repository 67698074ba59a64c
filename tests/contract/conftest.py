"""The fake web for every contract test, fresh each time."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from music_mood.http import Service
from music_mood.services import Services
from music_mood.settings import Settings
from music_mood.transport import Patience
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
