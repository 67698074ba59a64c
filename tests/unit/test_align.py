"""From a detected face to 48x48: turning, scaling and framing undone."""

import cv2
import numpy as np
import pytest

from emotion.align import EYES_CENTRE_XY, EYES_DISTANCE, EYES_DISTANCE_PER_BOX, SIZE, align
from emotion.values import Detection

RIGHT, LEFT = np.array([202.0, 102.0]), np.array([247.0, 104.0])
"""The astronaut's eyes, by hand."""


def detected(right, left, box_xywh=None) -> Detection:
    """Make the detection that belongs to these eyes; by default its box fits their distance."""
    right, left = np.asarray(right, float), np.asarray(left, float)
    if box_xywh is None:
        width = np.hypot(*(left - right)) / EYES_DISTANCE_PER_BOX
        x, y = (right + left) / 2 - (width / 2, 0.35 * width)
        box_xywh = (round(x), round(y), round(width), round(width))
    return Detection(box_xywh, tuple(right.tolist()), tuple(left.tolist()), 0.9)


def difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def turned(rgb: np.ndarray, degrees: float, scale: float = 1.0):
    """Turn the picture about its middle; return it with its eyes."""
    warp = cv2.getRotationMatrix2D((256, 256), degrees, scale)
    picture = cv2.warpAffine(rgb, warp, (512, 512), borderMode=cv2.BORDER_REFLECT)
    return picture, *(warp[:, :2] @ eye + warp[:, 2] for eye in (RIGHT, LEFT))


def dots(size, right, left, radius: float) -> np.ndarray:
    """Two bright, soft dots on black, centred between pixels as well as on them."""
    rows, columns = np.mgrid[0 : size[1], 0 : size[0]]
    light = sum(
        np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * radius**2)) for x, y in (right, left)
    )
    return np.repeat((255 * light.clip(0, 1)).astype(np.uint8)[..., None], 3, axis=2)


def brightest(face: np.ndarray, columns: slice) -> np.ndarray:
    """Centre of mass of the light in some columns, as (x, y)."""
    part = np.zeros(face.shape)
    part[:, columns] = face[:, columns]
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    return np.array([(part * x).sum(), (part * y).sum()]) / part.sum()


@pytest.fixture(scope="module")
def upright(astronaut_rgb):
    return align(astronaut_rgb, detected(RIGHT, LEFT))


def test_shape_and_type(upright):
    assert upright.shape == (48, 48)
    assert upright.dtype == np.uint8
    assert upright.std() > 20  # a face, not a plain patch


@pytest.mark.parametrize("degrees", [-90, -45, -30, -15, 15, 30, 45, 90, 180])
def test_turning_is_undone(astronaut_rgb, upright, degrees):
    picture, right, left = turned(astronaut_rgb, degrees)
    assert difference(align(picture, detected(right, left)), upright) < 5
    # the same eyes' middle and distance without the turn: the bound above would not hold
    half = np.array([np.hypot(*(left - right)) / 2, 0])
    middle = (left + right) / 2
    assert difference(align(picture, detected(middle - half, middle + half)), upright) > 15


@pytest.mark.parametrize("scale", [0.5, 0.8, 1.5, 3, 6])
def test_size_does_not_matter(astronaut_rgb, upright, scale):
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = cv2.resize(astronaut_rgb, None, fx=scale, fy=scale, interpolation=method)
    right, left = ((eye + 0.5) * scale - 0.5 for eye in (RIGHT, LEFT))
    assert difference(align(picture, detected(right, left)), upright) < 6


@pytest.mark.parametrize("degrees", [0, 25, -60, 180])
@pytest.mark.parametrize("distance", [9, 17.5, 30, 40, 75, 160])
def test_eyes_land_where_fer2013_has_them(degrees, distance):
    angle = np.deg2rad(degrees)
    half = distance / 2 * np.array([np.cos(angle), np.sin(angle)])
    right, left = np.array([300.3, 250.6]) - half, np.array([300.3, 250.6]) + half
    picture = dots((600, 500), right, left, radius=distance * 0.08)
    face = align(picture, detected(right, left))
    middle = np.array(EYES_CENTRE_XY)
    offset = np.array([EYES_DISTANCE / 2, 0])
    np.testing.assert_allclose(brightest(face, slice(0, 24)), middle - offset, atol=0.5)
    np.testing.assert_allclose(brightest(face, slice(24, 48)), middle + offset, atol=0.5)


def test_a_turned_head_is_not_enlarged():
    # in profile the eyes come close, the box stays: it says how large the face is
    right, left = np.array([110.0, 100.0]), np.array([122.0, 100.0])
    picture = dots((300, 300), right, left, radius=3)
    face = align(picture, detected(right, left, (60, 60, 100, 100)))
    expected = 12 * EYES_DISTANCE / (EYES_DISTANCE_PER_BOX * 100)
    apart = brightest(face, slice(24, 48)) - brightest(face, slice(0, 24))
    assert apart[0] == pytest.approx(expected, abs=0.7)


