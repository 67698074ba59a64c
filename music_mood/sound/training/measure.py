"""Measure the mood model on sound: ``python -m music_mood.sound.training.measure labels.csv``.

The table names audio files that people labelled: columns ``file`` (from the table's folder),
``label`` (a mood) and ``source`` (its makers: what comes from one source is never on both sides of
a choice).
The files are no part of this project; models/mood/MODEL_CARD.md tells where they may be had.

What is heard depends on the sound alone, so nothing is learned here but one number: from which
probability on a track's mood is said. It is chosen so that of tracks with a mood, `wanted` are
right, each mood counting the same, however many tracks it has.
"""

import csv
import json
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import tyro
from numpy.typing import NDArray
from sklearn.model_selection import LeaveOneGroupOut

from music_mood.files.audio_files import GivenFile, read_audio_file
from music_mood.model.classifier import (
    METADATA,
    MODEL_FOLDER,
    PIPELINES,
    SOUND_FIGURES,
    MoodClassifier,
)
from music_mood.model.training.metrics import Report, measure, unsure_threshold
from music_mood.model.training.record import today, write_json
from music_mood.sound.ear import ANALYSIS, EXTRA, Ear
from music_mood.values import FEATURE_NAMES, MOODS, AudioFeatures, Mood, Track

log = logging.getLogger(__name__)

STIRRING = (Mood.ENERGETIC, Mood.HAPPY)
"""Moods of high arousal; the others are of low."""

THRESHOLDS = (0.0, 0.4, 0.5, 0.6, 0.62, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)


@dataclass(frozen=True)
class MeasureConfig:
    """What to measure, and how to choose."""

    labels: Annotated[Path, tyro.conf.Positional]
    """CSV with the columns file, label and source."""
    wanted: float = 0.65
    """Share of tracks with a mood that must be right."""
    model: Path = MODEL_FOLDER
    """Folder of the mood model."""
    out: Path | None = None
    """Write the figures here, for `MoodClassifier` to read (the model's folder)."""
    features: Path | None = None
    """Keep what was heard in this JSON file, and take it from there if it exists."""


@dataclass(frozen=True, eq=False)
class HeardTracks:
    """Labelled sound, heard.

    Attributes
    ----------
    features : numpy.ndarray
        float64, (N, 9), in the order of `FEATURE_NAMES`.
    moods : numpy.ndarray
        int64, (N,), positions in `MOODS`: what people said.
    sources : numpy.ndarray
        str, (N,): the makers.
    """

    features: NDArray[np.float64]
    moods: NDArray[np.int64]
    sources: NDArray[np.str_]


def hear_all(labels: Path, cached: dict[str, list[float]]) -> HeardTracks:
    """Hear every file of a table; what cannot be heard is told and left out.

    Parameters
    ----------
    labels : pathlib.Path
    cached : dict
        File -> features that were heard before; gets what is new.
    """
    with labels.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] in MOODS]
    ear = Ear()
    with ThreadPoolExecutor() as pool:
        heard = list(pool.map(_hear_with(ear, labels.parent, cached), rows))
    there = [(row, values) for row, values in zip(rows, heard, strict=True) if values is not None]
    return HeardTracks(
        np.array([values for _, values in there], dtype=np.float64),
        np.array([MOODS.index(Mood(row["label"])) for row, _ in there]),
        np.array([row["source"] for row, _ in there]),
    )


def _hear_with(
    ear: Ear, folder: Path, cached: dict[str, list[float]]
) -> Callable[[dict[str, str]], list[float] | None]:
    def hear(row: dict[str, str]) -> list[float] | None:
        name = row["file"]
        if name not in cached:
            features = _features(ear, folder / name)
            if features is None:
                log.warning("not heard: %s", name)
                return None
            cached[name] = [getattr(features, one) for one in FEATURE_NAMES]
        return cached[name]

    return hear


def _features(ear: Ear, path: Path) -> AudioFeatures | None:
    track = read_audio_file(GivenFile(path.name, path))
    if not isinstance(track, Track):
        return None
    with path.open("rb") as file:
        return ear.hear(file, (track.duration_ms or 0) / 1000)


