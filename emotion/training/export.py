"""Make the folder that is served from a trained run: ``python -m emotion.training.export --help``.

Fits the temperatures on PublicTest, converts the network to LiteRT as float32, float16 and
dynamic-range int8, compares them on PublicTest and ships the fastest that loses under
``max_loss``. Needs Keras's TensorFlow backend; ``.keras`` files trained on others load there.
"""

import hashlib
import json
import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypedDict

import keras
import tensorflow as tf
import tyro

from emotion.classifier import GRAPH, MODEL_FOLDER, EmotionClassifier
from emotion.training.ask import ask, temperatures
from emotion.training.dataset import FACE_SIZE, FaceDataset, Split, load_dataset
from emotion.training.evaluate import Cost, evaluate, speed
from emotion.training.network import HEADS, PAGE_FER2013_SHARE
from emotion.training.train import CONFIG, HISTORY
from emotion.values import EMOTIONS

log = logging.getLogger(__name__)

NETWORK = "emotion.keras"
PRECISIONS: Mapping[str, Mapping[str, object]] = {
    "float32": {},
    "float16": {
        "optimizations": [tf.lite.Optimize.DEFAULT],
        "target_spec": {"supported_types": [tf.float16]},
    },
    "int8": {"optimizations": [tf.lite.Optimize.DEFAULT]},
}
"""Converter settings per export; int8 is dynamic-range: weights 8 bit, activations as needed."""


@dataclass(frozen=True)
class ExportConfig:
    """What to export, and where to."""

    run: Path = Path("runs/resnet")
    """A finished run, or a soup: its network.keras, config.json and history.jsonl are read."""
    data: Path = Path("../shared/data/fer2013/fer2013.npz")
    out: Path = MODEL_FOLDER
    page_fer2013_share: float = PAGE_FER2013_SHARE
    """Share of the FER2013 head in what the page shows; the FER+ head has the rest."""
    max_loss: float = 0.003
    """Accuracy on PublicTest that an export may lose against float32."""


class Head(TypedDict):
    """How a head is served."""

    temperature: float
    page_weight: float


class Export(Cost):
    """How good one of `PRECISIONS` is."""

    export: str
    public_accuracy: float


def convert(network: keras.Model, precision: str, path: Path) -> None:
    """Write one LiteRT graph."""
    network.export(path, format="litert", verbose=False, **PRECISIONS[precision])


def fit_heads(
    network: keras.Model, public: FaceDataset, page_fer2013_share: float
) -> dict[str, Head]:
    """Temperature and page weight per head, for the mean over a face and its mirror image."""
    fitted = temperatures(ask(network, public.images), public)
    shares = {"fer2013": page_fer2013_share, "ferplus": 1 - page_fer2013_share}
    return {
        head: {"temperature": round(fitted[head], 4), "page_weight": shares[head]} for head in HEADS
    }


def compare(
    network: keras.Model, heads: Mapping[str, Head], public: FaceDataset, folder: Path
) -> list[Export]:
    """Accuracy on PublicTest, speed and size of each export."""
    rows: list[Export] = []
    for precision in PRECISIONS:
        path = folder / f"{precision}.tflite"
        convert(network, precision, path)
        classifier = EmotionClassifier(
            path.read_bytes(),
            {name: head["temperature"] for name, head in heads.items()},
            {name: head["page_weight"] for name, head in heads.items()},
        )
        right = classifier.predict(public.images, head="fer2013").argmax(axis=1) == public.labels
        rows.append(
            {
                "export": precision,
                "public_accuracy": float(right.mean()),
                **speed(classifier),
                "bytes": path.stat().st_size,
            }
        )
        log.info("%s", rows[-1])
    return rows


def choose(rows: Sequence[Export], max_loss: float) -> str:
    """Pick the fastest export that loses at most `max_loss` accuracy against float32."""
    reference = next(row for row in rows if row["export"] == "float32")["public_accuracy"]
    good = [row for row in rows if row["public_accuracy"] >= reference - max_loss]
    return min(good, key=lambda row: row["median_ms"])["export"]


def export(config: ExportConfig) -> None:
    """Write graph, network and metadata, then measure the result once on PrivateTest."""
    data = load_dataset(config.data)
    public = data.part(Split.PUBLIC)
    network = keras.models.load_model(config.run / "network.keras", compile=False)
    heads = fit_heads(network, public, config.page_fer2013_share)
    config.out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        rows = compare(network, heads, public, Path(folder))
        chosen = choose(rows, config.max_loss)
        shutil.copyfile(Path(folder) / f"{chosen}.tflite", config.out / GRAPH)
    network.save(config.out / NETWORK)
    shutil.copyfile(config.run / HISTORY, config.out / HISTORY)  # the notebook draws its curves
    metadata = {
        "name": "face-the-music-emotion",
        "date": date.today().isoformat(),
        "labels": [str(emotion) for emotion in EMOTIONS],
        "input": {"name": "faces", "shape": [FACE_SIZE, FACE_SIZE], "range": [0, 255]},
        "heads": heads,
        "precision": chosen,
        "parameters": network.count_params(),
        "files": {name: {"sha256": _sha256(config.out / name)} for name in (GRAPH, NETWORK)},
        "data": "FER2013 (training part) with FER+ votes; chosen on PublicTest",
        "training": json.loads((config.run / CONFIG).read_text()),
        "exports_on_public_test": rows,
        "versions": {name: version(name) for name in ("keras", "tensorflow", "ai-edge-litert")},
    }
    path = config.out / "metadata.json"
    path.write_text(json.dumps(metadata, indent=1))
    classifier = EmotionClassifier.load(config.out)
    metadata["metrics"] = {
        split.name.lower(): evaluate(classifier, data.part(split))
        for split in (Split.PUBLIC, Split.PRIVATE)
    }
    path.write_text(json.dumps(metadata, indent=1))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    export(tyro.cli(ExportConfig, description=__doc__))
