"""Following short links, within their own sites only."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from music_mood.commands.refresh import main as refresh
from music_mood.errors import BadAnswerError, PlaylistError, RateLimitedError, UnavailableError
from music_mood.reference import Host, Kind, Reference, ShortLink, find_link
from music_mood.services import Services
from music_mood.settings import Settings
from music_mood.sources.short_links import ShortLinks
from music_mood.web.redirects import FIRST_BYTES, MAX_HOPS, Redirects
from music_mood.web.transport import Answer
from tests.contract import faults
from tests.contract.conftest import BRISK
from tests.contract.server import Reply
from tests.contract.short_links import page, to
from tests.contract.spotify_objects import spotify_id
from tests.contract.steps import result_of
from tests.contract.world import World

SHORT = "link.deezer.com/s/30Abc"
SPOTIFY = "spotify.link/aB3"
ID = spotify_id("Liked")
PLAYLIST = Reference(Host.DEEZER, Kind.PLAYLIST, "12")
ON_SPOTIFY = Reference(Host.SPOTIFY, Kind.PLAYLIST, ID)
WAY_ON = "open it in your browser, and paste"


@pytest.fixture
def short_links(world: World) -> Iterator[ShortLinks]:
    followed = ShortLinks(BRISK, world.stand_ins)
    yield followed
    followed.close()


def link(text: str) -> ShortLink:
    found = find_link(text)
    assert isinstance(found, ShortLink)
    return found


def test_a_short_link_is_read_like_the_long_one(world: World) -> None:
    world.short_links.lead(SHORT, "www.deezer.com/fr/playlist/12?utm_source=share&host=0")
    settings = Settings.from_environment(world.environment)
    with Services(settings, BRISK, world.stand_ins) as services:
        found = result_of(services.read(f"Listen to this on Deezer: https://{SHORT}."))
    assert (found.title, len(found.tracks)) == ("Fake playlist 12", 12)
    assert found.link == "https://www.deezer.com/playlist/12"


def test_without_access_to_spotify_its_ways_on_are_told(world: World) -> None:
    world.short_links.lead(SPOTIFY, f"open.spotify.com/playlist/{ID}")
    settings = Settings.from_environment(world.environment)
    with (
        Services(settings, BRISK, world.stand_ins) as services,
        pytest.raises(PlaylistError, match="Spotify does not show to strangers"),
    ):
        result_of(services.read(f"https://{SPOTIFY}"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_kind_of_redirect_is_followed(
    world: World, short_links: ShortLinks, status: int
) -> None:
    world.short_links.lead(SHORT, "www.deezer.com/playlist/12", status=status)
    assert short_links.resolve(link(SHORT)) == PLAYLIST
    [call] = world.web.calls
    assert call.method == "GET"
    assert not {"cookie", "authorization", "referer"} & set(call.headers)


@pytest.mark.parametrize(
    "text", ["deezer.page.link/x", "dzr.page.link/x", "http://link.deezer.com:80/x"]
)
def test_all_sites_of_deezer_are_known(world: World, short_links: ShortLinks, text: str) -> None:
    site = link(text).address.removeprefix("https://")
    world.short_links.lead(site, "deezer.page.link/y", "www.deezer.com/en/playlist/12")
    assert short_links.resolve(link(text)) == PLAYLIST


@pytest.mark.parametrize("text", ["spotify.link/x", "spotify.app.link/x", "spoti.fi/x"])
def test_all_sites_of_spotify_are_known(world: World, short_links: ShortLinks, text: str) -> None:
    world.short_links.lead(text, "spotify.app.link/y", f"open.spotify.com/intl-de/playlist/{ID}")
    assert short_links.resolve(link(text)) == ON_SPOTIFY


def test_parameters_travel_with_the_link_and_cookies_do_not(
    world: World, short_links: ShortLinks
) -> None:
    world.short_links.lead(
        "spotify.link/a", "spotify.app.link/b?_p=c1", f"open.spotify.com/playlist/{ID}"
    )
    assert short_links.resolve(link("spotify.link/a?si=5")) == ON_SPOTIFY
    first, second = world.web.calls
    assert (first.query, second.query) == ({"si": "5"}, {"_p": "c1"})
    assert "cookie" not in second.headers


@pytest.mark.parametrize(
    "address",
    ["/s/further", "//link.deezer.com/s/further", "https://link.deezer.com:443/s/further#x"],
)
def test_a_redirect_may_be_relative(world: World, short_links: ShortLinks, address: str) -> None:
    world.short_links.pages[SHORT] = to(address)
    world.short_links.lead("link.deezer.com/s/further", "www.deezer.com/playlist/12")
    assert short_links.resolve(link(SHORT)) == PLAYLIST


def test_where_it_arrives_is_not_opened(world: World, short_links: ShortLinks) -> None:
    world.short_links.pages[SHORT] = to("http://www.deezer.com/playlist/12")
    assert short_links.resolve(link(SHORT)) == PLAYLIST
    assert len(world.web.calls) == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://link.deezer.com/s/further",  # not secure
        "https://link.deezer.com:8443/s/further",
        "https://name:word@link.deezer.com/s/further",
        "https://link.deezer.com.example.org/s/further",
        "https://link.deezer.com\\@example.org/s/further",
        "https://spotify.link/further",  # not its own
        "https://127.0.0.1/s/further",
        "https://[::1]/s/further",
        "https://[::1/s/further",
        "https://169.254.169.254/latest/meta-data",
        "{url}/sites/link.deezer.com/s/further",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://example.org/?to=https://www.deezer.com/playlist/12",
        "https://example.org/,https://www.deezer.com/playlist/12",
        f"https://open.spotify.com/playlist/{ID}",
        "https://link.deezer.com/" + "x" * 3_000,
        "",
    ],
)
def test_nothing_else_is_opened(world: World, short_links: ShortLinks, address: str) -> None:
    world.short_links.pages[SHORT] = to(address.format(url=world.web.url))
    for site in ("link.deezer.com/s", "spotify.link"):
        world.short_links.lead(f"{site}/further", "www.deezer.com/playlist/12")
    with pytest.raises(PlaylistError, match=WAY_ON):
        short_links.resolve(link(SHORT))
    assert [call.path for call in world.web.calls] == [f"/sites/{SHORT}"]


@pytest.mark.parametrize("site", ["link.deezer.com", "www.deezer.com"])
def test_a_redirect_with_an_endless_body_costs_no_more_than_its_beginning(
    world: World, short_links: ShortLinks, site: str
) -> None:
    world.short_links.lead(SHORT, f"{site}/further", "www.deezer.com/playlist/12")
    lead = world.short_links.pages[f"{site}/further"]
    world.short_links.pages[f"{site}/further"] = replace(lead, body=b"x" * 20_000_000)
    assert short_links.resolve(link(SHORT)) == PLAYLIST


def test_the_fifth_address_is_the_last(world: World, short_links: ShortLinks) -> None:
    hops = [f"link.deezer.com/s/{number}" for number in range(MAX_HOPS + 1)]
    world.short_links.lead(*hops, "www.deezer.com/playlist/12")
    assert short_links.resolve(link(hops[1])) == PLAYLIST
    world.web.behave()
    with pytest.raises(PlaylistError, match=WAY_ON):
        short_links.resolve(link(hops[0]))
    assert len(world.web.calls) == MAX_HOPS


def test_a_circle_comes_to_an_end(world: World, short_links: ShortLinks) -> None:
    world.short_links.lead(SHORT, "link.deezer.com/s/b", SHORT)
    with pytest.raises(PlaylistError, match=WAY_ON):
        short_links.resolve(link(SHORT))
    assert len(world.web.calls) == 2


PAGES = {
    "canonical": '<link rel="canonical" href="https://open.spotify.com/playlist/{id}">',
    "og:url": "<meta content='https://open.spotify.com/playlist/{id}?a&amp;b' property='og:url'/>",
    "refresh": '<META http-equiv="refresh" content="0; URL=https://open.spotify.com/playlist/{id}">',
    "script": '<script>location.href="https:\\/\\/open.spotify.com\\/playlist\\/{id}";</script>',
    "anchor": '<a href="https://open.spotify.com/intl-de/playlist/{id}">Open</a>',
    "first what names it": (
        '<a href="https://open.spotify.com/track/5555555555555555555555">x</a>'
        '<meta property="og:url" content="https://open.spotify.com/playlist/{id}">'
    ),
    "after what is not ours": (
        '<link rel="canonical" href="https://example.org/playlist/{id}"><script src="https://'
        'cdn.example.org/a.js"></script><a href="https://open.spotify.com/playlist/{id}">x</a>'
    ),
    "after itself": (
        '<meta property="og:url" content="https://spotify.link/aB3">'
        '<script>go("https://open.spotify.com/playlist/{id}?si=1")</script>'
    ),
    "a fallback": '<a href="https://spotify.app.link/?$fallback_url=https%3A%2F%2Fopen.spotify.com'
    '%2Fplaylist%2F{id}">x</a>',
}


@pytest.mark.parametrize("text", PAGES.values(), ids=PAGES)
def test_a_page_in_place_of_a_redirect_is_looked_through(
    world: World, short_links: ShortLinks, text: str
) -> None:
    world.short_links.pages[SPOTIFY] = page("<!DOCTYPE html>" + text.replace("{id}", ID))
    assert short_links.resolve(link(SPOTIFY)) == ON_SPOTIFY


@pytest.mark.parametrize(
    "reply",
    [
        to(f"https://open.spotify.com/playlist/{ID}?si=1"),
        page(f'<meta property="og:url" content="https://open.spotify.com/playlist/{ID}">'),
    ],
)
def test_spotifys_own_site_has_short_links_as_well(
    world: World, short_links: ShortLinks, reply: Reply
) -> None:
    short = "open.spotify.com/s/2czejYu"
    world.short_links.pages[short] = reply
    assert short_links.resolve(link(short)) == ON_SPOTIFY
    world.short_links.pages[short] = page(f'<a href="https://open.spotify.com/playlist/{ID}">x</a>')
    with pytest.raises(PlaylistError, match=WAY_ON):
        short_links.resolve(link(short))


def test_it_is_said_who_asks(world: World, short_links: ShortLinks) -> None:
    world.short_links.lead(SPOTIFY, f"open.spotify.com/playlist/{ID}")
    short_links.resolve(link(SPOTIFY))
    agent = world.web.calls[0].headers["user-agent"]
    assert agent.startswith("FaceTheMusic/") and "curl" in agent


def test_only_the_beginning_of_a_page_is_read(world: World, short_links: ShortLinks) -> None:
    far = " " * (FIRST_BYTES - 100) + PAGES["canonical"].replace("{id}", ID)
    world.short_links.pages[SPOTIFY] = page(far + "x" * 9_000_000)
    assert short_links.resolve(link(SPOTIFY)) == ON_SPOTIFY
    world.short_links.pages[SPOTIFY] = page("x" * FIRST_BYTES + far)
    with pytest.raises(PlaylistError, match=WAY_ON):
        short_links.resolve(link(SPOTIFY))


def test_a_page_of_something_else_does_not_lend_its_links(
    world: World, short_links: ShortLinks
) -> None:
    """An artist's page is full of links to albums."""
    album = '<a href="https://www.deezer.com/album/302127">Discovery</a>'
    world.short_links.lead(SHORT, "www.deezer.com/en/artist/27")
    world.short_links.pages["www.deezer.com/en/artist/27"] = page(album)
    with pytest.raises(PlaylistError, match=r"something else on Deezer .* an artist"):
        short_links.resolve(link(SHORT))
    name = '<meta property="og:url" content="https://www.deezer.com/en/artist/27">'
    world.short_links.pages[SHORT] = page(name + album)
    with pytest.raises(PlaylistError, match="an artist"):
        short_links.resolve(link(SHORT))


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (faults.NOT_FOUND, PlaylistError),
        (Reply(410, b"gone"), PlaylistError),
        (faults.forbidden(), PlaylistError),
        (page("<h1>Checking your browser</h1>", 403), PlaylistError),
        (page("<![CDATA[ <!x <meta <link rel='canonical' href='https://[' >"), PlaylistError),
        (faults.NOTHING, PlaylistError),
        (faults.NOT_TEXT, PlaylistError),
        (Reply(302, b""), PlaylistError),
        (faults.NOT_GZIP, BadAnswerError),
        (faults.BROKEN, UnavailableError),
        (faults.CUT_OFF, UnavailableError),
        (faults.SILENT, UnavailableError),
    ],
)
def test_whatever_it_answers_the_way_on_is_told(
    world: World, short_links: ShortLinks, reply: Reply, kind: type[Exception]
) -> None:
    world.short_links.pages[SHORT] = reply
    with pytest.raises(kind, match=WAY_ON) as caught:
        short_links.resolve(link(SHORT))
    assert "Deezer" in str(caught.value)


