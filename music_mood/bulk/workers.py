"""Who asks the model: this process, or a Dask cluster; both the same question.

A worker gets features and gives answers; titles and everything else stay here.
"""

# Distributed annotates only some of its functions:
# mypy: untyped-calls-exclude=distributed

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from i18n import Message
from music_mood.bulk.names import ANSWERS
from music_mood.errors import OutputError
from music_mood.model.classifier import VERDICTS, MoodClassifier

if TYPE_CHECKING:  # an extra that the app does without
    from distributed import Client

ANSWER_SCHEMA = pa.schema(
    [(name, pa.string() if name == "mood" else pa.float32()) for name in ANSWERS]
)
"""float32: the networks compute no finer, and it is half the space."""

CONNECT_SECONDS = 20
_AHEAD = 2
"""Chunks under way per worker: one at work, one that waits."""


class Answer(Protocol):
    """What will be an answer."""

    def result(self) -> bytes:
        """Wait for it, and return what `ask` returns."""


class Workers(Protocol):
    """Where chunks are classified.

    Attributes
    ----------
    ahead : int
        How many answers may be outstanding while further chunks are read.
    """

    ahead: int

    def submit(self, features: NDArray[np.float64]) -> Answer:
        """Have features (N, 9) classified."""


def ask(features: NDArray[np.float64], classifier: MoodClassifier) -> bytes:
    """Classify usable features.

    Parameters
    ----------
    features : numpy.ndarray
        float64 (N, 9) in the order of `FEATURE_NAMES`, inside their ranges.
    classifier : MoodClassifier
        The model.

    Returns
    -------
    bytes
        An Arrow stream with a table (N) of `ANSWER_SCHEMA`: fit for a file and for the network.
    """
    moods = classifier.classify(features)
    words = pa.array(VERDICTS, pa.string()).take(pa.array(moods.verdicts))
    confidence = moods.probabilities.max(axis=1)
    figures = [confidence, *moods.probabilities.T, *moods.affect.T]
    # in the order of `ANSWERS`
    columns = [words, *(pa.array(figure.astype(np.float32)) for figure in figures)]
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, ANSWER_SCHEMA) as stream:
        stream.write_table(pa.Table.from_arrays(columns, schema=ANSWER_SCHEMA))
    answer: bytes = sink.getvalue().to_pybytes()
    return answer


class Here:
    """Classifies in this process: each answer is there at once."""

    ahead = 0

    def __init__(self, classifier: MoodClassifier) -> None:
        self._classifier = classifier

    def submit(self, features: NDArray[np.float64]) -> Answer:
        """See `Workers.submit`."""
        answer: Future[bytes] = Future()
        answer.set_result(ask(features, self._classifier))
        return answer


class OnDask:
    """A Dask cluster. The model travels to every worker once."""

    def __init__(self, client: "Client", classifier: MoodClassifier) -> None:
        self._client = client
        self._classifier = client.scatter(classifier, broadcast=True)
        self.ahead = _AHEAD * max(sum(client.nthreads().values()), 1)

    def submit(self, features: NDArray[np.float64]) -> Answer:
        """See `Workers.submit`."""
        # scattered: a large argument inside a task would pass through the scheduler
        scattered = self._client.scatter(features, hash=False)
        answer: Answer = self._client.submit(ask, scattered, self._classifier, pure=False)
        return answer


@contextmanager
def workers_for(
    classifier: MoodClassifier, count: int, address: str | None, scratch: Path
) -> Iterator[Workers]:
    """Get workers, and give them back.

    Parameters
    ----------
    classifier : MoodClassifier
        The model.
    count : int
        1: this process, without Dask; more: so many processes on this machine.
    address : str or None
        A running cluster's scheduler, ``tcp://host:port``, instead.
    scratch : pathlib.Path
        A folder for what Dask writes.

    Raises
    ------
    OutputError
        Dask is not installed, the cluster cannot be reached, has no workers, or lost them.
    """
    if count == 1 and address is None:
        yield Here(classifier)
        return
    try:
        import dask  # noqa: PLC0415 - an extra that the app does without

        # Read when distributed is first imported: it tells much, but what matters is raised.
        dask.config.set({"logging.distributed": "critical"})
        import distributed  # noqa: PLC0415
    except ImportError as cause:
        raise OutputError(
            Message(
                "More than one worker needs Dask, which is not installed. Please run `pip install "
                "-r requirements-dask.txt`, or leave out --workers and --dask."
            )
        ) from cause
    lost = (
        distributed.KilledWorker,
        distributed.client.FutureCancelledError,
        distributed.comm.core.CommClosedError,
    )
    with ExitStack() as stack:
        stack.enter_context(dask.config.set({"temporary-directory": str(scratch)}))
        if address is None:
            place = stack.enter_context(
                distributed.LocalCluster(
                    n_workers=count,
                    threads_per_worker=1,
                    dashboard_address="127.0.0.1:0",
                    local_directory=str(scratch),
                )
            )
        else:
            place = address
        try:
            client = stack.enter_context(distributed.Client(place, timeout=CONNECT_SECONDS))
        except (OSError, ValueError) as cause:
            raise OutputError(
                Message(
                    "No Dask cluster answers at {address}. Please check the address, such as "
                    "tcp://127.0.0.1:8786, and that `dask scheduler` and `dask worker` run.",
                    address=str(address),
                )
            ) from cause
        if not client.nthreads():
            raise OutputError(
                Message(
                    "The Dask cluster at {address} has no workers. Please start some.",
                    address=str(address),
                )
            )
        try:
            yield OnDask(client, classifier)
        except lost as cause:
            raise OutputError(
                Message(
                    "The Dask cluster lost its workers. What is done is kept: the same command "
                    "goes on."
                )
            ) from cause
