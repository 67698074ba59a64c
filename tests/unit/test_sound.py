"""What music sounds like: an excerpt of a file, its loudness, its tempo, and what an ear hears."""

import io
import math
import re
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

from music_mood.files.audio_content import Content, read_content
from music_mood.sound import ear as ear_module
from music_mood.sound import excerpt as excerpt_module
from music_mood.sound.ear import EXTRA, Ear, is_installed
from music_mood.sound.excerpt import (
    LENGTH_S,
    LOWEST_HZ,
    MAX_DECODING_S,
    RATE_HZ,
    SHORTEST_S,
    Excerpt,
    middle_of,
)
from music_mood.sound.loudness import LUFS_TO_DB, loudness_db
from music_mood.sound.tempo import tempo_bpm
from music_mood.sound.vibes import HEARD
from music_mood.sources.demo import demo_playlist
from music_mood.values import FEATURE_NAMES, FEATURE_RANGES, AudioFeatures, Mood
from tests.sounds import encoded, silence, tone, wav

ROOT = Path(__file__).resolve().parents[2]
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}

BEGIN_HZ, MIDDLE_HZ, END_HZ = 300, 1_000, 3_000

FORMS = {
    "mp3": ("mp3", "libmp3lame"),
    "ogg vorbis": ("ogg", "vorbis"),
    "ogg opus": ("ogg", "libopus"),
    "ogg flac": ("ogg", "flac"),
    "flac": ("flac", "flac"),
    "wav": ("wav", "pcm_s16le"),
    "wav float": ("wav", "pcm_f32le"),
    "wav mp3": ("wav", "libmp3lame"),
    "m4a": ("mp4", "aac"),
    "m4a flac": ("mp4", "flac"),
    "m4a opus": ("mp4", "libopus"),
    "aac": ("adts", "aac"),
    "webm opus": ("webm", "libopus"),
    "webm vorbis": ("webm", "vorbis"),
    "mka aac": ("matroska", "aac"),
}
"""FFmpeg's names of container and codec, of every form that browsers play."""


