"""The same playlist a second time costs no call, and what somebody claims reaches nobody else."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from music_mood.choosing.recommend import recommend
from music_mood.clients.reccobeats import MAX_IDS, ReccoBeatsApi
from music_mood.features.chain import FeatureChain
from music_mood.features.provider import Found
from music_mood.features.reccobeats import ReccoBeats
from music_mood.features.remembered import RememberedFeatures, RememberedSound
from music_mood.library.store import Library
from music_mood.services import Services
from music_mood.settings import Settings
from music_mood.values import (
    SOUND,
    AudioFeatures,
    AudioFile,
    LabelledTrack,
    LabelSource,
    Mood,
    Track,
)
from music_mood.web.service import Service
from tests.contract import faults
from tests.contract.catalogue import UNKNOWN_EVERY, song, songs
from tests.contract.databases import rows
from tests.contract.spotify_objects import spotify_id
from tests.contract.steps import result_of
from tests.contract.world import World

TRACKS = 45
"""More than ReccoBeats takes at once; fewer than make Deezer's quota wait for five seconds."""
LINK = f"https://www.deezer.com/playlist/{TRACKS}"
CALLS = ("/reccobeats", "/deezer/track", "/spotify-api/v1/audio-features")


@pytest.fixture
def visit(world: World, database_url: str) -> Callable[..., Sequence[Track]]:
    """Read and complete a playlist in a process of its own, as far as memory goes."""

    def read(link: str, **settings: str) -> Sequence[Track]:
        with connected(world, database_url, **settings) as services:
            return complete(services, result_of(services.read(link)).tracks)

    return read


@contextmanager
def connected(world: World, database_url: str, **settings: str) -> Iterator[Services]:
    environment = world.environment | {"DATABASE_URL": database_url} | settings
    with Services(Settings.from_environment(environment)) as services:
        yield services


def complete(services: Services, tracks: Sequence[Track]) -> Sequence[Track]:
    *_, last = services.feature_chain().fill(tracks)
    return last.tracks


def calls(world: World) -> int:
    return sum(len(world.web.calls_to(path)) for path in CALLS)


def test_the_same_playlist_a_second_time_costs_no_call(
    world: World, visit: Callable[..., Sequence[Track]]
) -> None:
    first = visit(LINK)
    assert len(world.web.calls_to("/reccobeats")) == 2
    assert len(world.web.calls_to("/deezer/track")) == TRACKS
    world.web.behave()
    second = visit(LINK)
    assert world.web.calls  # the playlist itself is read
    assert calls(world) == 0
    # Not only features: the ISRCs as well, and that some tracks are unknown.
    assert second == first
    assert sum(track.features is None for track in second) == TRACKS // UNKNOWN_EVERY
    assert {track.features_source for track in second} == {"reccobeats", None}


def test_a_track_keeps_its_name_when_its_isrc_is_known_at_the_second_reading(
    world: World, visit: Callable[..., Sequence[Track]], database_url: str
) -> None:
    """What was heard must not come back as new because more is known of it."""
    with connected(world, database_url) as services:
        bare = result_of(services.read(LINK)).tracks
    assert not any(track.isrc for track in bare)
    for _ in range(2):
        completed = visit(LINK)
        assert sum(track.isrc is not None for track in completed) == TRACKS
        assert [track.uri for track in completed] == [track.uri for track in bare]
    heard = frozenset(track.uri for track in bare[:-5])
    labelled = [LabelledTrack(track, None, None, LabelSource.NOBODY) for track in completed]
    offered = recommend(labelled, np.full(4, 0.25), 5, played=heard)
    assert {one.track.uri for one in offered} == {track.uri for track in bare[-5:]}


def test_another_playlist_with_the_same_tracks_costs_only_what_is_new(
    world: World, visit: Callable[..., Sequence[Track]]
) -> None:
    visit("https://www.deezer.com/playlist/30")
    world.web.behave()
    visit(LINK)
    [call] = world.web.calls_to("/reccobeats")
    assert call.query["ids"].split(",") == [one.isrc for one in songs(TRACKS - 30, 30)]
    assert len(world.web.calls_to("/deezer/track")) == TRACKS - 30


def test_an_album_at_spotify_costs_no_second_call_either(
    world: World, visit: Callable[..., Sequence[Track]]
) -> None:
    album = f"spotify:album:{spotify_id('album3x')}"
    first = visit(album, **world.spotify_app)
    assert calls(world) > 0
    world.web.behave()
    assert visit(album, **world.spotify_app) == first
    assert calls(world) == 0


