"""A picture in, its faces with their emotions out: detect, align, classify."""

import os
from collections.abc import Sequence
from typing import Self

import numpy as np

from emotion.align import SIZE, align
from emotion.classifier import EmotionClassifier
from emotion.detector import FaceDetector
from emotion.image import read_image
from emotion.line import Line
from emotion.values import Detection, Face
from telemetry.metrics import Way, reading

PHOTOS_AT_ONCE = 2
"""Most photos that are read at the same time; on a machine with one core, one. All share the wide
look, which is half of the work and 51 MB: a third would wait for it."""

Models = tuple[FaceDetector, EmotionClassifier]


class FaceReader:
    """Reads faces. Thread-safe: photos are read some at a time, in the order in which they came.

    Parameters
    ----------
    detector : FaceDetector
    classifier : EmotionClassifier
        These read frames of videos, one at a time (`emotion.pace.Turns`), and photos only where
        there are no others: a video never waits for a hundred photos.
    for_photos : sequence of (FaceDetector, EmotionClassifier)
        Each reads a photo at the same time as the others.
    """

    def __init__(
        self,
        detector: FaceDetector,
        classifier: EmotionClassifier,
        for_photos: Sequence[Models] = (),
    ) -> None:
        self._for_frames = (detector, classifier)
        self._for_photos = Line(for_photos or [self._for_frames])

    @classmethod
    def load(cls) -> Self:
        """Load the models that ship with the app, as often as photos are read at the same time.

        Raises
        ------
        ModelError
            A model is missing or was altered.
        """
        detector = FaceDetector.load()
        at_once = min(PHOTOS_AT_ONCE, os.cpu_count() or 1)
        for_photos = [(detector.another(), EmotionClassifier.load()) for _ in range(at_once)]
        return cls(detector, EmotionClassifier.load(), for_photos)

    def read(self, rgb: np.ndarray) -> list[Face]:
        """Read all faces in a photo; wait until it is its turn.

        Parameters
        ----------
        rgb : numpy.ndarray
            uint8, (H, W, 3), RGB, upright, as `read_image` gives it.

        Returns
        -------
        list of Face
            Largest first; empty if there is none.
        """
        _check(rgb)
        with reading(Way.PHOTO), self._for_photos.lend() as (detector, classifier):
            return _classified(rgb, detector.detect(rgb), classifier)

    def read_file(self, data: bytes) -> tuple[np.ndarray, list[Face]]:
        """Decode a photo and read it as `read` does, both when it is its turn.

        So as many photos lie decoded in memory as are read at the same time, however many wait:
        one takes up to 8 MB.

        Parameters
        ----------
        data : bytes
            What a visitor uploaded or the camera gave.

        Returns
        -------
        rgb : numpy.ndarray
            As `read_image` gives it.
        faces : list of Face

        Raises
        ------
        ImageError
            This is no picture that can be read.
        """
        with reading(Way.PHOTO), self._for_photos.lend() as (detector, classifier):
            rgb = read_image(data)
            return rgb, _classified(rgb, detector.detect(rgb), classifier)

    def read_frame(self, rgb: np.ndarray) -> list[Face]:
        """Read the large faces in a video frame, as `read` but in some milliseconds."""
        _check(rgb)
        detector, classifier = self._for_frames
        with reading(Way.FRAME):
            return _classified(rgb, detector.detect_in_frame(rgb), classifier)


def _classified(
    rgb: np.ndarray, found: list[Detection], classifier: EmotionClassifier
) -> list[Face]:
    aligned = [align(rgb, detection) for detection in found]
    faces = np.stack(aligned) if aligned else np.zeros((0, SIZE, SIZE), np.uint8)
    probabilities = classifier.predict(faces)
    return [Face(*pair) for pair in zip(found, probabilities, strict=True)]


def _check(rgb: np.ndarray) -> None:
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or 0 in rgb.shape:
        raise ValueError(f"expected uint8 (H, W, 3), got {rgb.dtype} {rgb.shape}")