def made(
    container: str,
    codec: str,
    samples: np.ndarray,
    rate: int = 48_000,
    *,
    options: dict[str, str] | None = None,
    path: Path | None = None,
) -> bytes:
    """A file of these samples: (channels, N), -1..1; by a path where it is written in two goes."""
    file, layout = io.BytesIO(), LAYOUTS[len(samples)]
    where = str(path) if path else file
    with av.open(where, "w", format=container, options=options or {}) as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        if codec == "vorbis":
            stream.codec_context.options = {"strict": "experimental"}  # FFmpeg's own
        resampler = av.AudioResampler(
            stream.codec_context.format.name, layout, rate, frame_size=stream.frame_size or 1024
        )
        planes = np.ascontiguousarray(samples, dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(planes, "fltp", layout)
        frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
        frame.pts = 0
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return path.read_bytes() if path else file.getvalue()


def sine(hertz: float, seconds: float, rate: int = 48_000) -> np.ndarray:
    return 0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def a_minute(rate: int = 48_000) -> np.ndarray:
    """Its middle half sounds otherwise than what is around it: (N,)."""
    parts = ((BEGIN_HZ, 15), (MIDDLE_HZ, 30), (END_HZ, 15))
    return np.concatenate([sine(hertz, seconds, rate) for hertz, seconds in parts])


@cache
def minute_in(form: str) -> bytes:
    """A minute in stereo."""
    return made(*FORMS[form], np.stack([a_minute()] * 2))


def pitch(samples: np.ndarray, rate: int = RATE_HZ) -> float:
    """The strongest frequency of samples (N,), in Hz."""
    strength = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(strength.argmax() * rate / len(samples))


def pitches(excerpt: Excerpt) -> list[float]:
    """Of a second near the beginning, in the middle and near the end, rounded to 10 Hz."""
    length = excerpt.mono.shape[0] / RATE_HZ
    starts = [0.3, length / 2 - 0.5, length - 1.3]
    seconds = [excerpt.mono[round(s * RATE_HZ) : round((s + 1) * RATE_HZ)] for s in starts]
    return [round(pitch(second), -1) for second in seconds]


def told_seconds(data: bytes) -> float:
    """As the app finds it out, and hands it on."""
    found = read_content(io.BytesIO(data), 36_000.0)
    assert isinstance(found, Content)
    return found.seconds


def middle(data: bytes, seconds: float) -> Excerpt | None:
    excerpt = middle_of(io.BytesIO(data), seconds)
    if excerpt is not None:
        assert excerpt.samples.dtype == np.float32
        assert excerpt.samples.shape[0] in (1, 2)
        assert SHORTEST_S * RATE_HZ <= excerpt.samples.shape[1] <= LENGTH_S * RATE_HZ
        assert np.isfinite(excerpt.samples).all()
        assert np.abs(excerpt.samples).max() <= 1
    return excerpt


def length_s(excerpt: Excerpt) -> float:
    return excerpt.samples.shape[1] / RATE_HZ


def slow_flac(rate: int, frames: int = 3) -> bytes:
    """Mono of 65 535 samples a frame in a dozen bytes each, at any rate (RFC 9639)."""
    block = 65_535
    numbers = (rate << 44 | 15 << 36 | block * frames).to_bytes(8, "big")
    streaminfo = struct.pack(">HH", block, block) + bytes(6) + numbers + bytes(16)
    data = b"fLaC\x80" + len(streaminfo).to_bytes(3, "big") + streaminfo
    for number in range(frames):
        head = struct.pack(">BBBBBH", 0xFF, 0xF8, 0x70, 0x08, number, block - 1)
        head += bytes([_crc(head, 0x07, 8)])
        body = head + b"\0" + struct.pack(">h", 8_000)  # one value for all
        data += body + struct.pack(">H", _crc(body, 0x8005, 16))
    return data


def _crc(data: bytes, polynomial: int, bits: int) -> int:
    check = 0
    for byte in data:
        check ^= byte << bits - 8
        for _ in range(8):
            check = check << 1 ^ (polynomial if check >> bits - 1 else 0)
            check &= (1 << bits) - 1
    return check


# -- an excerpt: from where


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_the_middle_is_taken_of_whatever_browsers_play(form):
    data = minute_in(form)
    excerpt = middle(data, told_seconds(data))
    assert length_s(excerpt) == LENGTH_S
    assert len(excerpt.samples) == 2
    assert pitches(excerpt) == [MIDDLE_HZ] * 3


def test_these_are_all_forms_that_browsers_play():
    from music_mood.files.audio_container import FORMS as PLAYED

    names = {"adts": "aac", "mp4": "mov", "webm": "matroska"}
    assert {names.get(container, container) for container, _ in FORMS.values()} == set(PLAYED)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_what_is_shorter_is_taken_whole(form):
    data = made(*FORMS[form], np.stack([sine(MIDDLE_HZ, 12)] * 2))
    excerpt = middle(data, told_seconds(data))
    assert length_s(excerpt) == pytest.approx(12, abs=0.1)


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 96_000])
def test_five_seconds_are_enough_and_less_is_not(rate):
    enough = made("wav", "pcm_s16le", sine(440, SHORTEST_S, rate)[None], rate)
    assert length_s(middle(enough, SHORTEST_S)) == SHORTEST_S
    less = made("wav", "pcm_s16le", sine(440, SHORTEST_S - 0.01, rate)[None], rate)
    assert middle(less, SHORTEST_S - 0.01) is None


@pytest.mark.slow
@pytest.mark.parametrize("form", ["mp3", "ogg opus", "flac", "wav", "m4a", "aac", "webm vorbis"])
@pytest.mark.parametrize("seconds", [0, 1, 30, -60, 9_000, 1e12, 1e300, math.inf, math.nan])
def test_a_length_that_is_wrong_or_not_known_leaves_the_beginning(form, seconds):
    assert pitches(middle(minute_in(form), seconds))[0] == BEGIN_HZ


def test_a_file_is_read_from_wherever_it_stands():
    opened = io.BytesIO(minute_in("mp3"))
    opened.seek(0, io.SEEK_END)
    assert pitches(middle_of(opened, 60)) == [MIDDLE_HZ] * 3


