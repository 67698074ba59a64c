"""A candidate, looked at again: whether it is a face, and which way is up.

BlazeFace was trained on faces that stand upright. In one that lies or stands on its head it often
sees another face, upright, with the eyes on the chin: whoever reads that reads a feeling nobody
shows. Two things give it away: the looks at it agree less than they do on a face, and turned by
quarters of a circle its surroundings score better.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emotion.blazeface import BlazeFace, Proposals

SURROUNDINGS = (2.2, 3.0)
"""Sides of the squares of the second looks, in box widths: BlazeFace scores faces best there."""

CHECKED_SCORE = 0.66
"""Least mean score of the second looks. Measured on variants of one portrait (rotated, dark,
covered, small; lowest 0.67) and 13 face-free pictures (a cat 0.62, coins 0.63)."""

CHECKED_FRAME_SCORE = 0.6
"""The same in a video frame, of the fast network's two looks."""

CONFIDENT = 0.8
CONFIDENT_SCORE = 0.76
TRUSTED_SCORE = 0.78
TRUSTED_LOOK = 0.84
TRUSTED_LOOKS = 0.8
TRUSTED_TILT = 50.0
TRUSTED_SPREAD = 8.0
"""From these scores (of a photo's first three looks at a candidate that was found with CONFIDENT or
more, of a photo's four, of a frame's first one, of a frame's two) and up to this tilt and spread
(degrees) looks are believed at once. Measured on 58 FER2013 faces turned in steps of 15 degrees: of
those turned by 90 and more none came so far (three looks: of 885 candidates none), of those by 30
and less 7 of 10 (three looks: half). The others are looked at in four turns."""

CENTRED, ASIDE = 0.35, 0.6
"""How far from the candidate's middle a face may lie, in its widths: usually, and in four turns:
what is seen in a face upside down lies half a face beside it."""

AS_FOUND = 0.05
"""By so much another turn must score better than the one in which the candidate was found."""

TURNED_SCORE = 0.74
MOST_TILT = 62.0
MOST_SPREAD = 14.0
"""The same for the best of the four turns: beyond, none shows a face that can be relied on."""


_Ways = Sequence[tuple[BlazeFace, float, int]]
"""Each look's network, how many box widths it sees, and its rank: of all, 0 is the most exact.
Fast ones first: when they score too low for the mean to be enough, the others are saved."""


@dataclass(frozen=True)
class _Looks:
    """What several looks at one candidate say together.

    Attributes
    ----------
    score : float
        Their mean, 0..1.
    tilt, spread : float
        Mean and standard deviation of the eyes' tilt in degrees, 0 where they are level.
    face : Proposals or None
        One face, as the most exact of the looks found it.
    """

    score: float
    tilt: float
    spread: float
    face: Proposals | None

    def within(self, score: float, tilt: float, spread: float) -> bool:
        return self.score >= score and abs(self.tilt) <= tilt and self.spread <= spread


