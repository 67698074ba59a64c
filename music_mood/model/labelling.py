"""Which mood each track of a playlist has, in chunks, so that a page can show progress."""

from collections.abc import Iterator, Sequence
from operator import attrgetter

import numpy as np

from music_mood.model.classifier import MoodClassifier
from music_mood.values import FEATURE_NAMES, MOODS, SOUND, LabelledTrack, LabelSource, Track

CHUNK = 256
"""Tracks per step: some milliseconds of work, so that a progress bar moves smoothly."""

_MOOD_OF = dict(enumerate(MOODS))
"""By its position in `classifier.VERDICTS`; the further ones are no moods."""

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

    Raises
    ------
    ValueError
        A track `needs_model`, and there is none.
    """
    for start in range(0, len(tracks), chunk):
        yield _label_chunk(tracks[start : start + chunk], classifier)


def needs_model(track: Track) -> bool:
    """Tell whether the model is asked about a track: it has features, and no maker's word."""
    return track.makers_mood is None and track.features is not None


def _label_chunk(tracks: Sequence[Track], classifier: MoodClassifier | None) -> list[LabelledTrack]:
    answers = iter(_by_model([track for track in tracks if needs_model(track)], classifier))
    return [next(answers) if needs_model(track) else _without_model(track) for track in tracks]


def _by_model(tracks: Sequence[Track], classifier: MoodClassifier | None) -> list[LabelledTrack]:
    if not tracks:
        return []
    if classifier is None:
        raise ValueError("expected a classifier, since there are tracks with features")
    features = [_feature_row(track.features) for track in tracks]
    heard = np.array([track.features_source == SOUND for track in tracks])
    moods = classifier.classify(np.array(features, dtype=np.float64), heard)
    rows = zip(tracks, moods.verdicts.tolist(), moods.probabilities.tolist(), strict=True)
    return [
        LabelledTrack(track, _MOOD_OF.get(verdict), tuple(row), LabelSource.MODEL)
        for track, verdict, row in rows
    ]


def _without_model(track: Track) -> LabelledTrack:
    if track.makers_mood is None:
        return LabelledTrack(track, None, None, LabelSource.NOBODY)
    calm, energetic, happy, sad = (float(track.makers_mood is mood) for mood in MOODS)
    certain = (calm, energetic, happy, sad)
    return LabelledTrack(track, track.makers_mood, certain, LabelSource.MAKERS)