# -- an excerpt: as what


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 48_000, 96_000, 192_000])
def test_every_rate_becomes_that_of_a_cd(rate):
    excerpt = middle(made("flac", "flac", a_minute(rate)[None], rate), 60)
    assert length_s(excerpt) == LENGTH_S
    assert pitches(excerpt) == [MIDDLE_HZ] * 3


@pytest.mark.parametrize("form", ["mp3", "flac", "wav", "m4a"])
def test_one_channel_stays_one(form):
    excerpt = middle(made(*FORMS[form], a_minute()[None]), 60)
    assert excerpt.samples.shape == (1, LENGTH_S * RATE_HZ)
    np.testing.assert_array_equal(excerpt.mono, excerpt.samples[0])


def test_two_channels_stay_apart_and_mono_is_their_mean():
    both = np.stack([sine(BEGIN_HZ, 10), sine(END_HZ, 10)])
    excerpt = middle(made("flac", "flac", both), 10)
    assert [round(pitch(one), -1) for one in excerpt.samples] == [BEGIN_HZ, END_HZ]
    np.testing.assert_allclose(excerpt.mono, excerpt.samples.mean(axis=0), atol=1e-6)


def test_surround_becomes_stereo_and_no_voice_gets_lost():
    hertz = {"left": 500, "right": 700, "centre": 900, "deep": 50, "back l": 1_100, "back r": 1_300}
    data = made("flac", "flac", np.stack([sine(one, 10) for one in hertz.values()]))
    left, right = middle(data, 10).samples
    strength = [np.abs(np.fft.rfft(side[:RATE_HZ])) for side in (left, right)]
    heard = [{name for name, hz in hertz.items() if side[hz] > 1_000} for side in strength]
    assert heard == [{"left", "centre", "back l"}, {"right", "centre", "back r"}]


def test_numbers_that_are_none_and_levels_beyond_the_scale_are_mended():
    samples = np.stack([sine(440, 10)] * 2)
    samples[:, 1_000:2_000], samples[:, 9_000:9_500] = np.nan, np.inf
    samples[:, 20_000:30_000] *= 50
    excerpt = middle(made("wav", "pcm_f32le", samples), 10)
    assert np.abs(excerpt.samples).max() == 1


# -- an excerpt: of what is damaged, cut off, or no sound at all


@pytest.mark.slow
@pytest.mark.parametrize("what", ["noise", "zeros"])
@pytest.mark.parametrize("at", [0.3, 0.45])
@pytest.mark.parametrize("form", FORMS)
def test_what_is_damaged_in_the_middle_is_heard_as_far_as_it_goes(form, at, what):
    data = bytearray(minute_in(form))
    start, end = round(at * len(data)), round((at + 0.05) * len(data))
    noise = np.random.default_rng(1).bytes(end - start)
    data[start:end] = noise if what == "noise" else bytes(end - start)
    excerpt = middle(bytes(data), 60)
    begins = pitches(excerpt)[0]
    assert begins == MIDDLE_HZ or (at == 0.3 and begins == BEGIN_HZ)  # 3 s before are too few
    if not form.startswith("ogg"):  # of which FFmpeg finds no next page so far away
        assert length_s(excerpt) > 25


INDEX_FIRST = {"movflags": "faststart"}


@pytest.mark.slow
@pytest.mark.parametrize("left", [0.2, 0.5])
@pytest.mark.parametrize("form", FORMS)
def test_what_is_cut_off_is_heard_as_far_as_it_goes(form, left, tmp_path):
    """Whatever its header still says: half of it has 15 s of the middle, a fifth has none."""
    data = minute_in(form)
    if form.startswith("m4a"):
        data = made(
            *FORMS[form], np.stack([a_minute()] * 2), options=INDEX_FIRST, path=tmp_path / "m4a"
        )
    excerpt = middle(data[: round(left * len(data))], 60)
    assert pitches(excerpt)[0] == (MIDDLE_HZ if left == 0.5 else BEGIN_HZ)


