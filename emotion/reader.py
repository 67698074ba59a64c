"""A picture in, its faces with their emotions out: detect, align, classify."""

from typing import Self

import numpy as np

from emotion.align import SIZE, align
from emotion.classifier import EmotionClassifier
from emotion.detector import FaceDetector
from emotion.values import Detection, Face
from telemetry.metrics import Way, reading


class FaceReader:
    """Reads faces. Thread-safe.

    Parameters
    ----------
    detector : FaceDetector
    classifier : EmotionClassifier
    """

    def __init__(self, detector: FaceDetector, classifier: EmotionClassifier) -> None:
        self._detector = detector
        self._classifier = classifier

    @classmethod
    def load(cls) -> Self:
        """Load the models that ship with the app.

        Raises
        ------
        ModelError
            A model is missing or was altered.
        """
        return cls(FaceDetector.load(), EmotionClassifier.load())

    def read(self, rgb: np.ndarray) -> list[Face]:
        """Read all faces in a photo.

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
        with reading(Way.PHOTO):
            return self._classified(rgb, self._detector.detect(rgb))

    def read_frame(self, rgb: np.ndarray) -> list[Face]:
        """Read the large faces in a video frame, as `read` but in some milliseconds."""
        _check(rgb)
        with reading(Way.FRAME):
            return self._classified(rgb, self._detector.detect_in_frame(rgb))

    def _classified(self, rgb: np.ndarray, found: list[Detection]) -> list[Face]:
        aligned = [align(rgb, detection) for detection in found]
        faces = np.stack(aligned) if aligned else np.zeros((0, SIZE, SIZE), np.uint8)
        probabilities = self._classifier.predict(faces)
        return [Face(*pair) for pair in zip(found, probabilities, strict=True)]


def _check(rgb: np.ndarray) -> None:
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or 0 in rgb.shape:
        raise ValueError(f"expected uint8 (H, W, 3), got {rgb.dtype} {rgb.shape}")
