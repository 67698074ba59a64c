"""Measure live video for one visitor and for two at once: ``python -m tests.bench.live``.

A real Chromium per visitor sends a fake camera's 640x480 to a served page and counts the frames
that come back. All of them share this machine's cores with the server: quiet it first. Prints a
Markdown table.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import skimage.data
from playwright.sync_api import Page, sync_playwright

from tests.bench.process import cpu_seconds_of
from tests.browser.camera import write_fake_camera
from tests.browser.chromium import ensure_chromium
from tests.browser.conftest import FLAGS
from tests.browser.helpers import open_page, start_camera, video_frames, wait_for_streamlit_idle
from tests.browser.server import ROOT, Server, streamlit_server

SETTLE_S = 3.0


def watching(page: Page, server: Server) -> Page:
    """Open Live and start the camera."""
    open_page(page, server.url)
    page.get_by_role("radio", name="Live").click()
    wait_for_streamlit_idle(page)
    page.get_by_role("button", name="I agree").click()
    wait_for_streamlit_idle(page)
    start_camera(page)
    return page


def rates(pages: list[Page], seconds: float) -> list[float]:
    """Frames per second that each page shows, counted over the same time."""
    pages[0].wait_for_timeout(SETTLE_S * 1000)
    began = [(video_frames(page), time.perf_counter()) for page in pages]
    pages[0].wait_for_timeout(seconds * 1000)
    return [
        (video_frames(page) - frames) / (time.perf_counter() - at)
        for page, (frames, at) in zip(pages, began, strict=True)
    ]


def report(visitors: int, seconds: float) -> Iterator[str]:
    """Lines of the table, as they are measured."""
    path = ensure_chromium()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        film = write_fake_camera(skimage.data.astronaut(), folder / "face.mjpeg")
        (folder / "server").mkdir()
        server = stack.enter_context(streamlit_server(ROOT / "main.py", folder / "server"))
        playwright = stack.enter_context(sync_playwright())
        pages: list[Page] = []
        yield "| visitors | frames per second each | the server's share of a core |"
        yield "|---|---|---|"
        for count in range(1, visitors + 1):
            browser = playwright.chromium.launch(
                executable_path=path, args=[*FLAGS, f"--use-file-for-fake-video-capture={film}"]
            )
            stack.callback(browser.close)
            pages.append(watching(browser.new_page(), server))
            spent, began = cpu_seconds_of(server.pid), time.perf_counter()
            measured = rates(pages, seconds)
            share = (cpu_seconds_of(server.pid) - spent) / (time.perf_counter() - began)
            yield f"| {count} | {', '.join(f'{rate:.1f}' for rate in measured)} | {share:.2f} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=2, help="at most so many at once")
    parser.add_argument("--seconds", type=float, default=20, help="to count frames for")
    given = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before\n")
    for line in report(given.visitors, given.seconds):
        print(line, flush=True)


if __name__ == "__main__":
    main()
