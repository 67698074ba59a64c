"""Faces over time: detections of single frames -> faces that keep their identity.

Each face has its own smoothing over time and a label that does not flutter. Pure: the caller
brings the frames' times. Nothing here waits, draws or knows of a camera.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from emotion.values import EMOTIONS, Emotion, Face

MOST_FACES = 6
"""So many are followed and labelled; those who were there first stay."""

SMOOTHING_S = 0.8
"""Time constant: after it, a changed expression has moved the smoothed one 63 % of the way."""

FORGET_S = 3.0
"""Unseen for so long, a face is forgotten: whoever comes then is somebody else."""

LINGER_S = 0.35
"""Unseen for so long, a face still counts as seen: detectors blink."""

LABEL_MARGIN, LABEL_HOLD_S = 0.2, 0.3
"""Another emotion becomes the label when it has led by this much for that long. The two highest
shares of an ambiguous still face differ from frame to frame by 0.05 to 0.15 (standard deviation,
measured), which smoothing makes 0.02 to 0.05; a clear change leads by this much after 0.7 s."""

VELOCITY_S = 0.3
"""Time constant of the speed at which a face moves; shorter, and the box's jitter is a speed."""

FORESEEN_S = 0.5
"""How far ahead that speed is trusted: people who cross each other hide one another for so long."""

REACH, REACH_PER_S, MOST_REACH = 0.8, 0.8, 2.0
"""How far from where it is expected a face may be found, in its widths: seen in the frame before,
more for each second unseen, and at most."""

ALIKE = 0.5
"""Least ratio of two widths of one face from one sight to the next."""


@dataclass(frozen=True, slots=True)
class TrackedFace:
    """A face that was followed.

    Attributes
    ----------
    id : int
        Nobody else's, ever.
    number : int
        What the visitor sees, from 1; that of a forgotten face is given again.
    box_xywh : tuple of int
        Where it was seen last: left, top, width, height in pixels.
    emotion : Emotion
        Its label: the most probable emotion, but slow to change while two are close.
    probabilities : numpy.ndarray
        float32, (7,), exponentially smoothed over time; sums to 1. Read-only.
    seen_at : float
        When it was seen last, in the caller's seconds.
    frames : int
        Frames that it was seen in.
    """

    id: int
    number: int
    box_xywh: tuple[int, int, int, int]
    emotion: Emotion
    probabilities: np.ndarray = field(compare=False)
    seen_at: float
    frames: int


class SteadyLabel:
    """The emotion that is said of probabilities over time, with hysteresis."""

    def __init__(self) -> None:
        self._emotion: Emotion | None = None
        self._led_since: float | None = None

    def follow(self, probabilities: np.ndarray, at: float) -> Emotion:
        """Take smoothed probabilities (7,) at a time in seconds, and tell the label."""
        best = EMOTIONS[int(probabilities.argmax())]
        if self._emotion is None:
            self._emotion = best
        lead = float(probabilities.max() - probabilities[EMOTIONS.index(self._emotion)])
        if lead < LABEL_MARGIN:
            self._led_since = None
        elif self._led_since is None:
            self._led_since = at
        elif at - self._led_since >= LABEL_HOLD_S:
            self._emotion, self._led_since = best, None
        return self._emotion


