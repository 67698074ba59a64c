"""Whether a replica can serve: what is missing is said, nothing secret is, and nobody gets work."""

import asyncio
import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from music_mood.errors import LibraryError, ModelError, SettingsError
from music_mood.library.reach import reach
from music_mood.model import artefact
from serving import health, loading
from serving.app import routes
from serving.health import CHECKS, OnceFound, Readiness
from tests.fake_time import FakeTime


def asked(query: str = "") -> Request:
    return Request({"type": "http", "query_string": query.encode(), "headers": []})


def answer(readiness: Readiness, query: str = "") -> tuple[int, dict]:
    async def ask() -> Response:
        return await readiness.answer(asked(query))

    given = asyncio.run(ask())
    return given.status_code, json.loads(given.body)


def test_ready_if_nothing_is_missing() -> None:
    assert answer(Readiness({"page": lambda: None})) == (200, {"ready": True, "missing": {}})


def test_what_is_missing_is_told() -> None:
    checks = {"page": lambda: None, "library": lambda: "it is down"}
    assert answer(Readiness(checks)) == (
        503,
        {"ready": False, "missing": {"library": "it is down"}},
    )


def test_a_check_can_be_left_out_by_its_name_alone() -> None:
    checks = {"library": lambda: "it is down", "faces": lambda: None}
    assert answer(Readiness(checks), "exclude=library")[0] == 200
    assert answer(Readiness(checks), "exclude=faces")[0] == 503


def test_a_check_that_breaks_is_one_that_fails_and_its_words_stay_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken() -> None:
        raise RuntimeError("password=hunter2")

    status, body = answer(Readiness({"library": broken}))
    assert status == 503
    assert "hunter2" not in json.dumps(body)
    assert "readiness: the check of library is broken" in caplog.text


def test_a_thousand_who_ask_at_once_and_later_cost_one_look_each_time() -> None:
    time, looks = FakeTime(), []
    readiness = Readiness({"page": lambda: looks.append(1)}, time.clock)

    async def ask(many: int) -> list[Response]:
        return await asyncio.gather(*(readiness.answer(asked()) for _ in range(many)))

    assert {one.status_code for one in asyncio.run(ask(1000))} == {200}
    assert len(looks) == 1
    asyncio.run(ask(10))
    assert len(looks) == 1
    time.sleep(health.FRESH_S + 1)
    asyncio.run(ask(10))
    assert len(looks) == 2


def test_a_look_that_hangs_blocks_nobody_and_is_not_joined_by_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "PATIENCE_S", 0.05)
    looks, go_on = [], threading.Event()

    def hanging() -> None:
        looks.append(1)
        go_on.wait(30)

    readiness = Readiness({"library": hanging})

    async def ask() -> tuple[list[int], int]:
        statuses, turns = [], 0
        waiting = asyncio.create_task(readiness.answer(asked()))
        while not waiting.done():  # the loop goes on meanwhile
            turns += 1
            await asyncio.sleep(0.001)
        statuses.append((await waiting).status_code)
        statuses.append((await readiness.answer(asked())).status_code)
        go_on.set()
        await asyncio.sleep(0.1)
        statuses.append((await readiness.answer(asked())).status_code)
        return statuses, turns

    statuses, turns = asyncio.run(ask())
    assert statuses == [503, 503, 200]
    assert turns > 5
    assert len(looks) == 1


def test_what_was_in_order_is_not_loaded_again() -> None:
    answers = ["missing", None, "never asked"]
    check = OnceFound(lambda: answers.pop(0))
    assert [check(), check(), check()] == ["missing", None, None]
    assert answers == ["never asked"]


def test_before_the_page_is_loaded_nothing_else_is_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or two threads come to OpenCV in different ways, whose import cannot stand that."""
    monkeypatch.setattr(health, "page_is_loaded", lambda: False)
    monkeypatch.setattr(health, "faces_missing", lambda: pytest.fail("looked"))
    found = {name: check() for name, check in CHECKS.items() if name != "page"}
    assert set(found.values()) == {"not looked at before the page is loaded"}
    assert health.page_missing() == "its code is not loaded yet"


def test_the_page_counts_as_loaded_when_all_of_it_is() -> None:
    loading._load()
    assert loading.page_is_loaded()
    assert health.page_missing() is None


def test_a_module_that_is_being_imported_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    loading._load()
    import emotion.capture

    monkeypatch.setattr(emotion.capture.__spec__, "_initializing", True, raising=False)
    assert not loading.page_is_loaded()


def test_the_models_that_ship_are_there() -> None:
    assert health.faces_missing() is None
    assert health.moods_missing() is None


def test_an_altered_mood_model_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "mood"
    shutil.copytree(artefact.MODEL_FOLDER, folder)
    artefact.verify(folder)
    with (folder / artefact.PIPELINES).open("ab") as file:
        file.write(b"!")
    with pytest.raises(ModelError, match="not the one its metadata describes"):
        artefact.verify(folder)


@pytest.mark.parametrize(
    ("module", "name"), [("emotion.reader.FaceReader", "faces"), ("artefact", "moods")]
)
def test_a_model_that_is_missing_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, module: str, name: str
) -> None:
    from emotion import errors
    from i18n import Message

    def fail(*_: object) -> None:
        kind = errors.ModelError if name == "faces" else ModelError
        raise kind(Message("The model is missing."))

    if name == "faces":
        monkeypatch.setattr(f"{module}.load", fail)
        assert health.faces_missing() == "The model is missing."
    else:
        monkeypatch.setattr(artefact, "verify", fail)
        assert health.moods_missing() == "The model is missing."


def test_a_file_is_reached_that_can_be_written_or_made(tmp_path: Path) -> None:
    file = tmp_path / "library.db"
    reach(f"sqlite:///{file}", 1)
    assert not file.exists(), "asking makes nothing"
    file.touch()
    reach(f"sqlite:///{file}", 1)
    with pytest.raises(LibraryError):
        reach(f"sqlite:///{tmp_path / 'none' / 'library.db'}", 1)


def test_a_file_that_is_no_database_is_not_reached(tmp_path: Path) -> None:
    file = tmp_path / "library.db"
    file.write_bytes(b"no database" * 1000)
    with pytest.raises(LibraryError):
        reach(f"sqlite:///{file}", 1)


def test_a_dead_server_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hunter2@127.0.0.1:9/music")
    assert health.library_missing() == "The database that DATABASE_URL names cannot be reached."
    monkeypatch.setenv("DATABASE_URL", "hunter2")
    told = health.library_missing()
    assert told is not None and "DATABASE_URL" in told and "hunter2" not in told
    with pytest.raises(SettingsError):
        reach("hunter2", 1)


@pytest.mark.parametrize(("base", "path"), [("", "/readyz"), ("/music/", "/music/readyz")])
def test_it_stands_where_the_page_does(base: str, path: str) -> None:
    paths = [route.path for route in Starlette(routes=routes(base)).routes]
    assert path in paths


def test_every_check_has_a_name_of_its_own() -> None:
    checks: dict[str, Callable[[], str | None]] = dict(CHECKS)
    assert list(checks) == ["page", "faces", "moods", "library"]
