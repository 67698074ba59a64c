"""A line in front of something of which there are few: whoever came first is served first."""

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class Line(Generic[T]):
    """Lends each of some things to one thread at a time, in the order of asking. Thread-safe.

    A lock, or a queue of the standard library, would let whoever comes just now overtake those who
    wait: the last of a hundred might wait for long.

    Parameters
    ----------
    things : iterable
        What is lent; one at least. The one that was given back last is lent first: its memory is
        still in the processor's cache.
    """

    def __init__(self, things: Iterable[T]) -> None:
        self._lock = threading.Lock()
        self._free = list(things)
        self._waiting: deque[Future[T]] = deque()
        if not self._free:
            raise ValueError("nothing to lend")

    @contextmanager
    def lend(self) -> Iterator[T]:
        """Wait for one's turn, and have one of the things until the block ends."""
        thing = self._take()
        try:
            yield thing
        finally:
            self._give_back(thing)

    def _take(self) -> T:
        with self._lock:
            if self._free:  # then nobody waits
                return self._free.pop()
            turn: Future[T] = Future()
            self._waiting.append(turn)
        try:
            return turn.result()
        except BaseException:  # interrupted: leaves the line, or hands on what was just lent
            if not turn.cancel():
                self._give_back(turn.result())
            raise

    def _give_back(self, thing: T) -> None:
        with self._lock:
            while self._waiting:
                turn = self._waiting.popleft()
                if turn.set_running_or_notify_cancel():  # still there
                    turn.set_result(thing)
                    return
            self._free.append(thing)
