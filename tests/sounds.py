"""Small audio files, made on the spot: real sound in every format that visitors bring."""

import io
import struct
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
    return muxed(*CODECS[suffix], seconds, hertz, **tags)


class Pipe(io.RawIOBase):
    """Takes what is written, and lets nobody go back to correct a header."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def write(self, piece) -> int:
        self.data += piece
        return len(piece)

    def getvalue(self) -> bytes:
        return bytes(self.data)


def muxed(
    container: str,
    codec: str,
    seconds: float = 2.0,
    hertz: float = 440.0,
    *,
    options: dict[str, str] | None = None,
    piped: bool = False,
    bit_rate: int | None = None,
    film: str = "",
    **tags: str,
) -> bytes:
    """Give a sine in any container and codec that FFmpeg writes.

    `options` are the container's; `film` is the codec of moving pictures beside the sound.
    """
    file = Pipe() if piped else io.BytesIO()
    with av.open(file, "w", format=container, options=options or {}) as out:
        out.metadata.update(tags)
        rate, layout = (8_000, "mono") if "amr" in codec else (RATE, "stereo")
        stream = out.add_stream(codec, rate=rate, layout=layout)
        if bit_rate:
            stream.bit_rate = bit_rate
        if codec == "vorbis":
            stream.codec_context.options = {"strict": "experimental"}  # FFmpeg's own
        if container == "ogg":
            stream.metadata.update(tags)
        if film:
            _add_film(out, film)
        resampler = av.AudioResampler(
            stream.codec_context.format.name, layout, rate, frame_size=stream.frame_size or 1024
        )
        frame = av.AudioFrame.from_ndarray(tone(seconds, hertz)[None], "s16", "mono")
        frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
        frame.pts = 0
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return file.getvalue()


def _add_film(out: av.container.OutputContainer, codec: str) -> None:
    stream = out.add_stream(codec, rate=10)
    stream.width = stream.height = 64
    stream.pix_fmt = "yuv420p"
    for shade in range(10):
        picture = np.full((64, 64, 3), 20 * shade, np.uint8)
        out.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
    out.mux(stream.encode(None))


def ogg_pages(data: bytes) -> list[bytes]:
    """Take an Ogg stream apart into its pages (RFC 3533)."""
    return [b"OggS\0" + page for page in data.split(b"OggS\0")[1:]]


def with_cover(mp3: bytes, picture: bytes) -> bytes:
    """Put a cover before an MP3 without tags (ID3v2.3, APIC)."""
    body = b"\0image/png\0\3\0" + picture
    frame = b"APIC" + len(body).to_bytes(4, "big") + b"\0\0" + body
    size = bytes(len(frame) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + size + frame + mp3


def speex(seconds: float = 1.0) -> bytes:
    """Hold silence as Speex, narrow band (RFC 5574), in Ogg; PyAV brings no encoder for it."""
    header = struct.pack(
        "<8s20s13i", b"Speex   ", b"1.2", 1, 80, 8_000, 0, 4, 1, -1, 160, 0, 1, 0, 0, 0
    )
    frame = bytes([0x1D, 0x9D, *bytes(18)])
    count = round(seconds * 50)
    pages = [
        _ogg_page(0, 2, 0, [header]),
        _ogg_page(1, 0, 0, [b"\4\0\0\0test\0\0\0\0"]),
        _ogg_page(2, 4, 160 * count, [frame] * count),
    ]
    return b"".join(pages)


def _ogg_page(number: int, flags: int, granule: int, packets: list[bytes]) -> bytes:
    """Make a page whose packets have fewer than 255 bytes each."""
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, granule, 1, number, 0)
    sizes = bytes([len(packets), *map(len, packets)])
    page = bytearray(head + sizes + b"".join(packets))
    check = 0
    for byte in page:
        check ^= byte << 24
        for _ in range(8):
            check = (check << 1 ^ 0x04C11DB7 if check >> 31 else check << 1) & 0xFFFFFFFF
    page[22:26] = check.to_bytes(4, "little")
    return bytes(page)
