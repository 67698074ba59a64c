"""Untrusted XML -> its elements, one at a time: bounded in depth and memory, without entities."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from xml.etree.ElementTree import (
    Element,
    ParseError,
    XMLPullParser,
)

from i18n import Message
from music_mood.errors import PlaylistError
from music_mood.files.encoding import decode_plain

MAX_DEPTH = 60
MAX_ELEMENTS = 2_000_000
"""Most elements of one file; 20 000 rows of 25 cells have 1 000 000."""

MAX_PARTS = 60_000
"""Most elements inside one that is asked for; a spreadsheet's row can have 16 384 cells."""

MAX_ATTRIBUTES = 200
"""Most attributes of one element."""

_CHUNK = 1 << 16  # characters
_ENCODING = re.compile(
    rb"\s*<\?xml[^>]{0,80}encoding\s*=\s*[\"']"
    rb"((?:us-ascii|iso-8859-|windows-|cp|koi8|shift|euc|gb|big5|mac)[a-z0-9_-]{0,20})[\"']",
    re.IGNORECASE,
)
"""An encoding of text other than Unicode's, which need no telling: Python knows others that are
slow to decode or no text."""


def xml_of(data: bytes) -> str:
    """Turn an XML file's bytes into text, in the encoding that it declares.

    Raises
    ------
    PlaylistError
        The bytes are no text, it has more than `MAX_ELEMENTS`, or it declares entities: those can
        blow up a small file to any size or fetch others, and no playlist needs them.
    """
    declared = _ENCODING.match(data)
    try:
        text = data.decode(declared[1].decode()) if declared else decode_plain(data).text
    except (LookupError, ValueError):
        text = decode_plain(data).text
    if "<!ENTITY" in text:
        raise PlaylistError(Message("This XML file declares entities, which no playlist needs."))
    check_size(elements_in(text))
    return text.lstrip("\ufeff \t\r\n")


def elements_in(text: str) -> int:
    """Tell how many elements end in a text, before it is parsed."""
    return text.count("</") + text.count("/>")


def check_size(elements: int) -> None:
    """Refuse what would keep the server busy.

    Raises
    ------
    PlaylistError
        There are more than `MAX_ELEMENTS`.
    """
    if elements > MAX_ELEMENTS:
        raise PlaylistError(
            Message(
                "This file has too many parts to be a playlist. Please bring the playlist as CSV."
            )
        )


def root_of(text: str) -> str:
    """Give the name of the outermost element in lower case, without namespace; "" if there is none.

    Parameters
    ----------
    text : str
        As `xml_of` gives it.
    """
    parser: XMLPullParser[Element] = XMLPullParser(["start"])
    try:
        return next((local_name(one) for _, one in _fed(parser, text[:_CHUNK])), "")
    except PlaylistError:
        return ""


def local_name(element: Element) -> str:
    """Give an element's name in lower case, without its namespace."""
    return _local(element.tag)


def parts(text: str, wanted: Collection[str], ends: Collection[str] = ()) -> Iterator[Element]:
    """Give the elements of these names as they end, each whole, and forget all others.

    Parameters
    ----------
    text : str
        As `xml_of` gives it.
    wanted : collection of str
        Names as `local_name` gives them. One inside another comes as part of that.
    ends : collection of str
        Names of elements around those that are given as well when they end, without content.

    Raises
    ------
    PlaylistError
        The text is no XML, nested deeper than `MAX_DEPTH`, a wanted element has more than
        `MAX_PARTS` in it, or one more than `MAX_ATTRIBUTES`.
    """
    parser: XMLPullParser[Element] = XMLPullParser(["start", "end"])
    open_: list[Element] = []
    inside = size = 0  # open elements that are wanted; elements in them
    for start in range(0, len(text), _CHUNK):
        for event, element in _fed(parser, text[start : start + _CHUNK]):
            is_wanted = local_name(element) in wanted
            if event == "start":
                open_.append(element)
                inside += is_wanted
                size += bool(inside)
                too_many = size > MAX_PARTS or len(element.attrib) > MAX_ATTRIBUTES
                if too_many or len(open_) > MAX_DEPTH:
                    raise PlaylistError(
                        Message("This XML file is nested too deeply to be a playlist.")
                    )
                continue
            open_.pop()
            inside -= is_wanted
            if not inside:
                size = 0
                if is_wanted or local_name(element) in ends:
                    yield element
                if open_:
                    open_[-1].remove(element)
    if open_:
        raise _damaged()


@lru_cache(1_000)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def _fed(parser: "XMLPullParser[Element]", text: str) -> Iterator[tuple[str, Element]]:
    try:
        parser.feed(text)  # text, not bytes: whatever encoding it declares was heeded before
        for event in parser.read_events():
            element = event[-1]
            if isinstance(element, Element):  # the only kind that is asked for
                yield event[0], element
    except ParseError as cause:
        raise _damaged() from cause


def _damaged() -> PlaylistError:
    return PlaylistError(
        Message("This XML file is damaged or incomplete. Please export it once more.")
    )
