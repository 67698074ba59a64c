"""A picture, uploaded or taken: its faces, whose mood counts, and the visitor's correction.

Pictures stay in the visitor's session: nothing here writes one to disk, to a cache shared between
visitors or to a log.
"""

import logging

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

import emotion.uploads  # noqa: F401  pictures must not be parked on disk on their way in
from emotion.capture import Capture, PictureRead
from emotion.draw import draw_faces
from emotion.errors import EmotionError
from emotion.image import read_image
from emotion.panel.appearance import CORRECTION, ICONS, emotion_bars, named_emotion
from emotion.panel.resources import face_reader
from emotion.values import Feeling, FeelingSource

log = logging.getLogger(__name__)


def feeling_from(upload: UploadedFile | None, capture: Capture) -> Feeling | None:
    """Read an uploaded picture once, then let the visitor choose a face and correct it."""
    if upload is None:
        return None
    picture = capture.picture
    if picture is None or picture.upload_id != upload.file_id:
        try:
            with st.spinner("Looking at the picture …"):
                rgb = read_image(upload.getvalue())
                picture = PictureRead(upload.file_id, rgb, face_reader().read(rgb))
        except EmotionError as error:
            log.info("a picture could not be read: %s", error)
            st.warning(str(error), icon=":material/broken_image:")
            return None
        capture.picture = picture
    if not picture.faces:
        st.info(
            "We can't find a face in this picture. A face that looks towards the camera in good "
            "light works best. Or choose **No camera** and say how you feel.",
            icon=":material/search_off:",
        )
        st.image(picture.rgb, width=320)
        return None
    return _chosen_face(picture)


def _chosen_face(picture: PictureRead) -> Feeling:
    faces, chosen = picture.faces, 0
    shown, says = st.columns([5, 4], gap="medium", vertical_alignment="center")
    with says:
        if len(faces) > 1:
            chosen = st.segmented_control(
                f"{len(faces)} faces; whose mood counts?",
                range(len(faces)),
                default=0,
                required=True,
                format_func=lambda index: f"Face {index + 1}",
                key=f"face-{picture.upload_id}",
            )
        face = faces[chosen]
        st.markdown(f"Looks **{face.emotion}** {ICONS[face.emotion]}")
        emotion_bars(face.probabilities)
        corrected = named_emotion(CORRECTION, f"correction-{picture.upload_id}-{chosen}")
    with shown:
        alt = f"Your picture with a box around each face; face {chosen + 1} looks {face.emotion}"
        st.image(draw_faces(picture.rgb, faces, chosen), width="stretch", alt=alt)
    if corrected:
        return Feeling.named(corrected)
    return Feeling(face.probabilities, FeelingSource.FACE)
