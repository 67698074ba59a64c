"""Measure many who read at once: ``python -m tests.bench.readings --help``.

So many visitors, each with a photo, ask again and again: how many photos a second are read, how
long does one wait, and how long does a frame of a video take meanwhile? Compared are readers that
hold the models once or twice, each with one thread or two. Ways are measured in turn, several
times, and medians taken, so that whatever else the machine does falls on all of them.
"""

import argparse
import os
import statistics
import threading
import time
from collections import defaultdict
from unittest.mock import patch

import cv2
import numpy as np
import skimage.data
from ai_edge_litert.interpreter import Interpreter

from emotion import FaceReader, blazeface, reader
from tests.bench.process import memory_of

VISITORS = (1, 2, 4, 20)
FRAME_EVERY_S = 1 / 28
WAYS = [(1, 1), (1, 2), (2, 1), (2, 2)]
"""Photos at once, and threads of each network that looks for faces."""


def loaded(at_once: int, threads: int) -> FaceReader:
    """Load a reader of that way."""

    def interpreter(model_content: bytes, num_threads: int) -> Interpreter:
        return Interpreter(model_content=model_content, num_threads=threads)

    with (
        patch.object(reader, "PHOTOS_AT_ONCE", at_once),
        patch.object(blazeface, "Interpreter", interpreter),
    ):
        return FaceReader.load()


def at_once(one: FaceReader, visitors: int, seconds: float) -> tuple[float, float, float, float]:
    """Photos a second, a photo's median and worst milliseconds, and a frame's median."""
    photo = skimage.data.astronaut()
    frame = cv2.resize(photo, (640, 480))
    waits: list[float] = []
    frames: list[float] = []
    over = threading.Event()

    def visit() -> None:
        while not over.is_set():
            began = time.perf_counter()
            one.read(photo)
            waits.append(time.perf_counter() - began)

    def watch() -> None:
        while not over.is_set():
            began = time.perf_counter()
            one.read_frame(frame)
            frames.append(time.perf_counter() - began)
            over.wait(max(0.0, FRAME_EVERY_S - frames[-1]))

    threads = [threading.Thread(target=visit) for _ in range(visitors)]
    threads.append(threading.Thread(target=watch))
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    over.wait(seconds)
    over.set()
    for thread in threads:
        thread.join()
    rate = len(waits) / (time.perf_counter() - began)
    return rate, statistics.median(waits) * 1e3, max(waits) * 1e3, statistics.median(frames) * 1e3


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=5, help="to take the median of")
    given = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before\n")
    readers, memory = {}, {}
    for way in WAYS:
        before = memory_of(os.getpid()).rss_mb
        readers[way] = loaded(*way)
        readers[way].read(skimage.data.astronaut())
        memory[way] = memory_of(os.getpid()).rss_mb - before
    results = defaultdict(list)
    for _ in range(given.rounds):
        for visitors in VISITORS:
            for way, one in readers.items():
                results[visitors, way].append(at_once(one, visitors, given.seconds))
    print(
        "| visitors | at once | threads each | photos a second | a photo, ms | the slowest, ms"
        " | a frame meanwhile, ms | models, MB |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for (visitors, way), measured in results.items():
        rate, photo, slowest, frame = np.median(measured, axis=0)
        print(
            f"| {visitors} | {way[0]} | {way[1]} | {rate:.1f} | {photo:.0f} | {slowest:.0f} "
            f"| {frame:.1f} | {memory[way]:.0f} |"
        )


if __name__ == "__main__":
    main()
