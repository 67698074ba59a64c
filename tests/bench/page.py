"""Measure the page in one run, as a Markdown table: ``python -m tests.bench.page``.

Milliseconds depend on the machine; so each figure also stands beside a reference taken in the
same run: an empty Streamlit page, or decoding the same JPEG with Pillow. Linux only (/proc).
"""

import argparse
import io
import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import skimage.data
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from emotion import FaceReader, read_image
from emotion.live import LiveReader
from tests.bench.latency import far_away
from tests.bench.process import Memory, loaded_libraries, memory_of
from tests.bench.traffic import Traffic, watch_traffic
from tests.browser.camera import fake_camera_frames
from tests.browser.chromium import ensure_chromium
from tests.browser.helpers import IDLE_SELECTOR, open_page, show_photo, wait_for_streamlit_idle
from tests.browser.server import ROOT, Server, streamlit_server

REAL = ROOT / "main.py"
RATE = 28
"""Frames a second that a camera sends in Chromium."""

EMPTY = ROOT / "tests/bench/empty_page.py"
ROUND_TRIP_S = 0.3  # to another continent, or over a bad mobile network
CONTROLS = {REAL: "[data-testid=stButtonGroup] button", EMPTY: "h1"}
"""What visitors wait for; the empty page has nothing to press."""


def median_ms(work: Callable[[], object], times: int) -> float:
    """Median duration in milliseconds, after one call to warm up."""
    work()
    durations = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        durations.append((time.perf_counter() - began) * 1000)
    return statistics.median(durations)


def frame_ms(reader: FaceReader, frames: list[np.ndarray]) -> tuple[float, float]:
    """Median milliseconds for a frame of live video, RGB uint8 (H, W, 3).

    First if each is read, then as a camera sends them: those are read for which there is time.
    """
    # on this clock each frame comes an hour after the one before
    patient = LiveReader(reader, itertools.count(0, 3600).__next__)
    rounds = iter(frames)
    read = median_ms(lambda: patient.process(next(rounds)), len(frames) - 1)
    hurried, durations = LiveReader(reader), []
    for frame in frames:
        began = time.perf_counter()
        hurried.process(frame)
        durations.append(time.perf_counter() - began)
        time.sleep(max(0, 1 / RATE - durations[-1]))
    return read, statistics.median(durations) * 1000


@contextmanager
def serving(script: Path) -> Iterator[Server]:
    """Serve a script from a folder of its own."""
    with tempfile.TemporaryDirectory() as folder, streamlit_server(script, Path(folder)) as server:
        yield server


def start(browser: Browser, script: Path) -> tuple[float, float]:
    """Seconds from starting the server to its first answer, and to a completely drawn page."""
    began = time.perf_counter()
    with serving(script) as server:
        healthy = time.perf_counter() - began
        page = browser.new_page()
        page.goto(server.url)
        page.wait_for_selector("h1")  # before its first run Streamlit calls itself idle, too
        page.wait_for_selector(IDLE_SELECTOR)
        drawn = time.perf_counter() - began
        page.close()
    return healthy, drawn


def median_start(browser: Browser, script: Path, times: int) -> tuple[float, float]:
    """Medians of `start`."""
    runs = [start(browser, script) for _ in range(times)]
    healthy, drawn = zip(*runs, strict=True)
    return statistics.median(healthy), statistics.median(drawn)


def first_visit(browser: Browser, script: Path) -> tuple[float, Traffic]:
    """Seconds until a visitor far away can press something, and what came until all was drawn.

    The server has been asked before, so what it loads once does not count; the browser has not.
    """
    with serving(script) as server, far_away(server.url, ROUND_TRIP_S) as url:
        page = browser.new_page()
        open_page(page, server.url)
        page.close()
        page = browser.new_page()
        traffic = watch_traffic(page)
        began = time.perf_counter()
        page.goto(url, wait_until="commit")
        page.wait_for_selector(CONTROLS[script])
        seconds = time.perf_counter() - began
        wait_for_streamlit_idle(page)
        page.wait_for_function("() => document.fonts.status === 'loaded'")
        page.close()
    return seconds, traffic


