"""Share: a card of this moment, and the link to this view of the page."""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import streamlit as st
from streamlit.components.v2 import component

from emotion.values import Feeling
from i18n import Message, plural
from music_mood.choosing.mood import mood_distribution, shares_per_emotion
from music_mood.files.share_card import ShareCard, draw_card
from music_mood.panel.appearance import COLOURS, MOOD_TITLES, SHAPES
from music_mood.panel.language import say
from music_mood.panel.share_link import host_of, link_to_share
from music_mood.values import MOODS, LabelledTrack

NAME = "Face the Music"
FILE = "face-the-music.png"
MOST_TRIED = 20
"""Tracks among which the card looks for some that can be written."""

SAID: Mapping[str, Message] = MappingProxyType(
    {
        "angry": Message("Feeling angry"),
        "disgust": Message("Feeling disgusted"),
        "fear": Message("Feeling afraid"),
        "happy": Message("Feeling happy"),
        "sad": Message("Feeling sad"),
        "surprise": Message("Feeling surprised"),
        "neutral": Message("Feeling neutral"),
    }
)
"""Emotions -> what a visitor says of themselves."""

SEEN: Mapping[str, Message] = MappingProxyType(
    {
        "angry": Message("Looking angry"),
        "disgust": Message("Looking disgusted"),
        "fear": Message("Looking afraid"),
        "happy": Message("Looking happy"),
        "sad": Message("Looking sad"),
        "surprise": Message("Looking surprised"),
        "neutral": Message("Looking neutral"),
    }
)
"""Emotions -> what a face looks like."""

_TICK = "share_face"
_HERE = Path(__file__).parent

_SHARE = component(
    "face_the_music.share",
    html="""
    <div class="share">
      <img>
      <div class="link"><input readonly><button class="copy" type="button"></button></div>
      <button class="save" type="button"></button>
      <button class="native" type="button" hidden></button>
      <p role="status"></p>
    </div>
    """,
    css=(_HERE / "share.css").read_text(encoding="utf-8"),
    js=(_HERE / "share.js").read_text(encoding="utf-8"),
)


@st.fragment
def share(feeling: Feeling, picks: Sequence[LabelledTrack], face_rgb: np.ndarray | None) -> None:
    """Draw the button "Share", and behind it the card and the link.

    Nothing is drawn before it is opened, and nothing of it outlives it: the card goes to the page
    within the page's own connection and is downloaded from there, so it never has an address on
    the server.

    Parameters
    ----------
    feeling : Feeling
    picks : sequence of LabelledTrack
        What fits, best first.
    face_rgb : numpy.ndarray or None
        uint8, (H, W, 3): the face that was read. It gets onto the card if the visitor ticks that.
    """
    if st.button(say("Share"), icon=":material/ios_share:", type="tertiary", key="share"):
        st.session_state[_TICK] = False  # no face goes along because one did before
        # no popover: near the lower end of a screen that would show a quarter of the card
        st.dialog(say("Share this moment"), width="medium")(_card_and_link)(
            feeling, picks, face_rgb
        )


def _card_and_link(
    feeling: Feeling, picks: Sequence[LabelledTrack], face_rgb: np.ndarray | None
) -> None:
    with_face = face_rgb is not None and st.checkbox(say("With my face"), key=_TICK)
    address = st.context.url or ""
    link = link_to_share(address, {name: st.query_params.get_all(name) for name in st.query_params})
    card = _card(feeling, picks, face_rgb if with_face else None, host_of(address))
    drawn = draw_card(card)
    # In a list: of a dict's values Streamlit asks pandas whether they are tables, and loads it.
    _SHARE(
        key="share_ways",
        data=[
            {
                "png": base64.b64encode(drawn.png).decode("ascii"),
                "file": FILE,
                "alt": say(_in_words(card)),
                "link": link,
                "title": NAME,
                "text": say("{feeling}: {heading}", feeling=card.feeling, heading=card.heading),
                "words": {
                    "link": say("Link to this view"),
                    "copy": say("Copy link"),
                    "save": say("Download picture"),
                    "copied": say("The link is copied."),
                    "selected": say(
                        "The link is selected: copy it with your keyboard or a long press."
                    ),
                    "native": say("Share with …"),
                    "failed": say("This browser could not share it. Download the picture instead."),
                },
            }
        ],
    )
    if drawn.left_out:
        st.caption(
            say(
                plural(
                    "{count} track is not on the card: there are no letters for its name here.",
                    "{count} tracks are not on the card: there are no letters for their names "
                    "here.",
                    drawn.left_out,
                )
            )
        )
    st.caption(say("The card is made for you alone, and forgotten with your visit."))


def _card(
    feeling: Feeling, picks: Sequence[LabelledTrack], face_rgb: np.ndarray | None, address: str
) -> ShareCard:
    mood = MOODS[int(mood_distribution(feeling.probabilities).argmax())]
    emotion = list(shares_per_emotion())[int(feeling.probabilities.argmax())]
    said = SEEN if feeling.source == "face" else SAID
    return ShareCard(
        name=NAME,
        address=address,
        feeling=say(said[emotion]),
        heading=say(MOOD_TITLES[mood]),
        tracks=tuple((pick.track.title, pick.track.artist) for pick in picks[:MOST_TRIED]),
        colour=COLOURS[mood],
        shape=SHAPES[mood],
        face_rgb=face_rgb,
    )


def _in_words(card: ShareCard) -> Message:
    """Say what is on the card, for those who do not see it."""
    if card.face_rgb is None:
        return Message("The card: {feeling}, {heading}", feeling=card.feeling, heading=card.heading)
    return Message(
        "The card with your face: {feeling}, {heading}",
        feeling=card.feeling,
        heading=card.heading,
    )
