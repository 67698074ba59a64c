"""Audio features that are heard in somebody's own files: by a fake ear, and by the real one."""

import io
import logging
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from music_mood.errors import ProviderError
from music_mood.features import sound as module
from music_mood.features.chain import FeatureChain
from music_mood.features.provider import Found
from music_mood.features.sound import KEPT_EVERY, OwnSound, has_sound
from music_mood.sound import ear as ear_module
from music_mood.sound.ear import ANALYSIS, Ear
from music_mood.sources.demo import demo_playlist
from music_mood.values import SOUND, AudioFeatures, AudioFile, Track
from tests.sounds import encoded, wav

ROOT = Path(__file__).resolve().parents[2]

UNHEARD = b"cannot be decoded"
GONE = "gone.mp3"


def sounding(loudness: float) -> AudioFeatures:
    return AudioFeatures(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, loudness, 0.5, 100)


def loudness_of(data: bytes) -> float:
    """What the fake ear hears."""
    return -(len(data) % 7_900) / 100


class FakeEar:
    """Hears of a file how long it is, and takes that for its loudness."""

    def __init__(self, takes_s: float = 0.0) -> None:
        self.heard: list[bytes] = []
        self.seconds: list[float] = []
        self.loads, self.most, self._now = 0, 0, 0
        self._takes_s, self._counting = takes_s, threading.Lock()

    def load(self) -> None:
        self.loads += 1

    def hear(self, opened: io.BytesIO, seconds: float) -> AudioFeatures | None:
        with self._counting:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(self._takes_s)
        opened.seek(0)  # as an ear that takes the middle; digests have read to the end
        data = opened.read()
        with self._counting:
            self._now -= 1
            self.heard.append(data)
            self.seconds.append(seconds)
        return None if data == UNHEARD else sounding(loudness_of(data))


class FakeMemory:
    """Remembers, and counts how often it is told."""

    def __init__(self) -> None:
        self.known: dict[str, AudioFeatures] = {}
        self.asked: list[str] = []
        self.told: list[int] = []

    def heard(self, names: Collection[str]) -> Mapping[str, AudioFeatures]:
        self.asked += names
        return {name: self.known[name] for name in names if name in self.known}

    def keep_heard(self, features: Mapping[str, AudioFeatures]) -> None:
        self.told.append(len(features))
        self.known.update(features)


def in_memory(number: int, data: bytes | None = None) -> Track:
    content = b"x" * (number + 1) if data is None else data
    file = AudioFile(f"{number}.mp3", "audio/mpeg", content)
    return Track(f"T{number}", "", audio_file=file, duration_ms=1_000 * number)


def on_disk(folder: Path, name: str, data: bytes) -> Track:
    path = folder / name
    if name != GONE:
        path.write_bytes(data)
    return Track(name, "", audio_path=path, duration_ms=2_000)


def improved(provider: OwnSound, tracks: Sequence[Track]) -> tuple[list[Track], list[Found]]:
    steps = list(provider.improve(tracks))
    found = list(tracks)
    for step in steps:
        for at, track in step.tracks.items():
            found[at] = track
    return found, steps


# -- which tracks, and how far


@pytest.mark.parametrize("place", ["memory", "disk"])
def test_each_file_gets_what_was_heard_of_it(tmp_path, place):
    datas = [b"x" * (number + 1) for number in range(40)]
    make = (
        (lambda n: in_memory(n, datas[n]))
        if place == "memory"
        else (lambda n: on_disk(tmp_path, f"{n}.mp3", datas[n]))
    )
    tracks = [make(number) for number in range(40)]
    found, steps = improved(OwnSound(FakeEar()), tracks)
    assert [one.features.loudness for one in found] == [loudness_of(data) for data in datas]
    assert {one.features_source for one in found} == {SOUND}
    assert [replace(one, features=None, features_source=None) for one in found] == tracks
    assert sum(step.asked for step in steps) == 40
    assert all(len(step.tracks) <= 1 for step in steps)  # so that a bar moves
    assert not any(step.settled for step in steps)


