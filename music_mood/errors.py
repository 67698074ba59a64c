"""Why finding music can fail.

One tree, so that callers catch `MusicError` and show its sentence::

    MusicError              base; ``str(error)`` is a sentence for the visitor
    ├── PlaylistError       a link or file that holds no playlist we can read
    └── ModelError          the mood model is missing, altered or of another kind

The technical cause travels as ``__cause__`` (``raise ... from``) and goes to the log.
"""


class MusicError(Exception):
    """Base of everything `music_mood` raises on purpose; its text speaks to the visitor."""


class PlaylistError(MusicError):
    """A link, file or table that cannot be read as a playlist; says what to do instead."""


class ModelError(MusicError):
    """The mood model is missing, was altered, or does not match its metadata."""
