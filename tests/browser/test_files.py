"""What visitors bring, played in place, and what they take along."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from music_mood.files.csv_file import read_csv
from music_mood.values import FEATURE_NAMES
from tests.browser.helpers import (
    open_page,
    player_really_plays,
    press_in_player,
    rows,
    sounding,
    wait_for_streamlit_idle,
)
from tests.browser.server import ROOT, Server, streamlit_server
from tests.browser.states import UNTAGGED, bring_untagged
from tests.sounds import encoded, muxed, wav

pytestmark = pytest.mark.browser

CSV = f"""title,artist,isrc,{",".join(FEATURE_NAMES)}
=Sunny Day,The Stars,DEABC2600001,0.85,0.05,0.8,0,0.1,0.95,-5,0.05,120
""".encode()


@pytest.fixture
def at_my_files(server: Server, page: Page) -> Page:
    open_page(page, server.url)
    for name in ("happy", "My files"):
        page.get_by_role("radio", name=name).click()
        wait_for_streamlit_idle(page)
    return page


def bring(page: Page, **files: bytes) -> None:
    """Drop several files at once; "__" in a keyword stands for the dot before the suffix."""
    box = page.get_by_test_id("stFileUploaderDropzoneInput")
    names = {keyword.replace("__", "."): data for keyword, data in files.items()}
    box.set_input_files(
        [
            {"name": name, "mimeType": "application/octet-stream", "buffer": data}
            for name, data in names.items()
        ]
    )
    for name in names:
        expect(page.get_by_text(name, exact=True).first).to_be_attached()
    wait_for_streamlit_idle(page)


def download(page: Page, name: str, folder: Path) -> bytes:
    button = page.get_by_role("button", name=f"Download as {name}")
    if not button.is_visible():
        page.get_by_role("button", name="Take along").click()
    with page.expect_download() as pending:
        button.click()
    path = folder / pending.value.suggested_filename
    pending.value.save_as(path)
    return path.read_bytes()


@pytest.mark.parametrize("suffix", ["mp3", "ogg", "opus", "flac", "wav"])
def test_a_file_plays_in_place(at_my_files: Page, suffix: str):
    page = at_my_files
    data = wav(4.0) if suffix == "wav" else encoded(suffix, 4.0, title="My song", artist="Me")
    bring(page, **{f"My song__{suffix}": data})
    expect(rows(page)).to_have_count(1)
    press_in_player(page, "Play")
    playback = player_really_plays(page)
    assert playback.duration == pytest.approx(4.0, abs=0.1)


STREAMED = {
    "wav": lambda: muxed("wav", "pcm_s24le", 4.0, piped=True),
    "flac": lambda: muxed("flac", "flac", 4.0, piped=True),
    "ogg": lambda: muxed("ogg", "flac", 4.0, piped=True),
    "aac": lambda: muxed("adts", "aac", 4.0),
    "m4a": lambda: muxed("mp4", "aac", 4.0, options=FRAGMENTED, piped=True),
    "webm": lambda: muxed("webm", "libopus", 4.0, options={"live": "1"}, piped=True),
    "mp3": lambda: muxed("mp3", "libmp3lame", 4.0, options={"write_xing": "0"}),
}
FRAGMENTED = {"movflags": "frag_keyframe+empty_moov", "frag_duration": "500000"}


@pytest.mark.parametrize("suffix", STREAMED)
def test_a_file_whose_header_tells_no_length_plays_in_place(at_my_files: Page, suffix: str):
    page = at_my_files
    aac = "document.createElement('audio').canPlayType('audio/mp4; codecs=mp4a.40.2')"
    if suffix in ("aac", "m4a") and not page.evaluate(aac):
        pytest.skip("this Chromium was built without AAC")
    bring(page, **{f"My song__{suffix}": STREAMED[suffix]()})
    press_in_player(page, "Play")
    # Chromium itself may not know how long it lasts, but must play it.
    audio = sounding(page)
    page.wait_for_function("audio => audio.currentTime >= 1", arg=audio.element_handle())
    assert audio.evaluate("audio => audio.webkitAudioDecodedByteCount") > 0


def test_files_are_listed_and_can_be_taken_along(at_my_files: Page, tmp_path: Path):
    page = at_my_files
    song = encoded("mp3", 2.0, title="Tape <b>1</b>", artist="Us")
    bring(page, tape__mp3=song, list__csv=CSV, broken__mp3=b"no sound at all")
    expect(rows(page).get_by_text("Tape <b>1</b>")).to_be_visible()
    expect(rows(page).get_by_text("unknown: no audio features")).to_be_visible()
    expect(rows(page).get_by_text("=Sunny Day")).to_be_visible()
    page.get_by_text("1 entry was left out").click()
    expect(page.get_by_text("it is not an audio file of a kind we know")).to_be_visible()

    data = download(page, "CSV", tmp_path)
    lines_taken = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert {row["title"] for row in lines_taken} == {"Tape <b>1</b>", "'=Sunny Day"}
    tracks = {track.title: track for track in read_csv(data, "back.csv").tracks}
    assert tracks["=Sunny Day"].features.valence == 0.95
    assert tracks["Tape <b>1</b>"].features is None

    lines = download(page, "M3U", tmp_path).decode().splitlines()
    assert lines[:3] == ["#EXTM3U", "#EXTENC:UTF-8", "#PLAYLIST:My files"]
    assert lines[lines.index("#EXTINF:2,Us - Tape <b>1</b>") + 1] == "tape.mp3"
    assert "# Without an address: The Stars - =Sunny Day" in lines


def test_what_was_taken_along_comes_back_beside_its_file(at_my_files: Page, tmp_path: Path):
    page = at_my_files
    song = encoded("mp3", 2.0, title="Tape", artist="Us")
    bring(page, tape__mp3=song, list__csv=CSV)
    taken = download(page, "M3U", tmp_path)
    page.reload()  # the feeling and the shelf are in the address
    expect(page.get_by_test_id("stFileUploader")).to_be_visible()
    wait_for_streamlit_idle(page)
    bring(page, mine__m3u=taken, tape__mp3=song, paper__pdf=b"%PDF-1.7")
    expect(rows(page).get_by_text("=Sunny Day")).to_be_visible()
    expect(page.locator("audio")).to_have_count(1)  # what is there lies ready
    page.get_by_text("1 entry was left out").click()
    expect(page.get_by_text("This is a PDF document")).to_be_visible()


def test_the_page_says_what_can_be_brought(at_my_files: Page):
    page = at_my_files
    expect(page.get_by_text("a playlist as CSV (for example from Exportify), M3U")).to_be_visible()
    page.get_by_test_id("stFileUploader").get_by_test_id("stTooltipIcon").first.hover()
    for words in ("XSPF, JSPF", "YourLibrary.json", "exported as XML", "XLSX"):
        expect(page.get_by_test_id("stTooltipContent").get_by_text(words).first).to_be_visible()


def test_a_file_that_holds_no_playlist_is_no_audio_file(at_my_files: Page):
    page = at_my_files
    bring(page, letter__pdf=b"%PDF-1.7")
    expect(page.get_by_text("from which no playlist can be read")).to_be_visible()
    expect(page.get_by_text("audio file of a kind")).to_have_count(0)


def test_the_whole_playlist_can_be_taken_along(at_my_files: Page, tmp_path: Path):
    page = at_my_files
    page.get_by_role("radio", name="Demo playlist").click()
    wait_for_streamlit_idle(page)
    shown = download(page, "CSV", tmp_path).decode("utf-8-sig").splitlines()
    page.get_by_text("All 28 tracks").click()  # the menu stays open
    wait_for_streamlit_idle(page)
    whole = download(page, "CSV", tmp_path).decode("utf-8-sig").splitlines()
    assert (len(shown), len(whole)) == (7, 29)
    assert set(shown) < set(whole)


# -- music of one's own, on a server that asks nobody

NOTE_PROGRESS = """
window.progress = [];
new MutationObserver(() => {
    const said = document.querySelector('[data-testid="stProgress"]')?.innerText;
    if (said && said !== window.progress.at(-1)) window.progress.push(said);
}).observe(document, {subtree: true, childList: true, characterData: true});
"""
"""Run before the page's own scripts: keeps what was said while something took its time."""


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("alone")
    with streamlit_server(ROOT / "main.py", folder, WORK_OFFLINE="1") as running:
        yield running