class SecondLook:
    """Looks again at candidates. Thread-safe.

    Parameters
    ----------
    back, short : BlazeFace
        The thorough and the fast network.
    """

    def __init__(self, back: BlazeFace, short: BlazeFace) -> None:
        near, far = SURROUNDINGS
        self._fast = [(short, near, 1), (short, far, 3)]
        self._confirming = [*self._fast, (back, near, 0)]
        self._thorough = [*self._confirming, (back, far, 2)]

    def check(self, rgb: np.ndarray, points: np.ndarray, score: float) -> Proposals | None:
        """Check a candidate in a photo.

        Parameters
        ----------
        rgb : numpy.ndarray
            uint8, (H, W, 3).
        points : numpy.ndarray
            float32, (4, 2): a candidate as in `Proposals`.
        score : float
            What it was found with: of one that scored high three looks are enough.

        Returns
        -------
        Proposals or None
            One face with its eyes where they are, however it is turned; None if the looks do not
            agree on one.
        """
        candidate = _Candidate(rgb, points)
        if score >= CONFIDENT:
            looks = candidate.looks(self._confirming, CONFIDENT_SCORE)
            if looks.within(CONFIDENT_SCORE, TRUSTED_TILT, TRUSTED_SPREAD):
                return looks.face
        looks = candidate.looks(self._thorough, CHECKED_SCORE)
        if looks.score < CHECKED_SCORE:
            return None
        if looks.within(TRUSTED_SCORE, TRUSTED_TILT, TRUSTED_SPREAD):
            return looks.face
        return self._in_best_turn(rgb, points, looks, self._thorough, CHECKED_SCORE)

    def check_in_frame(self, rgb: np.ndarray, points: np.ndarray) -> Proposals | None:
        """Check a candidate as `check` does, in a video frame, where there is less time."""
        candidate = _Candidate(rgb, points)
        for ways, score in ((self._fast[:1], TRUSTED_LOOK), (self._fast, TRUSTED_LOOKS)):
            looks = candidate.looks(ways)
            if looks.within(score, TRUSTED_TILT, TRUSTED_SPREAD):
                return looks.face
        return self._in_best_turn(rgb, points, looks, self._fast, CHECKED_FRAME_SCORE)

    def _in_best_turn(
        self,
        rgb: np.ndarray,
        points: np.ndarray,
        as_found: _Looks,
        ways: _Ways,
        least: float,
    ) -> Proposals | None:
        """Check a candidate in that of four turns in which it looks most like a face.

        `as_found` are the looks in the turn it was found in, `ways` and `least` those and the score
        that have to confirm them; another turn has to score more.
        """
        side = max(8, round(float(points[1].max()) * (max(SURROUNDINGS) + 2 * ASIDE)))
        left, top = (round(float(value)) - side // 2 for value in points[0])
        square = _cut(rgb, left, top, side)
        middle = np.array([(side / 2, side / 2), points[1]], np.float32)
        turns = [np.ascontiguousarray(np.rot90(square, quarters)) for quarters in range(4)]
        seen = [_Candidate(turn, middle, ASIDE).looks(self._fast) for turn in turns]
        scores = [look.score for look in seen]
        scores[0] += AS_FOUND
        best = scores.index(max(scores))
        # a face that is seen lying in its best turn stands upright in another
        best = (best + round(seen[best].tilt / 90)) % 4
        face = seen[best].face
        if face is None:
            return None
        if best:
            ways, least = self._thorough, TURNED_SCORE
        looks = _Candidate(turns[best], face.points[0]).looks(ways, least)
        if looks.face is None or not looks.within(least, MOST_TILT, MOST_SPREAD):
            return None
        if not best and as_found.face is not None and as_found.score >= least:
            return as_found.face
        return looks.face.turned(-best, (side, side)).moved(left, top)


class _Candidate:
    """What may be a face, looked at in several ways; none of them is looked in twice."""

    def __init__(self, rgb: np.ndarray, points: np.ndarray, aside: float = CENTRED) -> None:
        self._rgb, self._points, self._aside = rgb, points, aside
        self._taken: dict[int, Proposals | None] = {}  # by rank

    def looks(self, ways: _Ways, least: float = 0.0) -> _Looks:
        """Look in all these ways; give up once their mean can't be `least` any more."""
        seen = []
        lacking = 0.0
        for network, wide, rank in ways:
            if rank not in self._taken:
                self._taken[rank] = _look_again(network, self._rgb, self._points, wide, self._aside)
            look = self._taken[rank]
            lacking += 1 - float(look.scores[0]) if look else 1.0
            if 1 - lacking / len(ways) < least:
                return _Looks(0.0, 0.0, 0.0, None)
            if look:
                seen.append((rank, look.points))
        if not seen:
            return _Looks(0.0, 0.0, 0.0, None)
        score = 1 - lacking / len(ways)
        across = np.array([found[0, 3] - found[0, 2] for _, found in seen])
        tilts = np.degrees(np.arctan2(across[:, 1], across[:, 0]))
        _, best = min(seen, key=lambda one: one[0])
        face = Proposals(np.array([score], np.float32), best)
        return _Looks(score, float(tilts.mean()), float(tilts.std()), face)


def _look_again(
    network: BlazeFace, rgb: np.ndarray, points: np.ndarray, wide: float, aside: float
) -> Proposals | None:
    """Look at one candidate's surroundings; None if no face is there."""
    centre, width = points[0], float(points[1].max())
    side = max(8, round(width * wide))
    left, top = (round(float(value)) - side // 2 for value in centre)
    look = _nearest(network.look(_cut(rgb, left, top, side), 0.05), side, width, aside)
    return look.moved(left, top) if look else None


def _nearest(look: Proposals, side: int, width: float, aside: float) -> Proposals | None:
    """Pick the best proposal near the middle of a square and about as wide as expected."""
    off = np.abs(look.points[:, 0] - side / 2).max(axis=1, initial=0)
    ratio = look.points[:, 1, 0] / width
    fitting = np.flatnonzero((off < aside * width) & (ratio > 0.5) & (ratio < 1.8))
    if not len(fitting):
        return None
    best = fitting[[look.scores[fitting].argmax()]]
    return Proposals(look.scores[best], look.points[best])


def _cut(rgb: np.ndarray, left: int, top: int, side: int) -> np.ndarray:
    """Cut out a square that may reach beyond the picture; black there."""
    height, width = rgb.shape[:2]
    x, y = max(0, left), max(0, top)
    part = rgb[y : max(y, min(top + side, height)), x : max(x, min(left + side, width))]
    square = np.zeros((side, side, 3), np.uint8)
    square[y - top : y - top + part.shape[0], x - left : x - left + part.shape[1]] = part
    return square
