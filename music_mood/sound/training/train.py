"""Learn what heard features mean: ``python -m music_mood.sound.training.train runs/sound``.

The folder holds the recordings that `gather` fetched. What is heard has a scale of its own: of a
battle's music, vibenet says less energy than Spotify says of a song. So a regression on six of the
features learns from these recordings, and what the app says of heard music is the mean of two: this
regression, and the mood model's networks for heard features, which learned from songs. Each alone
is the better one at home, and little use in the other's world; where both agree, they are right.

What is measured here is measured on makers that had no part in what was learned: the recordings of
each package are judged by a regression made without them. The threshold is the lowest from which of
the tracks that get a mood, `wanted` are right, both as they come and with each mood counting the
same however many recordings it has. The same is then measured on the mood model's songs, whose
features are a service's: so good would it be if hearing were exact.
"""

import hashlib
import io
import json
import logging
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import joblib
import numpy as np
import tyro
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneGroupOut
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from music_mood.files.audio_files import GivenFile, read_audio_file
from music_mood.model.artefact import (
    METADATA,
    MODEL_FOLDER,
    PIPELINES,
    SOUND_FIGURES,
    SOUND_PIPELINE,
)
from music_mood.model.classifier import MoodClassifier
from music_mood.model.preprocess import derive_sound
from music_mood.model.training.dataset import load_mood_tracks
from music_mood.model.training.metrics import Report, measure, unsure_threshold
from music_mood.model.training.model import ModelConfig, mood_network, out_of_fold
from music_mood.model.training.record import settings_of, today, write_json
from music_mood.sound.ear import ANALYSIS, EXTRA, Ear
from music_mood.sound.training.gather import Recording, recordings
from music_mood.values import FEATURE_NAMES, MOODS, AudioFeatures, Mood, Track

log = logging.getLogger(__name__)

STIRRING = (Mood.ENERGETIC, Mood.HAPPY)
"""Moods of high arousal; the others are of low."""

THRESHOLDS = (0.25, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)
"""From these on, figures are told."""


@dataclass(frozen=True)
class TrainConfig:
    """Every choice; saved with the figures."""

    folder: Annotated[Path, tyro.conf.Positional]
    """Where `gather` put the recordings."""
    wanted: float = 0.65
    """Share of tracks with a mood that must be right."""
    penalty: float = 10.0
    """L2 penalty of the regression, the inverse of scikit-learn's `C`."""
    model: Path = MODEL_FOLDER
    """Folder of the mood model; the regression and the figures are written there, too."""
    songs: Path = Path("../shared/data/music")
    """Folder of the mood model's tables; without it, nothing is said of songs."""
    features: Path = Path("runs/sound.json")
    """Keeps what was heard, so that a second run need not hear it again."""


@dataclass(frozen=True, eq=False)
class HeardTracks:
    """Labelled recordings, heard.

    Attributes
    ----------
    features : numpy.ndarray
        float64, (N, 9), in the order of `FEATURE_NAMES`.
    moods : numpy.ndarray
        int64, (N,), positions in `MOODS`: what their makers said.
    sources : numpy.ndarray
        str, (N,): the packages, which must not be split.
    weak : numpy.ndarray
        bool, (N,): `Recording.weak`.
    """

    features: NDArray[np.float64]
    moods: NDArray[np.int64]
    sources: NDArray[np.str_]
    weak: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.moods)


def hear_all(folder: Path, kept: Path) -> HeardTracks:
    """Hear every recording that is there; what was heard before is taken from a file."""
    known: dict[str, list[float]] = json.loads(kept.read_text()) if kept.exists() else {}
    there = [one for one in recordings() if one.below(folder).exists()]
    ear = Ear()

    def hear(one: Recording) -> list[float] | None:
        name = f"{ANALYSIS}:{one.package}/{one.path}"
        if name not in known:
            features = _features(ear, one.below(folder))
            if features is None:
                log.warning("not heard: %s", name)
                return None
            known[name] = [getattr(features, feature) for feature in FEATURE_NAMES]
        return known[name]

    with ThreadPoolExecutor() as pool:
        heard = list(pool.map(hear, there))
    write_json(kept, known)
    pairs = [(one, values) for one, values in zip(there, heard, strict=True) if values]
    return HeardTracks(
        np.array([values for _, values in pairs], dtype=np.float64),
        np.array([MOODS.index(one.mood) for one, _ in pairs]),
        np.array([one.package for one, _ in pairs]),
        np.array([one.weak for one, _ in pairs]),
    )


def _features(ear: Ear, path: Path) -> AudioFeatures | None:
    track = read_audio_file(GivenFile(path.name, path))
    if not isinstance(track, Track):
        return None
    with path.open("rb") as file:
        return ear.hear(file, (track.duration_ms or 0) / 1000)


