"""The line of tracks: what plays, what was before, what comes."""

from dataclasses import replace
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from music_mood.choosing.queue import HEARD_MOST, Queue
from music_mood.values import AudioFile, LabelledTrack, LabelSource, Track

FILE = AudioFile("mine.mp3", "audio/mpeg", b"ID3 a song")


def labelled(name: str, file: AudioFile | None = None) -> LabelledTrack:
    track = Track(name, "Somebody", uri=name, audio_file=file)
    return LabelledTrack(track, None, None, LabelSource.NOBODY)


def line(names: str) -> list[LabelledTrack]:
    return [labelled(name) for name in names]


def names(tracks) -> str:
    return "".join(one.track.uri for one in tracks)


def seen(queue: Queue) -> tuple[str, str, str]:
    """What was, what is and what comes."""
    return names(queue.heard), names([queue.now] if queue.now else []), names(queue.ahead)


NAME = st.sampled_from("abcdef")
STEP = st.one_of(
    st.tuples(st.just("follow"), st.lists(NAME, max_size=8).map("".join)),
    st.tuples(st.sampled_from(["play", "play_next", "drop"]), NAME),
    st.tuples(st.sampled_from(["advance", "back", "without_sound"])),
)


def take(queue: Queue, step: tuple[str, ...]) -> Queue:
    name, *given_ = step
    if name == "follow":
        return queue.follow(line(*given_))
    return getattr(queue, name)(*given_)


QUEUES = st.lists(STEP, max_size=20).map(lambda steps: reduce(take, steps, Queue()))


@given(QUEUES)
def test_nothing_is_twice_ahead_and_what_plays_is_not_ahead(queue: Queue):
    ahead = names(queue.ahead)
    assert len(set(ahead)) == len(ahead)
    assert queue.now is None or queue.now.track.uri not in ahead


@given(QUEUES)
def test_back_after_advance_gives_what_played(queue: Queue):
    if queue.now is not None:
        again = queue.advance().back()
        assert again.now == queue.now
        assert set(names(queue.ahead)) <= set(names(again.ahead))


@given(QUEUES)
def test_advance_after_back_gives_what_played(queue: Queue):
    if queue.now is not None and queue.heard and queue.heard[-1] != queue.now:
        assert queue.back().advance().now == queue.now


@given(QUEUES)
def test_advance_gives_what_was_first_ahead(queue: Queue):
    assert queue.advance().now == (queue.ahead[0] if queue.ahead else None)


@given(QUEUES, NAME)
def test_what_is_asked_for_comes_next_and_survives_another_order(queue: Queue, name: str):
    asked = queue.play_next(name)
    assert asked.now == queue.now
    if name in names(asked.ahead):
        assert names(asked.follow(line("fedcba")).ahead)[0] == name
        assert names([asked.advance().now]) == name


@given(QUEUES, NAME)
def test_play_plays_whatever_is_known(queue: Queue, name: str):
    known = names((*queue.heard, *queue.ahead, *queue.order)) + seen(queue)[1]
    played = queue.play(name)
    if name in known:
        assert seen(played)[1] == name
        assert played.heard[: len(queue.heard)] == queue.heard
    else:
        assert played == queue


@given(QUEUES, NAME)
def test_what_is_taken_out_is_not_ahead_any_more(queue: Queue, name: str):
    left = queue.drop(name)
    assert name not in names(left.ahead)
    assert left.follow(queue.order) == left
    assert (left.now, left.heard) == (queue.now, queue.heard)


@given(QUEUES, st.lists(NAME, unique=True).map("".join))
def test_another_order_changes_only_what_comes(queue: Queue, order: str):
    after = queue.follow(line(order))
    assert (after.now, after.asked) == (queue.now, queue.asked)
    if after != queue:
        aside = names(queue.asked) + seen(queue)[1]
        assert set(names(after.coming)) == set(order) - set(aside)
    assert after.follow(line(order)) == after


@given(st.lists(NAME, unique=True, min_size=1).map("".join))
def test_a_whole_playlist_is_heard_in_its_order_and_then_stops(order: str):
    queue = Queue().follow(line(order))
    for name in order:
        queue = queue.advance()
        assert seen(queue)[1] == name
    assert seen(queue.advance()) == (order, "", order)  # and could begin anew


def test_a_line_as_a_visitor_goes_through_it():
    queue = Queue().follow(line("abcd"))
    assert seen(queue) == ("", "", "abcd")
    assert seen(queue := queue.advance()) == ("", "a", "bcd")
    assert seen(queue := queue.play_next("d")) == ("", "a", "dbc")
    assert seen(queue := queue.advance()) == ("a", "d", "bc")
    assert seen(queue := queue.follow(line("zay"))) == ("a", "d", "zya")  # heard lately: last
    assert seen(queue := queue.play("y")) == ("ad", "y", "az")
    assert seen(queue.back()) == ("a", "d", "yaz")