def test_what_a_failing_service_did_not_tell_is_asked_again(
    world: World, visit: Callable[..., Sequence[Track]]
) -> None:
    world.web.misbehave("/reccobeats", faults.HTML, always=True)
    assert not any(track.features for track in visit(LINK))
    world.web.behave()
    known = sum(track.features is not None for track in visit(LINK))
    assert known == TRACKS - TRACKS // UNKNOWN_EVERY
    assert len(world.web.calls_to("/reccobeats")) == 2
    assert not world.web.calls_to("/deezer/track")  # Deezer had done its part


def test_what_was_found_before_a_visitor_left_is_kept(world: World, database_url: str) -> None:
    # One call: a second may be under way when the visitor leaves, and would be counted below.
    asked = [Track(one.title, one.artist, isrc=one.isrc) for one in songs(MAX_IDS)]
    with connected(world, database_url) as services:
        steps = services.feature_chain().fill(asked)
        found = next(step for step in steps if any(track.features for track in step.tracks))
        steps.close()
    known = [track for track in found.tracks if track.features]
    assert known
    world.web.behave()
    with connected(world, database_url) as services:
        assert list(complete(services, known_again(known))) == known
        assert calls(world) == 0
        unknown = complete(services, [asked[9]])  # left before it was sure that nobody knows it
        assert (unknown, calls(world)) == ((asked[9],), 1)


def known_again(tracks: Sequence[Track]) -> list[Track]:
    return [replace(track, features=None, features_source=None) for track in tracks]


def test_what_a_visitor_brings_is_not_kept(world: World, database_url: str) -> None:
    mine = Track("T", "A", isrc=song(1).isrc, features=AudioFeatures(**song(2).features))
    by_makers = Track("M", "A", isrc=song(3).isrc, makers_mood=Mood.CALM)
    nameless = Track("My diary, read aloud", "Me")
    with connected(world, database_url) as services:
        complete(services, [mine, by_makers, nameless])
        assert calls(world) == 0
        complete(services, [nameless, Track("T", "A", isrc=song(4).isrc)])
        assert services.library.features([song(1).isrc, song(3).isrc]) == {}
        assert set(services.library.features([song(4).isrc])) == {song(4).isrc}
    assert rows(database_url, "SELECT uri FROM tracks") == []


def test_identifiers_that_a_visitor_mixes_up_mislead_nobody_else(
    world: World, database_url: str
) -> None:
    """A file may claim that one song's Spotify id, Deezer id and another song's ISRC are one."""
    right, wrong = song(1), song(2)
    mixed = Track(
        "T", "A", isrc=wrong.isrc, spotify_id=right.spotify_id, deezer_id=str(right.deezer_id)
    )
    claims = Track("T", "A", isrc=wrong.isrc, deezer_id=str(right.deezer_id))
    with connected(world, database_url) as services:
        complete(services, [mixed, claims])
        honest = [
            Track("T", "A", isrc=wrong.isrc),
            Track("T", "A", deezer_id=str(right.deezer_id)),
            Track("T", "A", spotify_id=right.spotify_id),
        ]
        by_isrc, by_deezer, by_spotify = complete(services, honest)
    assert by_isrc.features == AudioFeatures(**wrong.features)
    assert (by_deezer.isrc, by_deezer.features) == (right.isrc, AudioFeatures(**right.features))
    assert by_spotify.features == AudioFeatures(**right.features)


class BrokenMemory:
    name = "the memory"

    def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
        yield Found(len(tracks), {})

    def keep(self, before: Sequence[Track], after: Sequence[Track], *, complete: bool) -> None:
        raise ZeroDivisionError


def test_a_memory_that_breaks_costs_nobody_what_was_found(
    world: World, make_service: Callable[..., Service], caplog: pytest.LogCaptureFixture
) -> None:
    chain = FeatureChain([ReccoBeats(ReccoBeatsApi(make_service("/reccobeats")))], BrokenMemory())
    *_, last = chain.fill([Track("T", "A", isrc=song(1).isrc)])
    assert last.tracks[0].features == AudioFeatures(**song(1).features)
    assert last.failures == ()
    assert "the memory is broken" in caplog.text


# -- What was heard

