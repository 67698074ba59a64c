"""Learn what each mood sounds like: ``python -m music_mood.model.training.targets``.

For each mood the weighted median of the tracks that people put under it (tempo: the mean round
the octave). A track's weight is a power of the probability that the mood model gives that mood:
people's playlists hold many a track that others would place elsewhere, and those should not decide
what a mood sounds like. `music_mood.model.targets` says how the figures are used.
"""

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tyro
from numpy.typing import NDArray

from music_mood.model.artefact import MODEL_FOLDER
from music_mood.model.classifier import MoodClassifier
from music_mood.model.targets import TARGET_NAMES, TARGETS, Targets, apart, distances, middle
from music_mood.model.training.dataset import MoodTracks, load_mood_tracks
from music_mood.model.training.metrics import mean_of, precision_at_top
from music_mood.model.training.record import settings_of, today, write_json
from music_mood.values import FEATURE_NAMES, MOODS

log = logging.getLogger(__name__)

_COLUMNS = [FEATURE_NAMES.index(name) for name in TARGET_NAMES]


@dataclass(frozen=True)
class TargetsConfig:
    """What the targets are learned from, and how."""

    data: Path = Path("../shared/data/music")
    """Folder of mood_playlists.csv and data_moods.csv."""
    model: Path = MODEL_FOLDER
    """Folder of the mood model that weighs the tracks."""
    out: Path = MODEL_FOLDER
    """Folder for targets.json."""
    power: float = 2.0
    """Of the model's probability, as a track's weight; 0 makes all tracks equal."""
    folds: int = 5
    seeds: int = 5
    """Repetitions of the folds that the targets are measured on."""


def learn(config: TargetsConfig) -> dict[str, Any]:
    """Learn from all tracks, measure on folds without common artists, write ``targets.json``.

    Returns
    -------
    dict
        What was written.
    """
    tracks = load_mood_tracks(config.data)
    weights = track_weights(tracks, MoodClassifier.load(config.model), config.power)
    targets = learn_targets(tracks, weights)
    report = {
        "centres": {mood: _named(row) for mood, row in zip(MOODS, targets.centres, strict=True)},
        "scales": _named(targets.scales),
        "units": "tempo: bpm within an octave; its scale: octaves; the others: 0..1",
        "data": tracks.counts(),
        "source": "tracks of playlists that people named after a mood; weighted median per mood",
        "precision_at_10": measure_targets(tracks, weights, config),
        "config": settings_of(config),
        "made": targets.made,
    }
    log.info("%s", json.dumps(report, indent=1))
    write_json(config.out / TARGETS, report)
    return report


def track_weights(
    tracks: MoodTracks, classifier: MoodClassifier, power: float
) -> NDArray[np.float64]:
    """Weigh each track by how well the model thinks it fits its mood: float64, (N,), above 0."""
    probabilities = classifier.classify(tracks.features).probabilities
    fitting = probabilities[np.arange(len(tracks)), tracks.moods]
    weights: NDArray[np.float64] = np.maximum(fitting, 1e-6) ** power
    return weights


def learn_targets(tracks: MoodTracks, weights: NDArray[np.float64]) -> Targets:
    """Find the moods' centres, and as scales the tracks' root mean square deviation from them."""
    values = tracks.features[:, _COLUMNS]
    of_mood = [tracks.moods == column for column in range(len(MOODS))]
    centres = np.array([_centre(values[rows], weights[rows]) for rows in of_mood])
    deviations = np.concatenate(
        [apart(values[rows], centre) for rows, centre in zip(of_mood, centres, strict=True)]
    )
    scales = np.sqrt((deviations**2).mean(axis=0))
    return Targets(centres, scales, len(tracks), made=today())


def measure_targets(
    tracks: MoodTracks, weights: NDArray[np.float64], config: TargetsConfig
) -> dict[str, float]:
    """Share of the ten nearest tracks that people gave the mood, by artists not learned from.

    The weights are the shipped model's, which knows all tracks.
    """
    rounds = []
    for seed in range(config.seeds):
        for known, new in tracks.folds(config.folds, seed):
            targets = learn_targets(tracks.where(known), weights[known])
            values = tracks.features[new][:, _COLUMNS]
            away = [distances(values, centre, targets.scales) for centre in targets.centres]
            closeness = -np.stack(away, axis=1)
            rounds.append(precision_at_top(closeness, tracks.moods[new]))
    return {mood: round(share, 3) for mood, share in mean_of(rounds).items()}


def _centre(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    centre = middle(values, weights)  # for the tempo: there is no median on a circle
    centre[:-1] = np.quantile(values[:, :-1], 0.5, axis=0, weights=weights, method="inverted_cdf")
    return centre


def _named(row: NDArray[np.float64]) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(TARGET_NAMES, row, strict=True)}


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    learn(tyro.cli(TargetsConfig, description=__doc__))