def test_what_is_no_file_is_counted_and_left_alone():
    tracks = [Track("A", "B", spotify_id="1"), in_memory(1), Track("C", "D"), in_memory(2)]
    ear = FakeEar()
    found, steps = improved(OwnSound(ear), tracks)
    assert [one.features is not None for one in found] == [False, True, False, True]
    assert found[0] is tracks[0]
    assert steps[-1] == Found(2, {})
    assert sum(step.asked for step in steps) == 4
    assert [has_sound(one) for one in tracks] == [False, True, False, True]


def test_where_nothing_is_a_file_nothing_is_loaded():
    ear = FakeEar()
    _, steps = improved(OwnSound(ear), [Track("A", "B")] * 3)
    assert (steps, ear.loads) == ([], 0)


def test_the_length_is_handed_on_in_seconds_and_0_where_it_is_not_known():
    ear = FakeEar()
    tracks = [in_memory(90), replace(in_memory(1), duration_ms=None)]
    improved(OwnSound(ear), tracks)
    assert sorted(ear.seconds) == [0, 90]


def test_what_cannot_be_heard_or_read_stays_unknown_and_counts(tmp_path):
    tracks = [
        in_memory(1),
        in_memory(2, UNHEARD),
        on_disk(tmp_path, GONE, b""),
        replace(in_memory(4), audio_file=None, audio_path=tmp_path),  # a folder
        in_memory(5),
    ]
    for memory in (None, FakeMemory()):
        found, steps = improved(OwnSound(FakeEar(), memory), tracks)
        assert [one.features is not None for one in found] == [True, False, False, False, True]
        assert sum(step.asked for step in steps) == len(tracks)
    assert len(memory.known) == 2


def test_a_file_in_memory_of_no_bytes_is_a_file_all_the_same():
    ear = FakeEar()
    improved(OwnSound(ear), [in_memory(0, b"")])
    assert ear.heard == [b""]


def test_at_most_one_a_core_is_heard_at_once_whoever_asks(monkeypatch):
    monkeypatch.setattr(module.os, "cpu_count", lambda: 3)
    ear = FakeEar(takes_s=0.01)
    provider = OwnSound(ear)
    with ThreadPoolExecutor(4) as visitors:
        answers = list(
            visitors.map(lambda _: improved(provider, [in_memory(n) for n in range(12)]), range(4))
        )
    assert all(track.features for found, _ in answers for track in found)
    assert ear.most == 3


def test_where_nobody_knows_how_many_cores_there_are_one_file_is_heard_at_a_time(monkeypatch):
    monkeypatch.setattr(module.os, "cpu_count", lambda: None)
    ear = FakeEar(takes_s=0.005)
    improved(OwnSound(ear), [in_memory(n) for n in range(6)])
    assert ear.most == 1


def test_whoever_stops_listening_stops_the_hearing(monkeypatch):
    monkeypatch.setattr(module.os, "cpu_count", lambda: 2)
    ear = FakeEar(takes_s=0.01)
    steps = OwnSound(ear).improve([in_memory(n) for n in range(200)])
    next(steps), next(steps)
    steps.close()
    time.sleep(0.1)
    assert len(ear.heard) < 20


# -- what is remembered, by what a file holds


def test_the_same_content_is_heard_once_whatever_it_is_called(tmp_path):
    memory, ear = FakeMemory(), FakeEar()
    improved(OwnSound(ear, memory), [on_disk(tmp_path, "a.mp3", b"the song")])
    again = [
        on_disk(tmp_path, "b.flac", b"the song"),
        in_memory(7, b"the song"),
        on_disk(tmp_path, "a.mp3", b"the song"),
    ]
    later = FakeEar()
    found, steps = improved(OwnSound(later, memory), again)
    assert later.heard == []
    assert {one.features for one in found} == {sounding(-0.08)}
    assert {one.features_source for one in found} == {SOUND}
    assert sum(step.asked for step in steps) == 3
    assert memory.told == [1]  # what is known is not kept anew


@pytest.mark.parametrize("at", [0, 40_000, 79_999])
def test_one_other_byte_is_another_sound(tmp_path, at):
    memory, ear = FakeMemory(), FakeEar()
    data = bytearray(80_000)
    improved(OwnSound(ear, memory), [on_disk(tmp_path, "a.mp3", bytes(data))])
    data[at] ^= 1
    improved(OwnSound(ear, memory), [on_disk(tmp_path, "a.mp3", bytes(data))])
    assert len(ear.heard) == len(memory.known) == 2


