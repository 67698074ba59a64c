"""What the rest of the project says about faces: frozen values, no behaviour.

`Emotion` is the single source of label order: its order is FER2013's class order, and every
array of probabilities, every model file and every chart follows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

import numpy as np

from i18n import Message, in_context


class Emotion(StrEnum):
    """The seven basic expressions, in the class order of FER2013 (Goodfellow et al., 2013)."""

    ANGRY = "angry"
    DISGUST = "disgust"
    FEAR = "fear"
    HAPPY = "happy"
    SAD = "sad"
    SURPRISE = "surprise"
    NEUTRAL = "neutral"


EMOTION_ADJECTIVES: Mapping[Emotion, Message] = {
    Emotion.ANGRY: in_context("you feel", "angry"),
    Emotion.DISGUST: in_context("you feel", "disgusted"),
    Emotion.FEAR: in_context("you feel", "afraid"),
    Emotion.HAPPY: in_context("you feel", "happy"),
    Emotion.SAD: in_context("you feel", "sad"),
    Emotion.SURPRISE: in_context("you feel", "surprised"),
    Emotion.NEUTRAL: in_context("you feel", "neutral"),
}
"""How one feels or looks who shows it."""

EMOTIONS: tuple[Emotion, ...] = tuple(Emotion)
"""All emotions in label order: column ``i`` of any probabilities array is ``EMOTIONS[i]``."""


@dataclass(frozen=True, slots=True)
class Detection:
    """Where a face is.

    Attributes
    ----------
    box_xywh : tuple of int
        Left, top, width, height in pixels of the picture; lies inside the picture, not empty.
    right_eye_xy, left_eye_xy : tuple of float
        Eye centres in pixels. "Right" is the person's right eye: on the left of an upright picture.
    score : float
        Detector confidence, 0..1.
    """

    box_xywh: tuple[int, int, int, int]
    right_eye_xy: tuple[float, float]
    left_eye_xy: tuple[float, float]
    score: float


@dataclass(frozen=True, slots=True)
class Face:
    """A face and what its expression looks like to the model.

    Attributes
    ----------
    detection : Detection
        Where it is.
    probabilities : numpy.ndarray
        float32, shape (7,), in the order of `EMOTIONS`, sums to 1. Read-only.
    """

    detection: Detection
    probabilities: np.ndarray = field(compare=False)

    def __post_init__(self) -> None:
        if np.shape(self.probabilities) != (len(EMOTIONS),):
            raise ValueError(
                f"expected probabilities of shape ({len(EMOTIONS)},), "
                f"got {np.shape(self.probabilities)}"
            )
        frozen = np.array(self.probabilities, dtype=np.float32)
        frozen.flags.writeable = False
        object.__setattr__(self, "probabilities", frozen)

    @property
    def box_xywh(self) -> tuple[int, int, int, int]:
        """Left, top, width, height in pixels."""
        return self.detection.box_xywh

    @property
    def emotion(self) -> Emotion:
        """The most probable emotion."""
        return EMOTIONS[int(self.probabilities.argmax())]

    @property
    def confidence(self) -> float:
        """Probability of `emotion`, 0..1."""
        return float(self.probabilities.max())


class FeelingSource(StrEnum):
    """Who says how the visitor feels."""

    FACE = "face"
    VISITOR = "visitor"


@dataclass(frozen=True, slots=True)
class Feeling:
    """What the music is chosen for.

    Attributes
    ----------
    probabilities : numpy.ndarray
        float32, shape (7,), in the order of `EMOTIONS`, sums to 1.
    source : FeelingSource
        A face that was read, or the visitor's own word (all weight on one emotion).
    """

    probabilities: np.ndarray = field(compare=False)
    source: FeelingSource

    @classmethod
    def named(cls, emotion: Emotion) -> Self:
        """Make the feeling that a visitor named."""
        return cls(
            np.eye(len(EMOTIONS), dtype=np.float32)[EMOTIONS.index(emotion)], FeelingSource.VISITOR
        )
