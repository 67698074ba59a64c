"""Nine audio features as the mood model takes them: arrays, and which of their rows it can use."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from music_mood.values import FEATURE_NAMES, FEATURE_RANGES

if TYPE_CHECKING:  # whoever has a table has imported it
    import pandas as pd

_LOW, _HIGH = np.array([FEATURE_RANGES[name] for name in FEATURE_NAMES]).T


def usable_rows(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which rows of features (N, 9) have all nine inside `FEATURE_RANGES`: bool, (N,)."""
    usable: NDArray[np.bool_] = ((values >= _LOW) & (values <= _HIGH)).all(axis=1)  # NaN: False
    return usable


def as_array(features: "pd.DataFrame") -> NDArray[np.float64]:
    """Take the nine features out of a table, float64 (N, 9) in the order of `FEATURE_NAMES`.

    Raises
    ------
    ValueError
        A column is absent or holds something that is no number.
    """
    missing = [name for name in FEATURE_NAMES if name not in features.columns]
    if missing:
        raise ValueError(
            f"expected columns {', '.join(FEATURE_NAMES)}, "
            f"got {', '.join(map(str, features.columns)) or 'none'}"
        )
    table = features[list(FEATURE_NAMES)]
    # `where` also turns the None and pd.NA of object columns into NaN
    return table.where(table.notna()).to_numpy(dtype=np.float64, na_value=np.nan)
