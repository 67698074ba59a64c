"""Which tracks come nearest to wished-for audio features, seeds considered.

This stands in for Spotify's /recommendations, which new apps have not had since November 2024: a
target and seeds go in, the nearest tracks come out, here those of the visitor's own playlist.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from music_mood.choosing.recommend import distinct, due_a_rest
from music_mood.model.targets import TARGET_NAMES, blend, distances, middle, values_of
from music_mood.values import AudioFeatures, LabelledTrack

SEED_PULL = 0.5
"""How far seeds pull a target towards their mean: 0 not at all, 1 all the way."""


def pull(target: np.ndarray, seeds: Sequence[AudioFeatures]) -> np.ndarray:
    """Move a target, (5,) or (n, 5), `SEED_PULL` of the way to the mean of the seeds, if any."""
    return blend(target, middle(values_of(seeds)), SEED_PULL) if seeds else target


def nearest(
    labelled: Iterable[LabelledTrack],
    target: np.ndarray,
    n: int,
    *,
    scales: np.ndarray,
    seeds: Sequence[AudioFeatures] = (),
    played: frozenset[str] = frozenset(),
) -> list[LabelledTrack]:
    """Choose the tracks that come nearest to a target.

    At each position stands the nearest track that is left whose artist may come again
    (`due_a_rest`). The order of `labelled` makes no difference.

    Parameters
    ----------
    labelled : iterable of LabelledTrack
        What there is to choose from; of entries that are one piece (`Doubles`) one is used.
    target : numpy.ndarray
        (5,) for the whole list, or (n, 5) with a row per position; see `TARGET_NAMES`.
    n : int
        How many.
    scales : numpy.ndarray
        (5,), as `Targets.scales`.
    seeds : sequence of AudioFeatures
        Pull the target, see `pull`.
    played : frozenset of str
        `Track.uri` of tracks already heard: they come again only when all others are used up.

    Returns
    -------
    list of LabelledTrack
        `n` different tracks, or all if there are fewer; those without features come last, among
        the heard ones and among the others.

    Raises
    ------
    ValueError
        `target` has another shape.
    """
    if np.shape(target) not in {(len(TARGET_NAMES),), (n, len(TARGET_NAMES))}:
        raise ValueError(
            f"expected a target of {len(TARGET_NAMES)} features, ({len(TARGET_NAMES)},) or "
            f"({n}, {len(TARGET_NAMES)}); got shape {np.shape(target)}"
        )
    targets = np.broadcast_to(
        pull(np.asarray(target, dtype=np.float64), seeds), (n, len(TARGET_NAMES))
    )
    tracks = distinct(labelled)
    chosen: list[LabelledTrack] = []
    for heard in (False, True):
        pool = [track for track in tracks if (track.track.uri in played) == heard]
        known = [track for track in pool if track.track.features]
        values = values_of(one.track.features for one in known if one.track.features)
        left = np.full(len(known), True)
        for wished in targets[len(chosen) : len(chosen) + len(known)]:
            rests = due_a_rest(chosen)
            away = np.where(left, distances(values, wished, scales), np.inf)
            order = np.argsort(away, kind="stable")[: left.sum()]
            pick = next((i for i in order if not rests(known[i])), order[0])
            left[pick] = False
            chosen.append(known[pick])
        unknown = [track for track in pool if track.track.features is None]
        chosen += unknown[: n - len(chosen)]
    return chosen
