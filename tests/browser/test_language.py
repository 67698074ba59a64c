"""Two languages: the browser's at first, the other at a click, and nothing is lost by that."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import (
    open_page,
    player,
    row_titles,
    rows,
    sounding,
    wait_for_streamlit_idle,
)
from tests.browser.server import Server

pytestmark = pytest.mark.browser

ENGLISH = re.compile(
    r"\b(the|and|your?|with|play|show|feel|feeling|share|about|more|upload|not|help|for|skip"
    r"|fullscreen|open)\b",
    re.IGNORECASE,
)
"""Words that no German sentence of the page has, and no name of a track in the demo playlist."""


@pytest.fixture
def german(new_page, server: Server) -> Page:
    page = new_page(locale="de-DE")
    open_page(page, server.url)
    return page


def language(page: Page) -> str:
    return page.evaluate("document.documentElement.lang")


def texts(page: Page) -> list[str]:
    """Everything that the page shows or tells to those who hear it."""
    return page.evaluate(
        """() => {
            const shadows = (root) => [root, ...[...root.querySelectorAll("*")]
                .filter((one) => one.shadowRoot).flatMap((one) => shadows(one.shadowRoot))];
            const found = [];
            for (const root of shadows(document.body)) {
                const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
                while (walker.nextNode()) {
                    const around = walker.currentNode.parentElement;
                    const skipped = "style,script,noscript,[data-testid=stIconMaterial]";
                    if (!around?.closest(skipped)) found.push(walker.currentNode.nodeValue);
                }
                for (const one of root.querySelectorAll("*")) {
                    for (const name of ["aria-label", "alt", "title", "placeholder"]) {
                        found.push(one.getAttribute(name));
                    }
                }
            }
            return found.filter((text) => text?.trim());
        }"""
    )


def in_english(page: Page) -> list[str]:
    return [text for text in texts(page) if ENGLISH.search(text.replace("Face the Music", ""))]


def choose(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).click()
    wait_for_streamlit_idle(page)


def switch(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    wait_for_streamlit_idle(page)


def test_a_german_browser_gets_german(german: Page):
    assert language(german) == "de"
    expect(german.get_by_role("heading", name="Sag, wie du dich fühlst")).to_be_visible()
    assert len(texts(german)) > 15
    assert in_english(german) == []
    assert "lang=" not in german.url  # who shares the address does not choose for others


def test_any_other_browser_gets_english(new_page, server: Server):
    page = new_page(locale="fr-FR")
    open_page(page, server.url)
    assert language(page) == "en"
    expect(page.get_by_role("heading", name="Say how you feel")).to_be_visible()
    assert len(in_english(page)) > 3  # the words above do tell


@pytest.mark.parametrize("width", [1440, 390])
def test_the_switch_is_a_button_on_every_screen(new_page, server: Server, width: int):
    page = new_page(locale="de-DE", viewport={"width": width, "height": 844})
    open_page(page, server.url)
    switch(page, "English")
    assert language(page) == "en"
    expect(page.get_by_role("button", name="Deutsch", exact=True)).to_be_visible()


def test_the_switch_changes_everything_and_loses_nothing(german: Page):
    choose(german, "traurig")
    choose(german, "Aufmuntern")
    titles = row_titles(german)
    rows(german).first.get_by_role("button", name=re.compile("abspielen$")).click()
    sound = sounding(german)
    source = sound.get_attribute("src")
    wait_for_streamlit_idle(german)
    assert in_english(german) == []
    before = sound.evaluate("sound => sound.currentTime")

    switch(german, "English")
    assert language(german) == "en"
    assert re.search(r"[?&]lang=en\b", german.url) and "feeling=sad" in german.url
    expect(german.get_by_role("heading", name="Sad music")).to_be_visible()
    expect(german.get_by_role("radio", name="Lift me")).to_be_checked()
    expect(german.get_by_role("radio", name="sad")).to_be_checked()
    expect(player(german).get_by_text("sad", exact=True)).to_be_visible()
    said = " ".join(texts(german))
    assert not re.search(r"\b(und|dein|Titel|abspielen|traurig|Musik)\b", said)
    assert row_titles(german) == titles
    # the same element went on from where it was
    sound = sounding(german)
    assert sound.get_attribute("src") == source
    assert sound.evaluate("sound => sound.currentTime") > before

    german.reload()
    wait_for_streamlit_idle(german)
    assert language(german) == "en"
    switch(german, "Deutsch")
    expect(german.get_by_role("heading", name="Traurige Musik")).to_be_visible()
    assert re.search(r"[?&]lang=de\b", german.url)


def test_a_link_brings_its_language(new_page, server: Server):
    page = new_page(locale="en-GB")
    open_page(page, f"{server.url}/?feeling=happy&lang=de")
    assert language(page) == "de"
    expect(page.get_by_role("heading", name="Fröhliche Musik")).to_be_visible()


def test_errors_come_in_german(german: Page):
    choose(german, "glücklich")
    choose(german, "Link")
    german.get_by_role("textbox").fill("kein Link")
    german.keyboard.press("Enter")
    wait_for_streamlit_idle(german)
    expect(
        german.get_by_role("alert").get_by_text("Diesen Link verstehen wir nicht")
    ).to_be_visible()
    choose(german, "Foto")
    german.get_by_role("button", name="Einverstanden, weiter").click()
    wait_for_streamlit_idle(german)
    german.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": b"kein Bild"}
    )
    expect(german.get_by_text(re.compile("^Diese Datei ist kein Bild"))).to_be_visible()
    wait_for_streamlit_idle(german)
    assert in_english(german) == []
