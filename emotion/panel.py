"""The capture panel: photo, snapshot, live video or no camera; what the face says; corrections.

The only Streamlit code of this package. Pictures stay in the visitor's session: nothing here
writes one to disk, to a cache shared between visitors or to a log.
"""

import logging

import av
import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile
from streamlit_webrtc import WebRtcMode, webrtc_streamer

import emotion.uploads  # noqa: F401  pictures must not be parked on disk on their way in
from emotion.capture import Capture, PictureRead, Way
from emotion.draw import draw_faces
from emotion.errors import EmotionError
from emotion.image import MAX_BYTES, SUFFIXES, read_image
from emotion.live import LiveReader
from emotion.reader import FaceReader
from emotion.values import EMOTIONS, Emotion, Feeling, FeelingSource

log = logging.getLogger(__name__)

PHOTO_TYPES = list(SUFFIXES)
CORRECTION = "That’s wrong, I feel …"

ICONS = {
    Emotion.ANGRY: ":material/sentiment_extremely_dissatisfied:",
    Emotion.DISGUST: ":material/sick:",
    Emotion.FEAR: ":material/sentiment_stressed:",
    Emotion.HAPPY: ":material/sentiment_very_satisfied:",
    Emotion.SAD: ":material/sentiment_sad:",
    Emotion.SURPRISE: ":material/sentiment_excited:",
    Emotion.NEUTRAL: ":material/sentiment_neutral:",
}


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
        capture.named = _named_emotion("I feel …", "named", capture.named)
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
        return _feeling_from(upload, capture)
    if capture.way == Way.SNAPSHOT:
        snapshot = st.camera_input("Look into the camera", key="snapshot", width=440)
        return _feeling_from(snapshot, capture)
    return _live_feeling(capture)


def _named_emotion(question: str, key: str, default: Emotion | None = None) -> Emotion | None:
    return st.pills(
        question,
        EMOTIONS,
        default=default,
        format_func=lambda e: f"{ICONS[e]} {e}",
        key=key,
        wrap=True,
    )


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


def _feeling_from(upload: UploadedFile | None, capture: Capture) -> Feeling | None:
    """Read an uploaded picture once, then let the visitor choose a face and correct it."""
    if upload is None:
        return None
    picture = capture.picture
    if picture is None or picture.upload_id != upload.file_id:
        try:
            with st.spinner("Looking at the picture …"):
                rgb = read_image(upload.getvalue())
                picture = PictureRead(upload.file_id, rgb, _face_reader().read(rgb))
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
        corrected = _named_emotion(CORRECTION, f"correction-{picture.upload_id}-{chosen}")
    with shown:
        alt = f"Your picture with a box around each face; face {chosen + 1} looks {face.emotion}"
        st.image(draw_faces(picture.rgb, faces, chosen), width="stretch", alt=alt)
    if corrected:
        return Feeling.named(corrected)
    return Feeling(face.probabilities, FeelingSource.FACE)


def _live_feeling(capture: Capture) -> Feeling | None:
    if capture.live_reader is None:
        capture.live_reader = LiveReader(_face_reader())
    reader = capture.live_reader

    def on_frame(frame: av.VideoFrame) -> av.VideoFrame:
        # Runs on the WebRTC thread: no st.* here; the page reads `reader.snapshot()`.
        mirrored = np.ascontiguousarray(frame.to_ndarray(format="rgb24")[:, ::-1])
        drawn = av.VideoFrame.from_ndarray(reader.process(mirrored), format="rgb24")
        drawn.pts, drawn.time_base = frame.pts, frame.time_base
        return drawn

    video, says = st.columns([5, 4], gap="medium", vertical_alignment="center")
    with video:
        context = webrtc_streamer(
            key="live",
            mode=WebRtcMode.SENDRECV,
            video_frame_callback=on_frame,
            media_stream_constraints={"video": {"width": 640, "height": 480}, "audio": False},
            rtc_configuration=_rtc_configuration(),
            async_processing=True,  # drops frames that queue up, so the delay stays small
        )
    with says:
        if context.state.playing:
            _live_reading(reader, capture)
        else:
            st.caption("Press **START** and allow the camera. It stops when you leave this tab.")
    feeling = capture.live_feeling
    if feeling is None:
        return None
    st.caption(f"The music below fits **{EMOTIONS[int(feeling.probabilities.argmax())]}**.")
    # another mood taken over: the correction of the one before does not hold for it
    corrected = _named_emotion(CORRECTION, f"correction-live-{capture.live_count}")
    return Feeling.named(corrected) if corrected else feeling


@st.fragment(run_every=0.5)
def _live_reading(reader: LiveReader, capture: Capture) -> None:
    """Show the smoothed emotion while the video plays; only this part of the page reruns."""
    reading = reader.snapshot()
    if reading is None:
        st.caption("Looking for a face …")
        return
    emotion = EMOTIONS[int(reading.probabilities.argmax())]
    st.markdown(f"Looks **{emotion}** {ICONS[emotion]}")
    emotion_bars(reading.probabilities)
    if st.button("Use this mood", type="primary", key="use_live", icon=":material/music_note:"):
        capture.live_feeling = Feeling(reading.probabilities, FeelingSource.FACE)
        capture.live_count += 1
        st.rerun()


def emotion_bars(probabilities: np.ndarray) -> None:
    """Draw the seven probabilities (7,) as labelled bars."""
    rows = "".join(
        f'<li><span>{emotion}</span><span class="ftm-bar"><i style="width:{share:.1%}"></i></span>'
        f"<b>{share:.0%}</b></li>"
        for emotion, share in zip(EMOTIONS, probabilities.tolist(), strict=True)
    )
    st.html(f'<ul class="ftm-bars" aria-label="How likely each expression is">{rows}</ul>')


def _rtc_configuration() -> dict[str, list[object]] | None:
    """No helper servers on one's own machine; elsewhere what the environment offers.

    None lets streamlit-webrtc look for TURN credentials (CLOUDFLARE_TURN_KEY_ID ...,
    TWILIO_ACCOUNT_SID ..., HF_TOKEN) and fall back to a public STUN server.
    """
    local = ("http://127.0.0.1", "http://localhost", "http://[::1]")
    return {"iceServers": []} if str(st.context.url).startswith(local) else None


@st.cache_resource(show_spinner=False)
def _face_reader() -> FaceReader:
    return FaceReader.load()
