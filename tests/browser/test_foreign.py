"""Text that others wrote is shown letter by letter wherever it stands, and makes no request."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from music_mood.files.csv_file import read_csv
from music_mood.values import FEATURE_NAMES
from tests.browser.conftest import Watch
from tests.browser.helpers import open_page, player, rows, sounding, wait_for_streamlit_idle
from tests.browser.server import ROOT, Server, streamlit_server
from tests.browser.states import Site, Stage, bring, choose, paste, press, running_site
from tests.browser.states import spotify_logged_in as log_in
from tests.contract.catalogue import songs
from tests.contract.server import as_json
from tests.contract.spotify import FakePlaylist
from tests.contract.spotify_objects import album_header, spotify_id, track
from tests.nasty import EVIL, HOST

pytestmark = pytest.mark.browser

# The first word tells where it begins; all the rest is meant to do harm.
NASTY = (
    f"Zq -> b :heart: :material_star: :streamlit: :red[x] $y$ *z* ![i](http://{HOST}/i.png) "
    f"www.{HOST} m@{HOST} https://{HOST}/a <img src=//{HOST}/x onerror=alert(1)> &amp; <- `c` --"
)
NASTY_FILE = f"Zq -> :heart: :red[x] $y$ *z* ![i](x) www.{HOST} m@{HOST} <b> &amp; `c`"
"""The same, as a file can be called."""
IN_TABLE = NASTY.replace("&amp; ", "")
"""The same, without what a table's reader takes for HTML and mends."""
NASTY_NAME = NASTY[:96].rstrip()
"""The same, as long as a list may be called on Spotify."""

FEATURES = "0.5,0.05,0.5,0,0.1,0.5,-5,0.05,120"


# --- how it is looked at -------------------------------------------------------------------------

SEEN = """([begin, texts]) => {
    const PLACE = "[data-testid]:not([data-testid=stMarkdownContainer])";
    const found = [], wrong = [];
    const whole = text => texts.some(one => text.replace(/\\s+/g, " ").includes(one));
    const visit = node => {
        if (node.nodeType === Node.TEXT_NODE) {
            if (!node.nodeValue.includes(begin)) return;
            if (node.parentElement.closest("[data-testid=stFileChipName]")) return; // shortened
            let around = node.parentElement;
            for (let up = 0; up < 4 && around && !whole(around.textContent); up++)
                around = around.parentElement;
            if (!around || !whole(around.textContent)) {
                wrong.push(`cut or changed: ${node.parentElement.outerHTML.slice(0, 600)}`);
                return;
            }
            const text = around.textContent;
            const odd = [...around.querySelectorAll("*")].filter(one =>
                !(one.tagName === "SPAN" && !one.attributes.length) && whole(text)
                && ["A", "IMG", "EM", "CODE", "S", "DEL", "MATH", "SVG", "B", "I"]
                    .includes(one.tagName.toUpperCase())
                && !whole(one.textContent));
            if (odd.length) wrong.push(`made an element: ${around.outerHTML.slice(0, 600)}`);
            found.push(around.closest(PLACE)?.dataset.testid ?? around.tagName);
        } else if (node.nodeType === Node.ELEMENT_NODE) {
            for (const { name, value } of node.attributes) {
                const isAddress = ["src", "href", "action", "poster", "srcset"].includes(name);
                if (isAddress && value.includes("evil.example") && !value.startsWith("?"))
                    wrong.push(`leads there: ${node.outerHTML.slice(0, 300)}`);
                if (value.includes(begin) && !isAddress && name !== "data-uri") {
                    if (whole(value)) found.push(`@${name}`);
                    else wrong.push(`cut or changed: ${name}=${value}`);
                }
            }
            if (["INPUT", "TEXTAREA"].includes(node.tagName) && node.value.includes(begin))
                found.push("@value");
            if (node.shadowRoot) node.shadowRoot.childNodes.forEach(visit);
            node.childNodes.forEach(visit);
        }
    };
    visit(document.body);
    return [found, wrong];
}"""


