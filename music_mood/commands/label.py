"""The command line: arguments, progress, and one sentence for whatever goes wrong.

The closing summary goes to standard output, everything else to standard error.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, Self

from tqdm import tqdm

from i18n import Message, Words, joined, plural
from music_mood.bulk.output import rejects_beside
from music_mood.bulk.run import CHUNK_ROWS, Request, Summary, label_file
from music_mood.bulk.source import Source
from music_mood.commands.console import DONE, Console, Parser
from music_mood.values import MOOD_WORDS, MOODS

SECONDS_BETWEEN_LINES = 10
"""Where nobody watches a bar, for example in a log."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit code."""
    console = Console.of(os.environ)
    given = _parser(console.words).parse_args(arguments)
    request = Request(**vars(given))
    return console.exit_code(
        lambda: _label(request, console),
        interrupted=Message("Interrupted. The same command goes on from here."),
    )


def _label(request: Request, console: Console) -> int:
    with _Progress(console.words) as progress:
        summary = label_file(request, progress.show)
    console.answer(as_text(summary, request.output))
    return DONE


def as_text(summary: Summary, output: Path) -> Message:
    """Arrange the closing summary in lines."""
    moods = joined(
        [
            Message("{count} {mood}", count=summary.moods[mood], mood=MOOD_WORDS[mood])
            for mood in MOODS
        ],
        ", ",
    )
    lines = [
        Message(
            "{read} rows read = {labelled} labelled + {rejected} rejected.",
            read=summary.read,
            labelled=summary.labelled,
            rejected=summary.rejected,
        ),
        Message(
            "{output}: {moods}, {unsure} unsure.",
            output=str(output),
            moods=moods,
            unsure=summary.unsure,
        ),
    ]
    if summary.rejected:
        rejects = str(rejects_beside(output))
        lines.append(Message("{file}: row and reason of each rejected row.", file=rejects))
    if summary.kept:
        lines.append(
            plural(
                "{count} row had been labelled before this run was resumed.",
                "{count} rows had been labelled before this run was resumed.",
                summary.kept,
            )
        )
    if summary.blank:
        lines.append(
            plural(
                "{count} blank line is no row.",
                "{count} blank lines are no rows.",
                summary.blank,
            )
        )
    lines += [
        Message("Your column “{old}” is now “{new}”.", old=old, new=new)
        for old, new in summary.renamed.items()
    ]
    return joined(lines, "\n")


def _parser(words: Words) -> Parser:
    say = words.say
    parser = Parser(
        "python -m music_mood.label",
        Message(
            "Label a table of tracks with moods: any size, in constant memory. Cut off, the same "
            "command goes on."
        ),
        words,
    )
    parser.add_argument(
        "source",
        type=Path,
        metavar="TRACKS",
        help=say(
            "CSV (plain or .gz) or Parquet with the nine audio features, their columns named as "
            "Exportify does or in snake_case"
        ),
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        help=say(
            "labelled table, .parquet or .csv; rejected rows go to NAME.rejects.csv beside it"
        ),
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--workers",
        type=_positive,
        default=1,
        metavar="N",
        help=say("1 (default): this process; more: N processes on this machine, by Dask"),
    )
    where.add_argument(
        "--dask",
        metavar="ADDRESS",
        help=say("a running Dask cluster’s scheduler, such as tcp://127.0.0.1:8786"),
    )
    parser.add_argument(
        "--restart", action="store_true", help=say("begin anew, whatever is half done or done")
    )
    parser.add_argument(
        "--chunk-rows",
        type=_positive,
        default=CHUNK_ROWS,
        metavar="N",
        help=say("rows at a time (default {count})", count=CHUNK_ROWS),
    )
    parser.add_argument(
        "--encoding",
        help=say("of a CSV, for example cp1252; without it, what the file’s beginning says"),
    )
    return parser


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"expected a whole number above 0, got {text!r}")
    return int(text)


class _Progress:
    """A bar on a terminal; elsewhere a line now and then."""

    def __init__(self, words: Words) -> None:
        self._words = words
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
                    total=source.size,
                    unit=f" {self._words.say(source.unit)}",
                    unit_scale=True,
                    file=sys.stderr,
                )
            rows = self._words.say(plural("{count} row", "{count} rows", summary.read))
            self._bar.set_postfix_str(rows, refresh=False)
            self._bar.update(position - self._bar.n)
        elif time.monotonic() - self._told >= SECONDS_BETWEEN_LINES:
            self._told = time.monotonic()
            share = position / max(source.size, 1)
            words = self._words.say(
                "{rows} rows, {percent}% of the input",
                rows=summary.read,
                percent=round(100 * share),
            )
            print(words, file=sys.stderr, flush=True)
