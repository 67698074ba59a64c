"""A picture of every state: ``python -m tests.browser.pictures [state ...]`` (`make pictures`).

They lie in test-results/states/, four of each: wide and narrow, light and dark; and beside them
sheets with all of them, for the eye.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Page

from tests.browser.helpers import wait_for_streamlit_idle
from tests.browser.server import ROOT

FOLDER = ROOT / "test-results" / "states"
WIDE, NARROW = (1440, 900), (390, 844)
SCREENS = (WIDE, NARROW)
SCHEMES = ("light", "dark")
TALLEST = 3000
"""CSS px; more of a page is not shown on a picture."""
THUMBNAIL_WIDTH = {WIDE: 480, NARROW: 200}
THUMBNAIL_HEIGHT = {WIDE: 400, NARROW: 520}
PER_ROW = {WIDE: 4, NARROW: 9}
CAPTION = 18


DRAWN = """() => new Promise(resolve => requestAnimationFrame(() =>
    requestAnimationFrame(() => setTimeout(resolve, 50))))"""

AT_REST = """() => document.getAnimations().every(one =>
    one.playState !== "running" || one.effect.getComputedTiming().iterations === Infinity)"""
"""Colours change slowly, and on a busy machine late; what turns as long as it is there may."""


def screens(page: Page) -> Iterator[tuple[tuple[int, int], str]]:
    """Show the page on each screen in each scheme; gives which, and leaves it wide and light."""
    for size in SCREENS:
        for scheme in SCHEMES:
            show_as(page, size, scheme)
            yield size, scheme
    show_as(page, WIDE, "light")


def show_as(page: Page, size: tuple[int, int], scheme: str) -> None:
    """Change screen and colour scheme, as a visitor may; nothing is driven anew."""
    resize(page, size)
    page.emulate_media(color_scheme=scheme)
    wait_for_streamlit_idle(page)  # the server is told, and may draw charts anew
    page.evaluate(DRAWN)
    page.wait_for_function(AT_REST)


def resize(page: Page, size: tuple[int, int]) -> None:
    """Change the screen, and wait until it is drawn."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate(DRAWN)


def take_picture(page: Page, name: str, size: tuple[int, int], scheme: str) -> Path:
    """Photograph the whole page; gives where the picture lies."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}-{size[0]}-{scheme}.png"
    with _unrolled(page, size):
        page.screenshot(path=path, scale="css", animations="disabled")
    return path


@contextmanager
def _unrolled(page: Page, size: tuple[int, int]) -> Iterator[None]:
    """Make the window so high that nothing is left to scroll: Streamlit scrolls within the page."""
    height = page.evaluate(
        """() => {
            const main = document.querySelector('[data-testid="stMain"]');
            return main ? main.scrollHeight - main.clientHeight + innerHeight : innerHeight;
        }"""
    )
    resize(page, (size[0], max(size[1], min(TALLEST, height))))
    yield
    resize(page, size)


def contact_sheets(order: list[str]) -> list[Path]:
    """Put the pictures there are on one sheet for each screen and scheme; gives the sheets."""
    sheets = []
    for size in SCREENS:
        for scheme in SCHEMES:
            paths = [(name, FOLDER / f"{name}-{size[0]}-{scheme}.png") for name in order]
            there = [(name, path) for name, path in paths if path.exists()]
            if there:
                sheet = FOLDER / f"all-{size[0]}-{scheme}.png"
                _sheet(there, size).save(sheet)
                sheets.append(sheet)
    return sheets


def _sheet(pictures: list[tuple[str, Path]], size: tuple[int, int]) -> Image.Image:
    width, height, columns = THUMBNAIL_WIDTH[size], THUMBNAIL_HEIGHT[size], PER_ROW[size]
    rows = -(-len(pictures) // columns)
    cell = (width + 12, height + CAPTION + 12)
    sheet = Image.new("RGB", (columns * cell[0], rows * cell[1]), "#888888")
    draw = ImageDraw.Draw(sheet)
    for place, (name, path) in enumerate(pictures):
        left, top = (place % columns) * cell[0] + 6, (place // columns) * cell[1] + 6
        with Image.open(path) as picture:
            small = picture.convert("RGB")
            small = small.resize((width, round(small.height * width / small.width)))
        draw.text((left, top), name, fill="white")
        high = min(small.height, height)
        sheet.paste(small.crop((0, 0, width, high)), (left, top + CAPTION))
    return sheet


def main() -> None:
    """Drive through all states, or those named, and photograph each."""
    # Late: test_states, which imports this module, has the fixtures instead.
    from playwright.sync_api import sync_playwright

    from tests.browser.camera import write_fake_camera
    from tests.browser.chromium import ensure_chromium
    from tests.browser.conftest import FLAGS
    from tests.browser.helpers import WATCH_CAMERA, WATCH_SERVER
    from tests.browser.states import STATES, Stage, answer_covers, chains, face, running_site

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("states", nargs="*", metavar="state", help=", ".join(STATES))
    wanted = set(parser.parse_args().states or STATES)
    done: set[str] = set()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        film = write_fake_camera(face(), folder / "face.mjpeg")
        chromium = playwright.chromium.launch(
            executable_path=ensure_chromium(),
            args=[*FLAGS, f"--use-file-for-fake-video-capture={film}"],
        )
        with running_site(folder) as site:
            for chain in chains():
                if not {one.name for one in chain} & wanted - done:
                    continue
                options = {"viewport": {"width": WIDE[0], "height": WIDE[1]}, **chain[0].context}
                context = chromium.new_context(**options)
                answer_covers(context)
                for script in (WATCH_SERVER, WATCH_CAMERA, chain[0].script):
                    if script:
                        context.add_init_script(script)
                stage = Stage(context.new_page(), site)
                for state in chain:
                    try:
                        state.drive(stage)
                    except Exception as error:  # the other pictures are still wanted
                        print(f"{state.name}: not reached. {str(error)[:300]}")
                        break
                    if state.name in wanted - done:
                        for size, scheme in screens(stage.page):
                            take_picture(stage.page, state.name, size, scheme)
                        done.add(state.name)
                        print(state.name, flush=True)
                context.close()
        chromium.close()
    for sheet in contact_sheets(list(STATES)):
        print(sheet)


if __name__ == "__main__":
    main()
