"""What becomes of the queue when the browser tells something."""

from collections.abc import Sequence

import pytest
from streamlit.testing.v1 import AppTest

from i18n import Words
from music_mood.choosing.queue import Queue
from music_mood.errors import UnavailableError
from music_mood.panel.player import line
from music_mood.panel.player.line import (
    ATTEMPTS,
    FAILURES,
    MOST_SKIPPED,
    Event,
    fill_slots,
    handle,
    look_ahead,
    read_events,
    settle,
    wants_look_ahead,
)
from music_mood.panel.player.playing import Playing
from music_mood.panel.player.shown import AHEAD_SHOWN, bar_data
from music_mood.panel.player.sound import PREVIEW_LIFE_S
from music_mood.panel.visit import Visit
from music_mood.previews.chain import Previews
from music_mood.values import AudioFile, LabelledTrack, LabelSource, Mood, Preview, Track
from tests.browser.server import ROOT

FILE = AudioFile("mine.mp3", "audio/mpeg", b"ID3 a song")


def labelled(name: str, **facts) -> LabelledTrack:
    track = Track(name.title(), "Somebody", uri=name, **facts)
    return LabelledTrack(track, Mood.CALM, None, LabelSource.MAKERS)


class Web:
    """A web that has previews of some tracks, and remembers what it was asked."""

    def __init__(self, has: str = "abcdefgh", embeds: str = "", down: bool = False):
        self.has, self.embeds, self.down = has, embeds, down
        self.asked: list[str] = []

    def resolve(self, tracks: Sequence[Track]) -> Previews:
        self.asked.append("".join(track.uri for track in tracks))
        if self.down:
            return Previews((None,) * len(tracks), (UnavailableError("It is down.", "Web"),))
        return Previews(tuple(self.preview(track.uri) for track in tracks))

    def preview(self, uri: str) -> Preview | None:
        if uri in self.has:
            address = f"https://web.example/{uri}/{len(self.asked)}"
            return Preview("Web", "audio/mpeg", audio_url=address)
        if uri in self.embeds:
            return Preview("Spotify", "text/html", embed_url=f"https://spotify.example/{uri}")
        return None


class Browser:
    """Tells a visit what happens, as the component does."""

    def __init__(self, names: str | Sequence[LabelledTrack] = "abcdefgh", web: Web | None = None):
        tracks = [labelled(one) if isinstance(one, str) else one for one in names]
        self.visit = Visit(queue=Queue().follow(tracks))
        self.web = web or Web()
        self.number = 0
        self.draw()

    def tell(self, kind: str, uri: str = "") -> None:
        self.number += 1
        ahead = handle(self.visit, [Event(self.number, kind, uri)])
        settle(self.visit, self.web.resolve)
        if ahead:
            look_ahead(self.visit, self.web.resolve)
        self.draw()
        if self.data["more"]:
            assert kind != "more", "it asks for ever"
            self.tell("more")

    def draw(self) -> None:
        fill_slots(self.visit)
        self.data = bar_data(self.visit, Words("en").say, "")

    @property
    def playing(self) -> Playing:
        return self.visit.part(Playing)

    @property
    def now(self) -> str:
        return self.data["now"]["uri"] if self.data["now"] else ""

    @property
    def slots(self) -> list[str]:
        return [slot["uri"] if slot else "" for slot in self.data["slots"]]

    @property
    def sounds(self) -> dict[str, Preview]:
        return {slot.uri: slot.preview for slot in self.playing.slots if slot}


def test_before_the_first_play_nobody_is_asked():
    files = [labelled("m", audio_file=FILE), labelled("a"), labelled("n", audio_file=FILE)]
    browser = Browser(files)
    assert browser.web.asked == []
    assert sorted(browser.slots) == ["", "m", "n"]  # what is there anyway lies ready
    assert not browser.data["more"]
    assert browser.data["now"] is None


def test_what_was_pressed_comes_first_then_the_two_ahead():
    browser = Browser()
    browser.tell("play", "a")
    assert browser.now == "a"
    assert browser.web.asked == ["a", "bc"]
    assert sorted(browser.slots) == ["a", "b", "c"]


def test_what_plays_is_never_moved_or_drawn_anew():
    browser = Browser()
    browser.tell("play", "a")
    for name in "abcdef":
        at = browser.slots.index(name)
        before = browser.playing.slots[at]
        browser.visit.queue = browser.visit.queue.follow([labelled(x) for x in "hgfedcba"])
        browser.draw()
        assert browser.playing.slots[at] is before
        browser.visit.queue = browser.visit.queue.follow([labelled(x) for x in "abcdefgh"])
        ahead = browser.visit.queue.ahead[0].track.uri
        browser.draw()
        browser.tell("more")
        lies_at = browser.slots.index(ahead)
        browser.tell("next", name)
        assert browser.now == ahead
        assert browser.slots.index(ahead) == lies_at
        if ahead != chr(ord(name) + 1):
            break


