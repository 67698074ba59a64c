"""A public Deezer playlist through the page, against the fake web."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import (
    open_page,
    player,
    player_really_plays,
    press_in_player,
    row_titles,
    rows,
    sounding,
    wait_for_streamlit_idle,
)
from tests.browser.server import ROOT, Server, streamlit_server
from tests.contract.server import FakeWeb, running
from tests.contract.world import World

pytestmark = pytest.mark.browser

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with running(FakeWeb()) as web:
        yield World(web, tmp_path)


@pytest.fixture
def connected(world: World, tmp_path) -> Iterator[Server]:
    with streamlit_server(ROOT / "main.py", tmp_path, **world.environment) as running_page:
        yield running_page


@pytest.fixture
def at_the_link(connected: Server, page: Page) -> Page:
    """The page, a feeling named, the shelf for links chosen."""
    page.route(
        "https://cdn-images.dzcdn.net/**",
        lambda route: route.fulfill(body=PICTURE, content_type="image/svg+xml"),
    )
    open_page(page, connected.url)
    for name in ("happy", "Link"):
        page.get_by_role("radio", name=name).click()
        wait_for_streamlit_idle(page)
    return page


def paste(page: Page, link: str) -> None:
    box = page.get_by_label("Link of a playlist")
    box.fill(link)
    box.press("Enter")
    wait_for_streamlit_idle(page)


def test_a_link_becomes_music_that_plays(at_the_link: Page, world: World):
    page = at_the_link
    paste(page, "https://www.deezer.com/fr/playlist/24?utm_source=share")
    expect(page.get_by_text("Fake playlist 24")).to_be_visible()
    wait_for_streamlit_idle(page)
    assert page.locator("audio").count() == 0  # nothing is fetched before somebody wants to hear
    assert not world.web.calls_to("/audio")
    title = row_titles(page)[1]
    rows(page).nth(1).get_by_role("button", name=f"Play {title}").first.click()
    player_really_plays(page, title)
    expect(page.locator("audio")).to_have_count(3)  # the next two lie ready
    expect(player(page).get_by_text("Preview from Deezer")).to_be_visible()
    address = sounding(page).get_attribute("src") or ""
    assert address.startswith(f"{world.web.url}/audio/")
    press_in_player(page, "Next track")
    player_really_plays(page, row_titles(page)[2])


def test_a_dead_link_is_a_sentence_and_the_demo_is_still_there(at_the_link: Page):
    page = at_the_link
    paste(page, "https://example.org/playlist")
    expect(page.get_by_test_id("stAlert")).to_be_visible()
    page.get_by_role("radio", name="Demo playlist").click()
    wait_for_streamlit_idle(page)
    expect(rows(page).nth(4)).to_be_visible()
