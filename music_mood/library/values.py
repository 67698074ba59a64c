"""What the library answers: frozen values."""

from dataclasses import dataclass
from datetime import datetime

from music_mood.values import AudioFeatures


@dataclass(frozen=True, slots=True)
class MarkedPlaylist:
    """A playlist to be read again from time to time.

    Attributes
    ----------
    link : str
        Its page.
    title : str or None
        None before it was first read.
    marked_at : datetime.datetime
    read_at : datetime.datetime or None
        When it was last read by a refresh.
    """

    link: str
    title: str | None
    marked_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """Features as the library has them, and who gave them."""

    features: AudioFeatures
    source: str
