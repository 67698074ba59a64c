"""Live video: the webcam, what its faces show, and whose mood becomes music and when.

Nothing here changes how the visitor feels but what they do: a button, or a switch that they set.
"""

from functools import partial

import streamlit as st

from emotion.capture import Capture
from emotion.live import LiveReader, LiveReading, Mood
from emotion.panel.appearance import ICONS, LOOKS, emotion_bars, percentage
from emotion.panel.camera import camera
from emotion.panel.mood_chart import mood_chart
from emotion.panel.resources import face_reader, turns
from emotion.values import EMOTION_ADJECTIVES, Emotion, Feeling, FeelingSource
from i18n import Words

EVERYBODY = 0
"""Stands for the mean of all in the control; faces have ids from 1."""


def live_feeling(capture: Capture, *, still: bool) -> None:
    """Draw the video and what it shows; the visitor takes a mood over, or lets it be followed.

    Parameters
    ----------
    capture : Capture
    still : bool
        It was drawn in the run before, too.
    """
    if capture.live_reader is None:
        capture.live_reader = LiveReader(face_reader(), turns=turns())
    reader = capture.live_reader
    reader.name_of = partial(_name, capture.words)
    reader.percent_of = partial(percentage, capture.words)
    with st.container(gap=None):
        playing = camera(reader, capture.words, still=still)
    if playing:
        _reading(reader, capture)
    else:
        st.caption(
            capture.words.say(
                "Press Start and allow the camera. It stops when you choose another way."
            )
        )
    _timeline(reader, capture.words)


def _name(words: Words, emotion: Emotion) -> str:
    return words.say(EMOTION_ADJECTIVES[emotion])


@st.fragment(run_every=0.5)
def _reading(reader: LiveReader, capture: Capture) -> None:
    """Show the mood while the video plays; only this part of the page reruns."""
    words, reading = capture.words, reader.snapshot()
    if reading.mood is None:
        st.caption(words.say("Looking for a face …"))
    else:
        if len(reading.faces) > 1:
            _who_counts(reader, reading, words)
        emotion = reading.mood.emotion
        st.markdown(f"{ICONS[emotion]} **{words.say(LOOKS[emotion])}**")
    with st.container(horizontal=True, vertical_alignment="center"):
        use = st.button(
            words.say("Use this mood"),
            type="primary",
            key="use_live",
            icon=":material/music_note:",
            disabled=reading.mood is None,
        )
        follow = st.toggle(
            words.say("Follow my mood"),
            key="follow_live",
            help=words.say(
                "A mood that you show for 3 seconds changes what is played next, at most every "
                "30 seconds."
            ),
        )
    if reading.mood:
        emotion_bars(words, reading.mood.probabilities)
    mood = reader.take() if use else reader.held() if follow else None
    if mood:
        _take_over(capture, mood)


def _take_over(capture: Capture, mood: Mood) -> None:
    capture.feel(Feeling(mood.probabilities, FeelingSource.FACE))
    st.rerun(scope="app")


def _who_counts(reader: LiveReader, reading: LiveReading, words: Words) -> None:
    key, value = "who_live", reading.chosen or EVERYBODY
    numbers = {face.id: face.number for face in reading.faces}
    # Written only when somebody has gone, not in each run: what a run writes goes to the browser,
    # and on a slow line would undo the click that is just on its way here.
    gone = st.session_state.get(key, value) != value
    if gone:
        st.session_state[key] = value
    st.segmented_control(
        words.say("Whose mood counts?"),
        [EVERYBODY, *numbers],
        default=None if gone else value,
        required=True,
        format_func=lambda face_id: (
            words.say("Face {number}", number=numbers[face_id])
            if face_id in numbers
            else words.say("All of us")
        ),
        key=key,
        on_change=lambda: reader.choose(st.session_state[key] or None),
    )


@st.fragment(run_every=3)
def _timeline(reader: LiveReader, words: Words) -> None:
    """Show the moods so far; it stays when the video has stopped, until it is cleared."""
    stretch = reader.timeline()
    if not len(stretch.rows):
        return
    mood_chart(words, stretch)
    st.button(
        words.say("Clear the timeline"),
        key="clear_timeline",
        type="tertiary",
        icon=":material/delete:",
        on_click=reader.clear_timeline,
    )
