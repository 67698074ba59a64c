"""What is fitted: pipelines from the nine features to four moods."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from music_mood.training.dataset import MoodTracks
from music_mood.values import MOODS


def plain_network(seed: int) -> Pipeline:
    """Make the baseline of every comparison: StandardScaler and MLP(64, 32), all else default."""
    return make_pipeline(StandardScaler(), MLPClassifier((64, 32), random_state=seed))


def fit(pipeline: Pipeline, tracks: MoodTracks) -> Pipeline:
    """Fit to tracks; classes are named, so that a saved pipeline tells its label order."""
    with warnings.catch_warnings():
        # 200 epochs are the recipe: more of them lower the training loss and the test score.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return pipeline.fit(tracks.features, np.array(MOODS, dtype=str)[tracks.moods])


def out_of_fold(make, tracks: MoodTracks, folds: int, seed: int) -> np.ndarray:
    """Probabilities (N, 4) for every track by a pipeline that knows none of its artist's songs.

    Parameters
    ----------
    make : callable
        Makes an unfitted pipeline from a seed.
    """
    probabilities = np.empty((len(tracks), len(MOODS)))
    for known, new in tracks.folds(folds, seed):
        pipeline = fit(make(seed), tracks.where(known))
        probabilities[new] = pipeline.predict_proba(tracks.features[new])
    return probabilities
