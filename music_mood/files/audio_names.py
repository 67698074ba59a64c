"""Who plays what, from an audio file's tags and name, as far as they tell.

What programs write around artist and title is told by the words in `audio_words`; what makes
another recording ("(Remix)", "(Live at ...)", "- Radio Edit") always stays.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath
from urllib.parse import unquote

from i18n.foreign import MAX_TEXT, shown
from music_mood.files.audio_words import (
    BESIDE_WORDS,
    NO_ALBUM,
    NO_ARTIST,
    NO_TITLE,
    NOTHING,
    RIPPER_NAMES,
    SURE_WORDS,
    TECHNICAL,
    VERSION_ALONE,
    VERSION_WORDS,
    VIDEO_WORDS,
)
from music_mood.files.mojibake import repaired
from music_mood.matching import plain_title

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d-"
_SEPARATORS = (
    re.compile(rf"\s+[{_DASHES}]+\s+"),
    re.compile(rf"\s+[{_DASHES}]+(?=\S)|(?<=\S)[{_DASHES}]+\s+"),  # "Artist -Title"
    re.compile(r"\s+[|~\u2022\u00b7\uff5c\u3000]\s+|\s+//\s+"),
)
"""Between artist and title; the first kind that a name has counts."""

_NUMBERS = (
    re.compile(
        r"(?:\(\d{1,3}\)|\[\d{1,3}\]|#\d{1,3}(?=\s*[-.)]))[\s.)_-]+(?=\S)"
    ),  # "(03) ", "#3 - "
    re.compile(r"(?:cd|disc|disk)\s*\d{1,2}[\s.,_-]+(?:track\s*)?\d{1,3}[\s.)_-]+(?=\S)", re.I),
    re.compile(r"\d{1,2}[-.]\d\d[\s.)_-]+(?=\S)"),  # "1-07 ", "2.03 - "
    re.compile(r"\d{1,3}[.)][\s_-]*(?=[^\W\d])|\d{1,3}[.)]\s[\s_-]*(?=\S)"),  # "7. ", "7.Title"
    re.compile(rf"0\d{{1,2}}[\s._{_DASHES}]+(?=\S)"),  # "07 ", "007-"
    re.compile(rf"\d\d?\s+[{_DASHES}]+\s*(?=\S)|\d\d[_-]+(?=[^\W\d])"),  # "10 - ", "10-Title"
    re.compile(rf"[A-F][1-9](?:\s+[{_DASHES}]+\s+|[.)]\s*|\s+)(?=\S)"),  # "A1 ", of a record's side
    re.compile(rf"track\s*\d{{1,3}}\s*(?:[{_DASHES}]+|[.:])\s*(?=\S)", re.I),
)
"""A track's number before a name. Of up to two digits before a dash it is the number, whatever band
may be called so; three digits without a zero in front and years are taken for a band ("311",
"1975"), and without a dash or full stop digits are a part of the name ("99 Luftballons")."""

_TITLE_NUMBER = re.compile(rf"^(?:0\d[\s.)_]+|0?\d\d?\s+[{_DASHES}]+\s+)(?=\S)")
"""A track's number in a title tag, where "7. Sinfonie" has none."""

_ALBUM_NUMBER = re.compile(r"(?:\d{2,3}|[A-F][1-9]|\d-\d\d)[.)]?\s+(?=\S)|\d{1,3}[.)]?$")
"""A track's number within a name: "Artist - Album - 03 Title"."""

_YEAR = re.compile(r"^[(\[]?(?:19|20)\d\d[)\]]?(?:\s+|$)|\s*[(\[](?:19|20)\d\d[)\]]$")
_BRACKETS = re.compile(r"\s*(?:\(([^()]*)\)|\[([^\[\]]*)\]|\{([^{}]*)\}|【([^【】]*)】)")
_VIDEO_ID = re.compile(r"\s*\[([\w-]{11})\]\s*$|(?<=\S)-([\w-]{11})$")
_WORD_LIKE = re.compile(r"[A-Z]?[a-z]+(?:-[A-Z]?[a-z]+)?[-_]?\d*|[A-Z]+|\d+")
_AUDIO_NAME = re.compile(r"\.(?:mp3|m4a|aac|flac|wav|ogg|opus|wma|webm|mp4)$", re.IGNORECASE)
_BETWEEN_ARTISTS = re.compile(r" ?; ?| / | ?// ?")
_MAX_VALUE = 2_000
"""Most characters of a tag's value that are looked at; it may name many artists."""

