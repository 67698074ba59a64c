"""Audio of any form that browsers play -> half a minute of its sound, from the middle.

Decoded by FFmpeg (PyAV), in memory. It is native code, and what it is fed comes from strangers:
only the forms and codecs that `files.audio_container` knows are opened, and all is bounded, in
reads, time and samples.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from music_mood.files.audio_container import (
    TooManyReadsError,
    UndecodableError,
    container_of,
    sound_of,
)

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

RATE_HZ = 44_100
"""All sound is brought to it: that of a CD, which most music has anyway."""

LENGTH_S = 30.0
"""As long as what the analysis learned from."""

SHORTEST_S = 5.0
"""Of less, nothing is said."""

MICROSECONDS = 1_000_000
"""FFmpeg's unit for places in a file, ``AV_TIME_BASE``."""

MAX_DECODING_S = 20.0
"""Half a minute of sound takes a tenth of a second; a crafted file might never end."""

LOWEST_HZ = 4_000
"""Telephones have 8 000. A crafted frame of 65 535 samples, at 1 a second, would become 12 GB."""


@dataclass(frozen=True, slots=True, eq=False)
class Excerpt:
    """A stretch of sound.

    Attributes
    ----------
    samples : numpy.ndarray
        float32, (channels, N), one channel or two, -1..1, `RATE_HZ`; N is at least `SHORTEST_S`
        long and at most `LENGTH_S`.
    """

    samples: NDArray[np.float32]

    @property
    def mono(self) -> NDArray[np.float32]:
        """The channels' mean: float32, (N,)."""
        mean: NDArray[np.float32] = self.samples.mean(axis=0)
        return mean


def middle_of(opened: BinaryIO, seconds: float) -> Excerpt | None:
    """Take half a minute out of the middle.

    Parameters
    ----------
    opened : binary file
        Can be sought in.
    seconds : float
        How long the whole lasts, as `read_content` tells it; 0 if that is not known: then the
        beginning is taken.

    Returns
    -------
    Excerpt or None
        None if there is no sound of at least `SHORTEST_S`, or none that can be decoded.

    Raises
    ------
    OSError
        The file cannot be read.
    """
    start_s = max((seconds - LENGTH_S) / 2, 0.0)
    until = time.monotonic() + MAX_DECODING_S
    found = _decoded(opened, start_s, until)
    if found is None and start_s:  # cannot be sought in: decoded from its beginning
        found = _decoded(opened, start_s, until, seek=False)
    if found is None and start_s:  # ends before: it was cut off, or has a header that lies
        found = _decoded(opened, 0.0, until)
    return found


def _decoded(
    opened: BinaryIO, start_s: float, until: float, *, seek: bool = True
) -> Excerpt | None:
    try:
        with container_of(opened) as container:
            stream = sound_of(container)
            if stream is None:
                return None
            if start_s and seek:
                container.seek(int(start_s * MICROSECONDS))
            frames = _from(start_s, _frames(container, stream, until))
            return _excerpt(_resampled(frames, "mono" if stream.channels == 1 else "stereo"))
    except UndecodableError:
        return None


def _excerpt(sound: Iterator[NDArray[np.float32]]) -> Excerpt | None:
    wanted, there = round(LENGTH_S * RATE_HZ), 0
    pieces: list[NDArray[np.float32]] = []
    for piece in sound:
        pieces.append(piece)
        there += piece.shape[1]
        if there >= wanted:
            break
    if there < SHORTEST_S * RATE_HZ:
        return None
    samples = np.concatenate(pieces, axis=1)[:, :wanted]
    # a damaged file's sound may be anything
    return Excerpt(np.clip(np.nan_to_num(samples), -1, 1))


def _resampled(frames: Iterator["AudioFrame"], layout: str) -> Iterator[NDArray[np.float32]]:
    """Bring frames to `RATE_HZ` and one layout: (channels, N) each.

    Where a file is damaged, or was put together from others, not all of its frames are alike; but a
    resampler takes what follows for what it met first.
    """
    import av  # noqa: PLC0415 - 0.1 s, which those do without who hear nothing

    resampler, met = None, None
    for frame in frames:
        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        if resampler is None or form != met:
            if resampler:
                yield from map(_samples, resampler.resample(None))
            resampler, met = av.AudioResampler("fltp", layout, RATE_HZ), form
        yield from map(_samples, resampler.resample(frame))
    if resampler:  # the last it held back
        yield from map(_samples, resampler.resample(None))


def _samples(frame: "AudioFrame") -> NDArray[np.float32]:
    return frame.to_ndarray().astype(np.float32, copy=False)


def _from(start_s: float, frames: Iterator["AudioFrame"]) -> Iterator["AudioFrame"]:
    """Leave out what ends before: what was sought lies somewhat further on."""
    for frame in frames:
        if frame.sample_rate < LOWEST_HZ:
            continue
        if frame.time is None or frame.time + frame.samples / frame.sample_rate > start_s:
            yield frame


def _frames(
    container: "InputContainer", stream: "AudioStream", until: float
) -> Iterator["AudioFrame"]:
    """Decode what can be, and pass over what is damaged, as players do."""
    import av  # noqa: PLC0415

    try:
        for packet in container.demux(stream):
            if time.monotonic() > until:
                return
            try:
                frames = packet.decode()
            except av.error.FFmpegError:  # of several kinds, as damage is
                continue
            yield from frames
    except (av.error.FFmpegError, TooManyReadsError):
        return  # players, too, come so far and no further
