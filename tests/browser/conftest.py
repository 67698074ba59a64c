"""A served page, a real Chromium with a fake camera, and a stern eye on errors.

Fixtures live as long as this package's tests, not the whole session: Playwright keeps an event
loop running in the main thread, which tests elsewhere would trip over.
"""

import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.browser.camera import write_fake_camera
from tests.browser.chromium import ChromiumError, find_chromium
from tests.browser.helpers import WATCH_CAMERA, WATCH_SERVER
from tests.browser.server import ROOT, Server, streamlit_server
from tests.browser.watch import Watch

FLAGS = [
    "--headless",
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",  # grants the camera without asking
    # A page that needs something from elsewhere fails loudly instead of working by luck.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]

SCREENSHOTS = ROOT / "test-results"
LOG_SHOWN = 8000  # characters
WATCH = pytest.StashKey[Watch]()


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real page."""
    with streamlit_server(ROOT / "main.py", tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="package")
def browser(tmp_path_factory: pytest.TempPathFactory, astronaut_rgb: np.ndarray):
    """Chromium, whose camera sees the astronaut's face.

    Yields
    ------
    playwright.sync_api.Browser
    """
    path = find_chromium()
    if path is None:
        raise ChromiumError("There is no Chromium: run `make test`, which installs one.")
    film = write_fake_camera(astronaut_rgb, tmp_path_factory.mktemp("camera") / "face.mjpeg")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path,
            args=[*FLAGS, f"--use-file-for-fake-video-capture={film}"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def watch(request: pytest.FixtureRequest) -> Iterator[Watch]:
    """What went wrong beside the point of the test; nothing may be left at its end."""
    watching = request.node.stash[WATCH] = Watch(_servers(request.node))
    yield watching
    left = watching.take()
    for page in watching.pages:
        page.context.close()
    assert not left, "\n".join(left)


@pytest.fixture
def new_page(browser: Browser, watch: Watch) -> Callable[..., Page]:
    """Make a page of a visitor of their own; keywords go to Playwright's ``new_context``."""

    def make(**options) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        for script in (WATCH_SERVER, WATCH_CAMERA):
            context.add_init_script(script)
        page = context.new_page()
        watch.add(page)
        return page

    return make


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One page on a desktop screen."""
    return new_page()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Leave a picture of what a failed test saw, and show its server's log."""
    report = yield
    if report.failed and report.when == "call":
        if watching := item.stash.get(WATCH, None):
            for number, page in enumerate(watching.pages):
                report.sections.append(("screenshot", _screenshot(page, f"{item.name}-{number}")))
        for server in _servers(item):
            report.sections.append(("server log", server.log[-LOG_SHOWN:]))
    return report


def _screenshot(page: Page, name: str) -> str:
    """Where the picture lies, or why there is none."""
    SCREENSHOTS.mkdir(exist_ok=True)
    path = SCREENSHOTS / (re.sub(r"\W+", "_", name)[:100] + ".png")
    try:
        page.screenshot(path=path, full_page=True)
    except PlaywrightError as error:  # the page may be what has crashed
        return f"none: {error}"
    return str(path)


def _servers(item: pytest.Item) -> list[Server]:
    return [value for value in item.funcargs.values() if isinstance(value, Server)]
