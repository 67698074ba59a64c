"""Untrusted bytes -> an upright RGB picture, or a sentence that says what is wrong with them."""

import io
import logging
import warnings
from math import ceil

import cv2
import numpy as np
import pillow_heif
from PIL import Image, ImageFile, UnidentifiedImageError

from emotion.errors import ImageError
from emotion.mend import heif_turns_itself, mended
from i18n import Message

log = logging.getLogger(__name__)

MAX_BYTES = 20 * 1024 * 1024
"""A phone's 48 megapixels take 12 to 20 MB as a JPEG. Memory is no reason for less: decoded, the
same picture takes 150 MB for a moment."""

MAX_SIDE = 1600
"""Pixels; larger pictures are shrunk to this: faces of 40 px stay findable, time stays bounded."""

MAX_PIXELS = 50_000_000
"""What is decoded at most: a phone's 48 megapixels, 150 MB for a moment. More is refused by its
header, before anything is decoded."""

MAX_JPEG_PIXELS = 170_000_000
"""JPEGs may be larger, if not progressive: their decoder shrinks them as it reads. Pillow refuses
more."""

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF", "BMP")
"""By content, whatever the name says: what every browser shows, and phones' HEIC."""

SUFFIXES = (
    *("jpg", "jpeg", "jfif", "jpe", "pjpeg", "pjp", "png", "apng", "webp"),
    *("heic", "heif", "hif", "avif", "gif", "bmp"),
)
"""How such files are called; Chrome saves JPEGs as .jfif."""

MOST_MISSING = 0.25
"""Most rows, as a share of all, that may be missing below in a file that was cut off."""

QUALITY = 90
"""Of the JPEGs that are kept and shown: no difference is seen, and faces are not read from them."""

ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation -> what sets a picture upright."""

BACKGROUND = (255, 255, 255)
"""Behind transparent parts."""

TOO_MANY_PIXELS = Message(
    "The picture has more pixels than we can read. Please choose a smaller one."
)

DAMAGED = Message(
    "This picture is damaged or incomplete and can’t be read. Please choose another one, or save "
    "it anew."
)

pillow_heif.register_heif_opener()  # Pillow's way of learning a format


def read_image(data: bytes) -> np.ndarray:
    """Read a picture that a visitor gave.

    JPEG, PNG, WebP, HEIC, AVIF, GIF and BMP are recognised by content. EXIF orientation is applied;
    CMYK, grey, 16-bit, palette and transparent pictures become RGB; of an animation the first frame
    counts. What browsers overlook is overlooked: odd metadata, and up to a quarter of a JPEG's or
    PNG's rows missing at its end.

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
        raise ImageError(Message("The file is empty. Please choose another picture."))
    if len(data) > MAX_BYTES:
        raise ImageError(
            Message(
                "The picture has {size} MB; up to {most} MB can be read. Please choose a smaller "
                "one, or a screenshot of it.",
                size=ceil(len(data) / 2**20),
                most=MAX_BYTES // 2**20,
            )
        )
    try:
        with warnings.catch_warnings():
            # Pillow warns of odd metadata; what matters to us is whether pixels come out.
            warnings.simplefilter("ignore")
            return _decoded(data)
    except UnidentifiedImageError as cause:
        raise ImageError(
            Message(
                "This file is not a picture we can read. Please choose a JPEG, PNG, WebP or HEIC."
            )
        ) from cause
    except Image.DecompressionBombError as cause:
        raise ImageError(TOO_MANY_PIXELS) from cause
    except ImageError:
        raise
    # Decoders meet damaged files with all kinds of errors (OSError, SyntaxError, ValueError,
    # struct.error, ...): whichever it is, the picture cannot be shown.
    except Exception as cause:
        raise ImageError(DAMAGED) from cause


def as_jpeg(rgb: np.ndarray, side: int = MAX_SIDE) -> bytes:
    """Write a picture as a JPEG: a tenth or less of its size in memory.

    Parameters
    ----------
    rgb : numpy.ndarray
        uint8, (H, W, 3).
    side : int
        Pixels; a larger picture is shrunk so that its longer side has so many.

    Returns
    -------
    bytes
        Pixels and nothing else: no EXIF, so no place, time or camera.
    """
    height, width = rgb.shape[:2]
    shrink = side / max(height, width)
    if shrink < 1:
        size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    written, data = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not written:
        raise ValueError(f"expected a picture, got {rgb.shape}")
    return data.tobytes()


def from_jpeg(data: bytes) -> np.ndarray:
    """Read what `as_jpeg` wrote: uint8, (H, W, 3), RGB, writeable."""
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        raise ValueError("expected a JPEG")
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)


def _decoded(data: bytes) -> np.ndarray:
    data, cut_off = mended(data)
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if image.width * image.height > _pixel_limit(image):
            raise ImageError(TOO_MANY_PIXELS)
        orientation = _orientation(image, data)
        shrink = MAX_SIDE / max(image.size)
        if shrink < 1:
            # JPEG: shrink while decoding, by up to 8
            width, height = (max(1, int(side * shrink)) for side in image.size)
            image.draft("RGB", (width, height))
        if cut_off:
            _load_what_is_there(image)
        if shrink < 1:
            # before turning, which would copy all pixels; no gap: `reduce` can't do 16 bits
            image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS, reducing_gap=None)
        upright = image.transpose(TURNS[orientation]) if orientation in TURNS else image
        return np.array(_as_rgb(upright))


def _orientation(image: Image.Image, data: bytes) -> int:
    """Tell how the picture was stored, as EXIF counts; 1, upright, where nothing can be read."""
    if image.format == "HEIF":
        # pillow-heif has turned the picture as its boxes say, and taken the tag out. Where there
        # is no such box, the tag is all that tells.
        tag = image.info.get("original_orientation")
        return tag if isinstance(tag, int) and not heif_turns_itself(data) else 1
    try:
        value = image.getexif().get(ORIENTATION)
    except Exception:  # Pillow meets odd EXIF with all kinds of errors, and the picture is there
        log.info("EXIF could not be read", exc_info=True)
        return 1
    return value if isinstance(value, int) else 1


def _load_what_is_there(image: Image.Image) -> None:
    """Decode a picture that was cut off; most of its rows must be there."""
    try:
        image.load()
    except OSError:
        if not isinstance(image, ImageFile.ImageFile):
            raise
        image.tile = []  # Pillow keeps the rows it has, and now does not ask for the others
        image.load()
    # Decoders leave missing rows empty, or go on with the last colour. One row more is too many:
    below = image.crop((0, int(image.height * (1 - MOST_MISSING)) - 1, image.width, image.height))
    rows = np.asarray(below).reshape(below.height, -1)
    if (rows == rows[-1]).all():
        raise ImageError(DAMAGED)


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
