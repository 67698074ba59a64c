"""How good a model is, for people: counts of a test become shares, and a share a row of a list."""

import math
from dataclasses import dataclass
from html import escape
from typing import Any

from i18n import Message, Words


@dataclass(frozen=True, slots=True)
class Recall:
    """How well one class is found.

    Attributes
    ----------
    found : float
        Of what people put into this class, the share that the model puts there, too; 0..1.
    taken_for : int
        The class that the others are put into most often.
    taken_for_share : float
        The share of this class to which that happens, 0..1.
    """

    found: float
    taken_for: int
    taken_for_share: float


def recalls(confusion: Any, classes: int) -> list[Recall]:
    """Read counts: a row for each class by people, a column for each by the model.

    Raises
    ------
    ValueError, TypeError
        It is no square of counts, or a class has none, so that nothing can be said of it.
    """
    rows = [[float(count) for count in row] for row in confusion]
    if [len(row) for row in rows] != [classes] * classes:
        raise ValueError("expected a square of counts")
    return [_recall(own, row) for own, row in enumerate(rows)]


def share(value: Any) -> float:
    """Check that a figure is a share, 0..1; raises `ValueError` if not, or if it is NaN."""
    number = float(value)
    if not 0 <= number <= 1:
        raise ValueError(f"expected a share in 0..1, got {value!r}")
    return number


def hundredth(of_one: float) -> int:
    """Say a share as a number out of 100."""
    return round(100 * of_one)


def recall_row(
    words: Words, label: Message, found: float, taken_for: Message, taken_for_share: float
) -> str:
    """One entry of a list, as HTML: the class, a bar, the figure, what it is taken for."""
    said = words.say("{count} of 100", count=hundredth(found))
    mistaken = words.say(
        "{count} are taken for {label}", count=hundredth(taken_for_share), label=taken_for
    )
    return (
        f"<li><b>{escape(words.say(label))}</b>"
        f'<span class="ftm-bar" aria-hidden="true"><i style="width:{found:.1%}"></i></span>'
        f"<span>{escape(said)}</span><small>{escape(mistaken)}</small></li>"
    )


def _recall(own: int, row: list[float]) -> Recall:
    total = sum(row) or math.nan
    most = max((column for column in range(len(row)) if column != own), key=row.__getitem__)
    return Recall(share(row[own] / total), most, share(row[most] / total))
