"""The command line: arguments, progress, and one sentence for whatever goes wrong.

The closing summary goes to standard output, everything else to standard error.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, Self

from tqdm import tqdm

from music_mood.bulk.output import rejects_beside
from music_mood.bulk.run import CHUNK_ROWS, Request, Summary, label_file
from music_mood.bulk.source import Source
from music_mood.commands.console import DONE, exit_code
from music_mood.values import MOODS

SECONDS_BETWEEN_LINES = 10
"""Where nobody watches a bar, for example in a log."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit code."""
    given = _parser().parse_args(arguments)
    request = Request(**vars(given))
    return exit_code(
        lambda: _label(request), interrupted="Interrupted. The same command goes on from here."
    )


def _label(request: Request) -> int:
    with _Progress() as progress:
        summary = label_file(request, progress.show)
    print(as_text(summary, request.output))
    return DONE


def as_text(summary: Summary, output: Path) -> str:
    """Arrange the closing summary in lines."""
    moods = ", ".join(f"{summary.moods[mood]:,} {mood}" for mood in MOODS)
    lines = [
        f"{summary.read:,} rows read = {summary.labelled:,} labelled + "
        f"{summary.rejected:,} rejected.",
        f"{output}: {moods}, {summary.unsure:,} unsure.",
    ]
    if summary.rejected:
        lines.append(f"{rejects_beside(output)}: row and reason of each rejected row.")
    if summary.kept:
        lines.append(f"{summary.kept:,} rows had been labelled before this run was resumed.")
    if summary.blank:
        lines.append(f"{summary.blank:,} blank lines are no rows.")
    lines += [f"Your column “{old}” is now “{new}”." for old, new in summary.renamed.items()]
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m music_mood.label",
        description="Label a table of tracks with moods: any size, in constant memory. Cut off, "
        "the same command goes on.",
    )
    parser.add_argument(
        "source",
        type=Path,
        metavar="TRACKS",
        help="CSV (plain or .gz) or Parquet with the nine audio features, their columns named as "
        "Exportify does or in snake_case",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        help="labelled table, .parquet or .csv; rejected rows go to NAME.rejects.csv beside it",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--workers",
        type=_positive,
        default=1,
        metavar="N",
        help="1 (default): this process; more: N processes on this machine, by Dask",
    )
    where.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="a running Dask cluster's scheduler, such as tcp://127.0.0.1:8786",
    )
    parser.add_argument(
        "--restart", action="store_true", help="begin anew, whatever is half done or done"
    )
    parser.add_argument(
        "--chunk-rows",
        type=_positive,
        default=CHUNK_ROWS,
        metavar="N",
        help=f"rows at a time (default {CHUNK_ROWS:,})",
    )
    parser.add_argument(
        "--encoding",
        help="of a CSV, for example cp1252; without it, what the file's beginning says",
    )
    return parser


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"expected a whole number above 0, got {text!r}")
    return int(text)


class _Progress:
    """A bar on a terminal; elsewhere a line now and then."""

    def __init__(self) -> None:
        self._bar: tqdm[NoReturn] | None = None  # it steps through nothing, but is told
        self._watched = sys.stderr.isatty()
        self._told = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, summary: Summary, position: int, source: Source) -> None:
        """See `run.Progress`."""
        if self._watched:
            if self._bar is None:
                self._bar = tqdm(
                    total=source.size, unit=f" {source.unit}", unit_scale=True, file=sys.stderr
                )
            self._bar.set_postfix_str(f"{summary.read:,} rows", refresh=False)
            self._bar.update(position - self._bar.n)
        elif time.monotonic() - self._told >= SECONDS_BETWEEN_LINES:
            self._told = time.monotonic()
            share = position / max(source.size, 1)
            print(f"{summary.read:,} rows, {share:.0%} of the input", file=sys.stderr, flush=True)
