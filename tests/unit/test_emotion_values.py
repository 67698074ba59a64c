import numpy as np
import pytest

from emotion.values import EMOTIONS, Detection, Emotion, Face, Feeling, FeelingSource

SOMEWHERE = Detection((10, 20, 30, 40), (15.0, 30.0), (30.0, 30.0), 0.9)


def test_label_order_is_fer2013s():
    assert [*EMOTIONS] == ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]


def test_a_face_names_its_most_probable_emotion():
    face = Face(SOMEWHERE, np.array([0.1, 0, 0, 0.7, 0.1, 0, 0.1]))
    assert face.emotion is Emotion.HAPPY
    assert face.confidence == pytest.approx(0.7)
    assert face.box_xywh == (10, 20, 30, 40)


def test_a_faces_probabilities_cannot_be_changed_from_outside():
    given = np.full(7, 1 / 7)
    face = Face(SOMEWHERE, given)
    given[0] = 1
    assert face.probabilities[0] == pytest.approx(1 / 7)
    with pytest.raises(ValueError, match="read-only"):
        face.probabilities[0] = 1


def test_probabilities_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"expected probabilities of shape \(7,\), got \(6,\)"):
        Face(SOMEWHERE, np.ones(6))


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_a_named_feeling_is_certain(emotion):
    feeling = Feeling.named(emotion)
    assert feeling.source is FeelingSource.VISITOR
    assert feeling.probabilities.sum() == 1
    assert EMOTIONS[feeling.probabilities.argmax()] is emotion
