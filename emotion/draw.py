"""Boxes and labels on a picture: the same look for photos and live video.

Labels are drawn once by Pillow, which has a font, and pasted from then on: a video shows the same
few for minutes. Boxes are OpenCV's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont

from emotion.values import Emotion, Face
from page.lettering import Typeface, font

LIGHT, DARK = (255, 252, 247), (28, 23, 20)
"""RGB; light on dark and dark on light, so that it shows on any picture."""


MOST_LABELS = 256
"""Kept: seven emotions in steps of 5 %, filled or not, are 280; of 10 KB each in a video."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What is drawn for one face.

    Attributes
    ----------
    box_xywh : tuple of int
        Left, top, width, height in pixels.
    text : str
        On its label.
    strong : bool
        It stands out: a thicker box and a filled label.
    """

    box_xywh: tuple[int, int, int, int]
    text: str
    strong: bool = True


def draw_faces(
    rgb: np.ndarray,
    faces: Sequence[Face],
    chosen: int = 0,
    name_of: Callable[[Emotion], str] = str,
) -> np.ndarray:
    """Draw a box per face and its label.

    Parameters
    ----------
    rgb : numpy.ndarray
        uint8, (H, W, 3); left as it is.
    faces : sequence of Face
        With several, labels are numbered from 1.
    chosen : int
        The face whose box is drawn strongest and label is filled.
    name_of : callable
        How an emotion is called in the visitor's language.

    Returns
    -------
    numpy.ndarray
        uint8, (H, W, 3), a copy with boxes and labels; read-only.
    """
    marks = []
    for index, face in enumerate(faces):
        number = f"{index + 1}  " if len(faces) > 1 else ""
        text = f"{number}{name_of(face.emotion)}  {face.confidence:.0%}"
        marks.append(Mark(face.box_xywh, text, index == chosen))
    return draw_marks(rgb, marks)


def draw_marks(rgb: np.ndarray, marks: Sequence[Mark], zoom: float = 1.0) -> np.ndarray:
    """Draw boxes and labels as `draw_faces` does, with any text and letters `zoom` as large."""
    drawn = rgb.copy()
    unit = max(1.0, max(rgb.shape[:2]) / 400)  # everything grows with the picture
    for mark in marks:
        _box(drawn, mark.box_xywh, unit * (1.6 if mark.strong else 0.9), unit)
    for mark in marks:
        _label(drawn, mark, unit * zoom)
    drawn.flags.writeable = False
    return drawn


def _box(
    rgb: np.ndarray, box_xywh: tuple[int, int, int, int], thickness: float, unit: float
) -> None:
    """Draw a rounded rectangle with a dark edge."""
    x, y, width, height = box_xywh
    radius = round(min(width, height) * 0.12)
    right, bottom = x + width - 1, y + height - 1
    centres = {
        180: (x + radius, y + radius),
        270: (right - radius, y + radius),
        0: (right - radius, bottom - radius),
        90: (x + radius, bottom - radius),
    }
    arcs = [
        cv2.ellipse2Poly(centre, (radius, radius), 0, start, start + 90, 6)
        for start, centre in centres.items()
    ]
    outline = [np.concatenate(arcs)]
    line = max(1, round(thickness))
    edge = 2 * max(1, round(unit / 2))  # OpenCV may draw an odd surplus as none
    for colour, wide in ((DARK, line + edge), (LIGHT, line)):
        cv2.polylines(rgb, outline, True, colour, wide, lineType=cv2.LINE_AA)


def _label(rgb: np.ndarray, mark: Mark, unit: float) -> None:
    """Paste the label above the box, or below it where there is no room."""
    height, width = rgb.shape[:2]
    pill, cover = _pill(mark.text, unit, width, mark.strong)
    pill_height, pill_width = cover.shape
    x, y, box_width, box_height = mark.box_xywh
    gap = round(2 * unit)
    left = min(max(0, x + (box_width - pill_width) // 2), max(0, width - pill_width))
    top = y - pill_height - gap
    if top < 0:
        top = max(0, min(y + box_height + gap, height - pill_height))
    _paste(rgb, pill, cover, left, top)


def _paste(rgb: np.ndarray, pill: np.ndarray, cover: np.ndarray, left: int, top: int) -> None:
    """Lay a pill over what is below, as far as it covers."""
    below = rgb[top : top + pill.shape[0], left : left + pill.shape[1]]
    rows, columns = below.shape[:2]  # a tiny picture has no room for all of it
    share = cover[:rows, :columns, None].astype(np.uint16)
    mixed = (pill[:rows, :columns] * share + below * (255 - share) + 127) // 255
    below[:] = mixed.astype(np.uint8)


@lru_cache(maxsize=MOST_LABELS)
def _pill(text: str, unit: float, room: int, strong: bool) -> tuple[np.ndarray, np.ndarray]:
    """Write text on a pill at most `room` pixels wide; and how far it covers what is below.

    Gives uint8 (h, w, 3) and, 0..255, (h, w).
    """
    needed = _lettering(unit).getlength(text) + 9 * unit
    unit *= min(1, (room - 1) / needed)  # narrower than its label: a smaller label
    letters = _lettering(unit)
    pad = 4.5 * unit
    left, top, right, bottom = letters.getbbox(text)
    width = max(1, round(right - left + 2 * pad))
    height = max(1, round(bottom - top + 1.4 * pad))
    ground, ink = (LIGHT, DARK) if strong else (DARK, LIGHT)
    image = Image.new("RGB", (width, height), ground)
    ImageDraw.Draw(image).text((pad - left, 0.7 * pad - top), text, fill=ink, font=letters)
    cover = Image.new("L", (width, height), 0)
    shape = (0, 0, width - 1, height - 1)
    ImageDraw.Draw(cover).rounded_rectangle(shape, height / 2.2, fill=255)
    return np.asarray(image), np.asarray(cover)


def _lettering(unit: float) -> FreeTypeFont:
    return font(Typeface.SANS, max(1, round(11 * unit)), 600)
