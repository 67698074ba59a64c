"""Which mood each track of a playlist has, in chunks, so that a page can show progress."""

from collections.abc import Iterator, Sequence
from operator import attrgetter

import pandas as pd

from music_mood.model.classifier import MoodClassifier
from music_mood.values import FEATURE_NAMES, MOODS, LabelledTrack, LabelSource, Mood, Track

CHUNK = 256
"""Tracks per step: some milliseconds of work, so that a progress bar moves smoothly."""

_feature_row = attrgetter(*FEATURE_NAMES)


def label_tracks(
    tracks: Sequence[Track], classifier: MoodClassifier | None, chunk: int = CHUNK
) -> Iterator[list[LabelledTrack]]:
    """Label tracks in their order.

    The makers' own word outranks the model. Without it and without features a track stays
    unknown; where the model is not sure, the track carries its probabilities but no mood.

    Parameters
    ----------
    tracks : sequence of Track
    classifier : MoodClassifier or None
        None will do where no track `needs_model`.
    chunk : int
        Tracks per step, at least 1.

    Yields
    ------
    list of LabelledTrack
        The next `chunk` tracks (the last list may be shorter).
    """
    for start in range(0, len(tracks), chunk):
        yield _label_chunk(tracks[start : start + chunk], classifier)


def needs_model(track: Track) -> bool:
    """Tell whether the model is asked about a track: it has features, and no maker's word."""
    return track.makers_mood is None and track.features is not None


def _label_chunk(tracks: Sequence[Track], classifier: MoodClassifier | None) -> list[LabelledTrack]:
    open_ones = [i for i, track in enumerate(tracks) if needs_model(track)]
    probabilities: dict[int, list[float]] = {}
    moods: dict[int, str] = {}
    if open_ones:
        features = pd.DataFrame(
            [_feature_row(tracks[i].features) for i in open_ones],
            columns=list(FEATURE_NAMES),
            dtype=float,
        )
        predicted = classifier.predict(features)
        rows = predicted[list(MOODS)].to_numpy().tolist()
        probabilities = dict(zip(open_ones, rows, strict=True))
        moods = dict(zip(open_ones, predicted["mood"], strict=True))
    labelled = []
    for i, track in enumerate(tracks):
        if track.makers_mood is not None:
            labelled.append(_by_makers(track, track.makers_mood))
        elif i in moods:
            mood = Mood(moods[i]) if moods[i] in MOODS else None
            labelled.append(LabelledTrack(track, mood, tuple(probabilities[i]), LabelSource.MODEL))
        else:
            labelled.append(LabelledTrack(track, None, None, LabelSource.NOBODY))
    return labelled


def _by_makers(track: Track, mood: Mood) -> LabelledTrack:
    certain = tuple(float(mood is other) for other in MOODS)
    return LabelledTrack(track, mood, certain, LabelSource.MAKERS)
