"""The list of tracks alone, with titles that try to break out; who plays is up to the test."""

import numpy as np
import streamlit as st

from emotion.values import EMOTIONS, Feeling, FeelingSource
from music_mood.choosing.mood import Aim
from music_mood.panel.appearance import background
from music_mood.panel.picks import show_picks
from music_mood.panel.values import Shelved
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


hostile = st.query_params.get("hostile", "") == "yes"
labelled = tuple(track(n) for n in (range(6) if hostile else range(6, 30)))
playlist = Playlist("Test", "test", tuple(one.track for one in labelled))
aim = st.radio("Aim", list(Aim), horizontal=True)
emotion = st.radio("Feeling", EMOTIONS, index=4, horizontal=True)
tint = st.radio("Tint", list(Mood), horizontal=True)
feeling = Feeling(np.eye(len(EMOTIONS))[EMOTIONS.index(emotion)], FeelingSource.VISITOR)
show_picks(Shelved("test", playlist, labelled, ()), feeling, aim)
st.html(background(tint))
