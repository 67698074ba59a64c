"""Pictures to share: a visitor's mood and three tracks, and the poster of the page itself; PNG.

1200x630 is what link previews show. Nothing is stored: a card is bytes for whoever asked for it.
"""

import io
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont

from music_mood.files.card_shapes import (
    CREAM,
    RGB,
    SHAPES,
    colour_of,
    ground,
    mixed,
    paste_round,
    quaver_face,
    stamp,
)
from page.lettering import Typeface, fitted, font, wrapped, writable

SIZE = (1200, 630)
TRACKS = 3
WARM = "#803310"
"""The page's primary colour, as in .streamlit/config.toml."""

MARGIN, TEXT_WIDTH = 68, 640
ROWS_TOP, ROW_HEIGHT = 312, 79
PICTURE_AT, PICTURE_RADIUS = (956, 315), 158


@dataclass(frozen=True, slots=True)
class ShareCard:
    """What stands on a card, in the visitor's language.

    Attributes
    ----------
    name, address : str
        The page's, e.g. ``"example.org"``.
    feeling : str
        E.g. ``"Looking happy"``.
    heading : str
        E.g. ``"Happy music"``.
    tracks : tuple of (str, str)
        Titles and artists, best first. The first `TRACKS` that can be written are shown.
    colour : str
        The mood's, as CSS writes it.
    shape : str
        The mood's, one of `card_shapes.SHAPES`.
    face_rgb : numpy.ndarray or None
        uint8, (H, W, 3): the face, if the visitor wants it on the card.
    """

    name: str
    address: str
    feeling: str
    heading: str
    tracks: tuple[tuple[str, str], ...]
    colour: str
    shape: str
    face_rgb: np.ndarray | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise ValueError(f"expected one of {', '.join(SHAPES)}, got {self.shape!r}")
        face = self.face_rgb
        if face is not None and (face.dtype != np.uint8 or face.shape[2:] != (3,) or not face.size):
            raise ValueError(f"expected uint8 (H, W, 3), got {face.dtype} {face.shape}")


@dataclass(frozen=True, slots=True)
class DrawnCard:
    """A card, and what it lacks.

    Attributes
    ----------
    png : bytes
    left_out : int
        Better tracks than those shown that are not on it: there are no letters for them.
    """

    png: bytes
    left_out: int


def draw_card(card: ShareCard) -> DrawnCard:
    """Draw a visitor's card."""
    colour = colour_of(card.colour)
    picture = ground(SIZE, colour)
    glow = mixed(colour, CREAM, 0.28)
    _waves(picture, card.shape, glow)
    if card.face_rgb is None:
        stamp(picture, card.shape, PICTURE_AT, PICTURE_RADIUS, glow)
    else:
        x, y = PICTURE_AT
        stamp(picture, "circle", PICTURE_AT, PICTURE_RADIUS + 6, CREAM)
        paste_round(picture, card.face_rgb, PICTURE_AT, PICTURE_RADIUS)
        stamp(picture, "circle", (x + 118, y + 118), 56, colour)
        stamp(picture, card.shape, (x + 118, y + 118), 26, CREAM)

    shown, left_out = _rows(card)
    quiet = mixed(CREAM, colour, 0.2)
    _brand(picture, card.name)
    draw = ImageDraw.Draw(picture)
    draw.text((MARGIN, 180), _said(card.feeling, 34), quiet, font(Typeface.SANS, 34), anchor="ls")
    heading, face = _shrunk(writable(card.heading) or "", 92, 700)
    draw.text((MARGIN - 4, 266), heading, CREAM, face, anchor="ls")
    for number, (title, artist) in enumerate(shown):
        _row(draw, number, title, artist, quiet)
    draw.text((MARGIN, 590), _said(card.address, 26), quiet, font(Typeface.SANS, 26), anchor="ls")
    return DrawnCard(_png(picture), left_out)


