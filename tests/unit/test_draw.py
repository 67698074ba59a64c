"""Boxes and labels: where they are, and what they leave alone."""

import cv2
import numpy as np
import pytest
from PIL import ImageFont

from emotion import draw
from emotion.draw import DARK, LIGHT, Mark, draw_faces, draw_marks
from emotion.values import EMOTIONS, Detection, Emotion, Face

GREY = 128


def face(box_xywh, emotion=Emotion.HAPPY, confidence=0.91) -> Face:
    x, y, width, height = box_xywh
    eyes = ((x + width * 0.3, y + height * 0.35), (x + width * 0.7, y + height * 0.35))
    rest = (1 - confidence) / 6
    probabilities = np.full(7, rest)
    probabilities[EMOTIONS.index(emotion)] = confidence
    return Face(Detection(box_xywh, *eyes, 0.9), probabilities)


def canvas(width: int, height: int) -> np.ndarray:
    """Plain grey, read-only: drawing into it would raise."""
    picture = np.full((height, width, 3), GREY, np.uint8)
    picture.flags.writeable = False
    return picture


def changed(drawn: np.ndarray) -> np.ndarray:
    """Where a drawing on grey differs from it, bool (H, W)."""
    return (drawn != GREY).any(axis=2)


@pytest.fixture
def written(monkeypatch):
    """All texts that are written, each with its label's rectangle (left, top, right, bottom)."""
    texts, pasted = [], []
    pill, paste = draw._pill, draw._paste

    def noted(text, *options):
        pasted.append(text)
        return pill(text, *options)

    def placed(rgb, colours, cover, left, top):
        height, width = cover.shape
        texts.append((pasted[-1], (left, top, left + width, top + height)))
        return paste(rgb, colours, cover, left, top)

    monkeypatch.setattr(draw, "_pill", noted)
    monkeypatch.setattr(draw, "_paste", placed)
    return texts


def test_the_picture_stays_as_it_is():
    picture = canvas(640, 480)
    drawn = draw_faces(picture, [face((200, 150, 120, 120))])
    assert drawn.shape == picture.shape
    assert drawn.dtype == np.uint8
    assert drawn.flags.c_contiguous  # video frames are made of it
    assert not np.shares_memory(drawn, picture)
    assert (picture == GREY).all()


def test_without_faces_nothing_is_drawn():
    picture = canvas(64, 48)
    drawn = draw_faces(picture, [])
    np.testing.assert_array_equal(drawn, picture)
    assert not np.shares_memory(drawn, picture)


def test_without_faces_nothing_passes_through_pillow(monkeypatch):
    picture = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    with_a_face = draw_faces(picture, [face((10, 10, 30, 30))])

    def passed(*arguments):
        raise AssertionError("a picture went to Pillow")

    monkeypatch.setattr("emotion.draw.Image.fromarray", passed)
    drawn = draw_faces(picture, [])
    assert drawn is not picture
    assert not np.shares_memory(drawn, picture)
    np.testing.assert_array_equal(drawn, picture)
    assert drawn.dtype == np.uint8
    assert drawn.flags.c_contiguous
    # callers get one kind of array, faces or not
    assert drawn.flags.writeable is with_a_face.flags.writeable is False
    assert picture.flags.writeable


def test_the_box_is_drawn_around_the_face_and_nowhere_else():
    box = x, y, width, height = 250, 200, 140, 120
    marks = changed(draw_faces(canvas(640, 480), [face(box)]))
    edge = 6
    for side in (
        marks[y + 40 : y + 80, x - edge : x + edge],
        marks[y + 40 : y + 80, x + width - edge : x + width + edge],
        marks[y - edge : y + edge, x + 50 : x + 90].T,
        marks[y + height - edge : y + height + edge, x + 50 : x + 90].T,
    ):
        assert side.any(axis=1).all()  # without a gap
    inner = 12  # round corners reach in
    assert not marks[y + inner : y + height - inner, x + inner : x + width - inner].any()
    around = marks.copy()
    around[y - 40 : y + height + edge, x - 40 : x + width + 40] = False
    assert not around.any()


def test_the_label_says_emotion_and_confidence(written):
    draw_faces(canvas(640, 480), [face((200, 150, 120, 120), Emotion.SURPRISE, 0.876)])
    assert [text for text, _ in written] == ["surprise  88%"]


def test_several_faces_are_numbered(written):
    faces = [
        face((40, 150, 120, 120)),
        face((400, 150, 90, 90), Emotion.SAD, 0.5),
        face((250, 300, 60, 60), Emotion.FEAR, 0.4),
    ]
    draw_faces(canvas(640, 480), faces)
    assert [text for text, _ in written] == ["1  happy  91%", "2  sad  50%", "3  fear  40%"]


CORNERS_AND_EDGES = [
    *((0, 0, 80, 80), (560, 0, 80, 80), (0, 400, 80, 80), (560, 400, 80, 80)),
    *((280, 0, 80, 80), (280, 400, 80, 80), (0, 200, 80, 80), (560, 200, 80, 80)),
    (0, 0, 640, 480),  # all face
    (2, 2, 636, 470),
]


@pytest.mark.parametrize("box", CORNERS_AND_EDGES)
@pytest.mark.parametrize("emotion", [Emotion.SURPRISE, Emotion.SAD])
def test_the_label_stays_inside_at_every_edge(written, box, emotion):
    picture = canvas(640, 480)
    marks = changed(draw_faces(picture, [face(box, emotion)]))
    ((_, (left, top, right, bottom)),) = written
    assert 0 <= left < right <= 640
    assert 0 <= top < bottom <= 480
    assert marks[top:bottom, left:right].mean() > 0.9  # its corners are round