def evenly(moods: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weigh tracks so that each mood counts the same: (N,), sum N."""
    counts = np.bincount(moods, minlength=len(MOODS))
    weights: NDArray[np.float64] = len(moods) / np.count_nonzero(counts) / counts[moods]
    return weights


def fit(config: TrainConfig, tracks: HeardTracks, rows: NDArray[np.int64]) -> Pipeline:
    """Fit the regression to some of the tracks."""
    moods = tracks.moods[rows]
    pipeline = make_pipeline(
        FunctionTransformer(derive_sound),
        StandardScaler(),
        LogisticRegression(C=1 / config.penalty, max_iter=5_000),
    )
    weights = {"logisticregression__sample_weight": evenly(moods)}
    return pipeline.fit(tracks.features[rows], np.array(MOODS, dtype=str)[moods], **weights)


def by_others(config: TrainConfig, tracks: HeardTracks) -> NDArray[np.float64]:
    """Probabilities (N, 4) of regressions that know nothing of the track's package."""
    probabilities = np.zeros((len(tracks), len(MOODS)))
    for others, held in LeaveOneGroupOut().split(tracks.features, groups=tracks.sources):
        probabilities[held] = fit(config, tracks, others).predict_proba(tracks.features[held])
    return probabilities


def figures_of(probabilities: NDArray[np.float64], tracks: HeardTracks, wanted: float) -> Report:
    """Choose the threshold, and say how good it is; probabilities as of `by_others`."""
    moods, weights = tracks.moods, evenly(tracks.moods)
    found, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    right = found == moods
    threshold = max(
        unsure_threshold(probabilities, moods, wanted, weighing) for weighing in (None, weights)
    )
    stirring = np.isin(np.arange(len(MOODS)), [MOODS.index(mood) for mood in STIRRING])
    return {
        "tracks": {mood: int((moods == at).sum()) for at, mood in enumerate(MOODS)},
        "sources": len(set(tracks.sources.tolist())),
        "unsure_below": threshold,
        **measure(probabilities, moods, threshold),
        "accuracy_evenly": float(np.average(right, weights=weights)),
        "accuracy_without_weak": float(right[~tracks.weak].mean()),
        "arousal_right": float((stirring[found] == stirring[moods]).mean()),
        "by_threshold": [
            _at(step, right, confidence, weights) for step in sorted({*THRESHOLDS, threshold})
        ],
    }


def _at(
    threshold: float,
    right: NDArray[np.bool_],
    confidence: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> Report:
    sure = confidence >= threshold
    some = bool(sure.any())
    return {
        "unsure_below": threshold,
        "with_a_mood": float(sure.mean()),
        "right": float(right[sure].mean()) if some else None,
        "right_evenly": float(np.average(right[sure], weights=weights[sure])) if some else None,
    }


def of_songs(config: TrainConfig, tracks: HeardTracks, threshold: float) -> Report:
    """Measure the same mean on songs whose features a service told, by artists not met before."""
    songs = load_mood_tracks(config.songs)
    networks = out_of_fold(
        lambda seed: mood_network(ModelConfig(), seed, heard=True),
        songs,
        folds=5,
        seed=0,
        balance=ModelConfig().balance,
    )
    regression = fit(config, tracks, np.arange(len(tracks))).predict_proba(songs.features)
    probabilities = (networks + regression) / 2
    right = probabilities.argmax(axis=1) == songs.moods
    confidence = probabilities.max(axis=1)
    return {
        "tracks": len(songs),
        "accuracy": float(right.mean()),
        "regression_alone": float((regression.argmax(axis=1) == songs.moods).mean()),
        **_at(threshold, right, confidence, evenly(songs.moods)),
    }


def train(config: TrainConfig) -> Report:
    """Hear, measure, choose the threshold, fit to all recordings, save.

    Returns
    -------
    dict
        The figures that were saved.
    """
    tracks = hear_all(config.folder, config.features)
    sound = by_others(config, tracks)
    songs = MoodClassifier.load(config.model).by_songs(tracks.features)
    parts = {"songs' networks alone": songs, "sound's regression alone": sound}
    figures = figures_of((songs + sound) / 2, tracks, config.wanted)
    if config.songs.exists():
        figures["songs"] = of_songs(config, tracks, figures["unsure_below"])
    figures["alone"] = {name: _summary(one, tracks) for name, one in parts.items()}
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        joblib.dump(fit(config, tracks, np.arange(len(tracks))), file, compress=3)
    pickled = file.getvalue()
    metadata: dict[str, Any] = json.loads((config.model / METADATA).read_text())
    report: Report = {
        "labels": list(MOODS),
        "unsure_below": figures["unsure_below"],
        "mood_model": metadata["files"][PIPELINES]["sha256"],
        "metrics": figures,
        "config": settings_of(config),
        "made": today(),
        "versions": {name: version(name) for name in (*EXTRA, "onnxruntime", "av", "scikit-learn")},
        "files": {SOUND_PIPELINE: {"sha256": hashlib.sha256(pickled).hexdigest()}},
    }
    (config.model / SOUND_PIPELINE).write_bytes(pickled)
    write_json(config.model / SOUND_FIGURES, report)
    return report


def _summary(probabilities: NDArray[np.float64], tracks: HeardTracks) -> Report:
    right = probabilities.argmax(axis=1) == tracks.moods
    return {
        "accuracy": float(right.mean()),
        "accuracy_evenly": float(np.average(right, weights=evenly(tracks.moods))),
    }


def as_table(report: Report) -> str:
    """Arrange the thresholds as Markdown."""
    lines = [
        "| unsure below | with a mood | right | right, each mood the same |",
        "|---|---|---|---|",
    ]
    for row in report["metrics"]["by_threshold"]:
        shares = (row["with_a_mood"], row["right"], row["right_evenly"])
        cells = ("–" if one is None else f"{one:.0%}" for one in shares)
        lines.append(f"| {row['unsure_below']:.2f} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    report = train(tyro.cli(TrainConfig, args=arguments, description=__doc__))
    print(json.dumps(report["metrics"], indent=1))
    print(as_table(report))


if __name__ == "__main__":
    main()
