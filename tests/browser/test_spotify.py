"""Spotify through the page: the whole way to its login and back, against the fake web."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from playwright.sync_api import Frame, Page, expect

from tests.browser.helpers import open_page, rows, upload, wait_for_streamlit_idle
from tests.browser.server import ROOT, Server, free_port, streamlit_server
from tests.contract import faults
from tests.contract.catalogue import song, songs
from tests.contract.server import FakeWeb, Reply, running
from tests.contract.spotify import FOREIGN, OWN
from tests.contract.spotify_objects import spotify_id
from tests.contract.world import World

pytestmark = pytest.mark.browser

PAGE = "/spotify-api/v1"


@dataclass
class Site:
    """The page, and the web as it sees it."""

    server: Server
    world: World


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for this module, whose Spotify app sends visitors back to it."""
    folder, port = tmp_path_factory.mktemp("spotify"), free_port()
    with running(FakeWeb()) as web:
        world = World(web, folder)
        # As whoever runs the app would write it: the page reads its secrets from the file.
        app = {**world.spotify_app, "SPOTIPY_REDIRECT_URI": f"http://127.0.0.1:{port}/"}
        secrets = "".join(f'{name} = "{value}"\n' for name, value in app.items())
        (folder / "secrets.toml").write_text(secrets)
        # One of the tests shows the page in a frame there.
        frames = {"FACE_THE_MUSIC_FRAME_ANCESTORS": web.url}
        with streamlit_server(
            ROOT / "main.py", folder, port, **world.environment, **frames
        ) as server:
            yield Site(server, world)


@pytest.fixture
def server(started: Site) -> Server:
    """So that the watch reads its log."""
    return started.server


@pytest.fixture
def world(started: Site) -> Iterator[World]:
    yield started.world
    accounts = started.world.accounts
    accounts.refuses, accounts.user = False, "visitor"
    started.world.web.behave()
    told = [one for one in accounts.secrets if one in started.server.log]
    assert not told, "tokens, codes and secrets are never logged"


@pytest.fixture
def happy(server: Server, world: World, page: Page) -> Page:
    """The page, a feeling named."""
    open_page(page, server.url)
    feel(page, "happy")
    return page


def feel(page: Page, feeling: str) -> None:
    """Name a feeling; the demo's players come, and go again when another shelf is chosen."""
    choose(page, feeling)
    wait_for_players(page)


def wait_for_players(frame: Page | Frame) -> None:
    """Wait until they have loaded what they want: once gone, Streamlit answers 404 for them."""
    frame.wait_for_function(
        """() => {
            const players = [...document.querySelectorAll('audio')];
            const idle = one => one.readyState > 0 && one.networkState === one.NETWORK_IDLE;
            return players.length === 3 && players.every(idle);
        }"""
    )


