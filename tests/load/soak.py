"""What the server keeps: visitors coming and going, as a Markdown table: ``python -m
tests.load.soak``.

Memory grows while the server loads what it loads once, and as long as no visit has ended yet:
Streamlit keeps those whose connection was lost, and of everything a little. Only what is held
after this warm-up is compared with what is held in the end; more than `MOST_GROWTH` fails. Linux
only (/proc).
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.process import cpu_seconds_of, memory_of
from tests.browser.server import ROOT, Server, streamlit_server
from tests.load.crowd import coming_and_going
from tests.load.web import Web

MOST_GROWTH = 0.05
MINUTES, WARM_UP_MINUTES, VISITORS = 10.0, 3.0, 10
SAMPLE_S = 1.0


@dataclass(eq=False)
class Minute:
    """What happened in a minute, or another stretch of time.

    Attributes
    ----------
    visits : int
    errors : list of str
    rss_mb : list of float
        The server's, every `SAMPLE_S` seconds.
    """

    visits: int = 0
    errors: list[str] = field(default_factory=list)
    rss_mb: list[float] = field(default_factory=list)

    @property
    def held_mb(self) -> float:
        """The median: visits at work are a matter of the moment."""
        return statistics.median(self.rss_mb)


async def soak(server: Server, visitors: int, minutes: float, stretch_s: float) -> list[Minute]:
    """Keep visitors on the page and tell what each stretch of time brought, as it passes."""
    began = time.perf_counter()
    past = [Minute() for _ in range(round(minutes * 60 / stretch_s))]

    def now() -> Minute:
        return past[min(int((time.perf_counter() - began) / stretch_s), len(past) - 1)]

    async def sample() -> None:
        shown = 0
        while True:
            now().rss_mb.append(memory_of(server.pid).rss_mb)
            for number in range(shown, past.index(now())):
                shown = number + 1
                print(line(number, past[number]), flush=True)
            await asyncio.sleep(SAMPLE_S)

    with Web(server.url, visitors) as web:
        async with asyncio.TaskGroup() as tasks:
            sampling = tasks.create_task(sample())
            async for visited in coming_and_going(web, visitors, began + minutes * 60):
                now().visits += 1
                if visited.error:
                    now().errors.append(visited.error)
            sampling.cancel()
    print(line(len(past) - 1, past[-1]), flush=True)
    return past


def line(number: int, minute: Minute) -> str:
    """Write a line of the table."""
    errors = "; ".join(sorted(set(minute.errors)))
    told = f"{len(minute.errors)} ({errors})" if errors else "0"
    return f"| {number + 1} | {minute.held_mb:.0f} MB | {minute.visits} | {told} |"


def main() -> None:
    """Print the table; exit with 1 if memory grew, or a visit failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=VISITORS, help="on the page at any time")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="after the warm-up")
    parser.add_argument("--warm-up", type=float, default=WARM_UP_MINUTES, help="minutes before")
    parser.add_argument("--stretch", type=float, default=60.0, help="seconds of a line")
    given = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before\n")
    print(f"| {given.stretch:.0f} s each | server memory | visits | errors |\n|---|---|---|---|")
    with (
        tempfile.TemporaryDirectory() as folder,
        streamlit_server(ROOT / "main.py", Path(folder)) as server,
    ):
        minutes = given.warm_up + given.minutes
        past = asyncio.run(soak(server, given.visitors, minutes, given.stretch))
        busy = cpu_seconds_of(server.pid)
    before = past[max(0, round(given.warm_up * 60 / given.stretch) - 1)].held_mb
    growth = past[-1].held_mb / before - 1
    visits = sum(minute.visits for minute in past)
    errors = sum(len(minute.errors) for minute in past)
    print(
        f"\n{visits} visits, {errors} errors; {1000 * busy / max(visits, 1):.0f} ms of the "
        f"server's CPU each; from {before:.0f} MB after {given.warm_up:g} minutes to "
        f"{past[-1].held_mb:.0f} MB: {growth:+.1%} (at most {MOST_GROWTH:+.0%})"
    )
    sys.exit(1 if errors or growth > MOST_GROWTH else 0)


if __name__ == "__main__":
    main()
