"""The music half without the page: read a playlist, label its tracks, find previews, print all.

Answers go to standard output; progress and what went wrong, one sentence each, to standard error.
"""

import argparse
import json
import logging
import os
import sys
from collections.abc import Generator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from i18n import Message, Words, joined, plural
from i18n.foreign import shown
from music_mood.commands.answer import Result, as_json, as_text
from music_mood.commands.console import DONE, Console, Parser
from music_mood.errors import PlaylistError
from music_mood.files.audio_files import GivenFile
from music_mood.files.mood_lists import check_folder, write_mood_lists
from music_mood.model.classifier import MoodClassifier
from music_mood.reading import Stage, Step, read_playlist, watch
from music_mood.services import Services
from music_mood.settings import Settings
from music_mood.sources.demo import demo_playlist
from music_mood.sources.files import (
    MY_FILES,
    SUFFIXES,
    audio_files_below,
    cannot_be_opened,
    read_files,
)
from music_mood.values import (
    MOOD_WORDS,
    Playlist,
)
from music_mood.web.paging import PagesRead

DEMO = "demo"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit code."""
    console = Console.of(os.environ)
    say = console.words.say
    parser = Parser(
        "python -m music_mood",
        Message("Tell the mood of every track of a playlist."),
        console.words,
    )
    parser.add_argument(
        "playlist",
        metavar="LINK_OR_FILE",
        nargs="+",
        help=say(
            "link of a playlist, album or track; audio files or playlists as files (CSV, M3U, "
            "XSPF, a spreadsheet, ...); a folder of audio files; or the word {demo}",
            demo=DEMO,
        ),
    )
    parser.add_argument("--json", action="store_true", help=say("print JSON instead of lines"))
    parser.add_argument(
        "--playlists",
        metavar="DIR",
        type=Path,
        help=say("write a playlist (M3U) for each mood into this folder"),
    )
    parser.add_argument(
        "--unsure",
        action="store_true",
        help=say("with --playlists: also what is unsure, in the list of its likeliest mood"),
    )
    parser.add_argument(
        "--offline", action="store_true", help=say("ask no service: hear the files themselves")
    )
    parser.add_argument(
        "--verbose", action="store_true", help=say("tell every call on standard error")
    )
    given = parser.parse_args(arguments)
    return console.exit_code(lambda: _print_moods(given, console))


def _print_moods(given: argparse.Namespace, console: Console) -> int:
    if given.verbose:
        # Not the root: other packages' debug output may hold secrets.
        logging.getLogger("music_mood").setLevel(logging.DEBUG)
    if given.playlists is not None:
        check_folder(given.playlists)
    settings = Settings.from_environment(os.environ)
    settings = replace(settings, work_offline=settings.work_offline or given.offline)
    with Services(settings, remember_files=True) as services:
        result = run(given.playlist, services, console.words)
    for failure in result.failures:
        console.tell(failure.message)
    if not services.hears and result.reading.has_unknown_sound:
        console.tell(NOT_HEARD)
    if given.json:
        console.answer(json.dumps(as_json(result), ensure_ascii=False, indent=2))
    else:
        console.answer(as_text(result, console.words))
    if given.playlists is not None:  # last: if that fails, the answer was given
        _write_lists(result, given.playlists, console, unsure=given.unsure)
    return DONE


NOT_HEARD = Message(
    "Files that no service knows are not listened to here; the moods of their sound need further "
    "packages: python -m pip install -r requirements-sound.txt"
)


def _write_lists(result: Result, folder: Path, console: Console, *, unsure: bool) -> None:
    counts = write_mood_lists(result.reading.labelled, folder, unsure=unsure)
    parts = [
        Message("{count} {mood}", count=count, mood=MOOD_WORDS[mood])
        for mood, count in counts.items()
    ]
    without = len(result.reading.labelled) - sum(counts.values())
    console.tell(
        plural(
            "Playlists in {folder}: {moods}; {count} track stands in none.",
            "Playlists in {folder}: {moods}; {count} tracks stand in none.",
            without,
            folder=str(folder),
            moods=joined(parts, ", "),
        )
    )


def run(given: Sequence[str], services: Services, words: Words) -> Result:
    """Read, complete, label, and find what can be played.

    Parameters
    ----------
    given : sequence of str
        One link, or names of files and folders; not empty.
    services : Services
    words : Words
        For the progress.

    Raises
    ------
    MusicError
        There is no playlist or no mood model. Providers that fail do not raise: see
        `Result.failures`.
    """
    source = partial(read, given, services)
    reading = watch(
        read_playlist(source, services.features, MoodClassifier.load), partial(_show, words)
    )
    _progress(words, Message("Looking for previews"), 0, len(reading.labelled))
    found = services.previews.resolve([one.track for one in reading.labelled])
    _progress(words, Message("Looking for previews"), 0, 0)
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
        title = shown(folder.resolve().name) if folder and folder.is_dir() else ""
        return read_files(_files(given), title or MY_FILES)
    return services.read(given[0])


def _is_local(words: str) -> bool:
    """Whether this names something on the disk, or means to."""
    path = Path(words)
    try:
        if path.exists():
            return words != ""
    except OSError as cause:  # no permission, or far too long for a file's name
        if "/" not in words:
            raise PlaylistError(cannot_be_opened(path.name)) from cause
    return "://" not in words and path.suffix.lower() in SUFFIXES


def _files(given: Sequence[str]) -> list[GivenFile]:
    """Name the files that are meant, those in folders as well."""
    files: list[GivenFile] = []
    for words in given:
        path = Path(words)
        if not _is_local(words):
            raise PlaylistError(
                Message(
                    "{given} is no file. Please give either files and folders or one link.",
                    given=f"{words[:200]!r}",
                )
            )
        if len(given) == 1 and not path.exists():
            raise PlaylistError(
                Message("There is no file {file}. Please check its name.", file=words)
            )
        files += audio_files_below(path) if path.is_dir() else [GivenFile(path.name, path)]
    return files


def _show(words: Words, step: Step) -> None:
    what = {
        Stage.PLAYLIST: Message("Reading"),
        Stage.FEATURES: Message("Asking {service} for features", service=step.provider),
        Stage.SOUND: Message("Listening to the music itself"),
        Stage.MOODS: Message("Listening for moods"),
    }
    _progress(words, what[step.stage], step.done, step.total or step.done)


def _progress(words: Words, what: Message, done: int, total: int) -> None:
    """Show progress on one line of a terminal; nothing where nobody looks."""
    if sys.stderr.isatty():
        line = words.say("{what}: {done} of {total}", what=what, done=done, total=total)
        print(f"\r{line if total else '':60}", end="\r", file=sys.stderr, flush=True)
