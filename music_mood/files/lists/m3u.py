"""M3U, M3U8 and PLS: one line of a text for each piece, a path or a link.

https://en.wikipedia.org/wiki/M3U describes the directives that players add (``#EXTINF`` and so on).
"""

import re
from collections.abc import Iterator

from i18n import Message
from music_mood.errors import PlaylistError
from music_mood.files.csv_file import MAX_ROWS
from music_mood.files.lists.entries import Entry, Listed

WITHOUT_ADDRESS = "# Without an address: "
"""How `music_mood.files.export.as_m3u` names a track that leads nowhere."""

_LINE = re.compile(r"[^\r\n]+")
_DIRECTIVE = re.compile(r"#(EXTINF|EXTART|EXTALB)\s*:\s*(.*)", re.IGNORECASE)
_INFO = re.compile(r'\s*+(-?\d*+(?:\.\d*+)?+)(?:[^",]++|"[^"]*+")*+,(.*)')
"""Possessive: a long line without a comma would cost its square, or more.

Seconds, attributes of television lists (``tvg-name="A, B"``), and the name."""

_TRACK_NUMBER = re.compile(r"0\d - (?=.* - )")
_PLS_LINE = re.compile(r"(file|title|length)(\d{1,6})\s*=\s*(.*)", re.IGNORECASE)


def read_m3u(text: str) -> Listed:
    """Take an M3U playlist apart.

    Parameters
    ----------
    text : str
        Extended or plain; our own download comes back with titles, artists, lengths (in whole
        seconds) and the services' identifiers.

    Raises
    ------
    PlaylistError
        It lists the pieces of one stream (HLS), not pieces of music.
    """
    if re.search(r"^#EXT-X-", text, re.MULTILINE | re.IGNORECASE):
        raise PlaylistError(
            Message(
                "This M3U8 file lists the pieces of one stream, not the tracks of a playlist. "
                "Please bring the playlist as CSV, for example from Exportify, or paste its link "
                "on Deezer."
            )
        )
    title = re.search(r"^#PLAYLIST\s*:(.*)$", text, re.MULTILINE | re.IGNORECASE)
    return Listed(title[1] if title else "", "m3u", _m3u_entries(text))


def read_pls(text: str) -> Listed:
    """Take a PLS playlist apart: ``File1=``, ``Title1=`` and ``Length1=`` (seconds)."""
    return Listed("", "pls", _pls_entries(text))


def _m3u_entries(text: str) -> Iterator[Entry]:
    told: dict[str, str] = {}
    for line in _lines(text):
        if line.startswith(WITHOUT_ADDRESS):
            yield _entry(told | {"EXTINF": f",{line.removeprefix(WITHOUT_ADDRESS)}"}, "")
            told = {}
        elif directive := _DIRECTIVE.match(line):
            name = directive[1].upper()
            if name == "EXTINF" and name in told:  # the piece before it has no address
                yield _entry(told, "")
                told = {}
            told[name] = directive[2]
        elif line and not line.startswith("#"):
            yield _entry(told, line)
            told = {}
    if "EXTINF" in told:
        yield _entry(told, "")


def _lines(text: str) -> Iterator[str]:
    """Give lines one at a time: a text may have millions."""
    return (found[0].strip() for found in _LINE.finditer(text))


def _entry(told: dict[str, str], where: str) -> Entry:
    """Make an entry of the directives before a line, and the line."""
    info = _INFO.match(told.get("EXTINF", ""))
    name = info[2].strip() if info else ""
    if "EXTART" in told:  # where it is told apart, nothing needs to be guessed
        artist = told["EXTART"].strip()
        title = name.removeprefix(f"{artist} - ") if artist else name
    else:
        artist, title = _turned_round(name, where) or split_name(name)
    return Entry(
        title=title,
        artist=artist,
        album=told.get("EXTALB"),
        duration_ms=_milliseconds(info[1] if info else ""),
        addresses=(where,),
    )


def split_name(name: str) -> tuple[str, str]:
    """Split "Artist - Title" as ``#EXTINF`` has it; the artist is "" where none is told."""
    artist, between, title = _TRACK_NUMBER.sub("", name, count=1).partition(" - ")
    return (artist, title) if between else ("", name)


def _turned_round(name: str, where: str) -> tuple[str, str] | None:
    """Split "Title - Artist", as iTunes and Apple Music write it; None if it is not that.

    Their files tell: they are called as the title, in a folder called as the artist.
    """
    title, between, artist = name.rpartition(" - ")
    *folders, file = where.casefold().replace("\\", "/").split("/")
    if not between or artist.casefold() not in folders:
        return None
    stem = file.rpartition(".")[0]
    names = (stem, re.sub(r"^\d[\d-]*[ .]+", "", stem))  # "1-10 Africa", but also "99 Luftballons"
    return (artist, title) if title.casefold() in names else None


def _pls_entries(text: str) -> Iterator[Entry]:
    pieces: dict[int, dict[str, str]] = {}
    for line in _lines(text):
        found = _PLS_LINE.match(line)
        if found and (len(pieces) <= MAX_ROWS or int(found[2]) in pieces):
            pieces.setdefault(int(found[2]), {})[found[1].lower()] = found[3]
    for _, piece in sorted(pieces.items()):
        artist, title = split_name(piece.get("title", ""))
        length = _milliseconds(piece.get("length", ""))
        yield Entry(title, artist, duration_ms=length, addresses=(piece.get("file", ""),))


def _milliseconds(seconds: str) -> float | None:
    try:
        return float(seconds) * 1000
    except ValueError:
        return None
