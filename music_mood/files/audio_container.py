"""FFmpeg (PyAV), let into the forms of audio that browsers play, and into no others.

It is native code, and what it is fed comes from strangers: what a file holds is found out here, its
sound taken out of it in `music_mood.sound`, both within the same bounds.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from music_mood.files.mp4 import MP4_BEGINS

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.stream import Stream

FORMS: Mapping[str, Mapping[str, str]] = {
    "mp3": {"mp3": "audio/mpeg"},
    "aac": {"aac": "audio/aac"},
    "flac": {"flac": "audio/flac"},
    "ogg": dict.fromkeys(("vorbis", "opus", "flac"), "audio/ogg"),
    "wav": dict.fromkeys(
        (
            *("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le"),
            *("pcm_alaw", "pcm_mulaw", "mp3", "flac"),
        ),
        "audio/wav",
    ),
    "mov": dict.fromkeys(("aac", "mp3", "flac", "opus"), "audio/mp4"),
    "matroska": {
        **dict.fromkeys(("opus", "vorbis"), "audio/webm"),
        **dict.fromkeys(("aac", "mp3", "flac"), "audio/x-matroska"),
    },
}
"""What browsers play: FFmpeg's name of the form, its name of the codec, and the MIME type to serve
it with. Tried in Chromium 156; other browsers play a little less of it, none much more."""

MAX_READS = 500_000
"""Most looks into one file. A real one needs some thousands; a damaged or crafted one could keep
the server busy for long."""

PROBE_BYTES = 131_072
"""What FFmpeg may read beyond the header to learn what the header leaves out. With its default of
5 MB it spends 40 ms on every WAV file looking for Dolby sound dressed up as PCM."""


class TooManyReadsError(Exception):
    """A file was looked into more often than any real one needs."""


class UndecodableError(Exception):
    """FFmpeg can make nothing of a file, or not within bounds."""


class Bounded:
    """A file that may be read only so often."""

    def __init__(self, opened: BinaryIO) -> None:
        self._opened = opened
        self._left = MAX_READS
        self.seek, self.tell = opened.seek, opened.tell

    def read(self, size: int = -1) -> bytes:
        """Read as files do.

        Raises
        ------
        TooManyReadsError
        """
        self._left -= 1
        if self._left < 0:
            raise TooManyReadsError
        return self._opened.read(size)


_ALLOWED_MP4 = "mov,mp4,m4a,3gp,3g2,mj2"
_ALLOWED = ",".join([*(form for form in FORMS if form != "mov"), "webm"])
"""FFmpeg calls a demuxer by several names, and all of them must be allowed."""


@contextmanager
def container_of(opened: BinaryIO) -> Iterator["InputContainer"]:
    """Have FFmpeg look into a file, if it is of a form in `FORMS`.

    Parameters
    ----------
    opened : binary file
        Can be sought in; need not be at its beginning. It may be read `MAX_READS` times.

    Raises
    ------
    UndecodableError
        Also for what the block of the ``with`` statement meets in the file.
    """
    # Takes 0.1 s, which command lines that read no audio file do without.
    import av  # noqa: PLC0415

    opened.seek(0)
    allowed = _ALLOWED_MP4 if opened.read(8)[4:] in MP4_BEGINS else _ALLOWED
    opened.seek(0)
    options = {"format_whitelist": allowed, "probesize": str(PROBE_BYTES)}
    try:
        with av.open(Bounded(opened), "r", options=options, metadata_errors="replace") as container:
            yield container
    except (av.error.FFmpegError, ValueError, OverflowError, TooManyReadsError) as cause:
        raise UndecodableError from cause


def sound_of(container: "InputContainer") -> "AudioStream | None":
    """Find the stream of sound that browsers play; None if there is none."""
    played = FORMS.get(form_of(container), {})
    return next((one for one in container.streams.audio if codec_of(one) in played), None)


def form_of(container: "InputContainer") -> str:
    """Give FFmpeg's first name of a container's form, a key of `FORMS`."""
    return container.format.name.split(",")[0]


def codec_of(stream: "Stream") -> str:
    """Give FFmpeg's name of a stream's codec; "" if it knows none."""
    context = stream.codec_context
    return context.codec.canonical_name if context is not None else ""
