"""The player alone, with a queue of the demo's tracks and of tracks that cannot be played."""

import streamlit as st

from music_mood.choosing.queue import Queue
from music_mood.panel.player.bar import player_bar, player_place
from music_mood.panel.visit import this_visit
from music_mood.sources.demo import demo_playlist
from music_mood.values import AudioFile, LabelledTrack, LabelSource, Mood, Track

BROKEN = AudioFile("broken.mp3", "audio/mpeg", b"this is no sound")
EXTRA = {
    "silent": Track("Nobody <b>knows</b> this", "", uri="file:silent"),
    "silent too": Track("Nor this", "", uri="file:silent too"),
    "broken": Track("Broken", "Somebody", uri="file:broken", audio_file=BROKEN),
    "spotify": Track("At Spotify", "", spotify_id="4uLU6hMCjMI75M1A2tKUQC"),
}


def labelled(track: Track) -> LabelledTrack:
    """As its makers say."""
    who = LabelSource.MAKERS if track.makers_mood else LabelSource.NOBODY
    return LabelledTrack(track, track.makers_mood, None, who)


def order(mood: Mood) -> list[LabelledTrack]:
    """A mood's tracks first."""
    tracks = sorted(demo_playlist().tracks, key=lambda track: track.makers_mood is not mood)
    return [labelled(track) for track in tracks]


place = player_place()

st.title("Player")
mood = st.radio("Mood", list(Mood), index=2)
extra = st.multiselect("Before the third", list(EXTRA))
only = st.checkbox("Nothing else")
line = order(mood)
given = [labelled(EXTRA[name]) for name in extra]
visit = this_visit()
line = given if only else line[:2] + given + line[2:]
visit.queue = visit.queue.follow(line)
if st.button("Empty the queue"):
    visit.queue = Queue()
if st.checkbox("Other sound"):
    st.audio(str(demo_playlist().tracks[0].audio_path), format="audio/ogg", alt="Other sound")
st.write("The end of the page")
with place:  # last in the script, when it is known what comes next
    player_bar()
