"""The card to share: its form, what is on it, and that no face is unless it was given."""

import io

import numpy as np
import pytest
from PIL import Image

from music_mood.files.card_shapes import CREAM, SHAPES, colour_of, ground, mixed
from music_mood.files.share_card import (
    MARGIN,
    PICTURE_AT,
    PICTURE_RADIUS,
    ROW_HEIGHT,
    ROWS_TOP,
    SIZE,
    TEXT_WIDTH,
    WARM,
    ShareCard,
    draw_card,
    draw_icon,
    draw_poster,
)
from music_mood.panel import appearance
from music_mood.values import MOODS, Mood

FACE = np.zeros((90, 60, 3), np.uint8)
FACE[..., 1] = 255  # green, as no card is
TRACKS = (("One", "First"), ("Two", "Second"), ("Three", "Third"))


def card(mood: Mood = Mood.HAPPY, tracks=TRACKS, face=None, **changes) -> ShareCard:
    words = {
        "name": "Face the Music",
        "address": "example.org",
        "feeling": "Feeling happy",
        "heading": "Happy music",
    }
    look = {"colour": appearance.COLOURS[mood], "shape": appearance.SHAPES[mood]}
    return ShareCard(tracks=tuple(tracks), face_rgb=face, **{**words, **look, **changes})


def pixels(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.format == "PNG" and picture.mode == "RGB" and not picture.info
        return np.asarray(picture).astype(int)


def green(picture: np.ndarray) -> np.ndarray:
    return (picture[..., 1] > 200) & (picture[..., 0] < 60) & (picture[..., 2] < 60)


def row(picture: np.ndarray, number: int) -> np.ndarray:
    top = ROWS_TOP + number * ROW_HEIGHT
    return picture[top : top + ROW_HEIGHT, MARGIN + 50 : MARGIN + TEXT_WIDTH]


def has_text(region: np.ndarray) -> bool:
    return bool((np.abs(region - np.array(CREAM)).max(-1) < 12).any())


@pytest.mark.parametrize("mood", MOODS)
def test_every_mood_gives_a_card_of_its_own(mood: Mood) -> None:
    png = draw_card(card(mood)).png
    assert pixels(png).shape == (SIZE[1], SIZE[0], 3)
    assert len(png) < 600_000
    others = [draw_card(card(other)).png for other in MOODS if other is not mood]
    assert png not in others


def test_the_same_card_is_the_same_bytes() -> None:
    assert draw_card(card()) == draw_card(card())


def test_the_face_is_only_where_it_belongs_and_only_if_given() -> None:
    without, with_face = pixels(draw_card(card()).png), pixels(draw_card(card(face=FACE)).png)
    assert not green(without).any()
    rows, columns = np.nonzero(green(with_face))
    assert len(rows) > 10_000
    distances = np.hypot(columns - PICTURE_AT[0], rows - PICTURE_AT[1])
    assert distances.max() <= PICTURE_RADIUS + 1
    left = slice(0, PICTURE_AT[0] - 340)
    assert (without[:, left] == with_face[:, left]).all()


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 400, 3), (2000, 30, 3)])
def test_faces_of_any_size_fit(shape: tuple[int, int, int]) -> None:
    picture = pixels(draw_card(card(face=np.full(shape, (0, 255, 0), np.uint8))).png)
    assert green(picture).any()


def test_a_view_of_a_picture_is_taken_as_it_is() -> None:
    mirrored = np.asarray(np.dstack([np.arange(60 * 60).reshape(60, 60) % 256] * 3), np.uint8)[
        :, ::-1
    ]
    assert draw_card(card(face=mirrored)) == draw_card(card(face=mirrored.copy()))


@pytest.mark.parametrize(
    "face", [FACE[..., 0], FACE.astype(float), FACE[:0], np.zeros((4, 4, 4), np.uint8)]
)
def test_what_is_no_picture_is_refused(face: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected uint8"):
        card(face=face)


def test_an_unknown_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="expected one of circle"):
        card(shape="heart")
    assert set(appearance.SHAPES.values()) <= set(SHAPES)


def test_the_first_three_tracks_that_can_be_written_are_on_it() -> None:
    tracks = [("夜に駆ける", "YOASOBI"), *TRACKS, ("Four", "Fourth")]
    assert draw_card(card(tracks=tracks)).png == draw_card(card()).png
    assert draw_card(card(tracks=tracks)).left_out == 1
    assert draw_card(card()).left_out == 0


def test_a_track_is_left_out_for_its_artist_too_but_not_for_an_emoji() -> None:
    drawn = draw_card(card(tracks=[("One", "حبيبي"), ("🎵 Two 🎵", "Second 🤘")]))
    assert drawn.left_out == 1
    assert drawn.png == draw_card(card(tracks=[("Two", "Second")])).png


@pytest.mark.parametrize("count", range(4))
def test_as_many_rows_as_tracks(count: int) -> None:
    picture = pixels(draw_card(card(tracks=TRACKS[:count])).png)
    assert [has_text(row(picture, number)) for number in range(3)] == [
        number < count for number in range(3)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "W" * 4000,
        "word " * 900,
        "\u202e" * 50,
        "x" + "\u0301" * 500,
        "\x00\n\r",
        "<script>",
        "%s{0}",
    ],
)
def test_hostile_texts_stay_in_their_place(text: str) -> None:
    drawn = draw_card(card(tracks=[(text, text)] * 3, heading=text, feeling=text, address=text))
    empty = draw_card(card(tracks=(), heading="", feeling="", address="")).png
    picture, blank = pixels(drawn.png), pixels(empty)
    beside = np.s_[:, MARGIN + TEXT_WIDTH + 12 :]
    assert (picture[beside] == blank[beside]).all()


def luminance(colour: np.ndarray) -> np.ndarray:
    part = colour / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("css", [*appearance.COLOURS.values(), WARM])
def test_every_text_has_contrast_wherever_it_stands(css: str) -> None:
    colour = colour_of(css)
    brightest = luminance(np.asarray(ground(SIZE, colour)).astype(float)).max()
    # the outermost ring goes under the ends of long titles
    ring = luminance(
        np.array(mixed(mixed(colour, (22, 19, 17), 0.36), mixed(colour, CREAM, 0.28), 0.09))
    )
    for ink in (CREAM, mixed(CREAM, colour, 0.2)):
        for behind in (brightest, ring):
            assert (luminance(np.array(ink)) + 0.05) / (behind + 0.05) >= 4.5


def test_the_poster_and_the_icon_have_their_sizes() -> None:
    poster = pixels(draw_poster("Face the Music", "Show your face, and hear music that fits."))
    assert poster.shape == (SIZE[1], SIZE[0], 3)
    icon = pixels(draw_icon())
    assert icon.shape == (180, 180, 3)
    assert (icon[0, 0] == colour_of(WARM)).all()
