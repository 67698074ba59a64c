"""What an audio file holds, whatever its name says: form, codec, length. No sound is decoded.

FFmpeg (PyAV) looks into the forms that browsers play, and into no others: it is native code, and
what it is fed comes from strangers.
"""

import re
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from i18n import Message
from music_mood.files.audio_container import (
    FORMS,
    TooManyReadsError,
    UndecodableError,
    codec_of,
    container_of,
    form_of,
    sound_of,
)
from music_mood.files.mp4 import MP4_BEGINS, problem_of

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.stream import Stream

CODECS: Mapping[str, Message | str] = {
    "aac_latm": "AAC in LATM",
    "ac3": "AC-3 (Dolby Digital)",
    "ac4": "AC-4",
    "adpcm": "ADPCM",
    "alac": "ALAC (Apple Lossless)",
    "amr": "AMR",
    "atrac": "ATRAC",
    "dts": "DTS",
    "eac3": "E-AC-3 (Dolby Digital Plus)",
    "gsm": "GSM",
    "mp1": "MP1 (MPEG layer I)",
    "mp2": "MP2 (MPEG layer II)",
    "pcm": Message("PCM of an unusual kind"),
    "pcm_f64": "64-bit PCM",
    "pcm_s64": "64-bit PCM",
    "speex": "Speex",
    "truehd": "Dolby TrueHD",
    "wma": "WMA",
}
"""Names for visitors of codecs that browsers do not play, by how FFmpeg's name begins."""

PICTURES = frozenset({"bmp", "gif", "mjpeg", "png", "tiff", "webp"})
"""Codecs of covers and of chapters' pictures, which FFmpeg counts among the video tracks."""

