"""Measure hearing, as a Markdown table: ``python -m tests.bench.sound``.

Forty files of four minutes, as a visitor would bring them: the demo's tracks, one after another
until four minutes are full, as MP3 with 160 kbit/s. A process of its own reads and hears them as
the page does, without asking anybody. Linux only (/proc). Needs requirements-sound.txt.
"""

import argparse
import io
import multiprocessing
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import av
from av.audio.resampler import AudioResampler

from music_mood.features.chain import FeatureChain
from music_mood.features.sound import OwnSound
from music_mood.files.audio_files import GivenFile
from music_mood.model.classifier import MoodClassifier
from music_mood.reading import Stage, Step, read_playlist, watch
from music_mood.sound.ear import Ear
from music_mood.sources.demo import demo_playlist
from music_mood.sources.files import read_files
from tests.bench.process import memory_of

RATE = 44_100
BIT_RATE = 160_000
"""So that all of them stay within what a visitor may bring at once."""
DIFFERENT = 4
"""Pieces that are encoded; the other files are these with another tag."""


def piece(paths: Sequence[Path], seconds: float) -> bytes:
    """Put recordings together until they last so long: MP3."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as output:
        stream = output.add_stream("libmp3lame", rate=RATE, layout="stereo")
        stream.bit_rate = BIT_RATE
        resampler = AudioResampler(format="s16p", layout="stereo", rate=RATE)
        samples = 0
        while samples < seconds * RATE:
            for path in paths:
                with av.open(str(path)) as recording:
                    for frame in recording.decode(audio=0):
                        frame.pts = None
                        for part in resampler.resample(frame):
                            part.pts = None
                            samples += part.samples
                            output.mux(stream.encode(part))
                if samples >= seconds * RATE:
                    break
        output.mux(stream.encode(None))
    return file.getvalue()


def tagged(mp3: bytes, title: str) -> bytes:
    """Give an MP3 a title (ID3v1), so that it is another piece."""
    return mp3 + b"TAG" + title.encode().ljust(30, b"\0") + bytes(95)


def hear(folder: Path, times: int, answers) -> None:
    """Read and hear the files of a folder; in a process of its own."""
    me = multiprocessing.current_process().pid or 0
    files = [GivenFile(path.name, data=path.read_bytes()) for path in sorted(folder.iterdir())]
    chain = FeatureChain([], by_ear=[OwnSound(Ear())])
    classifier = MoodClassifier.load()
    rows: list[tuple[float, float, int, int]] = []
    answers.put(memory_of(me).rss_mb)
    for _ in range(times):
        steps: list[Step] = []
        began = time.perf_counter()
        reading = watch(
            read_playlist(lambda: read_files(files), chain, lambda: classifier), steps.append
        )
        seconds = time.perf_counter() - began
        heard = sum(one.track.features is not None for one in reading.labelled)
        told = sum(step.stage is Stage.SOUND for step in steps)
        rows.append((seconds, memory_of(me).rss_mb, heard, told))
    answers.put(rows)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--times", type=int, default=3, help="hear them so often")
    given = parser.parse_args()
    paths = [one.audio_path for one in demo_playlist().tracks if one.audio_path]
    with tempfile.TemporaryDirectory() as made:
        share = len(paths) // DIFFERENT
        pieces = [
            piece(paths[at * share : (at + 1) * share], given.minutes * 60)
            for at in range(DIFFERENT)
        ]
        for number in range(given.files):
            mp3 = tagged(pieces[number % DIFFERENT], f"Piece {number}")
            (Path(made) / f"{number:03}.mp3").write_bytes(mp3)
        spawn = multiprocessing.get_context("spawn")
        answers = spawn.SimpleQueue()
        process = spawn.Process(target=hear, args=(Path(made), given.times, answers))
        process.start()
        before, rows = answers.get(), answers.get()
        process.join()
    print(
        f"| time | seconds for {given.files} files | heard | steps told | MB before: {before:.0f} |"
    )
    print("|---|---|---|---|---|")
    for number, (seconds, rss_mb, heard, told) in enumerate(rows, start=1):
        print(f"| {number} | {seconds:.1f} | {heard} | {told} | {rss_mb:.0f} |")


if __name__ == "__main__":
    main()
