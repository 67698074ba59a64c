"""Nine audio features -> what the models learn from; used by training and by serving alike.

The fitted pipelines refer to `derive` by name: it travels with the code, not with the model file,
so a change here needs a new training (a test compares its answers with known ones).
"""

import numpy as np
from numpy.typing import NDArray

from music_mood.values import FEATURE_NAMES

_ALMOST_0_OR_1 = 1e-3
"""Log-odds are taken of 0.001..0.999: Spotify's shares of exactly 0 or 1 are rounded."""
_SILENT_INSTRUMENTS = 1e-5
_SILENT_SPEECH = 0.02
SLOWEST_BPM, FASTEST_BPM = 70.0, 140.0
"""A tempo outside is halved or doubled: beat trackers err by a factor of two, and so do ears."""


WHEN_HEARD = (0, 1, 2, 3, 7, *range(9, 19))
"""Columns of `derive` that mean the same when the features were heard in the sound itself.

Of the others, hearing gives something else: to vibenet most songs are instrumental and none is live
(ABBA's "Dancing Queen": 0.71 and 0.16, Spotify says 0.001 and 0.79), speech lies between 0.05 and
0.1, and its tempo is always one of the middle octave."""


def derive_heard(features: NDArray[np.floating]) -> NDArray[np.float32]:
    """Compute the inputs for features that were heard: `derive`, (N, 15) of its columns."""
    return derive(features)[:, WHEN_HEARD]


FOR_SOUND = (0, 1, 2, 3, 7, 9)
"""Columns of `derive` from which the regression on heard features learns: it has few tracks."""


def derive_sound(features: NDArray[np.floating]) -> NDArray[np.float32]:
    """Compute the regression's inputs: (N, 6), `FOR_SOUND` of `derive`."""
    return derive(features)[:, FOR_SOUND]


def derive(features: NDArray[np.floating]) -> NDArray[np.float32]:
    """Compute the model's inputs.

    Parameters
    ----------
    features : numpy.ndarray
        (N, 9), in the order of `FEATURE_NAMES`, inside `FEATURE_RANGES`.

    Returns
    -------
    numpy.ndarray
        float32, (N, 19): log-odds or logarithms of the skewed features, loudness, tempo and folded
        tempo, four of the shares as they are, the four quadrants of energy and valence (the
        circumplex's corners), and how acoustic and gentle the track is.
    """
    columns = dict(zip(FEATURE_NAMES, np.asarray(features, dtype=np.float32).T, strict=True))
    danceability, acousticness = columns["danceability"], columns["acousticness"]
    energy, valence, tempo = columns["energy"], columns["valence"], columns["tempo"]
    folded = np.where(tempo < SLOWEST_BPM, tempo * 2, tempo)
    folded = np.where(tempo > FASTEST_BPM, tempo / 2, folded)
    return np.stack(
        [
            _log_odds(danceability),
            _log_odds(acousticness),
            _log_odds(energy),
            _log_odds(valence),
            _log_odds(columns["liveness"]),
            np.log10(columns["instrumentalness"] + np.float32(_SILENT_INSTRUMENTS)),
            np.log(columns["speechiness"] + np.float32(_SILENT_SPEECH)),
            columns["loudness"],
            tempo,
            np.log(np.maximum(folded, 30)),  # no beat found is 0 bpm
            danceability,
            acousticness,
            energy,
            valence,
            energy * valence,
            energy * (1 - valence),
            (1 - energy) * valence,
            (1 - energy) * (1 - valence),
            acousticness * (1 - energy),
        ],
        axis=1,
        dtype=np.float32,
    )


def _log_odds(share: NDArray[np.float32]) -> NDArray[np.float32]:
    inside = np.clip(share, _ALMOST_0_OR_1, 1 - _ALMOST_0_OR_1)
    log_odds: NDArray[np.float32] = np.log(inside / (1 - inside))
    return log_odds
