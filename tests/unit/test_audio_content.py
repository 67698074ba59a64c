"""Audio files by what they hold: which browsers play, which not and why, and how long they last."""

import io
import random
import resource
import subprocess
import sys
import threading
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from music_mood.files import audio_content
from music_mood.files.audio_content import Content, Unplayable, read_content
from music_mood.files.audio_files import MAX_MINUTES, GivenFile, read_audio_file
from music_mood.values import Skipped, Track
from tests.sounds import (
    CODECS,
    encoded,
    muxed,
    ogg_pages,
    silence,
    speex,
    wav,
    with_cover,
)

LONGEST_S = MAX_MINUTES * 60.0
FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "frag_duration": "500000"}
DASH = {"movflags": "dash+frag_keyframe+empty_moov+delay_moov", "frag_duration": "500000"}
NO_XING = {"write_xing": "0"}


def content(data: bytes) -> Content | Unplayable:
    return read_content(io.BytesIO(data), LONGEST_S)


def read(name: str, data: bytes) -> Track | Skipped:
    return read_audio_file(GivenFile(name, data=data))


def with_data_size(size: int, seconds: float = 3.0) -> bytes:
    """Say in a WAV's header that its sound has so many bytes."""
    data = bytearray(wav(seconds))
    data[4:8] = (size + 36 & 0xFFFFFFFF).to_bytes(4, "little")
    data[40:44] = size.to_bytes(4, "little")
    return bytes(data)


def changing_bit_rate() -> bytes:
    """Ten quiet seconds and twenty loud ones, and no header that tells of it."""
    return b"".join(
        muxed("mp3", "libmp3lame", seconds, options=NO_XING, bit_rate=rate)
        for seconds, rate in ((10.0, 32_000), (20.0, 320_000))
    )


def box(kind: bytes, *parts: bytes) -> bytes:
    """Make a box of an MP4 file (ISO 14496-12, 4.2)."""
    body = b"".join(parts)
    return (8 + len(body)).to_bytes(4, "big") + kind + body


# -- how long


