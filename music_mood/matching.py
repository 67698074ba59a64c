"""Whether two tracks are the same recording. A wrong match is worse than none."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Set

from music_mood.values import Track

MAX_DIFFERENCE_MS = 3_000
"""Largest difference in duration: services cut silence differently, versions differ more."""

SAME_LENGTH_MS = 100
"""Difference in length that one piece may have that stands twice in a list: encoders add some
silence, in files of one recording some hundredths of a second."""

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
    return same_song(wanted, found)


def same_song(wanted: Track, found: Track) -> bool:
    """Whether title and artist are the same; the length is not compared.

    Enough to let somebody hear it, if that is said; not to take over what is known of it.
    """
    titles = plain_title(wanted.title), plain_title(found.title)
    same_title = titles[0] == titles[1] != ""
    return same_title and bool(_leads(wanted.artist) & _leads(found.artist))


def best_match(
    wanted: Track, candidates: Iterable[Track], *, any_length: bool = False
) -> int | None:
    """Find the candidate that is the same recording, closest in duration.

    Parameters
    ----------
    wanted : Track
    candidates : iterable of Track
        The best first.
    any_length : bool
        If `wanted` has no duration, the first that is the `same_song` will do.

    Returns
    -------
    int or None
        Its position; None if there is none.
    """
    if any_length and wanted.duration_ms is None:
        same = (position for position, found in enumerate(candidates) if same_song(wanted, found))
        return next(same, None)
    differences = {
        position: abs((wanted.duration_ms or 0) - (found.duration_ms or 0))
        for position, found in enumerate(candidates)
        if same_recording(wanted, found)
    }
    return min(differences, key=differences.__getitem__, default=None)


class Doubles:
    """Knows the tracks of a list so far, and tells which of the next ones stand in it already.

    Two entries are one piece if they have the same `Track.uri` or the same ISRC. Without any
    identifier, artist and title must be the same, and neither album nor length another one; what
    is not known is not another one.
    """

    def __init__(self) -> None:
        self._names: set[str] = set()
        # of pieces without identifier, by artist and title, and by those and the album
        self._lengths: defaultdict[tuple[str, ...], set[int | None]] = defaultdict(set)

    def is_new(self, track: Track) -> bool:
        """Take a track into the list; False if it stands there already."""
        isrc = plain_isrc(track.isrc)
        names = {track.uri, f"isrc:{isrc}"} if isrc else {track.uri}
        by_text = not (isrc or track.spotify_id or track.deezer_id)
        if not self._names.isdisjoint(names) or (by_text and self._is_listed(track)):
            return False
        self._names |= names
        if by_text:
            song, length = _song(track), _length(track)
            self._lengths[song].add(length)
            self._lengths[*song, _album(track)].add(length)
        return True

    def _is_listed(self, track: Track) -> bool:
        song, album, length = _song(track), _album(track), _length(track)
        comparable = [(*song, album), (*song, "")] if album else [song]
        return any(_holds(self._lengths.get(one, set()), length) for one in comparable)


def _song(track: Track) -> tuple[str, str]:
    return track.artist.casefold(), track.title.casefold()


def _album(track: Track) -> str:
    return (track.album or "").casefold()


def _length(track: Track) -> int | None:
    """In units of `SAME_LENGTH_MS`."""
    return None if track.duration_ms is None else track.duration_ms // SAME_LENGTH_MS


def _holds(lengths: Set[int | None], length: int | None) -> bool:
    """Whether a length, or one that may be it, is among these."""
    if length is None or None in lengths:
        return bool(lengths)
    return not lengths.isdisjoint((length - 1, length, length + 1))


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
