"""Contrast of what can be read, measured on the page's pixels.

What axe works out from style sheets ends at gradients, tints and pictures. Here the ground is what
is really drawn: each stretch of text is looked at twice, with its letters and without, and
what is there without them is their ground. Their colour is the computed one, composed over that
ground, so that the blur of their edges does not count.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Frame, Page

NEEDED = {"text": 4.5, "placeholder": 4.5, "large text": 3.0, "icon": 3.0, "edge": 3.0}
"""What WCAG 1.4.3 and 1.4.11 ask of text, large text, icons and the edges of fields."""
WORST = 5
"""Percentile of the ground taken for the worst: less is a stray pixel."""
SEEN = 3
"""By how much (of 255) a channel must change for a pixel to be part of a letter."""
FEW = 4
"""Pixels; fewer that change are no letter."""
INVISIBLE = 1.3
"""A ratio under which letters may be there although no pixel changes."""
ROUNDING = 0.02
"""Colours on screen are whole numbers: a ratio may be off by that much."""
SCRIPT = (Path(__file__).with_name("contrast.js")).read_text()


@dataclass(frozen=True)
class Faint:
    """Something that is harder to see than WCAG allows.

    Attributes
    ----------
    text : str
        What stands there; of an icon its name, of a field's edge the field's.
    kind : str
        "text", "large text", "icon", "placeholder" or "edge".
    ratio, needed : float
        As measured, and as asked for.
    colours : str
        The letters and the worst of the ground, as hexadecimal RGB.
    selector : str
        A way to find it.
    """

    text: str
    kind: str
    ratio: float
    needed: float
    colours: str
    selector: str

    def __str__(self) -> str:
        return (
            f"{self.ratio:.2f}:1 (needs {self.needed:g}:1) {self.kind} {self.text[:60]!r}, "
            f"{self.colours}, {self.selector}"
        )


def faint(page: Page) -> list[Faint]:
    """Measure everything that can be seen, by scrolling through the page; gives what is too faint.

    Each text once, where it is worst. Disabled controls do not count (WCAG 1.4.3), and neither
    does what lies behind something else.
    """
    worst: dict[tuple[str, str, str], Faint] = {}
    for one in _measured(page):
        key = (one.kind, one.text, one.selector)
        if key not in worst or one.ratio < worst[key].ratio:
            worst[key] = one
    return sorted(
        filter(_too_faint, worst.values()),
        key=lambda one: one.ratio / one.needed,
    )


def measured(page: Page) -> list[Faint]:
    """Give everything in view with its ratio, whether it is enough or not."""
    with_frames = _prepare(page)
    return _in_view(page, with_frames)


def luminance(rgb: np.ndarray) -> np.ndarray:
    """WCAG's relative luminance (...,) of sRGB 0..255 (..., 3)."""
    share = np.asarray(rgb, dtype=float) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def ratio(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """WCAG's contrast (...,), 1 to 21, between sRGB colours 0..255 (..., 3)."""
    first, second = luminance(one), luminance(other)
    return (np.maximum(first, second) + 0.05) / (np.minimum(first, second) + 0.05)


def _measured(page: Page) -> Iterator[Faint]:
    frames = _prepare(page)
    scrollers = page.evaluate("() => contrastOfText.scrollers()")
    if not scrollers:
        yield from _in_view(page, frames)
    for number in range(scrollers):
        at = 0
        while True:
            more = page.evaluate(
                "([number, at]) => contrastOfText.scroll(number, at)", [number, at]
            )
            yield from _in_view(page, frames)
            if not more:
                break
            at += 1
        page.evaluate("number => contrastOfText.scroll(number, 0)", number)


def _prepare(page: Page) -> list[Frame]:
    """Put the script into the page and what it frames."""
    ready = []
    for frame in page.frames:
        try:
            frame.evaluate(SCRIPT)
            ready.append(frame)
        except PlaywrightError:
            if not frame.is_detached():
                raise
    return ready


def _in_view(page: Page, frames: list[Frame]) -> list[Faint]:
    found = list(_look(page, frames))
    if any(_too_faint(one) for one in found):
        # What is redrawn between the two pictures has its letters on both: it is its own ground.
        # What is too faint is so a second time, too.
        found = list(_look(page, frames))
    return found


def _too_faint(one: Faint) -> bool:
    return one.ratio < one.needed - ROUNDING


def _look(page: Page, frames: list[Frame]) -> Iterator[Faint]:
    things = []
    for frame in frames:
        if frame.is_detached():
            continue
        left, top = _origin(frame)
        for thing in frame.evaluate("() => contrastOfText.things()"):
            x0, y0, x1, y1 = thing["box"]
            thing["box"] = [x0 + left, y0 + top, x1 + left, y1 + top]
            things.append(thing)
    shown = _shot(page)
    _all(frames, "() => contrastOfText.hide()")
    try:
        ground = _shot(page)
    finally:
        _all(frames, "() => contrastOfText.show()")
    for thing in things:
        box = _within(thing["box"], ground.shape)
        if box is None:
            continue
        one = _edge(thing, ground) if thing["kind"] == "edge" else _text(thing, box, shown, ground)
        if one:
            yield one


def _text(
    thing: dict, box: tuple[slice, slice], shown: np.ndarray, ground: np.ndarray
) -> Faint | None:
    behind, drawn = ground[box], shown[box]
    letters = np.abs(drawn.astype(int) - behind).max(axis=2) > SEEN
    seen = letters.sum() >= FEW
    if thing["covered"] == "yes" or (thing["covered"] == "partly" and not seen):
        return None
    if thing["covered"] == "partly":
        grounds = behind[letters]  # and nothing of what lies over the rest
    else:
        # All that is between the letters, too: where they are white on white, nothing differs.
        margin = round(len(behind) * 0.15)  # lines are higher than letters
        grounds = behind[margin : len(behind) - margin or None].reshape(-1, 3)
    *colour, alpha = thing["colour"]
    composed = alpha * np.array(colour, dtype=float) + (1 - alpha) * grounds
    ratios = ratio(composed, grounds)
    if not seen and np.median(ratios) > INVISIBLE:
        return None  # it would be seen if it were drawn: something hides it
    worst = int(np.argmin(np.abs(ratios - np.percentile(ratios, WORST))))
    colours = f"{_hex(composed[worst])} on {_hex(grounds[worst])}"
    kind = thing["kind"]
    return Faint(
        thing["text"], kind, float(ratios[worst]), NEEDED[kind], colours, thing["selector"]
    )


def _edge(thing: dict, ground: np.ndarray) -> Faint | None:
    """How far a field's edge stands out: the strongest line along its sides against outside."""
    x0, y0, x1, y1 = (round(side) for side in thing["box"])
    height, width, _ = ground.shape
    if x0 < 4 or y0 < 4 or x1 > width - 4 or y1 > height - 4 or thing["covered"] != "no":
        return None
    middle_x = slice(x0 + (x1 - x0) // 3, x1 - (x1 - x0) // 3)
    # four sides; of each, lines from 3 px outside to 3 px inside, (lines, pixels, 3)
    below = ground[y1 - 3 : y1 + 4, middle_x][::-1]
    above = ground[y0 - 3 : y0 + 4, middle_x]
    best, colours = 1.0, ""
    for side in (below, above):
        lines = np.median(side, axis=1)
        ratios = ratio(lines[1:], lines[:1])
        if ratios.max() > best:
            best = float(ratios.max())
            colours = f"{_hex(lines[1:][int(ratios.argmax())])} on {_hex(lines[0])}"
    return Faint(thing["text"], "edge", best, NEEDED["edge"], colours, thing["selector"])


def _shot(page: Page) -> np.ndarray:
    """What is on the screen: RGB uint8 (height, width, 3), a pixel for each of CSS."""
    png = page.screenshot(scale="css", caret="hide")
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def _origin(frame: Frame) -> tuple[float, float]:
    if frame.parent_frame is None:
        return 0.0, 0.0
    box = frame.frame_element().bounding_box()
    return (box["x"], box["y"]) if box else (-1e6, -1e6)


def _all(frames: list[Frame], script: str) -> None:
    for frame in frames:
        if not frame.is_detached():
            frame.evaluate(script)


def _within(box: list[float], shape: tuple[int, ...]) -> tuple[slice, slice] | None:
    x0, y0, x1, y1 = box
    left, top = max(0, int(x0)), max(0, int(y0))
    right, bottom = min(shape[1], int(np.ceil(x1))), min(shape[0], int(np.ceil(y1)))
    return (slice(top, bottom), slice(left, right)) if right > left and bottom > top else None


def _hex(colour: np.ndarray) -> str:
    return "#" + "".join(f"{round(float(part)):02X}" for part in colour)
