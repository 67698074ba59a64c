"""How good probabilities are: accuracy, F1 per class, calibration."""

from typing import TypedDict

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.metrics import classification_report, confusion_matrix

from emotion.classifier import softmax
from emotion.values import EMOTIONS

CALIBRATION_BINS = 15

ClassFigures = TypedDict(
    "ClassFigures", {"precision": float, "recall": float, "f1-score": float, "support": float}
)
"""Of one emotion; support is the number of its faces."""


class Figures(TypedDict):
    """All figures of one set of predictions."""

    faces: int
    accuracy: float
    macro_f1: float
    calibration_error: float
    per_emotion: dict[str, ClassFigures]
    confusion: list[list[int]]
    """(7, 7), rows true, columns predicted."""


def measure(probabilities: np.ndarray, labels: np.ndarray) -> Figures:
    """All figures of one set of predictions.

    Parameters
    ----------
    probabilities : numpy.ndarray
        (N, 7), rows sum to 1.
    labels : numpy.ndarray
        (N,), indices into `EMOTIONS`.

    Returns
    -------
    Figures
    """
    predicted = probabilities.argmax(axis=1)
    classes = range(len(EMOTIONS))
    report = classification_report(
        labels, predicted, labels=classes, output_dict=True, zero_division=0.0
    )
    return {
        "faces": len(labels),
        "accuracy": float((predicted == labels).mean()),
        "macro_f1": report["macro avg"]["f1-score"],
        "calibration_error": expected_calibration_error(probabilities, labels),
        "per_emotion": {str(e): report[str(i)] for i, e in enumerate(EMOTIONS)},
        "confusion": confusion_matrix(labels, predicted, labels=classes).tolist(),
    }


def calibration_curve(
    probabilities: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean confidence, accuracy and number of faces in each of `CALIBRATION_BINS` equal bins.

    Empty bins have NaN confidence and accuracy.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    count = np.bincount(bins, minlength=CALIBRATION_BINS)
    with np.errstate(invalid="ignore"):
        return (
            np.bincount(bins, confidence, CALIBRATION_BINS) / count,
            np.bincount(bins, right, CALIBRATION_BINS) / count,
            count,
        )


def expected_calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Mean gap between confidence and accuracy, weighted by faces (Guo et al., 2017)."""
    confidence, accuracy, count = calibration_curve(probabilities, labels)
    return float(np.nansum(np.abs(confidence - accuracy) * count) / count.sum())


def fit_temperature(logits: np.ndarray, targets: np.ndarray) -> float:
    """Find the temperature with the least cross-entropy against targets (N, 7) that sum to 1."""

    def loss(log_temperature: float) -> float:
        scaled = softmax(logits / np.exp(log_temperature))
        return float(-(targets * np.log(np.maximum(scaled, 1e-12))).sum(axis=1).mean())

    best = minimize_scalar(loss, bounds=(-2.0, 2.0), method="bounded")
    return float(np.exp(best.x))
