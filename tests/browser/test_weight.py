"""What a first visit costs: requests, bytes, and memory of a server that shows the first page."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from serving.frontend import ELEMENTS
from tests.bench.process import loaded_libraries, memory_of
from tests.bench.traffic import watch_traffic
from tests.browser.helpers import open_page, wait_for_streamlit_idle
from tests.browser.server import ROOT, Server, streamlit_server
from tests.browser.watch import Watch

pytestmark = [pytest.mark.browser, pytest.mark.alone]

MAX_REQUESTS = 16  # an empty Streamlit page: 67
MAX_MEGABYTES = 2.0  # an empty Streamlit page: 3.1
MAX_MEMORY_MB = 220
# Parts of paths. What only some visits need: tables, the mood model, live video, charts.
HEAVY = ("/pandas/", "/sklearn/", "/scipy/", "/pyarrow/", "/av/", "/av.libs/", "/tensorflow/")

BUNDLE = "**/static/js/bundle.*.json"


@pytest.fixture
def modules(page: Page) -> list[str]:
    """Addresses of the JavaScript files that the page asks a server for."""
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.url.endswith(".js") else None)
    return asked


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A page with an element that is not in the bundle."""
    assert "Slider" not in ELEMENTS
    script = ROOT / "tests/browser/apps/late.py"
    with streamlit_server(script, tmp_path_factory.mktemp("late")) as running:
        yield running


def test_a_first_visit_takes_few_requests_and_bytes(page: Page, server: Server) -> None:
    traffic = watch_traffic(page)
    warnings: list[str] = []
    page.on("console", lambda said: warnings.append(said.text) if said.type == "warning" else None)
    open_page(page, server.url)
    page.wait_for_load_state("networkidle")
    assert 0 < traffic.requests <= MAX_REQUESTS
    assert 0.5 < traffic.megabytes <= MAX_MEGABYTES
    assert not [text for text in warnings if "preload" in text or "one by one" in text]


def test_what_comes_later_works_with_what_came_first(
    page: Page, late: Server, modules: list[str]
) -> None:
    open_page(page, late.url)
    names = [url.rsplit("/", 1)[-1] for url in modules]
    assert any(name.startswith("Slider.") for name in names)
    assert not any(name.startswith(("react-dom.", "index.")) for name in names)
    page.get_by_role("slider").press("ArrowRight")
    page.get_by_role("button", name="Tell").click()
    expect(page.get_by_text("It is 4.")).to_be_visible()


def test_without_the_bundle_the_page_loads_as_streamlit_does(
    page: Page, server: Server, watch: Watch, modules: list[str]
) -> None:
    page.route(BUNDLE, lambda route: route.fulfill(status=404))
    open_page(page, server.url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert len(modules) > 50
    assert all("404" in error for error in watch.take())


@pytest.mark.slow
def test_an_open_page_needs_little_of_the_server(
    new_page: Callable[..., Page], tmp_path: Path
) -> None:
    with streamlit_server(ROOT / "main.py", tmp_path) as fresh:
        page = new_page()
        open_page(page, fresh.url)
        assert memory_of(fresh.pid).rss_mb <= MAX_MEMORY_MB
        libraries = loaded_libraries(fresh.pid)
        assert any("/numpy/" in path for path in libraries)  # so what is loaded is seen
        assert not [path for path in libraries if any(part in path for part in HEAVY)]
        page.get_by_test_id("stMain").get_by_role("radio", name="happy").click()
        wait_for_streamlit_idle(page)
        libraries = loaded_libraries(fresh.pid)
        assert not [path for path in libraries if any(part in path for part in HEAVY)]
