"""What flows from a source: rows of a table, with the numbers their reader would count."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that cannot be labelled.

    Attributes
    ----------
    row : int
        In a CSV file counted as a spreadsheet counts, the header being row 1; in Parquet from 1.
    reason : str
        What is wrong with it.
    """

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive rows of the input.

    Attributes
    ----------
    rows : numpy.ndarray
        int64 (N,), ascending row numbers as in `Reject.row`.
    columns : pyarrow.Table
        (N) every column of the input, under the names it has in the output.
    torn : tuple of Reject
        Rows around here that are no rows of this table, ascending.
    blank : int
        Lines around here that hold nothing at all, and are no rows.
    position : int
        How much of the source is read after this chunk, in the unit of `Source.size`.
    """

    rows: NDArray[np.int64]
    columns: pa.Table
    torn: tuple[Reject, ...]
    blank: int
    position: int

    def __len__(self) -> int:
        return len(self.rows)

    def then(self, other: "Chunk") -> "Chunk":
        """Both as one."""
        return Chunk(
            np.concatenate([self.rows, other.rows]),
            pa.concat_tables([self.columns, other.columns]),
            self.torn + other.torn,
            self.blank + other.blank,
            other.position,
        )

    def split(self, n: int) -> tuple["Chunk", "Chunk"]:
        """Cut off the first `n` rows, with what is torn before the last of them."""
        last = self.rows[n - 1]
        before = tuple(reject for reject in self.torn if reject.row < last)
        first = Chunk(self.rows[:n], self.columns.slice(0, n), before, 0, self.position)
        after = self.torn[len(before) :]
        rest = Chunk(self.rows[n:], self.columns.slice(n), after, self.blank, self.position)
        return first, rest


def regroup(blocks: Iterable[Chunk], n: int) -> Iterator[Chunk]:
    """Make chunks of exactly `n` rows; the last one, with whatever is left, is shorter."""
    held = None
    for block in blocks:
        held = block if held is None else held.then(block)
        while len(held) > n:  # not >=: what is torn behind the last row goes with it
            first, held = held.split(n)
            yield first
    if held is not None:
        yield held
