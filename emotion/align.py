"""From a detected face to what the classifier was trained on: upright, grey, 48x48, framed alike.

The constants were measured: `python -m emotion.training.framing` runs the detector over FER2013's
training faces and takes medians. The eyes' distance says how large a face is, but shrinks when a
head turns; the box does not. So the larger of the two estimates counts.
"""

import cv2
import numpy as np

from emotion.values import Detection

SIZE = 48
"""Width and height of an aligned face in pixels."""

EYES_CENTRE_XY = (24.0, 18.9)
"""Where the middle between the eyes lies in a FER2013 face (2918 faces, quartiles within 2 px)."""

EYES_DISTANCE = 17.5
"""Between the eyes of a FER2013 face, in its pixels (quartiles 15.7 and 19.1)."""

EYES_DISTANCE_PER_BOX = 0.42
"""Eyes' distance as a share of the detector's box width, on frontal faces (0.41 to 0.44)."""


def align(rgb: np.ndarray, detection: Detection) -> np.ndarray:
    """Cut out a face, turned upright by its eyes and framed as FER2013's faces are.

    Parameters
    ----------
    rgb : numpy.ndarray
        uint8, (H, W, 3).
    detection : Detection
        A face in that picture.

    Returns
    -------
    numpy.ndarray
        uint8, (48, 48), grey. Beyond the picture's edge its last pixels are repeated.
    """
    right, left = np.array(detection.right_eye_xy), np.array(detection.left_eye_xy)
    across = left - right
    tilt = np.arctan2(across[1], across[0])
    distance = max(np.hypot(*across), EYES_DISTANCE_PER_BOX * detection.box_xywh[2], 1.0)
    scale = EYES_DISTANCE / distance
    cosine, sine = scale * np.cos(tilt), scale * np.sin(tilt)
    turn = np.array([[cosine, sine], [-sine, cosine]])
    move = np.array(EYES_CENTRE_XY) - turn @ ((right + left) / 2)
    large = scale < 0.5
    # only what is needed is greyed: a frame is many times as large as a face in it
    rows, columns = _surroundings(detection) if large else _looked_at(turn, move, rgb.shape)
    grey = cv2.cvtColor(rgb[rows, columns], cv2.COLOR_RGB2GRAY)
    ratio = np.ones(2)
    if large:
        # warpAffine looks at four pixels only: shrinking further needs a blur, or it flickers
        grey, ratio = _shrunk(grey, scale)
    # pixel centres: a point p of the small picture is (p + 0.5) * ratio - 0.5 + corner before
    corner = (ratio - 1) / 2 + (columns.start, rows.start)
    return cv2.warpAffine(
        grey,
        np.column_stack([turn * ratio, move + turn @ corner]),
        (SIZE, SIZE),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _surroundings(detection: Detection) -> tuple[slice, slice]:
    """Rows and columns of the box and as much again on each side; they may end beyond."""
    x, y, width, height = detection.box_xywh
    margin = max(width, height)
    return (
        slice(max(0, y - margin), y + height + margin),
        slice(max(0, x - margin), x + width + margin),
    )


def _looked_at(turn: np.ndarray, move: np.ndarray, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Rows and columns that warpAffine will look at, of a picture of that shape.

    At least one pixel, also for a face beyond the edge: the edge is what is repeated there.
    """
    last = SIZE - 1
    corners = np.linalg.solve(turn, [[0, 0, last, last], [0, last, 0, last]] - move[:, None])
    inside = (shape[1] - 1, shape[0] - 1)
    # one pixel more on each side: OpenCV rounds where it looks
    left, top = np.clip(np.floor(corners.min(axis=1)) - 1, 0, inside).astype(int).tolist()
    right, bottom = np.clip(np.ceil(corners.max(axis=1)) + 1, 0, inside).astype(int).tolist()
    return slice(top, bottom + 1), slice(left, right + 1)


def _shrunk(grey: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Shrink by area to about the final scale; and the ratio of the sizes, (2,) as (x, y)."""
    size = [max(1, round(length * scale)) for length in grey.shape[::-1]]
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.array(grey.shape[::-1]) / size
