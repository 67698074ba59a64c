"""The capture panel: the seven feelings and, in equal rank, three ways to show one's face.

Consent stands before the first picture. Whatever the visitor did last counts.
"""

from collections.abc import Mapping
from types import MappingProxyType

import streamlit as st

from emotion.capture import Capture, Way
from emotion.panel.appearance import emotion_bars, named
from emotion.panel.consent import consent
from emotion.panel.picture import photo, sample_button, show_picture, snapshot
from emotion.values import EMOTIONS, Emotion, FeelingSource
from i18n import Message

WAYS: Mapping[Way, tuple[str, Message]] = MappingProxyType(
    {
        Way.PHOTO: (":material/image:", Message("Photo")),
        Way.SNAPSHOT: (":material/photo_camera:", Message("Snapshot")),
        Way.LIVE: (":material/videocam:", Message("Live")),
    }
)


def capture_panel(capture: Capture) -> None:
    """Draw the panel; what the visitor does in it changes `capture`.

    On the first screen saying and showing stand side by side; later the panel is one column
    beside the music.
    """
    if capture.feeling is None and capture.way is None:
        saying, showing = st.columns(2, gap="medium")
        with saying, st.container(border=True, height="stretch", key="saying"):
            st.subheader(capture.words.say("Say how you feel"), anchor=False)
            _feelings(capture, "first_feeling")
        with showing, st.container(border=True, height="stretch", key="showing"):
            st.subheader(capture.words.say("Or show your face"), anchor=False)
            _ways(capture, "first_way")
            sample_button(capture)
        return
    _ways(capture, "way")
    if capture.way:
        _open_way(capture, capture.way)
    elif capture.feeling and capture.feeling.source is FeelingSource.FACE:
        # It came with the address: the picture it was read from is not there.
        emotion_bars(capture.words, capture.feeling.probabilities)
    _feelings(capture, "feeling")


def _ways(capture: Capture, key: str) -> None:
    # Another place, another key: for a moment the browser holds both, and the one that goes would
    # answer for the one that comes.
    # The widget follows `capture`, which also follows the page's address.
    st.session_state[key] = capture.way
    say = capture.words.say

    def chosen() -> None:
        capture.way, capture.trouble = st.session_state[key], None

    st.segmented_control(
        say("Ways to show your face"),
        list(Way),
        format_func=lambda way: f"{WAYS[way][0]} {say(WAYS[way][1])}",
        key=key,
        on_change=chosen,
        width="stretch",
        label_visibility="collapsed",
    )


def _feelings(capture: Capture, key: str) -> None:
    st.session_state[key] = capture.named
    read = capture.feeling is not None and capture.named is None

    def chosen() -> None:
        emotion = st.session_state[key]
        capture.name(Emotion(emotion) if emotion else None)

    st.pills(
        capture.words.say("That’s wrong, I feel …" if read else "I feel …"),
        EMOTIONS,
        format_func=lambda emotion: named(capture.words, emotion),
        key=key,
        on_change=chosen,
        width="stretch" if key == "first_feeling" else "content",
        wrap=True,
    )


def _open_way(capture: Capture, way: Way) -> None:
    # Only the open way is drawn: a webcam component that is no longer drawn stops its camera.
    if capture.picture:
        show_picture(capture, way, capture.picture)
    elif consent(capture):
        match way:
            case Way.PHOTO:
                photo(capture)
            case Way.SNAPSHOT:
                snapshot(capture)
            case Way.LIVE:
                # Imported when it is needed: who never opens it does without WebRTC's memory.
                from emotion.panel.live import live_feeling  # noqa: PLC0415

                live_feeling(capture)