def test_a_wait_is_told(world: World, short_links: ShortLinks) -> None:
    world.short_links.pages[SHORT] = faults.too_many("30000")
    with pytest.raises(RateLimitedError, match=r"Deezer .* 9 hours"):
        short_links.resolve(link(SHORT))


def test_a_site_that_fails_now_and_then_is_asked_again(
    world: World, short_links: ShortLinks
) -> None:
    world.short_links.lead(SHORT, "www.deezer.com/playlist/12")
    world.web.misbehave("/sites", faults.DOWN)
    assert short_links.resolve(link(SHORT)) == PLAYLIST


def test_services_do_not_share_their_fate(world: World, short_links: ShortLinks) -> None:
    world.short_links.pages[SPOTIFY] = faults.BROKEN
    world.short_links.lead(SHORT, "www.deezer.com/playlist/12")
    with pytest.raises(UnavailableError):
        short_links.resolve(link(SPOTIFY))
    assert short_links.resolve(link(SHORT)) == PLAYLIST


class Answering:
    """Stands for a service that answers always the same."""

    def __init__(self, answer: Answer) -> None:
        self.asked: list[str] = []
        self._answer = answer

    def deadline(self) -> float:
        return 0.0

    def call(self, request: requests.Request, read: Callable[[Answer], Any], **_: object) -> Any:
        self.asked.append(request.url)
        return read(self._answer)


