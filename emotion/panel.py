"""The capture panel: photo, snapshot, live video or no camera; what the face says; corrections.

The only Streamlit code of this package. Pictures stay in the visitor's session: nothing here
writes one to disk, to a cache shared between visitors or to a log.
"""

import logging
from enum import StrEnum

import av
import numpy as np
import streamlit as st
from streamlit_webrtc import WebRtcMode, webrtc_streamer

import emotion.uploads  # noqa: F401  pictures must not be parked on disk on their way in
from emotion.draw import draw_faces
from emotion.errors import EmotionError
from emotion.image import read_image
from emotion.live import LiveReader
from emotion.reader import FaceReader
from emotion.values import EMOTIONS, Emotion, Face, Feeling, FeelingSource

log = logging.getLogger(__name__)

PHOTO_TYPES = ["jpg", "jpeg", "png", "webp", "heic", "heif"]
PHOTO_MAX_MB = 10
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


class Way(StrEnum):
    """Ways to say how one feels; a hand-picked emotion has the same rank as the camera."""

    PHOTO = "Photo"
    SNAPSHOT = "Snapshot"
    LIVE = "Live"
    NO_CAMERA = "No camera"


WAY_ICONS = {
    Way.PHOTO: ":material/image:",
    Way.SNAPSHOT: ":material/photo_camera:",
    Way.LIVE: ":material/videocam:",
    Way.NO_CAMERA: ":material/touch_app:",
}


def capture_panel() -> Feeling | None:
    """Draw the panel.

    Returns
    -------
    Feeling or None
        How the visitor feels, as their face shows or as they say; None until they did either. A
        feeling stays while they try another way or picture, and so does the music below.
    """
    feeling = _new_feeling()
    if feeling is not None:
        st.session_state["feeling"] = feeling
    return st.session_state.get("feeling")


def _new_feeling() -> Feeling | None:
    way = st.segmented_control(
        "How would you like to tell us how you feel?",
        list(Way),
        default=Way.PHOTO,
        required=True,
        format_func=lambda way: f"{WAY_ICONS[way]} {way}",
        key="way",
        width="stretch",
    )
    if way == Way.NO_CAMERA:
        return _named_feeling("I feel …", "named")
    if not _consent():
        return None
    # Only the chosen way is drawn: a webcam component that is no longer drawn stops its camera.
    if way == Way.PHOTO:
        upload = st.file_uploader(
            "A photo with a face", PHOTO_TYPES, max_upload_size=PHOTO_MAX_MB, key="photo"
        )
        return _feeling_from(upload)
    if way == Way.SNAPSHOT:
        return _feeling_from(st.camera_input("Look into the camera", key="snapshot", width=440))
    return _live_feeling()


def _named_feeling(question: str, key: str) -> Feeling | None:
    emotion = st.pills(
        question, EMOTIONS, format_func=lambda e: f"{ICONS[e]} {e}", key=key, wrap=True
    )
    return Feeling.named(emotion) if emotion else None


def _consent() -> bool:
    """Tell what happens to a picture, and ask before the first one is taken."""
    if st.session_state.get("consent"):
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
        st.session_state["consent"] = True
        st.rerun()
    return False


def _feeling_from(upload) -> Feeling | None:
    """Read an uploaded picture once, then let the visitor choose a face and correct it."""
    if upload is None:
        return None
    if st.session_state.get("reading_id") != upload.file_id:
        try:
            with st.spinner("Looking at the picture …"):
                rgb = read_image(upload.getvalue())
                faces = _face_reader().read(rgb)
        except EmotionError as error:
            log.info("a picture could not be read: %s", error)
            st.warning(str(error), icon=":material/broken_image:")
            return None
        st.session_state["reading_id"] = upload.file_id
        st.session_state["reading"] = (rgb, faces)
    rgb, faces = st.session_state["reading"]
    if not faces:
        st.info(
            "We can't find a face in this picture. A face that looks towards the camera in good "
            "light works best. Or choose **No camera** and say how you feel.",
            icon=":material/search_off:",
        )
        st.image(rgb, width=320)
        return None
    return _chosen_face(rgb, faces, upload.file_id)


def _chosen_face(rgb: np.ndarray, faces: list[Face], reading_id: str) -> Feeling:
    chosen = 0
    picture, says = st.columns([5, 4], gap="medium", vertical_alignment="center")
    with says:
        if len(faces) > 1:
            chosen = st.segmented_control(
                f"{len(faces)} faces; whose mood counts?",
                range(len(faces)),
                default=0,
                required=True,
                format_func=lambda index: f"Face {index + 1}",
                key=f"face-{reading_id}",
            )
        face = faces[chosen]
        st.markdown(f"Looks **{face.emotion}** {ICONS[face.emotion]}")
        emotion_bars(face.probabilities)
        corrected = _named_feeling(CORRECTION, f"correction-{reading_id}-{chosen}")
    with picture:
        alt = f"Your picture with a box around each face; face {chosen + 1} looks {face.emotion}"
        st.image(draw_faces(rgb, faces, chosen), width="stretch", alt=alt)
    return corrected or Feeling(face.probabilities, FeelingSource.FACE)


def _live_feeling() -> Feeling | None:
    if "live_reader" not in st.session_state:
        # one per visitor: it remembers what it saw; the models behind it are shared
        st.session_state["live_reader"] = LiveReader(_face_reader())
    reader: LiveReader = st.session_state["live_reader"]

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
            _live_reading(reader)
        else:
            st.caption("Press **START** and allow the camera. It stops when you leave this tab.")
    feeling = st.session_state.get("live_feeling")
    if feeling is not None:
        st.caption(f"The music below fits **{EMOTIONS[int(feeling.probabilities.argmax())]}**.")
        return _named_feeling(CORRECTION, "correction-live") or feeling
    return None


@st.fragment(run_every=0.5)
def _live_reading(reader: LiveReader) -> None:
    """Show the smoothed emotion while the video plays; only this part of the page reruns."""
    reading = reader.snapshot()
    if reading is None:
        st.caption("Looking for a face …")
        return
    emotion = EMOTIONS[int(reading.probabilities.argmax())]
    st.markdown(f"Looks **{emotion}** {ICONS[emotion]}")
    emotion_bars(reading.probabilities)
    if st.button("Use this mood", type="primary", key="use_live", icon=":material/music_note:"):
        st.session_state["live_feeling"] = Feeling(reading.probabilities, FeelingSource.FACE)
        st.session_state.pop("correction-live", None)
        st.rerun()


def emotion_bars(probabilities: np.ndarray) -> None:
    """Draw the seven probabilities (7,) as labelled bars."""
    rows = "".join(
        f'<li><span>{emotion}</span><span class="ftm-bar"><i style="width:{share:.1%}"></i></span>'
        f"<b>{share:.0%}</b></li>"
        for emotion, share in zip(EMOTIONS, probabilities.tolist(), strict=True)
    )
    st.html(f'<ul class="ftm-bars" aria-label="How likely each expression is">{rows}</ul>')


def _rtc_configuration() -> dict | None:
    """No helper servers on one's own machine; elsewhere what the environment offers.

    None lets streamlit-webrtc look for TURN credentials (CLOUDFLARE_TURN_KEY_ID ...,
    TWILIO_ACCOUNT_SID ..., HF_TOKEN) and fall back to a public STUN server.
    """
    local = ("http://127.0.0.1", "http://localhost", "http://[::1]")
    return {"iceServers": []} if str(st.context.url).startswith(local) else None


@st.cache_resource(show_spinner=False)
def _face_reader() -> FaceReader:
    return FaceReader.load()
