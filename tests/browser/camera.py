"""What Chromium's fake camera sees: a face that fills the picture and sways a little."""

from collections.abc import Iterator
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
    """Write the stream for ``--use-file-for-fake-video-capture``, which Chromium loops.

    Its name must end in ``.mjpeg``: JPEG pictures one after another.
    """
    with path.open("wb") as file:
        for frame in fake_camera_frames(astronaut_rgb):
            _, jpeg = cv2.imencode(".jpg", frame)
            file.write(jpeg.tobytes())
    return path
