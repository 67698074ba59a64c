"""Which mood a track has: nine audio features -> four moods, valence and arousal; scikit-learn.

The model's folder holds the fitted pipelines (``mood.joblib``) and ``metadata.json``, which says
how they were made and must be read. Nothing is unpickled that does not match its metadata.
"""

import hashlib
import io
import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Self

import joblib
import numpy as np
import pandas as pd

from music_mood.errors import ModelError
from music_mood.values import FEATURE_NAMES, FEATURE_RANGES, MOODS, UNKNOWN, UNSURE

if TYPE_CHECKING:  # 75 MB, which a visit that plays the demo does without: unpickling imports it
    from sklearn.pipeline import Pipeline

MODEL_FOLDER = Path(__file__).resolve().parents[2] / "models" / "mood"
PIPELINES = "mood.joblib"
METADATA = "metadata.json"

AFFECT = ("valence_estimate", "arousal_estimate")
"""How pleasant and how stirring a track is, as people tagged it: mean 0, standard deviation 1."""

CHUNK = 65_536
"""Most rows per call of the pipeline, so that memory stays bounded however many come."""

_LABELS = np.array([*MOODS, UNSURE, UNKNOWN], dtype=object)
_UNSURE_CODE, _UNKNOWN_CODE = len(MOODS), len(MOODS) + 1
_LOW, _HIGH = np.array([FEATURE_RANGES[name] for name in FEATURE_NAMES]).T


class MoodClassifier:
    """The mood model, ready to serve. Stateless once loaded, so threads may share it.

    Parameters
    ----------
    moods : sklearn.pipeline.Pipeline
        Fitted classifier; takes (N, 9) in the order of `FEATURE_NAMES`, its classes are `MOODS`.
    affect : sklearn.pipeline.Pipeline
        Fitted regressor; takes the same, gives (N, 2) in the order of `AFFECT`.
    unsure_below : float
        Tracks whose highest probability is below this are "unsure"; 0..1.
    """

    def __init__(self, moods: "Pipeline", affect: "Pipeline", unsure_below: float) -> None:
        classes = [str(name) for name in moods.classes_]
        if classes != list(MOODS):
            raise ModelError(
                f"The mood model does not fit this version of the app: expected the moods "
                f"{', '.join(MOODS)}, got {', '.join(classes)}."
            )
        self._moods = moods
        self._affect = affect
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
            pickled = (folder / PIPELINES).read_bytes()
            expected = metadata["files"][PIPELINES]["sha256"]
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
        installed = version("scikit-learn")
        if _minor(made_by) != _minor(installed):
            raise ModelError(
                f"The mood model was made with scikit-learn {made_by}, but {installed} "
                "is installed. Please install what requirements.txt asks for, or make the model "
                "anew with `make train-mood`."
            )
        pipelines = joblib.load(io.BytesIO(pickled))
        return cls(pipelines["moods"], pipelines["affect"], unsure_below)

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
              `unsure_below`, "unknown" where the probabilities are NaN;
            - valence_estimate, arousal_estimate: see `AFFECT`; NaN as above.

        Raises
        ------
        ValueError
            A column is absent or holds something that is no number.
        """
        values = as_array(features)
        figures = np.full((len(values), len(MOODS) + len(AFFECT)), np.nan)
        codes = np.full(len(values), _UNKNOWN_CODE, dtype=np.int8)
        for start in range(0, len(values), CHUNK):
            rows = slice(start, start + CHUNK)
            usable = ((values[rows] >= _LOW) & (values[rows] <= _HIGH)).all(axis=1)  # NaN: False
            if usable.any():
                songs = values[rows][usable]
                moods = self._moods.predict_proba(songs)
                sure = moods.max(axis=1) >= self._unsure_below
                figures[rows][usable] = np.hstack([moods, self._affect.predict(songs)])
                codes[rows][usable] = np.where(sure, moods.argmax(axis=1), _UNSURE_CODE)
        table = pd.DataFrame(figures, index=features.index, columns=[*MOODS, *AFFECT])
        table.insert(len(MOODS), "mood", _LABELS[codes])
        return table


def model_version(folder: Path = MODEL_FOLDER) -> str:
    """Name the model in a folder: the first 12 hexadecimal digits of its pipelines' SHA-256.

    Raises
    ------
    ModelError
        The folder has no usable metadata.
    """
    try:
        return json.loads((folder / METADATA).read_text())["files"][PIPELINES]["sha256"][:12]
    except (OSError, ValueError, KeyError, TypeError) as cause:
        raise ModelError(
            "The mood model is missing or incomplete. Please restore the folder models/mood "
            "from the repository."
        ) from cause


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
    table = features[list(FEATURE_NAMES)]
    # `where` also turns the None and pd.NA of object columns into NaN
    return table.where(table.notna()).to_numpy(dtype=np.float64, na_value=np.nan)


def _minor(release: str) -> list[str]:
    return release.split(".")[:2]
