"""JSON of strangers -> values: bounded in depth, and every text in it fit to be shown and kept."""

import json
from typing import Any

from i18n.foreign import clean

MAX_DEPTH = 60
"""Objects and lists within each other; services' answers have ten, playlists' files fewer."""


class TooDeepError(ValueError):
    """It is nested deeper than `MAX_DEPTH`."""


def parse(body: bytes | str) -> Any:
    """Read JSON.

    Parameters
    ----------
    body : bytes or str
        Bytes in any of Unicode's encodings.

    Returns
    -------
    Any
        What ``json.loads`` gives, each text and each key `clean`.

    Raises
    ------
    TooDeepError
    ValueError
        It is no JSON, or holds a number of thousands of digits.
    """
    try:
        found = json.loads(body)
    except RecursionError as cause:
        raise TooDeepError("nested too deeply for Python") from cause
    return _clean(found, MAX_DEPTH)


def _clean(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return clean(value)
    if not isinstance(value, dict | list):
        return value
    if not depth:
        raise TooDeepError(f"nested deeper than {MAX_DEPTH}")
    if isinstance(value, list):
        return [_clean(one, depth - 1) for one in value]
    return {clean(key): _clean(one, depth - 1) for key, one in value.items()}