def evenly(moods: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weigh tracks so that each mood counts the same: (N,), sum N."""
    counts = np.bincount(moods, minlength=len(MOODS))
    there = np.count_nonzero(counts)
    weights: NDArray[np.float64] = len(moods) / there / counts[moods]
    return weights


def figures_of(probabilities: NDArray[np.float64], tracks: HeardTracks, wanted: float) -> Report:
    """Choose the threshold, and say how good it is on makers that had no part in the choice."""
    moods, weights = tracks.moods, evenly(tracks.moods)
    found = probabilities.argmax(axis=1)
    right, confidence = found == moods, probabilities.max(axis=1)
    threshold = unsure_threshold(probabilities, moods, wanted, weights)
    stirring = np.isin(np.arange(len(MOODS)), [MOODS.index(mood) for mood in STIRRING])
    return {
        "tracks": {mood: int((moods == at).sum()) for at, mood in enumerate(MOODS)},
        "sources": len(set(tracks.sources.tolist())),
        "unsure_below": threshold,
        "wanted": wanted,
        **measure(probabilities, moods, threshold),
        "accuracy_evenly": float(np.average(right, weights=weights)),
        "arousal": float((stirring[found] == stirring[moods]).mean()),
        "arousal_evenly": float(np.average(stirring[found] == stirring[moods], weights=weights)),
        "by_threshold": [
            _at(threshold_, right, confidence, weights)
            for threshold_ in sorted({*THRESHOLDS, threshold})
        ],
        "chosen_without_their_makers": _held_out(probabilities, tracks, wanted),
    }


def _at(
    threshold: float,
    right: NDArray[np.bool_],
    confidence: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> dict[str, float]:
    sure = confidence >= threshold
    return {
        "unsure_below": threshold,
        "with_a_mood": float(sure.mean()),
        "with_a_mood_evenly": float(np.average(sure, weights=weights)),
        "right": float(right[sure].mean()) if sure.any() else 1.0,
        "right_evenly": float(np.average(right[sure], weights=weights[sure]))
        if sure.any()
        else 1.0,
    }


def _held_out(
    probabilities: NDArray[np.float64], tracks: HeardTracks, wanted: float
) -> dict[str, float]:
    """Label the tracks of each source by a threshold chosen on all the other sources."""
    sure = np.zeros(len(tracks.moods), dtype=bool)
    for others, held in LeaveOneGroupOut().split(probabilities, groups=tracks.sources):
        threshold = unsure_threshold(
            probabilities[others], tracks.moods[others], wanted, evenly(tracks.moods[others])
        )
        sure[held] = probabilities[held].max(axis=1) >= threshold
    right = probabilities.argmax(axis=1) == tracks.moods
    weights = evenly(tracks.moods)
    return {
        "with_a_mood": float(sure.mean()),
        "right": float(right[sure].mean()) if sure.any() else 1.0,
        "right_evenly": float(np.average(right[sure], weights=weights[sure]))
        if sure.any()
        else 1.0,
    }


def measure_sound(config: MeasureConfig) -> Report:
    """Hear, measure, and write what `MoodClassifier` must know, if wanted."""
    cached: dict[str, list[float]] = {}
    if config.features and config.features.exists():
        cached = json.loads(config.features.read_text())
    tracks = hear_all(config.labels, cached)
    if config.features:
        write_json(config.features, cached)
    heard = np.ones(len(tracks.moods), dtype=bool)
    probabilities = MoodClassifier.load(config.model).classify(tracks.features, heard).probabilities
    figures = figures_of(probabilities, tracks, config.wanted)
    metadata: dict[str, Any] = json.loads((config.model / METADATA).read_text())
    report: Report = {
        "unsure_below": figures["unsure_below"],
        "mood_model": metadata["files"][PIPELINES]["sha256"],
        "analysis": ANALYSIS,
        "made": today(),
        "versions": {name: version(name) for name in (*EXTRA, "onnxruntime", "av")},
        "metrics": figures,
    }
    if config.out:
        write_json(config.out / SOUND_FIGURES, report)
    return report


def as_table(report: Report) -> str:
    """Arrange the thresholds as Markdown."""
    lines = ["| unsure below | with a mood | right | each mood the same: with a mood | right |"]
    lines.append("|---|---|---|---|---|")
    lines += [
        f"| {row['unsure_below']:.2f} | {row['with_a_mood']:.0%} | {row['right']:.0%} "
        f"| {row['with_a_mood_evenly']:.0%} | {row['right_evenly']:.0%} |"
        for row in report["metrics"]["by_threshold"]
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    report = measure_sound(tyro.cli(MeasureConfig, args=arguments, description=__doc__))
    print(json.dumps(report, indent=1))
    print(as_table(report))


if __name__ == "__main__":
    main()
