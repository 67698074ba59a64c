"""From an input to a labelled output, chunk by chunk."""

import errno
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from i18n import Message
from music_mood.bulk.check import Checked, check
from music_mood.bulk.chunk import Chunk
from music_mood.bulk.job import Job, identity_of, table_of, unfinished
from music_mood.bulk.output import (
    Layout,
    RejectsWriter,
    TableWriter,
    check_suffix,
    rejects_beside,
    rejects_of,
)
from music_mood.bulk.source import Source, open_source
from music_mood.bulk.workers import Answer, Workers, workers_for
from music_mood.errors import OutputError, PlaylistError
from music_mood.model.artefact import MODEL_FOLDER, model_version
from music_mood.model.classifier import MoodClassifier
from music_mood.values import UNSURE

CHUNK_ROWS = 65_536
"""Rows at a time: some 25 MB with their answers, and a tenth of a second of the model's time."""

_WAY = 1
"""Counts the changes of this package after which half-done work cannot be gone on with."""

_MADE, _REJECTED = "labelled", "rejects"
"""The unfinished results, in the job's folder."""

Progress = Callable[["Summary", int, Source], None]
"""Called after each chunk with what is done so far, the position in the source, and the source."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to label, and how.

    Attributes
    ----------
    source, output : pathlib.Path
        CSV or Parquet; the output's suffix says which it becomes.
    workers : int
        1: this process; more: a Dask cluster of so many processes on this machine.
    dask : str or None
        Address of a running Dask scheduler, instead of `workers`.
    restart : bool
        Begin anew, whatever is half done or done.
    chunk_rows : int
        Rows at a time.
    encoding : str or None
        Of a CSV input that is not UTF-8.
    model : pathlib.Path
        The mood model's folder.
    """

    source: Path
    output: Path
    workers: int = 1
    dask: str | None = None
    restart: bool = False
    chunk_rows: int = CHUNK_ROWS
    encoding: str | None = None
    model: Path = MODEL_FOLDER


@dataclass(slots=True)
class Summary:
    """What came of the rows: `read` = `labelled` + `rejected`. Blank lines are no rows.

    Attributes
    ----------
    moods : collections.Counter
        Rows per label, "unsure" among them.
    kept : int
        Rows whose answers an earlier, cut run had left.
    renamed : dict of str to str
        Columns of the input that have another name in the output.
    """

    labelled: int = 0
    rejected: int = 0
    blank: int = 0
    kept: int = 0
    moods: Counter[str] = field(default_factory=Counter)
    renamed: dict[str, str] = field(default_factory=dict)

    @property
    def read(self) -> int:
        """Rows of the input."""
        return self.labelled + self.rejected

    @property
    def unsure(self) -> int:
        """Labelled rows without a mood that is probable enough."""
        return self.moods[UNSURE]


def label_file(request: Request, progress: Progress = lambda *_: None) -> Summary:
    """Label a table of any size.

    The output appears when it is complete, and never before. Until then what is done lies in a
    folder beside it, which the same request goes on with.

    Raises
    ------
    PlaylistError
        The input cannot be read.
    ModelError
        There is no usable mood model.
    OutputError
        The output cannot be written, is there already, or what is half done was begun with
        another input, model or option; the cluster failed.
    """
    _check(request)
    source = open_source(request.source, request.encoding)
    classifier = MoodClassifier.load(request.model)
    version = model_version(request.model)
    facts: dict[str, str | int] = {
        "input": identity_of(request.source),
        "model": version,
        "threshold": str(classifier.unsure_below),
        "chunk": request.chunk_rows,
        "encoding": request.encoding or "",
        "program": _WAY,
    }
    try:
        with Job(request.output, facts, request.restart) as job:
            layout = Layout(source, version)
            with workers_for(classifier, request.workers, request.dask, job.folder) as workers:
                summary = _work(request, layout, job, workers, progress)
            rejects = job.folder / _REJECTED if summary.rejected else None
            job.finish(
                {rejects_beside(request.output): rejects, request.output: job.folder / _MADE}
            )
            return summary
    except OSError as cause:
        raise _unwritable(request.output, cause) from cause


def _check(request: Request) -> None:
    source, output = request.source, request.output
    check_suffix(output)
    if not source.is_file():
        raise PlaylistError(
            Message("There is no file {file}. Please check its name.", file=str(source))
        )
    if output.exists() and output.samefile(source):
        raise OutputError(
            Message("Input and output are the same file. Please name another output.")
        )
    if output.exists() and not request.restart and not unfinished(output).exists():
        raise OutputError(
            Message(
                "{output} is there already. Please name another output, or add --restart to make "
                "it anew.",
                output=str(output),
            )
        )


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A chunk and its answers: kept ones, or some that are under way."""

    number: int
    chunk: Chunk
    checked: Checked
    answers: pa.Table | Answer


def _work(
    request: Request,
    layout: Layout,
    job: Job,
    workers: Workers,
    progress: Progress,
) -> Summary:
    source = layout.source
    summary = Summary(renamed=source.renamed)
    with (
        TableWriter(job.folder / _MADE, request.output.suffix, layout.schema) as table,
        RejectsWriter(job.folder / _REJECTED) as rejects,
    ):

        def settle(waiting: _Waiting) -> None:
            chunk, answers = waiting.chunk, waiting.answers
            if isinstance(answers, pa.Table):
                summary.kept += len(answers)
            else:
                job.keep(waiting.number, stream := answers.result())
                answers = table_of(stream)
            left_out = rejects_of(chunk, waiting.checked)
            table.write(layout.labelled(chunk, waiting.checked, answers))
            rejects.write(left_out)
            summary.labelled += len(answers)
            summary.rejected += len(left_out)
            summary.blank += chunk.blank
            summary.moods.update(_counts(answers["mood"]))
            progress(summary, chunk.position, source)

        queue: deque[_Waiting] = deque()
        for number, chunk in enumerate(source.chunks(request.chunk_rows)):
            checked = check(layout.features_of(chunk))
            known = job.load(number, int(checked.usable.sum()))
            answers = workers.submit(checked.features[checked.usable]) if known is None else known
            queue.append(_Waiting(number, chunk, checked, answers))
            while len(queue) > workers.ahead:
                settle(queue.popleft())
        while queue:
            settle(queue.popleft())
    return summary


def _counts(labels: pa.ChunkedArray) -> dict[str, int]:
    return {str(pair["values"]): pair["counts"].as_py() for pair in labels.value_counts()}


def _unwritable(output: Path, cause: OSError) -> OutputError:
    if cause.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return OutputError(
            Message(
                "The disk is full: {output} could not be finished. Make room and give the same "
                "command again; it goes on where it stopped.",
                output=str(output),
            )
        )
    return OutputError(
        Message(
            "{output} cannot be written: {reason}.",
            output=str(output),
            reason=str(cause.strerror or cause),
        )
    )
