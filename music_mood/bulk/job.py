"""Half-done work: a folder beside the output, so that the same command goes on."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Self

import pyarrow as pa

from i18n import Message, joined
from music_mood.bulk.workers import ANSWER_SCHEMA
from music_mood.errors import OutputError

FACTS: Mapping[str, Message] = MappingProxyType(
    {
        "input": Message("the input"),
        "model": Message("the mood model"),
        "threshold": Message("the threshold for “unsure”"),
        "chunk": Message("the chunk size"),
        "encoding": Message("the encoding"),
        "program": Message("this program"),
    }
)
"""What the answers depend on, and how that is called."""

_FACTS = "job.json"
_LOCK = "lock"
_ENDS_BYTES = 2**20


def unfinished(output: Path) -> Path:
    """Name the folder of half-done work: labelled.parquet.unfinished."""
    return output.with_name(output.name + ".unfinished")


def identity_of(path: Path) -> str:
    """Tell a file from its changed self: size, time of change, and its first and last megabyte."""
    status = path.stat()
    digest = hashlib.sha256(f"{status.st_size} {status.st_mtime_ns} ".encode())
    with path.open("rb") as file:
        digest.update(file.read(_ENDS_BYTES))
        file.seek(max(status.st_size - _ENDS_BYTES, 0))
        digest.update(file.read(_ENDS_BYTES))
    return digest.hexdigest()


class Job:
    """A folder of answers, one file per chunk, and the facts that they depend on.

    Parameters
    ----------
    output : pathlib.Path
        What the work will end in.
    facts : mapping of str to str or int
        Everything that changes the answers or their places, by its name in `FACTS`.
    restart : bool
        Throw away what is half done.

    Raises
    ------
    OutputError
        Another run works here, or what is half done was begun with other facts.
    OSError
        The folder cannot be made.
    """

    def __init__(self, output: Path, facts: Mapping[str, str | int], restart: bool) -> None:
        self.folder = unfinished(output)
        self.folder.mkdir(exist_ok=True)
        # The system drops this lock with the process, however it ends.
        self._lock = (self.folder / _LOCK).open("w")
        try:
            self._begin(output, dict(facts), restart)
        except BaseException:
            self._lock.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.close()

    def _begin(self, output: Path, facts: dict[str, str | int], restart: bool) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            raise OutputError(
                Message("Another run is making {output} right now.", output=str(output))
            ) from cause
        begun = self._facts()
        changed = [name for name in facts if begun and begun.get(name) != facts[name]]
        if changed and not restart:
            raise OutputError(
                Message(
                    "The work on {output} is half done, but this has changed since it began: "
                    "{facts}. Put it back as it was to go on, or add --restart to begin anew.",
                    output=str(output),
                    facts=joined([FACTS[name] for name in changed], ", "),
                )
            )
        if restart or not begun:
            self._clear()
            self._write(_FACTS, json.dumps(facts).encode())

    def _facts(self) -> dict[str, str | int] | None:
        try:
            facts: dict[str, str | int] = json.loads((self.folder / _FACTS).read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        return facts

    def _clear(self) -> None:
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != _LOCK:
                path.unlink()

    def load(self, number: int, rows: int) -> pa.Table | None:
        """Get the kept answers of a chunk, (rows) of `ANSWER_SCHEMA`; None if there are none."""
        try:
            stream = (self.folder / _part(number)).read_bytes()
        except FileNotFoundError:
            return None
        try:
            table = table_of(stream)
        except (pa.ArrowException, OSError):  # cut by a power failure: ask again
            return None
        return table if table.schema == ANSWER_SCHEMA and len(table) == rows else None

    def keep(self, number: int, answers: bytes) -> None:
        """Keep a chunk's answers."""
        self._write(_part(number), answers)

    def _write(self, name: str, data: bytes) -> None:
        """All or nothing, whenever the process is killed."""
        unfinished = self.folder / f"{name}.new"
        unfinished.write_bytes(data)
        unfinished.replace(self.folder / name)

    def finish(self, results: Mapping[Path, Path | None]) -> None:
        """Move results to their places and remove the folder.

        Parameters
        ----------
        results : mapping of pathlib.Path to pathlib.Path or None
            Where each result belongs, and where it lies in `folder`; None: there must be none.
        """
        for place, made in results.items():
            if made is None:
                place.unlink(missing_ok=True)
            else:
                with made.open("rb") as file:
                    os.fsync(file.fileno())
                made.replace(place)
        shutil.rmtree(self.folder)


def table_of(stream: bytes) -> pa.Table:
    """Read a table from an Arrow stream."""
    return pa.ipc.open_stream(stream).read_all()


def _part(number: int) -> str:
    return f"{number:06}.arrow"
