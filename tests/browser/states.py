"""Every state of the page that a visitor can be in, and the way there.

A state is a function that drives a page there, by what can be read or heard on it. Most go on from
another state: `chains` puts them into rows, so that a page is driven once for all states of a row.
"""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import skimage.data
from immich_memories_music import tracks_dir
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Route, expect

from emotion.values import EMOTIONS, Emotion
from music_mood.values import FEATURE_NAMES
from tests.browser.helpers import (
    open_page,
    rows,
    start_camera,
    upload,
    wait_for_streamlit_idle,
    wait_for_video_frames,
)
from tests.browser.server import ROOT, Server, free_port, streamlit_server
from tests.contract.server import FakeWeb, running
from tests.contract.world import World
from tests.sounds import encoded

CSV = f"""title,artist,isrc,{",".join(FEATURE_NAMES)}
Sunny <b>Day</b>,The *Stars*,DEABC2600001,0.85,0.05,0.8,0,0.1,0.95,-5,0.05,120
Lullaby,Slow,,0.2,0.98,0.05,0.9,0.1,0.1,-28,0.04,70
A very long title that has to find its place somewhere on a narrow screen (Remastered 2011),\
An artist whose name is nearly as long as that of the piece,,0.5,0.3,0.6,0,0.1,0.6,-8,0.05,110
No features,Nobody,,,,,,,,,,
Broken,Somebody,,7,0.1,0.5,0,0.1,0.5,-5,0.05,120
""".encode()

CAMERA_ASKS = "navigator.mediaDevices.getUserMedia = () => new Promise(() => {});"
CAMERA_REFUSES = """navigator.mediaDevices.getUserMedia = () =>
    Promise.reject(new DOMException("Permission denied", "NotAllowedError"));"""


@dataclass(frozen=True)
class Site:
    """The page, and the web as it sees it."""

    server: Server
    world: World


@dataclass(frozen=True)
class Stage:
    """What a state is driven on."""

    page: Page
    site: Site


@dataclass(frozen=True)
class State:
    """One state.

    Attributes
    ----------
    name : str
        Also of its pictures.
    drive : callable
        Brings a stage there: a page just opened, or one that is in the state `after`.
    after : str
        The state it goes on from; empty for none.
    script : str
        JavaScript to run before the page's own.
    context : dict
        Keywords for Playwright's ``new_context``.
    """

    name: str
    drive: Callable[[Stage], None]
    after: str = ""
    script: str = ""
    context: dict = field(default_factory=dict)


STATES: dict[str, State] = {}


def state(after: str = "", script: str = "", **context):
    """Enter a function of a stage into `STATES`, named after itself."""

    def enter(drive: Callable[[Stage], None]) -> Callable[[Stage], None]:
        name = drive.__name__.replace("_", "-")
        assert not after or after in STATES, f"{name} goes on from an unknown state: {after}"
        STATES[name] = State(name, drive, after, script, context)
        return drive

    return enter


def chains() -> list[tuple[State, ...]]:
    """Rows of states from a page just opened to a state from which none goes on."""
    followed = {one.after for one in STATES.values()}
    rows = []
    for last in STATES.values():
        if last.name in followed:
            continue
        row = [last]
        while row[0].after:
            row.insert(0, STATES[row[0].after])
        rows.append(tuple(row))
    return rows


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """The page with an app at Spotify, all services being fakes on this machine."""
    port = free_port()
    with running(FakeWeb()) as web:
        world = World(web, folder)
        app = {**world.spotify_app, "SPOTIPY_REDIRECT_URI": f"http://127.0.0.1:{port}/"}
        secrets = "".join(f'{name} = "{value}"\n' for name, value in app.items())
        (folder / "secrets.toml").write_text(secrets)
        with streamlit_server(ROOT / "main.py", folder, port, **world.environment) as server:
            yield Site(server, world)


def answer_covers(context: BrowserContext) -> None:
    """Give every picture that lies elsewhere: the tests' browser reaches nothing but this machine.

    Parameters
    ----------
    context : playwright.sync_api.BrowserContext
    """
    cover = jpeg(face()[:250, :250])

    def answer(route: Route) -> None:
        if route.request.resource_type == "image":
            route.fulfill(body=cover, content_type="image/jpeg")
        else:
            route.continue_()

    context.route(re.compile("^https://"), answer)


# --- What a visitor does ---------------------------------------------------------------------


