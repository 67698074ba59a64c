"""About and Share in a real Chromium, and what a crawler finds that runs no JavaScript."""

import io
import json
import re
import urllib.request
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from emotion.values import EMOTION_ADJECTIVES, Emotion
from tests.browser.helpers import open_page, show_photo, wait_for_streamlit_idle
from tests.browser.server import ROOT, Server

pytestmark = pytest.mark.browser

CARD_SIZE = (1200, 630)


def fetched(url: str) -> tuple[str, bytes]:
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310  loopback
        return answer.headers["Content-Type"], answer.read()


def metadata(model: str) -> dict:
    return json.loads((ROOT / "models" / model / "metadata.json").read_text())


def hundredth(share: float) -> int:
    return round(100 * share)


@pytest.fixture
def opened(page: Page, server: Server) -> Page:
    open_page(page, server.url)
    return page


def about(page: Page) -> Locator:
    """Open the dialog as somebody does who has no mouse."""
    page.get_by_role("button", name="About").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="About this page")
    expect(dialog).to_be_visible()
    wait_for_streamlit_idle(page)
    return dialog


def feel_happy(page: Page) -> None:
    page.get_by_role("radio", name="happy").click()
    wait_for_streamlit_idle(page)


def shared(page: Page) -> Locator:
    page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share this moment")
    expect(dialog.get_by_role("img", name="The card")).to_be_visible()
    wait_for_streamlit_idle(page)
    return dialog


def downloaded(page: Page, dialog: Locator) -> Image.Image:
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Download picture").click()
    assert download.value.suggested_filename == "face-the-music.png"
    return Image.open(io.BytesIO(download.value.path().read_bytes()))


def test_crawlers_find_title_description_icon_and_picture(server: Server) -> None:
    kind, page = fetched(server.url)
    assert kind.startswith("text/html")
    html = page.decode()
    assert html.count("<title>") == 1 and "<title>Face the Music</title>" in html
    assert '<meta property="og:title" content="Face the Music">' in html
    assert re.search(r'<meta name="description" content="Show your face [^"]+">', html)
    assert re.search(r'<meta name="theme-color" content="#FBF8F4"', html)
    picture = re.search(r'<meta property="og:image" content="([^"]+)">', html).group(1)
    assert picture == f"{server.url}/preview.png"
    for address, size in ((picture, CARD_SIZE), (f"{server.url}/icon.png", (180, 180))):
        kind, png = fetched(address)
        assert kind == "image/png"
        with Image.open(io.BytesIO(png)) as drawn:
            assert (drawn.format, drawn.size) == ("PNG", size)
    kind, svg = fetched(f"{server.url}/icon.svg")
    assert kind.startswith("image/svg+xml") and svg.startswith(b"<svg")


def test_what_streamlit_serves_is_still_served(server: Server) -> None:
    html = fetched(server.url)[1].decode()
    script = re.search(r'await import\(folder \+ "([^"]+)"\)', html).group(1)
    assert "javascript" in fetched(f"{server.url}/static/js/{script}")[0]
    assert fetched(f"{server.url}/_stcore/health")[1] == b"ok"


def test_the_document_says_its_title_icon_and_language(opened: Page) -> None:
    assert opened.title() == "Face the Music"
    expect(opened.locator("html")).to_have_attribute("lang", "en")
    icon = opened.locator('link[rel="shortcut icon"]').get_attribute("href")
    assert icon.startswith("data:image/svg+xml") or icon.endswith(".svg")


def test_about_opens_and_closes_by_keyboard(opened: Page) -> None:
    dialog = about(opened)
    assert dialog.evaluate("dialog => dialog.contains(document.activeElement)")
    opened.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    wait_for_streamlit_idle(opened)
    expect(dialog).to_have_count(0)


def test_headings_come_in_order(opened: Page) -> None:
    dialog = about(opened)
    levels = dialog.evaluate(
        "dialog => [...dialog.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])"
    )
    assert levels[0] == 2 and set(levels[1:]) == {3} and len(levels) > 6


def test_the_figures_are_those_of_the_models(opened: Page) -> None:
    dialog = about(opened)
    said = dialog.inner_text()
    faces, tracks = metadata("emotion"), metadata("mood")["metrics_out_of_fold"]
    shown = faces["metrics"]["private"]["page"]
    assert f"{hundredth(shown['accuracy'])} get the label that the collection gives" in said
    assert f"{hundredth(tracks['accuracy'])} get the mood that people gave" in said
    lists = dialog.locator("ul.ftm-figures")
    for number, shares in enumerate(
        (
            {
                str(EMOTION_ADJECTIVES[Emotion(name)]): one["recall"]
                for name, one in shown["per_emotion"].items()
            },
            {name: one["recall"] for name, one in tracks["per_class"].items()},
        )
    ):
        rows = lists.nth(number).get_by_role("listitem")
        expect(rows).to_have_count(len(shares))
        for row in rows.all():
            name = row.locator("b").inner_text()
            assert row.locator("span").last.inner_text() == f"{hundredth(shares[name])} of 100"


