"""Photos: `emotion.image.read_image`, and every picture that comes out goes to the reader."""

import io
from functools import cache
from random import Random

import numpy as np
import pillow_heif
import skimage.data
from PIL import Image

from emotion.errors import ImageError
from emotion.image import MAX_SIDE, ORIENTATION, read_image
from emotion.reader import FaceReader
from tests.fuzz.mutate import broken_bytes
from tests.fuzz.target import Target, check

ROTATED = 6


@cache
def seeds() -> list[bytes]:
    """Small pictures of every kind that is read; half of them hold a face."""
    pillow_heif.register_heif_opener()
    face = Image.fromarray(skimage.data.astronaut()[0:240, 100:340]).resize((96, 96))
    cup = Image.fromarray(skimage.data.coffee()[:200, :300]).resize((60, 40))
    turned = Image.Exif()
    turned[ORIENTATION] = ROTATED
    turned[0x010F] = "A maker of cameras"
    made = []
    for picture in (face, cup):
        for kind, mode, options in (
            ("JPEG", "RGB", {"quality": 85, "exif": turned}),
            ("JPEG", "L", {}),
            ("JPEG", "CMYK", {}),
            ("JPEG", "RGB", {"progressive": True}),
            ("PNG", "RGB", {"exif": turned}),
            ("PNG", "RGBA", {}),
            ("PNG", "P", {}),
            ("PNG", "1", {}),
            ("WEBP", "RGB", {"quality": 70}),
            ("WEBP", "RGBA", {"lossless": True}),
            ("GIF", "P", {}),
            ("BMP", "RGB", {}),
            ("HEIF", "RGB", {"quality": 60}),
            ("AVIF", "RGB", {"quality": 60, "speed": 10}),
        ):
            file = io.BytesIO()
            picture.convert(mode).save(file, kind, **options)
            made.append(file.getvalue())
        deep = io.BytesIO()
        Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 257).save(deep, "PNG")
        made.append(deep.getvalue())
        moving = io.BytesIO()
        picture.save(moving, "GIF", save_all=True, append_images=[picture.rotate(90)] * 3)
        made.append(moving.getvalue())
    return made


@cache
def _reader() -> FaceReader:
    return FaceReader.load()


def _take(given: tuple[bytes, bool]) -> None:
    data, look = given
    rgb = read_image(data)
    check(rgb.dtype == np.uint8 and rgb.ndim == 3 and rgb.shape[2] == 3, f"{rgb.shape}")
    check(min(rgb.shape[:2]) > 0 and max(rgb.shape[:2]) <= MAX_SIDE, f"{rgb.shape}")
    check(bool(rgb.flags.c_contiguous and rgb.flags.writeable), "not the caller's own")
    if not look:
        return
    faces = _reader().read(rgb)
    areas = [face.box_xywh[2] * face.box_xywh[3] for face in faces]
    check(areas == sorted(areas, reverse=True), "not the largest first")
    for face in faces:
        check(bool(np.isclose(face.probabilities.sum(), 1, atol=1e-3)), "no probabilities")
        check(bool(np.isfinite(face.probabilities).all()), "no numbers")


def _make(random: Random) -> tuple[bytes, bool]:
    # Looking for faces takes a hundred times as long as most refusals.
    return broken_bytes(random, seeds()), random.random() < 0.1


TARGET = Target("pictures", _make, _take, (ImageError,), share=0.15)
