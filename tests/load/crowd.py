"""Many visitors at once, or one after the other, in one process."""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from tests.load.photos import photos
from tests.load.visit import Visited, visit
from tests.load.web import Web


@dataclass(frozen=True, slots=True)
class Crowd:
    """What became of visitors who came at once.

    Attributes
    ----------
    visits : tuple of Visited
    seconds : float
        From the first one's coming to the last one's leaving.
    client_cpu_s : float
        Seconds that this side took of the cores which it shares with the server.
    """

    visits: tuple[Visited, ...]
    seconds: float
    client_cpu_s: float

    @property
    def errors(self) -> Counter[str]:
        """Why visits failed, and how many each."""
        return Counter(one.error for one in self.visits if one.error)

    @property
    def per_second(self) -> float:
        """Visits that succeeded, a second."""
        return sum(not one.error for one in self.visits) / self.seconds

    def tracks_s(self, percent: int) -> float:
        """Seconds from upload to tracks that so many percent of those who got tracks waited."""
        return percentile([one.tracks_s for one in self.visits if not one.error], percent)


def at_once(url: str, visitors: int) -> Crowd:
    """Let so many visitors come to a server at the same moment."""
    pictures = photos(visitors)
    with Web(url, visitors) as web:
        busy, began = time.process_time(), time.perf_counter()
        visits = asyncio.run(_all(web, pictures))
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
    return Crowd(tuple(visits), seconds, busy)


async def _all(web: Web, pictures: Sequence[bytes]) -> list[Visited]:
    return await asyncio.gather(*(visit(web, picture) for picture in pictures))


async def coming_and_going(web: Web, visitors: int, until: float) -> AsyncIterator[Visited]:
    """Keep so many visitors on the page, each followed by another, and tell of each who leaves.

    Parameters
    ----------
    web : Web
    visitors : int
    until : float
        Nobody comes after this (`time.perf_counter`).
    """
    pictures = photos(min(10 * visitors, 200))
    left: asyncio.Queue[Visited] = asyncio.Queue()

    async def one_after_the_other(number: int) -> None:
        await asyncio.sleep(number / visitors)  # no wave of visitors in step
        while time.perf_counter() < until:
            left.put_nowait(await visit(web, pictures[number % len(pictures)]))
            number += visitors

    going = asyncio.gather(*map(one_after_the_other, range(visitors)))
    while not (going.done() and left.empty()):
        leaving = asyncio.ensure_future(left.get())
        await asyncio.wait([going, leaving], return_when=asyncio.FIRST_COMPLETED)
        if leaving.done():
            yield leaving.result()
        else:
            leaving.cancel()
    await going


def percentile(values: Sequence[float], percent: int) -> float:
    """Give the value that so many percent of them do not exceed; NaN of none."""
    if len(values) < 2:
        return values[0] if values else float("nan")
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
