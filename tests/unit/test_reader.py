"""From a picture to faces with emotions: what goes to the classifier, and in which order."""

import os
import threading

import cv2
import numpy as np
import pytest

from emotion import reader as reader_module
from emotion.align import align
from emotion.detector import FaceDetector
from emotion.errors import ImageError
from emotion.reader import FaceReader
from emotion.values import EMOTIONS, Detection, Emotion


class FakeDetector:
    """Finds what it is told; says which way it was asked."""

    def __init__(self, photo=(), frame=()):
        self.photo, self.frame = list(photo), list(frame)

    def detect(self, rgb):
        return self.photo

    def detect_in_frame(self, rgb):
        return self.frame


class FakeClassifier:
    """Gives the n-th face of a call the n-th emotion; keeps the calls."""

    def __init__(self):
        self.calls = []

    def predict(self, faces):
        self.calls.append(faces)
        return np.eye(7, dtype=np.float32)[: len(faces)]


def face_at(x: int, size: int) -> Detection:
    eyes_y = 20.0 + size * 0.35
    return Detection((x, 20, size, size), (x + 0.3 * size, eyes_y), (x + 0.7 * size, eyes_y), 0.9)


FACES = [face_at(200, 120), face_at(20, 80), face_at(400, 50)]


@pytest.fixture(scope="module")
def detector():
    return FaceDetector.load()


@pytest.fixture(scope="module")
def models():
    return FaceReader.load()


@pytest.fixture
def classifier():
    return FakeClassifier()


@pytest.mark.parametrize("way", ["read", "read_frame"])
def test_faces_keep_the_detectors_order_and_share_one_call(classifier, astronaut_rgb, way):
    reader = FaceReader(FakeDetector(FACES, FACES), classifier)
    faces = getattr(reader, way)(astronaut_rgb)
    assert [face.detection for face in faces] == FACES
    assert [face.emotion for face in faces] == [*EMOTIONS[:3]]
    assert len(classifier.calls) == 1
    seen = classifier.calls[0]
    assert seen.dtype == np.uint8
    np.testing.assert_array_equal(seen, [align(astronaut_rgb, face) for face in FACES])


def test_a_photo_and_a_frame_are_looked_at_in_their_own_ways(classifier, astronaut_rgb):
    reader = FaceReader(FakeDetector(photo=FACES[:2], frame=FACES[2:]), classifier)
    assert [face.detection for face in reader.read(astronaut_rgb)] == FACES[:2]
    assert [face.detection for face in reader.read_frame(astronaut_rgb)] == FACES[2:]


@pytest.mark.parametrize("way", ["read", "read_frame"])
def test_without_a_face_there_is_none(classifier, astronaut_rgb, way):
    assert getattr(FaceReader(FakeDetector(), classifier), way)(astronaut_rgb) == []


@pytest.mark.parametrize(
    ("wrong", "got"),
    [
        (np.zeros((40, 40), np.uint8), r"uint8 \(40, 40\)"),
        (np.zeros((40, 40, 4), np.uint8), r"uint8 \(40, 40, 4\)"),
        (np.zeros((40, 40, 1), np.uint8), r"uint8 \(40, 40, 1\)"),
        (np.zeros((1, 40, 40, 3), np.uint8), r"uint8 \(1, 40, 40, 3\)"),
        (np.zeros((40, 40, 3), np.float32), r"float32 \(40, 40, 3\)"),
        (np.zeros((40, 40, 3), np.int8), r"int8 \(40, 40, 3\)"),
        (np.zeros((0, 40, 3), np.uint8), r"uint8 \(0, 40, 3\)"),
    ],
)
@pytest.mark.parametrize("way", ["read", "read_frame"])
def test_wrong_input_is_named(classifier, way, wrong, got):
    reader = FaceReader(FakeDetector(FACES), classifier)
    with pytest.raises(ValueError, match=rf"expected uint8 \(H, W, 3\), got {got}"):
        getattr(reader, way)(wrong)
    assert classifier.calls == []


@pytest.mark.parametrize("way", ["read", "read_frame"])
def test_the_classifier_sees_the_astronauts_face(detector, classifier, astronaut_rgb, way):
    faces = getattr(FaceReader(detector, classifier), way)(astronaut_rgb)
    assert len(faces) == 1
    by_hand = Detection((172, 71, 107, 108), (202.0, 102.0), (247.0, 104.0), 0.9)
    expected = align(astronaut_rgb, by_hand).astype(int)
    (seen,) = classifier.calls[0]
    assert np.abs(seen - expected).mean() < 20
    # for comparison: the same face one eye's distance off
    beside = Detection((172, 71, 107, 108), (225.0, 102.0), (270.0, 104.0), 0.9)
    assert np.abs(seen - align(astronaut_rgb, beside).astype(int)).mean() > 30


@pytest.mark.parametrize("way", ["read", "read_frame"])
def test_the_shipped_models_work_together(astronaut_rgb, way):
    reader = FaceReader.load()
    (face,) = getattr(reader, way)(astronaut_rgb)
    assert face.probabilities.dtype == np.float32
    assert (face.probabilities >= 0).all()
    assert face.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert face.emotion in EMOTIONS
    assert getattr(reader, way)(np.full((100, 100, 3), 90, np.uint8)) == []


