"""How good the mood model is, as its metadata says: figures for people, none typed by hand."""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from i18n import Message
from music_mood.errors import ModelError
from music_mood.values import MOODS, Mood

METADATA = Path(__file__).resolve().parents[2] / "models" / "mood" / "metadata.json"


@dataclass(frozen=True, slots=True)
class OneMood:
    """How well one mood is heard.

    Attributes
    ----------
    mood : Mood
    found : float
        Of the tracks that people gave this mood, the share that the model gives it, too; 0..1.
    taken_for : Mood
        What the others are called most often.
    taken_for_share : float
        The share of this mood's tracks to which that happens, 0..1.
    surest : float
        Of the ten tracks that the model is surest of, the share that has this mood; 0..1.
    """

    mood: Mood
    found: float
    taken_for: Mood
    taken_for_share: float
    surest: float


@dataclass(frozen=True, slots=True)
class MoodFigures:
    """What the model says of tracks by artists that it never met.

    Attributes
    ----------
    tracks : int
        How many were tested.
    accuracy : float
        Share that gets the mood people gave it, 0..1.
    always_the_commonest : float
        What it would be if every track were given the most frequent mood, 0..1.
    sure : float
        Share of tracks of which the model does not say "unsure", 0..1.
    accuracy_when_sure : float
        Share of those that gets the mood people gave it, 0..1.
    per_mood : tuple of OneMood
        In the order of `MOODS`.
    made : str
        When the model was made, ISO 8601.
    """

    tracks: int
    accuracy: float
    always_the_commonest: float
    sure: float
    accuracy_when_sure: float
    per_mood: tuple[OneMood, ...]
    made: str

    @classmethod
    def load(cls, path: Path = METADATA) -> Self:
        """Read the figures of the model that ships with the app, or of another of the same form.

        Raises
        ------
        ModelError
            The file is missing, or its figures make no sense.
        """
        try:
            metadata = json.loads(path.read_text(encoding="utf-8"))
            if metadata["labels"] != list(MOODS):
                raise ValueError(f"expected the labels {list(MOODS)}")
            tested = metadata["metrics_out_of_fold"]
            counts = [[float(count) for count in row] for row in tested["confusion"]]
            if [len(row) for row in counts] != [len(MOODS)] * len(MOODS):
                raise ValueError("expected a square of counts")
            total = sum(map(sum, counts))
            return cls(
                tracks=round(total),
                accuracy=_share(tested["accuracy"]),
                always_the_commonest=_share(max(map(sum, counts)) / (total or math.nan)),
                sure=_share(tested["coverage"]),
                accuracy_when_sure=_share(tested["accuracy_when_sure"]),
                per_mood=tuple(
                    _of_one(own, row, tested["precision_at_10"]) for own, row in enumerate(counts)
                ),
                made=str(metadata["made"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as cause:
            raise ModelError(
                Message("The figures of the mood model are missing or make no sense.")
            ) from cause


def _of_one(own: int, row: list[float], surest: Any) -> OneMood:
    """Read one row of counts: tracks of one mood, by the mood that the model gave them."""
    total = sum(row) or math.nan
    most = max((column for column in range(len(row)) if column != own), key=row.__getitem__)
    return OneMood(
        MOODS[own],
        _share(row[own] / total),
        MOODS[most],
        _share(row[most] / total),
        _share(surest[MOODS[own]]),
    )


def _share(value: Any) -> float:
    share = float(value)
    if not 0 <= share <= 1:  # nor NaN
        raise ValueError(f"expected a share in 0..1, got {value!r}")
    return share
