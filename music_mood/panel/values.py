"""What the parts of the panel say to each other: choices, and a playlist on the table."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from music_mood.values import LabelledTrack, Playlist

PICKS = 6
"""Tracks shown at first and added by each "More"; also the steps in which Lift arrives."""


class Shelf(StrEnum):
    """Where the tracks come from."""

    DEMO = "demo"
    LINK = "link"
    SPOTIFY = "spotify"
    FILES = "files"


class SearchFor(StrEnum):
    """What a search at Spotify looks for, as the visitor reads it."""

    TRACKS = "Tracks"
    ALBUMS = "Albums"


class ChosenBy(StrEnum):
    """What decides which tracks come first."""

    MOOD = "Mood"
    FEATURES = "Audio features"


@dataclass(frozen=True)
class Shelved:
    """A playlist, read and labelled.

    Attributes
    ----------
    key : str
        Where it came from: the same place gives the same key.
    playlist : Playlist
        As its source gave it.
    labelled : tuple of LabelledTrack
        Its tracks, completed and labelled.
    failures : tuple of str
        Sentences about services that failed on the way.
    """

    key: str
    playlist: Playlist
    labelled: tuple[LabelledTrack, ...]
    failures: tuple[str, ...]

    def without_sound(self) -> Self:
        """Copy it without the visitor's audio files, which are large, and still on their disk."""
        labelled = tuple(
            replace(one, track=replace(one.track, audio_file=None)) for one in self.labelled
        )
        playlist = replace(self.playlist, tracks=tuple(one.track for one in labelled))
        return replace(self, playlist=playlist, labelled=labelled)


@dataclass(frozen=True)
class Turn:
    """One set of cards. It outlasts reruns, so that no card moves under the visitor's hands.

    Attributes
    ----------
    occasion : tuple
        Playlist, feeling and aim it is for: another occasion begins another turn.
    waiting : frozenset of str
        `Track.uri` of what was heard when it began.
    count : int
        Cards asked for.
    """

    occasion: tuple[object, ...]
    waiting: frozenset[str]
    count: int = PICKS
