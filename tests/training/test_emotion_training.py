"""How the emotion model is made, on miniature data and a miniature network."""

import json
import os

import numpy as np
import pandas as pd
import pytest
from PIL import Image

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from emotion.classifier import MODEL_FOLDER, EmotionClassifier, softmax
from emotion.training import dataset as dataset_module
from emotion.training import export as export_module
from emotion.training.augment import AugmentConfig, Augmenter
from emotion.training.dataset import Split, load_dataset, votes_to_shares
from emotion.training.evaluate import EvaluateConfig
from emotion.training.evaluate import main as evaluate
from emotion.training.metrics import expected_calibration_error, fit_temperature, measure
from emotion.training.network import HEADS, NetworkConfig, build_network
from emotion.training.train import FaceBatches, TrainConfig, train
from emotion.values import EMOTIONS

# Keras 3.15 and TensorFlow 2.21 with numpy 2.4 say this to themselves; not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SMALL = NetworkConfig(stem_filters=4, stage_filters=(4, 8), stage_blocks=(1, 1), squeeze_ratio=2)


def config(stored, tmp_path, **changes):
    settings = {"data": stored, "run": tmp_path / "run", "epochs": 2, "batch_size": 14}
    return TrainConfig(**settings, precision="float32", network=SMALL, **changes)


def test_votes_become_shares_of_the_seven_emotions():
    # neutral, happiness, surprise, sadness, anger, disgust, fear, contempt, unknown, no face
    votes = np.array([[4, 0, 0, 0, 4, 0, 0, 2, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 3, 7]])
    expected = [[0.5, 0, 0, 0, 0, 0, 0.5], [0] * 7]
    np.testing.assert_allclose(votes_to_shares(votes), expected)


def test_the_npz_form_is_read_back(stored, data):
    loaded = load_dataset(stored)
    np.testing.assert_array_equal(loaded.images, data.images)
    np.testing.assert_allclose(loaded.votes, data.votes)
    assert loaded.has_votes.sum() == 83


def test_the_csv_form_is_read(stored, data, tmp_path):
    usages = ["Training", "PublicTest", "PrivateTest"]
    table = pd.DataFrame(
        {
            "emotion": data.labels,
            "pixels": [" ".join(map(str, face.ravel())) for face in data.images],
            "Usage": [usages[split] for split in data.split],
        }
    )
    table.to_csv(tmp_path / "fer2013.csv", index=False)
    loaded = load_dataset(tmp_path / "fer2013.csv")
    np.testing.assert_array_equal(loaded.images, data.images)
    np.testing.assert_array_equal(loaded.split, data.split)
    assert not loaded.has_votes.any()


def test_the_folder_form_is_read(data, tmp_path):
    for part, split in {"train": Split.TRAIN, "test": Split.PRIVATE}.items():
        rows = data.part(split)
        for number, (face, label) in enumerate(zip(rows.images, rows.labels, strict=True)):
            folder = tmp_path / part / EMOTIONS[label]
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(face).save(folder / f"{number:03}.png")
    loaded = load_dataset(tmp_path)
    assert np.bincount(loaded.split).tolist() == [49, 7, 14]
    private = loaded.part(Split.PRIVATE)
    assert private.images[:, 0, 0].astype(int) // 33 == pytest.approx(private.labels)


def test_other_counts_are_refused(stored, monkeypatch):
    monkeypatch.setitem(dataset_module.FER2013_COUNTS, "public", (3,) * 7)
    with pytest.raises(ValueError, match="faces in PUBLIC"):
        load_dataset(stored)


def test_augmentation_is_reproducible_and_can_be_switched_off(data):
    strong = AugmentConfig()
    first = Augmenter(strong, seed=1)(data.images)
    np.testing.assert_array_equal(first, Augmenter(strong, seed=1)(data.images))
    assert (first != Augmenter(strong, seed=2)(data.images)).any()
    assert first.shape == data.images.shape
    assert first.dtype == np.uint8
    nothing = AugmentConfig(**dict.fromkeys(strong.__dataclass_fields__, 0.0))
    np.testing.assert_array_equal(Augmenter(nothing, seed=1)(data.images), data.images)


def test_each_epoch_sees_every_face_once_and_differently(stored, tmp_path, data):
    nothing = AugmentConfig(**dict.fromkeys(AugmentConfig.__dataclass_fields__, 0.0))
    batches = FaceBatches(data, config(stored, tmp_path, augment=nothing))

    def epoch():
        return np.concatenate([batches[index][0] for index in range(len(batches))])

    first = epoch()
    assert sorted(first.sum(axis=(1, 2))) == sorted(data.images.astype(float).sum(axis=(1, 2)))
    batches.on_epoch_end()
    assert (epoch() != first).any()


