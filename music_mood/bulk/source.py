"""Where rows come from: one Protocol for CSV and Parquet."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from i18n import Message
from music_mood.bulk.chunk import Chunk, regroup
from music_mood.bulk.csv_source import CsvSource
from music_mood.bulk.names import feature_positions, kept_names, renamed
from music_mood.errors import PlaylistError

_READ_BYTES = 2**20
_PARQUET_START = b"PAR1"


class Source(Protocol):
    """A table that is read from front to back.

    Attributes
    ----------
    schema : pyarrow.Schema
        Of `Chunk.columns`.
    features : dict of str to int
        Where each of `FEATURE_NAMES` stands in it.
    renamed : dict of str to str
        Columns that have another name in the output: what they were called, and their new name.
    size : int
        `Chunk.position` at the end.
    unit : Message
        Of `size`: rows or bytes.
    """

    schema: pa.Schema
    features: dict[str, int]
    renamed: dict[str, str]
    size: int
    unit: Message

    def chunks(self, rows: int) -> Iterator[Chunk]:
        """Read all, in chunks of exactly `rows` rows but for the last.

        Raises
        ------
        PlaylistError
            The file ends in the middle, or cannot be read any further.
        """


def open_source(path: Path, encoding: str | None = None) -> Source:
    """Open a table by what its first bytes say it is.

    Parameters
    ----------
    path : pathlib.Path
        CSV (comma, semicolon or tab; plain or gzip) or Parquet.
    encoding : str, optional
        Of a CSV file, as Python names it. UTF-8, or UTF-16 with BOM, if not given.

    Raises
    ------
    PlaylistError
        It cannot be read, or lacks one of the nine features.
    """
    try:
        with path.open("rb") as file:
            start = file.read(len(_PARQUET_START))
        return ParquetSource(path) if start == _PARQUET_START else CsvSource(path, encoding)
    except OSError as cause:
        raise PlaylistError(
            Message(
                "{file} cannot be read: {reason}.",
                file=str(path),
                reason=cause.strerror or Message("it is damaged"),
            )
        ) from cause


class ParquetSource:
    """A Parquet file, read in small buffers whatever the size of its row groups."""

    unit = Message("rows")

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            file = pq.ParquetFile(path)
        except (pa.ArrowException, OSError) as cause:
            raise _damaged(path) from cause
        with file:
            given, self.size = file.schema_arrow, file.metadata.num_rows
        self.features = feature_positions(given.names)
        names = kept_names(given.names)
        # pandas' own metadata describe an index of the input, which the output does not have
        self.schema = pa.schema(
            [field.with_name(name) for field, name in zip(given, names, strict=True)]
        )
        self.renamed = renamed(given.names, names)

    def chunks(self, rows: int) -> Iterator[Chunk]:
        """See `Source.chunks`."""
        return regroup(self._blocks(rows), rows)

    def _blocks(self, rows: int) -> Iterator[Chunk]:
        read = 0
        try:
            with pq.ParquetFile(self._path, buffer_size=_READ_BYTES, pre_buffer=False) as file:
                for batch in file.iter_batches(batch_size=rows, use_threads=False):
                    numbers = np.arange(read + 1, read + 1 + batch.num_rows)
                    read += batch.num_rows
                    table = pa.Table.from_batches([batch]).rename_columns(self.schema.names)
                    yield Chunk(numbers, table.replace_schema_metadata(), (), 0, read)
        except (pa.ArrowException, OSError) as cause:
            raise _damaged(self._path) from cause


def _damaged(path: Path) -> PlaylistError:
    return PlaylistError(
        Message(
            "{file} cannot be read as Parquet: it is damaged, or not wholly copied. Please copy or "
            "make it once more.",
            file=str(path),
        )
    )
