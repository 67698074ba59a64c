"""Bytes from strangers: every kind of picture, and everything that is none."""

import io
import struct
import time
import tracemalloc
import zlib

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import Image

from emotion.errors import ImageError
from emotion.image import MAX_BYTES, MAX_SIDE, QUALITY, as_jpeg, from_jpeg, read_image

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "BMP")
WITH_EXIF = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")
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


@pytest.mark.parametrize("kind", WITH_EXIF)
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


@pytest.mark.slow
@pytest.mark.parametrize("kind", WITH_EXIF)
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


STRANGE_TAGS = [
    (0x011A, 10, 1, struct.pack("<ll", -72, 1)),  # resolution below nothing
    (0x011A, 1, 4, b"\1\2\3\4"),  # ... as bytes
    (0x011A, 5, 1, struct.pack("<LL", 72, 0)),  # ... divided by nothing
    (0x0100, 2, 6, b"wide!\0"),  # a width in words
    (0x0101, 9, 1, struct.pack("<l", -7)),  # a height below nothing
    (0x0131, 12, 1, struct.pack("<d", 2.5)),  # a program's name as a number
    (0x9003, 7, 4, b"\xff\xfe\0\0"),  # a date as undefined bytes
    (0x8769, 4, 1, struct.pack("<L", 8)),  # a directory that is its own
    (0x8825, 4, 1, struct.pack("<L", 0xFFFFFFF0)),  # ... beyond the end
    (0xC4A5, 99, 3, b"\0\0\0\0"),  # of a type that is none
]


def exif_with(entry: tuple[int, int, int, bytes], orientation: int = 6) -> bytes:
    """Write EXIF by hand: the orientation and one more tag."""
    tags = sorted([(ORIENTATION, 3, 1, struct.pack("<HH", orientation, 0)), entry])
    beyond, body, more = 8 + 2 + 12 * len(tags) + 4, b"", b""
    for tag, kind, count, value in tags:
        place = value.ljust(4, b"\0")
        if len(value) > 4:
            place, more = struct.pack("<L", beyond + len(more)), more + value
        body += struct.pack("<HHL", tag, kind, count) + place
    return b"Exif\0\0II*\0" + struct.pack("<LH", 8, len(tags)) + body + bytes(4) + more


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("entry", STRANGE_TAGS)
def test_strange_exif_does_not_stop_the_turn(kind, entry):
    stored = Image.fromarray(np.ascontiguousarray(np.rot90(np.array(corners()))))
    data = encoded(stored, kind, exif=exif_with(entry))
    assert_close(read_image(data), np.array(corners()), tolerance=8)


