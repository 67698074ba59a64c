"""Measure the model that is served: ``python -m emotion.training.evaluate --help``.

Everything goes through `EmotionClassifier`, so the figures are those a visitor gets.
"""

import json
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import numpy as np
import tyro

from emotion.classifier import GRAPH, MODEL_FOLDER, EmotionClassifier
from emotion.training import plots
from emotion.training.dataset import FaceDataset, Split, load_dataset, load_image_folder
from emotion.training.metrics import Figures, measure

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EvaluateConfig:
    """What to measure, and on what."""

    data: Path = Path("../shared/data/fer2013/fer2013.npz")
    """fer2013.npz, fer2013.csv or Kaggle's folder of folders."""
    images: Path | None = None
    """Your own test set instead: DIR/<emotion>/*.jpg, face crops framed as FER2013's."""
    split: Split = Split.PRIVATE
    """Report PRIVATE; choose between models on PUBLIC only."""
    model: Path = MODEL_FOLDER
    out: Path = Path("runs/evaluation")
    """Folder for report.json, confusion.png and calibration.png."""


class Speed(TypedDict):
    """Milliseconds."""

    median_ms: float
    best_ms: float


class Cost(Speed):
    """What serving takes."""

    bytes: int
    """Of the graph."""


def evaluate(classifier: EmotionClassifier, data: FaceDataset) -> dict[str, Figures]:
    """Figures for each head and for the page's mixture of heads.

    ``fer2013`` and ``page`` are measured against FER2013's labels, also without the faces that
    stand in the training part; ``ferplus`` (and the page) against the majority of FER+ votes,
    where there are any.
    """
    page = classifier.predict(data.images)
    hard = classifier.predict(data.images, head="fer2013")
    unique, voted = ~data.duplicate, data.has_votes
    report = {
        "fer2013 head": measure(hard, data.labels),
        "fer2013 head, without duplicates": measure(hard[unique], data.labels[unique]),
        "page": measure(page, data.labels),
    }
    if voted.any():
        crowd, majority = data.where(voted), data.majority[voted]
        ferplus = classifier.predict(crowd.images, head="ferplus")
        report["ferplus head, FER+ majority"] = measure(ferplus, majority)
        report["page, FER+ majority"] = measure(page[voted], majority)
    return report


def speed(classifier: EmotionClassifier, repeats: int = 200) -> Speed:
    """Milliseconds for one face (with its mirror image) on one core."""
    face = np.random.default_rng(0).integers(0, 256, (1, 48, 48), np.uint8)
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        classifier.predict(face)
        seconds.append(time.perf_counter() - start)
    return {"median_ms": 1e3 * float(np.median(seconds)), "best_ms": 1e3 * min(seconds)}


def main(config: EvaluateConfig) -> dict[str, Figures | Cost]:
    """Measure, print, save."""
    classifier = EmotionClassifier.load(config.model)
    if config.images:
        data = load_image_folder(config.images)
    else:
        data = load_dataset(config.data).part(config.split)
    results = evaluate(classifier, data)
    config.out.mkdir(parents=True, exist_ok=True)
    for name, figures in results.items():
        log.info(
            "%-34s %5d faces  accuracy %.4f  macro-F1 %.4f  calibration error %.4f",
            *(name, figures["faces"], figures["accuracy"]),
            *(figures["macro_f1"], figures["calibration_error"]),
        )
    log.info("\nfer2013 head  precision  recall  f1     faces")
    for emotion, row in results["fer2013 head"]["per_emotion"].items():
        cells = (row["precision"], row["recall"], row["f1-score"], row["support"])
        log.info("%-12s  %.3f      %.3f   %.3f  %5d", emotion, *cells)
    size = (config.model / GRAPH).stat().st_size
    cost: Cost = {**speed(classifier), "bytes": size}
    log.info("\none face: median %(median_ms).2f ms, best %(best_ms).2f ms", cost)
    report: dict[str, Figures | Cost] = {**results, "speed": cost}
    (config.out / "report.json").write_text(json.dumps(report, indent=1))
    plots.confusion(results["fer2013 head"]["confusion"], config.out / "confusion.png")
    probabilities = classifier.predict(data.images, head="fer2013")
    plots.calibration(probabilities, data.labels, config.out / "calibration.png")
    log.info("%s: %d %s, saved in %s", config.model, size, "bytes", config.out)
    return report


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main(tyro.cli(EvaluateConfig, description=__doc__))
