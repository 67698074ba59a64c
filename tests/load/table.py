"""What the server bears: visitors at once, as a Markdown table: ``python -m tests.load.table``.

The server is the real one, with the demo playlist, and reaches no service; it starts anew for every
number of visitors, and one visitor before them lets it load what it loads once. Server and visitors
share the machine's cores: what either took is in the table. Linux only (/proc).
"""

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.process import cpu_seconds_of, memory_of
from tests.browser.server import ROOT, streamlit_server
from tests.load.crowd import at_once

VISITORS = (1, 5, 20, 100, 200)


def report(sizes: Sequence[int]) -> Iterator[str]:
    """Lines of the table, as they are measured."""
    yield (
        "| visitors at once | errors | upload to tracks, p50 | p95 | visits a second "
        "| server CPU a visit | visitors' CPU a visit | server memory |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for visitors in sizes:
        yield row(visitors)


def row(visitors: int) -> str:
    """Measure one line."""
    with (
        tempfile.TemporaryDirectory() as folder,
        streamlit_server(ROOT / "main.py", Path(folder)) as server,
    ):
        at_once(server.url, 1)
        busy = cpu_seconds_of(server.pid)
        crowd = at_once(server.url, visitors)
        busy = cpu_seconds_of(server.pid) - busy
        rss_mb = memory_of(server.pid).rss_mb
    errors = "; ".join(f"{count} x {why}" for why, count in crowd.errors.most_common())
    return (
        f"| {visitors} | {errors or 0} | {crowd.tracks_s(50):.1f} s | {crowd.tracks_s(95):.1f} s "
        f"| {crowd.per_second:.1f} | {1000 * busy / visitors:.0f} ms "
        f"| {1000 * crowd.client_cpu_s / visitors:.0f} ms | {rss_mb:.0f} MB |"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("visitors", type=int, nargs="*", default=VISITORS)
    sizes = parser.parse_args().visitors
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before\n")
    for line in report(sizes):
        print(line, flush=True)


if __name__ == "__main__":
    main()
