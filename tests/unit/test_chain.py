"""Who is asked for audio features, and when: services, those who hear, and the memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest

from i18n import Message
from music_mood.errors import ProviderError, UnavailableError
from music_mood.features.chain import FeatureChain, Progress
from music_mood.features.provider import Found
from music_mood.values import SOUND, AudioFeatures, Track

BY_SERVICE = AudioFeatures(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, -8, 0.5, 100)
BY_EAR = replace(BY_SERVICE, energy=0.1)


def failed() -> ProviderError:
    return ProviderError(Message("It failed."), "A")


def unavailable() -> UnavailableError:
    return UnavailableError(Message("It is out of reach."), "A")


@dataclass(eq=False)
class Provider:
    """Knows some titles, and may fail before it tells of them or after."""

    name: str
    knows: str = ""
    before: Callable[[], Exception] | None = None
    after: Callable[[], Exception] | None = None
    features: AudioFeatures = BY_SERVICE
    log: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
        self.log.append(self.name)
        self.asked += [one.title for one in tracks]
        if self.before:
            raise self.before()
        for at, track in enumerate(tracks):
            known = track.title in self.knows
            better = replace(track, features=self.features, features_source=self.name)
            yield Found(1, {at: better} if known else {})
        if self.after:
            raise self.after()


@dataclass(eq=False)
class Memory:
    """Settles what nobody knew before, and keeps what it is told."""

    settled: str = ""
    name: str = "the library"
    kept: list[tuple[list[Track], list[Track], bool]] = field(default_factory=list)

    def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
        places = frozenset(at for at, one in enumerate(tracks) if one.title in self.settled)
        yield Found(len(tracks), {}, places)

    def keep(self, before: Sequence[Track], after: Sequence[Track], *, complete: bool) -> None:
        self.kept.append((list(before), list(after), complete))


def ear(knows: str = "abcdef", **options) -> Provider:
    return Provider(SOUND, knows, features=BY_EAR, **options)


def tracks(titles: str = "abcdef") -> list[Track]:
    return [Track(title, "x", spotify_id=f"id of {title}") for title in titles]


def order(*providers: Provider) -> list[str]:
    """Let them write into one list."""
    log: list[str] = []
    for provider in providers:
        provider.log = log
    return log


def last_of(chain: FeatureChain, given: Sequence[Track]) -> Progress:
    *_, last = chain.fill(given)
    return last


def sources(progress: Progress) -> str:
    """A letter a track: who gave its features."""
    return "".join((one.features_source or "-")[0] for one in progress.tracks)


# -- when those are asked who hear


def test_those_who_hear_are_asked_last_and_only_for_the_rest():
    first, second, hearing = Provider("A", "ab"), Provider("B", "c"), ear("de")
    log = order(first, second, hearing)
    last = last_of(FeatureChain([first, second], by_ear=[hearing]), tracks())
    assert log == ["A", "B", SOUND]
    assert hearing.asked == ["d", "e", "f"]
    assert sources(last) == "AABss-"
    assert (last.done, last.total, last.failures) == (6, 6, ())


def test_several_who_hear_are_asked_in_their_order():
    own, previews = ear("a"), replace(ear("b"), name="previews")
    log = order(own, previews)
    last = last_of(FeatureChain([], by_ear=[own, previews]), tracks("abc"))
    assert log == [SOUND, "previews"]
    assert previews.asked == ["b", "c"]
    assert sources(last) == "sp-"


def test_nobody_hears_what_services_know():
    hearing = ear()
    last_of(FeatureChain([Provider("A", "abcdef")], by_ear=[hearing]), tracks())
    assert hearing.log == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_once_a_service_is_out_of_reach_those_who_hear_come_next(when):
    """So that nobody waits for the next one's time limit, too, before there is any music."""
    away, second, third = Provider("A", "a", **{when: unavailable}), Provider("B"), Provider("C")
    own, previews = ear("bc"), replace(ear("d"), name="previews")
    log = order(away, second, third, own, previews)
    last = last_of(FeatureChain([away, second, third], by_ear=[own, previews]), tracks())
    assert log == ["A", SOUND, "previews", "B", "C"]
    assert third.asked == (["e", "f"] if when == "after" else ["a", "e", "f"])
    assert len(last.failures) == 1


def test_where_they_hear_all_of_it_no_further_service_is_waited_for():
    away, second, hearing = Provider("A", before=unavailable), Provider("B"), ear()
    log = order(away, second, hearing)
    last = last_of(FeatureChain([away, second], by_ear=[hearing]), tracks())
    assert log == ["A", SOUND]
    assert sources(last) == "ssssss"


@pytest.mark.parametrize("fault", [failed, ZeroDivisionError])
def test_another_failure_than_that_changes_no_order(fault):
    broken, second, hearing = Provider("A", before=fault), Provider("B", "a"), ear()
    log = order(broken, second, hearing)
    last = last_of(FeatureChain([broken, second], by_ear=[hearing]), tracks())
    assert log == ["A", "B", SOUND]
    assert sources(last) == "Bsssss"