def test_a_mirror_image_gets_about_the_same_answer(astronaut_rgb):
    reader = FaceReader.load()
    (face,) = reader.read(astronaut_rgb)
    (mirrored,) = reader.read(np.ascontiguousarray(astronaut_rgb[:, ::-1]))
    np.testing.assert_allclose(mirrored.probabilities, face.probabilities, atol=0.25)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["read", "read_frame"])
@pytest.mark.parametrize("degrees", range(30, 360, 30))
def test_a_turned_smile_stays_a_smile_or_is_none(astronaut_rgb, models, way, degrees):
    head = astronaut_rgb[20:260, 100:350]
    warp = cv2.getRotationMatrix2D((125, 120), degrees, 1)
    warp[:, 2] += (75, 80)
    for fill in (0, 128, 255):
        picture = cv2.warpAffine(head, warp, (400, 400), borderValue=(fill,) * 3)
        assert {face.emotion for face in getattr(models, way)(picture)} <= {Emotion.HAPPY}


@pytest.mark.slow
@pytest.mark.parametrize("fill", [0, 128, 255])
def test_a_photo_upside_down_is_read(astronaut_rgb, models, fill):
    framed = np.full((612, 612, 3), fill, np.uint8)
    framed[50:-50, 50:-50] = astronaut_rgb
    for picture in (astronaut_rgb, framed):
        (face,) = models.read(np.ascontiguousarray(picture[::-1, ::-1]))
        (upright,) = models.read(picture)
        np.testing.assert_allclose(face.probabilities, upright.probabilities, atol=0.1)


class SlowDetector(FakeDetector):
    """Says when it looks at a photo, and goes on when it may."""

    def __init__(self):
        super().__init__(photo=FACES[:1], frame=FACES[:1])
        self.looks, self.may_go_on = threading.Event(), threading.Event()

    def detect(self, rgb):
        self.looks.set()
        assert self.may_go_on.wait(10)
        return super().detect(rgb)


def test_photos_are_read_at_the_same_time_and_frames_beside_them(astronaut_rgb):
    slow = [SlowDetector(), SlowDetector()]
    reader = FaceReader(
        FakeDetector(frame=FACES), FakeClassifier(), [(one, FakeClassifier()) for one in slow]
    )
    read = []
    threads = [
        threading.Thread(target=lambda: read.append(reader.read(astronaut_rgb))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    assert all(one.looks.wait(10) for one in slow)  # both at once; four photos wait
    assert len(reader.read_frame(astronaut_rgb)) == 3  # and a frame does not
    assert read == []
    for one in slow:
        one.may_go_on.set()
    for thread in threads:
        thread.join(10)
    assert [len(faces) for faces in read] == [1] * 6


def test_whoever_waits_has_no_decoded_picture_in_memory(monkeypatch, astronaut_rgb, astronaut_jpeg):
    decoded = []

    def decode(data):
        decoded.append(data)
        return astronaut_rgb

    monkeypatch.setattr(reader_module, "read_image", decode)
    slow = [SlowDetector(), SlowDetector()]
    reader = FaceReader(FakeDetector(), FakeClassifier(), [(one, FakeClassifier()) for one in slow])
    read = []
    threads = [
        threading.Thread(target=lambda: read.append(reader.read_file(astronaut_jpeg)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    assert all(one.looks.wait(10) for one in slow)  # two are looked at; four wait
    assert decoded == [astronaut_jpeg] * 2
    for one in slow:
        one.may_go_on.set()
    for thread in threads:
        thread.join(10)
    assert [(rgb is astronaut_rgb, len(faces)) for rgb, faces in read] == [(True, 1)] * 6


def test_a_file_that_is_no_picture_hands_its_turn_on(astronaut_jpeg):
    reader = FaceReader(FakeDetector(photo=FACES), FakeClassifier())
    with pytest.raises(ImageError):
        reader.read_file(b"no picture")
    rgb, faces = reader.read_file(astronaut_jpeg)
    assert rgb.shape == (512, 512, 3)
    assert len(faces) == 3


@pytest.mark.parametrize(("cores", "at_once"), [(1, 1), (2, 2), (64, 2), (None, 1)])
def test_as_many_photos_at_once_as_there_are_cores_up_to_two(monkeypatch, cores, at_once):
    given = []

    class Models:
        @classmethod
        def load(cls):
            return cls()

        def another(self):
            return self

    class Counting(FaceReader):
        def __init__(self, detector, classifier, for_photos=()):
            given.extend(for_photos)

    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    monkeypatch.setattr(reader_module, "FaceDetector", Models)
    monkeypatch.setattr(reader_module, "EmotionClassifier", Models)
    Counting.load()
    assert len(given) == at_once


def test_twenty_threads_read_what_one_alone_reads(astronaut_rgb, models):
    pictures = [astronaut_rgb, astronaut_rgb[:, ::-1], astronaut_rgb[40:, 60:]]
    ways = [models.read, models.read, models.read_frame]
    alone = [way(picture) for way, picture in zip(ways, pictures, strict=True)]
    together = [[] for _ in range(20)]
    start = threading.Barrier(len(together))

    def work(index):
        start.wait(10)
        for _ in range(2):
            together[index].append(ways[index % 3](pictures[index % 3]))

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(together))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for index, results in enumerate(together):
        assert len(results) == 2
        for found in results:
            (face,), (expected,) = found, alone[index % 3]
            assert face.detection == expected.detection
            np.testing.assert_array_equal(face.probabilities, expected.probabilities)
