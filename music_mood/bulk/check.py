"""Columns as files hold them -> the nine features as numbers, and why a row has none.

Whole columns at a time. Cells that are plainly numbers take the short way; every other row is
read as the app reads a playlist (`feature_numbers`), so both understand and refuse the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from music_mood.files.table import feature_numbers
from music_mood.model.features import usable_rows
from music_mood.values import FEATURE_NAMES

_PLAIN_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


@dataclass(frozen=True, slots=True)
class Checked:
    """The features of a chunk.

    Attributes
    ----------
    features : numpy.ndarray
        float64 (N, 9) in the order of `FEATURE_NAMES`; only usable rows mean something.
    usable : numpy.ndarray
        bool (N,): all nine are there and inside `FEATURE_RANGES`.
    reasons : tuple of str
        One for each row that is not usable, in their order; in English, as they end in a file
        that shall be the same whoever runs the command.
    """

    features: NDArray[np.float64]
    usable: NDArray[np.bool_]
    reasons: tuple[str, ...]


def check(columns: Mapping[str, pa.ChunkedArray]) -> Checked:
    """Read the features.

    Parameters
    ----------
    columns : mapping of str to pyarrow.ChunkedArray
        The nine of `FEATURE_NAMES`, each (N,): numbers or texts.
    """
    features = np.stack([_plain_numbers(columns[name]) for name in FEATURE_NAMES], axis=1)
    usable = usable_rows(features)
    rest = np.flatnonzero(~usable)
    if not len(rest):
        return Checked(features, usable, ())
    texts = {name: _texts(columns[name].take(pa.array(rest))) for name in FEATURE_NAMES}
    numbers, reasons = feature_numbers(pd.DataFrame(texts, dtype=str))
    missing = numbers.isna()
    # the first of those that are missing; pandas-stubs take names of columns for numbers
    no_value = cast("pd.Series[str]", missing.idxmax(axis=1)) + " is missing"
    told = reasons.where(reasons.isna(), reasons.map(str))
    told = told.mask(told.isna() & missing.any(axis=1), no_value)
    features[rest] = numbers.to_numpy()
    usable[rest] = told.isna()
    return Checked(features, usable, tuple(told[told.notna()]))


def is_number(kind: pa.DataType) -> bool:
    """Tell whether a column of this type holds numbers."""
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    )


def _plain_numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """float64 (N,); NaN where a cell is empty or not plainly a number."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        try:
            column = column.cast(pa.float64())
        except pa.ArrowInvalid:  # at least one cell: find those that can be read
            plain = pc.match_substring_regex(column, _PLAIN_NUMBER)
            column = pc.if_else(plain, column, None).cast(pa.float64())
    elif is_number(kind):
        column = column.cast(pa.float64(), safe=False)  # a rounded number is good enough
    else:
        return np.full(len(column), np.nan)
    # copied: Arrow's memory is read-only
    return np.array(column.to_numpy(), dtype=np.float64)


def _texts(column: pa.ChunkedArray) -> list[str]:
    return ["" if value is None else str(value) for value in column.to_pylist()]
