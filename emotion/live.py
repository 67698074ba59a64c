"""Live video: frames over time -> a smoothed emotion, and frames with boxes drawn.

One thread computes (the video's), another reads (the page's); a lock stands between them. Nothing
of Streamlit here.
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from emotion.draw import draw_faces
from emotion.reader import FaceReader

log = logging.getLogger(__name__)

SMOOTHING_S = 0.8
"""Time constant: after it, a changed expression has moved the smoothed one 63 % of the way."""

FORGET_S = 3.0
"""Without a face for so long, the next face starts afresh."""


@dataclass(frozen=True)
class LiveReading:
    """What the video shows by now.

    Attributes
    ----------
    probabilities : numpy.ndarray
        float32, (7,), of the largest face, exponentially smoothed over time; sums to 1.
    frames : int
        Frames with a face that it rests on.
    """

    probabilities: np.ndarray = field(compare=False)
    frames: int


class LiveReader:
    """Reads a video frame by frame. Thread-safe.

    Parameters
    ----------
    reader : FaceReader
        May be shared between visitors.
    clock : callable
        Seconds, monotonic; tests give their own.
    """

    def __init__(self, reader: FaceReader, clock: Callable[[], float] = time.monotonic) -> None:
        self._reader = reader
        self._clock = clock
        self._lock = threading.Lock()
        self._reading: LiveReading | None = None
        self._seen_at = -math.inf
        self._failures: set[type[Exception]] = set()

    @classmethod
    def load(cls) -> Self:
        """Load the models that ship with the app; raises `ModelError` if one is missing."""
        return cls(FaceReader.load())

    def process(self, rgb: np.ndarray) -> np.ndarray:
        """Take a frame, uint8 (H, W, 3), and give it back with boxes and labels.

        Never raises: an exception would freeze the video without a word. A frame that cannot be
        read comes back as it was, and the log has the reason, once per kind.
        """
        try:
            faces = self._reader.read_frame(rgb)
            if faces:
                smoothed = self._smooth(faces[0].probabilities)
                faces[0] = replace(faces[0], probabilities=smoothed)
            return draw_faces(rgb, faces)
        except Exception as error:
            if type(error) not in self._failures:
                self._failures.add(type(error))
                log.exception("a video frame could not be read")
            return rgb

    def snapshot(self) -> LiveReading | None:
        """Tell what the video shows; None while no face was seen for `FORGET_S` seconds."""
        with self._lock:
            return self._reading if self._clock() - self._seen_at <= FORGET_S else None

    def _smooth(self, probabilities: np.ndarray) -> np.ndarray:
        now = self._clock()
        with self._lock:
            elapsed = now - self._seen_at
            if self._reading is None or elapsed > FORGET_S:
                self._reading = LiveReading(probabilities, 1)
            else:
                # by time, not by frame: frame rates differ and frames are dropped
                share = 1 - math.exp(-elapsed / SMOOTHING_S)
                before = self._reading.probabilities
                mixed = before + np.float32(share) * (probabilities - before)
                self._reading = LiveReading(mixed, self._reading.frames + 1)
            self._seen_at = now
            return self._reading.probabilities
