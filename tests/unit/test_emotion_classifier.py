"""The shipped emotion model and how it is loaded."""

import json
import shutil
import threading

import cv2
import numpy as np
import pytest

from emotion.classifier import GRAPH, MODEL_FOLDER, EmotionClassifier, softmax
from emotion.errors import ModelError
from emotion.values import EMOTIONS


@pytest.fixture(scope="module")
def classifier():
    return EmotionClassifier.load()


@pytest.fixture(scope="module")
def faces():
    return np.random.default_rng(0).integers(0, 256, (70, 48, 48), np.uint8)


@pytest.fixture
def copied_model(tmp_path):
    for name in (GRAPH, "metadata.json"):
        shutil.copyfile(MODEL_FOLDER / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("head", [None, "fer2013", "ferplus"])
@pytest.mark.parametrize("count", [0, 1, 2, 65])
def test_every_row_is_a_distribution(classifier, faces, head, count):
    probabilities = classifier.predict(faces[:count], head=head)
    assert probabilities.shape == (count, 7)
    assert probabilities.dtype == np.float32
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_a_face_gets_the_same_answer_alone_and_in_a_crowd(classifier, faces):
    crowd = classifier.predict(faces)
    alone = np.concatenate([classifier.predict(face[None]) for face in faces[:5]])
    # int8 activations are scaled per batch: the answers agree closely, not to the bit
    np.testing.assert_allclose(crowd[:5], alone, atol=0.05)


def test_a_mirrored_face_gets_the_same_answer(classifier, faces):
    mirrored = np.ascontiguousarray(faces[:8, :, ::-1])
    np.testing.assert_allclose(
        classifier.predict(faces[:8]), classifier.predict(mirrored), atol=1e-4
    )


def test_the_page_mixes_the_heads_as_the_metadata_say(classifier, faces):
    heads = json.loads((MODEL_FOLDER / "metadata.json").read_text())["heads"]
    mixed = sum(
        head["page_weight"] * classifier.predict(faces, head=name) for name, head in heads.items()
    )
    assert sum(head["page_weight"] for head in heads.values()) == pytest.approx(1)
    np.testing.assert_allclose(classifier.predict(faces), mixed, atol=1e-6)


def test_a_laughing_astronaut_looks_happy(classifier, astronaut_rgb):
    # Eileen Collins's face in scikit-image's picture, cropped by hand: detector not involved
    grey = cv2.cvtColor(astronaut_rgb[60:215, 145:300], cv2.COLOR_RGB2GRAY)
    face = cv2.resize(grey, (48, 48), interpolation=cv2.INTER_AREA)
    probabilities = classifier.predict(face[None])[0]
    assert EMOTIONS[probabilities.argmax()] == "happy"
    assert probabilities.max() > 0.6


@pytest.mark.parametrize(
    "wrong",
    [np.zeros((48, 48), np.uint8), np.zeros((1, 40, 40), np.uint8), np.zeros((1, 48, 48))],
)
def test_wrong_input_is_named(classifier, wrong):
    with pytest.raises(ValueError, match=r"expected uint8 faces \(N, 48, 48\), got"):
        classifier.predict(wrong)


def test_an_unknown_head_is_named(classifier, faces):
    with pytest.raises(ValueError, match="expected head in"):
        classifier.predict(faces, head="affectnet")


def test_threads_do_not_disturb_each_other(classifier, faces):
    alone = classifier.predict(faces[:10])
    results = {}

    def work(index):
        results[index] = classifier.predict(faces[:10])

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8
    for result in results.values():
        np.testing.assert_array_equal(result, alone)


def test_an_altered_graph_is_refused(copied_model):
    graph = bytearray((copied_model / GRAPH).read_bytes())
    graph[-1] ^= 1
    (copied_model / GRAPH).write_bytes(graph)
    with pytest.raises(ModelError, match="not the one its metadata describes"):
        EmotionClassifier.load(copied_model)


def test_another_label_order_is_refused(copied_model):
    path = copied_model / "metadata.json"
    metadata = json.loads(path.read_text())
    metadata["labels"].sort(reverse=True)
    path.write_text(json.dumps(metadata))
    with pytest.raises(ModelError, match="does not fit this version"):
        EmotionClassifier.load(copied_model)


@pytest.mark.parametrize("name", [GRAPH, "metadata.json"])
def test_a_missing_file_is_a_sentence(copied_model, name):
    (copied_model / name).unlink()
    with pytest.raises(ModelError, match="missing or incomplete"):
        EmotionClassifier.load(copied_model)


def test_softmax_does_not_overflow():
    np.testing.assert_allclose(softmax(np.array([[1e4, 0.0], [0.0, 0.0]])), [[1, 0], [0.5, 0.5]])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("heads", ["fer2013"]),
        ("heads", {"fer2013": 1}),
        ("heads", {"fer2013": {"temperature": 0, "page_weight": 1}}),
        ("heads", {"fer2013": {"temperature": float("nan"), "page_weight": 1}}),
        ("heads", {"fer2013": {"temperature": 1, "page_weight": 0.5}}),
        ("heads", {"another": {"temperature": 1, "page_weight": 1}}),
        ("files", 7),
    ],
)
def test_metadata_of_which_no_probabilities_come_are_refused(copied_model, key, value):
    path = copied_model / "metadata.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(ModelError, match="missing or incomplete"):
        EmotionClassifier.load(copied_model)


@pytest.mark.parametrize("text", ["[]", "7", '{"files": ' + "[" * 100_000])
def test_metadata_of_another_form_are_refused(copied_model, text):
    (copied_model / "metadata.json").write_text(text)
    with pytest.raises(ModelError, match="missing or incomplete"):
        EmotionClassifier.load(copied_model)
