"""Where faces are: RGB array -> boxes and eyes.

Two ways. A photo is looked at thoroughly: as a whole, in overlapping tiles for small faces, and
every candidate is checked by looking again at its surroundings alone. A frame of a video is looked
at once as a whole, fast, and once more at each face, so that the eyes are where they should be.
"""

from collections.abc import Iterator
from typing import Self

import cv2
import numpy as np

from emotion.blazeface import BACK_CAMERA, SHORT_RANGE, BlazeFace, Proposals
from emotion.values import Detection

CANDIDATE_SCORE = 0.35
"""What is worth a second look. Low: small, dark and half-covered faces score 0.4 at first."""

MAX_CANDIDATES = 60
"""Most second looks per pass, about 40 ms each, so that no picture keeps the server for long."""

CHECKED_SCORE = 0.66
"""Least mean score of the second looks. Measured on variants of one portrait (rotated, dark,
covered, small; lowest 0.67) and 13 face-free pictures (a cat 0.62, coins 0.63)."""

FRAME_SCORE = 0.6
"""Least score in a video frame, where a second look would cost too much."""

SURROUNDINGS = (2.2, 3.0)
"""Sides of the squares of the second looks, in box widths: BlazeFace scores faces best there."""

OVERLAP = 0.3
"""Boxes that share more (intersection over union) are one face."""

SMALL_TILE = 320
"""Pixels; in such a tile a 40 px face is an eighth of the side, which BACK_CAMERA sees well."""


