"""What is measured about moods: agreement, what the visitor hears, honesty of probabilities."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

from music_mood.values import MOODS

TOP = 10
"""Tracks per mood that count as what the visitor hears."""
BINS = 15
"""Of the calibration error, as Guo et al. (2017)."""

Report = dict[str, Any]
"""Figures by name: a number, or a list or dict of figures; fit for JSON."""


def measure(
    probabilities: NDArray[np.float64],
    moods: NDArray[np.int64],
    unsure_below: float | None = None,
) -> Report:
    """Figures for probabilities (N, 4) against true moods (N,), positions in `MOODS`."""
    found = probabilities.argmax(axis=1)
    columns = range(len(MOODS))
    precision, recall, f1, support = precision_recall_fscore_support(
        moods, found, labels=columns, zero_division=0.0
    )
    report: Report = {
        "accuracy": float(accuracy_score(moods, found)),
        "macro_f1": float(f1.mean()),
        "ece": calibration_error(probabilities, moods),
        "precision_at_10": precision_at_top(probabilities, moods),
        "per_class": {
            mood: {
                "precision": float(precision[i]),
                "recall": float(recall[i]),
                "f1": float(f1[i]),
                "support": int(support[i]),
            }
            for i, mood in enumerate(MOODS)
        },
        "confusion": confusion_matrix(moods, found, labels=columns).tolist(),
    }
    if unsure_below is not None:
        sure = probabilities.max(axis=1) >= unsure_below
        report["coverage"] = float(sure.mean())
        # if nobody is sure, nobody errs
        report["accuracy_when_sure"] = float((found == moods)[sure].mean()) if sure.any() else 1.0
    return report


def calibration_error(probabilities: NDArray[np.float64], moods: NDArray[np.int64]) -> float:
    """Compute the expected calibration error of the highest probability, in `BINS` equal bins."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == moods
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, weights=right - confidence, minlength=BINS)
    return float(np.abs(gaps).sum() / len(moods))


def precision_at_top(
    probabilities: NDArray[np.float64], moods: NDArray[np.int64], top: int = TOP
) -> dict[str, float]:
    """Share of tracks that have the mood among the `top` ranked by its probability, per mood."""
    best = np.argsort(-probabilities, axis=0, kind="stable")[:top]
    return {mood: float((moods[best[:, i]] == i).mean()) for i, mood in enumerate(MOODS)}


def unsure_threshold(
    probabilities: NDArray[np.float64],
    moods: NDArray[np.int64],
    wanted: float,
    weights: NDArray[np.float64] | None = None,
) -> float:
    """Lowest threshold from which tracks that reach it are right at least so often.

    Parameters
    ----------
    probabilities : numpy.ndarray
        (N, 4), out of fold.
    moods : numpy.ndarray
        (N,), positions in `MOODS`.
    wanted : float
        Share of labelled tracks that must be right, 0..1.
    weights : numpy.ndarray or None
        (N,), what each track counts; None: all the same.

    Returns
    -------
    float
        In steps of 0.01; 1.0 if no threshold is enough.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == moods
    for percent in range(25, 100):
        sure = confidence >= percent / 100
        counts = None if weights is None else weights[sure]
        if sure.any() and np.average(right[sure], weights=counts) >= wanted:
            return percent / 100
    return 1.0


def mean_of(reports: Sequence[Report]) -> Report:
    """Average reports of the same form, number by number, down into dicts and lists."""
    return {key: _mean([report[key] for report in reports]) for key in reports[0]}


def _mean(values: Sequence[Any]) -> Any:
    first = values[0]
    if isinstance(first, dict):
        return mean_of(values)
    if isinstance(first, list):
        return [_mean(column) for column in zip(*values, strict=True)]
    return float(np.mean(values))
