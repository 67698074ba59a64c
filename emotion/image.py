"""Untrusted bytes -> an upright RGB picture, or a sentence that says what is wrong with them."""

import io
import warnings

import numpy as np
import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

from emotion.errors import ImageError

MAX_BYTES = 10 * 1024 * 1024
MAX_SIDE = 1600
"""Pixels; larger pictures are shrunk to this: faces of 40 px stay findable, time stays bounded."""

MAX_PIXELS = 50_000_000
"""What is decoded at most: a phone's 48 megapixels, 150 MB for a moment. More is refused by its
header, before anything is decoded."""

MAX_JPEG_PIXELS = 170_000_000
"""JPEGs may be larger, if not progressive: their decoder shrinks them as it reads. Pillow refuses
more."""

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
"""By content, whatever the name says."""

BACKGROUND = (255, 255, 255)
"""Behind transparent parts."""

TOO_MANY_PIXELS = "The picture has more pixels than we can read. Please choose a smaller one."

pillow_heif.register_heif_opener()  # Pillow's way of learning a format


def read_image(data: bytes) -> np.ndarray:
    """Read a picture that a visitor gave.

    JPEG, PNG, WebP and HEIC are recognised by content. EXIF orientation is applied; CMYK, grey,
    16-bit, palette and transparent pictures become RGB; of an animation the first frame counts.

    Parameters
    ----------
    data : bytes
        The file's content, at most `MAX_BYTES`.

    Returns
    -------
    numpy.ndarray
        uint8, (H, W, 3), RGB, sides at most `MAX_SIDE`; C-contiguous, the caller's own.

    Raises
    ------
    ImageError
        Empty, too large, of another kind, or damaged; its text is for the visitor.
    """
    if not data:
        raise ImageError("The file is empty. Please choose another picture.")
    if len(data) > MAX_BYTES:
        raise ImageError(
            f"The picture has {len(data) / 2**20:.0f} MB; up to {MAX_BYTES // 2**20} MB can be "
            "read. Please choose a smaller one."
        )
    try:
        with warnings.catch_warnings():
            # Pillow warns of odd metadata; what matters to us is whether pixels come out.
            warnings.simplefilter("ignore")
            return _decoded(data)
    except UnidentifiedImageError as cause:
        raise ImageError(
            "This file is not a picture we can read. Please choose a JPEG, PNG, WebP or HEIC."
        ) from cause
    except Image.DecompressionBombError as cause:
        raise ImageError(TOO_MANY_PIXELS) from cause
    except ImageError:
        raise
    # Decoders meet damaged files with all kinds of errors (OSError, SyntaxError, ValueError,
    # struct.error, ...): whichever it is, the picture cannot be shown.
    except Exception as cause:
        raise ImageError(
            "This picture is damaged or incomplete and can't be read. Please choose another one, "
            "or save it anew."
        ) from cause


def _decoded(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if image.width * image.height > _pixel_limit(image):
            raise ImageError(TOO_MANY_PIXELS)
        shrink = MAX_SIDE / max(image.size)
        if shrink < 1:
            # JPEG: shrink while decoding, by up to 8
            width, height = (max(1, int(side * shrink)) for side in image.size)
            image.draft("RGB", (width, height))
            # before turning, which would copy all pixels; no gap: `reduce` can't do 16 bits
            image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS, reducing_gap=None)
        return np.array(_as_rgb(ImageOps.exif_transpose(image)))


def _pixel_limit(image: Image.Image) -> int:
    # MPO: JPEGs of some phones and 3D cameras, with a second picture behind the first. Progressive
    # ones keep all coefficients in memory, however small they are decoded.
    frugal = image.format in ("JPEG", "MPO") and not image.info.get("progressive")
    return MAX_JPEG_PIXELS if frugal else MAX_PIXELS


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits a pixel: Pillow would clip, not scale
        levels = np.asarray(image).astype(np.float64)
        image = Image.fromarray((levels / 257).clip(0, 255).astype(np.uint8))
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.new("RGBA", layer.size, BACKGROUND)
        image.alpha_composite(layer)
    return image.convert("RGB")