def memory_with_page_open(
    browser: Browser, script: Path, then: Callable[[Page], None] | None = None
) -> tuple[Memory, Memory, set[str]]:
    """Memory of the server with one page open, the same after `then`, and libraries mapped."""
    with serving(script) as server:
        page = browser.new_page()
        open_page(page, server.url)
        opened = memory_of(server.pid)
        if then:
            then(page)
        after = memory_of(server.pid)
        libraries = loaded_libraries(server.pid)
        page.close()
    return opened, after, libraries


def jpeg_of(rgb: np.ndarray) -> bytes:
    """Encode RGB uint8 (H, W, 3) as a visitor's camera would."""
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=95)
    return file.getvalue()


def report(times: int) -> Iterator[str]:
    """Lines of the table, as they are measured."""
    astronaut = skimage.data.astronaut()
    photo = jpeg_of(astronaut)
    frames = [cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB) for bgr in fake_camera_frames(astronaut)]

    yield "| what | measured | beside it |"
    yield "|---|---|---|"

    began = time.perf_counter()
    reader = FaceReader.load()
    yield f"| load the face models | {(time.perf_counter() - began) * 1000:.0f} ms | |"
    decode = median_ms(lambda: Image.open(io.BytesIO(photo)).convert("RGB"), times * 10)
    read = median_ms(lambda: reader.read(read_image(photo)), times * 10)
    yield (
        f"| a 512x512 photo, from bytes to probabilities | {read:.1f} ms "
        f"| {read / decode:.1f} x decoding its JPEG ({decode:.1f} ms) |"
    )
    read_ms, delivered_ms = frame_ms(reader, frames * times)
    yield (
        f"| a 640x480 frame of live video, read and drawn | {read_ms:.1f} ms "
        f"| {read_ms / decode:.1f} x decoding that JPEG |"
    )
    yield (
        f"| a frame as it is delivered at {RATE} a second, some drawn without being read "
        f"| {delivered_ms:.1f} ms | {delivered_ms / decode:.1f} x decoding that JPEG |"
    )

    path = ensure_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        healthy, drawn = median_start(browser, REAL, times)
        empty_healthy, empty_drawn = median_start(browser, EMPTY, times)
        far, traffic = first_visit(browser, REAL)
        empty_far, empty_traffic = first_visit(browser, EMPTY)
        empty, _, _ = memory_with_page_open(browser, EMPTY)
        opened, after, libraries = memory_with_page_open(
            browser, REAL, lambda page: show_photo(page, "face.jpg", "image/jpeg", photo)
        )
        browser.close()
    yield (
        f"| server answers | {healthy:.1f} s "
        f"| {healthy / empty_healthy:.1f} x an empty Streamlit page ({empty_healthy:.1f} s) |"
    )
    yield (
        f"| page drawn in Chromium, from starting the server | {drawn:.1f} s "
        f"| {drawn / empty_drawn:.1f} x an empty Streamlit page ({empty_drawn:.1f} s) |"
    )
    yield (
        f"| controls on the page, {ROUND_TRIP_S * 1000:.0f} ms away | {far:.1f} s "
        f"| {far / empty_far:.1f} x an empty Streamlit page ({empty_far:.1f} s) |"
    )
    yield (
        f"| what a first visit fetches | {traffic.requests} requests, {traffic.megabytes:.1f} MB "
        f"| an empty Streamlit page: {empty_traffic.requests} requests, "
        f"{empty_traffic.megabytes:.1f} MB |"
    )
    for what, memory in (("page open", opened), ("after a photo", after)):
        yield (
            f"| server memory, {what} | {memory.rss_mb:.0f} MB RSS, {memory.pss_mb:.0f} MB PSS "
            f"| {memory.rss_mb / empty.rss_mb:.1f} x an empty Streamlit page "
            f"({empty.rss_mb:.0f} MB) |"
        )
    heavy = sorted(name for name in libraries if "tensorflow" in name or "torch" in name)
    yield f"| TensorFlow or PyTorch in the server | {', '.join(heavy) or 'none'} | |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3, help="starts to take the median of")
    times = parser.parse_args().times
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f} before; medians of {times} starts\n")
    for line in report(times):
        print(line, flush=True)


if __name__ == "__main__":
    main()
