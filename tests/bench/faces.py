"""Measure what becomes of tightly cut and of turned faces: ``python -m tests.bench.faces --help``.

FER2013's faces fill their pictures; how many are found so, and so enlarged? Put on a larger grey
picture and turned, is the reading that of the upright face, another one, or none? And how long does
a photo, a frame, a picture without a face take?
"""

import argparse
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import skimage.data

from emotion import FaceReader
from emotion.training.dataset import Split, load_dataset
from tests.bench.page import median_ms

DATA = Path("../shared/data/fer2013/fer2013.npz")
ENLARGED, CANVAS = 144, 300


def as_rgb(face: np.ndarray, size: int) -> np.ndarray:
    """Enlarge a grey face (48, 48) to RGB uint8 (size, size, 3)."""
    large = cv2.resize(face, (size, size), interpolation=cv2.INTER_CUBIC)
    return cv2.cvtColor(large, cv2.COLOR_GRAY2RGB)


def on_grey(face: np.ndarray) -> np.ndarray:
    """Put a face in the middle of a larger picture as grey as itself."""
    canvas = np.full((CANVAS, CANVAS, 3), int(face.mean()), np.uint8)
    corner = (CANVAS - ENLARGED) // 2
    canvas[corner : corner + ENLARGED, corner : corner + ENLARGED] = as_rgb(face, ENLARGED)
    return canvas


def turned(rgb: np.ndarray, degrees: int) -> np.ndarray:
    """Turn a picture counterclockwise about its middle; the border's grey fills the corners."""
    height, width = rgb.shape[:2]
    warp = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), degrees, 1)
    return cv2.warpAffine(rgb, warp, (width, height), borderValue=rgb[0, 0].tolist())


def report_tight(reader: FaceReader, faces: np.ndarray) -> None:
    """Count faces found where nothing is around them."""
    print("\n| side in pixels | found | of |\n|---|---|---|")
    for size in (48, 200):
        found = sum(bool(reader.read(as_rgb(face, size))) for face in faces)
        print(f"| {size} | {found} | {len(faces)} |", flush=True)


def report_turned(reader: FaceReader, faces: np.ndarray, step: int) -> None:
    """Compare readings of turned faces with those of the upright ones."""
    print("\n| way | degrees | as upright | another feeling | no face |\n|---|---|---|---|---|")
    for way, read in (("photo", reader.read), ("frame", reader.read_frame)):
        known = [(face, found[0]) for face in map(on_grey, faces) if (found := read(face))]
        print(f"| {way} | 0 | {len(known)} | | {len(faces) - len(known)} |")
        total: Counter[str] = Counter()
        for degrees in range(step, 360, step):
            outcome: Counter[str] = Counter()
            for face, upright in known:
                found = {one.emotion for one in read(turned(face, degrees))}
                outcome["same" if found == {upright.emotion} else "other" if found else "none"] += 1
            print(
                f"| {way} | {degrees} | {outcome['same']} | {outcome['other']} "
                f"| {outcome['none']} |",
                flush=True,
            )
            total += outcome
        print(f"| {way} | all | {total['same']} | {total['other']} | {total['none']} |")


def report_times(reader: FaceReader, times: int) -> None:
    """Print milliseconds; compare with another commit's in the same minute only."""
    astronaut = skimage.data.astronaut()
    large = cv2.resize(astronaut, (1600, 1600), interpolation=cv2.INTER_CUBIC)
    pictures = {"512 px": astronaut, "1600 px": large, "no face": skimage.data.coffee()}
    print("\n| picture | photo, ms | frame, ms |\n|---|---|---|")
    for name, rgb in pictures.items():
        photo = median_ms(lambda rgb=rgb: reader.read(rgb), times)
        frame = median_ms(lambda rgb=rgb: reader.read_frame(rgb), times * 5)
        print(f"| {name} | {photo:.0f} | {frame:.1f} |", flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="fer2013.npz")
    parser.add_argument("--faces", type=int, default=400, help="of PublicTest, from its beginning")
    parser.add_argument("--turned", type=int, default=60, help="how many of them to turn")
    parser.add_argument("--step", type=int, default=30, help="degrees")
    parser.add_argument("--times", type=int, default=9, help="calls to take the median of")
    given = parser.parse_args()
    reader = FaceReader.load()
    report_times(reader, given.times)
    faces = load_dataset(given.data).part(Split.PUBLIC).images[: given.faces]
    report_tight(reader, faces)
    report_turned(reader, faces[: given.turned], given.step)


if __name__ == "__main__":
    main()