def test_another_analysis_hears_anew(tmp_path, monkeypatch):
    memory, ear = FakeMemory(), FakeEar()
    track = on_disk(tmp_path, "a.mp3", b"the song")
    improved(OwnSound(ear, memory), [track])
    monkeypatch.setattr(module, "ANALYSIS", ANALYSIS + "x")
    improved(OwnSound(ear, memory), [track])
    assert len(ear.heard) == len(memory.known) == 2


def test_names_tell_nothing_of_a_file_but_its_digest(tmp_path):
    memory = FakeMemory()
    improved(OwnSound(FakeEar(), memory), [on_disk(tmp_path, "My diary.mp3", b"secret")])
    (name,) = memory.known
    begin, analysis, digest = name.split(":")
    assert (begin, analysis, len(digest)) == (SOUND, ANALYSIS, 32)
    assert int(digest, 16) >= 0


def test_what_could_not_be_heard_is_not_remembered():
    memory = FakeMemory()
    improved(OwnSound(FakeEar(), memory), [in_memory(1, UNHEARD)])
    assert (memory.known, memory.told) == ({}, [])


def test_the_memory_is_told_now_and_then_and_of_the_rest():
    memory = FakeMemory()
    count = 2 * KEPT_EVERY + 5
    improved(OwnSound(FakeEar(), memory), [in_memory(n) for n in range(count)])
    assert memory.told == [KEPT_EVERY, KEPT_EVERY, 5]
    assert len(memory.known) == count


def test_nothing_is_kept_of_nothing():
    memory = FakeMemory()
    improved(OwnSound(FakeEar(), memory), [in_memory(n) for n in range(KEPT_EVERY)])
    assert memory.told == [KEPT_EVERY]


def _stopped(steps) -> None:
    steps.close()


def _interrupted(steps) -> None:
    with pytest.raises(KeyboardInterrupt):
        steps.throw(KeyboardInterrupt())


@pytest.mark.parametrize("leave", [_stopped, _interrupted])
@pytest.mark.parametrize("count", [1, 7, KEPT_EVERY, KEPT_EVERY + 3])
def test_what_was_heard_is_kept_when_whoever_waits_leaves(leave, count):
    memory = FakeMemory()
    steps = OwnSound(FakeEar(), memory).improve([in_memory(n) for n in range(60)])
    for _ in range(1 + count):  # the first step tells that it has begun
        next(steps)
    leave(steps)
    assert len(memory.known) == sum(memory.told) == count


def test_a_file_that_breaks_the_ear_costs_no_other(caplog):
    class Breaking(FakeEar):
        def hear(self, opened, seconds):
            if opened.read() == in_memory(5).audio_file.data:
                raise RuntimeError("onnxruntime cannot")
            opened.seek(0)
            return super().hear(opened, seconds)

    memory = FakeMemory()
    found, _ = improved(OwnSound(Breaking(), memory), [in_memory(n) for n in range(9)])
    assert [one.features is not None for one in found] == [n != 5 for n in range(9)]
    assert len(memory.known) == 8
    assert "onnxruntime cannot" in caplog.text


def test_without_a_memory_nothing_is_hashed(monkeypatch):
    def no_digest(*_):
        pytest.fail("what visitors have is nobody's business")

    monkeypatch.setattr(module.hashlib, "file_digest", no_digest)
    monkeypatch.setattr(module.hashlib, "blake2b", no_digest)
    found, _ = improved(OwnSound(FakeEar()), [in_memory(1)])
    assert found[0].features


# -- an extra that is broken


@pytest.fixture(params=[ImportError, OSError, RuntimeError, SystemError, AttributeError])
def broken(request, monkeypatch) -> type[Exception]:
    def vibes():
        raise request.param("libstdc++ is too old")

    monkeypatch.setattr(ear_module, "Vibes", vibes)
    return request.param


