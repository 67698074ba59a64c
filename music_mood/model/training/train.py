"""Train the mood model: ``python -m music_mood.model.training.train --help``."""

import hashlib
import io
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import joblib
import tyro
from sklearn.pipeline import Pipeline

from music_mood.model.artefact import METADATA, MODEL_FOLDER, PIPELINES
from music_mood.model.classifier import AFFECT
from music_mood.model.training.dataset import (
    AFFECT_TABLE,
    load_affect_tracks,
    load_mood_tracks,
)
from music_mood.model.training.evaluate import EvaluateConfig, measure_affect, measure_recipe
from music_mood.model.training.metrics import Report
from music_mood.model.training.model import affect_regression, fit_moods, mood_network
from music_mood.model.training.record import settings_of, today, write_json
from music_mood.values import FEATURE_NAMES, FEATURE_RANGES, MOODS

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainConfig(EvaluateConfig):
    """Every choice of a training; saved with the model."""

    out: Path = MODEL_FOLDER
    """Folder for the model."""


def train(config: TrainConfig) -> dict[str, Any]:
    """Measure out of fold, choose the threshold, fit to all tracks, save.

    Returns
    -------
    dict
        The metadata that were saved.
    """
    tracks, affect_tracks = load_mood_tracks(config.data), load_affect_tracks(config.data)

    def make(seed: int) -> Pipeline:
        return mood_network(config.model, seed)

    def make_heard(seed: int) -> Pipeline:
        return mood_network(config.model, seed, heard=True)

    figures = measure_recipe(make, tracks, config, config.model.balance)
    figures["affect_spearman"] = measure_affect(affect_tracks, config)
    log.info("out of fold, mean of %s: %s", config.seeds, json.dumps(figures, indent=1))
    figures["heard_features_only"] = measure_recipe(
        make_heard, tracks, config, config.model.balance
    )
    pipelines = {
        "moods": fit_moods(make(0), tracks, config.model.balance),
        "heard": fit_moods(make_heard(0), tracks, config.model.balance),
        "affect": affect_regression(config.model).fit(affect_tracks.features, affect_tracks.affect),
    }
    data: dict[str, int | dict[str, int]] = {**tracks.counts(), AFFECT_TABLE: len(affect_tracks)}
    return save(pipelines, figures, data, config)


def save(
    pipelines: dict[str, Pipeline],
    figures: Report,
    data: Mapping[str, int | dict[str, int]],
    config: TrainConfig,
) -> dict[str, Any]:
    """Write the pipelines and what `MoodClassifier.load` must know about them."""
    file = io.BytesIO()
    joblib.dump(pipelines, file, compress=3)
    pickled = file.getvalue()
    metadata = {
        "labels": list(MOODS),
        "outputs": [*MOODS, *AFFECT],
        "input": {"features": list(FEATURE_NAMES), "ranges": dict(FEATURE_RANGES)},
        "unsure_below": figures["unsure_below"],
        "data": data,
        "split": "by artist, stratified by mood",
        "metrics_out_of_fold": figures,
        "config": settings_of(config),
        "made": today(),
        "versions": {name: version(name) for name in ("scikit-learn", "numpy", "joblib")},
        "files": {
            PIPELINES: {"sha256": hashlib.sha256(pickled).hexdigest(), "bytes": len(pickled)}
        },
    }
    config.out.mkdir(parents=True, exist_ok=True)
    (config.out / PIPELINES).write_bytes(pickled)
    write_json(config.out / METADATA, metadata)
    return metadata


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    train(tyro.cli(TrainConfig, description=__doc__))
