"""What the capture panel keeps of one visit: choices, the feeling, and the pictures last read.

Held in the visitor's session by whoever draws the panel; never stored, never shared. Choices and
the feeling can travel in the page's address (`Capture.to_query`); pictures cannot.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Self

import numpy as np

from emotion.image import as_jpeg, from_jpeg
from emotion.live import LiveReader
from emotion.portrait import portrait
from emotion.values import EMOTIONS, Emotion, Face, Feeling, FeelingSource
from i18n import Message, Words

PORTRAIT_SIDE = 480
"""Pixels: more than a card to share shows of a face."""


class Way(StrEnum):
    """Ways to show one's face. Saying how one feels needs none of them, and is always there."""

    PHOTO = "photo"
    SNAPSHOT = "snapshot"
    LIVE = "live"


@dataclass(frozen=True)
class PictureRead:
    """A picture that was read. `of` makes one.

    Attributes
    ----------
    upload_id : str
        Of the upload it came with.
    jpeg : bytes
        Its pixels: a visit holds half a megabyte of each picture, not eight.
    faces : list of Face
        Largest first; empty if there is none.
    chosen : int
        The face whose mood counts.
    """

    upload_id: str
    jpeg: bytes = field(repr=False)
    faces: list[Face]
    chosen: int = 0

    @classmethod
    def of(cls, upload_id: str, rgb: np.ndarray, faces: list[Face]) -> Self:
        """Keep a picture, uint8 (H, W, 3), and the faces that were read of it."""
        return cls(upload_id, as_jpeg(rgb), faces)

    @property
    def rgb(self) -> np.ndarray:
        """The picture as it was read, nearly: uint8, (H, W, 3), a new one each time."""
        return from_jpeg(self.jpeg)

    @cached_property
    def portrait(self) -> np.ndarray | None:
        """The chosen face with some air around it: uint8, (N, N, 3); None without one.

        N is at most `PORTRAIT_SIDE`.
        """
        if not self.faces:
            return None
        return portrait(self.rgb, self.faces[self.chosen].box_xywh, PORTRAIT_SIDE)

    @property
    def feeling(self) -> Feeling | None:
        """What the chosen face shows; None without a face."""
        if not self.faces:
            return None
        return Feeling(self.faces[self.chosen].probabilities, FeelingSource.FACE)


@dataclass
class Capture:
    """What outlives a rerun of the panel; changed in place.

    Attributes
    ----------
    words : Words
        The page's language.
    way : Way or None
        The one that is open; None at first.
    consent : bool
        The visitor agreed that pictures are read.
    feeling : Feeling or None
        How the visitor feels, by whichever way they said it last.
    pictures : dict of Way to PictureRead
        What was read last, for each way: a way that is opened again shows what was in it.
    uploads : int
        How often another picture was asked for: each time the uploader is a new, empty one.
    trouble : tuple of (str, Message) or None
        Which upload could not be read, and why.
    shown : tuple of (object, str) or None
        The picture as it was shown last, as a data URL, and what was on it.
    live_reader : LiveReader or None
        One per visitor: it remembers what it saw; the models behind it are shared.
    video_drawn : bool
        Whether the last run of the page that came to draw a way drew live video.
    """

    words: Words = field(default_factory=Words)
    way: Way | None = None
    consent: bool = False
    feeling: Feeling | None = None
    pictures: dict[Way, PictureRead] = field(default_factory=dict)
    uploads: int = 0
    trouble: tuple[str, Message] | None = None
    shown: tuple[object, str] | None = field(default=None, repr=False)
    live_reader: LiveReader | None = None
    video_drawn: bool = False

    @property
    def picture(self) -> PictureRead | None:
        """What the open way shows."""
        return self.pictures.get(self.way) if self.way else None

    @property
    def portrait(self) -> np.ndarray | None:
        """The face that counts in the open way's picture: uint8, (N, N, 3); None without one."""
        return self.picture.portrait if self.picture else None

    @property
    def named(self) -> Emotion | None:
        """The emotion that the visitor named, if that is what counts now."""
        if self.feeling is None or self.feeling.source is not FeelingSource.VISITOR:
            return None
        return EMOTIONS[int(self.feeling.probabilities.argmax())]

    def feel(self, feeling: Feeling) -> None:
        """Let a feeling count from now on: the last thing the visitor did rules."""
        self.feeling = feeling

    def name(self, emotion: Emotion | None) -> None:
        """Let the visitor's own word count; None takes it back, and the picture counts again."""
        picture = self.picture
        if emotion is not None:
            self.feeling = Feeling.named(emotion)
        else:
            self.feeling = picture.feeling if picture else None

    def show(self, way: Way, picture: PictureRead) -> None:
        """Take a picture that was just read; without a face, what an earlier face said ends."""
        self.pictures[way] = picture
        if picture.feeling is not None:
            self.feeling = picture.feeling
        elif self.named is None:
            self.feeling = None

    def put_away(self) -> None:
        """Let the open way ask for another picture; the feeling stays until there is one."""
        if self.way:
            self.pictures.pop(self.way, None)
        self.trouble = self.shown = None
        self.uploads += 1

    def luggage(self) -> Self:
        """Copy the choices and the feeling, without pictures and video."""
        return replace(self, pictures={}, trouble=None, shown=None, live_reader=None)

    def to_query(self) -> dict[str, str]:
        """Write what a reload or a shared link shall bring back; never a picture.

        Returns
        -------
        dict of str to str
            ``feeling=sad`` for what the visitor named; ``face=happy81-neutral12`` for what a face
            showed, in percent; ``way=live`` for the way that is open.
        """
        query = {}
        if self.named:
            query["feeling"] = self.named.value
        elif self.feeling is not None:
            query["face"] = _in_percent(self.feeling)
        if self.way:
            query["way"] = self.way.value
        return query

    def take_up(self, query: Mapping[str, str]) -> None:
        """Go back to what `to_query` wrote; what makes no sense counts as not there."""
        way = query.get("way", "")
        self.way = Way(way) if way in set(Way) else None
        named, face = query.get("feeling", ""), query.get("face", "")
        if named in EMOTIONS:
            self.feeling = Feeling.named(Emotion(named))
            return
        shown = [one.feeling for one in self.pictures.values() if one.feeling]
        known = {_in_percent(feeling): feeling for feeling in shown}
        self.feeling = known.get(face) or _face_in(face)


def _in_percent(feeling: Feeling) -> str:
    """Write whole percents that sum to 100 (largest remainders), so that reading loses nothing."""
    exact = 100 * feeling.probabilities.astype(np.float64)
    percent = np.floor(exact).astype(int)
    largest = np.argsort(percent - exact, kind="stable")
    percent[largest[: 100 - percent.sum()]] += 1
    order = np.argsort(-percent, kind="stable")
    return "-".join(f"{EMOTIONS[i]}{percent[i]}" for i in order if percent[i])


def _face_in(text: str) -> Feeling | None:
    """Read ``happy81-neutral12``; None if that is not what it is."""
    shares = dict(re.findall(r"([a-z]+)(\d{1,3})(?:-|$)", text[:200]))
    percent = np.array([float(shares.get(emotion, 0)) for emotion in EMOTIONS], dtype=np.float32)
    total = percent.sum()
    return Feeling(percent / total, FeelingSource.FACE) if total > 0 else None
