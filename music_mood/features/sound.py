"""Audio features from the sound itself, of the audio files that somebody brought."""

import hashlib
import io
import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from threading import BoundedSemaphore

from i18n import Message
from music_mood.errors import ProviderError
from music_mood.features.provider import Found, SoundMemory
from music_mood.sound.ear import ANALYSIS, Ear
from music_mood.values import SOUND, AudioFeatures, Track
from music_mood.web.parallel import in_parallel

log = logging.getLogger(__name__)

KEPT_EVERY = 20
"""Files after which the memory is told: so much is heard again if the work is broken off."""


class OwnSound:
    """Hears audio files, on disk or in memory: one per core at a time, whoever asks.

    Parameters
    ----------
    ear : Ear
    memory : SoundMemory or None
        Asked before a file is heard, by what the file holds. None where visitors bring the files:
        what they have is nobody's business.
    """

    name = SOUND

    def __init__(self, ear: Ear, memory: SoundMemory | None = None) -> None:
        self._ear = ear
        self._memory = memory
        self._cores = os.cpu_count() or 1
        self._turns = BoundedSemaphore(self._cores)

    def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
        """Hear the tracks that are files; see `FeatureProvider.improve`."""
        files = [at for at, track in enumerate(tracks) if has_sound(track)]
        if not files:  # nobody shall be told that anything is listened to
            return
        yield Found(0, {})  # the first takes a while
        load(self._ear)
        new: dict[str, AudioFeatures] = {}
        try:
            answers = in_parallel(self._hear, [tracks[at] for at in files], self._cores)
            for number, answer in answers:
                if isinstance(answer, ProviderError):
                    raise answer
                name, features, is_new = answer
                if features is None:
                    yield Found(1, {})
                    continue
                if is_new:
                    new[name] = features
                if len(new) >= KEPT_EVERY:
                    self._keep(new)
                    new = {}
                at = files[number]
                yield Found(1, {at: heard(tracks[at], features)})
            if len(files) < len(tracks):
                yield Found(len(tracks) - len(files), {})
        finally:  # also when whoever waits has had enough
            self._keep(new)

    def _hear(self, track: Track) -> tuple[str, AudioFeatures | None, bool]:
        """Give a name to what a file holds, its features, and whether they are new."""
        with self._turns:
            try:
                with _opened(track) as opened:
                    name = _name_of(opened) if self._memory else ""
                    if self._memory and (known := self._memory.heard([name]).get(name)):
                        return name, known, False
                    seconds = (track.duration_ms or 0) / 1000
                    return name, self._ear.hear(opened, seconds), True
            except OSError:  # it was there when its tags were read
                return "", None, False
            except ProviderError:
                raise
            except Exception:  # native code of four packages: one file must not cost the others
                log.exception("a file could not be heard")
                return "", None, False

    def _keep(self, new: dict[str, AudioFeatures]) -> None:
        if self._memory and new:
            self._memory.keep_heard(new)


def has_sound(track: Track) -> bool:
    """Whether a track's own file is at hand."""
    return track.audio_file is not None or track.audio_path is not None


def heard(track: Track, features: AudioFeatures) -> Track:
    """Give a track the features that were heard."""
    return replace(track, features=features, features_source=SOUND)


def load(ear: Ear) -> None:
    """Have an ear ready.

    Raises
    ------
    ProviderError
        What it needs is installed, but does not work.
    """
    try:
        ear.load()
    except Exception as cause:  # native code of four packages: whatever they raise
        log.exception("what requirements-sound.txt installs does not work")
        sentence = Message(
            "This server cannot listen to music at the moment; its log tells its keeper why."
        )
        raise ProviderError(sentence, SOUND) from cause


def _opened(track: Track) -> io.BufferedReader | io.BytesIO:
    if track.audio_file:
        return io.BytesIO(track.audio_file.data)  # shares the bytes
    assert track.audio_path is not None  # noqa: S101 - see `has_sound`
    return track.audio_path.open("rb")


def _name_of(opened: io.BufferedReader | io.BytesIO) -> str:
    digest = hashlib.file_digest(opened, lambda: hashlib.blake2b(digest_size=16))
    return f"{SOUND}:{ANALYSIS}:{digest.hexdigest()}"
