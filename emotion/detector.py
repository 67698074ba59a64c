"""Where faces are: RGB array -> boxes and eyes.

Two ways. A photo is looked at thoroughly: as a whole, more closely for small faces and, where that
finds none, with a border and in four turns; every candidate is checked by looking again
at its surroundings alone. A frame of a video is looked at once as a whole, fast, and again at each
face, so that the eyes are where they should be.
"""

from collections.abc import Iterator
from typing import Self

import cv2
import numpy as np

from emotion.blazeface import BACK_CAMERA, BACK_CAMERA_WIDE, SHORT_RANGE, BlazeFace, Proposals
from emotion.second_look import SecondLook
from emotion.values import Detection

CANDIDATE_SCORE = 0.35
"""What is worth a second look. Low: small, dark and half-covered faces score 0.4 at first."""

LYING_SCORE = 0.5
"""The same of small faces in a photo that lies or stands on its head: lower ones are patterns, of
which other turns of a picture have as many (scikit-image's coins 0.39)."""

MAX_CANDIDATES = 60
"""Most candidates per pass, 2 to 30 ms each, so that no picture keeps the server for long."""

FRAME_SCORE = 0.6
"""What is worth a second look in a video frame, where there is less time."""

LARGE_FRAME = 480
"""Pixels of the shorter side: such frames, as most cameras send them, are looked at halved."""

HALF_IS_ENOUGH = 128.0
"""Pixels; of a face so wide the halved frame still holds more pixels than the network looks at."""

OVERLAP = 0.3
"""Boxes that share more (intersection over union) are one face."""

BORDER, GREY = 1 / 3, 128
"""What is put around a picture in which no face was found, as a share of its longer side: of faces
that fill their picture BlazeFace sees few (of 400 of FER2013 343, with this 388)."""

MAX_BORDERED_CANDIDATES = 8
"""MAX_CANDIDATES of each of the four passes over such a picture, which has few faces or none."""

CLOSE = 640
"""Pixels; in such a tile a 40 px face is a sixteenth of the side, which BACK_CAMERA_WIDE sees well:
of such faces on pictures without any it scored 20 of 20 above CANDIDATE_SCORE, as many as squares
of half the size on BACK_CAMERA."""

CLOSE_OVERLAP = 160
"""Pixels that such tiles share, so that a face of half that lies whole in one of them."""


