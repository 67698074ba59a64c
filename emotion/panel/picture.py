"""A picture, uploaded or taken: its faces, and whose mood counts.

Pictures stay in the visitor's session: nothing here writes one to disk, to a cache shared between
visitors or to a log. Nor does one ever get an address: what `st.image` is given as pixels Streamlit
serves to whoever knows where, so the picture shown back travels as a data URL, within the page's
own connection. The file as it was uploaded is let go as soon as it is read.
"""

import base64
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

import emotion.uploads  # noqa: F401  pictures must not be parked on disk on their way in
from emotion.capture import Capture, PictureRead, Way
from emotion.draw import draw_faces
from emotion.errors import EmotionError
from emotion.image import MAX_BYTES, SUFFIXES, as_jpeg
from emotion.panel.appearance import ICONS, LOOKS, emotion_bars, percentage
from emotion.panel.resources import face_reader
from emotion.values import EMOTION_ADJECTIVES
from page.controls import controlled
from page.uploads import let_go

log = logging.getLogger(__name__)

PHOTO_TYPES = list(SUFFIXES)

SHOWN_SIDE = 1000
"""Pixels of the picture shown back: its column is a third of a wide screen, or a whole phone."""

SAMPLE = Path(__file__).with_name("sample.jpg")
"""Eileen Collins, astronaut; NASA, public domain; from scikit-image's test pictures."""


def photo(capture: Capture) -> None:
    """Ask for a photo; once it is read, the picture takes the uploader's place."""
    # No limit here but the server's: `emotion.image` tells what to do about a large photo.
    upload = st.file_uploader(
        capture.words.say("A photo with a face"),
        PHOTO_TYPES,
        key=f"photo-{capture.uploads}",
        help=capture.words.say(
            "JPEG, PNG, WebP, HEIC, AVIF, GIF or BMP of up to {limit} MB.", limit=MAX_BYTES >> 20
        ),
    )
    _take(capture, Way.PHOTO, upload)


def snapshot(capture: Capture) -> None:
    """Let the camera take a picture."""
    taken = st.camera_input(
        capture.words.say("Look into the camera"), key=f"snapshot-{capture.uploads}"
    )
    _take(capture, Way.SNAPSHOT, taken)


def sample_button(capture: Capture) -> None:
    """Offer a face to try the page with: nobody's own, so nobody has to agree."""
    say = capture.words.say
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.image(
            str(SAMPLE), width=64, alt=say("Portrait of the astronaut Eileen Collins, by NASA")
        )
        if st.button(say("Try with this face"), key="sample", type="tertiary"):
            capture.way = Way.PHOTO
            _read(capture, Way.PHOTO, "sample", SAMPLE.read_bytes())
            st.rerun()


def _take(capture: Capture, way: Way, upload: UploadedFile | None) -> None:
    if upload is None:
        return
    if capture.trouble is None or capture.trouble[0] != upload.file_id:
        _read(capture, way, upload.file_id, upload.getvalue())
    if capture.trouble is None:
        let_go([upload.file_id])
        st.rerun()  # the picture takes the uploader's place
    else:
        st.warning(capture.words.say_markdown(capture.trouble[1]), icon=":material/broken_image:")


def _read(capture: Capture, way: Way, upload_id: str, data: bytes) -> None:
    try:
        with st.spinner(capture.words.say("Looking at the picture …")):
            capture.show(way, PictureRead.of(upload_id, *face_reader().read_file(data)))
            capture.trouble = None
    except EmotionError as error:
        log.info("a picture could not be read: %s", error.wording)
        capture.trouble = (upload_id, error.message)


def show_picture(capture: Capture, way: Way, picture: PictureRead) -> None:
    """Show a picture that was read and what its faces say."""
    say = capture.words.say
    another = say("Another snapshot") if way is Way.SNAPSHOT else say("Another photo")
    if not picture.faces:
        st.info(
            say(
                "We can’t find a face in this picture. A face that looks towards the camera in "
                "good light works best. Or simply say how you feel."
            ),
            icon=":material/search_off:",
        )
        st.image(
            _data_url(capture, picture.upload_id, lambda: picture.rgb),
            width=200,
            alt=say("Your picture, without a face that we can find"),
        )
        _offer_another(capture, another)
        return
    if len(picture.faces) > 1:
        _whose_mood(capture, way, picture)
    face = picture.faces[picture.chosen]
    with st.container(key="picture"):
        st.image(
            _data_url(
                capture,
                (picture.upload_id, picture.chosen, capture.words.language),
                lambda: draw_faces(
                    picture.rgb,
                    picture.faces,
                    picture.chosen,
                    name_of=lambda emotion: say(EMOTION_ADJECTIVES[emotion]),
                    percent_of=partial(percentage, capture.words),
                ),
            ),
            width="stretch",
            alt=say(
                "Your picture with a box around each face. Face {number}: {looks}.",
                number=picture.chosen + 1,
                looks=LOOKS[face.emotion],
            ),
        )
    st.markdown(f"{ICONS[face.emotion]} **{say(LOOKS[face.emotion])}**")
    emotion_bars(capture.words, face.probabilities)
    with st.container(horizontal=True, gap="small"):
        if not _counts(capture, picture):
            words = say("Use this mood")
            if st.button(words, icon=":material/music_note:", key="use_picture"):
                capture.show(way, picture)
                st.rerun()
        _offer_another(capture, another)


def _data_url(capture: Capture, what: object, draw: Callable[[], np.ndarray]) -> str:
    """Give a picture without an address; `what` is on it: the same is drawn once."""
    if capture.shown is None or capture.shown[0] != what:
        jpeg = base64.b64encode(as_jpeg(draw(), SHOWN_SIDE)).decode("ascii")
        capture.shown = (what, f"data:image/jpeg;base64,{jpeg}")
    return capture.shown[1]


def _offer_another(capture: Capture, words: str) -> None:
    if st.button(words, icon=":material/redo:", type="tertiary", key="another"):
        capture.put_away()
        st.rerun()


def _counts(capture: Capture, picture: PictureRead) -> bool:
    """Whether what the picture shows is what counts now."""
    shown, now = picture.feeling, capture.feeling
    return bool(shown and now and shown.probabilities.tolist() == now.probabilities.tolist())


def _whose_mood(capture: Capture, way: Way, picture: PictureRead) -> None:
    say = capture.words.say

    def chosen(face: int) -> None:
        capture.show(way, replace(picture, chosen=face))

    controlled(
        st.segmented_control,
        say("{count} faces; whose mood counts?", count=len(picture.faces)),
        range(len(picture.faces)),
        key=f"face-{picture.upload_id}",
        value=picture.chosen,
        chosen=chosen,
        required=True,
        format_func=lambda index: say("Face {number}", number=index + 1),
    )
