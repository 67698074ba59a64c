"""Measure the label command, as a Markdown table: ``python -m tests.bench.label``.

Songs are made up; their features are spread evenly, which changes no time. Each row is a whole run
of the command, imports and all, with one thread per process. Seconds of processor time depend
less on what else the machine does. Linux only.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from music_mood.values import FEATURE_NAMES, FEATURE_RANGES

ROOT = Path(__file__).resolve().parents[2]
AT_A_TIME = 250_000
MILLION = 1_000_000
HUNDRED_MILLION = 100 * MILLION

LABEL = """
import resource, sys
from music_mood.commands.label import main
code = main(sys.argv[1:])
print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
sys.exit(code)
"""
"""The command, telling its own peak: a child of this process may inherit a higher one."""


@dataclass(frozen=True)
class Figures:
    """One run: seconds on the clock, of processor time (workers too), MB of memory, output."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    output_mb: float


def make_songs(path: Path, n: int) -> None:
    """Write `n` songs as CSV or Parquet, by the suffix."""
    random = np.random.default_rng(0)
    writer = None
    for start in range(0, n, AT_A_TIME):
        count = min(AT_A_TIME, n - start)
        numbers = np.arange(start, start + count)
        table = {
            "track_id": [f"{number:022}" for number in numbers],
            "title": [f"Song number {number}" for number in numbers],
            "artist": [f"Artist {number % 50_000}" for number in numbers],
        }
        for name in FEATURE_NAMES:
            low, high = FEATURE_RANGES[name]
            table[name] = random.uniform(low, high, count).round(4)
        table = pa.table(table)
        if writer is None:
            kind = pq.ParquetWriter if path.suffix == ".parquet" else pa.csv.CSVWriter
            writer = kind(str(path), table.schema)
        writer.write_table(table)
    writer.close()


def measure(source: Path, output: Path, workers: int) -> Figures:
    """Run the command once."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-c", LABEL, source, "-o", output, "--workers", str(workers)]
    if workers > 1:  # Dask's workers import the main module anew: it must be a file
        script = output.with_suffix(".py")
        body = "".join(f"    {line}\n" for line in LABEL.strip().splitlines())
        script.write_text(f"if __name__ == '__main__':\n{body}")
        command[1:3] = [script]
    answer = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = int(answer.stdout.split()[-1]) * 1024 / 1e6
    figures = Figures(wall, cpu, peak, output.stat().st_size / 1e6)
    output.unlink()
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.label", description=__doc__)
    parser.add_argument("--millions", type=int, nargs="+", default=[1, 3], help="of rows")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument(
        "--kinds", nargs="+", choices=["parquet", "csv"], default=["parquet", "csv"]
    )
    given = parser.parse_args()
    print("| input | million rows | workers | seconds | processor seconds | peak MB | output MB |")
    print("|---|---|---|---|---|---|---|")
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in given.kinds:
            for millions in given.millions:
                source = Path(folder) / f"songs.{kind}"
                make_songs(source, millions * MILLION)
                for workers in given.workers:
                    one = measure(source, Path(folder) / "labelled.parquet", workers)
                    figures[kind, millions, workers] = one
                    print(
                        f"| {kind} | {millions} | {workers} | {one.wall_s:.1f} | {one.cpu_s:.1f} "
                        f"| {one.peak_mb:.0f} | {one.output_mb:.0f} |",
                        flush=True,
                    )
                source.unlink()
    if len(given.millions) > 1:
        paper(figures, min(given.millions), max(given.millions))


def paper(figures: dict[tuple[str, int, int], Figures], low: int, high: int) -> None:
    """Tell what 100 million tracks would cost: what a further million takes, a hundred times."""
    print(f"\nOn paper, {HUNDRED_MILLION:,} tracks, from the difference between the sizes:\n")
    print("| input | workers | hours | core-hours | output GB |")
    print("|---|---|---|---|---|")
    for kind, millions, workers in figures:
        if millions == high:
            few, many = figures[kind, low, workers], figures[kind, high, workers]
            factor = HUNDRED_MILLION / MILLION / (high - low)
            wall, cpu = (many.wall_s - few.wall_s) * factor, (many.cpu_s - few.cpu_s) * factor
            size = (many.output_mb - few.output_mb) * factor / 1000
            print(f"| {kind} | {workers} | {wall / 3600:.2f} | {cpu / 3600:.2f} | {size:.1f} |")


if __name__ == "__main__":
    main()
