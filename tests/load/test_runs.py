"""What a press costs: runs of the page's script, which are what a server is busy with."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from tests.browser.server import ROOT, streamlit_server
from tests.load.tab import Tab
from tests.load.web import Web

pytestmark = pytest.mark.slow

Visit = Callable[[Tab], Coroutine[Any, Any, None]]


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with (
        streamlit_server(ROOT / "main.py", tmp_path_factory.mktemp("server")) as server,
        Web(server.url, 1) as web,
    ):
        yield web


def in_a_tab(web: Web, visit: Visit) -> None:
    async def there_and_back() -> None:
        async with Tab(web) as tab:
            await visit(tab)

    asyncio.run(there_and_back())


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("way=photo", "agree"),
        ("feeling=happy", "more_tracks"),
        ("feeling=happy", "other_tracks"),
        ("feeling=happy", "language-de"),
    ],
)
def test_a_press_costs_one_run(web: Web, query: str, key: str) -> None:
    async def press(tab: Tab) -> None:
        await tab.open(query)
        before = tab.runs
        await tab.press(key)
        assert tab.runs == before + 1

    in_a_tab(web, press)


def test_a_press_counts_though_the_server_was_restarted_meanwhile(web: Web) -> None:
    """Whose first run knows no callbacks."""
    ids: list[str] = []

    async def look(tab: Tab) -> None:
        await tab.open("way=photo")
        ids.append(tab.find("button", "agree").proto.id)

    async def come_back(tab: Tab) -> None:
        await tab.open("way=photo", pressed=ids[0])
        assert tab.find("file_uploader", "photo-0")

    in_a_tab(web, look)
    in_a_tab(web, come_back)
