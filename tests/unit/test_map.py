"""What the map draws and says; how it looks is the browser's business."""

import json

import numpy as np
import pytest

from i18n import Words
from music_mood.panel.map import INKS, MARKS, MAX_POINTS, UNSURE, chart, in_words, sample
from music_mood.values import MOODS, AudioFeatures, LabelledTrack, LabelSource, Mood, Track

BACKGROUNDS = {"light": "#FBF8F4", "dark": "#161311"}
HERE = np.array([0.3, 0.2, 0.5, 0.7, 80.0])  # energy, valence, ...
THERE = np.array([0.4, 0.45, 0.5, 0.5, 90.0])
STILL = np.tile(HERE, (6, 1))
PATH = np.linspace(HERE, THERE, 6)


def track(title, energy=0.5, valence=0.5, mood: Mood | None = Mood.CALM) -> LabelledTrack:
    features = AudioFeatures(0.5, 0.1, energy, 0, 0.2, valence, -6.5, 0.05, 120)
    probabilities = tuple(0.7 if other is mood else 0.1 for other in MOODS)
    return LabelledTrack(
        Track(title, "Somebody", features=features), mood, probabilities, LabelSource.MODEL
    )


def unknown(title) -> LabelledTrack:
    return LabelledTrack(Track(title, ""), None, None, LabelSource.NOBODY)


def values(spec: dict, layer: int) -> list[dict]:
    return spec["layer"][layer]["data"]["values"]


def luminance(colour: str) -> float:
    """Of sRGB, as WCAG 2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_every_track_with_features_is_a_point():
    tracks = [track("a", 0.9, 0.8, Mood.HAPPY), track("b", mood=None), unknown("c")]
    points = values(chart(tracks, tracks[:1], STILL, "#000000", Words()), 0)
    assert [(p["title"], p["mood"], p["shown"]) for p in points] == [
        ("a", "happy", True),
        ("b", UNSURE, False),
    ]
    assert (points[0]["valence"], points[0]["energy"]) == (0.8, 0.9)
    assert points[0]["label"] == "happy, 70% sure"


def test_sure_and_unsure_are_told_apart_whatever_the_language_calls_them():
    spec = chart([track("a"), track("b", mood=None)], [], STILL, "#000000", Words())
    unsure, sure = spec["layer"][:2]
    assert (unsure["transform"], sure["transform"]) == (
        [{"filter": "!datum.sure"}],
        [{"filter": "datum.sure"}],
    )
    assert [point["sure"] for point in values(spec, 0)] == [True, False]


def test_the_chart_can_be_sent_as_json_whatever_tracks_are_called():
    title = '"</script><b>\u2028 :material/bolt: 🎵'
    spec = json.loads(json.dumps(chart([track(title)], [], PATH, "#000000", Words())))
    assert values(spec, 0)[0]["title"] == title


def test_the_visitor_stands_where_the_path_begins_and_lift_leads_to_its_end():
    spec = chart([], [], PATH, INKS["dark"], Words())
    (you,) = [layer for layer in spec["layer"] if layer["mark"].get("text") == "You"]
    (place,) = you["data"]["values"]
    assert (place["valence"], place["energy"]) == (0.2, 0.3)
    assert you["mark"]["color"] == INKS["dark"]
    (line,) = [layer for layer in spec["layer"] if layer["mark"]["type"] == "line"]
    way = line["data"]["values"]
    assert len(way) == len(PATH)
    assert (way[-1]["valence"], way[-1]["energy"]) == (0.45, 0.4)


@pytest.mark.parametrize("theme", BACKGROUNDS)
def test_marks_can_be_seen_in_both_themes(theme):
    for colour, _ in MARKS.values():
        assert contrast(colour, BACKGROUNDS[theme]) >= 3  # WCAG 2.2, 1.4.11
    assert contrast(INKS[theme], BACKGROUNDS[theme]) >= 7


def test_moods_differ_in_shape_not_only_in_colour():
    assert set(MARKS) == {*MOODS, UNSURE}
    assert len({shape for _, shape in MARKS.values()}) == len(MARKS)


def test_the_same_is_said_in_words():
    tracks = [
        *(track(f"bright {i}", 0.9, 0.9) for i in range(3)),
        track("dark", 0.1, 0.1),
        track("edge", 0.5, 0.5),
        unknown("x"),
    ]
    assert " ".join(map(str, in_words(tracks, STILL))) == (
        "On the map: 5 tracks, 4 bright and intense, 1 dark and gentle. 1 has no audio features "
        "and is not on it. Music for your feeling lies at valence 0.20 and energy 0.30."
    )
    assert str(in_words(tracks, PATH)[-1]).endswith("; Lift leads to valence 0.45 and energy 0.40.")


def test_large_playlists_are_sampled_with_the_picks_among_them():
    tracks = [track(f"T{i}") for i in range(MAX_POINTS + 500)]
    picks = tracks[17:900:147]
    drawn = sample(tracks, picks)
    assert len(drawn) == MAX_POINTS
    assert len({one.track.uri for one in drawn}) == MAX_POINTS
    assert all(pick in drawn for pick in picks)
    assert sample(tracks, picks) == drawn  # a rerun must not make points dance
    positions = [int(one.track.title[1:]) for one in drawn]
    assert np.mean(positions) == pytest.approx(len(tracks) / 2, rel=0.05)


def test_small_playlists_are_drawn_whole():
    tracks = [track(f"T{i}") for i in range(30)]
    assert sample(tracks, tracks[:3]) == tracks
