"""Small audio files, made on the spot: real sound in every format that visitors bring."""

import io
import wave
from fractions import Fraction

import av
import numpy as np

RATE = 48_000

CODECS = {
    "mp3": ("mp3", "libmp3lame"),
    "ogg": ("ogg", "vorbis"),
    "opus": ("ogg", "libopus"),
    "m4a": ("mp4", "aac"),
    "flac": ("flac", "flac"),
}
"""FFmpeg's names of container and codec, by a file's suffix."""


def tone(seconds: float, hertz: float = 440.0) -> np.ndarray:
    """A sine: int16, (samples,)."""
    time = np.arange(round(seconds * RATE)) / RATE
    return (8_000 * np.sin(2 * np.pi * hertz * time)).astype(np.int16)


def wav(seconds: float = 2.0) -> bytes:
    """Without tags, as recorders write it."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(tone(seconds).tobytes())
    return file.getvalue()


def silence(seconds: int) -> bytes:
    """Hold nothing, as a WAV of 8 000 bytes a second."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(1)
        writer.setframerate(8_000)
        writer.writeframes(b"\x80" * 8_000 * seconds)
    return file.getvalue()


def encoded(suffix: str, seconds: float = 2.0, hertz: float = 440.0, **tags: str) -> bytes:
    """Give a file of this kind, with FFmpeg's names of tags (title, artist, album, TSRC, ...)."""
    container, codec = CODECS[suffix]
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        out.metadata.update(tags)
        stream = out.add_stream(codec, rate=RATE, layout="stereo")
        if codec == "vorbis":
            stream.codec_context.options = {"strict": "experimental"}  # FFmpeg's own
        if container == "ogg":
            stream.metadata.update(tags)
        resampler = av.AudioResampler(
            stream.codec_context.format.name, "stereo", RATE, frame_size=stream.frame_size or 1024
        )
        frame = av.AudioFrame.from_ndarray(tone(seconds, hertz)[None], "s16", "mono")
        frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
        frame.pts = 0
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return file.getvalue()