class Tracker:
    """Follows the faces of one video. Not thread-safe."""

    def __init__(self) -> None:
        self._tracks: list[_Track] = []
        self._faces_ever = 0

    def update(self, faces: Sequence[Face], at: float) -> tuple[TrackedFace, ...]:
        """Take what one frame shows.

        Parameters
        ----------
        faces : sequence of Face
            Largest first.
        at : float
            When, in seconds; not before the last frame.

        Returns
        -------
        tuple of TrackedFace
            Those who are there, as `seen` gives them.
        """
        self._forget(at)
        left = set(range(len(faces)))
        for track, index in self._matches(faces, at):
            track.see(faces[index], at)
            left.remove(index)
        for index in sorted(left):  # largest first
            if len(self._tracks) < MOST_FACES:
                self._faces_ever += 1
                self._tracks.append(_Track(self._faces_ever, self._free_number(), faces[index], at))
        return self.seen(at)

    def seen(self, at: float) -> tuple[TrackedFace, ...]:
        """Tell who is there, by number: seen at most `LINGER_S` ago."""
        there = [track.face for track in self._tracks if at - track.face.seen_at <= LINGER_S]
        return tuple(sorted(there, key=lambda face: face.number))

    def known(self, at: float) -> tuple[TrackedFace, ...]:
        """Tell who is there or was `FORGET_S` ago, by number."""
        self._forget(at)
        return tuple(sorted((track.face for track in self._tracks), key=lambda face: face.number))

    def _forget(self, at: float) -> None:
        self._tracks = [track for track in self._tracks if at - track.face.seen_at <= FORGET_S]

    def _free_number(self) -> int:
        taken = {track.face.number for track in self._tracks}
        return next(number for number in range(1, MOST_FACES + 1) if number not in taken)

    def _matches(self, faces: Sequence[Face], at: float) -> Iterator[tuple["_Track", int]]:
        """Pair tracks with faces, the likeliest pair first."""
        pairs = [
            (likeness, -index, track)
            for track in self._tracks
            for index, face in enumerate(faces)
            if (likeness := track.likeness(face, at)) is not None
        ]
        paired: set[object] = set()
        for _, index, track in sorted(pairs, key=lambda pair: pair[:2], reverse=True):
            if track not in paired and index not in paired:
                paired |= {track, index}
                yield track, -index


class _Track:
    """One face: where it will be next, what it looks like by now."""

    def __init__(self, face_id: int, number: int, face: Face, at: float) -> None:
        self._label = SteadyLabel()
        self._velocity = np.zeros(2)  # pixels per second
        emotion = self._label.follow(face.probabilities, at)
        self.face = TrackedFace(
            face_id, number, face.box_xywh, emotion, face.probabilities, at, frames=1
        )

    def likeness(self, face: Face, at: float) -> float | None:
        """How likely this is the same face, higher is likelier; None if it cannot be."""
        elapsed = at - self.face.seen_at
        moved = self._velocity * min(elapsed, FORESEEN_S)
        x, y, width, height = self.face.box_xywh
        expected = (x + moved[0], y + moved[1], width, height)
        mean_width = (width + face.box_xywh[2]) / 2
        off = float(np.hypot(*(_centre(expected) - _centre(face.box_xywh)))) / mean_width
        ratio = min(width, face.box_xywh[2]) / max(width, face.box_xywh[2])
        reach = min(REACH + REACH_PER_S * elapsed, MOST_REACH)
        if off > reach or ratio < ALIKE:
            return None
        return _overlap(expected, face.box_xywh) - off

    def see(self, face: Face, at: float) -> None:
        before = self.face
        elapsed = at - before.seen_at
        if elapsed > 0:
            speed = (_centre(face.box_xywh) - _centre(before.box_xywh)) / elapsed
            # away for long: where it was meanwhile is not known, nor how fast it is
            share = 1 - math.exp(-elapsed / VELOCITY_S) if elapsed <= FORESEEN_S else 0.0
            self._velocity = self._velocity * (elapsed <= FORESEEN_S)
            self._velocity += share * (speed - self._velocity)
        smoothed = mixed(before.probabilities, face.probabilities, elapsed)
        emotion = self._label.follow(smoothed, at)
        self.face = TrackedFace(
            before.id, before.number, face.box_xywh, emotion, smoothed, at, before.frames + 1
        )


def mixed(before: np.ndarray, now: np.ndarray, elapsed_s: float) -> np.ndarray:
    """Smooth (7,) exponentially: by time, not by frame, as frame rates differ and frames drop."""
    smoothed: np.ndarray = before + np.float32(1 - math.exp(-elapsed_s / SMOOTHING_S)) * (
        now - before
    )
    smoothed.flags.writeable = False
    return smoothed


_Box = tuple[float, float, float, float]


def _centre(box_xywh: _Box) -> np.ndarray:
    x, y, width, height = box_xywh
    return np.array((x + width / 2, y + height / 2))


def _overlap(one: _Box, other: _Box) -> float:
    """Intersection over union of two boxes, 0..1."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(0.0, width) * max(0.0, height)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)