class Looking:
    """Looks for nasty text on a page, and at what the page asks for.

    Attributes
    ----------
    asked : list of str
        Addresses elsewhere than on this machine that were asked for.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        page.context.on("request", self._note)

    def _note(self, request: Request) -> None:
        if re.match(r"(?!blob:|data:|http://127\.0\.0\.1[:/])", request.url):
            self.asked.append(request.url)

    def look(self, *texts: str, least: int = 1) -> list[str]:
        """Assert that every text is as it was written, and nothing was asked elsewhere.

        Gives where they were found.
        """
        wait_for_streamlit_idle(self.page)
        found, wrong = self.page.evaluate(SEEN, ["Zq", [*texts] or [NASTY]])
        assert not wrong, "\n".join(wrong)
        assert self.asked == []
        assert len(found) >= least, f"found only in {found}"
        return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("foreign")) as running:
        spoil(running)
        yield running


@pytest.fixture
def server(site: Site) -> Server:
    """So that the watch reads its log."""
    return site.server


def spoil(site: Site) -> None:
    """Let every service call everything by one name."""
    world = site.world
    first, second, third = songs(3)
    deezer = [
        world.deezer.full(one)
        | {"title": NASTY, "artist": {"name": NASTY}, "album": {"title": NASTY}}
        | {"title": NASTY if at else f"{NASTY} again"}
        for at, one in enumerate((first, second, third))
    ]
    deezer.append(deezer[0] | {"id": 99, "readable": False, "title": NASTY})
    world.deezer.playlists["77"] = deezer
    world.deezer._track = lambda number: as_json(
        world.deezer.full(songs(1, number)[0])
        | {"title": NASTY, "artist": {"name": NASTY}, "album": {"title": NASTY}}
    )
    header = world.deezer._header
    world.deezer._header = lambda *given: header(*given) | {"title": NASTY}
    bare = {"images": [], "artists": [{"name": NASTY}], "name": NASTY}
    spotify = [
        track(one, None) | {"name": NASTY, "artists": [{"name": NASTY}]} | {"album": bare}
        for one in (first, second)
    ]
    spotify.append(track(third, None) | {"name": NASTY, "type": NASTY[:30]})
    world.spotify.playlists[spotify_id("nasty")] = FakePlaylist(NASTY, "visitor", items=spotify)
    world.spotify._me = lambda call, grant: as_json(
        {"id": "visitor", "type": "user", "display_name": NASTY}
    )
    found = [album_header(first) | {"name": NASTY, "artists": [{"name": "x"}], "images": []}]
    search = world.spotify._search
    world.spotify._search = lambda call, grant: (
        as_json({"albums": {"items": found, "total": 1, "next": None}})
        if call.query.get("type") == "album"
        else search(call, grant)
    )


@pytest.fixture
def looking(page: Page, site: Site) -> Looking:
    """The page with a feeling named."""
    looking = Looking(page)
    open_page(page, f"{site.server.url}/?feel=happy")
    choose(page, "happy")
    return looking


def table(*lines: tuple[str, ...]) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(lines)
    return file.getvalue().encode()


# --- Streamlit's Markdown ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    script = ROOT / "tests/browser/apps/foreign.py"
    with streamlit_server(script, tmp_path_factory.mktemp("markdown")) as running:
        yield running


PARTS = """elements => elements.map(one => [
    one.textContent.replace(/\\s+/g, " ").trim(),
    [...one.querySelectorAll("*")].map(inner => inner.tagName),
])"""


def test_streamlits_markdown_leaves_it_alone(app: Server, page: Page):
    looking = Looking(page)
    open_page(page, app.url)
    for number, text in enumerate(EVIL):
        here = f".st-key-one-{number}"
        containers = page.locator(
            f"{here} [data-testid=stMarkdownContainer], {here} [data-testid=stCaptionContainer]"
        )
        got = containers.evaluate_all(PARTS)
        expected = [f"info {text}: ours. {text}.", text, text]
        assert [seen for seen, _ in got] == expected
        made = {tag for _, tags in got for tag in tags}
        assert made <= {"P", "SPAN", "STRONG", "UL", "LI"}, text
    whole = " ".join(EVIL)
    others = page.locator(".st-key-others [data-testid=stMarkdownContainer]").evaluate_all(PARTS)
    right = [tags for seen, tags in others if len(seen) > 100]
    assert {seen for seen, _ in others if len(seen) > 100} == {whole}
    assert len(right) >= 21, "one for each kind of element"
    assert {tag for tags in right for tag in tags} <= {"P", "SPAN", "H3", "DIV"}
    toast = page.get_by_test_id("stToast").get_by_test_id("stMarkdownContainer")
    assert [seen for seen, _ in toast.evaluate_all(PARTS)] == [whole]
    links = page.locator(".st-key-link a")
    assert links.all_text_contents() == list(EVIL)
    address = "https://www.deezer.com/playlist/1?a=(b)&copy;*_[x]<y>"
    assert {link.evaluate("link => decodeURI(link.href)") for link in links.all()[:3]} == {address}
    page.get_by_test_id("stTooltipHoverTarget").first.hover()
    tooltip = page.get_by_test_id("stTooltipContent")
    expect(tooltip.first).to_be_visible()
    assert whole in [seen for seen, _ in tooltip.evaluate_all(PARTS)]
    plain = page.locator(".st-key-plain")
    expect(plain.get_by_role("combobox", name="menu")).to_have_value(whole)
    assert whole in plain.get_by_test_id("stMultiSelect").text_content()
    assert looking.asked == []


def test_what_is_not_written_so_would_be_seen(app: Server, page: Page, watch: Watch):
    """The control: the same text without `literal` makes elements and requests."""
    looking = Looking(page)
    open_page(page, f"{app.url}/?control")
    made = page.locator(".st-key-control [data-testid=stMarkdownContainer]").evaluate_all(PARTS)
    assert {"A", "IMG", "EM"} <= {tag for _, tags in made for tag in tags}
    assert any(HOST in one for one in looking.asked)
    watch.take()  # the browser complains that it found nothing there


# --- the page ------------------------------------------------------------------------------------


def test_what_files_are_called_and_hold(looking: Looking, tmp_path: Path):
    page = looking.page
    choose(page, "My files")
    bring(page, odd__csv=table((NASTY, f"x {NASTY}"), ("a", "b")))
    assert "stAlertContentWarning" in looking.look()
    press(page, re.compile("^Remove"))

    lines = [
        (IN_TABLE, IN_TABLE, IN_TABLE, FEATURES),
        (f"{IN_TABLE} 2", IN_TABLE, IN_TABLE, FEATURES),
    ]
    lines += [(IN_TABLE, "Broken", "x", "7" + FEATURES[3:])]
    header = ("title", "artist", "genres", *FEATURE_NAMES)
    data = table(header, *((*names, *figures.split(",")) for *names, figures in lines))
    page.get_by_test_id("stFileUploaderDropzoneInput").last.set_input_files(
        [
            {"name": f"{NASTY_FILE}.csv", "mimeType": "text/csv", "buffer": data},
            {"name": f"{NASTY_FILE}.mp3", "mimeType": "audio/mpeg", "buffer": b"no sound"},
        ]
    )
    expect(rows(page)).to_have_count(2, timeout=60_000)
    page.get_by_text("were left out").click()
    found = looking.look(IN_TABLE, NASTY_FILE, least=8)
    assert "stMarkdown" in found, "what was left out"
    assert "H4" in found, "the list of tracks"

    page.get_by_text("Fine-tune", exact=True).click()
    wait_for_streamlit_idle(page)
    choose(page, "Audio features")
    # a page that scrolls closes the list of options: leave it nothing to scroll
    page.set_viewport_size({"width": 1440, "height": 1800})
    wait_for_streamlit_idle(page)
    artists = page.get_by_role("combobox", name=re.compile("More like these artists"))
    artists.fill("Zq")
    expect(page.get_by_role("option", name=IN_TABLE).first).to_be_attached()
    artists.press("Enter")
    expect(page.get_by_text("The seeds pull halfway")).to_be_visible()
    assert "stMultiSelect" in " ".join(looking.look(IN_TABLE, NASTY_FILE, IN_TABLE.lower()))

    page.get_by_text("Map", exact=True).click()
    wait_for_streamlit_idle(page)
    tip = hovered(page)
    seen = tip.text_content() or ""
    assert IN_TABLE in seen, seen
    assert tip.locator("a, img, em, b").count() == 0
    assert looking.asked == []

    with page.expect_download() as pending:
        page.get_by_role("button", name="Take along").click()
        page.get_by_role("button", name="Download as CSV").click()
    taken = tmp_path / pending.value.suggested_filename
    pending.value.save_as(taken)
    assert {one.artist for one in read_csv(taken.read_bytes(), "x.csv").tracks} == {IN_TABLE}


def hovered(page: Page) -> Locator:
    """The tooltip of a track on the map: it lies in the middle of it."""
    tip = page.locator("#vg-tooltip-element.visible")
    canvas = page.get_by_test_id("stVegaLiteChart").locator("canvas, svg.marks").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    for down in range(25, 65, 2):
        for across in range(45, 62, 1):
            page.mouse.move(
                box["x"] + box["width"] * across / 100, box["y"] + box["height"] * down / 100
            )
            if tip.count():
                return tip
    raise AssertionError("no track on the map was found")


def test_what_deezer_names_is_shown_played_and_shared(looking: Looking):
    page = looking.page
    choose(page, "Link")
    paste(page, "https://www.deezer.com/playlist/77")
    expect(rows(page)).to_have_count(3)
    page.get_by_text("was left out").click()
    assert "stCaptionContainer" in looking.look(least=8), "the playlist's title"
    link = page.get_by_test_id("stCaptionContainer").get_by_role("link")
    assert link.get_attribute("href") == "https://www.deezer.com/playlist/77"

    rows(page).first.get_by_role("button").first.click()
    sounding(page)
    assert NASTY in (page.evaluate("navigator.mediaSession.metadata.title") or "")
    player(page).get_by_role("button", name="Queue", exact=True).click()
    found = looking.look(least=20)
    assert "@aria-label" in found
    player(page).get_by_role("button", name="Close the queue").click()

    press(page, "Share")
    dialog = page.get_by_role("dialog", name="Share this moment")
    expect(dialog.get_by_role("img").first).to_be_visible()
    looking.look(least=20)


def test_what_spotify_names_is_shown_and_saved(looking: Looking, site: Site):
    page = looking.page
    choose(page, "My Spotify")
    log_in(Stage(page, site))
    looking.look(NASTY)  # the visitor's own name
    page.get_by_role("combobox", name="Your playlists").click()
    page.get_by_role("option", name=NASTY, exact=True).click()
    wait_for_streamlit_idle(page)
    expect(rows(page)).to_have_count(2)
    page.get_by_text("was left out").click()
    looking.look(NASTY, NASTY[:30], least=8)

    press(page, "Save these as a Spotify playlist")
    box = page.get_by_label("Name", exact=True)
    box.fill(NASTY_NAME)
    press(page, re.compile("^Save$"))
    expect(page.get_by_text("Saved 2 tracks as")).to_be_visible()
    found = looking.look(NASTY, NASTY[:30], NASTY_NAME)
    assert any("Success" in one for one in found)
    saved = page.get_by_test_id("stAlert").get_by_role("link")
    assert saved.text_content() == NASTY_NAME
    assert (saved.get_attribute("href") or "").startswith("https://open.spotify.com/playlist/made")

    choose(page, "Link")
    paste(page, f"Zq {NASTY_NAME[3:20]}")
    choose(page, "Albums")
    page.get_by_role("combobox", name="Album").click()
    expect(page.get_by_role("option").first).to_have_text(f"{NASTY} – x")


@pytest.mark.parametrize("names", ["link", "now", "lang", "tracks", "aim", "from", "about", "feel"])
def test_what_the_address_names(site: Site, page: Page, names: str):
    looking = Looking(page)
    open_page(page, f"{site.server.url}/?feel=happy&from=link&{names}={quote(NASTY)}")
    choose(page, "happy") if names == "feel" else None
    looking.look(least=0)
    assert page.title() == "Face the Music"