LENGTHS = {
    "wav, size 0": (lambda: with_data_size(0), 3.0),
    "wav, size unknown": (lambda: with_data_size(0xFFFFFFFF), 3.0),
    "wav, size as sox": (lambda: with_data_size(0x7FFFFFFF), 3.0),
    "wav, size as arecord": (lambda: with_data_size(0x80000000), 3.0),
    "wav, cut off": (lambda: wav(6.0)[: 44 + 2 * 48_000 * 3], 3.0),
    "wav, piped": (lambda: muxed("wav", "pcm_s24le", 3.0, piped=True), 3.0),
    "wav, large (RF64)": (lambda: muxed("wav", "pcm_s16le", 3.0, options={"rf64": "always"}), 3.0),
    "flac, piped": (lambda: muxed("flac", "flac", 3.0, piped=True), 3.0),
    "flac in ogg": (lambda: muxed("ogg", "flac", 3.0), 3.0),
    "flac in ogg, piped": (lambda: muxed("ogg", "flac", 3.0, piped=True), 3.0),
    "m4a, fragmented": (lambda: muxed("mp4", "aac", 40.0, options=FRAGMENTED), 40.0),
    "m4a, fragmented, piped": (
        lambda: muxed("mp4", "aac", 40.0, options=FRAGMENTED, piped=True),
        40.0,
    ),
    "m4a, dash": (lambda: muxed("mp4", "aac", 40.0, options=DASH), 40.0),
    "aac": (lambda: muxed("adts", "aac", 20.0), 20.0),
    "mp3, no xing": (lambda: muxed("mp3", "libmp3lame", 20.0, options=NO_XING), 20.0),
    "mp3, rate changes": (changing_bit_rate, 30.0),
    "mp3, cut off": (lambda: encoded("mp3", 20.0)[: 16_000 * 5], 5.0),
    "mp3, joined": (lambda: encoded("mp3", 10.0) + encoded("mp3", 10.0), 20.0),
    "ogg, no end": (lambda: b"".join(ogg_pages(encoded("opus", 10.0))[:-1]), 9.5),
    "ogg, cut off": (lambda: encoded("ogg", 10.0)[:-2_000], 9.5),
    "webm, live": (
        lambda: muxed("webm", "libopus", 3.0, options={"live": "1"}, piped=True),
        3.0,
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", LENGTHS)
def test_a_length_that_the_header_does_not_tell_is_counted(kind: str):
    make, seconds = LENGTHS[kind]
    found = content(make())
    assert isinstance(found, Content), found
    assert found.seconds == pytest.approx(seconds, abs=0.6 if seconds == 9.5 else 0.1)


def test_a_broadcast_joined_in_the_middle_begins_there():
    pages = ogg_pages(encoded("ogg", 20.0))
    found = content(b"".join([*pages[:2], *pages[len(pages) // 2 :]]))
    assert 5 < found.seconds < 15


@pytest.mark.parametrize("size", [172_800_000, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_short_file_is_never_called_long(size: int):
    track = read("short.wav", with_data_size(size, 0.5))
    assert track.duration_ms == 500


@pytest.mark.slow
def test_what_is_long_is_called_so():
    assert str(read("x.wav", silence(1_561)).reason).startswith("it lasts 26 minutes")
    assert isinstance(read("x.wav", silence(1_499)), Track)
    raw = muxed("adts", "aac", 30.0, bit_rate=32_000) * 60
    assert str(read("x.aac", raw).reason).startswith("it lasts more than 25 minutes")


def test_counting_is_bounded(monkeypatch):
    monkeypatch.setattr(audio_content, "MAX_PACKETS", 50)
    assert "its length cannot be found out" in str(read("x.aac", muxed("adts", "aac", 5.0)).reason)
    assert isinstance(read("x.m4a", encoded("m4a", 5.0)), Track)  # tells it


# -- what is played


PLAYED = {
    "mp3": (lambda: encoded("mp3"), "audio/mpeg"),
    "aac": (lambda: muxed("adts", "aac"), "audio/aac"),
    "m4a": (lambda: encoded("m4a"), "audio/mp4"),
    "m4a, flac": (lambda: muxed("mp4", "flac"), "audio/mp4"),
    "m4a, opus": (lambda: muxed("mp4", "libopus"), "audio/mp4"),
    "quicktime": (lambda: muxed("mov", "aac"), "audio/mp4"),
    "flac": (lambda: encoded("flac"), "audio/flac"),
    "ogg, flac": (lambda: muxed("ogg", "flac"), "audio/ogg"),
    "ogg, vorbis": (lambda: encoded("ogg"), "audio/ogg"),
    "webm, opus": (lambda: muxed("webm", "libopus"), "audio/webm"),
    "webm, vorbis": (lambda: muxed("webm", "vorbis"), "audio/webm"),
    "mka, aac": (lambda: muxed("matroska", "aac"), "audio/x-matroska"),
    "wav, 24 bits": (lambda: muxed("wav", "pcm_s24le"), "audio/wav"),
    "wav, 32 bits": (lambda: muxed("wav", "pcm_s32le"), "audio/wav"),
    "wav, float": (lambda: muxed("wav", "pcm_f32le"), "audio/wav"),
    "wav, 8 bits": (lambda: muxed("wav", "pcm_u8"), "audio/wav"),
    "wav, mu-law": (lambda: muxed("wav", "pcm_mulaw"), "audio/wav"),
}
"""Each of these was played in Chromium 156."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", PLAYED)
@pytest.mark.parametrize("name", ["x", "x.mp3", "x.txt.wav"])
def test_what_browsers_play_is_told_by_its_content(kind: str, name: str):
    make, mime = PLAYED[kind]
    track = read(name, make())
    assert isinstance(track, Track), track
    assert track.audio_file.mime == mime
    assert track.duration_ms == pytest.approx(2_000, abs=60)


UNPLAYED = {
    "alac": (lambda: muxed("ipod", "alac"), "ALAC"),
    "ac3 in m4a": (lambda: muxed("mp4", "ac3"), "AC-3 (Dolby Digital)"),
    "eac3 in m4a": (lambda: muxed("mp4", "eac3"), "E-AC-3"),
    "ac3": (lambda: muxed("ac3", "ac3"), "AC-3 (Dolby Digital)"),
    "eac3": (lambda: muxed("eac3", "eac3"), "E-AC-3"),
    "adpcm of Microsoft": (lambda: muxed("wav", "adpcm_ms"), "ADPCM"),
    "adpcm of IMA": (lambda: muxed("wav", "adpcm_ima_wav"), "ADPCM"),
    "ac3 in wav": (lambda: muxed("wav", "ac3"), "AC-3"),
    "aac in wav": (lambda: muxed("wav", "aac"), "AAC in a kind of file"),
    "64 bits": (lambda: muxed("wav", "pcm_f64le"), "64-bit PCM"),
    "mp2": (lambda: muxed("mp2", "mp2"), "MP2"),
    "mp2 in wav": (lambda: muxed("wav", "mp2"), "MP2"),
    "speex": (speex, "Speex"),
    "wma": (lambda: muxed("asf", "wmav2", bit_rate=128_000), "WMA"),
    "aiff": (lambda: muxed("aiff", "pcm_s16be"), "AIFF"),
    "au": (lambda: muxed("au", "pcm_s16be"), "AU"),
    "caf": (lambda: muxed("caf", "alac"), "CAF"),
    "wave64": (lambda: muxed("w64", "pcm_s16le"), "Wave64"),
    "wavpack": (lambda: muxed("wv", "wavpack"), "WavPack"),
    "true audio": (lambda: muxed("tta", "tta"), "True Audio"),
    "amr": (lambda: muxed("amr", "libopencore_amrnb"), "AMR"),
    "ape": (lambda: b"MAC \x96\x0f" + bytes(200), "Monkey’s Audio"),
    "dsd": (lambda: b"DSD \x1c" + bytes(200), "DSD"),
    "dsd of Philips": (lambda: b"FRM8" + bytes(8) + b"DSD FVER" + bytes(99), "DSD"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", UNPLAYED)
def test_what_browsers_do_not_play_is_told_with_what_would_do(kind: str):
    make, codec = UNPLAYED[kind]
    for name in ("x.mp3", "x.wav", "x.m4a"):
        reason = str(read(name, make()).reason)
        assert reason.startswith(f"its sound is {codec}")
        assert "which browsers do not play; as MP3, AAC or FLAC it would play" in reason


@pytest.mark.parametrize(
    ("container", "codec", "film"),
    [
        ("mp4", "aac", "mpeg4"),
        ("mov", "aac", "mpeg4"),
        ("matroska", "libopus", "mpeg4"),
        ("webm", "libopus", "libvpx"),
        ("avi", "libmp3lame", "mpeg4"),
        ("flv", "aac", "flv"),
        ("mpegts", "aac", "mpeg2video"),
    ],
)
def test_a_video_is_called_a_video(container: str, codec: str, film: str):
    reason = str(read("x.m4a", muxed(container, codec, 1.0, film=film)).reason)
    assert reason == "it is a video; its sound alone, saved as MP3, AAC or FLAC, would play"


def test_a_cover_makes_no_video():
    picture = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (400, 400, 3), np.uint8)
    Image.fromarray(noise).save(picture, "PNG")
    plain = muxed("mp3", "libmp3lame", 2.0, options={"id3v2_version": "0"})
    track = read("x.mp3", with_cover(plain, picture.getvalue()))
    assert track.duration_ms == pytest.approx(2_000, abs=60)


def test_tags_of_forms_that_only_ffmpeg_knows():
    track = read("x.webm", muxed("webm", "libopus", title="Jóga", artist="Björk", album="Live"))
    assert (track.title, track.artist, track.album) == ("Jóga", "Björk", "Live")


def test_no_sound_at_all_is_told():
    header_only = muxed("flac", "flac", 2.0)[:200]
    for data in (header_only, with_data_size(0, 0.0)):
        assert str(read("x", data).reason).startswith("it is damaged")


# -- what strangers may bring


def claims(samples: int, junk: bytes = b"") -> bytes:
    """Make an MP4 of 1 kB whose header says that it has so many pieces of sound."""

    def number(value: int, size: int = 4) -> bytes:
        return value.to_bytes(size, "big")

    entry = box(
        b"mp4a",
        *(bytes(6), number(1, 2), bytes(8), number(2, 2), number(16, 2), bytes(4)),
        number(48_000 << 16),
    )
    table = box(
        b"stbl",
        box(b"stsd", bytes(4), number(1), entry),
        box(b"stts", bytes(4), number(1), number(samples), number(1_024)),
        box(b"stsc", bytes(4), number(1), number(1), number(samples), number(1)),
        box(b"free", junk),
        box(b"stsz", bytes(4), number(1), number(samples)),
        box(b"stco", bytes(4), number(1), number(40)),
    )
    media = box(
        b"mdia",
        box(b"mdhd", bytes(12), number(48_000), number(48_000), bytes(4)),
        box(b"hdlr", bytes(8), b"soun", bytes(13)),
        box(b"minf", table),
    )
    track = box(b"trak", box(b"tkhd", number(7), bytes(8), number(1), bytes(68)), media)
    movie = box(b"moov", box(b"mvhd", bytes(12), number(1_000), number(1_000), bytes(80)), track)
    return box(b"ftyp", b"M4A ", bytes(4)) + movie + box(b"mdat", bytes(1_000))


@pytest.mark.parametrize("junk", [b"", b"stsz", b"trun", b"trunstsz\1"])
def test_no_kilobyte_asks_for_gigabytes(junk: bytes):
    for begin in (b"ftyp", b"free", b"skip"):
        crafted = claims(100_000_000, junk).replace(b"ftyp", begin, 1)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert str(read("x.m4a", crafted).reason) == "it is damaged, or lasts longer than a day"
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB
    assert isinstance(content(claims(100)), Content)


def test_sound_may_look_like_a_header_by_chance():
    data = encoded("m4a", 2.0)
    start = data.index(b"mdat") + 100
    chance = b"stsz\0\0\0\0\0\0\0\1\xff\xff\xff\xfftrun\0\0\0\0\xff\xff\xff\xff"
    data = data[:start] + chance + data[start + len(chance) :]
    assert isinstance(read("x.m4a", data), Track)


def test_a_film_on_disk_is_not_read_into_memory(tmp_path):
    path = tmp_path / "film.mp4"
    data = muxed("mp4", "aac", 0.5, film="mpeg4", options=FRAGMENTED)
    position = data.index(b"mdat") - 4
    size = 2 << 30
    large = data[:position] + b"\0\0\0\1mdat" + size.to_bytes(8, "big") + data[position + 8 :]
    with path.open("wb") as file:
        file.write(large)
        file.truncate(position + size)  # takes no room
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    assert str(read_audio_file(GivenFile(path.name, path)).reason).startswith("it is a video")
    assert time.process_time() - started < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


def test_protected_files_are_told_on_disk_as_well(tmp_path):
    path = tmp_path / "x.m4a"
    path.write_bytes(encoded("m4a").replace(b"mp4a", b"drms", 1))
    assert "protected" in str(read_audio_file(GivenFile(path.name, path)).reason)


@pytest.mark.slow
def test_crafted_boxes_do_not_keep_the_server_busy():
    many = box(b"ftyp", b"M4A ") + (box(b"mdat") + box(b"free", b"trunstsz")) * (1 << 20)
    huge = box(b"ftyp", b"M4A ") + box(b"free", b"trun\0\0\0\0" * (3 << 20))
    for crafted in (many, huge):
        started = time.process_time()
        assert isinstance(read("x.m4a", crafted), Skipped)
        assert time.process_time() - started < 10


def test_looking_leaves_no_thread_and_no_memory():
    data = {suffix: encoded(suffix, 1.0) for suffix in CODECS}
    for _ in range(3):
        [content(one) for one in data.values()]
    threads = threading.active_count()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.start()
    for _ in range(60):
        [content(one) for one in data.values()]
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert threading.active_count() == threads
    assert kept < 200_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kB


@pytest.mark.slow
def test_ffmpeg_keeps_silent():
    code = """
import io, random
from music_mood.files.audio_content import read_content
from tests.sounds import CODECS, encoded
chance = random.Random(1)
for suffix in CODECS:
    for _ in range(5):
        data = bytearray(encoded(suffix, 0.5))
        for _ in range(30):
            data[chance.randrange(len(data))] = chance.randrange(256)
        read_content(io.BytesIO(bytes(data)), 60)
"""
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert (answer.stdout, answer.stderr) == (b"", b"")


@pytest.mark.slow
def test_ffmpeg_is_loaded_when_there_is_a_file():
    code = "import sys, music_mood.sources.files as f\nassert 'av' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


WHOLE = {
    **{suffix: lambda suffix=suffix: encoded(suffix, 0.3, title="A") for suffix in CODECS},
    "wav": lambda: wav(0.3),
    "aac": lambda: muxed("adts", "aac", 0.3),
    "webm": lambda: muxed("webm", "libopus", 0.3),
    "fragmented": lambda: muxed("mp4", "aac", 2.0, options=FRAGMENTED),
    "dash": lambda: muxed("mp4", "aac", 2.0, options=DASH),
    "flac in ogg": lambda: muxed("ogg", "flac", 0.3),
    "video": lambda: muxed("mp4", "aac", 0.3, film="mpeg4"),
    "alac": lambda: muxed("ipod", "alac", 0.3),
    "speex": lambda: speex(0.3),
}


def mutated(whole: bytes, chance: random.Random) -> bytes:
    """Change, cut, repeat or move some bytes, most of them near one of the ends."""
    data = bytearray(whole)
    for _ in range(chance.choice([1, 3, 20])):
        reach = chance.choice([64, 600, len(data)])
        at = chance.randrange(min(len(data), reach))
        at = at if chance.random() < 0.8 else len(data) - 1 - at
        match chance.randrange(5):
            case 0 | 1:
                data[at] = chance.randrange(256)
            case 2:
                data[at : at + 4] = chance.choice([bytes(4), b"\xff" * 4, b"\x7f\xff\xff\xff"])
            case 3:
                del data[at : at + chance.randrange(1, 40)]
            case 4:
                data[at:at] = data[max(0, at - chance.randrange(1, 200)) : at]
        if not data:
            break
    return bytes(data[: chance.randrange(1, len(data) + 1)] if chance.random() < 0.1 else data)


def check_mutations(kind: str, count: int) -> None:
    whole, chance = WHOLE[kind](), random.Random(kind)  # noqa: S311  reproducible
    for number in range(count):
        broken = mutated(whole, chance)
        started = time.process_time()
        found = read(f"x.{kind}", broken)
        assert isinstance(found, Track | Skipped), (kind, number)
        if isinstance(found, Skipped):
            assert str(found.reason)
        else:
            assert 0 < found.duration_ms <= LONGEST_S * 1_000
        assert time.process_time() - started < 15, (kind, number)


@pytest.mark.slow
@pytest.mark.parametrize("kind", WHOLE)
def test_mutated_files_are_tracks_or_told(kind: str):
    check_mutations(kind, 40)


@pytest.mark.slow
@pytest.mark.parametrize("kind", WHOLE)
def test_many_mutated_files_are_tracks_or_told(kind: str):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    check_mutations(kind, 800)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 400_000  # kB; what a crafted MP4 may claim at most


@settings(max_examples=300)
@given(
    st.sampled_from(
        [
            *(
                b"",
                b"\xff\xf1\x50\x80",
                b"\x1a\x45\xdf\xa3",
                b"fLaC\0\0\0\x22",
                b"RF64\xff\xff\xff",
            ),
            *(b"OggS\0\2", b"\0\0\0\x18ftypM4A ", b"\0\0\1\0moov", b"ID3\3\0\0\0\0\0\x0aTIT2"),
            *(b"\x0b\x77\0\0\0\x50", b"FORM0000AIFC", b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\2\0"),
        ]
    ),
    st.binary(max_size=600),
)
def test_no_beginning_makes_it_fail(start: bytes, rest: bytes):
    assert isinstance(content(start + rest), Content | Unplayable)