HEARD = AudioFeatures(**song(1).features)


def test_what_was_heard_is_found_by_its_name(library: Library) -> None:
    memory = RememberedSound(library)
    assert memory.heard(["sound:1:a"]) == {}
    others = AudioFeatures(**song(2).features)
    memory.keep_heard({"sound:1:a": HEARD, "sound:1:b": others})
    assert memory.heard(["sound:1:b", "sound:1:a", "sound:1:c", "sound:2:a"]) == {
        "sound:1:a": HEARD,
        "sound:1:b": others,
    }
    memory.keep_heard({"sound:1:a": others})
    assert memory.heard(["sound:1:a"]) == {"sound:1:a": others}
    memory.keep_heard({})
    assert memory.heard([]) == {}


def test_what_was_heard_comes_back_from_another_process(database_url: str) -> None:
    for _ in range(2):
        with closing(Library(database_url)) as library:
            memory = RememberedSound(library)
            known = memory.heard(["sound:1:a"])
            memory.keep_heard({"sound:1:a": HEARD})
    assert known == {"sound:1:a": HEARD}


def test_a_library_that_fails_remembers_nothing_heard_and_says_nothing(tmp_path: Path) -> None:
    with closing(Library(f"sqlite:///{tmp_path}/none/library.db")) as library:
        memory = RememberedSound(library)
        memory.keep_heard({"sound:1:a": HEARD})
        assert memory.heard(["sound:1:a"]) == {}


def test_many_are_asked_for_at_once(library: Library) -> None:
    """Databases take a limited number of parameters."""
    names = [f"sound:1:{at}" for at in range(3_000)]
    memory = RememberedSound(library)
    memory.keep_heard(dict.fromkeys(names, HEARD))
    assert memory.heard(names) == dict.fromkeys(names, HEARD)


class ByEar:
    """Hears every track that is a file."""

    name = SOUND

    def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
        yield Found(
            len(tracks),
            {
                at: replace(track, features=HEARD, features_source=SOUND)
                for at, track in enumerate(tracks)
                if track.audio_file
            },
        )


def test_what_a_visitors_file_sounds_like_is_kept_under_no_name_of_its_own(
    world: World, database_url: str
) -> None:
    """Its tags may name any song; whoever asks for that one would be told of another's sound."""
    unknown = song(UNKNOWN_EVERY - 1)
    file = AudioFile("a.wav", "audio/wav", b"")
    claims = Track("T", "A", isrc=unknown.isrc, audio_file=file)
    with connected(world, database_url) as services:
        memory = RememberedFeatures(services.library, [])
        asked = ReccoBeats(ReccoBeatsApi(services._reccobeats))
        chain = FeatureChain([asked], memory, [ByEar()])
        for _ in range(
            2
        ):  # the second time, ReccoBeats is not asked: that it knows nothing is kept
            *_, last = chain.fill([claims])
            assert last.tracks[0].features_source == SOUND
        assert len(world.web.calls_to("/reccobeats")) == 1
        honest = Track("T", "A", isrc=unknown.isrc)
        *_, last = chain.fill([honest])
        assert last.tracks == (honest,)
    assert rows(database_url, "SELECT identifier FROM features") == []


def test_what_is_heard_in_a_services_absence_is_not_kept_as_its_answer(
    world: World, database_url: str
) -> None:
    one = song(1)
    claims = Track("T", "A", isrc=one.isrc, audio_file=AudioFile("a.wav", "audio/wav", b""))
    with connected(world, database_url) as services:
        asked = ReccoBeats(ReccoBeatsApi(services._reccobeats))
        chain = FeatureChain([asked], RememberedFeatures(services.library, [asked]), [ByEar()])
        world.web.misbehave("/reccobeats", faults.HTML, always=True)
        *_, last = chain.fill([claims])
        assert last.tracks[0].features_source == SOUND
        world.web.behave()
        *_, last = chain.fill([claims])
    assert last.tracks[0].features_source == "reccobeats"


def test_progress_tells_who_is_asked(world: World, database_url: str) -> None:
    asked = [Track(one.title, one.artist, isrc=one.isrc) for one in songs(9)]
    for expected in (["the library", "Deezer", "ReccoBeats", ""], ["the library", ""]):
        with connected(world, database_url) as services:
            told = [step.provider for step in services.feature_chain().fill(asked)]
        assert list(dict.fromkeys(told)) == expected