def test_what_follows_a_chosen_track_is_what_stood_behind_it():
    queue = Queue().follow(line("abcdef")).play("d")
    assert seen(queue) == ("", "d", "efabc")


def test_what_is_heard_can_be_played_again():
    queue = Queue().follow(line("ab")).advance().advance().follow(line("xy"))
    assert seen(queue.play("a")) == ("ab", "a", "xy")
    assert seen(queue.play_next("a")) == ("a", "b", "axy")


def test_a_track_that_is_in_the_list_twice_comes_once():
    assert seen(Queue().follow(line("abab"))) == ("", "", "ab")


def test_history_has_an_end():
    queue = Queue().follow(line("ab"))
    for _ in range(3 * HEARD_MOST):
        queue = queue.advance()
    assert len(queue.heard) == HEARD_MOST


def test_going_back_before_the_first_changes_nothing():
    queue = Queue().follow(line("ab")).advance()
    assert queue.back() == queue


def test_another_playlist_lets_go_of_the_sound_of_what_was_heard():
    mine = labelled("m", FILE)
    queue = Queue().follow([mine, *line("ab")]).advance().advance()
    assert queue.follow([*line("a"), mine]).heard[0].track.audio_file == FILE
    assert queue.follow(line("xy")).heard[0].track.audio_file is None


def test_a_copy_without_sound_holds_none():
    queue = Queue().follow([labelled(name, FILE) for name in "abcde"]).advance().advance()
    queue = queue.play_next("e").without_sound()
    everything = (*queue.heard, queue.now, *queue.ahead, *queue.order)
    assert [one.track.audio_file for one in everything] == [None] * len(everything)
    assert seen(queue) == ("a", "b", "ecd")


def test_back_passes_over_the_same_track():
    """After the last track the line stops; the first one may then be played again."""
    queue = Queue().follow(line("a")).advance().advance().play("a")
    assert seen(queue.back()) == seen(queue)


def test_files_that_were_let_go_leave_all_but_what_plays():
    mine = [labelled(name, FILE) for name in "abcde"]
    queue = Queue().follow(mine).advance().advance().play_next("e")  # a was heard, b plays
    kept = queue.with_sound_of("c")
    assert seen(kept) == seen(queue)
    with_sound = {
        one.track.uri
        for one in (*kept.heard, kept.now, *kept.asked, *kept.coming, *kept.order)
        if one.track.audio_file
    }
    assert with_sound == {"b", "c"}
    assert [one.track.uri for one in kept.order if one.track.audio_file] == ["c"]


def test_what_is_skipped_is_not_gone_back_to():
    queue = Queue(heard=tuple(line("A")), now=labelled("B"), coming=tuple(line("CD")))
    skipped = queue.skip()
    assert skipped.now == labelled("C")
    assert skipped.heard == queue.heard
    assert skipped.coming == tuple(line("D"))
    assert skipped.back().now == labelled("A")


def test_what_was_asked_for_and_is_played_is_asked_for_no_more():
    queue = Queue(now=labelled("A"), asked=tuple(line("BCD")), coming=tuple(line("E")))
    assert names(queue.play("C").asked) == "BD"
    assert names(queue.advance().asked) == "CD"


def test_what_played_comes_before_what_was_asked_for_or_else_before_what_fits():
    before, now = tuple(line("A")), labelled("B")
    asked = Queue(before, now, tuple(line("C")), tuple(line("D"))).back()
    assert (asked.now, names(asked.asked), names(asked.coming)) == (before[0], "BC", "D")
    fits = Queue(before, now, (), tuple(line("D"))).back()
    assert (fits.now, names(fits.asked), names(fits.coming)) == (before[0], "", "BD")
    silent = Queue(before, None, tuple(line("C")), tuple(line("D"))).back()
    assert (silent.now, names(silent.asked), names(silent.coming)) == (before[0], "C", "D")


def test_what_is_gone_back_to_is_not_ahead_as_well():
    before, now = tuple(line("A")), labelled("B")
    assert names(Queue(before, now, tuple(line("CA")), ()).back().asked) == "BC"
    assert names(Queue(before, now, (), tuple(line("CA"))).back().coming) == "BC"


def test_what_it_knows_is_what_is_in_it():
    queue = Queue(tuple(line("A")), labelled("B"), tuple(line("C")), tuple(line("D")))
    queue = replace(queue, order=tuple(line("DE")))
    assert [name for name in "ABCDEF" if queue.knows(name)] == list("ABCDE")
    assert not Queue().knows("A")


def test_files_that_stay_are_kept_wherever_they_stand():
    heard, asked, coming, order = ((labelled(name, FILE),) for name in "ABCD")
    queue = Queue(heard, None, asked, coming, order)
    assert queue.with_sound_of("ABCD") == queue
    gone = queue.with_sound_of(())
    everywhere = (*gone.heard, *gone.asked, *gone.coming, *gone.order)
    assert [one.track.audio_file for one in everywhere] == [None] * 4
