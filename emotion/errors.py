"""Why reading a face can fail.

One tree, so that callers catch `EmotionError` and show its sentence::

    EmotionError            base; ``str(error)`` is a sentence for the visitor in English
    ├── ImageError          the bytes are no picture we can read
    └── ModelError          a model file is missing, altered or of another kind

The technical cause travels as ``__cause__`` (``raise ... from``) and goes to the log.
"""

from i18n import MessageError


class EmotionError(MessageError):
    """Base of everything `emotion` raises on purpose; it speaks to the visitor."""


class ImageError(EmotionError):
    """The given bytes are not a picture that can be read; says what to do instead."""


class ModelError(EmotionError):
    """A model file is missing, was altered, or does not match its metadata."""
