"""Reads a list that comes in pages, and survives what pages do in the wild."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from i18n import Message, joined
from music_mood.errors import ProviderError
from music_mood.matching import Doubles
from music_mood.values import LISTED_TWICE, Skipped, Track

MAX_ENTRIES = 10_000
"""Most entries read; Spotify's own limit for a playlist."""


@dataclass(frozen=True, slots=True)
class PagesRead:
    """How far the reading of a list has come.

    Attributes
    ----------
    done : int
        Entries read so far.
    total : int or None
        How many there are, if known.
    """

    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list.

    Attributes
    ----------
    entries : list
        As they came: not checked.
    total : int or None
        Entries on all pages.
    next : str or None
        Address of the next page.
    """

    entries: list[Any]
    total: int | None
    next: str | None


@dataclass(frozen=True, slots=True)
class Collected:
    """What the pages held; `notes` are sentences about what is not here."""

    tracks: tuple[Track, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[Message, ...]


def collect(
    first: Page,
    follow: Callable[[str], Page],
    read: Callable[[Any], Track | Skipped],
) -> Generator[PagesRead, None, Collected]:
    """Read all pages.

    A track that comes twice is kept once. If a later page fails, what was read stands, and a note
    says what is missing. A list that never ends, ends here.

    Parameters
    ----------
    first : Page
    follow : callable
        Gets a `Page.next`, gives that page or raises a `ProviderError`.
    read : callable
        Turns an entry, whatever it is, into a track or the reason why it is none.

    Yields
    ------
    PagesRead
        After each page.

    Returns
    -------
    Collected
        Through ``yield from``.
    """
    tracks: list[Track] = []
    skipped: list[Skipped] = []
    notes: list[Message] = []
    doubles = Doubles()
    visited: set[str] = set()
    page = first
    while True:
        for entry in page.entries:
            found = read(entry)
            if isinstance(found, Skipped):
                skipped.append(found)
            elif doubles.is_new(found):
                tracks.append(found)
            else:
                skipped.append(Skipped(found.title, LISTED_TWICE))
        count = len(tracks) + len(skipped)
        yield PagesRead(count, page.total)
        if not page.next or not page.entries or page.next in visited:
            break
        if count >= MAX_ENTRIES:
            notes.append(_only(count))
            break
        visited.add(page.next)
        try:
            page = follow(page.next)
        except ProviderError as error:
            notes.append(joined([error.message, _only(count, page.total)]))
            break
    return Collected(tuple(tracks), tuple(skipped), tuple(notes))


def _only(count: int, total: int | None = None) -> Message:
    if total:
        return Message(
            "Only the first {count} of {total} entries were read.", count=count, total=total
        )
    return Message("Only the first {count} entries were read.", count=count)
