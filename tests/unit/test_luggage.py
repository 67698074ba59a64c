"""What waits while visitors are at Spotify: one piece a browser, in bounded memory, for minutes."""

from collections.abc import Iterator

import pytest

from music_mood.clients.spotify.login import PENDING_S
from music_mood.panel import luggage as luggage_module
from music_mood.panel.luggage import MAX_OWN_BYTES, LeftLuggage
from music_mood.panel.values import Shelved
from music_mood.panel.visit import Visit
from music_mood.values import AudioFeatures, LabelledTrack, LabelSource, Playlist, Track
from tests.fake_time import FakeTime
from tests.unit.test_visit import full


@pytest.fixture
def waiting_for(fake_time: FakeTime) -> Iterator[LeftLuggage]:
    return LeftLuggage(fake_time.clock)


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


def visit_with(count: int) -> Visit:
    """One with a list of so many tracks, no two alike."""
    features = AudioFeatures(0.5, 0.25, 0.125, 0.75, 0.1, 0.9, -7.0, 0.3, 120.0)
    tracks = tuple(
        Track(f"Title {hash((n, 1))}", f"Artist {hash((n, 2))}", uri=f"u:{n}", features=features)
        for n in range(count)
    )
    labelled = tuple(LabelledTrack(one, None, None, LabelSource.NOBODY) for one in tracks)
    return Visit(shelved=Shelved("a list", Playlist("List", "files", tracks), labelled, ()))


def test_what_was_left_is_there_again_for_the_same_browser(waiting_for: LeftLuggage):
    visit = full()
    assert waiting_for.leave("one", "state", visit)
    found = waiting_for.waiting("one")
    assert found.shelved == visit.shelved.without_sound()
    assert found.brought_back == visit.from_file.without_sound()
    assert found.queue == visit.queue.without_sound()
    assert (found.aim, found.link, found.heard) == (visit.aim, visit.link, visit.heard)
    assert waiting_for.waiting("two") is None
    assert waiting_for.waiting("") is None


def test_it_is_a_copy_each_time(waiting_for: LeftLuggage):
    visit = full()
    waiting_for.leave("one", "state", visit)
    visit.link = "changed"
    first, second = waiting_for.waiting("one"), waiting_for.waiting("one")
    first.link = "changed"
    assert second.link == full().link


def test_no_sound_is_packed(waiting_for: LeftLuggage):
    import zlib

    waiting_for.leave("one", "state", full())
    [left] = waiting_for._left.values()
    assert b"ID3" not in zlib.decompress(left.packed)


def test_a_browser_has_one_piece_that_of_its_last_login(waiting_for: LeftLuggage):
    for number in range(100):
        waiting_for.leave("one", f"state {number}", Visit(link=f"link {number}"))
    assert waiting_for.waiting("one").link == "link 99"
    assert len(waiting_for._left) == 1
    waiting_for.forget("one", "state 98")  # an older tab's login ends
    waiting_for.forget("two", "state 99")  # nor does another browser's forged way back
    assert waiting_for.waiting("one").link == "link 99"
    waiting_for.forget("one", "state 99")
    assert waiting_for.waiting("one") is None


def test_it_waits_for_minutes(waiting_for: LeftLuggage, fake_time: FakeTime):
    waiting_for.leave("one", "a", Visit())
    fake_time.pass_by(PENDING_S / 2)
    waiting_for.leave("two", "b", Visit())
    waiting_for.leave("one", "c", Visit())  # begins anew, and stands behind
    fake_time.pass_by(PENDING_S / 2)
    assert waiting_for.waiting("one") and waiting_for.waiting("two")
    fake_time.pass_by(PENDING_S / 2)
    assert waiting_for.waiting("one") is None
    assert not waiting_for._left


def test_ten_thousand_strangers_neither_turn_anybody_out_nor_fill_the_memory(
    waiting_for: LeftLuggage, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(luggage_module, "MAX_BYTES", 1_000_000)
    waiting_for.leave("a visitor", "state", visit_with(10))
    strangers = visit_with(3)
    took = sum(waiting_for.leave(f"stranger {n}", "state", strangers) for n in range(10_000))
    assert 100 < took < 10_000
    assert sum(len(one.packed) for one in waiting_for._left.values()) <= 1_000_000
    assert len(waiting_for.waiting("a visitor").shelved.labelled) == 10
    assert not waiting_for.leave("late", "state", strangers)
    assert waiting_for.waiting("late") is None
    assert waiting_for.leave("stranger 1", "state", strangers), "its own place is free for it"


def test_the_longest_list_that_is_read_finds_room(waiting_for: LeftLuggage):
    assert waiting_for.leave("one", "state", visit_with(10_000))
    [left] = waiting_for._left.values()
    assert len(left.packed) < MAX_OWN_BYTES / 2


def test_more_than_that_does_not(waiting_for: LeftLuggage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(luggage_module, "MAX_OWN_BYTES", 10_000)
    assert waiting_for.leave("one", "first", visit_with(3))
    assert not waiting_for.leave("one", "second", visit_with(1_000))
    assert waiting_for.waiting("one") is None, "not what belongs to an older way"
