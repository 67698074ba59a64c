"""The music half without the page: read a playlist, label its tracks, find previews, print all.

Answers go to standard output; progress and what went wrong, one sentence each, to standard error.
"""

import argparse
import json
import logging
import os
import sys
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from music_mood.commands.console import DONE, exit_code, tell
from music_mood.errors import PlaylistError, ProviderError
from music_mood.files.audio_files import GivenFile
from music_mood.model.classifier import MoodClassifier
from music_mood.reading import Reading, Stage, Step, read_playlist, watch
from music_mood.services import Services
from music_mood.settings import Settings
from music_mood.sources.demo import demo_playlist
from music_mood.sources.files import SUFFIXES, audio_files_below, read_files
from music_mood.values import MOODS, LabelledTrack, Playlist, Preview
from music_mood.web.paging import PagesRead

DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Result:
    """Everything to print; `previews` stand in the order of the tracks."""

    reading: Reading
    previews: tuple[Preview | None, ...]
    failures: tuple[ProviderError, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m music_mood", description="Tell the mood of every track of a playlist."
    )
    parser.add_argument(
        "playlist",
        metavar="LINK_OR_FILE",
        nargs="+",
        help="link of a playlist, album or track; audio files or playlists as files (CSV, M3U, "
        "XSPF, a spreadsheet, ...); a folder of audio files; "
        f"or the word {DEMO}",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    parser.add_argument("--verbose", action="store_true", help="tell every call on standard error")
    given = parser.parse_args(arguments)
    return exit_code(lambda: _print_moods(given))


def _print_moods(given: argparse.Namespace) -> int:
    if given.verbose:
        # Not the root: other packages' debug output may hold secrets.
        logging.getLogger("music_mood").setLevel(logging.DEBUG)
    with Services(Settings.from_environment(os.environ)) as services:
        result = run(given.playlist, services)
    for failure in result.failures:
        tell(failure)
    print(
        json.dumps(as_json(result), ensure_ascii=False, indent=2) if given.json else as_text(result)
    )
    return DONE


def run(given: Sequence[str], services: Services) -> Result:
    """Read, complete, label, and find what can be played.

    Parameters
    ----------
    given : sequence of str
        One link, or names of files and folders; not empty.
    services : Services

    Raises
    ------
    MusicError
        There is no playlist or no mood model. Providers that fail do not raise: see
        `Result.failures`.
    """
    source = partial(read, given, services)
    reading = watch(read_playlist(source, services.features, MoodClassifier.load), _show)
    _progress("Looking for previews", 0, len(reading.labelled))
    found = services.previews.resolve([one.track for one in reading.labelled])
    _progress("", 0, 0)
    return Result(reading, found.previews, reading.failures + found.failures)


def read(
    given: Sequence[str], services: Services
) -> Playlist | Generator[PagesRead, None, Playlist]:
    """Read a playlist from wherever the words lead; a `Source`.

    Raises
    ------
    MusicError
        There is none; says what to do instead.
    """
    if given[0] == DEMO and len(given) == 1:
        return demo_playlist()
    if len(given) > 1 or _is_local(given[0]):
        folder = Path(given[0]) if len(given) == 1 else None
        title = folder.resolve().name if folder and folder.is_dir() else ""
        return read_files(_files(given), title or "My files")
    return services.read(given[0])


def _is_local(words: str) -> bool:
    """Whether this names something on the disk, or means to."""
    path = Path(words)
    try:
        if path.exists():
            return words != ""
    except OSError as cause:  # no permission, or far too long for a file's name
        if "/" not in words:
            raise PlaylistError(f"The file {path.name[:80]} cannot be opened.") from cause
    return "://" not in words and path.suffix.lower() in SUFFIXES


def _files(given: Sequence[str]) -> list[GivenFile]:
    """Name the files that are meant, those in folders as well."""
    files: list[GivenFile] = []
    for words in given:
        path = Path(words)
        if not _is_local(words):
            raise PlaylistError(
                f"{words[:200]!r} is no file. Please give either files and folders or one link."
            )
        if len(given) == 1 and not path.exists():
            raise PlaylistError(f"There is no file {words}. Please check its name.")
        files += audio_files_below(path) if path.is_dir() else [GivenFile(path.name, path)]
    return files


def as_json(result: Result) -> dict[str, Any]:
    """Arrange the result as JSON; what is unknown is null."""
    playlist = result.reading.playlist
    pairs = zip(result.reading.labelled, result.previews, strict=True)
    return {
        "playlist": {
            "title": playlist.title,
            "source": playlist.source,
            "link": playlist.link,
            "notes": list(playlist.notes),
        },
        "tracks": [_track_as_json(labelled, preview) for labelled, preview in pairs],
        "skipped": [{"name": one.name, "reason": one.reason} for one in playlist.skipped],
        "failures": [{"provider": one.provider, "reason": str(one)} for one in result.failures],
    }


def _track_as_json(labelled: LabelledTrack, preview: Preview | None) -> dict[str, Any]:
    track, shares = labelled.track, labelled.probabilities
    return {
        "title": track.title,
        "artist": track.artist,
        "duration_ms": track.duration_ms,
        "isrc": track.isrc,
        "mood": labelled.verdict,
        "probabilities": dict(zip(MOODS, shares, strict=True)) if shares else None,
        "features_source": track.features_source,
        "preview_url": _address(preview),
        "preview_source": preview.source if preview else None,
        "preview_note": (preview.note or None) if preview else None,
        "link": track.link,
    }


def as_text(result: Result) -> str:
    """Arrange the result in lines, one per track."""
    playlist, tracks = result.reading.playlist, result.reading.labelled
    lines = [f"{playlist.title} ({playlist.source}, {len(tracks)} tracks)"]
    for labelled, preview in zip(tracks, result.previews, strict=True):
        track = labelled.track
        share = f"{labelled.confidence:4.0%}" if labelled.confidence is not None else "    "
        name = f"{track.title} - {track.artist}" if track.artist else track.title
        lines.append(f"{labelled.verdict:10}{share}  {name}  {_address(preview) or 'no preview'}")
    lines += [f"left out: {one.name} {one.reason}" for one in playlist.skipped]
    return "\n".join([*lines, *playlist.notes])


def _address(preview: Preview | None) -> str | None:
    if preview is None:
        return None
    return (
        preview.path.resolve().as_uri() if preview.path else preview.audio_url or preview.embed_url
    )


def _show(step: Step) -> None:
    words = {
        Stage.PLAYLIST: "Reading",
        Stage.FEATURES: f"Asking {step.provider} for features",
        Stage.MOODS: "Listening for moods",
    }
    _progress(words[step.stage], step.done, step.total or step.done)


def _progress(what: str, done: int, total: int) -> None:
    """Show progress on one line of a terminal; nothing where nobody looks."""
    if sys.stderr.isatty():
        words = f"{what}: {done} of {total}" if total else ""
        print(f"\r{words:60}", end="\r", file=sys.stderr, flush=True)