def test_the_memory_is_asked_before_all_even_then():
    away = Provider("A", before=unavailable)
    steps = list(FeatureChain([away], Memory(), by_ear=[ear()]).fill(tracks()))
    assert next(one.provider for one in steps if one.provider) == "the library"


def test_two_services_out_of_reach_ask_those_who_hear_once():
    one, other, hearing = (
        Provider("A", before=unavailable),
        Provider("B", before=unavailable),
        ear("a"),
    )
    log = order(one, other, hearing)
    last = last_of(FeatureChain([one, other], by_ear=[hearing]), tracks())
    assert log == ["A", SOUND, "B"]
    assert len(last.failures) == 1  # both say that the same one is out of reach


def test_what_nobody_knew_before_is_heard_all_the_same():
    service, hearing = Provider("A", "abcdef"), ear()
    last = last_of(FeatureChain([service], Memory(settled="bd"), by_ear=[hearing]), tracks())
    assert service.asked == ["a", "c", "e", "f"]
    assert hearing.asked == ["b", "d"]
    assert sources(last) == "AsAsAA"


def test_progress_tells_who_hears_and_how_far():
    steps = list(FeatureChain([], by_ear=[ear("a")]).fill(tracks("abc")))
    assert [(one.provider, one.done, one.total) for one in steps] == [
        *((SOUND, done, 3) for done in (1, 2, 3)),
        ("", 3, 3),
    ]


# -- what the memory is told


def test_the_memory_is_not_told_what_was_heard_but_that_nobody_knew_it():
    """What was heard may be a visitor's own file, whatever service's track it is called."""
    memory = Memory()
    given = tracks("abc")
    last = last_of(FeatureChain([Provider("A", "a")], memory, by_ear=[ear("bc")]), given)
    assert sources(last) == "Ass"
    ((before, after, complete),) = memory.kept
    assert before == given
    assert complete
    assert [one.features_source for one in after] == ["A", None, None]
    assert [one.features for one in after] == [BY_SERVICE, None, None]


def test_what_a_service_finds_after_the_hearing_is_told():
    memory = Memory()
    away, later = Provider("A", before=unavailable), Provider("B", "bc")
    last = last_of(FeatureChain([away, later], memory, by_ear=[ear("ab")]), tracks("abc"))
    assert sources(last) == "ssB"
    ((_, after, complete),) = memory.kept
    assert [one.features_source for one in after] == [None, None, "B"]
    assert not complete  # of what A did not answer nobody knows that it is unknown


@pytest.mark.parametrize("fault", [failed, unavailable, ZeroDivisionError])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_failing_ear_makes_no_answer_of_services_incomplete(fault, when):
    memory, hearing = Memory(), ear("b", **{when: fault})
    last = last_of(FeatureChain([Provider("A", "a")], memory, by_ear=[hearing]), tracks("abc"))
    assert len(last.failures) == 1
    assert sources(last) == ("As-" if when == "after" else "A--")
    ((_, after, complete),) = memory.kept
    assert complete
    assert [one.features_source for one in after] == ["A", None, None]


@pytest.mark.parametrize("fault", [failed, unavailable, ZeroDivisionError])
def test_a_failing_service_makes_them_incomplete_whatever_is_heard(fault):
    memory = Memory()
    chain = FeatureChain([Provider("A", "a", after=fault)], memory, by_ear=[ear()])
    assert sources(last_of(chain, tracks("abc"))) == "Ass"
    ((_, _, complete),) = memory.kept
    assert not complete


def test_where_only_ears_are_asked_the_memory_is_told_nothing():
    memory = Memory()
    last_of(FeatureChain([], memory, by_ear=[ear()]), tracks())
    assert memory.kept == []


def test_whoever_leaves_while_somebody_hears_leaves_what_services_found():
    memory = Memory()
    steps = FeatureChain([Provider("A", "a")], memory, by_ear=[ear()]).fill(tracks("abc"))
    next(one for one in steps if one.provider == SOUND)
    steps.close()
    ((_, after, complete),) = memory.kept
    assert [one.features_source for one in after] == ["A", None, None]
    assert not complete


def test_identifiers_that_a_service_found_reach_those_who_hear_and_the_memory():
    class Naming(Provider):
        def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
            yield Found(len(tracks), {0: replace(tracks[0], isrc="DEABC2600001")})

    memory = Memory()
    last = last_of(FeatureChain([Naming("A")], memory, by_ear=[ear("a")]), tracks("ab"))
    assert last.tracks[0].isrc == "DEABC2600001"
    assert last.tracks[0].features == BY_EAR
    ((_, after, _),) = memory.kept
    assert (after[0].isrc, after[0].features) == ("DEABC2600001", None)
