"""Pictures of how good a model is."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from sklearn.metrics import ConfusionMatrixDisplay

from emotion.training.metrics import calibration_curve, expected_calibration_error
from emotion.values import EMOTIONS

mpl.use("Agg")  # files only, no screen


def confusion(counts: list[list[int]], path: Path) -> None:
    """Heat map of a confusion matrix (7, 7), rows true; shares of each row."""
    matrix = np.asarray(counts, float)
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(6.4, 5.6), layout="constrained")
    axes = figure.subplots()
    display = ConfusionMatrixDisplay(shares, display_labels=list(EMOTIONS))
    display.plot(ax=axes, cmap="Blues", values_format=".2f", xticks_rotation=40)
    axes.set(xlabel="the model says", ylabel="the label says")
    figure.savefig(path, dpi=120)


def calibration(probabilities: np.ndarray, labels: np.ndarray, path: Path) -> None:
    """Accuracy against confidence, with the number of faces in each bin."""
    confidence, accuracy, count = calibration_curve(probabilities, labels)
    error = expected_calibration_error(probabilities, labels)
    figure = Figure(figsize=(5.6, 5.2), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="0.6", linestyle="--", label="what it should be")
    axes.plot(confidence, accuracy, marker="o", label=f"measured, error {error:.3f}")
    for x, y, faces in zip(confidence, accuracy, count, strict=True):
        if faces:
            axes.annotate(str(faces), (x, y), (4, -10), textcoords="offset points", fontsize=7)
    axes.set(xlabel="confidence", ylabel="share that is right", xlim=(0, 1), ylim=(0, 1))
    axes.legend()
    figure.savefig(path, dpi=120)
