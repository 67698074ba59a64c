"""The same face from nearby: zoomed, turned, shifted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from emotion.training.dataset import FACE_SIZE


@dataclass(frozen=True)
class View:
    """One look at a face."""

    zoom: float = 1.0
    """Above 1 from nearer."""
    rotation_deg: float = 0.0
    right_px: float = 0.0
    down_px: float = 0.0
    """How far the face is moved, in pixels of the 48x48 picture."""


STRAIGHT = View()
"""The face as it is."""


def seen(faces: np.ndarray, view: View) -> np.ndarray:
    """Look at faces; beyond the edges their last pixels are repeated.

    Parameters
    ----------
    faces : numpy.ndarray
        uint8, (N, 48, 48).
    view : View

    Returns
    -------
    numpy.ndarray
        uint8, (N, 48, 48).
    """
    if view == STRAIGHT:
        return faces
    centre = ((FACE_SIZE - 1) / 2, (FACE_SIZE - 1) / 2)
    matrix = cv2.getRotationMatrix2D(centre, view.rotation_deg, view.zoom)
    matrix[:, 2] += np.array([view.right_px, view.down_px])
    size = (FACE_SIZE, FACE_SIZE)
    return np.stack(
        [cv2.warpAffine(face, matrix, size, borderMode=cv2.BORDER_REPLICATE) for face in faces]
    )


def looks(faces: np.ndarray, views: Iterable[View] = (STRAIGHT,)) -> Iterator[np.ndarray]:
    """Give what a network is shown, one look after the other: each view, and its mirror image.

    Parameters
    ----------
    faces : numpy.ndarray
        uint8, (N, 48, 48).
    views : iterable of View

    Yields
    ------
    numpy.ndarray
        float32, (N, 48, 48), 0..255.
    """
    for view in views:
        straight = seen(faces, view).astype(np.float32)
        yield straight
        yield straight[:, :, ::-1]
