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
from emotion.values import EMOTIONS
from i18n import Message
from page.controls import controlled

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
            st.header(capture.words.say("Say how you feel"), anchor=False)
            _feelings(capture, "first_feeling")
        with showing, st.container(border=True, height="stretch", key="showing"):
            st.header(capture.words.say("Or show your face"), anchor=False)
            _ways(capture, "first_way")
            sample_button(capture)
        return
    _ways(capture, "way")
    if capture.way:
        _open_way(capture, capture.way)
    feeling = capture.feeling
    if feeling and not capture.named and not capture.picture and capture.way is not Way.LIVE:
        # It came with the address, or its picture was put away for another.
        emotion_bars(capture.words, feeling.probabilities)
    _feelings(capture, "feeling")


def _ways(capture: Capture, key: str) -> None:
    say = capture.words.say

    def chosen(way: Way | None) -> None:
        capture.way, capture.trouble = way, None

    controlled(
        st.segmented_control,
        say("Ways to show your face"),
        list(Way),
        key=key,
        value=capture.way,
        chosen=chosen,
        format_func=lambda way: f"{WAYS[way][0]} {say(WAYS[way][1])}",
        width="stretch",
        label_visibility="collapsed",
    )


def _feelings(capture: Capture, key: str) -> None:
    read = capture.feeling is not None and capture.named is None
    say = capture.words.say
    controlled(
        st.pills,
        say("That’s wrong, I feel …") if read else say("I feel …"),
        EMOTIONS,
        key=key,
        value=capture.named,
        chosen=capture.name,
        format_func=lambda emotion: named(capture.words, emotion),
        width="stretch" if key == "first_feeling" else "content",
        wrap=True,
        # the first screen's heading says it already
        label_visibility="collapsed" if key == "first_feeling" else "visible",
    )


def _open_way(capture: Capture, way: Way) -> None:
    # Only the open way is drawn: a webcam component that is no longer drawn stops its camera.
    still, capture.video_drawn = capture.video_drawn, False
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

                capture.video_drawn = True
                live_feeling(capture, still=still)
