"""What music of a mood sounds like in figures: target audio features, and distances from them.

The targets were learned from playlists that people made (`music_mood.model.training.targets`).

Distances are Euclidean, each feature in units of its learned scale. Tempo is compared in octaves
and round the circle, so that 70, 140 and 280 bpm are the same: beat trackers err by a factor of
two, and so do ears (`music_mood.model.preprocess` folds the same octave).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from i18n import Message
from music_mood.errors import ModelError
from music_mood.model.artefact import MODEL_FOLDER
from music_mood.model.preprocess import FASTEST_BPM, SLOWEST_BPM
from music_mood.values import FEATURE_RANGES, MOODS, AudioFeatures

TARGET_NAMES = ("energy", "valence", "danceability", "acousticness", "tempo")
"""Features with a target, in the order of every array of this module; tempo stands last."""

TARGETS = "targets.json"

FARTHEST_OCTAVES = 0.5
"""Two tempos cannot be further apart on the circle; a track without a beat counts as this far."""

_values_of = attrgetter(*TARGET_NAMES)


@dataclass(frozen=True, eq=False)
class Targets:
    """What each mood sounds like.

    Attributes
    ----------
    centres : numpy.ndarray
        float64, (4, 5), rows in the order of `MOODS`, columns of `TARGET_NAMES`; tempo in bpm,
        `SLOWEST_BPM`..`FASTEST_BPM`.
    scales : numpy.ndarray
        float64, (5,), above 0: how much tracks of one mood vary; tempo in octaves.
    tracks : int
        How many tracks they were learned from.
    made : str
        Day of learning, ISO 8601.
    """

    centres: NDArray[np.float64]
    scales: NDArray[np.float64]
    tracks: int
    made: str

    @classmethod
    def load(cls, folder: Path = MODEL_FOLDER) -> Self:
        """Load the targets that ship with the app, or those of another folder.

        Raises
        ------
        ModelError
            The file is missing, incomplete, or made for other moods or features.
        """
        try:
            found = json.loads((folder / TARGETS).read_text())
            centres = np.array(
                [[found["centres"][mood][name] for name in TARGET_NAMES] for mood in MOODS],
                dtype=np.float64,
            )
            scales = np.array([found["scales"][name] for name in TARGET_NAMES], dtype=np.float64)
            tracks = sum(sum(table.values()) for table in found["data"].values())
            targets = cls(centres, scales, tracks, str(found["made"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as cause:
            raise ModelError(
                Message(
                    "The targets of the moods are missing or incomplete. Please restore the folder "
                    "models/mood from the repository."
                )
            ) from cause
        if not targets._is_plausible():
            raise ModelError(
                Message(
                    "The targets of the moods hold figures that no track can have. Please restore "
                    "the folder models/mood from the repository."
                )
            )
        return targets

    def at(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mix the moods' centres.

        Parameters
        ----------
        shares : numpy.ndarray
            (4,) or (n, 4), in the order of `MOODS`, not negative, each row sums to 1.

        Returns
        -------
        numpy.ndarray
            float64, (5,) or (n, 5), in the order of `TARGET_NAMES`.
        """
        mixed = shares @ self.centres
        mixed[..., -1] = _mean_tempo(self.centres[:, -1], shares)
        return mixed

    def _is_plausible(self) -> bool:
        low, high = np.array([FEATURE_RANGES[name] for name in TARGET_NAMES]).T
        inside = (self.centres >= low) & (self.centres <= high)
        positive = (self.scales > 0) & np.isfinite(self.scales)
        return bool(inside.all() and positive.all() and (self.centres[:, -1] > 0).all())


def values_of(features: Iterable[AudioFeatures]) -> NDArray[np.float64]:
    """Take out the features that have a target: float64, (N, 5), tempo as given."""
    return np.array([_values_of(one) for one in features], dtype=np.float64).reshape(
        -1, len(TARGET_NAMES)
    )


def fold_tempo(tempo_bpm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring tempos (...) into `SLOWEST_BPM`..`FASTEST_BPM` by doubling or halving; 0 gives NaN."""
    beats = np.where(np.asarray(tempo_bpm) > 0, tempo_bpm, np.nan)
    octave = FASTEST_BPM / SLOWEST_BPM
    # an array of no dimensions too, of which NumPy's arithmetic makes a scalar
    return np.asarray(SLOWEST_BPM * octave ** ((np.log2(beats) - np.log2(SLOWEST_BPM)) % 1))


def middle(
    values: NDArray[np.float64], weights: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Compute the (weighted) mean of tracks, (N, 5) -> (5,), N at least 1; tempo on the circle.

    Its tempo is NaN where no track has a beat.
    """
    shares = np.ones(len(values)) if weights is None else weights
    mean = np.average(values, axis=0, weights=shares)
    beats = values[:, -1] > 0
    mean[-1] = _mean_tempo(values[beats, -1], shares[beats]) if beats.any() else np.nan
    return mean


def blend(
    start: NDArray[np.float64], goal: NDArray[np.float64], share: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Go a share of the way from one target to another, tempo the shorter way round the circle.

    Parameters
    ----------
    start, goal : numpy.ndarray
        (..., 5). A goal's tempo that is NaN leaves the start's.
    share : float or numpy.ndarray
        0 gives `start`, 1 `goal`; broadcast against the targets.

    Returns
    -------
    numpy.ndarray
        float64, (..., 5), tempo within `SLOWEST_BPM`..`FASTEST_BPM`.
    """
    mixed = start + share * (goal - start)
    octaves = np.log2(goal[..., -1:] / start[..., -1:])
    shorter = np.nan_to_num(octaves - np.round(octaves))
    mixed[..., -1:] = fold_tempo(start[..., -1:] * 2 ** (share * shorter))
    return mixed


def distances(
    values: NDArray[np.float64], target: NDArray[np.float64], scales: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far tracks (N, 5) are from a target (5,), in units of the scales (5,): float64, (N,)."""
    away: NDArray[np.float64] = np.linalg.norm(apart(values, target) / scales, axis=1)
    return away


def apart(values: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Subtract a target (5,) from tracks (N, 5): float64, (N, 5); tempo in octaves, 0..0.5."""
    difference = values - target
    beats = np.where(values[:, -1] > 0, values[:, -1], np.nan)
    octaves = np.log2(beats) - np.log2(target[-1])  # a quotient could vanish
    difference[:, -1] = np.nan_to_num(np.abs(octaves - np.round(octaves)), nan=FARTHEST_OCTAVES)
    return difference


def _mean_tempo(tempo_bpm: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average tempos (m,) with shares (..., m) by their directions on the octave's circle."""
    directions = np.exp(2j * np.pi * np.log2(tempo_bpm))
    return fold_tempo(2 ** (np.angle(shares @ directions) / (2 * np.pi)))
