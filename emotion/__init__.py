"""Faces to emotions: ``FaceReader.load().read(read_image(data))``. Knows faces, no music.

Each name is loaded when it is first asked for (PEP 562): whoever wants the values alone does not
load OpenCV and LiteRT with them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emotion.classifier import EmotionClassifier
    from emotion.errors import EmotionError, ImageError, ModelError
    from emotion.image import read_image
    from emotion.reader import FaceReader
    from emotion.values import EMOTIONS, Detection, Emotion, Face, Feeling, FeelingSource

_HOMES = {
    "EmotionClassifier": "classifier",
    "EmotionError": "errors",
    "ImageError": "errors",
    "ModelError": "errors",
    "read_image": "image",
    "FaceReader": "reader",
    "EMOTIONS": "values",
    "Detection": "values",
    "Emotion": "values",
    "Face": "values",
    "Feeling": "values",
    "FeelingSource": "values",
}
"""Public name -> the module that defines it."""

__all__ = [
    "EMOTIONS",
    "Detection",
    "Emotion",
    "EmotionClassifier",
    "EmotionError",
    "Face",
    "FaceReader",
    "Feeling",
    "FeelingSource",
    "ImageError",
    "ModelError",
    "read_image",
]


def __getattr__(name: str) -> object:
    """Load a public name from its home."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Name what can be asked for."""
    return sorted({*globals(), *__all__})