@pytest.mark.parametrize("box", CORNERS_AND_EDGES[:8])
def test_the_label_does_not_cover_the_face(written, box):
    draw_faces(canvas(640, 480), [face(box)])
    ((_, (left, top, right, bottom)),) = written
    x, y, width, height = box
    assert bottom <= y or top >= y + height or right <= x or left >= x + width


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (300, 2), (10, 10), (48, 48), (30, 200)])
def test_tiny_pictures_are_drawn_on(size):
    width, height = size
    drawn = draw_faces(canvas(width, height), [face((0, 0, width, height))])
    assert drawn.shape == (height, width, 3)
    assert changed(drawn).any()


@pytest.mark.parametrize("size", [(48, 48), (60, 40), (40, 200)])
def test_the_label_of_a_small_picture_fits_in(written, size):
    width, height = size
    draw_faces(canvas(width, height), [face((5, 5, 30, 30), Emotion.SURPRISE)])
    ((_, (left, top, right, bottom)),) = written
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height


@pytest.mark.parametrize("size", [(160, 120), (640, 480), (1600, 1200)])
def test_labels_grow_with_the_picture(written, size):
    width, height = size
    box = (width // 3, height // 3, width // 4, width // 4)
    drawn = draw_faces(canvas(*size), [face(box)])
    ((_, (left, top, right, bottom)),) = written
    label = drawn[top:bottom, left:right]
    letters = np.flatnonzero((label < GREY).all(axis=2).any(axis=1))
    tall = letters.max() - letters.min() + 1
    assert tall >= 6
    assert 0.01 < tall / max(size) < 0.08


def test_the_chosen_face_stands_out():
    boxes = [(60, 200, 160, 160), (400, 200, 160, 160)]
    faces = [face(box) for box in boxes]
    first, second = (draw_faces(canvas(640, 480), faces, chosen=index) for index in (0, 1))
    left, right = np.s_[:, :310], np.s_[:, 310:]
    boxes_only = np.s_[205:, :]  # below the labels

    def light(picture: np.ndarray) -> int:
        return int((picture == LIGHT).all(axis=2).sum())

    def dark(picture: np.ndarray) -> int:
        return int((picture == DARK).all(axis=2).sum())

    assert light(first[left][boxes_only]) > 1.5 * light(second[left][boxes_only])
    assert light(second[right][boxes_only]) > 1.5 * light(first[right][boxes_only])
    # labels: filled ones are light with dark letters, the others the other way round
    labels_only = np.s_[:195, :]
    for picture, chosen, other in ((first, left, right), (second, right, left)):
        assert light(picture[chosen][labels_only]) > dark(picture[chosen][labels_only])
        assert light(picture[other][labels_only]) < dark(picture[other][labels_only])


@pytest.mark.parametrize("level", [0, 30, 128, 220, 255])
def test_boxes_show_on_any_background(level):
    picture = np.full((480, 640, 3), level, np.uint8)
    drawn = draw_faces(picture, [face((200, 150, 160, 160))])
    grey = cv2.cvtColor(drawn, cv2.COLOR_RGB2GRAY).astype(int)
    across = np.abs(grey[210:250, 190:215] - level).max(axis=1)  # the box's left side
    assert (across > 100).all()


def test_labels_are_in_the_visitor_s_language(written):
    names = {Emotion.HAPPY: "fröhlich", Emotion.SURPRISE: "überrascht"}
    faces = [face((40, 150, 120, 120)), face((400, 150, 90, 90), Emotion.SURPRISE, 0.5)]
    draw_faces(canvas(640, 480), faces, name_of=names.__getitem__)
    assert [text for text, _ in written] == ["1  fröhlich  91%", "2  überrascht  50%"]


@pytest.mark.parametrize("letter", "äöüßÄÖÜéèçñåøœžłő…%’–")
def test_the_font_has_the_letters_of_european_languages(letter):
    font = ImageFont.truetype(FONT, 20)
    assert bytes(font.getmask(letter)) != bytes(font.getmask("\u4e2d"))  # an empty box


def test_a_label_is_made_once(monkeypatch):
    mark = Mark((200, 150, 120, 120), "made once", strong=True)
    first = draw_marks(canvas(640, 480), [mark])

    def made_again(*arguments):
        raise AssertionError("the font was asked again")

    monkeypatch.setattr(draw.ImageFont, "truetype", made_again)
    moved = Mark((210, 170, 120, 120), "made once", strong=True)
    second = draw_marks(canvas(640, 480), [moved])
    np.testing.assert_array_equal(second[20:, 10:], first[:-20, :-10])


def test_letters_can_be_larger(written):
    mark = Mark((200, 150, 120, 120), "happy", strong=True)
    draw_marks(canvas(640, 480), [mark])
    draw_marks(canvas(640, 480), [mark], zoom=1.5)
    (_, small), (_, large) = written
    assert large[3] - large[1] == pytest.approx(1.5 * (small[3] - small[1]), abs=2)


def test_a_hundred_different_labels_leave_the_picture_alone():
    picture = canvas(640, 480)
    for percent in range(100):
        draw_marks(picture, [Mark((200, 150, 120, 120), f"happy  {percent}%")])
    assert (picture == GREY).all()
