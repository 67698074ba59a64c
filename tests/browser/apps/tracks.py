"""The list of tracks. Which, the address says: made up, hostile, or the demo's with the player."""

import numpy as np
import streamlit as st

from emotion.values import EMOTIONS, Feeling, FeelingSource
from music_mood.choosing.mood import Aim
from music_mood.panel.appearance import background
from music_mood.panel.picks import show_picks
from music_mood.panel.player.bar import player_bar
from music_mood.panel.player.playing import Playing
from music_mood.panel.values import Shelved
from music_mood.panel.visit import this_visit
from music_mood.sources.demo import demo_playlist
from music_mood.values import MOODS, LabelledTrack, LabelSource, Mood, Playlist, Track

TITLES = [
    "<img src=x onerror=window.broken=true>",
    "**bold** [link](javascript:window.broken=true) :material/bolt: {artist} $x$",
    "Donau" + "dampfschifffahrtsgesellschaft" * 6,
    "שלום עולם! (Live) مرحبا بالعالم",
    "👩‍👩‍👧‍👦🎵🏳️‍🌈 e\u0301\u0323 \u202eevil\u202c",
    "word " * 80,
    "A",
    "Plain",
]
ARTISTS = ["</li><script>window.broken=true</script>", "*Stars*", "x" * 120, "فيروز", "🎤", "", "B"]
COVERS = {
    0: "https://cdn-images.dzcdn.net/images/cover/good.png",
    1: "https://cdn-images.dzcdn.net/images/cover/missing.png",
}


def track(number: int) -> LabelledTrack:
    """Every fourth of a mood, every ninth unsure."""
    mood = None if number % 9 == 8 else MOODS[number % 4]
    probabilities = tuple(0.55 if one is mood else 0.15 for one in MOODS)
    title = TITLES[number] if number < len(TITLES) else f"Song {number}"
    return LabelledTrack(
        Track(
            title,
            ARTISTS[number] if number < len(ARTISTS) else f"Artist {number}",
            uri=f"test:{number}",
            cover_url=COVERS.get(number),
            link=f"https://www.deezer.com/track/{number}" if number % 3 else None,
        ),
        mood,
        probabilities if mood else (0.3, 0.2, 0.3, 0.2),
        LabelSource.MODEL,
    )


def of_the_demo() -> tuple[LabelledTrack, ...]:
    """As their makers say."""
    return tuple(
        LabelledTrack(one, one.makers_mood, None, LabelSource.MAKERS)
        for one in demo_playlist().tracks
    )


which = st.query_params.get("tracks", "made up")
player_place = st.container()
if which == "demo":
    labelled = of_the_demo()
else:
    labelled = tuple(map(track, range(6) if which == "hostile" else range(6, 30)))
playlist = Playlist("Test", "test", tuple(one.track for one in labelled))
aim = st.radio("Aim", list(Aim), horizontal=True)
emotion = st.radio("Feeling", EMOTIONS, index=4, horizontal=True)
tint = st.radio("Tint", list(Mood), horizontal=True)
feeling = Feeling(np.eye(len(EMOTIONS))[EMOTIONS.index(emotion)], FeelingSource.VISITOR)
this_visit().part(Playing).started = "played" in st.query_params
show_picks(Shelved("test", playlist, labelled, ()), feeling, aim)
st.html(background(tint))
if which == "demo":
    with player_place:
        player_bar()
