"""Audio features from ReccoBeats, alone and in the chain."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from music_mood.clients.reccobeats import ReccoBeatsApi
from music_mood.errors import ProviderError
from music_mood.features.chain import FeatureChain, Progress
from music_mood.features.provider import Found
from music_mood.features.reccobeats import ReccoBeats
from music_mood.services import Services
from music_mood.values import AudioFeatures, Mood, Track
from tests.contract import faults
from tests.contract.catalogue import Song, song, songs
from tests.contract.others import reccobeats_entry
from tests.contract.server import FakeWeb, as_json
from tests.contract.steps import result_of
from tests.contract.world import World


def by_spotify(one: Song) -> Track:
    return Track(one.title, one.artist, spotify_id=one.spotify_id)


def by_isrc(one: Song) -> Track:
    return Track(one.title, one.artist, isrc=one.isrc)


def run(chain: FeatureChain, tracks: Sequence[Track]) -> tuple[list[Progress], Progress]:
    steps = list(chain.fill(tracks))
    return steps, steps[-1]


@pytest.fixture
def chain(make_service) -> FeatureChain:
    return FeatureChain([ReccoBeats(ReccoBeatsApi(make_service("/reccobeats")))])


@pytest.mark.parametrize("known_by", [by_spotify, by_isrc])
def test_features_reach_their_tracks_whatever_the_order(
    chain: FeatureChain, web: FakeWeb, known_by
) -> None:
    asked = songs(100)
    steps, last = run(chain, [known_by(one) for one in asked])
    assert not last.failures
    for one, track in zip(asked, last.tracks, strict=True):
        if one.known_to_reccobeats:
            assert track.features == AudioFeatures(**one.features)
            assert track.features_source == "reccobeats"
        else:
            assert (track.features, track.features_source) == (None, None)
    assert sorted(len(call.query["ids"].split(",")) for call in web.calls) == [20, 40, 40]
    assert [step.total for step in steps[:-1]] == [100] * 4
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1].done == steps[-2].done == 100


def test_only_what_lacks_features_is_asked_for(chain: FeatureChain, web: FakeWeb) -> None:
    known = replace(by_isrc(song(0)), features=AudioFeatures(**song(1).features))
    by_makers = replace(by_isrc(song(2)), makers_mood=Mood.CALM)
    nameless = Track("No", "Identifier", isrc="nonsense,USRC17607839", spotify_id="?")
    twice = by_isrc(song(3))
    tracks = [known, by_makers, nameless, twice, twice]
    _, last = run(chain, tracks)
    assert last.tracks[:3] == tuple(tracks[:3])
    assert last.tracks[3] == last.tracks[4]
    assert last.tracks[3].features
    assert [call.query["ids"] for call in web.calls] == [song(3).isrc]


def test_nothing_to_ask_is_no_call(chain: FeatureChain, web: FakeWeb) -> None:
    assert run(chain, [])[1] == Progress("", 0, 0, ())
    assert web.calls == []


@pytest.mark.parametrize(
    "entry",
    [
        None,
        "a word",
        [1],
        {},
        {"href": 5},
        {"energy": "a lot"},
        {"energy": 1.5},
        {"energy": [0.5]},
        {"energy": None},
        {"energy": float("nan")},
    ],
)
def test_an_entry_that_makes_no_sense_stays_unknown(
    chain: FeatureChain, web: FakeWeb, entry
) -> None:
    if isinstance(entry, dict):
        entry = reccobeats_entry(song(1)) | entry if entry else entry
    web.misbehave("/reccobeats", as_json({"content": [entry, reccobeats_entry(song(2))]}))
    _, last = run(chain, [by_isrc(song(1)), by_isrc(song(2))])
    assert last.tracks[0].features is None
    assert last.tracks[1].features
    assert not last.failures


def test_features_of_a_track_nobody_asked_for_are_not_used(
    chain: FeatureChain, web: FakeWeb
) -> None:
    web.misbehave("/reccobeats", as_json({"content": [reccobeats_entry(song(5))]}))
    _, last = run(chain, [by_spotify(song(1))])
    assert last.tracks[0].features is None


@pytest.mark.parametrize(
    "reply",
    [
        faults.BROKEN,
        faults.too_many("30000"),
        faults.SILENT,
        faults.HTML,
        faults.HALF_JSON,
        as_json({"content": None}),
        as_json({"content": {"0": 1}}),
        as_json({}),
    ],
)
def test_a_provider_that_fails_is_reported_and_skipped(
    chain: FeatureChain, web: FakeWeb, reply
) -> None:
    web.misbehave("/reccobeats", reply, always=True)
    tracks = [by_isrc(one) for one in songs(50)]
    steps, last = run(chain, tracks)
    assert last.tracks == tuple(tracks)
    [failure] = last.failures
    assert isinstance(failure, ProviderError)
    assert steps[-2].done == 50


def test_what_came_before_a_failure_counts(chain: FeatureChain, web: FakeWeb) -> None:
    web.misbehave("/reccobeats", faults.HALF_JSON)
    _, last = run(chain, [by_isrc(one) for one in songs(120)])
    found = sum(track.features is not None for track in last.tracks)
    assert 60 <= found <= 80
    assert len(last.failures) == 1


def test_the_chain_survives_a_provider_down_in_the_middle(services: Services, web: FakeWeb) -> None:
    service = web.services["reccobeats"]
    calls = []

    def dying(call):
        calls.append(call)
        return service(call) if len(calls) <= 2 else faults.BROKEN

    web.services["reccobeats"] = dying
    _, last = run(services.feature_chain(), [by_isrc(one) for one in songs(400)])
    found = sum(track.features is not None for track in last.tracks)
    assert 36 <= found <= 80
    [failure] = last.failures
    assert failure.provider == "ReccoBeats"
    assert len(calls) < 2 + 3 * 4 + 4, "the circuit opened"


class Broken:
    """A provider that does not keep the Protocol."""

    name = "Broken"

    def __init__(self, tracks: dict) -> None:
        self._tracks = tracks

    def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
        yield Found(1, self._tracks)
        raise ZeroDivisionError


@pytest.mark.parametrize("given", [{0: "a word"}, {0: None}, {99: by_isrc(song(1))}, {}])
def test_a_provider_with_a_bug_costs_nobody_else(
    make_service, given: dict, caplog: pytest.LogCaptureFixture
) -> None:
    chain = FeatureChain([Broken(given), ReccoBeats(ReccoBeatsApi(make_service("/reccobeats")))])
    _, last = run(chain, [by_isrc(song(1))])
    assert last.tracks[0].features
    assert [str(failure) for failure in last.failures] == ["Broken failed unexpectedly."]
    assert "Traceback" in caplog.text


def test_a_later_provider_is_asked_only_for_what_is_missing(make_service) -> None:
    class Later:
        name = "Later"
        asked: Sequence[Track] = ()

        def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
            self.asked = tracks
            features = AudioFeatures(**song(0).features)
            yield Found(len(tracks), {0: replace(tracks[0], features=features)})

    later = Later()
    chain = FeatureChain([ReccoBeats(ReccoBeatsApi(make_service("/reccobeats"))), later])
    _, last = run(chain, [by_isrc(one) for one in songs(20)])
    assert [track.isrc for track in later.asked] == [song(9).isrc, song(19).isrc]
    assert last.tracks[9].features
    assert last.tracks[19].features is None


def test_whoever_stops_listening_stops_the_calls(services: Services, web: FakeWeb) -> None:
    steps = services.feature_chain().fill([by_isrc(one) for one in songs(4_000)])
    next(steps)
    next(steps)
    next(steps)
    steps.close()
    count = len(web.calls)
    assert count < 20
    assert len(web.calls) == count


class TestDeezerIdentifiers:
    def test_tracks_of_a_deezer_playlist_get_features(
        self, services: Services, web: FakeWeb
    ) -> None:
        tracks = result_of(services.read("https://www.deezer.com/playlist/20")).tracks
        web.calls.clear()
        _, last = run(services.feature_chain(), tracks)
        assert [track.isrc for track in last.tracks] == [one.isrc for one in songs(20)]
        unknown = [at for at, track in enumerate(last.tracks) if not track.features]
        assert unknown == [9, 19]
        assert len(web.calls_to("/deezer/track")) == 20
        assert len(web.calls_to("/reccobeats")) == 1

    def test_lists_that_name_the_isrc_cost_no_further_call(
        self, services: Services, world: World
    ) -> None:
        world.deezer.isrc_in_lists = True
        tracks = result_of(services.read("https://www.deezer.com/playlist/20")).tracks
        world.web.calls.clear()
        _, last = run(services.feature_chain(), tracks)
        assert last.tracks[0].features
        assert not world.web.calls_to("/deezer")

    def test_a_track_that_is_gone_is_no_failure(self, services: Services, web: FakeWeb) -> None:
        tracks = result_of(services.read("https://www.deezer.com/playlist/3")).tracks
        web.misbehave("/deezer/track", faults.deezer_error(800))
        _, last = run(services.feature_chain(), tracks)
        assert sum(track.features is not None for track in last.tracks) == 2
        assert not last.failures

    def test_deezer_down_is_reported(self, services: Services, web: FakeWeb) -> None:
        tracks = result_of(services.read("https://www.deezer.com/playlist/30")).tracks
        web.misbehave("/deezer/track", faults.SILENT, always=True)
        _, last = run(services.feature_chain(), tracks)
        assert [failure.provider for failure in last.failures] == ["Deezer"]
        assert len(web.calls_to("/deezer/track")) <= 8
