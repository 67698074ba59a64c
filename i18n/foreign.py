"""Text that others wrote: titles, names, headers; cleaned, bounded, and literal in Markdown.

Whatever comes from services, files and addresses passes `clean` or `shown` where it comes in, and
`literal` where Streamlit would take it for Markdown.
"""

import re
import unicodedata

MAX_TEXT = 300
"""Most characters of a title, artist, album or name; the rest gives way to an ellipsis."""

INVISIBLE = "[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+"
"""Control characters, and those that turn the direction of all text that follows on a page."""

UNSEEN = (
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\u3164"
    "\ufeff\uffa0\ufff0-\ufffb]+"
)
"""Characters that show nothing and join nothing: zero-width spaces, fillers, soft hyphens. Unicode
calls them Default_Ignorable_Code_Point. Joiners stay (Persian and emoji need them), and so do the
marks of direction that turn no more than what stands beside them, and selectors of variants."""

_HALVES = re.compile("[\ud800-\udfff]")  # of pairs of surrogates: JSON can hold them, UTF-8 not
_INVISIBLE, _UNSEEN, _BLANKS = re.compile(INVISIBLE), re.compile(UNSEEN), re.compile(r"\s+")
_JOINERS = "\u200c\u200d"


def clean(text: str) -> str:
    """Give a text that every encoding can hold and that changes nothing around it.

    Halves of surrogate pairs become U+FFFD, runs of `INVISIBLE` a blank; `UNSEEN` goes.
    """
    if text.isascii() and text.isprintable():
        return text  # nearly all, and there are many
    return _UNSEEN.sub("", _INVISIBLE.sub(" ", _HALVES.sub("\ufffd", text)))


def shown(text: str, most: int = MAX_TEXT) -> str:
    """Give a `clean` text in one line without surplus blanks, of bearable length.

    Parameters
    ----------
    text : str
    most : int
        Longest result, in characters; where something was cut, it ends in an ellipsis.

    Returns
    -------
    str
        Itself, if it has passed here before.
    """
    line = _BLANKS.sub(" ", clean(text)).strip()
    if len(line) <= most:
        return line
    kept = line[: most - 1]
    # an accent, or half of a joined emoji, does not stand without what it belongs to
    while kept and (unicodedata.combining(line[len(kept)]) or line[len(kept)] in _JOINERS):
        kept = kept[:-1]
    return f"{kept.rstrip(f' {_JOINERS}')}\N{HORIZONTAL ELLIPSIS}"


_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")

_NOTHING = ":color[]{}"
"""An empty ``<span>`` in Streamlit's Markdown: no text, no look. It parts what stands around it."""

_PARTED = re.compile(
    r"(?<=[Ww]{3})(?=\.)"  # www.example.org
    r"|(?<=/)(?=/)"  # https://
    r"|(?<=.)(?=@)"  # a@example.org
    r"|(?<=[-<>=~])(?=[-<>=~])"  # arrows and the like: ->, <=, --
    r"|(?<=:)(?=[\w+-]+:)"  # :heart:, :streamlit:, :material_x:
)
"""Where a backslash is not enough: Streamlit and GitHub's flavour look for these in the text that
is left when all escapes are resolved, but never across the border of an element."""

_UNFINISHED = re.compile(r"(?:[Ww]{3}|:[\w+-]+)\Z")
"""What would become one of these by a colon or full stop of ours behind it."""


def literal(text: str) -> str:
    """Write a text so that Streamlit's Markdown shows it letter by letter, in one line.

    For the inside of a line of Markdown: labels, captions, alerts, tooltips, entries of lists. How
    Streamlit 1.67 reads Markdown was found out by experiment; `tests/browser/test_foreign.py` looks
    whether it still does.
    """
    line = " ".join(clean(text).split())
    parts = (_PUNCTUATION.sub(r"\\\g<0>", part) for part in _PARTED.split(line))
    return _NOTHING.join(parts) + (_NOTHING if _UNFINISHED.search(line) else "")


class Address(str):
    """A web address that is a parameter of a message: the end of a Markdown link."""

    __slots__ = ()


def destination(address: str) -> str:
    """Write a web address for the round brackets of a Markdown link; "" if it is none."""
    if not address.startswith(("https://", "http://")):
        return ""
    whole = "".join(one if one.isprintable() and one != " " else "%20" for one in clean(address))
    return _PUNCTUATION.sub(r"\\\g<0>", whole)


def linked(text: str, address: str | None) -> str:
    """Write a Markdown link; only the text, literally, where there is no web address."""
    where = destination(address or "")
    return f"[{literal(text)}]({where})" if where else literal(text)
