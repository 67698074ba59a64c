"""What a provider of audio features is: a small module behind one Protocol.

A provider takes tracks and gives back better ones: with features, or with an identifier that a
later provider needs. The chain asks them in turn, each only for tracks that still lack features.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from music_mood.matching import plain_isrc
from music_mood.reference import ID_SHAPES, Host
from music_mood.values import AudioFeatures, Track


@dataclass(frozen=True, slots=True)
class Found:
    """What a provider knows after one step of its work.

    Attributes
    ----------
    asked : int
        Tracks that are done since the step before, found or not.
    tracks : mapping of int to Track
        Position in the given sequence -> the better track. What is unknown is absent.
    settled : frozenset of int
        Positions of tracks for which nobody further need be asked, though features are lacking.
    """

    asked: int
    tracks: Mapping[int, Track]
    settled: frozenset[int] = frozenset()


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


class FeatureMemory(FeatureProvider, Protocol):
    """A provider that is asked first, and told what the others found."""

    def keep(self, before: Sequence[Track], after: Sequence[Track], *, complete: bool) -> None:
        """Remember what the others found. MUST NOT raise.

        Parameters
        ----------
        before, after : sequence of Track
            The tracks that the others were asked for, as given to the chain and as they are now.
        complete : bool
            Everybody was asked and nobody failed, so what lacks features is unknown to them all.
        """
        ...


class SoundMemory(Protocol):
    """Remembers the features of sound that was heard, by names that only its users make up."""

    def heard(self, names: Collection[str]) -> Mapping[str, AudioFeatures]:
        """Give what is known, by name. MUST NOT raise."""
        ...

    def keep_heard(self, features: Mapping[str, AudioFeatures]) -> None:
        """Remember features by name. MUST NOT raise."""
        ...


def feature_id(track: Track) -> str | None:
    """Give the identifier by which providers are asked: the Spotify id, else the ISRC."""
    spotify_id = track.spotify_id or ""
    return spotify_id if ID_SHAPES[Host.SPOTIFY].fullmatch(spotify_id) else plain_isrc(track.isrc)
