"""How FER2013 frames a face: ``python -m emotion.training.framing --help``.

Runs the detector over training faces and prints where eyes and boxes lie; `emotion.align` cuts
visitors' faces out the same way. Neither TensorFlow nor Keras is needed.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import tyro

from emotion.blazeface import BACK_CAMERA, BlazeFace
from emotion.training.dataset import FACE_SIZE, Split, load_dataset

ENLARGED = 128
"""Side of an enlarged face in pixels; the detector wants surroundings, so it lies on a canvas."""

CANVAS = 256
SCORE = 0.6


@dataclass(frozen=True)
class FramingConfig:
    """Which faces to measure."""

    data: Path = Path("../shared/data/fer2013/fer2013.npz")
    faces: int = 3000


def measure_framing(faces: np.ndarray) -> np.ndarray:
    """Detect faces in FER2013's pictures.

    Parameters
    ----------
    faces : numpy.ndarray
        uint8, (N, 48, 48).

    Returns
    -------
    numpy.ndarray
        (M, 4, 2): box centre, box size, right eye, left eye in pixels of the 48x48 picture, for
        the M <= N faces that were found.
    """
    network = BlazeFace.load(BACK_CAMERA)
    corner = (CANVAS - ENLARGED) // 2
    found = []
    for face in faces:
        canvas = np.full((CANVAS, CANVAS), int(face.mean()), np.uint8)
        large = cv2.resize(face, (ENLARGED, ENLARGED), interpolation=cv2.INTER_CUBIC)
        canvas[corner : corner + ENLARGED, corner : corner + ENLARGED] = large
        look = network.look(cv2.cvtColor(canvas, cv2.COLOR_GRAY2RGB), SCORE).moved(-corner, -corner)
        if len(look):
            found.append(look.points[look.scores.argmax()] * FACE_SIZE / ENLARGED)
    return np.array(found)


def main(config: FramingConfig) -> None:
    """Print medians and quartiles."""
    faces = load_dataset(config.data).part(Split.TRAIN).images[: config.faces]
    points = measure_framing(faces)
    eyes = points[:, 2:]
    distance = np.hypot(*(eyes[:, 1] - eyes[:, 0]).T)
    figures = {
        "middle of the eyes, x": eyes.mean(axis=1)[:, 0],
        "middle of the eyes, y": eyes.mean(axis=1)[:, 1],
        "distance of the eyes": distance,
        "box width": points[:, 1, 0],
        "distance per box width": distance / points[:, 1, 0],
    }
    print(f"{len(points)} of {len(faces)} faces found")
    for name, values in figures.items():
        low, middle, high = np.percentile(values, [25, 50, 75])
        print(f"{name:24} median {middle:6.2f}, quartiles {low:6.2f} and {high:6.2f}")


if __name__ == "__main__":
    main(tyro.cli(FramingConfig, description=__doc__))
