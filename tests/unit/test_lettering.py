"""Text on cards: what the typefaces can write, and how it is cut."""

import pytest
from PIL import ImageFont

from page import lettering
from page.lettering import (
    ELLIPSIS,
    Typeface,
    fitted,
    font,
    graphemes,
    wrapped,
    writable,
)

PLAIN = font(Typeface.SANS, 30)


def test_the_pages_own_typefaces_are_there() -> None:
    assert font(Typeface.SANS, 30).getname()[0] == "SourceSans3VF"
    assert font(Typeface.SERIF, 30).getname()[0].startswith("Source Serif 4")


@pytest.mark.parametrize("typeface", Typeface)
def test_weights_differ(typeface: Typeface) -> None:
    word = "Happy music"
    assert font(typeface, 60, 700).getlength(word) > font(typeface, 60, 300).getlength(word)


def test_without_streamlits_files_pillows_own_typeface_writes(monkeypatch) -> None:
    monkeypatch.setattr(lettering, "_file", lambda typeface: None)
    assert lettering.font.__wrapped__(Typeface.SANS, 30).getname() == (
        ImageFont.load_default(30).getname()
    )


@pytest.mark.parametrize(
    "text",
    [
        "Sunny Side",
        "Ágætis byrjun",
        "Für Elise – Nº 1",
        "Подмосковные вечера",
        "Ελλάδα",
        "Đất nước",
    ],
)
def test_latin_greek_and_cyrillic_stay_as_they_are(text: str) -> None:
    assert writable(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "夜に駆ける",
        "사랑",
        "حبيبي",
        "שלום",
        "ไทย",
        "देवी",
        "Love 愛",
        "Hanna \U0001e900",
        "\u3164\u115f",
    ],
)
def test_letters_that_no_typeface_has_are_never_drawn_as_boxes(text: str) -> None:
    assert writable(text) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Sun 🌞 day 💛\ufe0f\u200d🔥", "Sun day"),
        ("A\ufe0e\U000e0100B", "AB"),
        ("👩‍👩‍👧 Family", "Family"),
        ("two\nlines\tand\u00a0more\u2028here", "two lines and more here"),
        ("\u202egnirts\u202c \u2066x\u2069", "gnirts x"),
        ("a\x00b\x1b[31mc\ufeff", "ab[31mc"),
        ("\ud800half", "half"),
        ("e\u0301", "é"),
        ("\U0001d4e2\U0001d4fe\U0001d4f7", "Sun"),
        ("\uff26\uff35\uff2c\uff2c", "FULL"),
        ("🎵🎵", ""),
        ("", ""),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
    ],
)
def test_what_is_no_letter_goes_quietly(text: str, shown: str) -> None:
    assert writable(text) == shown


def test_graphemes_keep_marks_with_their_letters() -> None:
    assert graphemes("x\u0323\u0304yz\u0301") == ["x\u0323\u0304", "y", "z\u0301"]
    assert graphemes("\u0301a") == ["\u0301", "a"]


def test_a_text_that_fits_is_not_cut() -> None:
    assert fitted("short", PLAIN, 500) == "short"


def test_a_long_text_is_cut_as_late_as_possible() -> None:
    long = "All work and no play makes Jack a dull boy"
    cut = fitted(long, PLAIN, 300)
    assert cut.endswith(ELLIPSIS) and long.startswith(cut[:-1])
    assert PLAIN.getlength(cut) <= 300
    more = long[: len(cut)].rstrip() + ELLIPSIS
    assert more == cut or PLAIN.getlength(long[: len(cut)] + ELLIPSIS) > 300


def test_no_letter_loses_its_marks_when_cut() -> None:
    long = "x\u0323\u0304" * 60
    cut = fitted(long, PLAIN, 200)
    assert cut.endswith(ELLIPSIS)
    assert set(graphemes(cut[:-1])) == {"x\u0323\u0304"}


def test_a_width_for_nothing_still_ends() -> None:
    assert fitted("word", PLAIN, 0) == ELLIPSIS


def test_lines_break_between_words_and_the_last_is_cut() -> None:
    text = "Show your face or say how you feel, and hear music that fits."
    lines = wrapped(text, PLAIN, 300, 2)
    assert len(lines) == 2 and lines[1].endswith(ELLIPSIS)
    assert all(PLAIN.getlength(line) <= 300 for line in lines)
    assert " ".join(wrapped(text, PLAIN, 300, 9)) == text
    assert wrapped("", PLAIN, 300, 3) == []
