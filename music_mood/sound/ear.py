"""Hears what music sounds like: an audio file -> nine audio features.

Everything that this needs is an extra (requirements-sound.txt), imported at the first hearing.
"""

import logging
import math
import threading
from importlib.util import find_spec
from typing import BinaryIO

from music_mood.sound.excerpt import middle_of
from music_mood.sound.loudness import loudness_db
from music_mood.sound.tempo import tempo_bpm
from music_mood.sound.vibes import Vibes
from music_mood.values import AudioFeatures

log = logging.getLogger(__name__)

ANALYSIS = "1"
"""Another one where the same sound may have other features: what was kept under it is not used."""

EXTRA = ("vibenet", "librosa", "pyloudnorm")
"""Packages of requirements-sound.txt."""


def is_installed() -> bool:
    """Whether the extra is here; imports nothing."""
    return all(find_spec(name) for name in EXTRA)


class Ear:
    """Hears audio. Thread-safe; the first hearing loads what it needs, some 400 MB."""

    def __init__(self) -> None:
        self._vibes: Vibes | None = None
        self._loading = threading.Lock()

    def hear(self, opened: BinaryIO, seconds: float) -> AudioFeatures | None:
        """Hear half a minute from the middle of a piece, or from its beginning if that is silent.

        Parameters
        ----------
        opened : binary file
            Can be sought in.
        seconds : float
            How long the piece lasts; 0 if unknown.

        Returns
        -------
        AudioFeatures or None
            None if it cannot be decoded, is too short, or silent.

        Raises
        ------
        OSError
            The file cannot be read.
        """
        for length in (seconds, 0):
            excerpt = middle_of(opened, length)
            if excerpt is None:
                return None
            loudness = loudness_db(excerpt)
            if not math.isinf(loudness):
                heard = self.load().of(excerpt)
                return AudioFeatures.from_mapping(
                    {**heard, "loudness": loudness, "tempo": tempo_bpm(excerpt)}
                )
        return None

    def load(self) -> Vibes:
        """Load what the first hearing would load.

        Raises
        ------
        Exception
            Whatever native packages raise that do not work here.
        """
        with self._loading:
            if self._vibes is None:
                self._vibes = Vibes()
            return self._vibes
