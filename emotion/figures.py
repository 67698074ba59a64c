"""How good the emotion model is, as its metadata says: figures for people, none typed by hand."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from emotion.errors import ModelError
from emotion.values import EMOTIONS, Emotion
from i18n import Message
from page.figures import recalls, share

METADATA = Path(__file__).resolve().parent.parent / "models" / "emotion" / "metadata.json"


@dataclass(frozen=True, slots=True)
class OneEmotion:
    """How well one emotion is read.

    Attributes
    ----------
    emotion : Emotion
    found : float
        Of the faces that people gave this label, the share that the model gives it, too; 0..1.
    taken_for : Emotion
        What the others are called most often.
    taken_for_share : float
        The share of this emotion's faces to which that happens, 0..1.
    """

    emotion: Emotion
    found: float
    taken_for: Emotion
    taken_for_share: float


@dataclass(frozen=True, slots=True)
class FaceFigures:
    """What the page shows, measured on faces that were kept out of training and choosing.

    Attributes
    ----------
    faces : int
        How many were tested.
    accuracy : float
        Share that gets the label the data set gives it, 0..1.
    accuracy_by_majority : float
        The same for the label that most of ten further people gave; 0..1.
    per_emotion : tuple of OneEmotion
        In the order of `EMOTIONS`.
    made : str
        When the model was made, ISO 8601.
    """

    faces: int
    accuracy: float
    accuracy_by_majority: float
    per_emotion: tuple[OneEmotion, ...]
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
            if metadata["labels"] != list(EMOTIONS):
                raise ValueError(f"expected the labels {list(EMOTIONS)}")
            tests = metadata["metrics"]["private"]
            shown, majority = tests["page"], tests["page, FER+ majority"]
            return cls(
                faces=int(shown["faces"]),
                accuracy=share(shown["accuracy"]),
                accuracy_by_majority=share(majority["accuracy"]),
                per_emotion=_per_emotion(shown["confusion"]),
                made=str(metadata["date"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as cause:
            raise ModelError(
                Message("The figures of the emotion model are missing or make no sense.")
            ) from cause


def _per_emotion(confusion: Any) -> tuple[OneEmotion, ...]:
    return tuple(
        OneEmotion(emotion, one.found, EMOTIONS[one.taken_for], one.taken_for_share)
        for emotion, one in zip(EMOTIONS, recalls(confusion, len(EMOTIONS)), strict=True)
    )
