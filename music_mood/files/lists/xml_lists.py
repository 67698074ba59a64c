"""Playlists in XML: XSPF, and in passing what Windows Media Player, rekordbox and Traktor write.

XSPF: https://xspf.org/spec. The others name the same things differently, as attributes or as
elements, so that one table of names reads them all.
"""

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element  # the type: `xml_text` does the parsing

from music_mood.errors import PlaylistError
from music_mood.files.lists.entries import Entry, Listed
from music_mood.files.lists.xml_text import local_name, parts, root_of

FORMS: Mapping[str, str] = {
    "playlist": "xspf",
    "smil": "wpl",
    "asx": "asx",
    "dj_playlists": "rekordbox",
    "nml": "traktor",
}
"""Outermost elements (in lower case), and what `Playlist.source` calls them."""

BEGINNING = 10_000
"""How many characters are searched for the list's title."""

_ENTRIES = ("track", "media", "entry")
_TITLES = ("title", "name", "tracktitle")
_ARTISTS = ("creator", "artist", "author", "trackartist")
_ALBUMS = ("album", "albumtitle")
_SECONDS = ("totaltime", "playtime")
_ADDRESSES = ("location", "identifier", "src", "href", "file")


def read_xml_list(text: str) -> Listed | None:
    """Take an XML playlist apart.

    Parameters
    ----------
    text : str
        As `xml_of` gives it.

    Returns
    -------
    Listed or None
        None if its outermost element is none of `FORMS`. Iterating over its entries raises
        PlaylistError where the XML is damaged.
    """
    form = FORMS.get(root_of(text))
    if form is None:
        return None
    return Listed(_title(text), form, _entries(text))


def _title(text: str) -> str:
    """Give the list's own title: one outside of entries, which stands before them."""
    try:
        first = next(parts(text[:BEGINNING], ("title", *_ENTRIES)), None)
    except PlaylistError:  # cut off
        return ""
    return (first.text or "") if first is not None and local_name(first) == "title" else ""


def _entries(text: str) -> Iterator[Entry]:
    for element in parts(text, _ENTRIES):
        facts = _facts(element)
        if facts.keys() <= {"key", "type"}:
            continue  # rekordbox and Traktor name tracks again by key where playlists hold them
        seconds = _first(facts, _SECONDS)
        yield Entry(
            title=_first(facts, _TITLES),
            artist=_first(facts, _ARTISTS),
            album=_first(facts, _ALBUMS),
            duration_ms=f"{seconds}e3" if seconds else _first(facts, ("duration",)),
            isrc=_first(facts, ("isrc",)),
            addresses=tuple(text for name in _ADDRESSES for text in facts.get(name, [])),
        )


def _facts(element: Element) -> dict[str, list[str]]:
    """Give what an entry says by name: its attributes, its children's texts and attributes."""
    facts: dict[str, list[str]] = {}
    for name, text in element.attrib.items():
        facts.setdefault(name.lower(), []).append(text)
    for child in element:
        name = local_name(child)
        if child.text and child.text.strip():
            facts.setdefault(name, []).append(child.text.strip())
        for attribute, text in child.attrib.items():
            # Traktor's <ALBUM TITLE="..."/> is an album, not a title
            of_child = name if attribute.lower() == "title" else attribute.lower()
            facts.setdefault(of_child, []).append(text)
    return facts


def _first(facts: Mapping[str, list[str]], names: tuple[str, ...]) -> str:
    return next((facts[name][0] for name in names if facts.get(name)), "")
