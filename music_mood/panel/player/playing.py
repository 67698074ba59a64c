"""What the player of a visit is doing, beside the queue itself; free of Streamlit."""

from dataclasses import dataclass, field
from typing import Self
from uuid import uuid4

from i18n import Message
from music_mood.values import Preview

SLOTS = 3
"""Places for sound on the page: the track that plays and the two after it."""


@dataclass(frozen=True, slots=True)
class Slot:
    """What lies in a place for sound.

    Attributes
    ----------
    uri : str
        `Track.uri`.
    preview : Preview
        With a file or an address that the browser plays itself. It stays the same while it lies
        here: another address would cut what is playing.
    attempt : int
        Which try it is, from 0: the browser must load it anew, even from the same address.
    """

    uri: str
    preview: Preview
    attempt: int = 0


@dataclass
class Playing:
    """The player's part of a visit.

    Attributes
    ----------
    session : str
        Tells the browser that it speaks to another session than before.
    started : bool
        The visitor has pressed play once: from then on services may be asked for previews.
    acked : int
        Number of the last of the browser's events that was dealt with.
    slots : list of (Slot or None)
        `SLOTS` entries.
    wanted : str or None
        `Track.uri` of what the visitor pressed: only that may open Spotify's frame.
    frame : str or None
        `Track.uri` of what plays in Spotify's frame.
    attempts : dict of str to int
        `Track.uri` -> how often the browser failed to play it.
    broken : frozenset of str
        `Track.uri` of what the browser cannot play.
    note : Message or None
        What the bar has to say, such as why a track was skipped.
    halted : bool
        Nothing goes on by itself: the visitor has to press play again.
    looked_ahead : tuple of str
        For which tracks ahead previews were looked for last.
    """

    session: str = field(default_factory=lambda: uuid4().hex)
    started: bool = False
    acked: int = 0
    slots: list[Slot | None] = field(default_factory=lambda: [None] * SLOTS)
    wanted: str | None = None
    frame: str | None = None
    attempts: dict[str, int] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    note: Message | None = None
    halted: bool = False
    looked_ahead: tuple[str, ...] = ()

    def luggage(self) -> Self:
        """Copy it for the way to another page and back: no sound, and the browser begins anew."""
        return type(self)(started=self.started)
