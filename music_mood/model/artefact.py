"""The mood model's files: checked before anything of them is used.

A pickle can run code: none is read that does not match its metadata. That keeps out damage and
mix-ups, not somebody who can write both files.
"""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

from i18n import Message
from music_mood.errors import ModelError
from music_mood.values import FEATURE_NAMES, MOODS

MODEL_FOLDER = Path(__file__).resolve().parents[2] / "models" / "mood"
PIPELINES = "mood.joblib"
METADATA = "metadata.json"
SOUND_PIPELINE = "sound.joblib"
SOUND_FIGURES = "sound.json"
"""What was learned of features that were heard, and its metadata (`music_mood.sound.training`)."""

UNREADABLE = (OSError, ValueError, LookupError, TypeError, ArithmeticError, RecursionError)
"""What reading metadata of another form may raise."""


def model_version(folder: Path = MODEL_FOLDER) -> str:
    """Name the model in a folder: the first 12 hexadecimal digits of its pipelines' SHA-256.

    Raises
    ------
    ModelError
        The folder has no usable metadata.
    """
    try:
        digest: str = json.loads((folder / METADATA).read_text())["files"][PIPELINES]["sha256"]
        return digest[:12]
    except (OSError, ValueError, KeyError, TypeError) as cause:
        raise _incomplete() from cause


def verify(folder: Path = MODEL_FOLDER) -> None:
    """Check a model's files as `MoodClassifier.load` does, without loading it; raises the same."""
    checked(folder)
    checked_sound(folder)


def checked(folder: Path) -> tuple[bytes, float]:
    """Read the pickled pipelines and what a mood must have to be sure; nothing is unpickled.

    Raises
    ------
    ModelError
        A file is missing, was altered, belongs to a model with other moods or features, or was made
        by another minor version of scikit-learn.
    """
    try:
        metadata = json.loads((folder / METADATA).read_text())
        pickled = (folder / PIPELINES).read_bytes()
        expected = metadata["files"][PIPELINES]["sha256"]
        moods, features = metadata["labels"], metadata["input"]["features"]
        made_by = str(metadata["versions"]["scikit-learn"])
        unsure_below = float(metadata["unsure_below"])
        if not 0 <= unsure_below <= 1:
            raise ValueError(f"expected a share, got {unsure_below}")
    except UNREADABLE as cause:
        raise _incomplete() from cause
    if hashlib.sha256(pickled).hexdigest() != expected:  # a pickle can run code: check first
        raise _altered()
    if moods != list(MOODS) or features != list(FEATURE_NAMES):
        raise ModelError(misfit(", ".join([*MOODS, *FEATURE_NAMES]), f"{moods}, {features}"))
    installed = version("scikit-learn")
    if _minor(made_by) != _minor(installed):
        raise ModelError(
            Message(
                "The mood model was made with scikit-learn {made_by}, but {installed} is "
                "installed. Please install what requirements.txt asks for, or make the model "
                "anew with `make train-mood`.",
                made_by=made_by,
                installed=installed,
            )
        )
    return pickled, unsure_below


def checked_sound(folder: Path) -> tuple[bytes, float] | None:
    """Read what was learned of heard features, and their threshold; nothing is unpickled.

    None if there is nothing, or if it was measured together with another mood model.

    Raises
    ------
    ModelError
        The pipeline was altered.
    """
    try:
        metadata = json.loads((folder / METADATA).read_text())
        figures = json.loads((folder / SOUND_FIGURES).read_text())
        if figures["mood_model"] != metadata["files"][PIPELINES]["sha256"]:
            return None
        pickled = (folder / SOUND_PIPELINE).read_bytes()
        expected = figures["files"][SOUND_PIPELINE]["sha256"]
        unsure_below = float(figures["unsure_below"])
        fits = _minor(str(figures["versions"]["scikit-learn"])) == _minor(version("scikit-learn"))
    except UNREADABLE:
        return None
    if hashlib.sha256(pickled).hexdigest() != expected:
        raise _altered()
    return (pickled, unsure_below) if fits and 0 <= unsure_below <= 1 else None


def _altered() -> ModelError:
    return ModelError(
        Message(
            "The mood model is not the one its metadata describes. Please restore the folder "
            "models/mood from the repository."
        )
    )


def _incomplete() -> ModelError:
    return ModelError(
        Message(
            "The mood model is missing or incomplete. Please restore the folder models/mood from "
            "the repository."
        )
    )


def misfit(expected: str, got: str) -> Message:
    """Say that a model has other moods or features than this version of the app."""
    return Message(
        "The mood model does not fit this version of the app: expected {expected}, got {got}.",
        expected=expected,
        got=got,
    )


def _minor(release: str) -> list[str]:
    return release.split(".")[:2]