def test_an_old_address_is_found_anew_but_not_under_what_plays(monkeypatch):
    browser, now = Browser(), 1000.0
    monkeypatch.setattr("music_mood.panel.player.sound.time.monotonic", lambda: now)
    browser.tell("play", "a")
    before = browser.sounds
    now += PREVIEW_LIFE_S
    browser.tell("started", "a")
    assert browser.sounds["a"] == before["a"]
    browser.tell("wake")
    assert browser.sounds["a"] == before["a"]
    assert browser.sounds["b"] != before["b"]
    assert browser.sounds["c"] != before["c"]


def test_started_tracks_are_heard():
    browser = Browser()
    browser.tell("play", "a")
    assert browser.visit.heard == frozenset()
    browser.tell("started", "a")
    assert browser.visit.heard == {"a"}


def test_what_nobody_has_is_skipped_with_a_sentence():
    browser = Browser(web=Web("acdefgh"))
    browser.tell("play", "a")
    assert [one["silent"] for one in browser.data["ahead"][:2]] == [True, False]
    assert "b" not in browser.slots
    assert browser.data["note"] == ""
    browser.tell("next", "a")
    assert browser.now == "c"
    expected = "B cannot be played here: nobody offers a preview of it. Going on."
    assert browser.data["note"] == expected
    browser.tell("next", "c")
    assert browser.data["note"] == ""


def test_going_back_does_not_meet_what_was_skipped():
    browser = Browser(web=Web("acdefgh"))
    browser.tell("play", "a")
    browser.tell("next", "a")
    browser.tell("back", "c")
    assert browser.now == "a"
    assert browser.data["ahead"][0]["uri"] == "c"


def test_several_in_a_row_are_one_sentence():
    browser = Browser(web=Web("afgh"))
    browser.tell("play", "a")
    browser.tell("next", "a")
    assert browser.now == "f"
    assert browser.data["note"] == "4 tracks in a row cannot be played here. Going on."


def test_a_list_that_cannot_be_played_is_said_and_ends():
    browser = Browser("abcdefgh", Web(""))
    browser.tell("play", "c")
    assert browser.now == ""
    assert browser.data["halted"]
    assert browser.data["note"].startswith("There is nothing left that can be played here.")
    assert "8 tracks" in browser.data["note"]
    assert sum(len(asked) for asked in browser.web.asked) == 8  # each once


def test_a_long_list_that_cannot_be_played_is_not_asked_for_to_its_end():
    names = [f"track {number}" for number in range(200)]
    browser = Browser([labelled(name) for name in names], Web(""))
    browser.tell("play", names[0])
    assert browser.data["halted"]
    assert browser.now == names[MOST_SKIPPED]
    assert browser.data["note"].endswith("Press play to look further.")
    browser.tell("play", browser.now)
    assert browser.now == names[2 * MOST_SKIPPED]


def test_services_that_are_down_stop_the_music_where_it_is():
    browser = Browser(web=Web(down=True))
    browser.tell("play", "a")
    assert browser.now == "a"
    assert browser.data["halted"]
    assert browser.data["note"] == "It is down. Press play to try again."
    assert len(browser.web.asked) == FAILURES
    browser.web.down = False  # nothing bad was remembered
    browser.tell("play", "a")
    assert browser.now == "a"
    assert "a" in browser.slots
    assert not browser.data["halted"]


def test_a_service_that_fails_while_looking_ahead_is_not_asked_for_ever():
    browser = Browser()
    browser.tell("play", "a")
    browser.web.down = True
    browser.tell("next", "a")
    browser.tell("next", "b")
    assert browser.now == "c"
    assert "" in browser.slots


def test_a_failed_address_is_found_anew_once_and_then_skipped():
    browser = Browser()
    browser.tell("play", "a")
    before = browser.sounds["a"]
    browser.tell("failed", "a")
    assert browser.now == "a"
    assert browser.sounds["a"] != before
    assert [slot["attempt"] for slot in browser.data["slots"] if slot["uri"] == "a"] == [1]
    assert ATTEMPTS == 2
    browser.tell("failed", "a")
    assert browser.now == "b"
    expected = "A cannot be played: this browser cannot read its sound. Going on."
    assert browser.data["note"] == expected


