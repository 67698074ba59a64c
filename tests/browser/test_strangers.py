"""What strangers do leaves a visitor's login alone, and any of several servers can finish it."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import requests
from playwright.sync_api import Page, expect

from music_mood.web.transport import Patience
from tests.browser.helpers import open_page
from tests.browser.server import ROOT, Server, free_port, streamlit_server
from tests.browser.streamlit_socket import clear_cache
from tests.browser.test_spotify import choose, feel, log_in, search, the_feeling_is_still
from tests.contract import faults
from tests.contract.catalogue import song
from tests.contract.server import FakeWeb, running
from tests.contract.world import World

pytestmark = [pytest.mark.browser, pytest.mark.alone]

AUTHORIZE = re.compile("/spotify-accounts/authorize")


@dataclass
class Sites:
    """Two servers of one page, with one secret; Spotify leads all visitors back to the second."""

    first: Server
    second: Server
    world: World


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    folders = [tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("other")]
    ports = [free_port(), free_port()]
    with running(FakeWeb()) as web:
        world = World(web, folders[0])
        settings = {
            **world.environment,
            **world.spotify_app,
            "SPOTIPY_REDIRECT_URI": f"http://127.0.0.1:{ports[1]}/",
            "STREAMLIT_SERVER_COOKIE_SECRET": "of both servers, and long enough for that",
        }
        with (
            streamlit_server(ROOT / "main.py", folders[0], ports[0], **settings) as first,
            streamlit_server(ROOT / "main.py", folders[1], ports[1], **settings) as second,
        ):
            yield Sites(first, second, world)


@pytest.fixture
def server(sites: Sites) -> Server:
    """So that the watch reads its log."""
    return sites.second


@pytest.fixture
def world(sites: Sites) -> Iterator[World]:
    yield sites.world
    sites.world.web.behave()


def test_a_login_begun_at_one_server_ends_at_the_other(page: Page, sites: Sites, world: World):
    open_page(page, sites.first.url)
    feel(page, "sad")
    choose(page, "Lift me", "My Spotify")
    log_in(page)
    assert page.url.startswith(sites.second.url)
    the_feeling_is_still(page, "Sad music")
    expect(page.get_by_role("radio", name="Lift me")).to_be_checked()
    expect(page.get_by_role("radio", name="My Spotify")).to_be_checked()
    expect(page.get_by_text("Logged in to Spotify as Visitor")).to_be_visible()
    assert "server.cookieSecret" not in sites.first.log + sites.second.log


def asked(page: Page, url: str, feeling: str) -> str:
    """Go as far as Spotify's question, and give its address."""
    page.route(
        AUTHORIZE,
        lambda route: route.fulfill(content_type="text/html", body="<h1>Do you agree?</h1>"),
    )
    open_page(page, url)
    feel(page, feeling)
    choose(page, "My Spotify")
    with page.expect_request(AUTHORIZE) as leaving:
        page.get_by_role("button", name="Log in with Spotify").click()
    expect(page.get_by_role("heading", name="Do you agree?")).to_be_visible()
    return leaving.value.url


def agreed(question: str) -> str:
    """Say yes, and give the way back."""
    return requests.get(question, allow_redirects=False, timeout=5).headers["Location"]


def test_a_way_back_that_a_stranger_opens_first_still_works_in_its_own_browser(
    page: Page, new_page: Callable[..., Page], server: Server, world: World
):
    back = agreed(asked(page, server.url, "happy"))
    stranger = new_page()
    open_page(stranger, back)
    expect(stranger.get_by_test_id("stAlert")).to_contain_text("not, or no more, valid")
    page.goto(back)
    expect(page.get_by_text("Logged in to Spotify as Visitor")).to_be_visible()
    the_feeling_is_still(page)


def test_nobody_can_make_the_server_forget_what_all_share(
    page: Page, new_page: Callable[..., Page], server: Server, world: World
):
    question = asked(page, server.url, "happy")

    stranger = new_page()
    open_page(stranger, server.url)
    feel(stranger, "angry")
    choose(stranger, "Link")
    world.web.misbehave("/deezer", faults.too_many("3000"))
    search(stranger, "https://www.deezer.com/playlist/24")
    expect(stranger.get_by_test_id("stAlert")).to_contain_text("asks for a pause")
    world.web.misbehave("/spotify-api", faults.DOWN, always=True)
    search(stranger, song(42).title)
    opened = time.monotonic()
    expect(stranger.get_by_test_id("stAlert")).to_contain_text("out of order")

    world.web.behave()
    clear_cache(server)
    search(stranger, song(43).title)
    expect(stranger.get_by_test_id("stAlert")).to_contain_text("out of order")
    assert time.monotonic() - opened < Patience().rest_s, "too slow to tell anything"
    search(stranger, "https://www.deezer.com/playlist/25")
    expect(stranger.get_by_test_id("stAlert")).to_contain_text("asks for a pause")
    assert not world.web.calls, "the circuit is still open, and the pause is still kept"

    page.goto(agreed(question))
    expect(page.get_by_text("Logged in to Spotify")).to_be_visible()  # whose name is not asked for
    the_feeling_is_still(page)


def test_the_key_that_clears_streamlits_caches_does_nothing_here(page: Page, server: Server):
    open_page(page, server.url)
    feel(page, "happy")
    page.get_by_role("heading", name="Happy music").click()
    for key in ("c", "Shift+c"):
        page.keyboard.press(key)
    page.wait_for_timeout(500)
    expect(page.get_by_role("dialog")).to_have_count(0)
    press_again = page.get_by_role("radio", name="Lift me")
    press_again.click()
    the_feeling_is_still(page)
