"""How often frames are read, so that videos stay fluent however busy the machine is."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

SHARE = 0.3
"""Of the time, at most, one video spends reading. 28 frames a second leave 36 ms for each."""

LONGEST_S = 0.25
"""However slow reading is, it is tried so often: a mood must be followed within 1.5 seconds."""

COST_S = 0.3
"""Weight of the last reading in the mean cost."""

STALE_S = 0.5
"""Who did not ask for so long has left the line."""


class Pace:
    """When one video reads its next frame. Not thread-safe.

    What counts is the time on the wall: it grows with the load of the machine, whoever makes it.
    """

    def __init__(self) -> None:
        self._cost_s = 0.0
        self._began = -float("inf")

    def due(self, now: float) -> bool:
        """Tell whether to read the frame that came now."""
        return now - self._began >= min(self._cost_s / SHARE, LONGEST_S)

    def took(self, began: float, ended: float) -> None:
        """Note how long a reading took, in seconds."""
        weight = COST_S if self._cost_s else 1.0
        self._cost_s += weight * (ended - began - self._cost_s)
        self._began = began


class Turns:
    """One reads at a time, in the order in which they asked; nobody waits. Thread-safe.

    Readers share the models, which serve one call at a time. Whoever is not in turn lets its frame
    pass and asks again with the next, so a video never stands still for another.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        # who -> when they asked last; by id, for it outlives every visit and must hold none
        self._line: OrderedDict[int, float] = OrderedDict()
        self._reading: int | None = None

    def take(self, who: object) -> bool:
        """Ask for one's turn; with True, call `give_back` afterwards."""
        now, asks = self._clock(), id(who)
        with self._lock:
            for other in [one for one, at in self._line.items() if now - at > STALE_S]:
                del self._line[other]
            self._line[asks] = now  # keeps its place
            if self._reading is not None or next(iter(self._line)) != asks:
                return False
            del self._line[asks]
            self._reading = asks
            return True

    def give_back(self, who: object) -> None:
        """End one's turn."""
        with self._lock:
            if self._reading == id(who):
                self._reading = None
