"""What of a page's layout can be wrong for somebody: width, keyboard, names, order, motion.

Each function gives what is wrong as sentences, none for nothing: a test asserts an empty list, and
its failure can be read.
"""

import io
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from tests.browser.contrast import ratio

SCRIPT = (Path(__file__).with_name("layout.js")).read_text()
MAX_STOPS = 150
RING_RATIO = 3.0
"""How much a pixel must change for being part of a focus ring (WCAG 1.4.11)."""
RING_MARGIN = 6  # px around a control in which its ring may lie
SILENT_ROLES = {"RootWebArea", "Iframe", "IframePresentational", "main", "generic", "none"}
"""What can have the focus without being a control: it needs no name of its own."""
NAMED_ROLES = {"image", "img", "graphics-document", "dialog"}
"""What needs a name, focusable or not."""
PLAYERS = {"Audio", "Video"}


@dataclass(frozen=True)
class Stop:
    """Where Tab stops.

    Attributes
    ----------
    selector : str
        A way to find it.
    words : str
        Its label or text.
    group : str
        The nearest list item, article or row around it: its track, if it belongs to one.
    box : tuple of float
        Left, top, right, bottom in the window, CSS px.
    """

    selector: str
    words: str
    group: str
    box: tuple[float, float, float, float]

    def __str__(self) -> str:
        return f"{self.words!r} ({self.selector})"


def sideways(page: Page) -> list[str]:
    """What makes the page scroll sideways, sticks out of the window or is cut off by its box."""
    return page.evaluate(f"() => {SCRIPT}.sideways()")


def live_regions(page: Page) -> list[str]:
    """Every region that announces what changes in it, Streamlit's own status aside."""
    return page.evaluate(f"() => {SCRIPT}.liveRegions()")


def headings(page: Page) -> list[str]:
    """What is wrong with the order of the headings: no or two h1, a level left out, no words."""
    found = page.evaluate(f"() => {SCRIPT}.headings()")
    wrong = [f"a heading of level {level} without words" for level, text in found if not text]
    firsts = [text for level, text in found if level == 1]
    if len(firsts) != 1:
        wrong.append(f"{len(firsts)} headings of level 1: {firsts}")
    for (before, above), (level, text) in pairwise(found):
        if level > before + 1:
            wrong.append(f"level {level} ({text!r}) follows level {before} ({above!r})")
    return wrong


def motions(page: Page) -> list[str]:
    """What still moves for longer than 0.01 s; to be asked with ``reduced_motion="reduce"``."""
    return page.evaluate(f"() => {SCRIPT}.motions()")


def unnamed(page: Page) -> list[str]:
    """Controls, pictures and players that a screen reader has no name for."""
    session = page.context.new_cdp_session(page)
    try:
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        # Chromium names a player by what it shows, and a frame not at all: look for what was given.
        wrong = page.evaluate(f"() => {SCRIPT}.unlabelled()")
        for node in nodes:
            role = node.get("role", {}).get("value", "")
            if node.get("ignored") or node.get("name", {}).get("value", "").strip():
                continue
            properties = {
                one["name"]: one["value"].get("value") for one in node.get("properties", [])
            }
            control = properties.get("focusable") and role not in SILENT_ROLES
            if role not in PLAYERS and (control or role in NAMED_ROLES):
                wrong.append(f"{role}: {_opening(session, node)}")
        return wrong
    finally:
        session.detach()


def tab_stops(page: Page) -> list[Stop]:
    """Press Tab from the top of the page until it comes round; gives each element once."""
    page.evaluate(f"() => {SCRIPT}.fromTop()")
    stops: list[Stop] = []
    for _ in range(MAX_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(f"() => {SCRIPT}.stop()")
        if stop is None:  # the browser's own bar, or a frame
            break
        seen = stop.pop("seen")
        if seen:
            if stops and stops[-1].selector == stop["selector"]:
                continue  # another part of the same control, as of a native player
            break
        stops.append(Stop(**{**stop, "box": tuple(stop["box"])}))
    return stops


def crowded(stops: list[Stop], at_most: int = 3) -> list[str]:
    """Tracks (groups) that need more Tab stops than they may."""
    groups: dict[str, list[Stop]] = {}
    for stop in stops:
        if stop.group:
            groups.setdefault(stop.group, []).append(stop)
    return [
        f"{len(some)} stops in {group}: {', '.join(one.words for one in some)}"
        for group, some in groups.items()
        if len(some) > at_most
    ]


def without_ring(page: Page, at_most: int = MAX_STOPS) -> list[str]:
    """What gives no sight that the keyboard is on it: pixels around it, focused and not."""
    page.evaluate(f"() => {SCRIPT}.fromTop()")
    wrong: list[str] = []
    last = None
    for _ in range(at_most):
        page.keyboard.press("Tab")
        stop = page.evaluate(f"() => {SCRIPT}.stop()")
        if stop is None or (stop["seen"] and stop["selector"] != last):
            break
        last = stop["selector"]
        if stop.pop("seen"):
            continue
        clip = _around(stop["box"], page.viewport_size)
        if clip is None:
            wrong.append(f"{stop['words']!r} ({last}) has the focus out of sight")
            continue
        focused = _shot(page, clip)
        page.evaluate(f"() => {SCRIPT}.pale(true)")
        other = _shot(page, clip)
        page.evaluate(f"() => {SCRIPT}.pale(false)")
        changed = ratio(focused, other) >= RING_RATIO
        # At least as many pixels as a line of one pixel along two sides.
        if changed.sum() < (clip["width"] + clip["height"]) * 0.6:
            wrong.append(f"{stop['words']!r} ({last})")
    return wrong


def _opening(session, node: dict) -> str:
    """An element's tag and attributes, or what is known of it."""
    number = node.get("backendDOMNodeId")
    if number is None:
        return "?"
    html = session.send("DOM.getOuterHTML", {"backendNodeId": number})["outerHTML"]
    return html[:200]


def _around(box: list[float], size: dict) -> dict | None:
    left, top = (max(0, side - RING_MARGIN) for side in box[:2])
    right = min(size["width"], box[2] + RING_MARGIN)
    bottom = min(size["height"], box[3] + RING_MARGIN)
    if right - left < 4 or bottom - top < 4:
        return None
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def _shot(page: Page, clip: dict) -> np.ndarray:
    png = page.screenshot(clip=clip, scale="css", caret="hide", animations="disabled")
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
