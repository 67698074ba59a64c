"""Measure a playlist's second reading: features from the library, then labels.

``python -m tests.bench.library`` prints a Markdown table, for SQLite and, where it is installed,
PostgreSQL. The first reading asks the fake ReccoBeats on this machine.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from music_mood.model.classifier import MoodClassifier
from music_mood.model.labelling import label_tracks
from music_mood.services import Services
from music_mood.settings import Settings
from music_mood.values import Track
from tests.contract.catalogue import songs
from tests.contract.postgresql import BINARIES, make_database, postgresql
from tests.contract.server import FakeWeb, running
from tests.contract.world import World


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tracks", type=int, default=500, help="tracks of the playlist")
    parser.add_argument("--rounds", type=int, default=20, help="readings to take the median of")
    given = parser.parse_args()
    tracks = [
        Track(one.title, one.artist, isrc=one.isrc, spotify_id=one.spotify_id)
        for one in songs(given.tracks)
    ]
    classifier = MoodClassifier.load()
    list(label_tracks([], classifier))
    print(f"{given.tracks} tracks, milliseconds; median and worst of {given.rounds} readings\n")
    print("| database | first reading | opened anew | again: features | again: labels | worst |")
    print("|---|---|---|---|---|---|")
    for name, url in _databases():
        print(f"| {name} | {_measure(url, tracks, classifier, given.rounds)} |", flush=True)


def _measure(url: str, tracks: Sequence[Track], classifier: MoodClassifier, rounds: int) -> str:
    with running(FakeWeb()) as web, tempfile.TemporaryDirectory() as folder:
        environment = World(web, Path(folder)).environment | {"DATABASE_URL": url}
        settings = Settings.from_environment(environment)
        with Services(settings) as services:
            first_ms, _ = _timed(lambda: _complete(services, tracks))
        asked = len(web.calls)
        with Services(settings) as services:
            opened_ms, _ = _timed(lambda: _complete(services, tracks))
            features_ms, labels_ms = [], []
            for _ in range(rounds):
                elapsed_ms, known = _timed(lambda: _complete(services, tracks))
                features_ms.append(elapsed_ms)
                labels_ms.append(
                    _timed(lambda known=known: list(label_tracks(known, classifier)))[0]
                )
        if len(web.calls) != asked:
            raise RuntimeError("the second reading asked for features again")
    both = [sum(pair) for pair in zip(features_ms, labels_ms, strict=True)]
    medians = statistics.median(features_ms), statistics.median(labels_ms)
    return " | ".join(f"{figure:.0f}" for figure in (first_ms, opened_ms, *medians, max(both)))


def _complete(services: Services, tracks: Sequence[Track]) -> Sequence[Track]:
    *_, last = services.feature_chain().fill(tracks)
    return last.tracks


def _timed(work: Callable[[], Sequence]) -> tuple[float, Sequence]:
    start = time.perf_counter()
    result = work()
    return (time.perf_counter() - start) * 1000, result


def _databases() -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        yield "SQLite", f"sqlite:///{folder}/library.db"
    if any(BINARIES.glob("*/bin/initdb")):
        with postgresql() as port:
            yield "PostgreSQL", make_database(port, "bench")


if __name__ == "__main__":
    main()