@pytest.mark.parametrize("distance", [20, 120])
def test_beyond_the_border_the_last_pixels_are_repeated(distance):
    # eyes at the very left: the face's left half lies outside the picture
    columns = np.arange(400, dtype=np.uint8) // 2 + 50
    picture = np.repeat(np.tile(columns, (400, 1))[..., None], 3, axis=2)
    face = align(picture, detected((-distance / 2, 200), (distance / 2, 200)))
    outside = face[:, : SIZE // 2 - 2]
    assert (np.abs(outside.astype(int) - 50) <= 2).all()
    assert face[:, -1].mean() > 52


@pytest.mark.parametrize(
    ("right", "left"),
    [
        ((5, 5), (25, 5)),
        ((490, 500), (510, 505)),
        ((-40, 200), (-10, 200)),
        ((200, 560), (260, 560)),
    ],
)
@pytest.mark.parametrize("scale", [1, 8])
def test_faces_at_and_beyond_the_border_give_a_picture(astronaut_rgb, right, left, scale):
    middle = np.add(right, left) / 2
    half = np.subtract(left, right) / 2 * scale
    box = (*np.clip(middle - 20, 0, 470).astype(int).tolist(), 40 * scale, 40 * scale)
    face = align(astronaut_rgb, detected(middle - half, middle + half, box))
    assert face.shape == (48, 48)
    assert face.dtype == np.uint8


@pytest.mark.parametrize("size", [(1, 1), (3, 400), (400, 3)])
def test_tiny_pictures(size):
    picture = np.full((*size, 3), 77, np.uint8)
    face = align(picture, Detection((0, 0, size[1], size[0]), (0.0, 0.0), (0.0, 0.0), 0.9))
    np.testing.assert_array_equal(face, np.full((48, 48), 77))


def test_grey_is_luminance():
    picture = np.full((60, 60, 3), (255, 0, 0), np.uint8)
    face = align(picture, detected((20, 25), (40, 25)))
    assert (face == 76).all()  # ITU-R BT.601: 0.299 of red


def test_large_faces_are_averaged_not_sampled():
    # stripes finer than the result's pixels: sampling would keep them, averaging leaves grey
    picture = np.zeros((900, 900, 3), np.uint8)
    picture[::2] = 255
    face = align(picture, detected((350, 400), (550, 400)))
    assert np.ptp(face.astype(int)) < 40
    assert face.mean() == pytest.approx(127.5, abs=5)


def test_the_picture_stays_as_it_is(astronaut_rgb):
    before = astronaut_rgb.copy()
    align(astronaut_rgb, detected(RIGHT, LEFT))
    np.testing.assert_array_equal(astronaut_rgb, before)


def faces_anywhere(smallest: float, largest: float, count: int = 60):
    """In a picture of 512x512 and partly beyond, at all tilts; eyes between two distances apart."""
    random = np.random.default_rng(0)
    for _ in range(count):
        middle, angle = random.uniform(-30, 542, 2), random.uniform(-np.pi, np.pi)
        distance = random.uniform(smallest, largest)
        half = distance / 2 * np.array([np.cos(angle), np.sin(angle)])
        width = round(distance / EYES_DISTANCE_PER_BOX)
        x, y = np.clip(np.round(middle - width / 2), 0, 511).astype(int).tolist()
        box = (x, y, min(width, 512 - x), min(width, 512 - y))
        yield detected(middle - half, middle + half, box)


@pytest.mark.parametrize(("smallest", "largest"), [(0, 8), (8, 34)])
def test_cutting_changes_no_pixel(monkeypatch, smallest, largest):
    picture = np.random.default_rng(1).integers(0, 256, (512, 512, 3), np.uint8)
    faces = list(faces_anywhere(smallest, largest))
    cut = [align(picture, face) for face in faces]
    whole = np.s_[0:512, 0:512]
    monkeypatch.setattr("emotion.align._looked_at", lambda turn, move, shape: whole)
    np.testing.assert_array_equal(cut, [align(picture, face) for face in faces])


def test_greying_the_part_gives_what_greying_the_whole_gives(astronaut_rgb):
    # a picture that is grey already is greyed without a change
    grey = cv2.cvtColor(cv2.cvtColor(astronaut_rgb, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    for face in faces_anywhere(0, 150):
        np.testing.assert_array_equal(align(grey, face), align(astronaut_rgb, face))


@pytest.mark.parametrize(("distance", "most"), [(0.5, 100), (17.5, 72), (34, 140), (60, 435)])
@pytest.mark.parametrize("degrees", [0, 45])
def test_only_the_face_of_a_large_frame_is_greyed(monkeypatch, distance, most, degrees):
    sides = []
    convert = cv2.cvtColor

    def noted(picture, code):
        sides.append(max(picture.shape[:2]))
        return convert(picture, code)

    monkeypatch.setattr("emotion.align.cv2.cvtColor", noted)
    angle = np.deg2rad(degrees)
    half = distance / 2 * np.array([np.cos(angle), np.sin(angle)])
    middle = np.array([800.0, 600.0])
    align(np.zeros((1200, 1600, 3), np.uint8), detected(middle - half, middle + half))
    assert len(sides) == 1
    assert sides[0] <= most