def test_an_extra_that_is_broken_is_told_once_and_logged(broken, caplog):
    tracks = [in_memory(n) for n in range(30)]
    with caplog.at_level(logging.ERROR), pytest.raises(ProviderError) as told:
        improved(OwnSound(Ear(), FakeMemory()), tracks)
    assert "This server cannot listen to music at the moment" in str(told.value)
    assert "libstdc++" not in str(told.value)
    assert isinstance(told.value.__cause__, broken)
    (record,) = [one for one in caplog.records if one.exc_info]
    assert record.exc_info[0] is broken
    assert "requirements-sound.txt" in record.getMessage()


def test_the_chain_goes_on_without_it(broken, caplog):
    tracks = [in_memory(n) for n in range(30)]
    *_, last = FeatureChain([], by_ear=[OwnSound(Ear())]).fill(tracks)
    assert last.tracks == tuple(tracks)
    (failure,) = last.failures
    assert failure.provider == SOUND
    assert len([one for one in caplog.records if one.exc_info]) == 1


def test_what_the_ear_itself_says_of_a_failure_reaches_the_visitor():
    class Failing(FakeEar):
        def hear(self, opened, seconds):
            raise ProviderError("no", SOUND)

    with pytest.raises(ProviderError, match="no"):
        improved(OwnSound(Failing()), [in_memory(1)])


# -- for real


@pytest.mark.sound
@pytest.mark.slow
def test_real_files_are_heard_for_real(tmp_path):
    demo = next(one for one in demo_playlist().tracks if one.audio_path)
    data = demo.audio_path.read_bytes()
    tracks = [
        replace(demo, makers_mood=None),
        replace(in_memory(1, data), duration_ms=demo.duration_ms),
        in_memory(2, encoded("ogg", 8.0)),
        in_memory(3, b"no sound"),
        in_memory(4, wav(1.0)),
    ]
    memory = FakeMemory()
    found, steps = improved(OwnSound(Ear(), memory), tracks)
    assert found[0].features == found[1].features
    assert [one.features is not None for one in found] == [True, True, True, False, False]
    assert sum(step.asked for step in steps) == 5
    assert len(memory.known) == 2
    again, _ = improved(OwnSound(Ear(), memory), tracks)
    assert again == found


WITHOUT_WRITING = """
import os, sys
from music_mood.features.sound import OwnSound
from music_mood.sound.ear import Ear
from tests.unit.test_own_sound import in_memory
from tests.sounds import encoded, wav

written, network = [], []

def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        if flags and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and path != os.devnull:
            written.append(str(path))
    elif event in ("tempfile.mkstemp", "tempfile.mkdtemp", "os.mkdir", "os.rename", "shutil.move"):
        written.append(event)
    elif event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"):
        network.append(event)

ear = Ear()
tracks = [in_memory(8, one) for one in (wav(9.0), encoded("mp3", 9.0), encoded("m4a", 9.0), b"no")]
list(OwnSound(ear).improve(tracks[:1]))  # numba keeps machine code, beside its packages
sys.addaudithook(watch)
found = [track for step in OwnSound(ear).improve(tracks) for track in step.tracks.values()]
print(len(found), written, network)
open(sys.argv[1], "w").close()
print(len(written))
"""


@pytest.mark.sound
@pytest.mark.slow
def test_what_visitors_bring_is_never_written_nor_sent(tmp_path):
    """Python sees what is opened to write (the last is); native code would write to these folders.

    onnxruntime keeps an identifier there if it reports its use to its makers.
    """
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    answer = subprocess.run(
        [sys.executable, "-c", WITHOUT_WRITING, tmp_path / "seen"],
        cwd=ROOT,
        env=os.environ | dict.fromkeys(("TMPDIR", "HOME", "XDG_CACHE_HOME"), str(scratch)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.splitlines() == ["3 [] []", "1"]
    assert [path for path in scratch.rglob("*") if path.is_file()] == []


def test_the_fakes_are_no_less_than_what_they_stand_for():
    """A fake ear that were never asked would make all of this say nothing."""
    ear, memory = FakeEar(), FakeMemory()
    improved(OwnSound(ear, memory), [in_memory(1), in_memory(1), in_memory(2)])
    assert ear.loads == 1
    assert Counter(memory.asked).total() == 3
    assert len(set(memory.asked)) == len(memory.known) == 2