def choose(page: Page, *names: str) -> None:
    """Choose something that excludes others: a way, a shelf, an aim."""
    for name in names:
        page.get_by_role("radio", name=name, exact=True).click()
        wait_for_streamlit_idle(page)


def feel(page: Page, emotion: Emotion) -> None:
    """Name a feeling, by its place: in whatever language."""
    group = ".st-key-first_feeling, .st-key-feeling"
    feelings = page.locator(group).get_by_role("radio")
    feelings.nth(EMOTIONS.index(emotion)).click()
    wait_for_streamlit_idle(page)
    wait_for_sound(page)


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Press the first button of that name."""
    page.get_by_role("button", name=name).first.click()
    wait_for_streamlit_idle(page)


def wait_for_sound(page: Page) -> None:
    """Wait until players have loaded what they want: once gone, Streamlit answers 404 for them."""
    page.wait_for_function(
        """() => [...document.querySelectorAll('audio')].every(one =>
            !one.currentSrc || one.error || one.readyState > 0 || one.preload === 'none')"""
    )


def paste(page: Page, text: str) -> None:
    """Put a link into its field."""
    box = page.locator(".st-key-link").get_by_role("textbox")
    box.fill(text)
    box.press("Enter")
    wait_for_streamlit_idle(page)


def bring(page: Page, **files: bytes) -> None:
    """Drop files on the shelf for them; "__" in a keyword stands for the dot before the suffix."""
    page.get_by_test_id("stFileUploaderDropzoneInput").last.set_input_files(
        [
            {
                "name": name.replace("__", "."),
                "mimeType": "application/octet-stream",
                "buffer": data,
            }
            for name, data in files.items()
        ]
    )
    last = list(files)[-1].replace("__", ".")
    expect(page.get_by_text(last, exact=True).first).to_be_attached()
    wait_for_streamlit_idle(page)


def show_picture(page: Page, name: str, rgb: np.ndarray) -> None:
    """Show a picture as a photo."""
    upload(page, name, "image/jpeg", jpeg(rgb), label="A photo with a face")


@cache
def face() -> np.ndarray:
    """Eileen Collins, smiling: RGB uint8 (512, 512, 3); public domain (NASA)."""
    return skimage.data.astronaut()


def jpeg(rgb: np.ndarray) -> bytes:
    """Encode a picture, RGB uint8 (H, W, 3)."""
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=90)
    return file.getvalue()


# --- The first screen and the feelings --------------------------------------------------------


@state()
def start(stage: Stage) -> None:
    open_page(stage.page, stage.site.server.url)


def _enter_feelings() -> None:
    after = "start"
    for emotion in EMOTIONS:

        def drive(stage: Stage, emotion: Emotion = emotion) -> None:
            feel(stage.page, emotion)

        drive.__name__ = f"feeling_{emotion}"
        state(after=after)(drive)
        after = f"feeling-{emotion}"


_enter_feelings()


@state(after=f"feeling-{EMOTIONS[-1]}")
def lift(stage: Stage) -> None:
    choose(stage.page, "Lift me")
    wait_for_sound(stage.page)


@state(after="start")
def about(stage: Stage) -> None:
    press(stage.page, "About")
    expect(stage.page.get_by_role("dialog", name="About this page")).to_be_visible()


@state(after="start")
def happy(stage: Stage) -> None:
    feel(stage.page, Emotion.HAPPY)


@state(after="happy")
def more_tracks(stage: Stage) -> None:
    press(stage.page, re.compile("More tracks|Show more"))
    wait_for_sound(stage.page)


@state(after="happy")
def share(stage: Stage) -> None:
    press(stage.page, "Share")
    dialog = stage.page.get_by_role("dialog", name="Share this moment")
    expect(dialog.get_by_role("img").first).to_be_visible()
    wait_for_streamlit_idle(stage.page)


# --- Faces ------------------------------------------------------------------------------------


@state(after="start")
def consent(stage: Stage) -> None:
    choose(stage.page, "Photo")
    expect(stage.page.get_by_role("button", name="I agree")).to_be_visible()


@state(after="consent")
def photo_asked(stage: Stage) -> None:
    press(stage.page, re.compile("I agree"))
    expect(stage.page.get_by_text("A photo with a face")).to_be_visible()


@state(after="photo-asked")
def broken_picture(stage: Stage) -> None:
    upload(stage.page, "note.jpg", "image/jpeg", b"not a picture", label="A photo with a face")
    expect(stage.page.get_by_test_id("stAlert")).to_be_visible()


@state(after="photo-asked")
def photo_without_a_face(stage: Stage) -> None:
    data = jpeg(skimage.data.coffee())
    box = stage.page.get_by_test_id("stFileUploaderDropzoneInput").first
    box.set_input_files({"name": "cup.jpg", "mimeType": "image/jpeg", "buffer": data})
    expect(stage.page.get_by_text("find a face in this picture")).to_be_visible()
    wait_for_streamlit_idle(stage.page)


@state(after="photo-without-a-face")
def photo_with_several_faces(stage: Stage) -> None:
    press(stage.page, "Another photo")
    two = jpeg(np.hstack([face(), face()[:, ::-1]]))
    box = stage.page.get_by_test_id("stFileUploaderDropzoneInput").first
    box.set_input_files({"name": "us.jpg", "mimeType": "image/jpeg", "buffer": two})
    expect(stage.page.get_by_text("2 faces; whose mood counts?")).to_be_visible()
    wait_for_streamlit_idle(stage.page)
    wait_for_sound(stage.page)


@state(after="start")
def photo_with_a_face(stage: Stage) -> None:
    press(stage.page, "Try with this face")
    expect(stage.page.get_by_text("Looks happy").first).to_be_visible()
    wait_for_streamlit_idle(stage.page)
    wait_for_sound(stage.page)


@state(after="start")
def snapshot(stage: Stage) -> None:
    choose(stage.page, "Snapshot")
    press(stage.page, re.compile("I agree"))
    shutter = stage.page.get_by_role("button", name="Take photo")
    expect(shutter).to_be_enabled(timeout=30_000)


def _open_live(stage: Stage) -> None:
    open_page(stage.page, stage.site.server.url)
    choose(stage.page, "Live")
    press(stage.page, re.compile("I agree"))


@state()
def live(stage: Stage) -> None:
    _open_live(stage)
    start_button = stage.page.frame_locator("iframe").get_by_role("button", name="START")
    expect(start_button).to_be_visible()


@state(script=CAMERA_ASKS)
def live_asking(stage: Stage) -> None:
    _open_live(stage)
    stage.page.frame_locator("iframe").get_by_role("button", name="START").click()
    stage.page.wait_for_timeout(1000)


@state(script=CAMERA_REFUSES)
def live_denied(stage: Stage) -> None:
    _open_live(stage)
    stage.page.frame_locator("iframe").get_by_role("button", name="START").click()
    stage.page.wait_for_timeout(1000)
    wait_for_streamlit_idle(stage.page)


@state(after="live")
def live_running(stage: Stage) -> None:
    start_camera(stage.page)
    wait_for_video_frames(stage.page, more=20)
    expect(stage.page.get_by_text("Looks happy").first).to_be_visible(timeout=20_000)


# --- Shelves ----------------------------------------------------------------------------------


@state(after="happy")
def link_empty(stage: Stage) -> None:
    choose(stage.page, "Link")


@state(after="link-empty")
def link_that_fails(stage: Stage) -> None:
    paste(stage.page, "https://example.org/playlist")
    expect(stage.page.get_by_test_id("stAlert")).to_be_visible()


@state(after="link-that-fails")
def link_given(stage: Stage) -> None:
    paste(stage.page, "https://www.deezer.com/playlist/24")
    expect(stage.page.get_by_text("Fake playlist 24").first).to_be_visible()


@state(after="happy")
def files_empty(stage: Stage) -> None:
    choose(stage.page, "My files")


@state(after="files-empty")
def files_given(stage: Stage) -> None:
    song = encoded("mp3", 2.0, title="Tape <b>1</b>", artist="Us")
    bring(stage.page, tape__mp3=song, broken__mp3=b"no sound at all", list__csv=CSV)
    expect(stage.page.get_by_text("Sunny <b>Day</b>").first).to_be_visible()
    wait_for_sound(stage.page)


@state(after="files-given")
def files_left_out(stage: Stage) -> None:
    stage.page.get_by_text("were left out").first.click()
    wait_for_streamlit_idle(stage.page)


@state(after="files-empty")
def own_sound(stage: Stage) -> None:
    bring_untagged(stage.page)
    labels = rows(stage.page).get_by_text("from the sound itself")
    expect(labels).to_have_count(len(UNTAGGED))
    wait_for_sound(stage.page)


@state(after="happy")
def sliders(stage: Stage) -> None:
    bring_measured(stage)
    stage.page.get_by_text("Fine-tune", exact=True).click()
    wait_for_streamlit_idle(stage.page)
    choose(stage.page, "Audio features")
    expect(stage.page.get_by_role("slider", name="Energy")).to_be_visible()


@state(after="sliders")
def targets(stage: Stage) -> None:
    stage.page.get_by_text("What each feeling aims at").click()
    wait_for_streamlit_idle(stage.page)


@state(after="targets")
def map_open(stage: Stage) -> None:
    # What is open over the page may take the first click beside it for itself, and close.
    stage.page.keyboard.press("Escape")
    expect(stage.page.get_by_test_id("stPopoverBody")).to_have_count(0)
    stage.page.get_by_text("Map", exact=True).click()
    expect(stage.page.get_by_text("On the map:")).to_be_visible()
    wait_for_streamlit_idle(stage.page)


UNTAGGED = ("calm", "tender", "energetic", "happy")
"""Moods that the makers of the demo's pieces named; the pieces themselves bear no tags."""