_CHANNEL = re.compile(r"\s+[-\u2013]\s+topic$|(?<=\w)\s*vevo$", re.IGNORECASE)
"""What YouTube adds to an artist's name to make a channel's."""


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file's tags say, as they stand there; "" or None where they say nothing.

    Attributes
    ----------
    title, album_artist, album : str
    artists : tuple of str
        All values.
    track_number : str
        For example ``"7"``.
    isrc : str or None
    """

    title: str = ""
    artists: tuple[str, ...] = ()
    album_artist: str = ""
    album: str = ""
    track_number: str = ""
    isrc: str | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """Who plays what; "" where nobody tells."""

    artist: str
    title: str
    album: str = ""


def names_of(tags: Tags, file_name: str) -> Names:
    """Put together what tags and file name tell.

    Parameters
    ----------
    tags : Tags
    file_name : str
        Without folders, with suffix.

    Returns
    -------
    Names
        The title tag outranks the file's name, which is asked for the artist only if it names the
        same title. The artist is that of the track, else of the album, else the file's name's, else
        what stands before a dash in the title tag. Placeholders count as nothing.
    """
    album = _told(tags.album)
    album = "" if NO_ALBUM.fullmatch(album) or album.lower() in NOTHING else album
    named = _split(PurePath(file_name).stem, album, tags.track_number)
    artist = _artists(tags.artists) or _artists((tags.album_artist,))
    title = _told(tags.title)
    if _AUDIO_NAME.search(title):  # some programs write a file's name there
        named, title = _split(_AUDIO_NAME.sub("", title), album, tags.track_number), ""
    if not title or title.lower() in NOTHING or NO_TITLE.fullmatch(title):
        return _by_name(named, artist, album or named.album)
    title = _without_noise(_TITLE_NUMBER.sub("", title))
    told = Names(*_artist_first(_parts(title)))
    if artist and told.artist and _compact(told.artist) == _compact(artist):
        spaced = max(artist, told.artist, key=lambda name: name.count(" "))  # "DaftPunkVEVO"
        return Names(spaced, told.title, album)
    if artist and told.artist and _compact(told.artist) == _compact(artist.split(", ")[0]):
        return Names(artist, told.title, album)
    if artist:
        return Names(artist, title, album)
    if named.artist and plain_title(named.title) == plain_title(title):
        return Names(named.artist, title, album or named.album)
    return Names(told.artist, told.title, album)


def _by_name(named: Names, artist: str, album: str) -> Names:
    """Take the title from the file's name: the part that is not the artist."""
    if artist and named.artist and _compact(artist) == _compact(named.title):
        return Names(artist, named.artist, album)
    return Names(artist or named.artist, named.title, album)


def _compact(name: str) -> str:
    return plain_title(name).replace(" ", "")


def artist_and_title(stem: str) -> tuple[str, str]:
    """Split a file's name without suffix: "07 Artist - Title" -> artist and title.

    The artist is "" where the name tells none.
    """
    names = _split(stem)
    return names.artist, names.title


def _artists(values: Iterable[str]) -> str:
    """All artists that are named, joined by ", "; "" if they are placeholders."""
    parts = [
        shown(part)
        for value in islice(values, 50)
        for part in _BETWEEN_ARTISTS.split(_told((value or "").replace("\0", ";"), _MAX_VALUE))
    ]
    named = [part for part in parts if part and not _is_nobody(part)]
    return shown(", ".join(dict.fromkeys(_CHANNEL.sub("", part) for part in named)))


def _told(value: str, most: int = MAX_TEXT) -> str:
    """Give a tag's value as it was meant, in a line; of a whole book only the beginning."""
    return shown(repaired(value[:_MAX_VALUE]), most)


def _split(stem: str, album: str = "", track_number: str = "") -> Names:
    """Take a file's name apart, with what the tags say about it as evidence."""
    text = _without_noise(_blanks(repaired(unicodedata.normalize("NFC", stem))))
    bare = _without_number(text, track_number)
    parts = _parts(bare)
    if bare != text and len(parts) == 1 and "_" in stem and " " not in stem:
        parts = _scene(stem) or parts
    if len(parts) > 2 and parts[0].isdecimal():  # "7 - Artist - Title", "2019 - Artist - Title"
        parts = parts[1:]
    parts, found_album = _without_album(parts, album)
    if len(parts) > 2 and _is_nobody(parts[0]):  # "Various Artists - Album - 03 Artist - Title"
        parts = parts[1:]
    artist, title = _artist_first(parts)
    artist = "" if _is_nobody(artist) else artist
    found_album = "" if NO_ALBUM.fullmatch(found_album) else found_album
    return Names(artist, title, found_album)


def _is_nobody(artist: str) -> bool:
    return artist.lower() in NO_ARTIST or artist.lower() in NOTHING


def _without_album(parts: list[str], album: str) -> tuple[list[str], str]:
    """Take the album out of "Artist - Album - 03 Title", told by the number or by the tags."""
    for at in range(2, len(parts)):
        number = _ALBUM_NUMBER.match(parts[at])
        rest = parts[at][number.end() :] if number else ""
        if number and not _says_version(rest) and (rest or at + 1 < len(parts)):
            albums = [_YEAR.sub("", part) for part in parts[1:at]]
            titles = [*filter(None, [rest]), *parts[at + 1 :]]
            return [parts[0], *titles], " - ".join(filter(None, albums))
    if len(parts) > 2 and album and plain_title(parts[1]) == plain_title(album):
        return [parts[0], *parts[2:]], album
    return parts, ""