class FaceDetector:
    """Finds faces. Thread-safe.

    Parameters
    ----------
    back, short : BlazeFace
        The thorough and the fast network.
    """

    def __init__(self, back: BlazeFace, short: BlazeFace) -> None:
        self._back = back
        self._short = short

    @classmethod
    def load(cls) -> Self:
        """Load both networks; raises `ModelError` as `BlazeFace.load`."""
        return cls(BlazeFace.load(BACK_CAMERA), BlazeFace.load(SHORT_RANGE))

    def detect(self, rgb: np.ndarray) -> list[Detection]:
        """Find all faces in a photo, uint8 (H, W, 3), largest first.

        Faces from about 40 px, tilted up to 45 degrees, dark or partly covered are found. Takes
        some tenths of a second, up to three seconds on large pictures without a face or with a
        crowd; of a crowd about 60 faces are found at most.
        """
        sides = [max(rgb.shape[:2])]
        if sides[0] > SMALL_TILE:
            sides.append(sides[0] // 2)
        found = self._checked(rgb, sides)
        if not found and sides[-1] > SMALL_TILE:
            found = self._checked(rgb, [SMALL_TILE])
        return found

    def detect_in_frame(self, rgb: np.ndarray) -> list[Detection]:
        """Find large faces in a video frame, uint8 (H, W, 3), largest first; some milliseconds."""
        seen = self._short.look(rgb, FRAME_SCORE)
        if not len(seen):  # farther away, or half in the dark
            seen = self._back.look(rgb, FRAME_SCORE)
        seen, faces = _distinct(seen), []
        for score, points in zip(seen.scores, seen.points, strict=True):
            # From afar the eyes' middle is off by a tenth of their distance (median), from here
            # by a thirtieth.
            closer = _look_again(self._short, rgb, points, SURROUNDINGS[0])
            faces.append(Proposals(score[None], closer.points if closer else points[None]))
        return _detections(_joined(faces), rgb)

    def _checked(self, rgb: np.ndarray, sides: list[int]) -> list[Detection]:
        looks = [
            self._back.look(tile, CANDIDATE_SCORE).moved(x, y)
            for side in sides
            for x, y, tile in _tiles(rgb, side)
        ]
        candidates = _distinct(_joined(looks)).points[:MAX_CANDIDATES]  # best first
        checked = [self._check(rgb, points) for points in candidates]
        return _detections(_joined([look for look in checked if look is not None]), rgb)

    def _check(self, rgb: np.ndarray, points: np.ndarray) -> Proposals | None:
        """Look again at a candidate's surroundings; None if the looks do not agree on a face."""
        looks = [
            _look_again(network, rgb, points, surroundings)
            for surroundings in SURROUNDINGS
            for network in (self._back, self._short)
        ]
        score = np.mean([look.scores[0] if look else 0.0 for look in looks])
        if score < CHECKED_SCORE:
            return None
        best = next(look for look in looks if look)  # the tight square, the precise network
        return Proposals(np.array([score], np.float32), best.points)


def _look_again(
    network: BlazeFace, rgb: np.ndarray, points: np.ndarray, surroundings: float
) -> Proposals | None:
    """Look at one candidate in a square of so many box widths; None if no face is there."""
    centre, width = points[0], float(points[1].max())
    side = max(8, round(width * surroundings))
    left, top = (round(float(value)) - side // 2 for value in centre)
    look = _nearest(network.look(_cut(rgb, left, top, side), 0.05), side, width)
    return look.moved(left, top) if look else None


def _nearest(look: Proposals, side: int, width: float) -> Proposals | None:
    """Pick the best proposal about in the middle of a square and about as wide as expected."""
    off = np.abs(look.points[:, 0] - side / 2).max(axis=1, initial=0)
    ratio = look.points[:, 1, 0] / width
    fitting = np.flatnonzero((off < 0.35 * width) & (ratio > 0.5) & (ratio < 1.8))
    if not len(fitting):
        return None
    best = fitting[[look.scores[fitting].argmax()]]
    return Proposals(look.scores[best], look.points[best])


def _tiles(rgb: np.ndarray, side: int) -> Iterator[tuple[int, int, np.ndarray]]:
    """Squares that overlap by half and cover the picture, with their corners (x, y)."""
    height, width = rgb.shape[:2]
    for y in _starts(height, side):
        for x in _starts(width, side):
            yield x, y, rgb[y : y + side, x : x + side]


def _starts(length: int, side: int) -> list[int]:
    last, step = max(0, length - side), max(1, side // 2)
    return sorted({min(start, last) for start in range(0, last + step, step)})


def _cut(rgb: np.ndarray, left: int, top: int, side: int) -> np.ndarray:
    """Cut out a square that may reach beyond the picture; black there."""
    height, width = rgb.shape[:2]
    x, y = max(0, left), max(0, top)
    part = rgb[y : max(y, min(top + side, height)), x : max(x, min(left + side, width))]
    square = np.zeros((side, side, 3), np.uint8)
    square[y - top : y - top + part.shape[0], x - left : x - left + part.shape[1]] = part
    return square


def _joined(looks: list[Proposals]) -> Proposals:
    empty = Proposals(np.zeros(0, np.float32), np.zeros((0, 4, 2), np.float32))
    return Proposals(
        np.concatenate([empty.scores, *(look.scores for look in looks)]),
        np.concatenate([empty.points, *(look.points for look in looks)]),
    )


def _distinct(proposals: Proposals) -> Proposals:
    """Of boxes that overlap, only the best (non-maximum suppression)."""
    corners = proposals.points[:, 0] - proposals.points[:, 1] / 2
    boxes = np.concatenate([corners, proposals.points[:, 1]], axis=1)
    best = cv2.dnn.NMSBoxes(boxes.tolist(), proposals.scores.tolist(), 0.0, OVERLAP)
    kept = np.asarray(best, int).ravel()
    return Proposals(proposals.scores[kept], proposals.points[kept])


def _detections(proposals: Proposals, rgb: np.ndarray) -> list[Detection]:
    """Clip to the picture, drop what overlaps, sort by size."""
    height, width = rgb.shape[:2]
    distinct = _distinct(proposals)
    found = []
    for score, (centre, size, right_eye, left_eye) in zip(
        distinct.scores.tolist(), distinct.points, strict=True
    ):
        first = np.clip(np.round(centre - size / 2), 0, (width - 1, height - 1)).astype(int)
        last = np.clip(np.round(centre + size / 2), first + 1, (width, height)).astype(int)
        box = (*first.tolist(), *(last - first).tolist())
        eyes = (tuple(right_eye.tolist()), tuple(left_eye.tolist()))
        found.append(Detection(box, *eyes, score))
    return sorted(found, key=lambda face: face.box_xywh[2] * face.box_xywh[3], reverse=True)
