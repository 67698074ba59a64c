"""The one place that knows vibenet: a network that hears seven audio features.

vibenet (GPL-3.0-or-later) is part of an extra that whoever runs the app may install. Its network,
an EfficientNet that was taught what the Echo Nest had said of the Free Music Archive's tracks, is
part of the package.
"""

import os
import threading
import warnings
from collections.abc import Mapping
from dataclasses import asdict

from music_mood.sound.excerpt import RATE_HZ, Excerpt

HEARD = (
    "acousticness",
    "danceability",
    "energy",
    "instrumentalness",
    "liveness",
    "speechiness",
    "valence",
)


class Vibes:
    """vibenet's network, loaded. Thread-safe.

    onnxruntime, which computes it, reports its use to Microsoft unless told otherwise (since 1.32;
    its Privacy.md), and keeps a device's identifier in the home folder. It is told otherwise.

    Raises
    ------
    ImportError, OSError
        vibenet, or something it needs, is not installed as it should be.
    """

    def __init__(self) -> None:
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when it is loaded
        with warnings.catch_warnings():
            # pydub, which vibenet imports and we do not use, warns of a program that is missing.
            warnings.simplefilter("ignore")
            import vibenet.backends  # noqa: PLC0415 - 150 MB, which those do without who hear nothing

            self._network = vibenet.backends.EfficientNetModel()
        self._turn = threading.Lock()

    def of(self, excerpt: Excerpt) -> Mapping[str, float]:
        """Hear `HEARD`, each 0..1."""
        with self._turn:
            (found,) = self._network.predict(excerpt.mono, sr=RATE_HZ)
        return asdict(found)
