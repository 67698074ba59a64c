"""Boxes and labels on a picture: the same look for photos and live video."""

from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from emotion.values import Face

LIGHT, DARK = (255, 252, 247), (28, 23, 20)
"""RGB; light on dark and dark on light, so that it shows on any picture."""


def draw_faces(rgb: np.ndarray, faces: Sequence[Face], chosen: int = 0) -> np.ndarray:
    """Draw a box per face and its label.

    Parameters
    ----------
    rgb : numpy.ndarray
        uint8, (H, W, 3); left as it is.
    faces : sequence of Face
        With several, labels are numbered from 1.
    chosen : int
        The face whose box is drawn strongest and label is filled.

    Returns
    -------
    numpy.ndarray
        uint8, (H, W, 3), a copy with boxes and labels; read-only.
    """
    drawn = rgb.copy()
    if not faces:
        drawn.flags.writeable = False  # as what comes out of Pillow is
        return drawn
    unit = max(1.0, max(rgb.shape[:2]) / 400)  # everything grows with the picture
    for index, face in enumerate(faces):
        _box(drawn, face.box_xywh, unit * (1.6 if index == chosen else 0.9), unit)
    image = Image.fromarray(drawn)
    canvas = ImageDraw.Draw(image)
    for index, face in enumerate(faces):
        number = f"{index + 1}  " if len(faces) > 1 else ""
        text = f"{number}{face.emotion}  {face.confidence:.0%}"
        _label(canvas, image.size, face.box_xywh, text, unit, filled=index == chosen)
    return np.asarray(image)


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


def _label(
    canvas: ImageDraw.ImageDraw,
    size: tuple[int, int],
    box_xywh: tuple[int, int, int, int],
    text: str,
    unit: float,
    *,
    filled: bool,
) -> None:
    """Write text on a pill above the box, or below it where there is no room."""
    needed = canvas.textlength(text, font=ImageFont.load_default(size=10 * unit)) + 9 * unit
    unit *= min(1, size[0] / needed)  # narrower than its label: a smaller label
    font = ImageFont.load_default(size=max(1, 10 * unit))
    pad = 4.5 * unit
    left, top, right, bottom = canvas.textbbox((0, 0), text, font=font)
    width, height = right - left + 2 * pad, bottom - top + 1.4 * pad
    x, y, box_width, box_height = box_xywh
    pill_x = min(max(0, x + box_width / 2 - width / 2), max(0, size[0] - width))
    pill_y = y - height - 2 * unit
    if pill_y < 0:
        pill_y = min(y + box_height + 2 * unit, size[1] - height)
    ground, ink = (LIGHT, DARK) if filled else (DARK, LIGHT)
    canvas.rounded_rectangle(
        (pill_x, pill_y, pill_x + width, pill_y + height), height / 2.2, fill=ground
    )
    canvas.text((pill_x + pad - left, pill_y + 0.7 * pad - top), text, fill=ink, font=font)
