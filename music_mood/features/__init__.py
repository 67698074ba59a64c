"""Where audio features come from: each provider is a small module behind one Protocol.

A provider takes tracks and gives back better ones: with features, or with an identifier that a
later provider needs. The chain asks them in turn, each only for tracks that still lack features.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from music_mood.values import Track


@dataclass(frozen=True, slots=True)
class Found:
    """What a provider knows after one step of its work.

    Attributes
    ----------
    asked : int
        Tracks that are done since the step before, found or not.
    tracks : mapping of int to Track
        Position in the given sequence -> the better track. What is unknown is absent.
    """

    asked: int
    tracks: Mapping[int, Track]


class FeatureProvider(Protocol):
    """One source of audio features."""

    @property
    def name(self) -> str:
        """As shown to visitors, e.g. ``"ReccoBeats"``."""
        ...

    def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
        """Look tracks up, step by step, so that a page can show progress.

        MUST leave unknown what it does not know: no zeros, no guesses. MAY raise in the middle;
        what it found before counts.

        Raises
        ------
        ProviderError
            The service failed for some of the tracks.
        """
        ...
