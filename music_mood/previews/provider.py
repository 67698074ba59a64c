"""What a provider of previews is: a small module behind one Protocol.

Addresses of previews may expire within minutes. So they are resolved when the visitor wants to
hear them, for the visible tracks at once, and not stored.
"""

from typing import Protocol

from i18n import Message
from music_mood.values import Preview, Track

LENGTH_NOT_COMPARED = Message(
    "Found by title and artist. The length was not compared, as the list names none: this may be "
    "another version."
)
"""`Preview.note` of what was searched for without a duration."""


class PreviewProvider(Protocol):
    """One source of previews."""

    @property
    def name(self) -> str:
        """As shown to visitors, e.g. ``"Deezer"``."""
        ...

    def preview(self, track: Track) -> Preview | None:
        """Find something to play, or None. MUST be thread-safe.

        A wrong recording is worse than none: see `music_mood.matching`.

        Raises
        ------
        ProviderError
            The service failed.
        """
        ...