def test_a_track_ahead_that_fails_is_left_out_of_the_slots():
    browser = Browser()
    browser.tell("play", "a")
    for _ in range(ATTEMPTS):
        browser.tell("failed", "b")
    assert browser.now == "a"
    assert sorted(browser.slots) == ["a", "c", "d"]
    browser.tell("play", "b")  # the visitor insists
    assert browser.now == "b"
    assert "b" in browser.slots


def test_spotifys_frame_opens_only_for_whoever_pressed_it():
    browser = Browser(web=Web("acdefgh", embeds="b"))
    browser.tell("play", "a")
    browser.tell("next", "a")
    assert browser.now == "c"
    assert "plays only in Spotify’s own player" in browser.data["note"]
    assert browser.data["frame"] == ""
    browser.tell("play", "b")
    assert (browser.now, browser.data["frame"]) == ("b", "b")
    assert "b" not in browser.slots
    browser.tell("more")
    assert browser.data["frame"] == "b"
    browser.tell("next", "b")
    assert browser.data["frame"] == ""


def test_files_that_lost_their_bytes_on_the_way_are_skipped():
    browser = Browser([labelled(name, audio_file=FILE) for name in "xyz"], Web(""))
    browser.tell("play", "x")
    assert browser.now == "x"
    other = Visit()
    other.unpack(browser.visit.luggage())
    browser.visit, browser.number = other, 0
    assert other.part(Playing).slots == [None] * 3
    browser.draw()
    browser.tell("next", "x")
    assert browser.now == ""
    assert browser.data["note"].startswith("There is nothing left")


def test_the_queue_can_be_changed():
    browser = Browser()
    browser.tell("play", "a")
    browser.tell("up", "f")
    browser.tell("drop", "b")
    assert [one["uri"] for one in browser.data["ahead"]][:3] == ["f", "c", "d"]
    assert sorted(browser.slots) == ["a", "c", "f"]


def test_an_event_that_is_told_again_counts_once():
    visit = Visit(queue=Queue().follow([labelled(name) for name in "abc"]))
    events = [Event(1, "play", "a"), Event(2, "next", "a")]
    handle(visit, events[:1])
    handle(visit, events)
    handle(visit, events)
    assert visit.queue.now.track.uri == "b"
    assert visit.part(Playing).acked == 2


def test_a_step_from_a_track_that_is_no_longer_playing_is_no_step():
    browser = Browser()
    browser.tell("play", "a")
    browser.tell("play", "c")
    browser.tell("next", "a")
    assert browser.now == "c"
    browser.tell("back", "b")
    assert browser.now == "c"


@pytest.mark.parametrize(
    "given", [None, 5, "play", [None], [{}], [{"number": "1", "kind": "play", "uri": "a"}], {}]
)
def test_nonsense_from_a_browser_is_no_event(given):
    assert read_events(given) == []


def test_events_are_read_in_their_order():
    given = [{"number": 2, "kind": "next", "uri": "a"}, {"number": 1, "kind": "play", "uri": "a"}]
    assert read_events(given) == [Event(1, "play", "a"), Event(2, "next", "a")]


def test_unknown_events_and_tracks_change_nothing():
    browser = Browser()
    browser.tell("dance", "a")
    browser.tell("play", "nonsense")
    assert browser.now == ""


def test_no_address_reaches_a_link_that_is_none():
    browser = Browser([labelled("a", link="javascript:alert(1)")])
    assert browser.data["ahead"][0]["link"] == ""


def test_pictures_are_not_asked_of_a_service_before_the_first_play():
    one = labelled("a", cover_url="https://pictures.example/a.jpg")
    browser = Browser([one, labelled("b")])
    assert browser.data["ahead"][0]["cover"] == ""
    browser.tell("play", "a")
    assert browser.data["now"]["cover"] == "https://pictures.example/a.jpg"


def test_a_long_queue_is_listed_in_part():
    browser = Browser([labelled(str(number)) for number in range(100)])
    assert len(browser.data["ahead"]) == AHEAD_SHOWN
    assert browser.data["words"]["further"] == "and 70 more"


def test_looking_ahead_ends(monkeypatch):
    monkeypatch.setattr(line, "LOOK_AT", 4)
    browser = Browser("abcdefgh", Web("ah"))
    browser.tell("play", "a")
    assert browser.web.asked == ["a", "bc", "de"]
    assert not wants_look_ahead(browser.visit)


def test_the_bar_draws_st_audio_for_what_comes():
    page = AppTest.from_file(str(ROOT / "tests/browser/apps/player.py"), default_timeout=30).run()
    assert not page.exception
    names = [audio.proto.alt for audio in page.get("audio")]
    assert names == [f"Happy Acoustic No. {n} Immich Memories" for n in (1, 2, 3)]