@pytest.mark.sound
@pytest.mark.parametrize("width", [1440, 320])
def test_music_that_nobody_knows_gets_moods_from_its_sound_and_plays(
    alone: Server, new_page, width: int
):
    page = new_page(viewport={"width": width, "height": 900})
    page.add_init_script(NOTE_PROGRESS)
    open_page(page, alone.url)
    for name in ("happy", "My files"):
        page.get_by_role("radio", name=name).click()
        wait_for_streamlit_idle(page)
    expect(page.get_by_text("listens to it itself and asks nobody")).to_be_visible()
    bring_untagged(page)

    expect(rows(page)).to_have_count(len(UNTAGGED))
    labels = rows(page).locator(".label").all_inner_texts()
    sure = r"(calm|energetic|happy|sad), \d+% sure, from the sound itself"
    unsure = r"unsure from the sound itself, perhaps (calm|energetic|happy|sad) \(\d+%\)"
    assert [one for one in labels if not re.fullmatch(f"{sure}|{unsure}", one.strip())] == []
    told = [one for one in page.evaluate("window.progress") if "Listening to the music" in one]
    assert any(f"of {len(UNTAGGED)}" in one for one in told), told

    rows(page).nth(1).get_by_role("button", name=re.compile("^Play (?!next)")).first.click()
    title = rows(page).nth(1).get_by_role("heading", level=4).inner_text()
    playback = player_really_plays(page, title, seconds=2.0)
    assert playback.duration > 20
