"""Streamlit's own words, which are English in its bundle, come out in the page's language."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from i18n import Words
from music_mood.panel.streamlit_words import table
from tests.browser.helpers import open_page, wait_for_streamlit_idle
from tests.browser.server import ROOT, Server, streamlit_server

pytestmark = pytest.mark.browser

PNG = {"name": "Upload", "mimeType": "image/png", "buffer": b"any"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    script = ROOT / "tests/browser/apps/words.py"
    with streamlit_server(script, tmp_path_factory.mktemp("words")) as running:
        yield running


def buttons(page: Page, name: str) -> int:
    return page.get_by_role("button", name=name, exact=True).count()


def test_they_are_german_change_with_the_widget_and_go_back_to_english(app: Server, page: Page):
    open_page(page, app.url)
    expect(page.get_by_role("button", name="Hochladen", exact=True)).to_have_count(2)
    expect(page.get_by_test_id("stFileUploaderDropzoneInstructions").first).to_have_text(
        "50\N{NO-BREAK SPACE}MB pro Datei • PNG"
    )
    assert page.evaluate("document.documentElement.lang") == "de"

    # what Streamlit draws anew is translated anew, and foreign text is left alone
    page.get_by_test_id("stFileUploaderDropzoneInput").nth(1).set_input_files([PNG])
    expect(page.get_by_role("button", name="Upload entfernen", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stFileChipName")).to_have_text("Upload")
    expect(page.get_by_test_id("stFileUploader").nth(1).locator("label")).to_have_text("Upload")
    page.get_by_label("Field").fill("words")
    expect(page.get_by_text("Übernehmen mit Enter")).to_be_visible()
    page.get_by_role("button", name="Foto aufnehmen").click()
    expect(page.get_by_role("button", name="Foto verwerfen")).to_be_visible()
    wait_for_streamlit_idle(page)  # or the run that takes the photo closes the menu
    page.get_by_role("combobox").click()
    expect(page.get_by_role("option", name="Close", exact=True)).to_be_visible()
    page.get_by_role("combobox").fill("zzz")
    expect(page.get_by_text("Nichts gefunden")).to_be_visible()
    page.keyboard.press("Escape")

    page.get_by_test_id("stCheckbox").locator("label").click()
    wait_for_streamlit_idle(page)
    expect(page.get_by_role("button", name="Clear photo")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
    assert buttons(page, "Remove Upload") == buttons(page, "Add files") == 1
    assert not buttons(page, "Hochladen")


def test_the_bundle_still_has_them_word_by_word():
    import streamlit

    bundle = ROOT.joinpath(streamlit.__path__[0], "static", "static", "js")
    code = "\n".join(path.read_text("utf-8") for path in bundle.glob("*.js"))
    in_parts = {"{size} per file • {kinds}": " • ", "{size} per file": " per file"}
    in_parts |= {"Remove {name}": "Remove ", "File must be {size} or smaller.": " or smaller."}
    in_parts |= {"{kind} files are not allowed.": " files are not allowed."}
    in_parts |= {"Press Enter to apply": "Press Enter to ", "file upload": "file upload"}
    in_parts |= {"{size}": "MB", "{name}, {size}": ", ", "Help for {label}": "Help for "}
    in_parts |= {"{count} options available.": " available.", "1 option available.": " option"}
    in_parts |= {"Select {count} matches": " matches`", "Copied!": "Copied!"}
    in_parts |= {
        f"{one}: {{name}}": one
        for one in ("Fullscreen", "Close fullscreen", "Download as PNG", "Copy Vega-Lite spec")
    }
    gone = [one for one, _ in table(Words("de")) if in_parts.get(one, one) not in code]
    assert gone == []
