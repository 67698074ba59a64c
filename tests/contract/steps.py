"""Sources read page by page; most tests want only what that comes to."""

from collections.abc import Generator
from typing import Any, TypeVar

from music_mood.reading import watch

T = TypeVar("T")


def result_of(steps: Generator[Any, None, T]) -> T:
    """Go through all steps, and give the result."""
    return watch(steps, lambda _: None)
