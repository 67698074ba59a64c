"""What the capture panel keeps: the last thing the visitor did rules, and the address tells it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.capture import Capture, PictureRead, Way
from emotion.values import EMOTIONS, Detection, Emotion, Face, Feeling, FeelingSource

PIXELS = np.zeros((4, 4, 3), np.uint8)
DETECTION = Detection((0, 0, 4, 4), (1.0, 1.0), (2.0, 1.0), 0.9)


def face(emotion: Emotion, share: float = 0.88) -> Face:
    rest = (1 - share) / 6
    return Face(DETECTION, np.array([share if one is emotion else rest for one in EMOTIONS]))


def picture(*faces: Face) -> PictureRead:
    return PictureRead.of("1", PIXELS, list(faces))


def emotion_of(feeling: Feeling | None) -> str | None:
    return feeling and EMOTIONS[int(feeling.probabilities.argmax())].value


def test_a_face_counts_until_the_visitor_says_otherwise():
    capture = Capture(way=Way.PHOTO)
    capture.show(Way.PHOTO, picture(face(Emotion.HAPPY)))
    assert emotion_of(capture.feeling) == "happy"
    assert capture.named is None
    capture.name(Emotion.SAD)
    assert emotion_of(capture.feeling) == capture.named == "sad"
    capture.name(None)
    assert emotion_of(capture.feeling) == "happy"


def test_taking_back_the_only_word_leaves_no_feeling():
    capture = Capture()
    capture.name(Emotion.FEAR)
    capture.name(None)
    assert capture.feeling is None


def test_the_chosen_face_is_the_one_that_counts():
    capture = Capture(way=Way.PHOTO)
    two = replace(picture(face(Emotion.HAPPY), face(Emotion.ANGRY)), chosen=1)
    capture.show(Way.PHOTO, two)
    assert emotion_of(capture.feeling) == "angry"


def test_without_a_face_only_the_word_of_a_face_ends():
    capture = Capture(way=Way.PHOTO)
    capture.show(Way.PHOTO, picture(face(Emotion.HAPPY)))
    capture.show(Way.SNAPSHOT, picture())
    assert capture.feeling is None
    capture.name(Emotion.SAD)
    capture.show(Way.SNAPSHOT, picture())
    assert capture.named is Emotion.SAD


def test_another_picture_is_asked_for_and_the_feeling_stays():
    capture = Capture(way=Way.PHOTO)
    capture.show(Way.PHOTO, picture(face(Emotion.HAPPY)))
    capture.put_away()
    assert capture.picture is None
    assert emotion_of(capture.feeling) == "happy"
    assert capture.uploads == 1


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_the_address_brings_a_named_feeling_back(emotion):
    before, after = Capture(), Capture()
    before.name(emotion)
    after.take_up(before.to_query())
    assert after.named is emotion
    assert after.to_query() == {"feeling": emotion.value}


@given(st.lists(st.floats(0.001, 1), min_size=7, max_size=7))
def test_the_address_brings_a_reading_back_in_whole_percents(weights):
    shares = np.array(weights, np.float32) / np.float32(sum(weights))
    before, after = Capture(way=Way.LIVE, feeling=Feeling(shares, FeelingSource.FACE)), Capture()
    after.take_up(before.to_query())
    assert after.way is Way.LIVE
    assert after.feeling is not None and after.feeling.source is FeelingSource.FACE
    assert np.abs(after.feeling.probabilities - shares).max() <= 0.0101
    assert after.to_query() == before.to_query()  # or Back would never get past it


def test_the_address_finds_the_picture_that_is_still_there():
    capture = Capture(way=Way.PHOTO)
    capture.show(Way.PHOTO, picture(face(Emotion.HAPPY, 0.8765)))
    query = capture.to_query()
    capture.name(Emotion.SAD)
    capture.take_up(query)
    assert capture.feeling is not None
    assert capture.feeling.probabilities[3] == np.float32(0.8765)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"feeling": "hungry"},
        {"face": ""},
        {"face": "happy"},
        {"face": "happy0"},
        {"face": "<script>"},
        {"face": "9" * 10_000},
        {"way": "No camera"},
    ],
    ids=str,
)
def test_an_address_that_makes_no_sense_is_a_fresh_page(query):
    capture = Capture()
    capture.name(Emotion.SAD)
    capture.take_up(query)
    assert capture.feeling is None
    assert capture.way is None


def test_no_picture_is_ever_written_into_the_address():
    capture = Capture(way=Way.PHOTO, consent=True)
    capture.show(Way.PHOTO, picture(face(Emotion.HAPPY)))
    assert set(capture.to_query()) == {"face", "way"}


def test_a_visit_holds_little_of_a_picture(astronaut_rgb):
    large = np.asarray(astronaut_rgb).repeat(3, axis=0).repeat(3, axis=1)
    read = PictureRead.of("1", large, [face(Emotion.HAPPY)])
    assert len(read.jpeg) < large.nbytes / 10
    assert read.portrait is read.portrait  # cut out once
    wide = Face(
        Detection((0, 0, 1500, 1500), (1.0, 1.0), (2.0, 1.0), 0.9), read.faces[0].probabilities
    )
    assert PictureRead.of("1", large, [wide]).portrait.shape == (480, 480, 3)
    assert PictureRead.of("1", large, []).portrait is None


def test_what_is_put_away_leaves_nothing_shown():
    capture = Capture(way=Way.PHOTO, shown=("1", "data:"))
    capture.show(Way.PHOTO, picture(face(Emotion.HAPPY)))
    assert capture.luggage().shown is None and capture.luggage().pictures == {}
    capture.put_away()
    assert capture.shown is None and capture.pictures == {}