def test_a_face_without_votes_does_not_teach_the_ferplus_head(stored, tmp_path, data):
    batches = FaceBatches(data, config(stored, tmp_path))
    weights = np.concatenate([batches[i][2]["ferplus"] for i in range(len(batches))])
    assert weights.tolist().count(0) == 1


@pytest.mark.slow
def test_training_learns_is_saved_and_goes_on_where_it_was_cut(stored, tmp_path):
    gentle = AugmentConfig(**dict.fromkeys(AugmentConfig.__dataclass_fields__, 0.0))
    base = {"augment": gentle, "ema_momentum": 0.5, "warmup_epochs": 1.0}
    train(config(stored, tmp_path, **base))
    longer = config(stored, tmp_path, **base)
    longer = TrainConfig(**{**vars(longer), "epochs": 12})
    network = train(longer)
    lines = (tmp_path / "run" / "history.jsonl").read_text().splitlines()
    history = [json.loads(line) for line in lines]
    assert [line["epoch"] for line in history] == list(range(12))  # the first two not again
    assert history[-1]["loss"] < 0.7 * history[0]["loss"]
    assert set(network.output_names) == set(HEADS)
    assert (tmp_path / "run" / "network.keras").exists()


def test_crops_which_save_nothing_here_are_refused(stored, tmp_path):
    with pytest.raises(ValueError, match="pytorch"):
        train(config(stored, tmp_path, crop=40))
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_export_equals_the_network_and_is_served(stored, tmp_path, data):
    train(config(stored, tmp_path))
    out = tmp_path / "model"
    export_module.export(export_module.ExportConfig(tmp_path / "run", stored, out))
    metadata = json.loads((out / "metadata.json").read_text())
    assert metadata["labels"] == list(EMOTIONS)
    assert set(metadata["metrics"]) == {"public", "private"}
    network = export_module.keras.models.load_model(out / "emotion.keras", compile=False)
    export_module.convert(network, "float32", tmp_path / "same.tflite")
    served = EmotionClassifier(
        (tmp_path / "same.tflite").read_bytes(), {"fer2013": 2.0}, {"fer2013": 1.0}
    )
    faces = data.images.astype(np.float32)
    logits, mirrored = (network(x)["fer2013"].numpy() for x in (faces, faces[:, :, ::-1]))
    expected = softmax((logits + mirrored) / 2 / 2.0)
    np.testing.assert_allclose(served.predict(data.images), expected, atol=1e-5)
    report = evaluate(EvaluateConfig(stored, model=out, out=tmp_path / "report"))
    assert report["fer2013 head"]["faces"] == 14
    assert (tmp_path / "report" / "confusion.png").exists()


@pytest.mark.slow
def test_the_shipped_graph_says_what_the_shipped_network_says(tmp_path, data):
    network = export_module.keras.models.load_model(MODEL_FOLDER / "emotion.keras", compile=False)
    metadata = json.loads((MODEL_FOLDER / "metadata.json").read_text())
    export_module.convert(network, "float32", tmp_path / "float32.tflite")
    temperatures = {name: head["temperature"] for name, head in metadata["heads"].items()}
    exact = EmotionClassifier(
        (tmp_path / "float32.tflite").read_bytes(), temperatures, dict.fromkeys(temperatures, 0.5)
    )
    shipped = EmotionClassifier.load()
    for head in HEADS:
        difference = exact.predict(data.images, head) - shipped.predict(data.images, head)
        assert np.abs(difference).mean() < 0.01  # weights of 8 bits


def test_the_faster_export_is_chosen_unless_it_loses_too_much():
    rows = [
        {"export": "float32", "public_accuracy": 0.700, "median_ms": 3.0},
        {"export": "int8", "public_accuracy": 0.698, "median_ms": 1.0},
    ]
    assert export_module.choose(rows, max_loss=0.003) == "int8"
    assert export_module.choose(rows, max_loss=0.001) == "float32"


def test_metrics_on_known_predictions():
    labels = np.array([0, 0, 3, 3])
    predicted = np.eye(7)[[0, 3, 3, 3]]
    figures = measure(predicted, labels)
    assert figures["accuracy"] == 0.75
    assert figures["confusion"][0][3] == 1
    assert figures["per_emotion"]["happy"]["precision"] == pytest.approx(2 / 3)
    assert expected_calibration_error(predicted, labels) == pytest.approx(0.25)


def test_temperature_undoes_overconfidence():
    random = np.random.default_rng(0)
    logits = random.normal(0, 1.5, (4000, 7))
    labels = np.array([random.choice(7, p=row) for row in softmax(logits)])
    assert fit_temperature(3 * logits, np.eye(7)[labels]) == pytest.approx(3, rel=0.1)


def test_the_network_normalises_inside():
    network = build_network(NetworkConfig())
    assert network.input_shape == (None, 48, 48)
    assert any(layer.name.startswith("rescaling") for layer in network.layers)