def draw_poster(name: str, description: str) -> bytes:
    """Draw what a link to the page shows, as PNG."""
    colour = colour_of(WARM)
    picture = ground(SIZE, colour)
    glow = mixed(colour, CREAM, 0.28)
    _waves(picture, "circle", glow)
    icon = quaver_face(2 * PICTURE_RADIUS, mixed(colour, (0, 0, 0), 0.4), CREAM, round_edge=True)
    picture.paste(icon, (PICTURE_AT[0] - PICTURE_RADIUS, PICTURE_AT[1] - PICTURE_RADIUS), icon)
    draw = ImageDraw.Draw(picture)
    heading, face = _shrunk(writable(name) or "", 92, 700)
    draw.text((MARGIN - 4, 268), heading, CREAM, face, anchor="ls")
    said = font(Typeface.SANS, 38)
    for number, line in enumerate(
        wrapped(writable(description) or "", said, TEXT_WIDTH - 70, lines=4)
    ):
        draw.text((MARGIN, 350 + 52 * number), line, mixed(CREAM, colour, 0.2), said, anchor="ls")
    return _png(picture)


def draw_icon(size: int = 180) -> bytes:
    """Draw the icon for the home screens of phones, which cut it round themselves, as PNG."""
    return _png(quaver_face(size, CREAM, colour_of(WARM), round_edge=False).convert("RGB"))


def _rows(card: ShareCard) -> tuple[list[tuple[str, str]], int]:
    """Take the first tracks that can be written; how many before and among them cannot."""
    shown: list[tuple[str, str]] = []
    left_out = 0
    for title, artist in card.tracks:
        if len(shown) == TRACKS:
            break
        written, by = writable(title), writable(artist)
        if written and by is not None:
            shown.append((written, by))
        else:
            left_out += 1
    return shown, left_out


def _waves(picture: Image.Image, shape: str, colour: RGB) -> None:
    """Draw rings around the place of the picture, as sound spreads."""
    for step, opacity in enumerate((0.3, 0.17, 0.09), start=1):
        radius = PICTURE_RADIUS + 44 * step
        stamp(picture, shape, PICTURE_AT, radius, colour, opacity=opacity, line=5)


def _row(draw: ImageDraw.ImageDraw, number: int, title: str, artist: str, quiet: RGB) -> None:
    top = ROWS_TOP + number * ROW_HEIGHT
    strong, plain = font(Typeface.SANS, 34, 600), font(Typeface.SANS, 26)
    width = TEXT_WIDTH - 58
    draw.text(
        (MARGIN + 16, top + 40), str(number + 1), quiet, font(Typeface.SERIF, 40), anchor="ms"
    )
    draw.text((MARGIN + 58, top + 30), fitted(title, strong, width), CREAM, strong, anchor="ls")
    draw.text((MARGIN + 58, top + 62), fitted(artist, plain, width), quiet, plain, anchor="ls")


def _brand(picture: Image.Image, name: str) -> None:
    icon = quaver_face(52, mixed(colour_of(WARM), (0, 0, 0), 0.4), CREAM, round_edge=True)
    picture.paste(icon, (MARGIN, 58), icon)
    ImageDraw.Draw(picture).text(
        (MARGIN + 68, 95), writable(name) or "", CREAM, font(Typeface.SERIF, 34, 600), anchor="ls"
    )


def _said(text: str, size: int) -> str:
    return fitted(writable(text) or "", font(Typeface.SANS, size), TEXT_WIDTH)


def _shrunk(text: str, size: int, weight: int) -> tuple[str, FreeTypeFont]:
    """Make a heading smaller until it fits, to half its size; then cut it."""
    face = font(Typeface.SERIF, size, weight)
    for smaller in range(size, size // 2, -6):
        face = font(Typeface.SERIF, smaller, weight)
        if face.getlength(text) <= TEXT_WIDTH:
            break
    return fitted(text, face, TEXT_WIDTH), face


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
