import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_mood.matching import (
    Doubles,
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


def test_without_a_length_the_first_of_the_same_name_is_taken_only_if_asked() -> None:
    wanted = track(duration_ms=None)
    candidates = [track("Song (Live)"), track(artist="Other"), track(), track(duration_ms=9)]
    assert best_match(wanted, candidates) is None
    assert best_match(wanted, candidates, any_length=True) == 2
    assert best_match(wanted, candidates[:2], any_length=True) is None
    # a length that is known is compared all the same
    assert best_match(track(duration_ms=90_000), candidates, any_length=True) is None


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


# -- one piece twice in a list

ISRC, OTHER_ISRC = "USRC17607839", "GBAYE9700116"


def piece(**facts) -> Track:
    return replace(Track("Song", "Band", uri="mine:1"), uri=f"mine:{facts}", **facts)


def are_one(one: Track, other: Track) -> bool:
    answers = set()
    for first, second in ((one, other), (other, one)):
        doubles = Doubles()
        assert doubles.is_new(first)
        answers.add(not doubles.is_new(second))
    assert len(answers) == 1, "the order makes a difference"
    return answers.pop()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"title": "SONG", "artist": "band"}),
        ({"album": "A", "duration_ms": 200_000}, {"album": "a", "duration_ms": 200_000}),
        ({"duration_ms": 200_000}, {"duration_ms": 200_099}),  # what an encoder adds
        ({"duration_ms": 200_000}, {"duration_ms": 199_960}),
        ({"album": "A"}, {}),  # what is not known is not another one
        ({"duration_ms": 200_000}, {}),
        ({"album": "A", "duration_ms": 200_000}, {"duration_ms": 200_000}),
        ({"isrc": ISRC}, {"isrc": "us-rc1-76-07839", "title": "Another", "album": "Best of"}),
        ({"isrc": ISRC, "spotify_id": "s"}, {"isrc": ISRC, "deezer_id": "d"}),
    ],
)
def test_a_piece_that_stands_twice_is_told(one, other):
    assert are_one(piece(**one), piece(**other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"album": "A"}, {"album": "B"}),
        ({"duration_ms": 200_000}, {"duration_ms": 201_000}),
        ({"album": "A", "duration_ms": 200_000}, {"album": "A", "duration_ms": 300_000}),
        ({"album": "A", "duration_ms": 200_000}, {"album": "B", "duration_ms": 200_000}),
        ({"title": "Song (Live)"}, {}),
        ({"artist": "Other"}, {}),
        ({"isrc": ISRC}, {"isrc": OTHER_ISRC}),
        ({"spotify_id": "s"}, {"spotify_id": "t"}),
        ({"deezer_id": "s"}, {"spotify_id": "t"}),
        ({"spotify_id": "s"}, {}),
    ],
)
def test_what_only_shares_its_name_is_another_piece(one, other):
    assert not are_one(piece(**one), piece(**other))


def test_the_same_entry_is_one_piece_whatever_was_found_out_since():
    bare = Track("Song", "Band", deezer_id="1")
    assert are_one(bare, replace(bare, isrc=ISRC, album="A", duration_ms=1))


def test_a_long_list_of_one_name_takes_no_time():
    doubles = Doubles()
    tracks = [piece(duration_ms=1_000 * n, album=f"{n}" if n % 2 else None) for n in range(20_000)]
    began = time.perf_counter()
    assert all([doubles.is_new(track) for track in tracks])
    assert time.perf_counter() - began < 5  # comparing each with each would take minutes
