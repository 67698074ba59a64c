"""What the capture panel keeps of one visit: choices, the feeling, and the picture last read.

Held in the visitor's session by whoever draws the panel; never stored, never shared.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

import numpy as np

from emotion.live import LiveReader
from emotion.values import Emotion, Face, Feeling
from i18n import Words


class Way(StrEnum):
    """Ways to say how one feels; a hand-picked emotion has the same rank as the camera."""

    PHOTO = "Photo"
    SNAPSHOT = "Snapshot"
    LIVE = "Live"
    NO_CAMERA = "No camera"


@dataclass(frozen=True)
class PictureRead:
    """A picture that was read.

    Attributes
    ----------
    upload_id : str
        Of the upload it came with.
    rgb : numpy.ndarray
        uint8, (H, W, 3).
    faces : list of Face
        Largest first; empty if there is none.
    """

    upload_id: str
    rgb: np.ndarray
    faces: list[Face]


@dataclass
class Capture:
    """What outlives a rerun of the panel; changed in place.

    Attributes
    ----------
    words : Words
        The page's language.
    way : Way
        The one that is open.
    consent : bool
        The visitor agreed that pictures are read.
    named : Emotion or None
        What the pills of `Way.NO_CAMERA` say while they are drawn.
    feeling : Feeling or None
        How the visitor feels, by whichever way they said it last.
    live_feeling : Feeling or None
        The mood of the video that was last taken over.
    live_count : int
        How often that was done.
    picture : PictureRead or None
    live_reader : LiveReader or None
        One per visitor: it remembers what it saw; the models behind it are shared.
    """

    words: Words = field(default_factory=Words)
    way: Way = Way.PHOTO
    consent: bool = False
    named: Emotion | None = None
    feeling: Feeling | None = None
    live_feeling: Feeling | None = None
    live_count: int = 0
    picture: PictureRead | None = None
    live_reader: LiveReader | None = None

    def luggage(self) -> Self:
        """Copy the choices and the feeling, without picture and video."""
        return replace(self, picture=None, live_reader=None)
