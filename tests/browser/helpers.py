"""What a visitor does, and what a test must wait for or look at."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

IDLE_SELECTOR = (
    '[data-testid="stApp"][data-test-script-state="notRunning"]'
    '[data-test-connection-state="CONNECTED"]'
)
ELEMENT_SELECTOR = '[data-testid="stElementContainer"]'
SKELETON_SELECTOR = '[data-testid="stSkeleton"]'
"""Stands where an element's code is still on its way, also when the script is long through."""
ANSWER_MS = 3000
"""How long a click may go unanswered; meanwhile the page calls itself idle."""
# A script may start another run: idle is idle only if it stays so. Counted in looks, not in time:
# a page too busy to draw is too busy to be looked at, too.
LOOK_EVERY_MS, QUIET_LOOKS = 50, 6
NEVER_CONNECTS = "RTCPeerConnection.prototype.setRemoteDescription = () => new Promise(() => {});"
"""For a page's init script: the server's answer to a video is never taken."""


@dataclass(frozen=True)
class Playback:
    """What an ``<audio>`` element says of itself after a while of playing.

    Attributes
    ----------
    seconds_played : float
        How far `currentTime` moved while it was watched.
    duration : float
        Of the whole piece, in seconds; 0 if the browser does not know it.
    decoded_bytes : int
        Chromium's count: above 0 only if sound was really decoded.
    ready_state : int
        `HTMLMediaElement.readyState`, 4 is "enough data".
    error : str
        Empty if there is none.
    """

    seconds_played: float
    duration: float
    decoded_bytes: int
    ready_state: int
    error: str


def open_page(page: Page, url: str) -> None:
    """Go there and wait until the page is drawn."""
    page.goto(url)
    # Before its first run Streamlit calls itself idle, too.
    page.wait_for_selector(ELEMENT_SELECTOR, state="attached")
    wait_for_streamlit_idle(page)


def wait_for_streamlit_idle(page: Page, timeout_s: float = 60) -> None:
    """Wait until Streamlit has run the script to its end, drawn it and has nothing more to do."""
    page.evaluate("window.quietLooks = 0")
    page.wait_for_function(
        """([idle, skeleton, patience, looks]) => {
            const drawn = document.querySelector(idle) && !document.querySelector(skeleton);
            const waiting = window.uploading || performance.now() - window.askedAt < patience;
            window.quietLooks = drawn && !waiting ? window.quietLooks + 1 : 0;
            return window.quietLooks >= looks;
        }""",
        arg=[IDLE_SELECTOR, SKELETON_SELECTOR, ANSWER_MS, QUIET_LOOKS],
        polling=LOOK_EVERY_MS,
        timeout=timeout_s * 1000,
    )


def upload(page: Page, name: str, mime: str, data: bytes, label: str | None = None) -> None:
    """Put a file into the page's file uploader (the one with this label, if there are several)."""
    uploaders = page.get_by_test_id("stFileUploader")
    uploader = uploaders.filter(has_text=label) if label else uploaders
    uploader.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": name, "mimeType": mime, "buffer": data}
    )
    expect(uploader.get_by_text(name)).to_be_visible()
    wait_for_streamlit_idle(page)


def show_photo(page: Page, name: str, mime: str, data: bytes) -> None:
    """Upload a photo; opens that way and agrees first, if that was not done yet."""
    photo = page.get_by_role("radio", name="Photo")
    if not photo.is_checked():
        photo.click()
        wait_for_streamlit_idle(page)
    agree = page.get_by_role("button", name="I agree")
    # A click may take its time to leave a busy browser: what it leads to is waited for, not quiet.
    expect(agree.or_(page.get_by_test_id("stFileUploader")).first).to_be_visible()
    if agree.is_visible():
        agree.click()
        wait_for_streamlit_idle(page)
    upload(page, name, mime, data, label="A photo with a face")


def rows(page: Page) -> Locator:
    """The tracks that are listed on the page."""
    return page.locator("li[data-uri]")


def row_titles(page: Page) -> list[str]:
    """Their titles, in order."""
    return rows(page).get_by_role("heading", level=4).all_inner_texts()


def sounding(page: Page) -> Locator:
    """The one element that sounds, once the player plays: there must be exactly one."""
    page.wait_for_function(
        "() => [...document.querySelectorAll('audio')].some(audio => audio.currentTime > 0"
        " && !audio.paused)",
        timeout=20_000,
    )
    # Marked, not counted: elements come and go beside it, and a place in a row would be another's.
    playing, mark = page.evaluate(
        """() => {
            const playing = [...document.querySelectorAll("audio, video")].filter(sound =>
                !sound.paused && !(sound instanceof HTMLVideoElement && sound.muted));
            window.timesHeard = (window.timesHeard || 0) + 1;
            if (playing.length === 1) playing[0].dataset.heard = window.timesHeard;
            return [playing.length, window.timesHeard];
        }"""
    )
    assert playing == 1, f"{playing} things sound at once"
    return page.locator(f'[data-heard="{mark}"]')


def player(page: Page) -> Locator:
    """The bar at the foot of the window."""
    return page.get_by_role("region", name="Player")


def press_in_player(page: Page, name: str) -> None:
    """Press one of the bar's own buttons, as a visitor would."""
    player(page).locator(".ftm-row").get_by_role("button", name=name, exact=True).click()