UNPLAYED_FORMS: tuple[tuple[bytes, str], ...] = (
    (rb"FORM.{4}AIF[FC]", "AIFF"),
    (rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMA"),
    (rb"caff\0", "CAF"),
    (rb"\.snd\0", "AU"),
    (rb"riff\x2e\x91\xcf\x11", "Wave64"),
    (rb"MAC ", "Monkey’s Audio"),
    (rb"wvpk", "WavPack"),
    (rb"TTA[12]", "True Audio"),
    (rb"MP\+|MPCK", "Musepack"),
    (rb"DSD .{8}|FRM8.{8}DSD ", "DSD"),
    (rb"tBaK", "TAK"),
    (rb"ajkg", "Shorten"),
    (rb"#!AMR", "AMR"),
    (rb"\.ra\xfd|\.RMF", "RealAudio"),
    (rb"ea3\x03|EA3\x01", "ATRAC"),
    (rb"\x0b\x77.{3}[\0-\x57]", "AC-3 (Dolby Digital)"),
    (rb"\x0b\x77.{3}[\x58-\x87]", "E-AC-3 (Dolby Digital Plus)"),
    (rb"\x7f\xfe\x80\x01|\xfe\x7f\x01\x80", "DTS"),
)
"""How files begin that no browser plays, and what is in them."""

VIDEO_FORMS = re.compile(rb"RIFF.{4}AVI |FLV\x01|\0\0\x01[\xb3\xba]|G.{187}G.{187}G", re.DOTALL)
"""How files begin that hold a video: AVI, Flash, MPEG program and transport streams."""

MAX_PACKETS = 1_000_000
MAX_COUNT_S = 10.0
"""Most packets of sound, and seconds, that a length is counted for. An hour of AAC has 170 000
packets, half a second's work."""

NO_SOUND = Message("it is damaged: no sound can be found in it")
A_VIDEO = Message("it is a video; its sound alone, saved as MP3, AAC or FLAC, would play")


@dataclass(frozen=True, slots=True)
class Content:
    """Sound that browsers play.

    Attributes
    ----------
    mime : str
        For example ``audio/mpeg``.
    seconds : float
        How long it lasts, at least 0.001; counted where the header does not tell.
    tags : mapping of str to str
        As FFmpeg reads them, names in lower case (``title``, ``artist``, ``album_artist``, ...).
    """

    mime: str
    seconds: float
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unplayable:
    """Why browsers would not play a file.

    Attributes
    ----------
    reason : Message or None
        For the visitor; None if FFmpeg cannot make anything of it.
    """

    reason: Message | None


def read_content(opened: BinaryIO, longest_s: float) -> Content | Unplayable:
    """Look into a file.

    Parameters
    ----------
    opened : binary file
        Can be sought in; need not be at its beginning.
    longest_s : float
        A piece whose header promises more is counted; beyond this length counting stops.

    Returns
    -------
    Content or Unplayable

    Raises
    ------
    OSError
        The file cannot be read.
    """
    opened.seek(0)
    start = opened.read(600)
    if VIDEO_FORMS.match(start):
        return Unplayable(A_VIDEO)
    for pattern, name in UNPLAYED_FORMS:
        if re.match(pattern, start, re.DOTALL):
            return Unplayable(_not_played(name))
    if start[4:8] in MP4_BEGINS and (reason := problem_of(opened)):
        return Unplayable(reason)
    try:
        with container_of(opened) as container:
            return _content(container, opened, longest_s)
    except UndecodableError:
        return Unplayable(None)


def _content(
    container: "InputContainer", opened: BinaryIO, longest_s: float
) -> Content | Unplayable:
    if any(_is_film(stream) for stream in container.streams.video):
        return Unplayable(A_VIDEO)
    stream = sound_of(container)
    if stream is None:
        tracks = container.streams.audio
        return Unplayable(_not_played_in_it(codec_of(tracks[0])) if tracks else NO_SOUND)
    seconds = _seconds(container, stream, opened, longest_s)
    if seconds is None:
        return Unplayable(
            Message("its length cannot be found out; saved anew as MP3, AAC or FLAC it would play")
        )
    if seconds < 0.001:
        return Unplayable(NO_SOUND)
    tags = {
        name.lower(): text
        for source in (stream.metadata, container.metadata)
        for name, text in source.items()
    }
    return Content(FORMS[form_of(container)][codec_of(stream)], seconds, tags)


def _is_film(stream: "Stream") -> bool:
    """Whether pictures move; covers and the pictures of chapters do not."""
    from av.stream import Disposition  # noqa: PLC0415  see above

    return codec_of(stream) not in PICTURES and Disposition.attached_pic not in stream.disposition


def _not_played_in_it(codec: str) -> Message:
    """Say that no browser plays a codec, or not in such a file."""
    if any(codec in played for played in FORMS.values()):
        return Message(
            "its sound is {codec} in a kind of file, which browsers do not play; as MP3, AAC or "
            "FLAC it would play",
            codec=codec.partition("_")[0].upper(),
        )
    begins = [name for name in CODECS if codec.startswith(name)]
    shown = CODECS[max(begins, key=len)] if begins else codec.upper()
    return _not_played(shown or Message("of an unknown kind"))


def _not_played(name: Message | str) -> Message:
    return Message(
        "its sound is {codec}, which browsers do not play; as MP3, AAC or FLAC it would play",
        codec=name,
    )


def _seconds(
    container: "InputContainer", stream: "AudioStream", opened: BinaryIO, longest_s: float
) -> float | None:
    """How long the sound lasts; 0 if there is none, None if counting takes too long."""
    told = _told_seconds(container, stream, opened)
    counting = _Counting(container, stream)
    if told is not None and told <= longest_s:
        return told if counting.up_to(0) else 0.0
    counted = counting.up_to(longest_s)
    if counted is not None and told is not None and counted > longest_s:
        return max(told, counted)
    return counted


def _told_seconds(
    container: "InputContainer", stream: "AudioStream", opened: BinaryIO
) -> float | None:
    """Give what the header says; None where it says nothing, or FFmpeg has only guessed."""
    form = form_of(container)
    guessed = (
        form == "aac"  # raw frames, no header
        or (form == "mp3" and not _tells_length(opened))
        or (form == "mov" and not stream.frames)  # in fragments, of which it has seen some
    )
    if guessed:
        return None
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / 1e6 if container.duration else None


def _tells_length(opened: BinaryIO) -> bool:
    """Whether an MP3 tells its length (Xing's or LAME's header), and that is of this very file.

    Without it FFmpeg takes the first frames' bit rate for all; and a header stays as it was when
    its file is cut off.
    """
    back = opened.tell()
    opened.seek(0)
    head = opened.read(10)
    start = 0
    if head[:3] == b"ID3" and len(head) == 10:
        sizes = zip(head[6:], (21, 14, 7, 0), strict=True)
        start = 10 + sum((byte & 0x7F) << shift for byte, shift in sizes)
    opened.seek(start)
    frame = opened.read(4_096)
    size = opened.seek(0, 2) - start
    opened.seek(back)
    found = re.search(rb"(?:Xing|Info)\0\0\0[\3\7\x0b\x0f](.{8})", frame, re.DOTALL)
    if found is None:
        return False
    frames, told_size = struct.unpack(">II", found[1])
    return bool(frames and abs(told_size - size) <= size // 20)


class _Counting:
    """Adds up the packets of sound, as far as asked."""

    def __init__(self, container: "InputContainer", stream: "AudioStream") -> None:
        self._packets = container.demux(stream)
        self._unit = float(stream.time_base or 0)

    def up_to(self, longest_s: float) -> float | None:
        """Seconds until the end or just beyond `longest_s`; None if it takes too long.

        A packet without a length counts until the next one; the last one then counts nothing,
        unless it is the only one.
        """
        import av  # noqa: PLC0415

        until = time.monotonic() + MAX_COUNT_S
        total, start, last, untold = 0, None, 0, False
        try:
            for number, packet in enumerate(self._packets):
                if number >= MAX_PACKETS or time.monotonic() > until:
                    return None
                if not packet.size:
                    continue
                total += max(packet.duration or 0, 0)
                untold |= not packet.duration
                if packet.pts is not None:
                    start = packet.pts if start is None else start
                    last = max(last, packet.pts + (packet.duration or 0))
                if total * self._unit > longest_s:
                    break
                if longest_s <= 0:
                    return self._unit
        except (av.error.FFmpegError, TooManyReadsError):
            pass  # players, too, come so far and no further
        span = last - start if untold and start is not None else 0
        return max(total, span) * self._unit
