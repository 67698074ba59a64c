"""Text on pictures: the page's own typefaces, and what they can write.

Streamlit ships Source Sans and Source Serif (SIL Open Font License), which the page is set in, so
they are there wherever the app runs; Pillow reads them as they are. They write Latin, Greek and
Cyrillic. Of other scripts there is no typeface everywhere: such a text is not `writable`, and
whoever draws leaves it out rather than showing boxes or half a title.
"""

import unicodedata
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

ELLIPSIS = "…"
_NEVER_A_CHARACTER = "\uffff"
_SELECTORS = {chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))}
"""They choose between forms of the sign before them, such as a heart in colour."""
_SPACED = ("Zs", "Zl", "Zp")


class Typeface(StrEnum):
    """The page's two, by the beginning of their files' names at Streamlit."""

    SANS = "SourceSansVF-Upright"
    SERIF = "SourceSerifVariable-Roman"


@lru_cache(maxsize=64)
def font(typeface: Typeface, size: int, weight: int = 400) -> FreeTypeFont:
    """Load a typeface.

    Parameters
    ----------
    typeface : Typeface
    size : int
        In pixels.
    weight : int
        200 (light) to 900 (black).

    Returns
    -------
    PIL.ImageFont.FreeTypeFont
        Pillow's own, in its one weight, if this version of Streamlit has other files.
    """
    path = _file(typeface)
    try:
        if path is None:
            raise OSError(f"Streamlit has no {typeface}")
        loaded = ImageFont.truetype(path, size)
        axes = loaded.get_variation_axes()
        # the weight comes first; Source Serif's second axis is the size in points it is made for
        others = [min(size, axis["maximum"] or size) for axis in axes[1:]]
        loaded.set_variation_by_axes([weight, *others])
    except (OSError, NotImplementedError):
        return _fallback(size)
    return loaded


def writable(text: str) -> str | None:
    """Give what a card shows of a text, or None if its letters are not all in the typefaces.

    Compatibility forms, such as letters in circles, become plain letters. Signs that are no
    letters or digits, such as emoji, are left out; so are control characters and those that turn
    the direction.
    """
    kept = []
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if category in _SPACED or character in "\t\n\r\v\f":
            kept.append(" ")
        elif category.startswith("C") or character in _SELECTORS:
            continue
        elif _has_glyph(character):
            kept.append(character)
        else:
            plain = unicodedata.normalize("NFKC", character)
            if plain != character and all(map(_has_glyph, plain)):
                kept.append(plain)
            elif category[0] in "LN" or (category[0] == "M" and kept and kept[-1].isalpha()):
                return None
    return " ".join("".join(kept).split())


def fitted(text: str, face: FreeTypeFont, width: float) -> str:
    """Cut a text to a width in pixels, between graphemes, with an ellipsis."""
    return _fit(text, lambda shown: face.getlength(shown) <= width)


def wrapped(text: str, face: FreeTypeFont, width: float, lines: int) -> list[str]:
    """Break a text into at most so many lines of a width in pixels; the last one is cut."""
    words = text.split()
    done: list[str] = []
    while words and len(done) < lines - 1:
        taken = 1
        while taken < len(words) and face.getlength(" ".join(words[: taken + 1])) <= width:
            taken += 1
        done.append(fitted(" ".join(words[:taken]), face, width))
        words = words[taken:]
    return [*done, fitted(" ".join(words), face, width)] if words else done


def graphemes(text: str) -> list[str]:
    """Split into what readers see as one character: a letter with the marks that stand on it."""
    clusters: list[str] = []
    for character in text:
        if clusters and unicodedata.category(character).startswith("M"):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _fit(text: str, fits: Callable[[str], bool]) -> str:
    if fits(text):
        return text
    clusters = graphemes(text)
    low, high = 0, len(clusters)  # clusters[:low] fits, as far as anything does
    while high - low > 1:
        middle = (low + high) // 2
        shown = "".join(clusters[:middle]).rstrip() + ELLIPSIS
        low, high = (middle, high) if fits(shown) else (low, middle)
    return "".join(clusters[:low]).rstrip() + ELLIPSIS


@lru_cache(maxsize=4096)
def _has_glyph(character: str) -> bool:
    """Whether both typefaces have a sign for it; one they lack looks like one that never is."""
    return all(_drawn(face, character) != _drawn(face, _NEVER_A_CHARACTER) for face in Typeface)


def _drawn(typeface: Typeface, character: str) -> tuple[tuple[int, int], bytes]:
    mask = _bare(typeface).getmask(character)
    return mask.size, bytes(mask)


@lru_cache(maxsize=len(Typeface))
def _bare(typeface: Typeface) -> FreeTypeFont:
    """Load a typeface that draws sign by sign; what shapes whole texts hides some it lacks."""
    return font(typeface, 24).font_variant(layout_engine=ImageFont.Layout.BASIC)


def _file(typeface: Typeface) -> Path | None:
    streamlit = find_spec("streamlit")  # which is not imported for that
    if streamlit is None or streamlit.origin is None:
        return None
    media = Path(streamlit.origin).parent / "static" / "static" / "media"
    return next(iter(sorted(media.glob(f"{typeface}*.woff2"))), None)


def _fallback(size: int) -> FreeTypeFont:
    plain = ImageFont.load_default(size)
    if not isinstance(plain, FreeTypeFont):
        raise OSError("Pillow was built without FreeType")
    return plain
