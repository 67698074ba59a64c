"""Which mood a track has: nine audio features -> four moods, valence and arousal; scikit-learn.

The model's folder holds the fitted pipelines (``mood.joblib``) and ``metadata.json``, which says
how they were made and must be read. Nothing is unpickled that does not match its metadata.

`MoodClassifier.classify` speaks arrays, and is what the app asks; `MoodClassifier.predict` says the
same of a DataFrame.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import joblib
import numpy as np
from numpy.typing import NDArray

from music_mood.errors import ModelError
from music_mood.model.artefact import MODEL_FOLDER, checked, checked_sound, misfit
from music_mood.model.features import as_array, usable_rows
from music_mood.values import FEATURE_NAMES, MOODS, UNKNOWN, UNSURE

if TYPE_CHECKING:
    import pandas as pd  # only those who bring a table need it
    from sklearn.pipeline import Pipeline  # 75 MB, which a visit that plays the demo does without

AFFECT = ("valence_estimate", "arousal_estimate")
"""How pleasant and how stirring a track is, as people tagged it: mean 0, standard deviation 1."""

NEVER_SURE = 1.0 + 1e-9
"""A threshold above every probability."""

CHUNK = 65_536
"""Most rows per call of the pipeline, so that memory stays bounded however many come."""

VERDICTS: tuple[str, ...] = (*MOODS, UNSURE, UNKNOWN)
"""All that can be said of a track: the moods in the order of `MOODS`, then what is no mood."""

_UNSURE, _UNKNOWN = VERDICTS.index(UNSURE), VERDICTS.index(UNKNOWN)
_WORDS = np.array(VERDICTS, dtype=object)


@dataclass(frozen=True, slots=True, eq=False)
class Moods:
    """The moods of N tracks.

    Attributes
    ----------
    probabilities : numpy.ndarray
        float64, (N, 4), in the order of `MOODS`; 0..1, each row sums to 1. NaN where a feature is
        missing or outside `FEATURE_RANGES`.
    verdicts : numpy.ndarray
        int8, (N,), positions in `VERDICTS`: the most probable mood, `UNSURE` if its probability is
        below what is wanted, `UNKNOWN` where the probabilities are NaN.
    affect : numpy.ndarray
        float64, (N, 2), in the order and units of `AFFECT`; NaN as above.
    """

    probabilities: NDArray[np.float64]
    verdicts: NDArray[np.int8]
    affect: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.verdicts)


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
    heard : sequence of sklearn.pipeline.Pipeline
        The same as `moods` for tracks whose features were heard (`SOUND`): the mean of theirs is
        said. None: `moods` itself.
    heard_unsure_below : float
        Their threshold. By default, none of them is sure: nobody has measured how often the model
        is right about them.
    """

    def __init__(
        self,
        moods: "Pipeline",
        affect: "Pipeline",
        unsure_below: float,
        heard: "Sequence[Pipeline]" = (),
        heard_unsure_below: float = NEVER_SURE,
    ) -> None:
        for pipeline in (moods, *heard):
            classes = [str(name) for name in pipeline.classes_]
            if classes != list(MOODS):
                raise ModelError(misfit(", ".join(MOODS), ", ".join(classes)))
        self._moods = moods
        self._heard = tuple(heard) or (moods,)
        self._affect = affect
        self._unsure_below = unsure_below
        self._heard_unsure_below = heard_unsure_below

    @classmethod
    def load(cls, folder: Path = MODEL_FOLDER) -> Self:
        """Load the model that ships with the app, or one from another folder of the same form.

        Raises
        ------
        ModelError
            A file is missing, was altered, belongs to a model with other moods or features, or
            was made by another minor version of scikit-learn.
        """
        pickled, unsure_below = checked(folder)
        pipelines = joblib.load(io.BytesIO(pickled))
        heard, heard_unsure_below = [], NEVER_SURE
        if "heard" in pipelines:
            heard.append(pipelines["heard"])
        if heard and (sound := checked_sound(folder)):
            pickled, heard_unsure_below = sound
            heard.append(joblib.load(io.BytesIO(pickled)))
        return cls(pipelines["moods"], pipelines["affect"], unsure_below, heard, heard_unsure_below)

    @property
    def unsure_below(self) -> float:
        """Tracks whose highest probability is below this are "unsure"; 0..1."""
        return self._unsure_below

    @property
    def heard_unsure_below(self) -> float:
        """The same of tracks whose features were heard."""
        return self._heard_unsure_below

    def classify(
        self, values: NDArray[np.float64], heard: NDArray[np.bool_] | None = None
    ) -> Moods:
        """Tell the moods of tracks, as arrays.

        Parameters
        ----------
        values : numpy.ndarray
            float64, (N, 9), in the order of `FEATURE_NAMES`, in the units and ranges of
            `AudioFeatures`; NaN where one is missing.
        heard : numpy.ndarray or None
            bool, (N,): whose features were heard in the sound itself; None: nobody's.

        Raises
        ------
        ValueError
            The array has another shape.
        """
        if values.ndim != 2 or values.shape[1] != len(FEATURE_NAMES):
            raise ValueError(f"expected features (N, {len(FEATURE_NAMES)}), got {values.shape}")
        probabilities = np.full((len(values), len(MOODS)), np.nan)
        verdicts = np.full(len(values), _UNKNOWN, dtype=np.int8)
        affect = np.full((len(values), len(AFFECT)), np.nan)
        if heard is None:
            heard = np.zeros(len(values), dtype=bool)
        for start in range(0, len(values), CHUNK):
            rows = slice(start, start + CHUNK)
            usable = usable_rows(values[rows])
            for these, pipelines, unsure_below in (
                (usable & ~heard[rows], (self._moods,), self._unsure_below),
                (usable & heard[rows], self._heard, self._heard_unsure_below),
            ):
                if these.any():
                    found = _mean_of(pipelines, values[rows][these])
                    sure = found.max(axis=1) >= unsure_below
                    probabilities[rows][these] = found
                    verdicts[rows][these] = np.where(sure, found.argmax(axis=1), _UNSURE)
            if usable.any():
                affect[rows][usable] = self._affect.predict(values[rows][usable])
        return Moods(probabilities, verdicts, affect)

    def by_songs(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give what the networks that learned from songs say of heard features, (N, 4).

        Parameters
        ----------
        values : numpy.ndarray
            float64, (N, 9), as for `classify`; none missing.
        """
        return _mean_of(self._heard[:1], values)

    def predict(self, features: "pd.DataFrame") -> "pd.DataFrame":
        """Tell the moods of tracks, as a table: what `classify` says of `as_array`.

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
        import pandas as pd  # noqa: PLC0415 - those who ask with arrays do without

        moods = self.classify(as_array(features))
        figures = np.hstack([moods.probabilities, moods.affect])
        table = pd.DataFrame(figures, index=features.index, columns=[*MOODS, *AFFECT])
        table.insert(len(MOODS), "mood", _WORDS[moods.verdicts])
        return table


def _mean_of(pipelines: "Sequence[Pipeline]", values: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.mean([one.predict_proba(values) for one in pipelines], axis=0)
    return found
