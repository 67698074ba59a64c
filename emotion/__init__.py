"""Faces to emotions: ``FaceReader.load().read(read_image(data))``. Knows faces, no music."""

from emotion.errors import EmotionError, ImageError, ModelError
from emotion.image import read_image
from emotion.reader import FaceReader
from emotion.values import EMOTIONS, Detection, Emotion, Face, Feeling, FeelingSource

__all__ = [
    "EMOTIONS",
    "Detection",
    "Emotion",
    "EmotionError",
    "Face",
    "FaceReader",
    "Feeling",
    "FeelingSource",
    "ImageError",
    "ModelError",
    "read_image",
]
