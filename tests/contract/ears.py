"""An ear for tests of who hears what, when and how often: real sound goes in, any numbers come out.

It needs nothing of requirements-sound.txt, and takes a hundredth of the time.
"""

import hashlib
import sys
import threading
from collections.abc import Callable
from random import Random
from typing import BinaryIO

import pytest

from music_mood import services
from music_mood.sound.excerpt import middle_of
from music_mood.values import FEATURE_RANGES, AudioFeatures


class FakeEar:
    """Takes the place of `music_mood.sound.ear.Ear`.

    Attributes
    ----------
    heard : list of str
        What was listened to, also in vain: a digest of each file's content.
    before : callable
        Called before each hearing, with the hearing's number from 1 on.
    """

    def __init__(self, before: Callable[[int], object] = lambda _: None) -> None:
        self.heard: list[str] = []
        self.before = before
        self._lock = threading.Lock()

    def load(self) -> None:
        """Have nothing to load."""

    def hear(self, opened: BinaryIO, seconds: float) -> AudioFeatures | None:
        """Give the same sound the same features, whatever file it is in."""
        with self._lock:
            opened.seek(0)
            self.heard.append(digest(opened.read()))
            number = len(self.heard)
        self.before(number)
        excerpt = middle_of(opened, seconds)
        return None if excerpt is None else features_of(excerpt.samples.tobytes())


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def features_of(sound: bytes) -> AudioFeatures:
    chance = Random(hashlib.sha256(sound).digest())  # noqa: S311 - any numbers will do
    return AudioFeatures(**{name: chance.uniform(*ends) for name, ends in FEATURE_RANGES.items()})


def lend(patch: pytest.MonkeyPatch, ear: FakeEar) -> FakeEar:
    """Have all `Services` from now on hear by this ear."""
    patch.setattr(services, "is_installed", lambda: True)
    patch.setattr(services, "Ear", lambda: ear)
    return ear


def deafen(patch: pytest.MonkeyPatch) -> None:
    """Have requirements-sound.txt look as if nobody had installed it."""
    for name in ("vibenet", "librosa", "pyloudnorm"):
        patch.setitem(sys.modules, name, None)
