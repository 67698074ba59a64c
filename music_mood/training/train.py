"""Train the mood model: ``python -m music_mood.training.train --help``."""

import hashlib
import io
import json
import logging
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import joblib
import numpy as np
import tyro
from sklearn.pipeline import Pipeline

from music_mood.classifier import METADATA, MODEL_FOLDER, PIPELINE
from music_mood.training.dataset import MOOD_TABLES, MoodTracks, load_mood_tracks
from music_mood.training.metrics import measure, unsure_threshold
from music_mood.training.model import fit, out_of_fold, plain_network
from music_mood.values import FEATURE_NAMES, FEATURE_RANGES, MOODS

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainConfig:
    """Every choice of a training; saved with the model."""

    data: Path = Path("../shared/data/music")
    """Folder of mood_playlists.csv and data_moods.csv."""
    out: Path = MODEL_FOLDER
    folds: int = 5
    seeds: int = 5
    """Repetitions of the folds, each with other folds and other first weights."""
    right_when_sure: float = 0.75
    """How often a labelled track must be right; less certain ones become "unsure"."""


def train(config: TrainConfig) -> dict:
    """Measure out of fold, choose the threshold, fit to all tracks, save.

    Returns
    -------
    dict
        The metadata that were saved.
    """
    tracks = load_mood_tracks(config.data)
    rounds = [
        out_of_fold(plain_network, tracks, config.folds, seed) for seed in range(config.seeds)
    ]
    repeated = np.tile(tracks.moods, config.seeds)
    threshold = unsure_threshold(np.concatenate(rounds), repeated, config.right_when_sure)
    measured = [measure(probabilities, tracks.moods, threshold) for probabilities in rounds]
    figures = {
        name: float(np.mean([one[name] for one in measured]))
        for name in ("accuracy", "macro_f1", "ece", "coverage", "accuracy_when_sure")
    }
    log.info("out of fold, mean of %s: %s", config.seeds, json.dumps(figures, indent=1))
    return save(fit(plain_network(0), tracks), threshold, figures, tracks, config)


def save(
    pipeline: Pipeline, threshold: float, figures: dict, tracks: MoodTracks, config: TrainConfig
) -> dict:
    """Write the pipeline and what `MoodClassifier.load` must know about it."""
    file = io.BytesIO()
    joblib.dump(pipeline, file, compress=3)
    pickled = file.getvalue()
    metadata = {
        "labels": list(MOODS),
        "input": {"features": list(FEATURE_NAMES), "ranges": dict(FEATURE_RANGES)},
        "unsure_below": threshold,
        "data": {
            "tables": {name: int((tracks.tables == i).sum()) for i, name in enumerate(MOOD_TABLES)},
            "tracks_per_mood": {
                mood: int((tracks.moods == i).sum()) for i, mood in enumerate(MOODS)
            },
            "split": "by artist, stratified by mood",
        },
        "metrics_out_of_fold": figures,
        "config": json.loads(json.dumps(asdict(config), default=lambda path: path.name)),
        "made": datetime.now(UTC).date().isoformat(),
        "versions": {name: version(name) for name in ("scikit-learn", "numpy", "joblib")},
        "files": {PIPELINE: {"sha256": hashlib.sha256(pickled).hexdigest(), "bytes": len(pickled)}},
    }
    config.out.mkdir(parents=True, exist_ok=True)
    (config.out / PIPELINE).write_bytes(pickled)
    (config.out / METADATA).write_text(json.dumps(metadata, indent=1) + "\n")
    return metadata


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    train(tyro.cli(TrainConfig, description=__doc__))
