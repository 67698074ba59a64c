"""The output's column names: the input's as they are, and ours."""

from collections.abc import Sequence

from i18n import Message
from music_mood.errors import PlaylistError
from music_mood.files.headers import known_columns
from music_mood.model.classifier import AFFECT
from music_mood.values import FEATURE_NAMES, MOODS

ANSWERS = ("mood", "confidence", *MOODS, *AFFECT)
"""What the model says of a row: the label ("unsure" below the threshold), the highest
probability, the four probabilities, pleasantness and arousal (see `classifier.AFFECT`)."""

MODEL_VERSION = "model_version"

_MOST_NAMES_SHOWN = 12


def kept_names(names: Sequence[str]) -> list[str]:
    """Name the input's columns in the output: unchanged, unless one stands twice or is ours.

    >>> kept_names(["title", "mood", "id", "id"])
    ['title', 'mood_2', 'id', 'id_2']
    """
    taken = {*ANSWERS, MODEL_VERSION}
    free = set(names) - taken
    kept = []
    for name in names:
        new, count = name, 1
        while new in taken or (count > 1 and new in free):
            count += 1
            new = f"{name}_{count}"
        taken.add(new)
        kept.append(new)
    return kept


def renamed(names: Sequence[str], kept: Sequence[str]) -> dict[str, str]:
    """Tell which of the input's columns have another name in the output: old name, new name."""
    return {old: new for old, new in zip(names, kept, strict=True) if old != new}


def feature_positions(names: Sequence[str]) -> dict[str, int]:
    """Find the nine features among the input's columns, by the names that playlists have as well.

    Raises
    ------
    PlaylistError
        One of them is not there.
    """
    known = known_columns(names)
    missing = [name for name in FEATURE_NAMES if name not in known]
    if missing:
        seen = ", ".join(names[:_MOST_NAMES_SHOWN])[:300]
        raise PlaylistError(
            Message(
                "A mood needs nine audio features, and the input has no column for {missing}. "
                "Please name the columns as Exportify does, or {features}. Found: {seen}.",
                missing=", ".join(missing),
                features=", ".join(FEATURE_NAMES),
                seen=seen or Message("nothing"),
            )
        )
    return {name: known[name] for name in FEATURE_NAMES}
