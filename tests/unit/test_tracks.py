"""The rows of the list of tracks, as JavaScript gets them."""

import json

import numpy as np
import pytest

from i18n import Words
from music_mood.choosing.mood import Aim, plan
from music_mood.panel.appearance import COLOURS
from music_mood.panel.tracks.rows import heard_words, lead, rows
from music_mood.values import MOODS, LabelledTrack, LabelSource, Mood, Track

CALM = np.array([1.0, 0, 0, 0])


def pick(mood: Mood | None = Mood.CALM, **facts) -> LabelledTrack:
    track = Track(**{"title": "Song", "artist": "Somebody", **facts})
    probabilities = tuple(0.7 if one is mood else 0.1 for one in MOODS)
    return LabelledTrack(track, mood, probabilities, LabelSource.MODEL)


def row(one: LabelledTrack, **more) -> dict:
    (found,) = rows([one], Words(), shares=CALM[None], **more)
    return found


def test_every_control_is_named_with_its_track():
    found = row(pick(link="https://www.deezer.com/track/1"))
    assert {name: found[name] for name in ("play", "pause", "next", "open")} == {
        "play": "Play Song by Somebody",
        "pause": "Pause Song by Somebody",
        "next": "Play Song by Somebody next",
        "open": "Open Song on Deezer",
    }
    unknown = row(pick(artist="", link="https://example.org/"))
    assert (unknown["play"], unknown["open"]) == ("Play Song", "Open the page of Song")


@pytest.mark.parametrize("hostile", ["<img src=x onerror=alert(1)>", "**b** {title}", "\u202eab"])
def test_what_others_wrote_arrives_as_it_is(hostile):
    found = json.loads(json.dumps(row(pick(title=hostile, artist=hostile))))
    assert (found["title"], found["artist"]) == (hostile, hostile)
    assert found["play"] == f"Play {hostile} by {hostile}"


@pytest.mark.parametrize("link", [None, "", "javascript:alert(1)", "data:text/html,x", "//x.org"])
def test_what_is_no_web_page_is_not_linked(link):
    assert row(pick(link=link))["link"] == ""


def test_the_tracks_own_cover_and_page_come_before_the_previews():
    bare, full = pick(uri="a"), pick(uri="a", cover_url="https://own/", link="https://own/page")
    found = {"a": "https://preview/"}
    assert row(bare)["cover"] == row(bare)["link"] == ""
    assert row(bare, covers=found)["cover"] == "https://preview/"
    assert row(bare, links=found)["link"] == "https://preview/"
    assert row(full, covers=found, links=found)["cover"] == "https://own/"
    assert row(full, covers=found, links=found)["link"] == "https://own/page"


def test_a_mood_has_colour_shape_and_word_and_none_has_others():
    calm, unsure = row(pick()), row(pick(None))
    assert (calm["mood"], calm["colour"], calm["shape"]) == ("calm", COLOURS[Mood.CALM], "circle")
    assert calm["label"] == "calm, 70% sure"
    assert unsure["mood"] == ""
    assert unsure["label"].startswith("unsure, perhaps")
    assert {calm[name] for name in ("colour", "shape", "ink")}.isdisjoint(
        unsure[name] for name in ("colour", "shape", "ink")
    )


def feeling(number: int) -> np.ndarray:
    return np.eye(7)[number]


def test_lifts_way_is_seen_and_said():
    shares = plan(feeling(4), Aim.LIFT, 6, steps=6)  # sad
    found = rows([pick(uri=str(n)) for n in range(6)], Words(), shares=shares)
    assert str(lead(shares)) == "The way leads from sad to calm and happy."
    assert found[0]["way"] == "rgb(100 116 196)"  # sad's own
    assert len({one["way"] for one in found}) == 6


def test_mixed_beginnings_are_said():
    mixed = plan(np.array([0.3, 0, 0, 0, 0.5, 0.0, 0.2]), Aim.LIFT, 6)
    assert str(lead(mixed)) == "The way leads from sad and energetic to calm and happy."


def test_match_leads_nowhere():
    assert str(lead(plan(feeling(3), Aim.MATCH, 6))) == "What fits best comes first."


def test_what_was_heard_is_counted():
    assert str(heard_words(1, 30)) == "1 of these 30 tracks had its turn and comes last."
    assert str(heard_words(2, 30)) == "2 of these 30 tracks had their turn and come last."