class FaceDetector:
    """Finds faces. Thread-safe.

    Parameters
    ----------
    back, wide, short : BlazeFace
        The thorough network, the same over four times the area, and the fast one.
    """

    def __init__(self, back: BlazeFace, wide: BlazeFace, short: BlazeFace) -> None:
        self._back = back
        self._wide = wide
        self._short = short
        self._second = SecondLook(back, short)

    @classmethod
    def load(cls) -> Self:
        """Load the networks; raises `ModelError` as `BlazeFace.load`."""
        return cls(*map(BlazeFace.load, (BACK_CAMERA, BACK_CAMERA_WIDE, SHORT_RANGE)))

    def another(self) -> Self:
        """Load another one, to look at the same time; both share the wide network's memory."""
        return type(self)(BlazeFace.load(BACK_CAMERA), self._wide, BlazeFace.load(SHORT_RANGE))

    def detect(self, rgb: np.ndarray) -> list[Detection]:
        """Find all faces in a photo, uint8 (H, W, 3), largest first.

        Faces from about 40 px, however they are turned, dark or partly covered are found. Takes
        some tenths of a second, up to three seconds on large pictures without a face or with a
        crowd; of a crowd about 60 faces are found at most.
        """
        looks = [self._back.look(rgb, CANDIDATE_SCORE)]
        if max(rgb.shape[:2]) > CLOSE // 2:
            looks.append(self._wide.look(rgb, CANDIDATE_SCORE))
        found = self._checked(rgb, looks)
        if not len(found) and max(rgb.shape[:2]) > CLOSE:
            found = self._checked(rgb, [*self._close(rgb)])
        if not len(found):
            found = self._bordered(rgb)
        return _detections(found, rgb)

    def detect_in_frame(self, rgb: np.ndarray) -> list[Detection]:
        """Find large faces in a video frame, uint8 (H, W, 3), largest first; some milliseconds."""
        half, scale = _halved(rgb)
        seen = self._short.look(half, FRAME_SCORE).scaled(scale)
        if not len(seen):  # farther away, or half in the dark
            seen = self._back.look(rgb, FRAME_SCORE)
        seen, faces = _distinct(seen), []
        for score, points in zip(seen.scores, seen.points, strict=True):
            # From afar the eyes' middle is off by a tenth of their distance (median), from here
            # by a thirtieth.
            if points[1].max() >= HALF_IS_ENOUGH:
                closer = self._second.check_in_frame(half, points / scale)
                closer = closer and closer.scaled(scale)
            else:
                closer = self._second.check_in_frame(rgb, points)
            if closer is not None:
                faces.append(Proposals(score[None], closer.points))
        return _detections(_joined(faces), rgb)

    def _close(self, rgb: np.ndarray) -> Iterator[Proposals]:
        """Look at one part after another of a picture so large that small faces are lost in it."""
        for x, y, tile in _tiles(rgb, CLOSE, CLOSE_OVERLAP):
            yield self._wide.look(tile, CANDIDATE_SCORE).moved(x, y)

    def _checked(
        self, rgb: np.ndarray, looks: list[Proposals], most: int = MAX_CANDIDATES
    ) -> Proposals:
        distinct = _distinct(_joined(looks))  # best first
        candidates = zip(distinct.points[:most], distinct.scores[:most].tolist(), strict=True)
        checked = [self._second.check(rgb, points, score) for points, score in candidates]
        return _joined([look for look in checked if look is not None])

    def _bordered(self, rgb: np.ndarray) -> Proposals:
        """Look for a face that fills the picture, that lies, or that stands on its head."""
        border = max(1, round(max(rgb.shape[:2]) * BORDER))
        wide = np.pad(rgb, ((border, border), (border, border), (0, 0)), constant_values=GREY)
        found = _joined([])
        for quarters in (0, 2, 1, 3):
            turned = np.ascontiguousarray(np.rot90(wide, quarters))
            looks = [self._back.look(turned, CANDIDATE_SCORE)]
            if quarters and max(turned.shape[:2]) > CLOSE // 2:
                looks.append(self._wide.look(turned, LYING_SCORE))
            found = self._checked(turned, looks, MAX_BORDERED_CANDIDATES)
            if len(found):
                return found.turned(-quarters, turned.shape[1::-1]).moved(-border, -border)
        return found


def _halved(rgb: np.ndarray) -> tuple[np.ndarray, float]:
    """Halve a frame, if it is large and has whole halves; and tell by how much it was shrunk.

    The networks look at 128 pixels a side. Shrinking by two first and then by the rest takes a
    third of the time of shrinking at once, and is as exact.
    """
    height, width = rgb.shape[:2]
    if min(height, width) < LARGE_FRAME or height % 2 or width % 2:
        return rgb, 1.0
    return cv2.resize(rgb, (width // 2, height // 2), interpolation=cv2.INTER_AREA), 2.0


def _tiles(rgb: np.ndarray, side: int, overlap: int) -> Iterator[tuple[int, int, np.ndarray]]:
    """Squares that overlap and cover the picture, with their corners (x, y)."""
    height, width = rgb.shape[:2]
    for y in _starts(height, side, overlap):
        for x in _starts(width, side, overlap):
            yield x, y, rgb[y : y + side, x : x + side]


def _starts(length: int, side: int, overlap: int) -> list[int]:
    last, step = max(0, length - side), side - overlap
    return sorted({min(start, last) for start in range(0, last + step, step)})


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
