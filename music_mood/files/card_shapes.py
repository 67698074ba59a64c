"""What the cards are drawn with besides letters: grounds, the moods' shapes, the face of the icon.

Everything is drawn four times as large and made smaller, as Pillow's edges are jagged.
"""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageColor, ImageDraw

RGB = tuple[int, int, int]
Points = Sequence[tuple[float, float]]

FINE = 4

CREAM: RGB = (251, 248, 244)
SOOT: RGB = (22, 19, 17)
"""Background of the light and of the dark theme, as in .streamlit/config.toml."""

SHAPES: Mapping[str, Points | None] = MappingProxyType(
    {
        "circle": None,
        "square": ((-0.84, -0.84), (0.84, -0.84), (0.84, 0.84), (-0.84, 0.84)),
        "diamond": ((0, -1), (1, 0), (0, 1), (-1, 0)),
        "triangle-up": ((0, -0.92), (0.98, 0.78), (-0.98, 0.78)),
    }
)
"""Vega's names of marks -> corners within -1..1; a circle has none."""


def colour_of(css: str) -> RGB:
    """Read a colour as CSS writes it; `ValueError` if it is none."""
    red, green, blue = ImageColor.getrgb(css)[:3]
    return red, green, blue


def mixed(colour: RGB, other: RGB, share: float) -> RGB:
    """Mix two colours; `share` of the other, 0..1."""
    red, green, blue = (
        round(a * (1 - share) + b * share) for a, b in zip(colour, other, strict=True)
    )
    return red, green, blue


def ground(size: tuple[int, int], colour: RGB) -> Image.Image:
    """Draw a ground in a dark shade of a colour, a little lighter at the upper left."""
    width, height = size
    light, dark = (np.array(mixed(colour, SOOT, share), dtype=np.float64) for share in (0.36, 0.68))
    across, down = np.linspace(0, 1, width)[None, :], np.linspace(0, 1, height)[:, None]
    way = ((across + down) / 2)[..., None]
    return Image.fromarray(np.round(light * (1 - way) + dark * way).astype(np.uint8))


def stamp(
    picture: Image.Image,
    shape: str,
    centre: tuple[float, float],
    radius: float,
    colour: RGB,
    *,
    opacity: float = 1.0,
    line: float = 0,
) -> None:
    """Draw one of `SHAPES` onto a picture, filled, or as a line of so many pixels."""
    side = math.ceil(2 * (radius * 1.1 + line + 4))
    mask = Image.new("L", (side * FINE, side * FINE))
    draw, middle = ImageDraw.Draw(mask), side * FINE / 2
    inked = round(255 * opacity)
    corners, reach = SHAPES[shape], radius * FINE
    if corners is None:
        box = (middle - reach, middle - reach, middle + reach, middle + reach)
        draw.ellipse(box, fill=None if line else inked, outline=inked, width=round(line * FINE))
    else:
        ring = [(middle + x * reach, middle + y * reach) for x, y in corners]
        if not line:
            draw.polygon(ring, fill=inked)
        # closed beyond its first corner, and drawn with round joints: soft corners either way
        thick = line or radius * 0.14
        draw.line([*ring, *ring[:2]], inked, round(thick * FINE), joint="curve")
    left_top = (round(centre[0] - side / 2), round(centre[1] - side / 2))
    picture.paste(colour, left_top, mask.resize((side, side), Image.Resampling.LANCZOS))


def paste_round(
    picture: Image.Image, face: np.ndarray, centre: tuple[int, int], radius: int
) -> None:
    """Paste the middle of a photo as a circle.

    Parameters
    ----------
    picture : PIL.Image.Image
    face : numpy.ndarray
        uint8, (H, W, 3), RGB; not empty.
    centre : tuple of int
    radius : int
    """
    height, width = face.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = Image.fromarray(np.ascontiguousarray(face[top : top + side, left : left + side]))
    size = (2 * radius, 2 * radius)
    mask = Image.new("L", (size[0] * FINE, size[1] * FINE))
    ImageDraw.Draw(mask).ellipse((0, 0, mask.width - 1, mask.height - 1), fill=255)
    picture.paste(
        square.resize(size, Image.Resampling.LANCZOS),
        (centre[0] - radius, centre[1] - radius),
        mask.resize(size, Image.Resampling.LANCZOS),
    )


def quaver_face(size: int, ink: RGB, paper: RGB, *, round_edge: bool) -> Image.Image:
    """Draw the icon, as .streamlit/icon.svg does: a face whose eyes are a pair of quavers.

    Returns
    -------
    PIL.Image.Image
        RGBA, (size, size): a disc of paper, or a full square if not `round_edge`.
    """
    unit = size * FINE / 64
    icon = Image.new("RGBA", (size * FINE, size * FINE))
    draw = ImageDraw.Draw(icon)
    if round_edge:
        draw.ellipse([1 * unit, 1 * unit, 63 * unit, 63 * unit], fill=paper)
    else:
        draw.rectangle([0, 0, *icon.size], fill=paper)
    for eye in ((20, 30.5), (40, 28.5)):
        oval = _ellipse(*eye, 5.6, 4.6, -18)
        draw.polygon([(x * unit, y * unit) for x, y in oval], fill=ink)
    notes = [(22.6, 30), (22.6, 13.6), (45.4, 10), (45.4, 28)]
    notes += [(42.2, 28), (42.2, 17.6), (25.8, 20.2), (25.8, 30)]
    draw.polygon([(x * unit, y * unit) for x, y in notes], fill=ink)
    smile = [(x * unit, y * unit) for x, y in _curve((17, 42.5), (25, 54), (39, 54), (47, 42.5))]
    draw.line(smile, ink, round(4.6 * unit), joint="curve")
    for x, y in (smile[0], smile[-1]):
        draw.ellipse([x - 2.3 * unit, y - 2.3 * unit, x + 2.3 * unit, y + 2.3 * unit], fill=ink)
    return icon.resize((size, size), Image.Resampling.LANCZOS)


def _ellipse(x: float, y: float, wide: float, high: float, degrees: float) -> Points:
    turn = math.radians(degrees)
    points = []
    for step in range(60):
        angle = step * math.tau / 60
        across, down = wide * math.cos(angle), high * math.sin(angle)
        points.append(
            (
                x + across * math.cos(turn) - down * math.sin(turn),
                y + across * math.sin(turn) + down * math.cos(turn),
            )
        )
    return points


def _curve(*corners: tuple[float, float]) -> Points:
    """Points of a cubic Bézier curve."""
    ways = np.linspace(0, 1, 40)[:, None]
    a, b, c, d = (np.array(corner) for corner in corners)
    points = (
        (1 - ways) ** 3 * a
        + 3 * (1 - ways) ** 2 * ways * b
        + 3 * (1 - ways) * ways**2 * c
        + ways**3 * d
    )
    return [(float(x), float(y)) for x, y in points]
