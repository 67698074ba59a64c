"""Measure what is found among several faces, and where none is: ``python -m tests.bench.crowds``.

Heads (two public-domain portraits, and faces of FER2013 where it lies) are put at random, of many
sizes, into pictures that have no face: how many are found, and what else? The same pictures, whole,
cut, turned and mirrored, and patterns drawn at random, without any head: what is found there?
Everything follows from the seed, so that two commits can be compared.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import matplotlib.cbook
import numpy as np
import skimage.data
import sklearn.datasets
from PIL import Image

from emotion.detector import FaceDetector
from emotion.values import Detection
from tests.bench.faces import DATA, as_rgb

FACE_FREE = (
    *("coffee", "chelsea", "rocket", "moon", "clock", "colorwheel", "page", "text", "brick"),
    *("grass", "gravel", "coins", "horse", "hubble_deep_field", "logo", "immunohistochemistry"),
)
"""Of scikit-image's wheel, those that tests/unit/test_detector.py calls face-free, and one more."""

SIZES = (32, 40, 48, 64, 96, 140, 200)
"""Widths of the heads' faces in pixels; a picture's share bounds the largest."""

PICTURES = ((512, 512), (640, 480), (1024, 768), (768, 1024), (1280, 720), (1600, 1200))
"""Width and height."""

ASTRONAUT_FACE, HOPPER_FACE = (172, 71, 107, 108), (193, 121, 174, 174)
"""Boxes (x, y, width, height), set by hand."""

FER2013_FACE_PX = 41.7
"""How wide BlazeFace's box is on a FER2013 face: see `emotion.align`."""


def rgb_of(picture: np.ndarray) -> np.ndarray:
    """Make uint8 (H, W, 3) of any picture of scikit-image."""
    if picture.dtype == bool:
        picture = picture.astype(np.uint8) * 255
    if picture.ndim == 2:
        picture = np.stack([picture] * 3, axis=-1)
    return np.ascontiguousarray(picture[..., :3])


def face_free() -> list[np.ndarray]:
    """Photographs and drawings in which nobody is."""
    pictures = [rgb_of(getattr(skimage.data, name)()) for name in FACE_FREE]
    return [*pictures, *map(rgb_of, sklearn.datasets.load_sample_images().images)]


def heads(data: Path) -> list[tuple[np.ndarray, float]]:
    """Pictures of heads, RGB, each with the width of the face in its middle."""
    with matplotlib.cbook.get_sample_data("grace_hopper.jpg") as file:
        hopper = np.asarray(Image.open(file).convert("RGB"))
    found = []
    for rgb, (x, y, width, height) in (
        (skimage.data.astronaut(), ASTRONAUT_FACE),
        (hopper, HOPPER_FACE),
    ):
        # of a square around it as much as there is: 0.65 of its width on each side of the middle
        reach = round(0.65 * max(width, height))
        middle_x, middle_y = x + width // 2, y + height // 2
        part = rgb[middle_y - reach : middle_y + reach, middle_x - reach : middle_x + reach]
        found.append((part, float(width)))
    if data.exists():
        with np.load(data) as stored:
            faces = stored["images"][stored["split"] == 1][:60]
        found += [(as_rgb(face, 144), FER2013_FACE_PX * 3) for face in faces]
    return found


def crowd(
    draw: np.random.Generator, grounds: list[np.ndarray], people: list[tuple[np.ndarray, float]]
) -> tuple[np.ndarray, list[tuple[float, float, float]]]:
    """Make a picture of one to six heads, and tell where: middle x, middle y, width."""
    width, height = PICTURES[draw.integers(len(PICTURES))]
    ground = grounds[draw.integers(len(grounds))]
    canvas = cv2.resize(ground, (width, height), interpolation=cv2.INTER_LINEAR)
    taken = np.zeros((height, width), bool)
    faces = []
    for _ in range(draw.integers(1, 7)):
        head, face_px = people[draw.integers(len(people))]
        size = SIZES[draw.integers(len(SIZES))] * draw.uniform(0.9, 1.1)
        side = round(len(head) * size / face_px)
        if side > 0.8 * min(width, height):
            continue
        x, y = draw.integers(0, width - side + 1), draw.integers(0, height - side + 1)
        place = (slice(y, y + side), slice(x, x + side))
        if taken[place].any():
            continue
        taken[place] = True
        small = cv2.resize(head, (side, side), interpolation=cv2.INTER_AREA)
        light = draw.uniform(0.5, 1.1)
        # fades out at its edge, so that no frame tells where it is
        soft = np.clip(np.minimum(np.arange(side), np.arange(side)[::-1]) / (0.06 * side), 0, 1)
        alpha = np.minimum.outer(soft, soft)[..., None]
        lit = np.clip(small * light, 0, 255)
        canvas[place] = (alpha * lit + (1 - alpha) * canvas[place]).astype(np.uint8)
        faces.append((x + side / 2, y + side / 2, size))
    return canvas, faces


