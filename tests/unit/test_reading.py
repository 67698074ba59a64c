"""The one use case: a playlist is read, completed and labelled, step by step."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest

from music_mood.errors import PlaylistError, ProviderError
from music_mood.features.chain import FeatureChain
from music_mood.features.provider import Found
from music_mood.model.classifier import MoodClassifier, Moods
from music_mood.reading import Reading, Stage, Step, read_playlist, watch
from music_mood.values import SOUND, AudioFeatures, LabelSource, Mood, Playlist, Track
from music_mood.web.paging import PagesRead

FEATURES = AudioFeatures(0.5, 0.1, 0.7, 0, 0.2, 0.8, -6.5, 0.05, 120)
BARE = Track("Bare", "A", isrc="DEA000000001")
BY_MAKERS = Track("Theirs", "A", makers_mood=Mood.CALM)


class Everything:
    """A provider that knows every track."""

    name = "Everything"

    def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
        better = {
            at: replace(track, features=FEATURES, features_source="test")
            for at, track in enumerate(tracks)
        }
        yield Found(len(tracks), better)


class Nothing:
    name = "Nothing"

    def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
        raise ProviderError("Nothing works.", self.name)
        yield  # pragma: no cover - makes it a generator


def playlist(*tracks: Track) -> Playlist:
    return Playlist("Some", "test", tracks)


def paged(*tracks: Track) -> Generator[PagesRead, None, Playlist]:
    yield PagesRead(1, None)
    yield PagesRead(len(tracks), len(tracks))
    return playlist(*tracks)


def no_model() -> MoodClassifier:
    raise AssertionError("nobody needs the model here")


def test_every_stage_tells_how_far_it_is() -> None:
    told: list[Step] = []
    steps = read_playlist(
        lambda: paged(BY_MAKERS, BARE), FeatureChain([Everything()]), MoodClassifier.load
    )
    reading = watch(steps, told.append)
    assert told == [
        Step(Stage.PLAYLIST, 1, None),
        Step(Stage.PLAYLIST, 2, 2),
        Step(Stage.FEATURES, 1, 1, "Everything"),
        Step(Stage.MOODS, 2, 2),
    ]
    assert reading.playlist == playlist(BY_MAKERS, BARE)  # as its source gave it
    first, second = reading.labelled
    assert (first.track, first.label_source) == (BY_MAKERS, LabelSource.MAKERS)
    assert (second.track.features, second.label_source) == (FEATURES, LabelSource.MODEL)
    assert second.track.uri == BARE.uri
    assert reading.failures == ()


class Ear:
    """Hears every track; services are asked before it."""

    name = SOUND

    def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
        for at, track in enumerate(tracks):
            heard = replace(track, features=FEATURES, features_source=SOUND)
            yield Found(1, {at: heard})


def test_hearing_is_a_stage_of_its_own() -> None:
    """Nobody is asked then, and it takes longer than asking."""
    other = replace(BARE, title="Other", isrc="DEA000000002")
    told: list[Step] = []
    chain = FeatureChain([Nothing()], by_ear=[Ear()])
    reading = watch(
        read_playlist(lambda: playlist(BARE, other), chain, MoodClassifier.load), told.append
    )
    assert told == [
        Step(Stage.SOUND, 1, 2, SOUND),
        Step(Stage.SOUND, 2, 2, SOUND),
        Step(Stage.MOODS, 2, 2),
    ]
    assert [one.track.features_source for one in reading.labelled] == [SOUND, SOUND]
    assert [failure.provider for failure in reading.failures] == ["Nothing"]


def test_what_was_heard_is_labelled_as_heard() -> None:
    """By the measure that was made for it, not by that for what services know."""

    class Recorder:
        def classify(self, values: np.ndarray, heard: np.ndarray) -> Moods:
            asked.append(heard.tolist())
            return MoodClassifier.load().classify(values, heard)

    asked: list[list[bool]] = []
    known = replace(BARE, features=FEATURES, features_source="reccobeats", isrc="DEA000000003")
    chain = FeatureChain([], by_ear=[Ear()])
    steps = read_playlist(lambda: playlist(known, BARE, BY_MAKERS), chain, Recorder)
    watch(steps, lambda _: None)
    assert asked == [[False, True]]


def test_a_source_may_give_all_at_once_and_need_no_model() -> None:
    steps = read_playlist(lambda: playlist(BY_MAKERS), FeatureChain([]), no_model)
    told: list[Step] = []
    reading = watch(steps, told.append)
    assert told == [Step(Stage.MOODS, 1, 1)]
    assert [one.mood for one in reading.labelled] == [Mood.CALM]


def test_an_empty_playlist_is_a_reading_too() -> None:
    reading = watch(read_playlist(playlist, FeatureChain([]), no_model), lambda _: None)
    assert reading == Reading(playlist(), (), ())


def test_a_provider_that_fails_is_told_and_the_reading_goes_on() -> None:
    steps = read_playlist(lambda: playlist(BARE), FeatureChain([Nothing()]), no_model)
    reading = watch(steps, lambda _: None)
    [failure] = reading.failures
    assert str(failure) == "Nothing works."
    assert [one.label_source for one in reading.labelled] == [LabelSource.NOBODY]


def test_a_source_that_fails_ends_the_reading() -> None:
    def refuse() -> Playlist:
        raise PlaylistError("There is none.")

    with pytest.raises(PlaylistError, match="There is none"):
        watch(read_playlist(refuse, FeatureChain([]), no_model), lambda _: None)


def test_whoever_leaves_in_the_middle_ends_the_work() -> None:
    """What had been found is remembered even so: it was paid for."""
    kept: list[Sequence[Track]] = []

    class Memory:
        name = "memory"

        def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
            yield Found(len(tracks), {})

        def keep(self, before: Sequence[Track], after: Sequence[Track], *, complete: bool) -> None:
            assert not complete
            kept.append(after)

    steps = read_playlist(
        lambda: playlist(BARE), FeatureChain([Everything(), Nothing()], Memory()), no_model
    )
    for step in steps:
        if step.provider == "Everything":
            break
    steps.close()
    assert [track.features for track in kept[0]] == [FEATURES]
