"""Audio files that Deezer knows by what their tags say, and those that it must not take for it."""

from dataclasses import replace

import pytest

from music_mood.services import Services
from music_mood.settings import Settings
from music_mood.values import AudioFeatures, AudioFile, Track
from tests.contract import faults
from tests.contract.catalogue import Song, song
from tests.contract.world import World

FILE = AudioFile("x.mp3", "audio/mpeg", b"")


def file_of(one: Song) -> Track:
    return Track(one.title, one.artist, duration_ms=one.duration_s * 1000, audio_file=FILE)


def filled(world: World, *tracks: Track):
    with Services(Settings.from_environment(world.environment)) as services:
        *_, last = services.feature_chain().fill(tracks)
    return last


def test_a_file_of_a_known_recording_gets_its_features(world: World) -> None:
    one = song(1)
    [track] = filled(world, file_of(one)).tracks
    assert track.features == AudioFeatures(**one.features)
    assert (track.features_source, track.isrc) == ("reccobeats", one.isrc)
    assert track.audio_file is FILE  # still played from there


@pytest.mark.parametrize(
    "other",
    [
        {"duration_ms": song(1).duration_s * 1000 - 3_001},
        {"duration_ms": None},
        {"artist": "Somebody else"},
        {"artist": ""},
        {"title": f"{song(1).title} (Remix)"},
    ],
    ids=["another version", "no duration", "another artist", "no artist", "a remix"],
)
def test_what_is_not_surely_the_same_stays_unknown(world: World, other: dict) -> None:
    wanted = replace(file_of(song(1)), **other)
    last = filled(world, wanted)
    assert last.tracks == (wanted,)
    assert not last.failures
    assert not world.web.calls_to("/reccobeats/v1/audio-features")


def test_only_files_are_searched_for(world: World) -> None:
    listed = replace(file_of(song(1)), audio_file=None)
    tagged = replace(file_of(song(2)), isrc=song(2).isrc)
    filled(world, listed, tagged)
    assert not world.web.calls_to("/deezer/search")


def test_deezer_out_of_order_leaves_files_unknown(world: World) -> None:
    world.web.misbehave("/deezer", faults.BROKEN, always=True)
    last = filled(world, file_of(song(1)), replace(file_of(song(2)), isrc=song(2).isrc))
    assert [track.features is None for track in last.tracks] == [True, False]
    assert {failure.provider for failure in last.failures} == {"Deezer"}
