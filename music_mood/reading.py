"""The one use case: read a playlist, complete its tracks, label them. Page and commands call it.

It goes step by step, so that whoever waits sees how far it is, and can leave in the middle.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from music_mood.errors import ProviderError
from music_mood.features.chain import FeatureChain
from music_mood.features.sound import has_sound
from music_mood.model.classifier import MoodClassifier
from music_mood.model.labelling import label_tracks, needs_model
from music_mood.values import SOUND, UNKNOWN, LabelledTrack, Playlist
from music_mood.web.paging import PagesRead

S = TypeVar("S")
T = TypeVar("T")

Source = Callable[[], Playlist | Generator[PagesRead, None, Playlist]]
"""Gives a playlist, at once or page by page; what it needs to know is bound before."""


class Stage(StrEnum):
    """What is being done."""

    PLAYLIST = "playlist"
    FEATURES = "features"
    SOUND = "sound"
    MOODS = "moods"


@dataclass(frozen=True, slots=True)
class Step:
    """How far the reading has come.

    Attributes
    ----------
    stage : Stage
    done : int
        Entries read, tracks asked for, heard, or labelled.
    total : int or None
        Of how many; None if that is not known.
    provider : str
        Who is being asked for audio features; empty in other stages.
    """

    stage: Stage
    done: int
    total: int | None
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A playlist that was read and labelled.

    Attributes
    ----------
    playlist : Playlist
        As its source gave it.
    labelled : tuple of LabelledTrack
        Its tracks in their order, completed and labelled.
    failures : tuple of ProviderError
        Who failed on the way, and why, at most one each.
    """

    playlist: Playlist
    labelled: tuple[LabelledTrack, ...]
    failures: tuple[ProviderError, ...]

    @property
    def has_unknown_sound(self) -> bool:
        """Whether a track stayed unknown though its sound is at hand."""
        return any(one.verdict == UNKNOWN and has_sound(one.track) for one in self.labelled)


def read_playlist(
    source: Source, features: FeatureChain, load_classifier: Callable[[], MoodClassifier]
) -> Generator[Step, None, Reading]:
    """Read, complete and label a playlist.

    Parameters
    ----------
    source : callable
        Where the playlist comes from.
    features : FeatureChain
        Who is asked for audio features that are missing.
    load_classifier : callable
        Gives the mood model; called only if there is a track that needs it.

    Yields
    ------
    Step

    Returns
    -------
    Reading
        See `watch`.

    Raises
    ------
    MusicError
        There is no playlist or no mood model. Providers of features that fail do not raise: see
        `Reading.failures`.
    """
    playlist = yield from _read(source)
    tracks = playlist.tracks
    failures: tuple[ProviderError, ...] = ()
    for progress in features.fill(tracks):
        tracks, failures = progress.tracks, progress.failures
        if progress.provider:
            stage = Stage.SOUND if progress.provider == SOUND else Stage.FEATURES
            yield Step(stage, progress.done, progress.total, progress.provider)
    classifier = load_classifier() if any(map(needs_model, tracks)) else None
    labelled: list[LabelledTrack] = []
    for chunk in label_tracks(tracks, classifier):
        labelled += chunk
        yield Step(Stage.MOODS, len(labelled), len(tracks))
    return Reading(playlist, tuple(labelled), failures)


def watch(steps: Generator[S, None, T], show: Callable[[S], object]) -> T:
    """Go through all steps, show each, and give what they came to."""
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        show(step)


def _read(source: Source) -> Generator[Step, None, Playlist]:
    found = source()
    if isinstance(found, Playlist):
        return found
    while True:
        try:
            pages = next(found)
        except StopIteration as end:
            playlist: Playlist = end.value
            return playlist
        yield Step(Stage.PLAYLIST, pages.done, pages.total)