def player_really_plays(page: Page, title: str | None = None, seconds: float = 1.0) -> Playback:
    """Assert that one track sounds, and nothing else on the page.

    Parameters
    ----------
    page : playwright.sync_api.Page
    title : str or None
        Which track it must be.
    seconds : float
        How long it must have played.
    """
    if title is not None:
        expect(player(page).locator(".ftm-what .ftm-title")).to_have_text(title)
        expect(page.locator(f'audio[aria-label^="{title}"]')).to_be_attached()
    audio = sounding(page)
    if title is not None:
        name = audio.get_attribute("aria-label") or ""
        assert name.startswith(title), f"{name!r} sounds, expected {title!r}"
    return real_sound(audio, seconds)


def real_sound(audio: Locator, seconds: float = 1.0) -> Playback:
    """Listen to an ``<audio>`` element for a while, and assert that there was sound.

    Parameters
    ----------
    audio : playwright.sync_api.Locator
        It must have been started.
    seconds : float
        How long it must have played.

    Returns
    -------
    Playback
        What was seen, for further questions.
    """
    figures = audio.evaluate(
        """async (audio, seconds) => {
            const start = audio.currentTime, patience = performance.now() + 10000 + seconds * 1000;
            while (audio.currentTime - start < seconds && !audio.error
                   && performance.now() < patience) {
                await new Promise(resolve => setTimeout(resolve, 50));
            }
            return {
                seconds_played: audio.currentTime - start,
                duration: Number.isFinite(audio.duration) ? audio.duration : 0,
                decoded_bytes: audio.webkitAudioDecodedByteCount,
                ready_state: audio.readyState,
                error: audio.error ? `${audio.error.code} ${audio.error.message}` : "",
                paused: audio.paused,
                ranges: audio.played.length,
            };
        }""",
        seconds,
    )
    paused, ranges = figures.pop("paused"), figures.pop("ranges")
    playback = Playback(**figures)
    assert not playback.error, playback
    assert playback.seconds_played >= seconds, playback
    assert playback.duration > 0 and playback.decoded_bytes > 0, playback
    assert ranges >= 1 and not paused, playback
    return playback


def open_live(page: Page, url: str) -> None:
    """Open the page, then Live, and agree."""
    open_page(page, url)
    page.get_by_role("radio", name="Live").click()
    wait_for_streamlit_idle(page)
    page.get_by_role("button", name="I agree").click()
    wait_for_streamlit_idle(page)


def press_start(page: Page) -> None:
    """Press START in the webcam component once, without waiting for a picture."""
    page.frame_locator("iframe").get_by_role("button", name="Start").click()


def start_camera(page: Page) -> None:
    """Press START in the webcam component until a picture comes, three times at most.

    Just drawn, the component may not listen yet, or start and fall back to START.
    """
    component = page.frame_locator("iframe")
    start, stop = (component.get_by_role("button", name=name) for name in ("START", "STOP"))
    start.wait_for()
    for _ in range(3):
        if start.is_visible():  # or it plays, but slowly
            start.click()
        try:
            stop.wait_for(timeout=10_000)
            wait_for_video_frames(page, more=15, timeout_s=20)  # a few come before it falls back
        except (PlaywrightTimeoutError, AssertionError):
            continue
        return
    raise AssertionError("the webcam component does not start")


def video_frames(page: Page) -> int:
    """Frames that the page's videos have shown so far, in whichever iframe they are.

    `currentTime` would not do: it runs on while a picture is frozen.
    """
    counts = [
        frame.evaluate(
            "() => [...document.querySelectorAll('video')]"
            ".reduce((sum, video) => sum + video.getVideoPlaybackQuality().totalVideoFrames, 0)"
        )
        for frame in page.frames
        if not frame.is_detached()
    ]
    return sum(counts)


def wait_for_video_frames(page: Page, more: int, timeout_s: float = 30) -> int:
    """Wait until so many more frames were shown; return how many there are now."""
    start = seen = video_frames(page)
    waited = 0.0
    while seen - start < more:
        assert waited < timeout_s, f"{seen - start} frames in {timeout_s} s, expected {more}"
        page.wait_for_timeout(200)
        waited += 0.2
        seen = video_frames(page)
    return seen


def live_camera_tracks(page: Page) -> int:
    """How many of the tracks that the page got from the camera still run."""
    return page.evaluate(
        "() => (window.cameraTracks ?? []).filter(track => track.readyState === 'live').length"
    )


WATCH_SERVER = """
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
    window.askedAt = performance.now();
    if (!this.watched) {
        this.watched = true;
        this.addEventListener("message", () => delete window.askedAt);
    }
    return send.call(this, data);
};
const open = XMLHttpRequest.prototype.open;
XMLHttpRequest.prototype.open = function (method, ...further) {
    if (method.toUpperCase() === "PUT") {
        this.addEventListener("loadstart", () => window.uploading = (window.uploading ?? 0) + 1);
        this.addEventListener("loadend", () => window.uploading -= 1);
    }
    return open.call(this, method, ...further);
};
"""
"""Run before the page's own scripts: notes since when the page waits for an answer, and how many
files are on their way."""

WATCH_CAMERA = """
const devices = navigator.mediaDevices;
if (devices) {
    const original = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async constraints => {
        const stream = await original(constraints);
        (window.top.cameraTracks ??= []).push(...stream.getTracks());
        return stream;
    };
}
"""
"""Run in every frame before its own scripts: notes each camera track for `live_camera_tracks`."""
