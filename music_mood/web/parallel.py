"""The same call for many items, a few at a time."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

from music_mood.errors import ProviderError

T = TypeVar("T")
R = TypeVar("R")

THREADS = 4
"""Calls under way at once: hides the network's delay and stays polite."""


def in_parallel(
    call: Callable[[T], R], items: Sequence[T], threads: int = THREADS
) -> Iterator[tuple[int, R | ProviderError]]:
    """Call a function for every item, and tell the results as they come.

    Whoever stops listening stops the work: what has not begun is dropped.

    Parameters
    ----------
    call : callable
        Thread-safe. A `ProviderError` that it raises is a result; others end the whole.
    items : sequence
    threads : int

    Yields
    ------
    tuple of int and (result or ProviderError)
        Position of the item, and what came of it.
    """
    pool = ThreadPoolExecutor(threads)
    try:
        positions = {pool.submit(call, item): at for at, item in enumerate(items)}
        for done in as_completed(positions):
            error = done.exception()
            yield positions[done], error if isinstance(error, ProviderError) else done.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
