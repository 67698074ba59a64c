"""The moods of a visit, one after another, in bounded memory."""

from dataclasses import dataclass, field

import numpy as np

from emotion.values import EMOTIONS

STEP_S = 1.0
"""What one row stands for at first."""

MOST_ROWS = 240
"""Four minutes in seconds; then rows are joined in pairs and each stands for twice the time."""

LONGEST_S = 12 * 3600.0
"""After so long a visit's beginning is not what anybody looks for: time begins anew."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a timeline holds.

    Attributes
    ----------
    step_s : float
        Seconds that one row stands for.
    rows : numpy.ndarray
        float32, (N, 7), mean probabilities in the order of `EMOTIONS`; NaN while no face was there.
    """

    step_s: float
    rows: np.ndarray = field(compare=False)

    @property
    def shares(self) -> np.ndarray:
        """Mean over the time in which a face was there, (7,); zeros if there was none."""
        there = self.rows[~np.isnan(self.rows[:, 0])]
        if not len(there):
            return np.zeros(len(EMOTIONS), np.float32)
        return np.asarray(there.mean(axis=0))


class Timeline:
    """Takes probabilities as they come; keeps at most `MOST_ROWS` rows. Not thread-safe."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything; time begins with what comes next."""
        self._step_s = STEP_S
        self._began: float | None = None
        self._rows: list[np.ndarray] = []
        self._sum, self._count = np.zeros(len(EMOTIONS)), 0

    def add(self, probabilities: np.ndarray, at: float) -> None:
        """Take probabilities (7,) at a time in seconds, not before the last."""
        began = at if self._began is None else self._began
        self._close(began, at)
        self._sum += probabilities
        self._count += 1

    def stretch(self, at: float) -> Stretch:
        """Tell what there was up to now."""
        if self._began is not None:
            self._close(self._began, at)
        rows = [*self._rows, self._mean()] if self._count else list(self._rows)
        while rows and np.isnan(rows[-1][0]):  # nobody there since: not a part of it yet
            rows.pop()
        empty = np.zeros((0, len(EMOTIONS)), np.float32)
        return Stretch(self._step_s, np.stack(rows) if rows else empty)

    def _close(self, began: float, at: float) -> None:
        """Finish the rows that lie before this time."""
        if at - began > LONGEST_S:
            self.clear()
            began = at
        self._began = began
        while at - began >= (len(self._rows) + 1) * self._step_s:
            self._rows.append(self._mean())
            self._sum, self._count = np.zeros(len(EMOTIONS)), 0
            if len(self._rows) >= MOST_ROWS:
                self._halve()

    def _mean(self) -> np.ndarray:
        if not self._count:
            return np.full(len(EMOTIONS), np.nan, np.float32)
        return np.asarray(self._sum / self._count, np.float32)

    def _halve(self) -> None:
        pairs = np.stack(self._rows).reshape(-1, 2, len(EMOTIONS))
        there = ~np.isnan(pairs[:, :, :1])
        count = there.sum(axis=1)
        total = np.where(there, pairs, 0).sum(axis=1)
        joined = np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(np.float32)
        self._rows = list(joined)
        self._step_s *= 2