def bring_untagged(page: Page) -> None:
    """Bring four pieces of which no service knows anything, and no player either."""
    pieces = {
        f"recording_{at}__opus": next((tracks_dir() / mood).glob("*.opus")).read_bytes()
        for at, mood in enumerate(UNTAGGED, start=1)
    }
    bring(page, **pieces)


def bring_measured(stage: Stage) -> None:
    """Choose the shelf for files and bring a list with audio features."""
    random = np.random.default_rng(3)
    lines = [",".join(["title", "artist", *FEATURE_NAMES])]
    for i in range(24):
        shares = dict(zip(FEATURE_NAMES, random.random(9).round(3), strict=True))
        figures = shares | {"loudness": -10, "tempo": 80 + i}
        lines.append(",".join([f"Song {i}", f"Artist {i % 9}", *map(str, figures.values())]))
    choose(stage.page, "My files")
    bring(stage.page, mine__csv="\n".join(lines).encode())
    expect(stage.page.get_by_text("Song ").first).to_be_visible()


@state(after="happy")
def spotify_logged_out(stage: Stage) -> None:
    choose(stage.page, "My Spotify")


@state(after="spotify-logged-out")
def spotify_logged_in(stage: Stage) -> None:
    page = stage.page
    with page.expect_event("framenavigated", lambda frame: "state=" in frame.url):
        page.get_by_role("button", name="Log in with Spotify").first.click()
    page.wait_for_function("() => !/[?&](code|state)=/.test(location.search)")  # tidied away
    wait_for_streamlit_idle(page)
    expect(page.get_by_text("Logged in to Spotify")).to_be_visible()