@pytest.mark.parametrize("form", ["webm opus", "mka aac"])
def test_where_a_files_own_index_leads_astray_the_middle_is_found_all_the_same(form):
    """Every entry (CueClusterPosition, RFC 9559) names the last place."""
    data = minute_in(form)
    cues = data.rindex(b"\x1c\x53\xbb\x6b")
    places = re.findall(rb"\xf1\x83(...)", data[cues:], re.DOTALL)
    assert len(places) > 5
    last = b"\xf1\x83" + max(places)
    astray = data[:cues] + re.sub(rb"\xf1\x83...", lambda _: last, data[cues:], flags=re.DOTALL)
    assert pitches(middle(astray, 60)) == [MIDDLE_HZ] * 3


def test_an_m4a_without_its_index_is_nothing():
    assert middle(minute_in("m4a")[:-20_000], 60) is None


@pytest.mark.parametrize("first", [1, 2])
@pytest.mark.parametrize("form", ["mp3", "aac"])
def test_pieces_of_other_rates_and_layouts_may_follow_each_other(form, first):
    """As in recordings of radio. What is 1 000 Hz stays that, and a second a second."""
    options = {"write_xing": "0"} if form == "mp3" else None
    one = made(
        *FORMS[form], np.stack([sine(MIDDLE_HZ, 8, 44_100)] * first), 44_100, options=options
    )
    two = made(*FORMS[form], np.stack([sine(MIDDLE_HZ, 8)] * (3 - first)), 48_000, options=options)
    three = made(*FORMS[form], np.stack([sine(MIDDLE_HZ, 8, 32_000)] * 2), 32_000, options=options)
    excerpt = middle(one + two + three, 0)
    assert len(excerpt.samples) == first
    assert length_s(excerpt) == pytest.approx(24, abs=0.4)
    assert pitches(excerpt) == [MIDDLE_HZ] * 3


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"no sound at all " * 5_000,
        bytes(100_000),
        b"ID3\3\0\0\0\0\0\0",
        wav(0.0),
        wav(10.0)[:44],
        b"RIFF\xff\xff\xff\xffWAVEfmt ",
        made("aiff", "pcm_s16be", sine(440, 10)[None]),  # no browser plays it
        made("wav", "adpcm_ms", sine(440, 10)[None]),
    ],
    ids=[
        "nothing",
        "a byte",
        "text",
        "zeros",
        "id3",
        "no samples",
        "head",
        "half",
        "aiff",
        "adpcm",
    ],
)
@pytest.mark.parametrize("seconds", [0, 60])
def test_what_is_no_sound_is_nothing(data, seconds):
    assert middle(data, seconds) is None


def test_a_disk_that_fails_is_told():
    class Failing(io.BytesIO):
        def read(self, size=-1):
            if self.tell() > 100_000:
                raise OSError("the disk is gone")
            return super().read(size)

    with pytest.raises(OSError, match="the disk is gone"):
        middle_of(Failing(minute_in("wav")), 60)


# -- an excerpt: within bounds


class Clock:
    """Seconds go by as it is looked at."""

    def __init__(self, step: float) -> None:
        self.looks, self._step = 0, step

    def monotonic(self) -> float:
        self.looks += 1
        return self.looks * self._step


@pytest.mark.slow
@pytest.mark.parametrize("form", ["mp3", "ogg opus", "flac", "wav", "m4a", "aac", "webm vorbis"])
@pytest.mark.parametrize("seconds", [0, 60, 9_000])
def test_decoding_ends_in_time_whatever_was_tried(form, seconds, monkeypatch):
    clock = Clock(step=0.5)
    monkeypatch.setattr(excerpt_module, "time", clock)
    assert middle(minute_in(form), seconds) is None  # 40 packets are less than five seconds
    tries = 3
    assert clock.looks <= MAX_DECODING_S / 0.5 + 1 + tries


def test_what_was_decoded_in_time_counts(monkeypatch):
    monkeypatch.setattr(excerpt_module, "time", Clock(step=MAX_DECODING_S / 400))
    excerpt = middle(minute_in("mp3"), 60)
    assert SHORTEST_S < length_s(excerpt) < 12  # 400 packets of 24 ms
    assert pitches(excerpt) == [MIDDLE_HZ] * 3


