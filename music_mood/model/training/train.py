"""Train the mood model: ``python -m music_mood.model.training.train --help``."""

import hashlib
import io
import json
import logging
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import joblib
import tyro
from sklearn.pipeline import Pipeline

from music_mood.model.classifier import AFFECT, METADATA, MODEL_FOLDER, PIPELINES
from music_mood.model.training.dataset import (
    AFFECT_TABLE,
    MOOD_TABLES,
    MoodTracks,
    load_affect_tracks,
    load_mood_tracks,
)
from music_mood.model.training.evaluate import EvaluateConfig, measure_affect, measure_recipe
from music_mood.model.training.model import affect_regression, fit_moods, mood_network
from music_mood.values import FEATURE_NAMES, FEATURE_RANGES, MOODS

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainConfig(EvaluateConfig):
    """Every choice of a training; saved with the model."""

    out: Path = MODEL_FOLDER
    """Folder for the model."""


def train(config: TrainConfig) -> dict:
    """Measure out of fold, choose the threshold, fit to all tracks, save.

    Returns
    -------
    dict
        The metadata that were saved.
    """
    tracks, affect_tracks = load_mood_tracks(config.data), load_affect_tracks(config.data)

    def make(seed: int) -> Pipeline:
        return mood_network(config.model, seed)

    figures = measure_recipe(make, tracks, config, config.model.balance)
    figures["affect_spearman"] = measure_affect(affect_tracks, config)
    log.info("out of fold, mean of %s: %s", config.seeds, json.dumps(figures, indent=1))
    pipelines = {
        "moods": fit_moods(make(0), tracks, config.model.balance),
        "affect": affect_regression(config.model).fit(affect_tracks.features, affect_tracks.affect),
    }
    data = describe(tracks) | {AFFECT_TABLE: len(affect_tracks)}
    return save(pipelines, figures, data, config)


def describe(tracks: MoodTracks) -> dict:
    """Count tracks per table and mood."""
    return {
        table: {
            mood: int(((tracks.tables == number) & (tracks.moods == column)).sum())
            for column, mood in enumerate(MOODS)
        }
        for number, table in enumerate(MOOD_TABLES)
    }


def save(pipelines: dict[str, Pipeline], figures: dict, data: dict, config: TrainConfig) -> dict:
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
        "config": json.loads(json.dumps(asdict(config), default=lambda path: path.name)),
        "made": datetime.now(UTC).date().isoformat(),
        "versions": {name: version(name) for name in ("scikit-learn", "numpy", "joblib")},
        "files": {
            PIPELINES: {"sha256": hashlib.sha256(pickled).hexdigest(), "bytes": len(pickled)}
        },
    }
    config.out.mkdir(parents=True, exist_ok=True)
    (config.out / PIPELINES).write_bytes(pickled)
    (config.out / METADATA).write_text(json.dumps(metadata, indent=1) + "\n")
    return metadata


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    train(tyro.cli(TrainConfig, description=__doc__))
