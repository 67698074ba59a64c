"""What comes out: the labelled table as Parquet or CSV, and the rejected rows as CSV."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from i18n import Message
from music_mood.bulk.check import Checked, is_number
from music_mood.bulk.chunk import Chunk, Reject
from music_mood.bulk.names import MODEL_VERSION
from music_mood.bulk.source import Source
from music_mood.bulk.workers import ANSWER_SCHEMA
from music_mood.errors import OutputError
from music_mood.values import FEATURE_NAMES

PARQUET, CSV = ".parquet", ".csv"
REJECTS = ".rejects.csv"


def check_suffix(output: Path) -> None:
    """Refuse an output that is neither Parquet nor CSV.

    Raises
    ------
    OutputError
        It is neither.
    """
    if output.suffix.lower() not in (PARQUET, CSV):
        raise OutputError(
            Message(
                "{output} should end in {parquet} or {csv}, which says what it becomes.",
                output=str(output),
                parquet=PARQUET,
                csv=CSV,
            )
        )


def rejects_beside(output: Path) -> Path:
    """Name the rejects of an output: labelled.parquet -> labelled.rejects.csv."""
    return output.with_name(output.stem + REJECTS)


class Layout:
    """The labelled table's columns: the input's, the model's answers, the model's version.

    Features that the input holds as texts become numbers; every other column stays as it is.

    Parameters
    ----------
    source : Source
        The input.
    model_version : str
        Of the model that answers.
    """

    def __init__(self, source: Source, model_version: str) -> None:
        self.source = source
        self._version = model_version
        schema = source.schema
        self._as_numbers = {
            position: FEATURE_NAMES.index(name)
            for name, position in source.features.items()
            if not is_number(schema.field(position).type)
        }
        for position in self._as_numbers:
            name = schema.field(position).name
            schema = schema.set(position, pa.field(name, pa.float64()))
        for field in ANSWER_SCHEMA:
            schema = schema.append(field)
        self.schema = schema.append(pa.field(MODEL_VERSION, pa.string()))

    def features_of(self, chunk: Chunk) -> dict[str, pa.ChunkedArray]:
        """Take out the nine features, as the input holds them."""
        return {name: chunk.columns.column(at) for name, at in self.source.features.items()}

    def labelled(self, chunk: Chunk, checked: Checked, answers: pa.Table) -> pa.Table:
        """Put the usable rows of a chunk and their answers together, (n) of `schema`."""
        kept, features = chunk.columns, checked.features
        if not checked.usable.all():
            kept = kept.filter(pa.array(checked.usable))
            features = features[checked.usable]
        columns = kept.columns
        for position, feature in self._as_numbers.items():
            columns[position] = pa.chunked_array([features[:, feature]])
        version = pa.repeat(self._version, len(answers))
        return pa.Table.from_arrays([*columns, *answers.columns, version], schema=self.schema)


def rejects_of(chunk: Chunk, checked: Checked) -> list[Reject]:
    """All rejected rows of a chunk, ascending."""
    unusable = chunk.rows[~checked.usable].tolist()
    judged = [Reject(*pair) for pair in zip(unusable, checked.reasons, strict=True)]
    return sorted([*chunk.torn, *judged], key=lambda reject: reject.row)


class TableWriter:
    """Writes tables one after another into one Parquet or CSV file."""

    def __init__(self, path: Path, suffix: str, schema: pa.Schema) -> None:
        if suffix.lower() == PARQUET:
            # a dictionary pays for texts that come back; measured figures hardly ever do
            texts = [field.name for field in schema if not is_number(field.type)]
            self._writer = pq.ParquetWriter(path, schema, use_dictionary=texts)
        else:
            self._writer = _csv_writer(path, schema)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    def write(self, table: pa.Table) -> None:
        """Append a table; its rows become one row group."""
        if len(table):
            self._writer.write_table(table)


class RejectsWriter:
    """Writes rejected rows into a CSV file with the columns row and reason."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(["row", "reason"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, rejects: Iterable[Reject]) -> None:
        """Append rows."""
        self._writer.writerows((reject.row, reject.reason) for reject in rejects)


def _csv_writer(path: Path, schema: pa.Schema) -> pa.csv.CSVWriter:
    for field in schema:
        if pa.types.is_nested(field.type):
            raise OutputError(
                Message(
                    "The column {column} holds lists or records, which CSV cannot. Please write "
                    "Parquet.",
                    column=field.name,
                )
            )
    options = pa.csv.WriteOptions(quoting_style="needed")
    return pa.csv.CSVWriter(str(path), schema, write_options=options)