def _artist_first(parts: list[str]) -> tuple[str, str]:
    told = len(parts) > 1 and not _says_version(parts[1])
    return (parts[0], " - ".join(parts[1:])) if told else ("", " - ".join(parts))


def _says_version(text: str) -> bool:
    """Whether a text is no title but says which recording of one: "Live", "Radio Edit"."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    if len(words) == 1:
        return words[0] in VERSION_ALONE
    return bool(words) and all(word in VERSION_WORDS for word in words)


def _parts(text: str) -> list[str]:
    for separator in _SEPARATORS:
        parts = [part.strip() for part in separator.split(text)]
        if len(parts) > 1 and all(parts):
            return parts
    return [text]


def _blanks(stem: str) -> str:
    """Put blanks where a name has something else instead."""
    text = stem
    if " " not in text and re.search(r"%[0-9A-Fa-f]{2}", text):
        with suppress(UnicodeDecodeError):
            text = unquote(text, errors="strict")
    if " " not in text and "+-+" in text:
        text = text.replace("+", " ")
    if " " not in text or re.search(rf"_[{_DASHES}]+_", text):
        text = text.replace("_", " ")
    return shown(text)


def _scene(stem: str) -> list[str]:
    """Names as "03-daft_punk-one_more_time" has them."""
    parts = [shown(part.replace("_", " ")) for part in stem.split("-")]
    return parts[1:] if len(parts) == 3 and parts[0].isdecimal() and all(parts) else []


def _without_number(text: str, track_number: str) -> str:
    found = next((match for one in _NUMBERS if (match := one.match(text))), None)
    if found is not None:
        return text[found.end() :]
    number = re.match(r"(\d{1,3})\s+(?=\S)", text)
    if number and track_number.isdecimal() and int(number[1]) == int(track_number[:4]):
        return text[number.end() :]  # "12 Daft Punk - One More Time", the twelfth of its album
    return text


def _without_noise(text: str) -> str:
    """Take off what is about a film, a file or a site; all of it, if anything is left."""
    bare = _VIDEO_ID.sub(lambda found: "" if _is_id(found) else found[0], text).strip()
    bare = _BRACKETS.sub(lambda found: "" if _is_noise(_inside(found)) else found[0], bare).strip()
    bare = _without_tail(bare)
    parts = _parts(bare)
    kept = [part for part in parts if not (RIPPER_NAMES.fullmatch(part) or _is_noise(part))]
    few = len(kept) == 1 and not any(map(_surely_noise, parts))
    if kept != parts and kept and not few:
        bare = " - ".join(kept)
    return shown(bare) or text


def _surely_noise(part: str) -> bool:
    """Of a part that may be the title, as "Video" by India.Arie."""
    words = list(_words(part))
    return bool(RIPPER_NAMES.fullmatch(part)) or (
        len(words) > 1 and _is_noise(part) and any(map(_is_sure, words))
    )


def _is_sure(word: str) -> bool:
    return word in SURE_WORDS or TECHNICAL.fullmatch(word) is not None


def _inside(found: re.Match[str]) -> str:
    return next((text for text in found.groups() if text is not None), "")


def _is_id(found: re.Match[str]) -> bool:
    """Whether eleven letters are one of YouTube's ids, and no word."""
    text = found[1] or found[2]
    if _WORD_LIKE.fullmatch(text):
        return False
    mixed = any(one.islower() for one in text) and any(one.isupper() for one in text)
    return mixed if found[1] else mixed and any(one.isdecimal() for one in text)


def _words(text: str) -> Iterator[str]:
    yield from (word.strip(".,:!").lower() for word in text.split())


def _is_noise(text: str) -> bool:
    words = [word for word in _words(text) if word]
    if RIPPER_NAMES.fullmatch(text.strip()):
        return True
    told = any(word in VIDEO_WORDS or TECHNICAL.fullmatch(word) for word in words)
    return told and all(
        word in VIDEO_WORDS or word in BESIDE_WORDS or word.isdecimal() or TECHNICAL.fullmatch(word)
        for word in words
    )


def _without_tail(text: str) -> str:
    """Take off "Official Video HD" without brackets."""
    words = text.split()
    start = len(words)
    while start > 1 and _is_noise(words[start - 1]):
        start -= 1
        if start > 1 and words[start - 1].lower() in ("music", "with", "w/"):
            start -= 1
    tail = [word.strip(".,:!").lower() for word in words[start:]]
    sure = any(map(_is_sure, tail)) or {"music", "lyric", "with"} & set(tail[:1])
    if not tail or not sure or words[start - 1].strip(_DASHES) == "":
        return text
    return " ".join(words[:start]).rstrip(" |")
