"""Reads the marked playlists again, and labels what is new: ``python -m music_mood.refresh``.

Meant for cron or a scheduled workflow. One line per playlist goes to standard output, what went
wrong to standard error; the exit code tells whether all went well.
"""

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

from i18n import Message, joined
from music_mood.commands.console import DONE, FAILED, Console, Parser
from music_mood.errors import MusicError, PlaylistError
from music_mood.model.artefact import model_version
from music_mood.model.classifier import MoodClassifier
from music_mood.reading import Reading, read_playlist, watch
from music_mood.reference import Kind
from music_mood.services import Services
from music_mood.settings import Settings


@dataclass(frozen=True, slots=True)
class Summary:
    """What a refresh came to.

    Attributes
    ----------
    title : Message or str
    new, known : int
        Tracks that the playlist did not hold when it was last read, and those it did.
    labelled, unsure : int
        Tracks that got their first label by this version of the model, with and without a mood.
    unknown : int
        Tracks whose features nobody knows, so that they have no label.
    failures : tuple of Message
        Sentences about services that failed on the way.
    """

    title: Message | str
    new: int
    known: int
    labelled: int
    unsure: int
    unknown: int
    failures: tuple[Message, ...]

    @property
    def message(self) -> Message:
        """All of it in a line, without the failures."""
        return Message(
            "{title}: {new} new, {known} known; {labelled} labelled, {unsure} unsure, {unknown} "
            "unknown",
            title=self.title,
            new=self.new,
            known=self.known,
            labelled=self.labelled,
            unsure=self.unsure,
            unknown=self.unknown,
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit code."""
    console = Console.of(os.environ)
    say = console.words.say
    parser = Parser(
        "python -m music_mood.refresh",
        Message("Read the marked playlists again, and label the tracks that are new."),
        console.words,
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--add", metavar="LINK", help=say("mark a playlist, and read it now"))
    what.add_argument("--remove", metavar="LINK", help=say("mark a playlist no more"))
    what.add_argument("--list", action="store_true", help=say("tell which playlists are marked"))
    given = parser.parse_args(arguments)
    return console.exit_code(lambda: _obey(given, console))


def _obey(given: argparse.Namespace, console: Console) -> int:
    with Services(Settings.from_environment(os.environ)) as services:
        if given.add is not None:
            return _add(given.add, services, console)
        if given.remove is not None:
            return _remove(given.remove, services)
        return _list(services, console) if given.list else _refresh(services, console)


def read_again(
    link: str, services: Services, load_classifier: Callable[[], MoodClassifier]
) -> Reading:
    """Read and label what a link leads to; raises as `read_playlist` does."""
    source = partial(services.read, link)
    # Nobody watches a cron job.
    return watch(read_playlist(source, services.features, load_classifier), lambda _: None)


def take_in(link: str, reading: Reading, services: Services) -> Summary:
    """Keep what a marked playlist holds: its tracks, and the labels that are new.

    Parameters
    ----------
    link : str
        As the playlist was marked.
    reading : Reading
        The playlist as it was read just now.
    services : Services

    Raises
    ------
    LibraryError
        It cannot be kept.
    """
    library, model, title = services.library, model_version(), reading.playlist.title
    new = library.append(link, str(title), reading.playlist.tracks)
    by_uri = {one.track.uri: one for one in reading.labelled}
    have_label = library.labelled(by_uri, model)
    open_ones = [one for uri, one in by_uri.items() if uri not in have_label]
    library.keep_labels(open_ones, model)
    return Summary(
        title=title,
        new=len(new),
        known=len(by_uri) - len(new),
        labelled=sum(one.mood is not None for one in open_ones),
        unsure=sum(one.mood is None and one.probabilities is not None for one in open_ones),
        unknown=sum(one.probabilities is None for one in open_ones),
        failures=tuple(one.message for one in reading.failures),
    )


def _refresh(services: Services, console: Console) -> int:
    marked = services.library.marked()
    if not marked:
        console.answer(Message("No playlist is marked. Mark one with --add LINK."))
        return DONE
    load_classifier = cache(MoodClassifier.load)  # once, for all of them
    codes = []
    for one in marked:
        try:
            reading = read_again(one.link, services, load_classifier)
            codes.append(_report(take_in(one.link, reading, services), console))
        except MusicError as error:  # the others may do better
            name = one.title or one.link
            console.tell(Message("{title}: {sentence}", title=name, sentence=error.message))
            codes.append(FAILED)
    return max(codes)


def _add(link: str, services: Services, console: Console) -> int:
    canonical = _playlist_link(link, services)
    # First: what cannot be read is not marked.
    reading = read_again(canonical, services, MoodClassifier.load)
    services.library.mark(canonical, str(reading.playlist.title))
    return _report(take_in(canonical, reading, services), console)


def _remove(link: str, services: Services) -> int:
    if not services.library.unmark(_playlist_link(link, services)):
        raise PlaylistError(Message("This playlist is not marked. --list tells which ones are."))
    return DONE


def _list(services: Services, console: Console) -> int:
    for one in services.library.marked():
        read = Message("not read yet")
        if one.read_at:
            read = Message("read {time} UTC", time=f"{one.read_at:%Y-%m-%d %H:%M}")
        title = one.title or Message("no title yet")
        console.answer(joined([one.link, title, joined(["(", read, ")"], "")], "  "))
    return DONE


def _playlist_link(text: str, services: Services) -> str:
    reference = services.reference_of(text)
    if reference.kind is not Kind.PLAYLIST:
        never = Message("This link leads to a track, which never changes.")
        if reference.kind is Kind.ALBUM:
            never = Message("This link leads to an album, which never changes.")
        raise PlaylistError(joined([never, Message("Only playlists are read again.")]))
    return reference.link


def _report(summary: Summary, console: Console) -> int:
    console.answer(summary.message)  # a long refresh is watched line by line
    for failure in summary.failures:
        console.tell(Message("{title}: {sentence}", title=summary.title, sentence=failure))
    return FAILED if summary.failures else DONE