@pytest.mark.slow
@pytest.mark.parametrize("rate", [1, 2, 50, LOWEST_HZ - 1])
def test_few_samples_a_second_do_not_become_many(rate):
    """In a fresh process, since the largest size of this one is not told anew."""
    code = (
        "import io, resource\n"
        "from music_mood.sound.excerpt import middle_of\n"
        "from music_mood.files.audio_container import container_of\n"
        "from tests.unit.test_sound import slow_flac, wav\n"
        "def most(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        "middle_of(io.BytesIO(wav(6.0)), 6.0)\n"
        f"before, found = most(), middle_of(io.BytesIO(slow_flac({rate})), 0)\n"
        "print(found, most() - before)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found, grown_mb = answer.stdout.split()
    assert found == "None"
    assert int(grown_mb) < 20


@pytest.mark.parametrize("rate", [LOWEST_HZ, 8_000, 44_100])
def test_large_frames_alone_are_no_reason_to_pass_them_over(rate):
    frames = 7
    excerpt = middle(slow_flac(rate, frames), 0)
    assert length_s(excerpt) == pytest.approx(min(frames * 65_535 / rate, LENGTH_S), abs=0.01)


def test_of_hours_no_more_than_the_excerpt_is_decoded():
    data = silence(2 * 3_600)
    began = time.process_time()
    assert length_s(middle(data, 7_200.0)) == LENGTH_S
    assert time.process_time() - began < 1


# -- loudness


def of_samples(*channels: np.ndarray) -> Excerpt:
    return Excerpt(np.stack(channels).astype(np.float32))


def full_scale(decibels: float = 0.0, hertz: float = 997.0, seconds: float = 8.0) -> np.ndarray:
    phase = 2 * np.pi * hertz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return 10 ** (decibels / 20) * np.sin(phase)


@pytest.mark.sound
@pytest.mark.slow
@pytest.mark.parametrize("decibels", [0, -6, -20, -23, -40])
def test_the_sine_of_the_standard_has_its_loudness(decibels):
    """ITU-R BS.1770-4: 997 Hz at full scale in one channel alone are -3.01 LKFS, in two 0."""
    one, nothing = full_scale(decibels), 0 * full_scale()
    expected = decibels + LUFS_TO_DB
    assert loudness_db(of_samples(one, one)) == pytest.approx(expected, abs=0.1)
    assert loudness_db(of_samples(one, nothing)) == pytest.approx(expected - 3.01, abs=0.1)


@pytest.mark.sound
def test_one_channel_is_as_loud_as_two_that_are_alike():
    noise = np.random.default_rng(1).normal(0, 0.1, 8 * RATE_HZ)
    assert loudness_db(of_samples(noise)) == pytest.approx(
        loudness_db(of_samples(noise, noise)), abs=1e-6
    )


@pytest.mark.sound
@pytest.mark.parametrize("gain_db", [-12, -6, 6])
def test_a_change_of_level_is_that_change_of_loudness(gain_db):
    noise = np.random.default_rng(1).normal(0, 0.05, (2, 8 * RATE_HZ))
    louder = noise * 10 ** (gain_db / 20)
    change = loudness_db(of_samples(*louder)) - loudness_db(of_samples(*noise))
    assert change == pytest.approx(gain_db, abs=1e-3)


@pytest.mark.sound
def test_pauses_do_not_make_a_piece_quiet():
    sound = full_scale(-20)
    with_pauses = np.concatenate([sound, 0 * sound, sound])
    alone, paused = loudness_db(of_samples(sound)), loudness_db(of_samples(with_pauses))
    assert paused == pytest.approx(alone, abs=0.5)  # their mean would be 1.8 dB less


@pytest.mark.sound
@pytest.mark.parametrize(
    "silent",
    [np.zeros(6 * RATE_HZ), full_scale(-80), np.full(6 * RATE_HZ, 1e-40)],
    ids=["nothing", "below -70 LUFS", "smallest numbers"],
)
def test_silence_has_no_loudness(silent):
    assert loudness_db(of_samples(silent)) == -math.inf
    assert loudness_db(of_samples(silent, silent)) == -math.inf


@pytest.mark.sound
def test_the_loudest_and_the_quietest_there_can_be_are_within_the_range():
    low, high = FEATURE_RANGES["loudness"]
    loudest = np.sign(full_scale(hertz=5_000))
    assert low < loudness_db(of_samples(full_scale(-69.5))) < -60
    assert 5 < loudness_db(of_samples(loudest, loudest)) < high


# -- tempo


def clicks(bpm: float, seconds: float = LENGTH_S) -> Excerpt:
    samples = np.zeros(round(seconds * RATE_HZ))
    time_s = np.arange(2_000) / RATE_HZ
    click = 0.8 * np.exp(-time_s * 200) * np.sin(2 * np.pi * 1_000 * time_s)
    for start_s in np.arange(0, seconds - 0.1, 60 / bpm):
        at = round(start_s * RATE_HZ)
        samples[at : at + len(click)] += click
    return of_samples(samples)


def octaves_apart(one: float, other: float) -> float:
    """Round the circle: 0 for the same, half or double tempo."""
    return abs((math.log2(one / other) + 0.5) % 1 - 0.5)


@pytest.mark.sound
@pytest.mark.parametrize("bpm", range(60, 181, 8))
def test_beats_are_counted_and_folded_into_one_octave(bpm):
    found = tempo_bpm(clicks(bpm))
    assert 70 <= found <= 140
    assert octaves_apart(found, bpm) < math.log2(1.03)


@pytest.mark.sound
@pytest.mark.parametrize("seconds", [SHORTEST_S, LENGTH_S])
@pytest.mark.parametrize("channels", [1, 2])
def test_what_has_no_beat_has_no_tempo_or_one_in_range(seconds, channels):
    size = round(seconds * RATE_HZ)
    beatless = {
        "silence": np.zeros(size),
        "constant": np.full(size, 0.5),
        "tone": full_scale(-6, seconds=seconds),
        "noise": np.random.default_rng(1).normal(0, 0.2, size),
        "a click": np.concatenate([np.zeros(size - 10), np.ones(10)]),
    }
    found = {name: tempo_bpm(of_samples(*[one] * channels)) for name, one in beatless.items()}
    assert found["silence"] == 0
    assert all(bpm == 0 or 70 <= bpm <= 140 for bpm in found.values()), found


# -- an ear


@pytest.fixture(scope="module")
def ear() -> Ear:
    return Ear()


def by_demo(mood: Mood, count: int = 2) -> list[Path]:
    """Tracks of the demo that their makers gave a mood."""
    paths = [one.audio_path for one in demo_playlist().tracks if one.makers_mood is mood]
    return paths[:count]


def hear(ear: Ear, path: Path) -> AudioFeatures:
    data = path.read_bytes()
    return ear.hear(io.BytesIO(data), told_seconds(data))


class FakeVibes:
    """Stands in for the network: says the same of everything."""

    loaded = 0
    value = 0.5

    def __init__(self) -> None:
        time.sleep(0.05)  # as loading takes its time: others come meanwhile
        type(self).loaded += 1

    def of(self, excerpt: Excerpt) -> dict[str, float]:
        return dict.fromkeys(HEARD, self.value)


@pytest.fixture
def fake(monkeypatch) -> type[FakeVibes]:
    vibes = type("Vibes", (FakeVibes,), {})
    monkeypatch.setattr(ear_module, "Vibes", vibes)
    return vibes


@pytest.mark.sound
@pytest.mark.slow
def test_music_has_nine_features_in_range(ear):
    for path in by_demo(Mood.HAPPY):
        features = hear(ear, path)
        for name in FEATURE_NAMES:
            value = getattr(features, name)
            low, high = FEATURE_RANGES[name]
            assert math.isfinite(value)
            assert low <= value <= high
        assert hear(ear, path) == features


def drums_and_strings(seconds: float = LENGTH_S) -> np.ndarray:
    """Hard strokes of noise over a fifth of square waves: (N,)."""
    size = round(seconds * RATE_HZ)
    time_s = np.arange(size) / RATE_HZ
    since_stroke_s = time_s % (60 / 260)
    strokes = np.random.default_rng(1).normal(0, 0.4, size) * np.exp(-since_stroke_s * 50)
    strings = sum(0.2 * np.sign(np.sin(2 * np.pi * hertz * time_s)) for hertz in (110, 165))
    return np.clip(strokes + strings, -1, 1)


def soft_chord(seconds: float = LENGTH_S) -> np.ndarray:
    """Three sines that swell and fade: (N,)."""
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    chord = sum(0.05 * np.sin(2 * np.pi * hertz * time_s) for hertz in (220, 277, 330))
    return chord * (0.6 + 0.4 * np.sin(0.2 * np.pi * time_s))


@pytest.mark.sound
@pytest.mark.slow
def test_what_stirs_is_heard_as_stirring(ear):
    """So that what reaches the network is the sound, at the rate it was taught with."""
    files = [
        made("flac", "flac", np.stack([one] * 2), RATE_HZ)
        for one in (drums_and_strings(), soft_chord())
    ]
    stirring, gentle = (ear.hear(io.BytesIO(file), LENGTH_S) for file in files)
    assert stirring.energy > gentle.energy + 0.2
    assert stirring.acousticness < gentle.acousticness - 0.3
    assert stirring.loudness > gentle.loudness + 10


@pytest.mark.sound
@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_every_form_that_browsers_play_is_heard(ear, form):
    features = ear.hear(io.BytesIO(minute_in(form)), 60)
    whole = ear.hear(io.BytesIO(minute_in("wav float")), 60)
    assert features.loudness == pytest.approx(whole.loudness, abs=1)
    assert features.energy == pytest.approx(whole.energy, abs=0.15)


@pytest.mark.sound
@pytest.mark.slow
def test_threads_share_one_ear(ear):
    paths = [*by_demo(Mood.CALM), *by_demo(Mood.ENERGETIC)]
    alone = [hear(ear, path) for path in paths]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda path: hear(ear, path), paths * 2))
    assert together == alone * 2


