import dataclasses
import math

import pytest

from music_mood.values import (
    FEATURE_NAMES,
    FEATURE_RANGES,
    MOODS,
    AudioFeatures,
    LabelledTrack,
    LabelSource,
    Mood,
    Track,
)

ROW = dict(zip(FEATURE_NAMES, (0.5, 0.1, 0.7, 0, 0.2, 0.8, -6.5, 0.05, 120), strict=True))


def test_moods_stand_in_the_order_of_scikit_learns_classes():
    assert [*MOODS] == sorted(MOODS) == ["calm", "energetic", "happy", "sad"]


def test_features_stand_in_the_documented_order():
    assert FEATURE_NAMES == (
        "danceability",
        "acousticness",
        "energy",
        "instrumentalness",
        "liveness",
        "valence",
        "loudness",
        "speechiness",
        "tempo",
    )


def test_features_are_read_from_numbers_and_texts_alike():
    texts = {name: str(value) for name, value in ROW.items()}
    assert AudioFeatures.from_mapping(texts) == AudioFeatures(**ROW)


@pytest.mark.parametrize("name", FEATURE_NAMES)
@pytest.mark.parametrize("nothing", [None, "", math.nan, "nan"])
def test_without_one_feature_there_are_none(name, nothing):
    assert AudioFeatures.from_mapping(ROW | {name: nothing}) is None
    assert AudioFeatures.from_mapping({k: v for k, v in ROW.items() if k != name}) is None


@pytest.mark.parametrize("name", FEATURE_NAMES)
def test_features_beyond_their_range_are_refused(name):
    low, high = FEATURE_RANGES[name]
    for edge in (low, high):
        assert getattr(AudioFeatures(**ROW | {name: edge}), name) == edge
    for beyond in (low - 0.01, high + 0.01, math.inf, -math.inf):
        with pytest.raises(ValueError, match=f"expected {name} in "):
            AudioFeatures(**ROW | {name: beyond})


def test_a_feature_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="could not convert"):
        AudioFeatures.from_mapping(ROW | {"energy": "high"})


@pytest.mark.parametrize(
    ("facts", "uri"),
    [
        ({"uri": "file:a.csv#1", "spotify_id": "s"}, "file:a.csv#1"),
        ({"isrc": "USAB11900001", "spotify_id": "s", "deezer_id": "d"}, "spotify:track:s"),
        ({"isrc": "USAB11900001", "deezer_id": "d"}, "deezer:track:d"),
        ({"isrc": "USAB11900001"}, "isrc:USAB11900001"),
        ({}, "track:Björk/Jóga//"),
        ({"album": "Homogenic", "duration_ms": 305_000}, "track:Björk/Jóga/Homogenic/305000"),
    ],
)
def test_a_track_is_named_by_its_source_or_by_what_is_known(facts, uri):
    assert Track("Jóga", "Björk", **facts).uri == uri


def test_what_is_found_out_later_does_not_rename_a_track():
    bare = Track("Jóga", "Björk", deezer_id="3135556")
    known = dataclasses.replace(bare, isrc="GBAYE9700116", spotify_id="s", title="Joga", album="x")
    assert known.uri == bare.uri == "deezer:track:3135556"


def test_values_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Track("a", "b").title = "c"


def test_confidence_is_the_highest_probability_or_unknown():
    track = Track("a", "b")
    sure = LabelledTrack(track, Mood.SAD, (0.1, 0.1, 0.1, 0.7), LabelSource.MODEL)
    assert sure.confidence == 0.7
    assert LabelledTrack(track, None, None, LabelSource.NOBODY).confidence is None


def test_a_number_beyond_all_numbers_is_out_of_range():
    """JSON knows whole numbers of any length; Python's floats end at 1e308."""
    with pytest.raises(ValueError, match="expected energy in its range"):
        AudioFeatures.from_mapping(ROW | {"energy": 10**400})
