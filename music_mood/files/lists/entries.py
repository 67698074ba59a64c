"""What lists of other programs say of their tracks, unchecked -> a playlist.

Each form (M3U, XSPF, Spotify's export, ...) only takes its own names apart; what a title, a length
or an identifier may be is checked here, once.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import unquote

from i18n import Message
from i18n.foreign import MAX_TEXT, shown
from music_mood.errors import PlaylistError
from music_mood.files.audio_files import artist_and_title
from music_mood.files.csv_file import MAX_ROWS
from music_mood.files.table import STANDS_TWICE
from music_mood.files.uri import named_by_file
from music_mood.matching import Doubles, plain_isrc
from music_mood.reference import Host, Kind, Reference, parse_link
from music_mood.values import NO_TITLE, Playlist, Skipped, Track

MAX_LENGTH_MS = 2**40
"""Longer ones are no lengths."""

MAX_ADDRESS = 2_000
"""Most characters of one: folders may lie deep."""

MAX_ADDRESSES = 20
"""Most addresses of one entry that are looked at."""

_WEB_OR_URI = re.compile(r"(?:https?://|spotify:|deezer:)", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)  # at least two: "C:" is a drive
_ISRC_URI = re.compile(r"(?:urn:|mb:)?isrc:\s*", re.IGNORECASE)
_ESCAPED = re.compile("%[0-9A-Fa-f]{2}")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{2,5}$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list as the list has it: any type may stand where a text should.

    Attributes
    ----------
    title, artist, album : object
        Texts, or lists of them.
    duration_ms : object
        A number of milliseconds, or the text of one.
    isrc : object
        A text.
    addresses : tuple of object
        Links, URIs and paths that lead to the track, the best first.
    """

    title: object = None
    artist: object = None
    album: object = None
    duration_ms: object = None
    isrc: object = None
    addresses: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A list, taken apart.

    Attributes
    ----------
    title : object
        Its own, if it has one.
    source : str
        The form's name, for `Playlist.source`.
    entries : iterable of Entry or Skipped
        In the list's order.
    notes : tuple of Message
        For `Playlist.notes`.
    repeats : bool
        Whether tracks stand in it again and again because of what it is (a history): then that
        is not told of each.
    """

    title: object
    source: str
    entries: Iterable[Entry | Skipped]
    notes: tuple[Message, ...] = ()
    repeats: bool = False


def playlist_of(listed: Listed, file_name: str) -> Playlist:
    """Check a list's entries.

    Parameters
    ----------
    listed : Listed
    file_name : str
        Of the file it came from: for the title, and for `Track.uri`.

    Returns
    -------
    Playlist
        Tracks without audio features, and what is none with the reason. An entry that names only
        a file has artist and title from that name; the file itself is not here to be played.

    Raises
    ------
    PlaylistError
        No entry is a usable track.
    """
    tracks: list[Track] = []
    skipped: list[Skipped] = []
    doubles = Doubles()
    number = 0
    for number, entry in enumerate(listed.entries, start=1):
        if number > MAX_ROWS:
            why = Message("only the first {count} entries are read", count=MAX_ROWS)
            rest = Message("entry {number} and what follows", number=number)
            skipped.append(Skipped(rest, why))
            break
        found = entry if isinstance(entry, Skipped) else _as_track(entry, number, file_name)
        if isinstance(found, Skipped):
            skipped.append(Skipped(_shown(found.name) or _entry_name(number), found.reason))
        elif doubles.is_new(found):
            tracks.append(found)
        elif not listed.repeats:
            skipped.append(Skipped(_entry_name(number, found.title), STANDS_TWICE))
    if not number:
        raise PlaylistError(Message("This list is empty. Please export the playlist once more."))
    if not tracks:
        first = skipped[0]
        raise PlaylistError(
            Message(
                "This list has no usable track. {name}: {reason:.}",
                name=first.name,
                reason=first.reason,
            )
        )
    title = clean(listed.title) or shown(PurePath(clean(file_name)).stem.replace("_", " "))
    return Playlist(
        title or listed.source, listed.source, tuple(tracks), tuple(skipped), notes=listed.notes
    )


def clean(given: object, most: int = MAX_TEXT) -> str:
    """Give what a list has in place of a text as a text that can be shown; "" if it is none."""
    if isinstance(given, list | tuple):
        return shown(", ".join(filter(None, map(clean, given[:MAX_ADDRESSES]))))
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        return ""
    if isinstance(given, int) and given.bit_length() > 64:
        return ""  # no name, and slow to write out
    return shown(str(given), most)


def file_in(address: str) -> str:
    """Give the name, without folders, of the file to which a path or a ``file:`` address leads.

    Returns
    -------
    str
        "" for addresses of the web and of services.
    """
    path = address.strip()
    is_address = path.casefold().startswith("file:")
    if not is_address and _SCHEME.match(path):
        return ""
    if is_address or (_ESCAPED.search(path) and " " not in path):  # as XSPF has them, and VLC
        path = unquote(path)
    return clean(PurePath(path.replace("\\", "/")).name)


def track_reference(address: str) -> Reference | None:
    """Give the track at Spotify or Deezer that an address means; None if it means none."""
    reference = _reference(address)
    return reference if reference and reference.kind is Kind.TRACK else None


def _reference(address: str) -> Reference | None:
    if not _WEB_OR_URI.match(address):
        return None
    try:
        return parse_link(address)
    except PlaylistError:
        return None


def _other_thing(addresses: Iterable[str]) -> Message | None:
    """Say what addresses mean at Spotify or Deezer that is no track; None if nothing."""
    found = (reference for one in addresses if (reference := _reference(one)))
    kinds = {
        Kind.PLAYLIST: Message(
            "it leads to a playlist of many tracks: please paste that link itself"
        ),
        Kind.ALBUM: Message("it leads to an album of many tracks: please paste that link itself"),
    }
    return next((kinds[one.kind] for one in found if one.kind in kinds), None)


def _shown(name: Message | str) -> Message | str:
    return name if isinstance(name, Message) else clean(name)


def _entry_name(number: int, title: str = "") -> Message:
    if title:
        return Message("entry {number}: {title}", number=number, title=title)
    return Message("entry {number}", number=number)


def _as_track(entry: Entry, number: int, file_name: str) -> Track | Skipped:
    given = (clean(one, MAX_ADDRESS) for one in entry.addresses[:MAX_ADDRESSES])
    addresses = [one for one in given if one]
    references = list(filter(None, map(track_reference, addresses)))
    ids = {reference.host: reference for reference in reversed(references)}
    file = next(filter(None, map(file_in, addresses)), "")
    named = _named(_SUFFIX.sub("", file or _web_file(addresses)))

    title, artist = clean(entry.title), clean(entry.artist)
    if not artist and (not title or title.casefold() == named[1].casefold()):
        artist = named[0]
    title = title or named[1]
    if not title and not references and (why := _other_thing(addresses)):
        return Skipped(_entry_name(number), why)
    if not title and references:  # it can be played and asked for, so it is worth having
        title = f"{references[0].host} track {references[0].id}"
    if not title:
        return Skipped(_entry_name(number), NO_TITLE)
    isrcs = (plain_isrc(_ISRC_URI.sub("", text)) for text in (clean(entry.isrc), *addresses))
    spotify, deezer = ids.get(Host.SPOTIFY), ids.get(Host.DEEZER)
    track = Track(
        title=title,
        artist=artist,
        album=clean(entry.album) or None,
        duration_ms=_length(entry.duration_ms),
        isrc=next(filter(None, isrcs), None),
        spotify_id=spotify.id if spotify else None,
        deezer_id=deezer.id if deezer else None,
        link=(spotify or deezer or references[0]).link if references else None,
    )
    # What a list names by its own file goes by that file, which may be given as well.
    return track if references else named_by_file(track, file or file_name)


def _named(stem: str) -> tuple[str, str]:
    return artist_and_title(stem) if stem else ("", "")


def _web_file(addresses: Iterable[str]) -> str:
    """Give the name of an audio file on the web: what an address ends in, if it has a suffix."""
    for address in addresses:
        if _WEB_OR_URI.match(address):
            path = unquote(re.split("[?#]", address.partition("://")[2], maxsplit=1)[0])
            name = clean(path.rpartition("/")[2]) if "/" in path else ""
            if _SUFFIX.search(name):
                return name
    return ""


def _length(given: object) -> int | None:
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        return None
    try:
        number = float(given)
    except (ValueError, OverflowError):
        return None
    return round(number) if math.isfinite(number) and 1 <= number <= MAX_LENGTH_MS else None