@pytest.mark.sound
@pytest.mark.parametrize("channels", [1, 2])
def test_silence_is_nothing_and_no_network_is_asked(fake, channels):
    quiet = made("flac", "flac", np.zeros((channels, 48_000 * 10)))
    assert Ear().hear(io.BytesIO(quiet), 10) is None
    assert fake.loaded == 0


def test_what_cannot_be_decoded_or_is_too_short_is_nothing_and_nothing_is_loaded(fake):
    for data in (b"", b"no sound", wav(4.9), encoded("mp3", 1.0)):
        assert Ear().hear(io.BytesIO(data), 60) is None
    assert fake.loaded == 0


@pytest.mark.sound
def test_loudness_and_tempo_join_what_the_network_hears(fake):
    features = Ear().hear(io.BytesIO(wav(10.0)), 10.0)
    assert all(getattr(features, name) == 0.5 for name in HEARD)
    level_db = 20 * math.log10(np.abs(tone(1.0)).max() / 2**15)
    assert features.loudness == pytest.approx(level_db + LUFS_TO_DB, abs=1)  # 440 Hz, not 997
    assert features.tempo == 0 or 70 <= features.tempo <= 140


@pytest.mark.sound
def test_a_network_that_says_no_number_leaves_it_unknown(fake):
    fake.value = math.nan
    assert Ear().hear(io.BytesIO(wav(10.0)), 10.0) is None


def test_it_loads_once_however_many_come_at_once(fake):
    ear, start = Ear(), threading.Barrier(8)

    def load(_: int) -> object:
        start.wait(10)
        return ear.load()

    with ThreadPoolExecutor(8) as pool:
        loaded = list(pool.map(load, range(8)))
    assert fake.loaded == 1
    assert all(one is loaded[0] for one in loaded)


def test_it_tries_again_where_loading_failed(fake, monkeypatch):
    ear = Ear()
    monkeypatch.setattr(ear_module, "Vibes", SimpleNamespace())  # cannot be called
    with pytest.raises(TypeError):
        ear.load()
    monkeypatch.setattr(ear_module, "Vibes", fake)
    assert isinstance(ear.load(), fake)


def test_making_an_ear_loads_nothing(fake):
    Ear()
    assert fake.loaded == 0


@pytest.mark.parametrize("missing", [None, *EXTRA])
def test_it_is_installed_if_nothing_is_missing(missing, monkeypatch):
    monkeypatch.setattr(ear_module, "find_spec", lambda name: None if name == missing else name)
    assert is_installed() is (missing is None)
