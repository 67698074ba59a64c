"""Whether two services mean the same recording. A wrong match is worse than none."""

import re
import unicodedata
from collections.abc import Iterable

from music_mood.values import Track

MAX_DIFFERENCE_MS = 3_000
"""Largest difference in duration: services cut silence differently, versions differ more."""

_HARMLESS = re.compile(
    r"(feat|ft|featuring) .+"  # guests: some services name them among the artists instead
    r"|(\d{4} )?(digital )?(digitally )?remaster(ed)?( version)?( \d{4})?|remaster \d{4}"
    r"|explicit|bonus track|(original )?album version|original version|deluxe( edition)?"
    r"|from .+"  # "From 'The Film'"
)
"""Additions to a title that leave the recording the same. Not so: live, remix, acoustic, mono."""

_GUESTS = re.compile(r"\b(feat|ft|featuring)\b\.? .*$")
_ADDITION = re.compile(r"[(\[]([^()\[\]]*)[)\]]|\s-\s(.*)$")
_APOSTROPHES = re.compile("['`\u00b4\u2018\u2019]")
_DASHES = re.compile("[\u2010-\u2015]")
_BETWEEN_ARTISTS = re.compile(r"\s*[,;/&+]\s*|\s+(?:and|x|vs|with|feat|ft|featuring)\.?\s+")


def same_recording(wanted: Track, found: Track) -> bool:
    """Whether `found` is what `wanted` means.

    Both must have a title, an artist and a duration; titles must be equal but for spelling and
    harmless additions, the leading artists must be equal, durations within 3 s.
    """
    if wanted.duration_ms is None or found.duration_ms is None:
        return False
    if abs(wanted.duration_ms - found.duration_ms) > MAX_DIFFERENCE_MS:
        return False
    titles = plain_title(wanted.title), plain_title(found.title)
    same_title = titles[0] == titles[1] != ""
    return same_title and bool(_leads(wanted.artist) & _leads(found.artist))


def best_match(wanted: Track, candidates: Iterable[Track]) -> int | None:
    """Position of the candidate that is the same recording, closest in duration; None if none."""
    differences = {
        position: abs((wanted.duration_ms or 0) - (found.duration_ms or 0))
        for position, found in enumerate(candidates)
        if same_recording(wanted, found)
    }
    return min(differences, key=differences.__getitem__, default=None)


def plain_title(title: str) -> str:
    """Reduce a title to what makes the recording: "Áwake (feat. X) - Live!" -> "awake live"."""
    simple = _simple(title)
    kept = _ADDITION.sub(lambda found: _unless_harmless(found[1] or found[2] or ""), simple)
    return _words(_GUESTS.sub("", kept)) or _words(simple) or simple


def search_title(title: str) -> str:
    """Take the additions off a title, for a search engine."""
    return _ADDITION.sub(" ", title).strip() or title


def lead_artist(artist: str) -> str:
    """Give the first of several artists, for a search engine."""
    return artist.split(",", maxsplit=1)[0].strip()


def _unless_harmless(addition: str) -> str:
    words = _words(addition)
    return " " if _HARMLESS.fullmatch(words) else f" {words} "


def _leads(artist: str) -> set[str]:
    """Spellings of who leads: the whole name ("Earth, Wind & Fire") and its first part."""
    simple = _simple(artist)
    first = _BETWEEN_ARTISTS.split(simple, maxsplit=1)[0]
    return {name for name in (_name(simple), _name(first)) if name}


def _name(artist: str) -> str:
    return _words(artist).removeprefix("the ") or artist.strip()


def _simple(text: str) -> str:
    """Lower case without accents and apostrophes; one kind of dash and space."""
    parts = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text.casefold()))
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    return re.sub(r"\s+", " ", _DASHES.sub("-", bare)).strip()


def _words(text: str) -> str:
    """Letters and digits with single spaces; "&" is a word."""
    return " ".join(re.sub(r"[\W_]+", " ", text.replace("&", " and ")).split())


def plain_isrc(text: str | None) -> str | None:
    """Give an ISRC (ISO 3901) without hyphens, in capitals; None if the text is none."""
    bare = re.sub(r"[\s-]", "", text or "").upper()
    return bare if re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", bare) else None
