"""The part of a picture that a portrait shows: one face with some air around it."""

import cv2
import numpy as np

AIR = 0.35
"""How much stands around the face's box on each side, as a share of the box's longer side."""


def portrait(
    rgb: np.ndarray, box_xywh: tuple[int, int, int, int], most: int | None = None
) -> np.ndarray:
    """Cut a square around a face out of a picture.

    Parameters
    ----------
    rgb : numpy.ndarray
        uint8, (H, W, 3).
    box_xywh : tuple of int
        Left, top, width, height of the face, as in `Detection.box_xywh`.
    most : int or None
        Pixels; a larger square is shrunk to this.

    Returns
    -------
    numpy.ndarray
        uint8, (N, N, 3), a copy, so that it does not keep the whole picture. Where the air would
        lie outside the picture the square moves inside; N is at most the picture's shorter side.
    """
    height, width = rgb.shape[:2]
    left, top, wide, high = box_xywh
    side = max(1, min(round(max(wide, high) * (1 + 2 * AIR)), height, width))
    x = min(max(round(left + wide / 2 - side / 2), 0), width - side)
    y = min(max(round(top + high / 2 - side / 2), 0), height - side)
    square = rgb[y : y + side, x : x + side]
    if most is not None and side > most:
        return cv2.resize(square, (most, most), interpolation=cv2.INTER_AREA)
    return square.copy()
