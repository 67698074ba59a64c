"""Which mood a track has: nine audio features -> probabilities of four moods, on scikit-learn.

The model's folder holds the fitted pipeline (``mood.joblib``) and ``metadata.json``, which says
how it was made and must be read. Nothing is unpickled that does not match its metadata.
"""

import hashlib
import io
import json
from pathlib import Path
from typing import Self

import joblib
import numpy as np
import pandas as pd
import sklearn
from sklearn.base import ClassifierMixin

from music_mood.errors import ModelError
from music_mood.values import FEATURE_NAMES, FEATURE_RANGES, MOODS

MODEL_FOLDER = Path(__file__).resolve().parent.parent / "models" / "mood"
PIPELINE = "mood.joblib"
METADATA = "metadata.json"

UNSURE = "unsure"
"""Label of a track whose most probable mood is not probable enough."""
UNKNOWN = "unknown"
"""Label of a track with a missing feature."""

CHUNK = 65_536
"""Most rows per call of the pipeline, so that memory stays bounded however many come."""

_LABELS = np.array([*MOODS, UNSURE, UNKNOWN], dtype=object)
_UNSURE_CODE, _UNKNOWN_CODE = len(MOODS), len(MOODS) + 1
_LOW, _HIGH = np.array([FEATURE_RANGES[name] for name in FEATURE_NAMES]).T


class MoodClassifier:
    """The mood model, ready to serve. Stateless once loaded, so threads may share it.

    Parameters
    ----------
    pipeline : sklearn.base.ClassifierMixin
        Fitted; takes float64 (N, 9) in the order of `FEATURE_NAMES`, its classes are `MOODS`.
    unsure_below : float
        Tracks whose highest probability is below this are "unsure"; 0..1.
    """

    def __init__(self, pipeline: ClassifierMixin, unsure_below: float) -> None:
        classes = [str(name) for name in pipeline.classes_]
        if classes != list(MOODS):
            raise ModelError(
                f"The mood model does not fit this version of the app: expected the moods "
                f"{', '.join(MOODS)}, got {', '.join(classes)}."
            )
        self._pipeline = pipeline
        self._unsure_below = unsure_below

    @classmethod
    def load(cls, folder: Path = MODEL_FOLDER) -> Self:
        """Load the model that ships with the app, or one from another folder of the same form.

        Raises
        ------
        ModelError
            A file is missing, was altered, belongs to a model with other moods or features, or
            was made by another minor version of scikit-learn.
        """
        try:
            metadata = json.loads((folder / METADATA).read_text())
            pickled = (folder / PIPELINE).read_bytes()
            expected = metadata["files"][PIPELINE]["sha256"]
            moods, features = metadata["labels"], metadata["input"]["features"]
            made_by = metadata["versions"]["scikit-learn"]
            unsure_below = float(metadata["unsure_below"])
        except (OSError, ValueError, KeyError, TypeError) as cause:
            raise ModelError(
                "The mood model is missing or incomplete. Please restore the folder models/mood "
                "from the repository."
            ) from cause
        if hashlib.sha256(pickled).hexdigest() != expected:  # a pickle can run code: check first
            raise ModelError(
                "The mood model is not the one its metadata describes. Please restore the folder "
                "models/mood from the repository."
            )
        if moods != list(MOODS) or features != list(FEATURE_NAMES):
            raise ModelError(
                f"The mood model does not fit this version of the app: expected moods "
                f"{', '.join(MOODS)} from {', '.join(FEATURE_NAMES)}, got {moods} from {features}."
            )
        if _minor(made_by) != _minor(sklearn.__version__):
            raise ModelError(
                f"The mood model was made with scikit-learn {made_by}, but {sklearn.__version__} "
                "is installed. Please install what requirements.txt asks for, or make the model "
                "anew with `make train-mood`."
            )
        return cls(joblib.load(io.BytesIO(pickled)), unsure_below)

    @property
    def unsure_below(self) -> float:
        """Tracks whose highest probability is below this are "unsure"; 0..1."""
        return self._unsure_below

    def predict(self, features: pd.DataFrame) -> pd.DataFrame:
        """Tell the moods of tracks.

        Parameters
        ----------
        features : pandas.DataFrame
            One row per track with the columns `FEATURE_NAMES`, in any order; further columns are
            ignored. Units and ranges are those of `AudioFeatures`.

        Returns
        -------
        pandas.DataFrame
            With the index of `features` and the columns

            - calm, energetic, happy, sad: float64 probabilities, sum 1; NaN where a feature is
              missing or outside `FEATURE_RANGES`;
            - mood: the most probable mood, "unsure" if its probability is below
              `unsure_below`, "unknown" where the probabilities are NaN.

        Raises
        ------
        ValueError
            A column is absent or holds something that is no number.
        """
        values = as_array(features)
        probabilities = np.full((len(values), len(MOODS)), np.nan)
        codes = np.full(len(values), _UNKNOWN_CODE, dtype=np.int8)
        for start in range(0, len(values), CHUNK):
            rows = slice(start, start + CHUNK)
            usable = ((values[rows] >= _LOW) & (values[rows] <= _HIGH)).all(axis=1)  # NaN: False
            if usable.any():
                found = self._pipeline.predict_proba(values[rows][usable])
                sure = found.max(axis=1) >= self._unsure_below
                probabilities[rows][usable] = found
                codes[rows][usable] = np.where(sure, found.argmax(axis=1), _UNSURE_CODE)
        table = pd.DataFrame(probabilities, index=features.index, columns=list(MOODS))
        table["mood"] = _LABELS[codes]
        return table


def as_array(features: pd.DataFrame) -> np.ndarray:
    """Take the nine features out of a table, float64 (N, 9) in the order of `FEATURE_NAMES`.

    Raises
    ------
    ValueError
        A column is absent or holds something that is no number.
    """
    missing = [name for name in FEATURE_NAMES if name not in features.columns]
    if missing:
        raise ValueError(
            f"expected columns {', '.join(FEATURE_NAMES)}, "
            f"got {', '.join(map(str, features.columns)) or 'none'}"
        )
    return features[list(FEATURE_NAMES)].to_numpy(dtype=np.float64, na_value=np.nan)


def _minor(version: str) -> list[str]:
    return version.split(".")[:2]
