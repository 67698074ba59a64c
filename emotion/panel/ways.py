"""The capture panel: photo, snapshot, live video or no camera; consent before the first picture."""

import streamlit as st

from emotion.capture import Capture, Way
from emotion.image import MAX_BYTES, SUFFIXES
from emotion.panel.appearance import named_emotion
from emotion.panel.live import live_feeling
from emotion.panel.picture import feeling_from
from emotion.values import Feeling

PHOTO_TYPES = list(SUFFIXES)

WAY_ICONS = {
    Way.PHOTO: ":material/image:",
    Way.SNAPSHOT: ":material/photo_camera:",
    Way.LIVE: ":material/videocam:",
    Way.NO_CAMERA: ":material/touch_app:",
}


def capture_panel(capture: Capture) -> Feeling | None:
    """Draw the panel.

    Parameters
    ----------
    capture : Capture
        This visit's; the panel changes it.

    Returns
    -------
    Feeling or None
        How the visitor feels, as their face shows or as they say; None until they did either. A
        feeling stays while they try another way or picture, and so does the music below.
    """
    feeling = _new_feeling(capture)
    if feeling is not None:
        capture.feeling = feeling
    return capture.feeling


def _new_feeling(capture: Capture) -> Feeling | None:
    capture.way = st.segmented_control(
        "How would you like to tell us how you feel?",
        list(Way),
        default=capture.way,
        required=True,
        format_func=lambda way: f"{WAY_ICONS[way]} {way}",
        key="way",
        width="stretch",
    )
    if capture.way == Way.NO_CAMERA:
        capture.named = named_emotion("I feel …", "named", capture.named)
        return Feeling.named(capture.named) if capture.named else None
    capture.named = None
    if not _consent(capture):
        return None
    # Only the chosen way is drawn: a webcam component that is no longer drawn stops its camera.
    if capture.way == Way.PHOTO:
        # No limit here but the server's: `read_image` tells what to do about a large photo.
        upload = st.file_uploader(
            "A photo with a face",
            PHOTO_TYPES,
            key="photo",
            help=f"JPEG, PNG, WebP, HEIC, AVIF, GIF or BMP of up to {MAX_BYTES >> 20} MB.",
        )
        return feeling_from(upload, capture)
    if capture.way == Way.SNAPSHOT:
        snapshot = st.camera_input("Look into the camera", key="snapshot", width=440)
        return feeling_from(snapshot, capture)
    return live_feeling(capture)


def _consent(capture: Capture) -> bool:
    """Tell what happens to a picture, and ask before the first one is taken."""
    if capture.consent:
        return True
    with st.container(border=True):
        st.markdown("**Before the first picture**")
        st.markdown(
            "An AI guesses the **expression** on a face. The guess is often wrong; it is not what "
            "you feel, and no diagnosis. Your picture is read in this server's memory and "
            "forgotten with your visit: nothing is stored, nobody is identified, nothing is used "
            "for training, and no one else receives it. Only show faces of people who agree; not "
            "for use at work or school."
        )
        st.caption("Rather not? Choose **No camera** above and simply say how you feel.")
        agreed = st.button("I agree, go on", type="primary", key="agree")
    if agreed:
        capture.consent = True
        st.rerun()
    return False