@pytest.mark.parametrize("orientation", [0, 9, 255, 65535])
def test_an_orientation_that_is_none_turns_nothing(orientation):
    exif = exif_with((0x0131, 2, 4, b"abc\0"), orientation)
    data = encoded(corners(), "JPEG", exif=exif)
    assert_close(read_image(data), np.array(corners()), tolerance=8)


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_turn_that_stands_in_the_boxes_is_not_done_again(kind, orientation):
    """A phone writes both, the boxes and EXIF."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    stored = np.rot90(np.array(corners()), {1: 0, 3: 2, 6: 1, 8: -1}[orientation])
    data = encoded(Image.fromarray(np.ascontiguousarray(stored)), kind, exif=exif.tobytes())
    assert_close(read_image(data), np.array(corners()), tolerance=8)


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_heics_turn_may_stand_in_exif_alone(orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    stored = np.rot90(np.array(corners()), {3: 2, 6: 1, 8: -1}[orientation])
    data = encoded(Image.fromarray(np.ascontiguousarray(stored)), "HEIF", exif=exif.tobytes())
    # as other encoders write it: a box of a kind nobody knows, which readers pass over
    assert data.count(b"irot") == 1
    alone = data.replace(b"irot", b"free")
    with Image.open(io.BytesIO(alone)) as picture:
        assert picture.size == (stored.shape[1], stored.shape[0])
    assert_close(read_image(alone), np.array(corners()), tolerance=8)


def chunk(kind: bytes, content: bytes, error: int = 0) -> bytes:
    check = zlib.crc32(kind + content) ^ error
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


LARGE = zlib.compress(bytes(3 << 20))
BESIDE = {
    "packed text": chunk(b"zTXt", b"notes\0\0" + LARGE),
    "international text": chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + LARGE),
    "plain text": chunk(b"tEXt", b"notes\0" + b"a" * (2 << 20)),
    "many texts": chunk(b"zTXt", b"notes\0\0" + zlib.compress(bytes(900_000))) * 90,
    "profile": chunk(b"iCCP", b"colours\0\0" + LARGE),
    "profile that is none": chunk(b"iCCP", b"colours"),
    "text with a wrong checksum": chunk(b"tEXt", b"a\0b", error=1),
    "date with a wrong checksum": chunk(b"tIME", bytes(7), error=7),
    "EXIF with a wrong checksum": chunk(b"eXIf", exif_with((0x131, 2, 4, b"abc\0"))[6:], error=7),
    "resolution too short": chunk(b"pHYs", b"\0"),
    "of one's own": chunk(b"prVt", b"?" * 100_000),
}


@pytest.mark.parametrize("beside", BESIDE.values(), ids=BESIDE)
@pytest.mark.parametrize("before", [b"IDAT", b"IEND"])
def test_what_stands_beside_a_png_does_not_stop_it(beside, before):
    whole = encoded(corners(), "PNG")
    at = whole.index(before) - 4
    rgb = read_image(whole[:at] + beside + whole[at:])
    np.testing.assert_array_equal(rgb, np.array(corners()))


@pytest.mark.parametrize("kind", [b"IHDR", b"PLTE"])
def test_a_wrong_checksum_of_what_the_picture_needs_is_damage(kind):
    data = bytearray(encoded(corners().quantize(4), "PNG"))
    at = data.index(kind)
    length = int.from_bytes(data[at - 4 : at])
    data[at + 4 + length] ^= 1
    with pytest.raises(ImageError, match="Please choose"):
        read_image(bytes(data))


def test_a_png_of_tiny_parts_is_given_up_in_time():
    start = encoded(corners(), "PNG")
    flood = chunk(b"tEXt", b"") * (MAX_BYTES // 12 - 1000)
    at = start.index(b"IDAT") - 4
    began = time.perf_counter()
    with pytest.raises(ImageError, match="Please choose"):
        read_image(start[:at] + flood + start[at:])
    assert time.perf_counter() - began < 5


def test_a_gif_is_read():
    assert_close(read_image(encoded(corners(), "GIF")), np.array(corners()), tolerance=2)


@pytest.mark.parametrize("kind", ["GIF", "BMP"])
def test_bombs_of_other_kinds_are_refused_by_the_header(kind):
    data = bytearray(encoded(corners().quantize(4), kind))
    if kind == "GIF":
        data[6:10] = struct.pack("<HH", 60_000, 60_000)
    else:
        data[18:26] = struct.pack("<ii", 60_000, 60_000)
    with pytest.raises(ImageError, match="more pixels than we can read"):
        read_image(bytes(data))


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


@pytest.mark.slow
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
    limit = MAX_BYTES >> 20
    with pytest.raises(
        ImageError, match=rf"has {limit + 1} MB; up to {limit} MB .* choose a smaller one"
    ):
        read_image(b"\xff\xd8\xff" + bytes(MAX_BYTES - 2))


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
        *(encoded(corners(), kind) for kind in ("TIFF", "ICO", "PPM")),
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
    browsers_show = kind in ("JPEG", "PNG")
    for cut in (0.02, 0.1, 0.3, 0.5, 0.7, *(() if browsers_show else (0.9, 0.97))):
        with pytest.raises(ImageError, match="Please choose"):
            read_image(data[: int(len(data) * cut)])


CUT_KINDS = [
    ("JPEG", {"quality": 90}),
    ("JPEG", {"quality": 90, "progressive": True}),
    ("PNG", {}),
]


@pytest.mark.parametrize(("kind", "options"), CUT_KINDS)
@pytest.mark.parametrize("share", [0.85, 0.9, 0.95, 0.99])
def test_the_last_rows_may_be_missing(kind, options, share, astronaut_rgb):
    data = encoded(Image.fromarray(astronaut_rgb), kind, **options)
    rgb = read_image(data[: int(len(data) * share)])
    assert rgb.shape == astronaut_rgb.shape
    assert_close(rgb[:300], astronaut_rgb[:300])


@pytest.mark.parametrize(("kind", "options"), CUT_KINDS)
@pytest.mark.parametrize("lacks", range(1, 14))
def test_the_end_mark_may_be_missing(kind, options, lacks, astronaut_rgb):
    data = encoded(Image.fromarray(astronaut_rgb[:250, :300]), kind, **options)
    assert_close(read_image(data[:-lacks]), astronaut_rgb[:250, :300], tolerance=6)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000)])
def test_large_cut_pictures_are_shrunk_while_they_are_decoded(size, astronaut_rgb):
    whole = Image.fromarray(astronaut_rgb).resize(size)
    data = encoded(whole, "JPEG", quality=80)
    rgb = read_image(data[: int(len(data) * 0.95)])
    assert max(rgb.shape) == MAX_SIDE
    expected = np.array(whole.resize(rgb.shape[1::-1]))
    assert_close(rgb[: len(rgb) // 2], expected[: len(rgb) // 2], tolerance=6)


def test_a_preview_in_front_does_not_pass_for_the_end(astronaut_rgb):
    """EXIF holds a small JPEG, with an end mark of its own."""
    exif = Image.Exif()
    exif[0x927C] = encoded(corners(), "JPEG")
    data = encoded(Image.fromarray(astronaut_rgb), "JPEG", exif=exif.tobytes())
    assert data.count(b"\xff\xd9") == 2
    with pytest.raises(ImageError, match="damaged or incomplete"):
        read_image(data[: len(data) // 2])
    assert_close(read_image(data[: int(len(data) * 0.95)])[:300], astronaut_rgb[:300])


def test_a_whole_picture_may_be_plain_below():
    picture = Image.new("RGB", (60, 90), WHITE)
    picture.paste(corners())
    for kind in FORMATS:
        assert_close(read_image(encoded(picture, kind)), np.array(picture), tolerance=8)


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


def test_a_kept_picture_is_small_and_nearly_the_same(astronaut_rgb):
    large = np.asarray(Image.fromarray(astronaut_rgb).resize((MAX_SIDE, MAX_SIDE)))
    kept = as_jpeg(large)
    assert len(kept) < large.nbytes / 10
    again = from_jpeg(kept)
    assert again.shape == large.shape and again.flags.writeable
    assert np.abs(again.astype(int) - large).mean() < 3


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((1, 1, 3), (1, 1)),
        ((200, 160, 3), (200, 160)),  # and never enlarged
        ((3, 900, 3), (1, 300)),
        ((900, 3, 3), (300, 1)),
        ((1, 900, 3), (1, 300)),
        ((1200, 800, 3), (300, 200)),
    ],
)
def test_a_picture_is_shrunk_to_be_shown(shape, size):
    assert from_jpeg(as_jpeg(np.zeros(shape, np.uint8), 300)).shape[:2] == size


def test_a_kept_picture_has_the_quality_that_is_told():
    noise = np.random.default_rng(1).integers(0, 256, (90, 90, 3), np.uint8)
    _, best = cv2.imencode(".jpg", noise[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    assert as_jpeg(noise) == best.tobytes()


def test_what_is_kept_has_no_place_and_no_time(astronaut_rgb):
    with Image.open(io.BytesIO(as_jpeg(astronaut_rgb))) as kept:
        assert kept.format == "JPEG" and not kept.getexif() and "exif" not in kept.info


@pytest.mark.parametrize(("rows", "is_read"), [(30, True), (29, False)])
def test_a_quarter_of_the_rows_may_be_missing_and_not_one_more(rows, is_read):
    noise = np.random.default_rng(1).integers(1, 256, (40, 40, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "PNG", compress_level=0)  # row by row, as it is
    data = file.getvalue()
    # behind the mark: two bytes of zlib and five of its only block; each row begins with a filter
    cut = data[: data.index(b"IDAT") + 4 + 7 + rows * (1 + noise.shape[1] * 3)]
    if is_read:
        np.testing.assert_array_equal(read_image(cut)[:rows], noise[:rows])
    else:
        with pytest.raises(ImageError, match="damaged or incomplete"):
            read_image(cut)


def test_a_cut_jpeg_that_goes_on_in_one_colour_is_damaged():
    red = np.random.default_rng(1).integers(0, 60, (200, 200, 3), np.uint8)
    red[..., 0] += 180
    file = io.BytesIO()
    Image.fromarray(red).save(file, "JPEG", quality=90)
    data = file.getvalue()
    with pytest.raises(ImageError, match="damaged or incomplete"):
        read_image(data[: len(data) // 2])
