"""A clock that only sleeping moves: tests of patience take no time."""

import threading


class FakeTime:
    """Pass `clock` and `sleep` where ``time.monotonic`` and ``time.sleep`` would go.

    Attributes
    ----------
    slept_s : list of float
        How long was slept, in order.
    """

    def __init__(self) -> None:
        self.slept_s: list[float] = []
        self._now_s = 1_000.0
        self._lock = threading.Lock()

    def clock(self) -> float:
        return self._now_s

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        with self._lock:
            self.slept_s.append(seconds)
            self._now_s += seconds

    def pass_by(self, seconds: float) -> None:
        """Let time go by without anybody sleeping."""
        self._now_s += seconds
