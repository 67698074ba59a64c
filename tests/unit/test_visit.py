"""What a visit holds, and what of it travels to Spotify's login and back."""

from dataclasses import fields

import numpy as np

from emotion.capture import Capture, PictureRead, Way
from emotion.values import Emotion, Feeling
from i18n import Words
from music_mood.choosing.mood import Aim
from music_mood.choosing.queue import Queue
from music_mood.panel.values import ChosenBy, SearchFor, Shelf, Shelved, Turn
from music_mood.panel.visit import AtSpotify, Visit
from music_mood.values import AudioFile, LabelledTrack, LabelSource, Playlist, Preview, Track

FILE = AudioFile("mine.mp3", "audio/mpeg", b"ID3 a song")
TRACK = Track("Mine", "Me", audio_file=FILE)


def shelved(key: str) -> Shelved:
    labelled = LabelledTrack(TRACK, None, None, LabelSource.NOBODY)
    return Shelved(key, Playlist("Files", "files", (TRACK,)), (labelled,), ())


def full() -> Visit:
    """A visit in which no field is as it was at first."""
    feeling = Feeling.named(Emotion.SAD)
    visit = Visit(
        words=Words("de"),
        language="de",
        address={"lang": "de"},
        address_at=1.0,
        feeling=feeling,
        aim=Aim.LIFT,
        shelf=Shelf.FILES,
        link="https://www.deezer.com/playlist/5",
        search_for=SearchFor.ALBUMS,
        my_playlist="Liked songs",
        chosen_by=ChosenBy.FEATURES,
        map_open=True,
        shelved=shelved("files 1"),
        from_file=shelved("files 1"),
        brought_back=shelved("files 0"),
        uploads=("1",),
        heard=frozenset({"a"}),
        rows=("a",),
        resume="a",
        queue=Queue().follow(shelved("files 1").labelled).advance(),
        turn=Turn(("files 1", (), Aim.LIFT), frozenset(), (1.0,)),
        tuned_from=({}, Aim.LIFT),
        previews={TRACK.uri: (Preview("x", "audio/mpeg", audio_file=FILE), 0.0)},
        spotify=AtSpotify(name="Somebody", notice="no"),
        arrived=True,
    )
    capture = visit.part(Capture)
    capture.way, capture.consent, capture.feeling = Way.LIVE, True, feeling
    capture.pictures = {Way.PHOTO: PictureRead.of("1", np.zeros((2, 2, 3), np.uint8), [])}
    return visit


def test_the_test_fills_every_field():
    fresh, filled = Visit(), full()
    assert not [
        one.name for one in fields(Visit) if getattr(fresh, one.name) == getattr(filled, one.name)
    ]


def test_choices_and_lists_come_back():
    before, after = full(), Visit()
    after.unpack(before.luggage())
    for name in (
        *("feeling", "aim", "shelf", "link", "search_for", "my_playlist"),
        *("chosen_by", "map_open", "heard", "turn"),
    ):
        assert getattr(after, name) == getattr(before, name)
    was, came = before.part(Capture), after.part(Capture)
    assert (came.way, came.consent, came.feeling) == (was.way, was.consent, was.feeling)
    assert after.shelved == before.shelved.without_sound()
    assert after.brought_back == before.from_file.without_sound()
    assert after.from_file is None
    assert after.queue == before.queue.without_sound()
    assert after.queue.now


def test_no_picture_no_sound_and_nothing_of_spotify_travels():
    luggage = full().luggage()
    assert "ID3" not in repr(luggage)
    assert luggage.previews == {}
    assert luggage.spotify == AtSpotify()
    assert luggage.part(Capture).pictures == {}
    assert luggage.part(Capture).live_reader is None
    assert luggage.queue.now.track.audio_file is None
    for one in (luggage.shelved, luggage.brought_back):
        assert [track.audio_file for track in one.playlist.tracks] == [None]
        assert [labelled.track.audio_file for labelled in one.labelled] == [None]


def test_two_tabs_that_take_up_the_same_luggage_share_nothing_that_changes():
    luggage = full().luggage()
    one, other = Visit(), Visit()
    one.unpack(luggage)
    other.unpack(luggage)
    one.previews["a"] = (None, 0.0)
    one.part(Capture).consent = False
    one.spotify.name = "Somebody"
    assert other.previews == {}
    assert other.part(Capture).consent
    assert other.spotify == AtSpotify()


def test_files_wait_through_a_second_way_as_well():
    first, second = Visit(), Visit()
    first.unpack(full().luggage())
    second.unpack(first.luggage())  # sent to Spotify again, before anything else was done
    assert second.brought_back == full().from_file.without_sound()
