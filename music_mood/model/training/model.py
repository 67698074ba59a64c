"""What is fitted: pipelines from the nine features to four moods, and to valence and arousal."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from music_mood.model.preprocess import derive, derive_heard
from music_mood.model.training.dataset import AffectTracks, MoodTracks
from music_mood.values import FEATURE_NAMES, MOODS

MakePipeline = Callable[[int], Pipeline]
"""Makes an unfitted pipeline from a seed."""


@dataclass(frozen=True)
class ModelConfig:
    """Every hyper-parameter of the model; chosen on artist-disjoint folds, see EXPERIMENTS.md."""

    networks: int = 5
    """Networks whose probabilities are averaged."""
    hidden: tuple[int, ...] = (64, 32)
    epochs: int = 30
    weight_decay: float = 1.0
    """L2 penalty of scikit-learn's `alpha`."""
    balance: float = 0.5
    """Power of the inverse class frequency that weighs a track: 0 none, 1 fully balanced."""
    affect_penalty: float = 100.0
    """L2 penalty of the ridge regression for valence and arousal."""


def mood_network(config: ModelConfig, seed: int, *, heard: bool = False) -> Pipeline:
    """Make the classifier that ships: several small networks on derived features.

    With `heard`, only on those that mean the same when features are heard in the sound itself.
    """
    networks = [
        (
            f"network_{i}",
            MLPClassifier(
                config.hidden,
                alpha=config.weight_decay,
                max_iter=config.epochs,
                random_state=seed * config.networks + i,
            ),
        )
        for i in range(config.networks)
    ]
    return make_pipeline(
        FunctionTransformer(derive_heard if heard else derive),
        StandardScaler(),
        VotingClassifier(networks, voting="soft"),
    )


def affect_regression(config: ModelConfig) -> Pipeline:
    """Make the regression that ships, for valence and arousal at once."""
    return make_pipeline(
        FunctionTransformer(derive), StandardScaler(), Ridge(config.affect_penalty)
    )


def plain_network(seed: int) -> Pipeline:
    """Make the baseline of every comparison: StandardScaler and MLP(64, 32), all else default."""
    return make_pipeline(StandardScaler(), MLPClassifier((64, 32), random_state=seed))


def on_features(names: tuple[str, ...], seed: int) -> Pipeline:
    """Make the plain network on some of the features only."""
    columns = [FEATURE_NAMES.index(name) for name in names]
    pick = FunctionTransformer(np.take, kw_args={"indices": columns, "axis": 1})
    return make_pipeline(pick, *(step for _, step in plain_network(seed).steps))


BASELINES: dict[str, MakePipeline] = {
    "plain MLP(64, 32)": plain_network,
    "kNN, k = 44 (Music-Recommendation)": lambda _: make_pipeline(
        StandardScaler(), KNeighborsClassifier(44)
    ),
    "closest to the mood's mean": lambda _: make_pipeline(StandardScaler(), NearestCentroid()),
    "MLP on valence, tempo, energy, loudness": lambda seed: on_features(
        ("valence", "tempo", "energy", "loudness"), seed
    ),
    "5-64-32-4 network (Emotion-DJ's features)": lambda seed: on_features(
        ("acousticness", "danceability", "liveness", "loudness", "speechiness"), seed
    ),
}


def fit_moods(pipeline: Pipeline, tracks: MoodTracks, balance: float = 0.0) -> Pipeline:
    """Fit to tracks; classes are named, so that a saved pipeline tells its label order."""
    weights = {}
    if balance:
        counts = np.bincount(tracks.moods, minlength=len(MOODS))
        per_mood = (len(tracks) / (len(MOODS) * counts)) ** balance
        weights = {f"{pipeline.steps[-1][0]}__sample_weight": per_mood[tracks.moods]}
    with warnings.catch_warnings():
        # The epochs are the recipe: more of them lower the training loss and the test score.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return pipeline.fit(tracks.features, np.array(MOODS, dtype=str)[tracks.moods], **weights)


def out_of_fold(
    make: MakePipeline, tracks: MoodTracks, folds: int, seed: int, balance: float = 0.0
) -> NDArray[np.float64]:
    """Probabilities (N, 4) for every track by a pipeline that knows none of its artist's songs."""
    probabilities = np.empty((len(tracks), len(MOODS)))
    for known, new in tracks.folds(folds, seed):
        pipeline = fit_moods(make(seed), tracks.where(known), balance)
        probabilities[new] = pipeline.predict_proba(tracks.features[new])
    return probabilities


def affect_out_of_fold(
    config: ModelConfig, tracks: AffectTracks, folds: int, seed: int
) -> NDArray[np.float64]:
    """Valence and arousal (N, 2), as `out_of_fold`."""
    estimates = np.empty_like(tracks.affect)
    for known, new in tracks.folds(folds, seed):
        pipeline = affect_regression(config).fit(tracks.features[known], tracks.affect[known])
        estimates[new] = pipeline.predict(tracks.features[new])
    return estimates


def transfer(
    make: MakePipeline, tracks: MoodTracks, seed: int, balance: float = 0.0
) -> dict[tuple[int, int], float]:
    """Accuracy on one table of a pipeline fitted to the other, without artists of both."""
    accuracy = {}
    for source, target in ((0, 1), (1, 0)):
        there = tracks.where(tracks.tables == target)
        known = (tracks.tables == source) & ~np.isin(tracks.artists, there.artists)
        pipeline = fit_moods(make(seed), tracks.where(known), balance)
        found = pipeline.predict_proba(there.features).argmax(axis=1)
        accuracy[source, target] = float((found == there.moods).mean())
    return accuracy
