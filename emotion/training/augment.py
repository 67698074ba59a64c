"""Making training faces look like faces from the wild.

Numpy and OpenCV only, so that every Keras backend trains on the very same pictures. Each step
imitates something a webcam or phone does: tilt, distance, bad light, blur, compression, low
resolution, noise, something before the face.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class AugmentConfig:
    """How strongly to disturb; probabilities are per face, 0 switches a step off."""

    rotation_deg: float = 15.0
    """Largest rotation either way; the detector straightens faces to within about this."""
    scale: float = 0.12
    """Largest zoom in or out, as a share."""
    shift: float = 0.08
    """Largest shift along each axis, as a share of the width."""
    shear: float = 0.08
    """Largest horizontal shear, as a share: heads that are turned a little."""
    mirror: float = 0.5
    light: float = 0.6
    """Probability of a changed brightness, contrast and gamma."""
    side_light: float = 0.15
    """Probability of a linear shade across the face: a window on one side."""
    blur: float = 0.1
    low_resolution: float = 0.1
    """Probability of shrinking to 20..40 px and back: a face far from the camera."""
    jpeg: float = 0.08
    noise: float = 0.08
    erase: float = 0.2
    """Probability of a grey or noisy rectangle: hands, hair, glasses (Zhong et al., 2020)."""


class Augmenter:
    """Applies an `AugmentConfig` with its own random generator.

    Parameters
    ----------
    config : AugmentConfig
    seed : int or sequence of int
        The same seed and calls give the same pictures.
    """

    def __init__(self, config: AugmentConfig, seed: int | Sequence[int]) -> None:
        self._config = config
        self._random = np.random.default_rng(seed)

    def __call__(self, faces: np.ndarray) -> np.ndarray:
        """Disturb a batch of faces, uint8 (N, H, W) -> uint8 (N, H, W)."""
        return np.stack([self._one(face) for face in faces])

    def _one(self, face: np.ndarray) -> np.ndarray:
        config = self._config
        face = self._warp(face)
        if self._happens(config.light):
            face = self._relight(face)
        if self._happens(config.side_light):
            face = self._shade(face)
        if self._happens(config.low_resolution):
            face = self._coarsen(face)
        elif self._happens(config.blur):
            face = cv2.GaussianBlur(face, (0, 0), self._random.uniform(0.4, 1.2))
        if self._happens(config.noise):
            deviation = self._random.uniform(2, 12)
            noise = self._random.normal(0, deviation, face.shape)
            face = np.clip(face + noise, 0, 255).astype(np.uint8)
        if self._happens(config.jpeg):
            quality = int(self._random.integers(15, 70))
            _, stored = cv2.imencode(".jpg", face, [cv2.IMWRITE_JPEG_QUALITY, quality])
            # None stands for bytes that are no picture: not those that were made a line above
            face = cast("np.ndarray", cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE))
        if self._happens(config.erase):
            face = self._erase(face)
        return face

    def _happens(self, probability: float) -> bool:
        return self._random.random() < probability

    def _warp(self, face: np.ndarray) -> np.ndarray:
        config, random = self._config, self._random
        height, width = face.shape
        angle = np.deg2rad(random.uniform(-config.rotation_deg, config.rotation_deg))
        zoom = 1 + random.uniform(-config.scale, config.scale)
        flip = -1.0 if self._happens(config.mirror) else 1.0
        shear = random.uniform(-config.shear, config.shear)
        rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        linear = zoom * rotation @ np.array([[1.0, shear], [0.0, 1.0]]) @ np.diag([flip, 1.0])
        centre = np.array([(width - 1) / 2, (height - 1) / 2])
        move = random.uniform(-config.shift, config.shift, 2) * width
        matrix = np.column_stack([linear, centre + move - linear @ centre])
        return cv2.warpAffine(
            face, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )

    def _relight(self, face: np.ndarray) -> np.ndarray:
        random = self._random
        levels = np.linspace(0, 1, 256) ** np.exp(random.uniform(-0.6, 0.6))  # gamma
        levels = (levels - 0.5) * random.uniform(0.5, 1.3) + 0.5 + random.uniform(-0.2, 0.2)
        return cv2.LUT(face, np.clip(levels * 255, 0, 255).astype(np.uint8))

    def _shade(self, face: np.ndarray) -> np.ndarray:
        height, width = face.shape
        angle = self._random.uniform(0, 2 * np.pi)
        rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        ramp = columns * np.cos(angle) + rows * np.sin(angle)  # about -1.4..1.4
        shaded: npt.NDArray[np.float64] = face * (1 + self._random.uniform(0.2, 0.5) * ramp)
        return np.clip(shaded, 0, 255).astype(np.uint8)

    def _coarsen(self, face: np.ndarray) -> np.ndarray:
        height, width = face.shape
        size = int(self._random.integers(20, 41))
        small = cv2.resize(face, (size, size), interpolation=cv2.INTER_AREA)
        return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)

    def _erase(self, face: np.ndarray) -> np.ndarray:
        random = self._random
        height, width = face.shape
        tall, wide = random.integers(6, height // 2), random.integers(6, width // 2)
        top, left = random.integers(0, height - tall), random.integers(0, width - wide)
        face = face.copy()
        patch = face[top : top + tall, left : left + wide]
        patch[:] = random.integers(0, 256, patch.shape if self._happens(0.3) else 1)
        return face
