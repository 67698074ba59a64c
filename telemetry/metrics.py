"""What is counted and timed, for Prometheus; rooms tell it in a line each, `serving` shows it.

The metrics are the one thing here that all threads write to: a count means the whole process.
They stand in a registry of their own, so that no other library's figures are shown with them. No
label can hold anything personal, or more values than the code names.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

PREFIX = "face_the_music"

REGISTRY = CollectorRegistry()
"""All of ours, and the process's own: memory, processor seconds, open files."""

ProcessCollector(registry=REGISTRY)

_FAST = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
_SLOW = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)

OK, BROKEN = "ok", "broken"
"""Outcomes of a call beside the names of the errors that are expected of a service."""


class Way:
    """How a picture came: values of the label ``way``."""

    PHOTO = "photo"
    FRAME = "frame"


READING_SECONDS = Histogram(
    f"{PREFIX}_reading_seconds",
    "Seconds to find and read the faces in a picture, by the way it came.",
    ["way"],
    buckets=_FAST,
    registry=REGISTRY,
)
RERUNS = Counter(
    f"{PREFIX}_reruns",
    "Runs of the whole page that began.",
    registry=REGISTRY,
)
RERUN_SECONDS = Histogram(
    f"{PREFIX}_rerun_seconds",
    "Seconds of those runs of the whole page that came to their end.",
    buckets=_SLOW,
    registry=REGISTRY,
)
PROVIDER_CALL_SECONDS = Histogram(
    f"{PREFIX}_provider_call_seconds",
    "Seconds of calls to web services, repetitions and waiting included, by service and outcome.",
    ["service", "outcome"],
    buckets=_SLOW,
    registry=REGISTRY,
)
LIBRARY_LOOKUPS = Counter(
    f"{PREFIX}_library_lookups",
    "Tracks whose audio features the library was asked for, by whether it had them.",
    ["result"],
    registry=REGISTRY,
)
VISITORS = Gauge(
    f"{PREFIX}_visitors",
    "Visits that are open now.",
    registry=REGISTRY,
)

for _way in (Way.PHOTO, Way.FRAME):
    READING_SECONDS.labels(_way)
for _result in ("hit", "miss"):
    LIBRARY_LOOKUPS.labels(_result)


@contextmanager
def reading(way: str) -> Iterator[None]:
    """Time the reading of a picture, with the wait for its turn; `way` is one of `Way`."""
    with READING_SECONDS.labels(way).time():
        yield


@contextmanager
def provider_call(service: str, expected: type[Exception]) -> Iterator[None]:
    """Time a call to a web service, and note how it ended.

    Parameters
    ----------
    service : str
        Its name, as the code has it.
    expected : type of Exception
        Base of the errors that tell how a call may fail; each is an outcome under its own name.
        Whatever else is raised counts as `BROKEN`.
    """
    began, outcome = time.perf_counter(), BROKEN
    try:
        yield
        outcome = OK
    except expected as error:
        outcome = type(error).__name__
        raise
    finally:
        seconds = time.perf_counter() - began
        PROVIDER_CALL_SECONDS.labels(service, outcome).observe(seconds)


def rerun_begun() -> Callable[[], None]:
    """Count a run of the page; gives what is to be called when it comes to its end.

    Many do not: a click, a redirection or `st.rerun` breaks them off. Those are counted but not
    timed.
    """
    began = time.perf_counter()
    RERUNS.inc()
    return lambda: RERUN_SECONDS.observe(time.perf_counter() - began)


def looked_up(hits: int, misses: int) -> None:
    """Count tracks that the library was asked for."""
    LIBRARY_LOOKUPS.labels("hit").inc(hits)
    LIBRARY_LOOKUPS.labels("miss").inc(misses)
