"""What the parts of the panel say to each other: choices, and a playlist on the table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Self

from i18n import Message
from music_mood.values import LabelledTrack, Playlist

PICKS = 6
"""Tracks shown at first and added by each "More"; also the steps in which Lift arrives."""

AHEAD = 200
"""Tracks put into the queue at least, if there are so many: ten hours of whole pieces. To put ten
thousand in order would take many seconds, for what nobody waits for."""


class Shelf(StrEnum):
    """Where the tracks come from; a key, shown as `SHELF_WORDS` says."""

    DEMO = "demo"
    LINK = "link"
    SPOTIFY = "spotify"
    FILES = "files"


SHELF_WORDS: Mapping[Shelf, Message] = MappingProxyType(
    {
        Shelf.DEMO: Message("Demo playlist"),
        Shelf.LINK: Message("Link"),
        Shelf.SPOTIFY: Message("My Spotify"),
        Shelf.FILES: Message("My files"),
    }
)


class SearchFor(StrEnum):
    """What a search at Spotify looks for; a key, shown as `SEARCH_FOR_WORDS` says."""

    TRACKS = "Tracks"
    ALBUMS = "Albums"


SEARCH_FOR_WORDS: Mapping[SearchFor, Message] = MappingProxyType(
    {SearchFor.TRACKS: Message("Tracks"), SearchFor.ALBUMS: Message("Albums")}
)


class ChosenBy(StrEnum):
    """What decides which tracks come first; a key, shown as `CHOSEN_BY_WORDS` says."""

    MOOD = "Mood"
    FEATURES = "Audio features"


CHOSEN_BY_WORDS: Mapping[ChosenBy, Message] = MappingProxyType(
    {ChosenBy.MOOD: Message("Mood"), ChosenBy.FEATURES: Message("Audio features")}
)


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
    failures : tuple of Message
        Sentences about services that failed on the way.
    """

    key: str
    playlist: Playlist
    labelled: tuple[LabelledTrack, ...]
    failures: tuple[Message, ...]

    def without_sound(self) -> Self:
        """Copy it without the visitor's audio files, which are large, and still on their disk."""
        labelled = tuple(
            replace(one, track=replace(one.track, audio_file=None)) for one in self.labelled
        )
        playlist = replace(self.playlist, tracks=tuple(one.track for one in labelled))
        return replace(self, playlist=playlist, labelled=labelled)


@dataclass(frozen=True)
class Turn:
    """One list of tracks. It outlasts reruns, so that no row moves under the visitor's hands.

    Attributes
    ----------
    occasion : tuple
        Playlist, feeling and aim it is for: another occasion begins another turn.
    waiting : frozenset of str
        `Track.uri` of what was heard when it began.
    feeling : tuple of float
        Seven probabilities, for which tracks are chosen: small changes of what a face shows leave
        it as it is (`music_mood.choosing.steady.settled`).
    count : int
        Rows asked for.
    before : tuple of str
        `Track.uri` of the rows when it began.
    order : tuple of str
        `Track.uri` of what comes, the rows first; empty before it is known.
    ordered_for : tuple
        How `order` was chosen: another way makes another order.
    """

    occasion: tuple[object, ...]
    waiting: frozenset[str]
    feeling: tuple[float, ...]
    count: int = PICKS
    before: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    ordered_for: tuple[object, ...] = ()
