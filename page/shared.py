"""One of each for the whole process, where no visitor can reach it.

Not `st.cache_resource`: any browser may tell Streamlit to clear that, for everybody (the message
``clear_cache``), and what lies there would be made anew under everybody's feet: models loaded
again, limits towards web services forgotten.
"""

import functools
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """What `shared` makes of a function. Thread-safe.

    Parameters
    ----------
    make : callable
        Makes it. What it raises is raised to whoever asked, and the next one makes it try again.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        functools.update_wrapper(self, make, updated=())
        self._make = make
        self._made: tuple[T] | tuple[()] = ()
        self._lock = threading.RLock()

    def __call__(self) -> T:
        """Give it; the first who asks makes it, and others wait for that."""
        made = self._made
        if not made:
            with self._lock:
                if not self._made:
                    self._made = (self._make(),)
                made = self._made
        return made[0]

    def close(self) -> None:
        """Forget it, and close it if it can be closed: the next who asks gets another."""
        with self._lock:
            made, self._made = self._made, ()
        for one in made:
            if callable(close := getattr(one, "close", None)):
                close()


def shared(make: Callable[[], T]) -> Shared[T]:
    """Let a function without parameters be called once, and everybody get what it gave then."""
    return Shared(make)
