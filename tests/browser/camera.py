"""What Chromium's fake camera sees: a face that fills the picture and sways a little."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

FRAME_SIZE = (640, 480)
FRAMES = 60
# The smiling face in scikit-image's 512x512 astronaut: left, top, width, height, shaped 4:3.
FACE_WINDOW = (85, 20, 280, 210)
SWAY_PIXELS = 4  # of the original picture; a still picture would hide a frozen stream


def fake_camera_frames(astronaut_rgb: np.ndarray) -> Iterator[np.ndarray]:
    """Yield BGR uint8 (480, 640, 3) pictures of one round of swaying.

    Parameters
    ----------
    astronaut_rgb : numpy.ndarray
        RGB uint8 (512, 512, 3): `skimage.data.astronaut()`.
    """
    left, top, width, height = FACE_WINDOW
    bgr = cv2.cvtColor(astronaut_rgb, cv2.COLOR_RGB2BGR)
    for turn in np.linspace(0, 2 * np.pi, FRAMES, endpoint=False):
        x = left + round(SWAY_PIXELS * np.sin(turn))
        y = top + round(SWAY_PIXELS * np.cos(turn))
        yield cv2.resize(bgr[y : y + height, x : x + width], FRAME_SIZE)


def write_fake_camera(astronaut_rgb: np.ndarray, path: Path) -> Path:
    """Write the swaying face as `write_film` does."""
    return write_film(fake_camera_frames(astronaut_rgb), path)


def write_film(frames: Iterable[np.ndarray], path: Path) -> Path:
    """Write the stream for ``--use-file-for-fake-video-capture``, which Chromium loops.

    Its name must end in ``.mjpeg``: JPEG pictures one after another, of BGR uint8 (H, W, 3).
    """
    with path.open("wb") as file:
        for frame in frames:
            _, jpeg = cv2.imencode(".jpg", frame)
            file.write(jpeg.tobytes())
    return path


NEUTRAL_IN_LFW = 54
"""Of scikit-image's faces of LFW: one that is read as neutral, surely (0.91)."""


def two_faces_frames(astronaut_rgb: np.ndarray, lfw: np.ndarray) -> Iterator[np.ndarray]:
    """Yield BGR uint8 (480, 640, 3) pictures of two who sway: one smiles, one does not.

    Parameters
    ----------
    astronaut_rgb : numpy.ndarray
        As in `fake_camera_frames`.
    lfw : numpy.ndarray
        float, (200, 25, 25), grey, 0..1: `skimage.data.lfw_subset()`.
    """
    smiling = cv2.resize(
        cv2.cvtColor(astronaut_rgb, cv2.COLOR_RGB2BGR)[20:230, 130:320], (245, 270)
    )
    grey = (lfw[NEUTRAL_IN_LFW] * 255).astype(np.uint8)
    large = cv2.resize(grey, (200, 200), interpolation=cv2.INTER_CUBIC)
    serious = cv2.cvtColor(cv2.GaussianBlur(large, (0, 0), 2), cv2.COLOR_GRAY2BGR)
    for turn in np.linspace(0, 2 * np.pi, FRAMES, endpoint=False):
        frame = np.full((FRAME_SIZE[1], FRAME_SIZE[0], 3), 195, np.uint8)
        for picture, left, top in ((smiling, 30, 120), (serious, 380, 150)):
            x = left + round(3 * SWAY_PIXELS * np.sin(turn))
            y = top + round(3 * SWAY_PIXELS * np.cos(turn))
            frame[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
        yield frame
