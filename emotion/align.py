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
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    if scale < 0.5:
        # warpAffine looks at four pixels only: shrinking further needs a blur, or it flickers
        grey, turn, move = _shrunk_around(grey, detection, turn, move, scale)
    return cv2.warpAffine(
        grey,
        np.column_stack([turn, move]),
        (SIZE, SIZE),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _shrunk_around(
    grey: np.ndarray, detection: Detection, turn: np.ndarray, move: np.ndarray, scale: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut the face's surroundings out and shrink them by area to about the final scale."""
    x, y, width, height = detection.box_xywh
    margin = max(width, height)
    left, top = max(0, x - margin), max(0, y - margin)
    part = grey[top : y + height + margin, left : x + width + margin]
    size = [max(1, round(length * scale)) for length in part.shape[::-1]]
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    ratio = np.array(part.shape[::-1]) / size
    # pixel centres: a point p of the small picture is (p + 0.5) * ratio - 0.5 + corner before
    corner = (ratio - 1) / 2 + (left, top)
    return small, turn * ratio, move + turn @ corner