def choose(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("radio", name=name, exact=True).click()
        wait_for_streamlit_idle(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()
    wait_for_streamlit_idle(page)


def log_in(page: Page, button: str = "Log in with Spotify") -> None:
    """Press the button, and wait until the browser has been at Spotify and is back."""
    with page.expect_event("framenavigated", lambda frame: "state=" in frame.url):
        page.get_by_role("button", name=button).click()
    # code and state are tidied away
    page.wait_for_function("() => !location.search.includes('state=')")
    wait_for_streamlit_idle(page)


def pick_playlist(page: Page, name: str) -> None:
    page.get_by_role("combobox", name="Your playlists").click()
    page.get_by_role("option", name=name, exact=True).click()
    wait_for_streamlit_idle(page)


def search(page: Page, text: str) -> None:
    box = page.get_by_label("A link, or words to search Spotify for")
    box.fill(text)
    box.press("Enter")
    wait_for_streamlit_idle(page)


def the_feeling_is_still(page: Page, heading: str = "Happy music") -> None:
    expect(page.get_by_role("heading", name=heading)).to_be_visible()


def test_from_login_to_a_saved_playlist_and_out(happy: Page, world: World):
    page = happy
    choose(page, "Lift me", "My Spotify")
    log_in(page)
    the_feeling_is_still(page)
    expect(page.get_by_role("radio", name="Lift me")).to_be_checked()
    expect(page.get_by_role("radio", name="My Spotify")).to_be_checked()
    expect(page.get_by_text("Logged in to Spotify as Visitor")).to_be_visible()

    pick_playlist(page, "My songs")
    expect(page.get_by_text(re.compile("My songs · 120 tracks"))).to_be_visible()
    shown = rows(page).count()
    assert shown >= 5

    press(page, "Save these as a Spotify playlist")
    expect(page.get_by_label("Name", exact=True)).to_have_value(
        re.compile(r"^Happy music, \d{1,2} [A-Z][a-z]+ 20\d\d$")
    )
    page.get_by_role("button", name="Save", exact=True).dblclick()
    wait_for_streamlit_idle(page)
    said = page.get_by_test_id("stAlert")
    expect(said).to_contain_text(f"Saved {shown} tracks as Happy music")
    link = said.get_by_role("link").get_attribute("href")
    made = world.spotify.playlists[link.rpartition("/")[2]]
    assert len(made.added) == shown
    assert sum(one.name == made.name for one in world.spotify.playlists.values()) == 1

    press(page, "Log out")
    expect(page.get_by_role("button", name="Log in with Spotify").first).to_be_visible()
    expect(page.get_by_text("My songs")).to_have_count(0)
    the_feeling_is_still(page)


def test_whoever_says_no_loses_nothing_and_may_try_again(happy: Page, world: World):
    page = happy
    choose(page, "My Spotify")
    world.accounts.refuses = True
    log_in(page)
    expect(page.get_by_test_id("stAlert")).to_contain_text("did not let the app in, or you did not")
    the_feeling_is_still(page)
    choose(page, "Demo playlist")
    wait_for_players(page)
    choose(page, "My Spotify")
    world.accounts.refuses = False
    log_in(page)
    expect(page.get_by_text("Logged in to Spotify as Visitor")).to_be_visible()
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_a_forged_way_back_logs_nobody_in(server: Server, world: World, page: Page):
    """So is one of a server that was started anew in the meantime: it knows no state."""
    open_page(page, f"{server.url}/?code=stolen&state=forged")
    expect(page.get_by_test_id("stAlert")).to_contain_text("not, or no more, valid")
    expect(page).to_have_url(f"{server.url}/")
    feel(page, "happy")
    choose(page, "My Spotify")
    expect(page.get_by_role("button", name="Log in with Spotify")).to_be_visible()
    assert not world.web.calls_to("/spotify-accounts/api/token")


def test_the_log_says_what_is_missing_for_several_processes(server: Server):
    assert server.log.count("server.cookieSecret is not set") == 1


def test_nobody_is_lured_into_anothers_account(
    happy: Page, new_page: Callable[..., Page], server: Server, world: World
):
    """Login CSRF: an attacker's own, unused way back is opened by somebody else."""
    attacker, asked = happy, []
    attacker.route(
        re.compile("/spotify-accounts/authorize"),
        lambda route: (asked.append(route.request.url), route.fulfill(status=204)),
    )
    choose(attacker, "My Spotify")
    with attacker.expect_request(re.compile("/spotify-accounts/authorize")):
        press(attacker, "Log in with Spotify")
    back = requests.get(asked[0], allow_redirects=False, timeout=5).headers["Location"]
    assert dict(parse_qsl(urlsplit(back).query)).keys() == {"code", "state"}

    victim = new_page()
    open_page(victim, back)
    expect(victim.get_by_test_id("stAlert")).to_contain_text("not, or no more, valid")
    feel(victim, "sad")
    choose(victim, "My Spotify")
    expect(victim.get_by_text("Logged in to Spotify")).to_have_count(0)


def test_spotify_down_at_the_exchange_is_a_sentence(happy: Page, world: World):
    page = happy
    choose(page, "My Spotify")
    world.web.misbehave("/spotify-accounts/api/token", faults.HTML)
    log_in(page)
    expect(page.get_by_test_id("stAlert")).to_contain_text("Spotify")
    the_feeling_is_still(page)
    log_in(page)
    expect(page.get_by_text("Logged in to Spotify")).to_be_visible()


def test_spotify_failing_in_the_middle_leaves_what_was_read(happy: Page, world: World):
    page = happy
    choose(page, "My Spotify")
    log_in(page)
    world.web.misbehave(f"{PAGE}/playlists/{OWN}/items", faults.HTML, always=True)
    pick_playlist(page, "My songs")
    expect(page.get_by_text("Only the first 50 of 120 entries were read")).to_be_visible()
    assert rows(page).count() >= 5


def test_a_login_that_ended_at_spotify_can_be_renewed(happy: Page, world: World):
    page = happy
    choose(page, "My Spotify")
    log_in(page)
    world.accounts.tokens.clear()
    pick_playlist(page, "Liked songs")
    expect(page.get_by_test_id("stAlert")).to_contain_text("log in with Spotify (again)")
    log_in(page)
    expect(page.get_by_text(re.compile("Liked songs · 60 tracks"))).to_be_visible()


def test_a_playlist_out_of_reach_comes_with_three_ways_and_is_read_after_the_login(
    happy: Page, world: World
):
    page = happy
    choose(page, "Link")
    search(page, f"https://open.spotify.com/playlist/{FOREIGN}")
    for words in ("only to its owner", "log in with Spotify", "exportify.net", "Deezer"):
        expect(page.get_by_test_id("stAlert")).to_contain_text(words)
    search(page, f"https://open.spotify.com/playlist/{OWN}")
    log_in(page)
    expect(page.get_by_text(re.compile("My songs · 120 tracks"))).to_be_visible()
    the_feeling_is_still(page)


def test_words_find_tracks_and_albums_without_a_login(happy: Page, world: World):
    page = happy
    choose(page, "Link")
    search(page, song(42).title)
    expect(page.get_by_text(re.compile("Search for .* · 1 tracks?:"))).to_be_visible()
    choose(page, "Albums")
    search(page, "album 3")
    page.get_by_role("combobox", name="Album").click()
    page.get_by_role("option", name=f"Album 3 – {song(30).artist}").click()
    wait_for_streamlit_idle(page)
    expect(page.get_by_text(re.compile("Album 3 · 10 tracks"))).to_be_visible()
    search(page, f"https://open.spotify.com/album/{spotify_id('album2x')}")
    expect(page.get_by_text(re.compile("Album 2 · 10 tracks"))).to_be_visible()


def test_what_deezer_gave_is_saved_on_spotify_by_isrc(happy: Page, world: World):
    page = happy
    choose(page, "Link")
    search(page, "https://www.deezer.com/playlist/24")
    expect(page.get_by_text("Fake playlist 24")).to_be_visible()
    log_in(page, "Log in with Spotify to save these")
    expect(page.get_by_text("Fake playlist 24")).to_be_visible()
    press(page, "Save these as a Spotify playlist")
    page.get_by_label("Name", exact=True).fill("From Deezer")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(re.compile(r"Saved \d+ tracks? as From Deezer"))).to_be_visible()
    [made] = [one for one in world.spotify.playlists.values() if one.name == "From Deezer"]
    known = {f"spotify:track:{one.spotify_id}" for one in songs(5_000)}
    assert made.added
    assert set(made.added) <= known


def test_a_list_from_a_file_is_still_there_after_the_login(happy: Page, world: World):
    page = happy
    choose(page, "My files")
    one = song(3)
    features = ",".join(str(value) for value in one.features.values())
    table = f"title,artist,isrc,{','.join(one.features)}\n{one.title},A,{one.isrc},{features}\n"
    upload(page, "mine.csv", "text/csv", table.encode())
    world.accounts.refuses = True
    log_in(page, "Log in with Spotify to save these")
    world.accounts.refuses = False
    log_in(page, "Log in with Spotify to save these")
    expect(rows(page).get_by_text(one.title)).to_be_visible()
    press(page, "Save these as a Spotify playlist")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved 1 track as")).to_be_visible()


def test_back_from_spotify_without_a_decision_the_feeling_is_there(happy: Page):
    page = happy
    choose(page, "My Spotify")
    page.route(
        re.compile("/spotify-accounts/authorize"),
        lambda route: route.fulfill(content_type="text/html", body="<h1>Do you agree?</h1>"),
    )
    page.get_by_role("button", name="Log in with Spotify").click()
    expect(page.get_by_role("heading", name="Do you agree?")).to_be_visible()
    page.go_back()
    the_feeling_is_still(page)


def test_a_page_in_a_frame_opens_another_tab(server: Server, world: World, page: Page):
    """As on Streamlit Community Cloud, whose frames may not lead the whole tab away."""
    framed = (
        f'<link rel="icon" href="data:,"><iframe src="{server.url}" width="1200" height="2000">'
    )
    world.web.services["frame"] = lambda _: Reply(
        body=framed.encode(), headers={"Content-Type": "text/html"}
    )
    page.goto(f"{world.web.url}/frame")
    frame = page.frame_locator("iframe")
    for name in ("happy",):
        frame.get_by_role("radio", name=name, exact=True).click()
    wait_for_players(page.frames[1])
    frame.get_by_role("radio", name="My Spotify", exact=True).click()
    frame.get_by_role("button", name="Log in with Spotify").click()
    with page.expect_popup() as opened:
        frame.get_by_role("link", name="Go on to Spotify").click()
    tab = opened.value
    expect(tab.get_by_text("Logged in to Spotify as Visitor")).to_be_visible(timeout=20_000)
    the_feeling_is_still(tab)
    expect(frame.get_by_role("heading", name="Happy music")).to_be_visible()