@state(after="spotify-logged-in")
def spotify_playlist(stage: Stage) -> None:
    page = stage.page
    page.get_by_role("combobox", name="Your playlists").click()
    page.get_by_role("option", name="My songs", exact=True).click()
    wait_for_streamlit_idle(page)
    expect(page.get_by_text(re.compile("My songs · 120 tracks")).first).to_be_visible()


@state(after="spotify-playlist")
def spotify_saving(stage: Stage) -> None:
    press(stage.page, "Save these as a Spotify playlist")
    expect(stage.page.get_by_label("Name", exact=True)).to_be_visible()


# --- Sound ------------------------------------------------------------------------------------


def _play(stage: Stage, title: str | None = None) -> None:
    """Press Play in the list: at the first track, or at the one with this title."""
    name = f"Play {title}" if title else re.compile("^Play (?!next)")
    stage.page.get_by_role("button", name=name).first.click()


@state(after="happy")
def playing(stage: Stage) -> None:
    _play(stage)
    player = stage.page.get_by_role("region", name="Player")
    expect(player.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    wait_for_streamlit_idle(stage.page)


@state(after="playing")
def queue_open(stage: Stage) -> None:
    player = stage.page.get_by_role("region", name="Player")
    player.get_by_role("button", name="Queue", exact=True).click()
    expect(player.get_by_role("region", name="Up next")).to_be_visible()


@state(after="files-left-out")
def skipped_track(stage: Stage) -> None:
    _play(stage, "Lullaby")
    skipped = stage.page.get_by_role("region", name="Player").get_by_text("Lullaby")
    expect(skipped.first).to_be_visible()
    wait_for_streamlit_idle(stage.page)


# --- Another language -------------------------------------------------------------------------


@state(locale="de-DE")
def german(stage: Stage) -> None:
    open_page(stage.page, stage.site.server.url)


@state(after="german")
def german_music(stage: Stage) -> None:
    feel(stage.page, Emotion.HAPPY)
