from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_mood.matching import (
    best_match,
    lead_artist,
    plain_isrc,
    plain_title,
    same_recording,
    search_title,
)
from music_mood.values import Track


def track(title: str = "Song", artist: str = "Band", duration_ms: int | None = 200_000) -> Track:
    return Track(title, artist, duration_ms=duration_ms)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Déjà Vu", "deja vu"),
        ("Don’t Stop", "Dont Stop"),
        ("Heroes (2017 Remaster)", "Heroes - 2017 Remaster"),
        ("Heroes - Remastered 2017", "Heroes"),
        ("Stay (feat. Somebody)", "Stay"),
        ("Stay feat. Somebody", "Stay"),
        ("Stay (ft. Somebody) [Explicit]", "Stay"),
        ("Live - Live in Paris", "Live (Live in Paris)"),
        ("Rock & Roll", "Rock and Roll"),
        ("A–B", "A-B"),
        ("Song (Album Version)", "Song"),
        ("???", "???"),
        ("夜に駆ける", "夜に駆ける"),
        ('Theme (From "The Film")', "Theme"),
    ],
)
def test_spelling_does_not_make_another_recording(one: str, other: str) -> None:
    assert same_recording(track(one), track(other))
    assert same_recording(track(other), track(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Song", "Song (Live)"),
        ("Song", "Song - Acoustic"),
        ("Song", "Song (Somebody Remix)"),
        ("Song - Sped Up", "Song - Slowed"),
        ("Song", "Song (Karaoke Version)"),
        ("Song", "Song (Instrumental)"),
        ("Song", "Songs"),
        ("Song, Pt. 1", "Song, Pt. 2"),
        ("???", "!!!"),
        ("(I) Song", "(You) Song"),
        ("", ""),
    ],
)
def test_another_version_is_another_recording(one: str, other: str) -> None:
    assert not same_recording(track(one), track(other))
    assert not same_recording(track(other), track(one))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("The Beatles", "Beatles", True),
        ("Beyoncé", "Beyonce", True),
        ("Earth, Wind & Fire", "Earth, Wind and Fire", True),
        ("Simon & Garfunkel", "Simon and Garfunkel", True),
        ("Main, Guest", "Main", True),
        ("Main", "Main feat. Guest", True),
        ("Main & Guest", "Main, Other", True),
        ("Tyler, The Creator", "Tyler, The Creator", True),
        ("AC/DC", "AC/DC", True),
        ("!!!", "!!!", True),
        ("!!!", "???", False),
        ("Main, Guest", "Guest", False),
        ("Band", "Karaoke Band", False),
        ("Band", "", False),
        ("", "", False),
    ],
)
def test_who_leads_must_be_the_same(one: str, other: str, expected: bool) -> None:
    assert same_recording(track(artist=one), track(artist=other)) is expected
    assert same_recording(track(artist=other), track(artist=one)) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (200_000, 203_000, True),
        (200_000, 203_001, False),
        (200_000, 196_999, False),
        (200_000, None, False),
        (None, None, False),
    ],
)
def test_durations_must_be_known_and_near(one, other, expected) -> None:
    assert same_recording(track(duration_ms=one), track(duration_ms=other)) is expected


def test_the_nearest_duration_wins() -> None:
    wanted = track(duration_ms=200_000)
    candidates = [track("Other"), track(duration_ms=202_000), track(duration_ms=199_500)]
    assert best_match(wanted, candidates) == 2
    assert best_match(wanted, candidates[:1]) is None
    assert best_match(wanted, []) is None


@given(*[st.text("ab &'()-,!\u00e9\u0301", max_size=12)] * 4)
def test_any_text_can_be_compared_either_way(title: str, artist: str, other: str, by: str) -> None:
    one, two = track(title, artist), track(other, by)
    assert same_recording(one, two) == same_recording(two, one)
    if plain_title(title) and any(map(str.isalpha, artist)):
        assert same_recording(one, replace(one, duration_ms=201_000))


def test_what_a_search_engine_gets() -> None:
    assert search_title("Heroes (2017 Remaster) - Live") == "Heroes"
    assert search_title("(Untitled)") == "(Untitled)"
    assert lead_artist("Main, Guest") == "Main"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("USRC17607839", "USRC17607839"),
        ("us-rc1-76-07839", "USRC17607839"),
        ("USRC1760783", None),
        ("USRC17607839,USRC17607840", None),
        ("", None),
        (None, None),
    ],
)
def test_an_isrc_is_one_or_none(text: str | None, expected: str | None) -> None:
    assert plain_isrc(text) == expected
