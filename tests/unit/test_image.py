"""Bytes from strangers: every kind of picture, and everything that is none."""

import io
import struct
import time
import tracemalloc
import zlib

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from emotion.errors import ImageError
from emotion.image import MAX_BYTES, MAX_SIDE, read_image

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
ORIENTATION = 0x0112
RED, GREEN, BLUE, WHITE = (230, 20, 30), (20, 200, 40), (30, 40, 220), (255, 255, 255)


def corners() -> Image.Image:
    """60 wide, 40 high, each corner in another colour: no two orientations look alike."""
    picture = Image.new("RGB", (60, 40))
    for at, colour in (((0, 0), RED), ((30, 0), GREEN), ((0, 20), BLUE), ((30, 20), WHITE)):
        picture.paste(colour, (*at, at[0] + 30, at[1] + 20))
    return picture


def encoded(picture: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    if kind == "HEIF":
        options.setdefault("quality", 90)
    picture.save(file, kind, **options)
    return file.getvalue()


def png(width: int, height: int, pixels: bytes) -> bytes:
    """Write an 8-bit grey PNG by hand: its header may promise more than `pixels` hold."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(pixels)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def assert_is_picture(rgb: np.ndarray) -> None:
    assert rgb.dtype == np.uint8
    assert rgb.ndim == 3
    assert rgb.shape[2] == 3
    assert min(rgb.shape[:2]) >= 1
    assert max(rgb.shape[:2]) <= MAX_SIDE
    assert rgb.flags.c_contiguous
    assert rgb.flags.writeable


def assert_close(rgb: np.ndarray, expected: np.ndarray, tolerance: float = 4) -> None:
    assert rgb.shape == expected.shape
    assert np.abs(rgb.astype(int) - expected.astype(int)).mean() < tolerance


@pytest.fixture(autouse=True)
def nothing_is_printed(capfd):
    yield
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")


@pytest.mark.parametrize("kind", FORMATS)
def test_formats_are_read(kind, astronaut_rgb):
    portrait = Image.fromarray(astronaut_rgb[:200, :300])
    rgb = read_image(encoded(portrait, kind))
    assert_is_picture(rgb)
    assert_close(rgb, astronaut_rgb[:200, :300])


def test_png_comes_out_to_the_bit(astronaut_rgb):
    rgb = read_image(encoded(Image.fromarray(astronaut_rgb), "PNG"))
    np.testing.assert_array_equal(rgb, astronaut_rgb)


def test_a_phones_double_picture_gives_the_first():
    # MPO: a JPEG with a second picture behind it
    data = encoded(corners(), "MPO", save_all=True, append_images=[Image.new("RGB", (60, 40))])
    assert_close(read_image(data), np.array(corners()))


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_upright(kind, orientation):
    # how a camera held this way stores the upright picture
    stored = {
        1: lambda upright: upright,
        2: lambda upright: upright[:, ::-1],
        3: lambda upright: upright[::-1, ::-1],
        4: lambda upright: upright[::-1],
        5: lambda upright: upright.transpose(1, 0, 2),
        6: lambda upright: np.rot90(upright, 1),
        7: lambda upright: np.rot90(upright, 2).transpose(1, 0, 2),
        8: lambda upright: np.rot90(upright, -1),
    }[orientation](np.array(corners()))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    # for HEIC, the encoder writes the box "irot" or "imir" for it, as phones do
    data = encoded(Image.fromarray(np.ascontiguousarray(stored)), kind, exif=exif.tobytes())
    if kind == "HEIF":
        assert (b"irot" in data or b"imir" in data) == (orientation > 1)
    assert_close(read_image(data), np.array(corners()), tolerance=8)


@pytest.mark.parametrize("kind", FORMATS)
def test_large_pictures_are_turned_too(kind):
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    stored = corners().rotate(90, expand=True).resize((1200, 1800), Image.Resampling.NEAREST)
    rgb = read_image(encoded(stored, kind, exif=exif.tobytes()))
    assert_is_picture(rgb)
    assert_close(rgb, np.array(corners().resize((1600, 1067), Image.Resampling.NEAREST)))


def test_damaged_exif_does_not_stop_a_picture():
    data = encoded(corners(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12" * 9)
    assert_close(read_image(data), np.array(corners()), tolerance=8)


def test_cmyk_becomes_rgb():
    data = encoded(corners().convert("CMYK"), "JPEG", quality=95)
    assert_close(read_image(data), np.array(corners()), tolerance=8)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_grey_gets_three_equal_channels(kind):
    grey = corners().convert("L")
    rgb = read_image(encoded(grey, kind))
    assert_close(rgb, np.array(grey.convert("RGB")))
    assert (rgb == rgb[..., :1]).all()


def test_black_and_white():
    bits = corners().convert("1", dither=Image.Dither.NONE)
    np.testing.assert_array_equal(read_image(encoded(bits, "PNG")), np.array(bits.convert("RGB")))


def test_sixteen_bits_are_scaled_not_clipped():
    levels = np.array([[0, 257, 128 * 257, 65535]], np.uint16)
    picture = Image.fromarray(levels)
    assert picture.mode == "I;16"
    rgb = read_image(encoded(picture, "PNG"))
    assert_is_picture(rgb)
    assert rgb[0, :, 0].tolist() == [0, 1, 128, 255]


@pytest.mark.parametrize("factor", [1.1, 2.5, 4.5])
def test_large_sixteen_bit_pictures_are_shrunk(factor):
    rows = np.full((round(MAX_SIDE * factor), 20), 128 * 257, np.uint16)
    rgb = read_image(encoded(Image.fromarray(rows), "PNG"))
    assert_is_picture(rgb)
    assert (rgb == 128).all()


def test_ten_bit_heic():
    levels = np.linspace(0, 65535, 80 * 64 * 3).reshape(64, 80, 3).astype(np.uint16)
    file = io.BytesIO()
    pillow_heif.encode("RGB;16", (80, 64), levels.tobytes(), file, quality=95)
    assert_close(read_image(file.getvalue()), levels >> 8, tolerance=1)


def test_palette():
    picture = corners().quantize(4)
    assert_close(read_image(encoded(picture, "PNG")), np.array(corners()), tolerance=2)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF"])
def test_transparent_parts_become_white(kind):
    layer = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    layer.paste((*RED, 255), (0, 0, 30, 40))
    options = {"lossless": True} if kind == "WEBP" else {}
    rgb = read_image(encoded(layer, kind, **options))
    assert_close(rgb[:, 4:26], np.full((40, 22, 3), RED), tolerance=6)
    assert_close(rgb[:, 34:], np.full((40, 26, 3), WHITE), tolerance=3)


def test_half_transparent_mixes_with_white():
    rgb = read_image(encoded(Image.new("RGBA", (4, 4), (0, 0, 0, 128)), "PNG"))
    assert_close(rgb, np.full((4, 4, 3), 127), tolerance=1.5)


@pytest.mark.parametrize("mode", ["LA", "P"])
def test_transparent_grey_and_palette_become_white(mode):
    if mode == "LA":
        data = encoded(Image.new("LA", (8, 8), (40, 0)), "PNG")
    else:
        data = encoded(Image.new("P", (8, 8), 0), "PNG", transparency=0)
    np.testing.assert_array_equal(read_image(data), np.full((8, 8, 3), 255))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_the_first_frame_counts(kind):
    second = Image.new("RGB", (60, 40), GREEN)
    data = encoded(corners(), kind, save_all=True, append_images=[second], duration=100)
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.n_frames == 2
    assert_close(read_image(data), np.array(corners()), tolerance=8)


@pytest.mark.parametrize("size", [(4000, 1000), (1000, 4000), (1601, 3), (3, 1601)])
def test_large_pictures_are_shrunk_in_proportion(size):
    rgb = read_image(encoded(Image.new("RGB", size, BLUE), "PNG"))
    assert_is_picture(rgb)
    shrink = MAX_SIDE / max(size)
    assert rgb.shape[:2] == tuple(max(1, round(side * shrink)) for side in reversed(size))


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (MAX_SIDE, 20)])
def test_small_pictures_keep_their_size(size):
    rgb = read_image(encoded(Image.new("RGB", size, BLUE), "PNG"))
    assert rgb.shape == (size[1], size[0], 3)


def test_sixty_megapixels_as_png_are_refused_by_the_header():
    whole = png(30, 20, (b"\0" + b"\x80" * 30) * 20)
    assert read_image(whole).shape == (20, 30, 3)  # the hand-made file is a good one
    tracemalloc.start()
    started = time.perf_counter()
    with pytest.raises(ImageError, match=r"more pixels than we can read\. Please choose a smaller"):
        read_image(png(10_000, 6_000, b""))
    took, (_, peak) = time.perf_counter() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 0.5
    assert peak < 2**20


def test_a_decompression_bomb_is_refused():
    with pytest.raises(ImageError, match="more pixels than we can read"):
        read_image(png(60_000, 60_000, b""))


def test_sixty_megapixels_as_jpeg_are_shrunk_while_they_are_decoded():
    data = encoded(Image.new("L", (8000, 7500), 90), "JPEG", quality=10)
    started = time.perf_counter()
    rgb = read_image(data)
    assert time.perf_counter() - started < 10
    assert rgb.shape == (1500, 1600, 3)
    assert_close(rgb, np.full((1500, 1600, 3), 90))


@pytest.mark.parametrize("size", [(26_000, 1_000), (1_000, 26_000)])
def test_long_jpegs_are_shrunk_while_they_are_decoded(size, monkeypatch):
    decoded = []
    thumbnail = Image.Image.thumbnail
    monkeypatch.setattr(
        Image.Image,
        "thumbnail",
        lambda self, *args, **options: (
            decoded.append(self.width * self.height),
            thumbnail(self, *args, **options),
        ),
    )
    rgb = read_image(encoded(Image.new("L", size, 90), "JPEG", quality=10))
    assert max(rgb.shape) == MAX_SIDE
    assert max(decoded) < 26_000 * 1_000 / 8**2 * 1.1


def test_sixty_megapixels_as_progressive_jpeg_are_refused_by_the_header():
    # its decoder would keep every coefficient in memory, shrunk or not
    data = bytearray(encoded(corners(), "JPEG", progressive=True))
    start = data.index(b"\xff\xc2") + 5  # marker, length, bits; then height and width
    assert data[start : start + 4] == struct.pack(">HH", 40, 60)
    data[start : start + 4] = struct.pack(">HH", 7500, 8000)
    with pytest.raises(ImageError, match="more pixels than we can read"):
        read_image(bytes(data))


def test_a_progressive_jpeg_is_read():
    data = encoded(corners(), "JPEG", progressive=True)
    assert_close(read_image(data), np.array(corners()), tolerance=8)


def test_a_large_file_is_refused_with_its_size():
    with pytest.raises(ImageError, match=r"has 11 MB; up to 10 MB .* choose a smaller one"):
        read_image(b"\xff\xd8\xff" + bytes(11 * 2**20))


def test_the_largest_file_is_not_refused_for_its_size(astronaut_jpeg, astronaut_rgb):
    # what follows a JPEG's end mark is ignored
    padded = astronaut_jpeg + bytes(MAX_BYTES - len(astronaut_jpeg))
    assert_close(read_image(padded), astronaut_rgb)


def test_an_empty_file_is_a_sentence():
    with pytest.raises(ImageError, match=r"is empty\. Please choose another picture"):
        read_image(b"")


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><rect width="9"/></svg>'


@pytest.mark.parametrize(
    "data",
    [
        b"These are the holidays, not a picture.",
        b"<!doctype html><title>404</title><p>Not found",
        b"\0",
        b"\xff\xd8\xff",
        b"%PDF-1.7\n",
        b"PK\x03\x04" + bytes(40),
        np.random.default_rng(0).bytes(5000),
        SVG,
        *(encoded(corners(), kind) for kind in ("GIF", "BMP", "TIFF", "ICO", "PPM")),
    ],
    ids=lambda data: repr(data[:6]),
)
def test_other_files_are_refused_naming_what_is_accepted(data):
    with pytest.raises(ImageError, match="Please choose a JPEG, PNG, WebP or HEIC") as caught:
        read_image(data)
    assert caught.value.__cause__ is not None  # for the log


@pytest.mark.parametrize("kind", FORMATS)
def test_a_truncated_picture_is_a_sentence(kind, astronaut_rgb):
    data = encoded(Image.fromarray(astronaut_rgb[60:200, 150:300]), kind)
    for cut in (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97):
        with pytest.raises(ImageError, match="Please choose"):
            read_image(data[: int(len(data) * cut)])


@pytest.mark.parametrize("kind", FORMATS)
def test_damaged_bytes_give_a_picture_or_a_sentence(kind, astronaut_rgb):
    whole = encoded(Image.fromarray(astronaut_rgb[80:160:2, 180:260:2]), kind)
    chance = np.random.default_rng(FORMATS.index(kind))
    refused = 0
    for _ in range(150):
        data = bytearray(whole)
        # headers are short and break most: aim at them every other time
        end = chance.choice([min(200, len(data)), len(data)])
        for _ in range(chance.integers(1, 9)):
            data[chance.integers(end)] ^= 1 << chance.integers(8)
        try:
            assert_is_picture(read_image(bytes(data)))
        except ImageError as error:
            assert "Please choose" in str(error)
            refused += 1
    assert refused  # or the damage was none