def test_an_address_opens_about_once(page: Page, server: Server) -> None:
    open_page(page, f"{server.url}/?about=1")
    dialog = page.get_by_role("dialog", name="About this page")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    wait_for_streamlit_idle(page)
    assert "about" not in page.url
    feel_happy(page)  # the page goes on, and the dialog does not come back
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1440])
def test_nothing_sticks_out_of_a_dialog(
    new_page: Callable[..., Page], server: Server, width: int, scheme: str
) -> None:
    page = new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    open_page(page, server.url)
    dialog = about(page)
    beyond = "dialog => [dialog.scrollWidth - dialog.clientWidth, dialog.clientWidth - innerWidth]"
    assert max(dialog.evaluate(beyond)) <= 0
    page.keyboard.press("Escape")
    feel_happy(page)
    assert max(shared(page).evaluate(beyond)) <= 0


def test_a_card_is_downloaded(opened: Page) -> None:
    feel_happy(opened)
    dialog = shared(opened)
    expect(dialog.get_by_role("checkbox")).to_have_count(0)  # there is no face to be asked for
    card = downloaded(opened, dialog)
    assert (card.format, card.size) == ("PNG", CARD_SIZE)
    shown = dialog.get_by_role("img").evaluate("image => [image.naturalWidth, image.naturalHeight]")
    assert tuple(shown) == CARD_SIZE


def test_a_face_is_on_the_card_only_if_ticked(opened: Page, astronaut_jpeg: bytes) -> None:
    show_photo(opened, "me.jpg", "image/jpeg", astronaut_jpeg)
    dialog = shared(opened)
    tick = dialog.get_by_role("checkbox", name="With my face")
    expect(tick).not_to_be_checked()
    without = np.asarray(downloaded(opened, dialog)).astype(int)
    dialog.get_by_text("With my face").click()
    expect(dialog.get_by_role("img", name="The card with your face")).to_be_visible()
    wait_for_streamlit_idle(opened)
    with_face = np.asarray(downloaded(opened, dialog)).astype(int)
    differs = np.abs(with_face - without).max(-1) > 8
    assert differs[:, 750:].mean() > 0.1 and not differs[:, :700].any()
    # another time it is off again
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    wait_for_streamlit_idle(opened)
    expect(shared(opened).get_by_role("checkbox", name="With my face")).not_to_be_checked()


def test_the_link_that_is_copied_is_the_address(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    open_page(page, f"{server.url}/?aim=lift&code=secret&state=mine")
    feel_happy(page)
    dialog = shared(page)
    expected = re.sub(r"&?(code|state)=[^&]*", "", page.url)
    expect(dialog.get_by_role("textbox", name="Link to this view")).to_have_value(expected)
    dialog.get_by_role("button", name="Copy link").click()
    expect(dialog.get_by_role("status")).to_have_text("The link is copied.")
    assert page.evaluate("navigator.clipboard.readText()") == expected
    assert "secret" not in expected


def test_without_a_clipboard_the_link_is_selected(opened: Page) -> None:
    feel_happy(opened)
    dialog = shared(opened)
    opened.evaluate(
        "() => navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'))"
    )
    dialog.get_by_role("button", name="Copy link").click()
    expect(dialog.get_by_role("status")).to_have_text(re.compile("The link is selected"))
    assert (
        dialog.get_by_role("textbox").evaluate(
            "field => [field.selectionStart, field.selectionEnd, field.value.length]"
        )[1:]
        == [len(dialog.get_by_role("textbox").input_value())] * 2
    )


def test_the_phones_own_sheet_gets_card_and_link(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    page.add_init_script(
        "navigator.canShare = () => true;"
        "navigator.share = async shared => { window.handedOn = shared; };"
    )
    open_page(page, server.url)
    feel_happy(page)
    shared(page).get_by_role("button", name="Share with").click()
    handed = page.evaluate(
        "() => ({...handedOn, files: handedOn.files.map(one => [one.name, one.type, one.size])})"
    )
    assert handed["url"] == page.url
    assert handed["title"] == "Face the Music"
    ((name, kind, size),) = handed["files"]
    assert (name, kind) == ("face-the-music.png", "image/png") and size > 10_000