def pattern(draw: np.random.Generator) -> np.ndarray:
    """Draw something at random: discs, strokes, grain and letters, 640x480."""
    coarse = draw.integers(0, 256, (*draw.integers(2, 24, 2), 3), np.uint8)
    canvas = cv2.resize(coarse, (640, 480), interpolation=cv2.INTER_CUBIC)
    for _ in range(draw.integers(0, 40)):
        colour = draw.integers(0, 256, 3).tolist()
        at = (int(draw.integers(640)), int(draw.integers(480)))
        match draw.integers(4):
            case 0:
                axes = tuple(draw.integers(3, 90, 2).tolist())
                cv2.ellipse(canvas, at, axes, float(draw.uniform(0, 180)), 0, 360, colour, -1)
            case 1:
                end = (int(draw.integers(640)), int(draw.integers(480)))
                cv2.line(canvas, at, end, colour, int(draw.integers(1, 12)))
            case 2:
                end = (at[0] + int(draw.integers(90)), at[1] + int(draw.integers(90)))
                cv2.rectangle(canvas, at, end, colour, -1)
            case 3:
                text = "".join(chr(one) for one in draw.integers(40, 120, 6))
                cv2.putText(canvas, text, at, draw.integers(8), draw.uniform(0.5, 3), colour, 3)
    grain = draw.normal(0, draw.uniform(0, 25), canvas.shape)
    return np.clip(canvas + grain, 0, 255).astype(np.uint8)


def without_a_face(count: int, seed: int) -> Iterator[np.ndarray]:
    """Give pictures without a face: photographs varied, and as many patterns."""
    draw = np.random.default_rng(seed)
    photographs = face_free()
    for at in range(count):
        rgb = photographs[at % len(photographs)]
        if at >= len(photographs):  # each once as it is
            height, width = rgb.shape[:2]
            share = draw.uniform(0.4, 1)
            y, x = (draw.integers(int(side * (1 - share)) + 1) for side in (height, width))
            rgb = rgb[y : y + int(height * share), x : x + int(width * share)]
            rgb = np.rot90(rgb, draw.integers(4))
            if draw.integers(2):
                rgb = rgb[:, ::-1]
            zoom = draw.uniform(0.5, 1.6)
            rgb = cv2.resize(np.ascontiguousarray(rgb), None, fx=zoom, fy=zoom)
        yield rgb
        yield pattern(draw)


def is_at(face: Detection, place: tuple[float, float, float]) -> bool:
    """Tell whether a face was found there: middles within a third of its width."""
    x, y, width, height = face.box_xywh
    off = np.abs(np.subtract((x + width / 2, y + height / 2), place[:2])).max()
    return bool(off < place[2] / 3 and 0.5 < width / place[2] < 2)


def report_crowds(detector: FaceDetector, data: Path, count: int, seed: int) -> None:
    """Count faces found and missed, by their size."""
    draw = np.random.default_rng(seed)
    grounds, people = face_free(), heads(data)
    there: Counter[int] = Counter()
    seen: Counter[int] = Counter()
    beside = 0
    for _ in range(count):
        rgb, faces = crowd(draw, grounds, people)
        found = detector.detect(rgb)
        for face in faces:
            nearest = min(SIZES, key=lambda size: abs(np.log(size / face[2])))
            there[nearest] += 1
            seen[nearest] += any(is_at(one, face) for one in found)
        beside += sum(not any(is_at(one, face) for face in faces) for one in found)
    print("\n| width of the face in pixels | found | of |\n|---|---|---|")
    for size in SIZES:
        print(f"| {size} | {seen[size]} | {there[size]} |")
    print(f"| all | {seen.total()} | {there.total()} |")
    print(f"\nFound where none of them is: {beside}, in {count} pictures.", flush=True)


def report_face_free(detector: FaceDetector, count: int, seed: int) -> None:
    """Count faces found where there is none."""
    found = [len(detector.detect(rgb)) for rgb in without_a_face(count, seed)]
    photographs, patterns = found[::2], found[1::2]
    print("\n| without a face | pictures | with something found |\n|---|---|---|")
    for name, counts in (("photographs", photographs), ("patterns", patterns)):
        print(f"| {name} | {len(counts)} | {sum(map(bool, counts))} |", flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="fer2013.npz; may be missing")
    parser.add_argument("--crowds", type=int, default=150, help="pictures with several faces")
    parser.add_argument("--empty", type=int, default=150, help="photographs, and patterns, without")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    detector = FaceDetector.load()
    report_crowds(detector, given.data, given.crowds, given.seed)
    report_face_free(detector, given.empty, given.seed)


if __name__ == "__main__":
    main()
