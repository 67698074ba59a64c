"""Live video: frames over time -> the moods of its faces, and frames with boxes drawn.

One thread computes (the video's), another reads (the page's); a lock stands between them. Nothing
of Streamlit here.
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from emotion.draw import Mark, draw_marks
from emotion.pace import Pace, Turns
from emotion.reader import FaceReader
from emotion.timeline import Stretch, Timeline
from emotion.tracking import SteadyLabel, TrackedFace, Tracker
from emotion.values import EMOTIONS, Emotion

log = logging.getLogger(__name__)

HELD_S = 3.0
"""A mood that is shown for so long is meant."""

FOLLOW_EVERY_S = 30.0
"""So long, at least, what is followed stays: music is not a mirror."""

ABSENT_S = 1.0
"""Nobody there for so long: what was shown before is not held any more."""


LETTERS = 1.5
"""Size of the labels' letters: a video is shown about half as large as it is."""


@dataclass(frozen=True)
class Mood:
    """What counts of the faces in the video.

    Attributes
    ----------
    emotion : Emotion
        Its label, slow to change while two are close.
    probabilities : numpy.ndarray
        float32, (7,), smoothed over time; sums to 1. Read-only.
    """

    emotion: Emotion
    probabilities: np.ndarray = field(compare=False)


@dataclass(frozen=True)
class LiveReading:
    """What the video shows by now.

    Attributes
    ----------
    faces : tuple of TrackedFace
        Those who are there or were a moment ago, by number.
    chosen : int or None
        The id of the face that counts; None for the mean of all.
    mood : Mood or None
        Of the chosen face, or the mean of all; None if nobody is there.
    """

    faces: tuple[TrackedFace, ...]
    chosen: int | None
    mood: Mood | None


class LiveReader:
    """Reads a video frame by frame. Thread-safe.

    Parameters
    ----------
    reader : FaceReader
        May be shared between visitors.
    clock : callable
        Seconds, monotonic; tests give their own.
    turns : Turns or None
        Shared by those who share the reader: one reads at a time.

    Attributes
    ----------
    name_of : callable
        How an emotion is called in the visitor's language; set by the page.
    """

    def __init__(
        self,
        reader: FaceReader,
        clock: Callable[[], float] = time.monotonic,
        turns: Turns | None = None,
    ) -> None:
        self.name_of: Callable[[Emotion], str] = str
        self._reader = reader
        self._clock = clock
        self._turns = turns or Turns(clock)
        self._lock = threading.Lock()
        self._pace = Pace()
        self._tracker = Tracker()
        self._timeline = Timeline()
        self._chosen: int | None = None
        self._label = SteadyLabel()
        self._mood: Mood | None = None
        self._mood_since = self._mood_seen_at = -math.inf
        self._taken: Emotion | None = None
        self._taken_at = -math.inf
        self._failures: set[type[Exception]] = set()

    @classmethod
    def load(cls) -> Self:
        """Load the models that ship with the app; raises `ModelError` if one is missing."""
        return cls(FaceReader.load())

    def process(self, rgb: np.ndarray) -> np.ndarray:
        """Take a frame, uint8 (H, W, 3), and give it back with boxes and labels.

        Not every frame is read: while the machine is busy, or another video is being read, a frame
        shows what was read last. Never raises: an exception would freeze the video without a word.
        A frame that cannot be read comes back as it was, and the log has the reason, once per kind.
        """
        try:
            with self._lock:
                due = self._pace.due(self._clock())
            if due and self._turns.take(self):
                try:
                    self._read(rgb)
                finally:
                    self._turns.give_back(self)
            return draw_marks(rgb, self._marks(), LETTERS)
        except Exception as error:
            if type(error) not in self._failures:
                self._failures.add(type(error))
                log.exception("a video frame could not be read")
            return rgb

    def snapshot(self) -> LiveReading:
        """Tell what the video shows."""
        with self._lock:
            faces = self._tracker.known(self._clock())
            ids = {face.id for face in faces}
            chosen = self._chosen if self._chosen in ids else None
            return LiveReading(faces, chosen, self._mood if faces else None)

    def choose(self, face_id: int | None) -> None:
        """Let one face count, until it is forgotten, or with None the mean of all."""
        with self._lock:
            if face_id != self._chosen:
                self._chosen = face_id
                self._count(self._clock())

    def take(self) -> Mood | None:
        """Give the mood as it is, for the music; it is not `held` again until it has changed."""
        with self._lock:
            now = self._clock()
            mood = self._mood if self._tracker.known(now) else None
            if mood:
                self._taken, self._taken_at = mood.emotion, now
            return mood

    def held(self) -> Mood | None:
        """Give a mood that was held for `HELD_S` and is not the one given last.

        Each is given once, and at most one in `FOLLOW_EVERY_S`; otherwise None.
        """
        with self._lock:
            now, mood = self._clock(), self._mood
            if (
                mood is None
                or mood.emotion == self._taken
                or now - self._mood_seen_at > ABSENT_S
                or now - self._mood_since < HELD_S
                or now - self._taken_at < FOLLOW_EVERY_S
            ):
                return None
            self._taken, self._taken_at = mood.emotion, now
            return mood

    def timeline(self) -> Stretch:
        """Tell the moods of this visit so far."""
        with self._lock:
            return self._timeline.stretch(self._clock())

    def clear_timeline(self) -> None:
        """Forget the moods so far."""
        with self._lock:
            self._timeline.clear()

    def _read(self, rgb: np.ndarray) -> None:
        began = self._clock()
        faces = self._reader.read_frame(rgb)
        with self._lock:
            now = self._clock()
            self._pace.took(began, now)
            self._tracker.update(faces, now)
            self._count(now)
            if self._mood and self._mood_seen_at == now:
                self._timeline.add(self._mood.probabilities, now)

    def _count(self, now: float) -> None:
        """Make the mood out of those who count; it stays as it is while they are away."""
        known = self._tracker.known(now)
        if self._chosen not in {face.id for face in known}:
            self._chosen = None
        chosen = self._chosen
        counted = [face for face in self._tracker.seen(now) if chosen is None or face.id == chosen]
        if not known:
            self._mood, self._label = None, SteadyLabel()
        if not counted:
            return
        before, absent = self._mood, now - self._mood_seen_at
        if chosen is None and len(counted) > 1:
            mean: np.ndarray = np.stack([face.probabilities for face in counted]).mean(axis=0)
            mean.flags.writeable = False
            self._mood = Mood(self._label.follow(mean, now), mean)
        else:
            self._label = SteadyLabel()  # the face has its own
            self._mood = Mood(counted[0].emotion, counted[0].probabilities)
        if before is None or before.emotion != self._mood.emotion or absent > ABSENT_S:
            self._mood_since = now
        self._mood_seen_at = now

    def _marks(self) -> list[Mark]:
        with self._lock:
            now = self._clock()
            faces, several = self._tracker.seen(now), len(self._tracker.known(now)) > 1
            chosen = self._chosen
        return [
            Mark(
                face.box_xywh,
                _label(face, self.name_of(face.emotion), numbered=several),
                strong=chosen is None or face.id == chosen,
            )
            for face in faces
        ]


def _label(face: TrackedFace, name: str, *, numbered: bool) -> str:
    # in steps of 5 %: a number that trembles tells nothing, and draws the eye
    share = round(20 * float(face.probabilities[EMOTIONS.index(face.emotion)])) / 20
    number = f"{face.number}  " if numbered else ""
    return f"{number}{name}  {share:.0%}"