PIECES = [
    "https://", "http://", "https:\\/\\/", "link.deezer.com", "www.deezer.com", "example.org",
    "/", ":", "@", "[", "\\", "?", "#", "..", "%", " ", "\n", "'", '"', "<", ">", "<meta ",
    "<link ", "og:url", "canonical", "content=", "href=", "playlist", "12", "443", "8443", "s",
    "é", "\ud800", "\x00",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.booleans())
def test_whatever_it_answers_we_stay_within_its_sites(text: str, redirects: bool) -> None:
    body = text.encode("utf-8", "surrogatepass")
    answer = Answer(302, {"Location": text}, b"") if redirects else Answer(200, {}, body)
    service = Answering(answer)
    followed = Redirects(
        service,
        short_sites=["link.deezer.com"],
        page_sites=["www.deezer.com"],
        is_there=lambda address: address.endswith("/playlist/12"),
    )
    end = followed.follow("https://link.deezer.com/s/1")
    ours = ("https://link.deezer.com/", "https://www.deezer.com/")
    assert all(asked.startswith(ours) for asked in service.asked)
    assert 1 <= len(service.asked) <= MAX_HOPS
    assert urlsplit(end).hostname in ("link.deezer.com", "www.deezer.com")


@pytest.mark.parametrize(
    "piece",
    [
        "<meta ",
        "<",
        "<link rel=canonical ",
        "https://",
        "https://www.deezer.com/",
        "=",
        "= ",
        "https:\\/\\/",
        "<meta og:url https://www.deezer.com/>",
        "\\/",
        "&amp;",
        "https://[",
        "a",
    ],
)
def test_no_page_takes_long(piece: str) -> None:
    service = Answering(Answer(200, {}, (piece * FIRST_BYTES)[:FIRST_BYTES].encode()))
    with closing(ShortLinks()) as short_links:
        is_there = short_links._redirects[Host.DEEZER]._is_there
    followed = Redirects(
        service, short_sites=["link.deezer.com"], page_sites=["www.deezer.com"], is_there=is_there
    )
    start = time.process_time()
    followed.follow("https://link.deezer.com/s/1")
    assert time.process_time() - start < 3


def test_a_short_link_can_be_marked_for_the_refresh(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.short_links.lead(SHORT, "www.deezer.com/fr/playlist/12?utm_source=share")
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    connect = partial(Services, patience=BRISK, stand_ins=world.stand_ins)
    monkeypatch.setattr("music_mood.commands.refresh.Services", connect)
    assert refresh(["--add", f"https://{SHORT}"]) == 0
    assert capsys.readouterr().out.startswith("Fake playlist 12: 12 new, 0 known")
    assert refresh(["--list"]) == 0
    assert capsys.readouterr().out.startswith(
        "https://www.deezer.com/playlist/12  Fake playlist 12"
    )
    assert refresh(["--remove", f"https://{SHORT}"]) == 0
