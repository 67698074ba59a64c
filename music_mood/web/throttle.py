"""Courtesy and caution towards one web service: how often to call it, and when not to.

Own code, about sixty lines, for three reasons: the limits promise "never more than n calls in any
period", which a token bucket does not keep (a full bucket plus its refill is up to 2 n); time must
be injectable, so that tests need not sleep (pyrate-limiter and pybreaker read the clock
themselves); and a service's own "wait" has to hold back every caller, not only the one that heard.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

MAX_HOLD_S = 86_400.0
"""Longest pause that is kept: who asks for a longer one is asked again once a day, so that one
senseless answer does not end a service for as long as the process lives."""

Clock = Callable[[], float]
"""Seconds from any start, never going back: ``time.monotonic``."""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `calls` calls in any `period_s` seconds."""

    calls: int
    period_s: float


class Limiter:
    """Hands out times for calls so that a rate is kept. Thread-safe.

    Parameters
    ----------
    rate : Rate or None
        None: no limit, but `hold` still works.
    clock : Clock
    """

    def __init__(self, rate: Rate | None, clock: Clock) -> None:
        self._period_s = rate.period_s if rate else 0.0
        self._starts: deque[float] = deque(maxlen=rate.calls if rate else 1)
        self._held_until = float("-inf")
        self._clock = clock
        self._lock = threading.Lock()

    def reserve(self, at_most_s: float) -> float:
        """Take the next free time for a call.

        Returns
        -------
        float
            Seconds to wait before calling, 0 or more. If more than `at_most_s`, nothing was
            taken: do not call.
        """
        with self._lock:
            now = self._clock()
            start = max(now, self._held_until)
            if len(self._starts) == self._starts.maxlen:
                start = max(start, self._starts[0] + self._period_s)
            if start - now <= at_most_s:
                self._starts.append(start)
            return start - now

    def hold(self, seconds: float) -> None:
        """Let nobody call for so long: the service has asked for it."""
        with self._lock:
            held_until = self._clock() + min(seconds, MAX_HOLD_S)
            self._held_until = max(self._held_until, held_until)


class Circuit:
    """Circuit breaker: a service that is down costs one timeout, not one per track. Thread-safe.

    Closed, calls pass. Open, they are refused at once. After `rest_s` it is half open: one call
    tries, the others are still refused, until that one's answer closes it or its failure opens it
    for another rest. A service that has answered before is forgiven one timeout: a single lost
    packet shall not end the reading of a long playlist.

    Parameters
    ----------
    rest_s : float
        Seconds for which a service that is down is left alone.
    clock : Clock
    """

    def __init__(self, rest_s: float, clock: Clock) -> None:
        self._rest_s = rest_s
        self._clock = clock
        self._lock = threading.Lock()
        self._retry_at: float | None = None  # None: closed
        self._trusted = False

    @property
    def is_open(self) -> bool:
        """Whether the service counts as down (or is being tried)."""
        return self._retry_at is not None

    def enter(self) -> bool:
        """Ask before a call; True lets it through."""
        with self._lock:
            if self._retry_at is None:
                return True
            if self._clock() < self._retry_at:
                return False
            self._retry_at = self._clock() + self._rest_s
            return True

    def answered(self) -> None:
        """Note that the service is up."""
        with self._lock:
            self._retry_at = None
            self._trusted = True

    def timed_out(self) -> None:
        """Note that a call was not answered in time."""
        with self._lock:
            if self._trusted:
                self._trusted = False
            else:
                self._retry_at = self._clock() + self._rest_s

    def gave_up(self) -> None:
        """Note that a call failed after all its tries."""
        with self._lock:
            self._retry_at = self._clock() + self._rest_s
            self._trusted = False
