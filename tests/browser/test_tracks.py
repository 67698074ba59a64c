"""The list of tracks in a real Chromium: what it shows, and what it says to the player."""

import io
import itertools
import re
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from music_mood.panel.values import PICKS
from music_mood.values import MOODS
from tests.browser.helpers import (
    open_page,
    player_really_plays,
    press_in_player,
    wait_for_streamlit_idle,
)
from tests.browser.server import ROOT, Server, streamlit_server
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser

FAKE_PLAYER = """
window.heardEvents = [];
for (const name of ["ftm:play", "ftm:next", "ftm:hello"]) {
    document.addEventListener(name, ({ detail }) => {
        window.heardEvents.push([name, detail?.uri ?? null]);
        if (name === "ftm:hello" && window.nowPlaying) window.say(window.nowPlaying, true);
    });
}
window.say = (uri, playing) =>
    document.dispatchEvent(new CustomEvent("ftm:now", { detail: { uri, playing } }));
"""
COVERS = "https://cdn-images.dzcdn.net/**"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The list without the rest of the page."""
    script = ROOT / "tests/browser/apps/tracks.py"
    with streamlit_server(script, tmp_path_factory.mktemp("tracks")) as running:
        yield running


def open_list(page: Page, server: Server, tracks: str = "made up", *, played: bool = False) -> Page:
    if tracks != "demo":  # which has the real one
        page.add_init_script(FAKE_PLAYER)
    page.route(COVERS, _answer_cover)
    open_page(page, f"{server.url}/?tracks={tracks}{'&played=yes' if played else ''}")
    expect(rows(page)).to_have_count(PICKS)
    return page


def _answer_cover(route) -> None:
    if "missing" in route.request.url:
        route.fulfill(status=404)
        return
    picture = io.BytesIO()
    Image.fromarray(np.full((250, 250, 3), (10, 200, 30), np.uint8)).save(picture, "PNG")
    route.fulfill(body=picture.getvalue(), content_type="image/png")


@pytest.fixture
def opened(alone: Server, page: Page) -> Page:
    return open_list(page, alone)


def rows(page: Page) -> Locator:
    return page.get_by_role("list", name="Tracks for you").get_by_role("listitem")


def titles(page: Page) -> list[str]:
    return rows(page).get_by_role("heading").all_inner_texts()


def choose(page: Page, name: str) -> None:
    page.get_by_text(name, exact=True).first.click()
    wait_for_streamlit_idle(page)


def events(page: Page) -> list[list[str | None]]:
    return page.evaluate("window.heardEvents")


def uri(row: Locator) -> str:
    return row.get_attribute("data-uri")


# -- what it says to the player


def test_it_asks_what_plays_and_tells_what_is_pressed(opened: Page):
    assert events(opened) == [["ftm:hello", None]]
    second, third = rows(opened).nth(1), rows(opened).nth(2)
    second.get_by_role("button", name=re.compile("^Play .* by")).first.click()
    third.get_by_role("button", name=re.compile("^Play .* next$")).click()
    third.locator(".cover").click()
    assert events(opened)[1:] == [
        ["ftm:play", uri(second)],
        ["ftm:next", uri(third)],
        ["ftm:play", uri(third)],
    ]


def test_the_row_that_plays_is_marked_and_can_be_paused(opened: Page):
    second = rows(opened).nth(1)
    play = second.get_by_role("button", name=re.compile("^Play .* by [^ ]+ [^ ]+$"))
    expect(play).to_be_visible()
    opened.evaluate("uri => window.say(uri, true)", uri(second))
    expect(second).to_have_attribute("aria-current", "true")
    expect(second.locator(".bars")).to_be_visible()
    second.get_by_role("button", name=re.compile("^Pause ")).click()
    assert events(opened)[-1] == ["ftm:play", uri(second)]
    opened.evaluate("uri => window.say(uri, false)", uri(second))
    expect(play).to_be_visible()
    expect(second).to_have_attribute("aria-current", "true")
    expect(second.locator(".bars")).to_be_hidden()
    opened.evaluate("window.say('', false)")
    expect(second).not_to_have_attribute("aria-current", "true")


def test_a_list_that_comes_later_learns_what_plays(opened: Page):
    playing = uri(rows(opened).first)
    opened.evaluate("uri => { window.nowPlaying = uri; window.say(uri, true); }", playing)
    choose(opened, "Other tracks")
    expect(rows(opened).first).not_to_have_attribute("data-uri", playing)
    choose(opened, "Start over")
    expect(rows(opened).first).to_have_attribute("data-uri", playing)
    expect(rows(opened).first).to_have_attribute("aria-current", "true")


def test_what_stays_in_the_list_stays_the_same_element_and_keeps_the_focus(opened: Page):
    first = rows(opened).first
    first.evaluate("row => row.mine = true")
    first.get_by_role("button").first.focus()
    opened.keyboard.press("Enter")
    assert events(opened)[-1] == ["ftm:play", uri(first)]
    more = opened.get_by_role("button", name="More tracks")
    more.evaluate("button => button.click()")  # the focus stays where it is
    expect(rows(opened)).to_have_count(2 * PICKS)
    wait_for_streamlit_idle(opened)
    assert first.evaluate("row => row.mine")
    assert first.evaluate("row => row.contains(row.getRootNode().activeElement)")


def test_with_the_real_player_a_row_plays_pauses_and_comes_next(page: Page, alone: Server):
    open_list(page, alone, "demo")
    third, fifth = rows(page).nth(2), rows(page).nth(4)
    third_title, fifth_title = (row.get_by_role("heading").inner_text() for row in (third, fifth))
    third.get_by_role("button", name=f"Play {third_title}").first.click()
    player_really_plays(page, third_title)
    expect(third).to_have_attribute("aria-current", "true")
    fifth.get_by_role("button", name=re.compile("next$")).click()
    press_in_player(page, "Next track")
    player_really_plays(page, fifth_title)
    expect(fifth).to_have_attribute("aria-current", "true")
    expect(third).not_to_have_attribute("aria-current", "true")
    fifth.get_by_role("button", name=f"Pause {fifth_title}").click()
    expect(fifth.get_by_role("button", name=f"Play {fifth_title}").first).to_be_visible()
    assert page.evaluate("[...document.querySelectorAll('audio')].every(one => one.paused)")


# -- by keyboard, by ear


def test_three_tab_stops_a_track_at_most_each_named_with_it(opened: Page):
    first, second = rows(opened).nth(0), rows(opened).nth(1)
    first.get_by_role("button").first.focus()
    names = []
    for _ in range(8):
        names.append(
            opened.evaluate(
                """() => {
                    let one = document.activeElement;
                    while (one.shadowRoot) one = one.shadowRoot.activeElement;
                    return one.getAttribute("aria-label");
                }"""
            )
        )
        opened.keyboard.press("Tab")
    for row in (first, second):
        title = row.get_by_role("heading").inner_text()
        own = [name for name in names if re.search(rf"\b{title}\b", name)]
        assert 2 <= len(own) <= 3, names


def test_titles_are_headings_in_an_ordered_list(opened: Page):
    assert opened.get_by_role("heading", name="Tracks for you", level=3).is_visible()
    assert rows(opened).get_by_role("heading", level=4).count() == PICKS
    assert rows(opened).first.evaluate("row => row.parentElement.tagName") == "OL"


def test_links_open_elsewhere_and_tell_nothing(opened: Page):
    link = rows(opened).get_by_role("link").first
    assert link.get_attribute("target") == "_blank"
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert re.fullmatch(r"Open .+ on Deezer", link.get_attribute("aria-label"))


def test_motion_only_where_it_is_wanted(new_page, alone: Server):
    running = {}
    for motion in ("no-preference", "reduce"):
        page = open_list(new_page(reduced_motion=motion), alone)
        page.evaluate("uri => window.say(uri, true)", uri(rows(page).first))
        bar = rows(page).first.locator(".bars i").first
        running[motion] = bar.evaluate("bar => bar.getAnimations().length")
    assert running == {"no-preference": 1, "reduce": 0}


# -- Lift's way


def test_lifts_way_is_drawn_and_said(opened: Page):
    list_ = opened.get_by_role("list", name="Tracks for you")
    assert "path" not in list_.get_attribute("class")
    choose(opened, "lift")
    expect(opened.get_by_text("The way leads from sad to calm and happy.")).to_be_visible()
    assert "path" in list_.get_attribute("class")
    ways = [
        row.evaluate("row => row.style.getPropertyValue('--here')") for row in rows(opened).all()
    ]
    assert len(set(ways)) == PICKS
    line = rows(opened).nth(1).locator(".place")
    drawn = line.evaluate("place => getComputedStyle(place, '::before').backgroundImage")
    assert drawn.startswith("linear-gradient")


# -- what others wrote


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_hostile_titles_stay_text_and_inside(new_page, alone: Server, width: int, watch: Watch):
    page = open_list(new_page(viewport={"width": width, "height": 900}), alone, tracks="hostile")
    shown = " ".join(rows(page).get_by_role("heading").all_text_contents())
    for literal in ("<img src=x onerror=", "**bold** [link](javascript:", "{artist} $x$"):
        assert literal in shown
    assert "</li><script>" in " ".join(rows(page).locator(".artist").all_text_contents())
    assert page.evaluate("window.broken") is None
    assert rows(page).locator("script, b, strong, em").count() == 0
    assert wide(page) <= 0
    for row in rows(page).all():
        box = row.bounding_box()
        assert box["height"] < 260
        for part in row.locator("h4, .artist, .label, button, a").all():
            if part.is_visible():
                inner = part.bounding_box()
                assert inner["x"] >= box["x"] - 1
                assert inner["x"] + inner["width"] <= box["x"] + box["width"] + 1
    assert all("404" in error for error in watch.take())  # the missing cover


def test_text_runs_the_way_its_language_does(new_page, alone: Server, watch: Watch):
    page = open_list(new_page(), alone, tracks="hostile")
    hebrew = rows(page).get_by_role("heading").filter(has_text="שלום")
    assert hebrew.evaluate("title => getComputedStyle(title).direction") == "rtl"
    watch.take()


def test_covers_are_shown_without_saying_from_where_and_else_a_picture_is_drawn(
    new_page, alone: Server, watch: Watch
):
    page = open_list(new_page(), alone, tracks="hostile", played=True)
    with_cover = page.locator('li[data-uri="test:0"]')
    cover = with_cover.locator("img")
    expect(cover).to_have_js_property("naturalWidth", 250)
    assert cover.get_attribute("referrerpolicy") == "no-referrer"
    assert (cover.get_attribute("alt"), cover.get_attribute("loading")) == ("", "lazy")
    for number in range(1, PICKS):
        row = page.locator(f'li[data-uri="test:{number}"]')
        expect(row.locator("img")).to_have_count(0)  # test:1 has one that does not come
        assert row.locator(".cover svg").is_visible()
    assert all("404" in error for error in watch.take())


def test_drawn_pictures_differ_by_track_and_stay_the_same(opened: Page):
    def pictures() -> dict[str, str]:
        return {
            uri(row): row.locator(".cover svg").evaluate("svg => svg.outerHTML")
            for row in rows(opened).all()
        }

    before = pictures()
    assert len(set(before.values())) == PICKS
    opened.reload()
    expect(rows(opened)).to_have_count(PICKS)
    assert pictures() == before


# -- on every screen, in both themes


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 720, 1440])  # 720: a screen of 1440 at 200 %
def test_nothing_sticks_out_and_targets_are_large(new_page, alone: Server, width: int, scheme: str):
    page = open_list(new_page(viewport={"width": width, "height": 900}, color_scheme=scheme), alone)
    choose(page, "lift")
    assert wide(page) <= 0
    for control in rows(page).locator("button, a").all():
        if control.is_visible():
            box = control.bounding_box()
            assert min(box["width"], box["height"]) >= 24  # WCAG 2.2, 2.5.8
    boxes = [one.bounding_box() for one in rows(page).first.locator("button, a").all()]
    for one, other in itertools.combinations([box for box in boxes if box], 2):
        apart_x = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
        apart_y = one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
        assert apart_x or apart_y


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_on_every_tint(new_page, alone: Server, scheme: str):
    """Measured on pixels: the ground is what lies around a text once it is made invisible."""
    page = open_list(new_page(color_scheme=scheme, viewport={"width": 1440, "height": 1000}), alone)
    page.evaluate("uri => window.say(uri, true)", uri(rows(page).nth(1)))
    for tint in MOODS:
        choose(page, tint)
        page.wait_for_timeout(900)  # the tint changes slowly
        texts = page.locator("section h3, .lead, ol h4, .artist, .label, .number")
        seen = [one for one in texts.all() if one.is_visible()]
        assert len(seen) > 3 * PICKS
        colours = [_rgb(one.evaluate("e => getComputedStyle(e).color"), page) for one in seen]
        boxes = [one.bounding_box() for one in seen]
        texts.evaluate_all("all => all.forEach(one => one.style.visibility = 'hidden')")
        picture = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"), float)
        texts.evaluate_all("all => all.forEach(one => one.style.visibility = '')")
        for one, colour, box in zip(seen, colours, boxes, strict=True):
            left, top = int(box["x"]), int(box["y"])
            right, bottom = int(box["x"] + box["width"]) + 1, int(box["y"] + box["height"]) + 1
            ground = picture[top:bottom, left:right].reshape(-1, 3)
            for pixel in (ground.min(axis=0), ground.max(axis=0)):
                alpha = colour[3]
                ink = alpha * colour[:3] + (1 - alpha) * pixel
                assert _contrast(ink, pixel) >= 4.5, (tint, one.inner_text(), colour, pixel)


def _rgb(css: str, page: Page) -> np.ndarray:
    """Let the browser say what a colour is: (4,), red, green, blue 0..255 and alpha 0..1."""
    return np.array(
        page.evaluate(
            """css => {
                const canvas = new OffscreenCanvas(1, 1).getContext("2d");
                canvas.fillStyle = css;
                canvas.fillRect(0, 0, 1, 1);
                const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
                return [red, green, blue, alpha / 255];
            }""",
            css,
        )
    )


def _contrast(one: np.ndarray, other: np.ndarray) -> float:
    """WCAG 2's contrast of two sRGB colours, (3,), 0..255."""
    scaled = np.array([one, other]) / 255
    linear = np.where(scaled <= 0.04045, scaled / 12.92, ((scaled + 0.055) / 1.055) ** 2.4)
    dark, light = sorted(linear @ (0.2126, 0.7152, 0.0722))
    return (light + 0.05) / (dark + 0.05)


def wide(page: Page) -> int:
    return page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth")


def test_no_cover_is_fetched_before_something_was_played(new_page, alone: Server):
    page, asked = new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    open_list(page, alone, tracks="hostile")
    assert rows(page).locator(".cover svg").count() == PICKS
    assert not [url for url in asked if "dzcdn" in url]
