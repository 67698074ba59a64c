"""The music panel: the mood and why, the playlist while it is labelled, the tracks that fit.

The only Streamlit code of this package.
"""

import logging
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import streamlit as st

from music_mood.appearance import ICONS, background, escape_markdown, label_words
from music_mood.classifier import MoodClassifier
from music_mood.errors import MusicError
from music_mood.labelling import label
from music_mood.mood import Aim, explain, mood_distribution, plan
from music_mood.previews.own import LocalFile
from music_mood.recommend import recommend
from music_mood.services import Services
from music_mood.settings import Settings
from music_mood.sources.csv_file import read_csv
from music_mood.sources.demo import demo_playlist
from music_mood.values import MOODS, LabelledTrack, Playlist, Preview, Track

log = logging.getLogger(__name__)

CSV_MAX_MB = 20
PICKS = 6
"""Tracks shown at first and added by each "More"."""

PREVIEW_LIFE_S = 600
"""How long a preview's address is used; Deezer's expire after about 14 minutes."""


class Shelf(StrEnum):
    """Where the tracks come from."""

    DEMO = "Demo playlist"
    LINK = "Deezer link"
    CSV = "My CSV file"


@dataclass(frozen=True)
class Shelved:
    """A playlist, read and labelled; kept in the visitor's session under its key."""

    key: str
    playlist: Playlist
    labelled: tuple[LabelledTrack, ...]
    failures: tuple[str, ...]


def music_panel(probabilities: np.ndarray) -> None:
    """Draw the panel for a feeling, given as the seven probabilities in the order of Emotion."""
    st.divider()
    aim = _mood(probabilities)
    shelved = _shelved()
    if shelved is not None:
        _summary(shelved)
        _picks(shelved.labelled, probabilities, aim)


def _mood(probabilities: np.ndarray) -> Aim:
    shares = mood_distribution(probabilities)
    mood = MOODS[int(shares.argmax())]
    words, choice = st.columns([5, 3], gap="large", vertical_alignment="bottom")
    with choice:
        aim = st.segmented_control(
            "The music should",
            list(Aim),
            default=Aim.MATCH,
            required=True,
            format_func=lambda aim: {Aim.MATCH: "Match me", Aim.LIFT: "Lift me"}[aim],
            key="aim",
        )
    with words:
        st.header(f"{ICONS[mood]} {mood.capitalize()} music", anchor=False)
        st.markdown(explain(probabilities, aim))
        st.caption(aim.sentence)
    st.html(background(mood))
    return aim


def _shelved() -> Shelved | None:
    shelf = st.segmented_control(
        "Play from", list(Shelf), default=Shelf.DEMO, required=True, key="shelf"
    )
    if shelf == Shelf.DEMO:
        return _label_once("demo", lambda _: demo_playlist())
    if shelf == Shelf.LINK:
        link = st.text_input(
            "Link of a public playlist, album or track on Deezer",
            placeholder="https://www.deezer.com/playlist/908622995",
            key="link",
        )
        st.caption(
            "This server asks Deezer for the tracks and ReccoBeats for their audio features. They "
            "learn which tracks, nothing about you or your picture."
        )
        if not link:
            return None
        return _label_once(f"link {link}", lambda progress: _services().read(link, progress))
    upload = st.file_uploader(
        "A playlist as CSV, for example from Exportify",
        ["csv", "tsv", "txt"],
        max_upload_size=CSV_MAX_MB,
        key="csv",
    )
    if upload is None:
        st.caption(
            "Columns: title, artist and the audio features (danceability, energy, valence, …), "
            "named as Exportify does or in snake_case."
        )
        return None
    return _label_once(f"csv {upload.file_id}", lambda _: read_csv(upload.getvalue(), upload.name))


def _label_once(key: str, read: Callable[..., Playlist]) -> Shelved | None:
    """Read, complete and label a playlist, showing progress; once per playlist and visit."""
    kept = st.session_state.get("shelved")
    if kept is not None and kept.key == key:
        return kept
    bar = st.progress(0.0, "Reading the playlist …")

    def show(words: str, done: int, total: int | None) -> None:
        share = min(done / total, 1.0) if total else 0.0
        bar.progress(share, f"{words} … {done} of {total}" if total else f"{words} … {done}")

    try:
        playlist = read(lambda done, total: show("Reading the playlist", done, total))
        tracks, failures = playlist.tracks, ()
        for step in _services().feature_chain().fill(tracks):
            tracks, failures = step.tracks, step.failures
            if step.provider:
                show(f"Asking {step.provider} for audio features", step.done, step.total)
        labelled: list[LabelledTrack] = []
        for chunk in label(tracks, _mood_classifier()):
            labelled.extend(chunk)
            show("Listening for moods", len(labelled), len(tracks))
    except MusicError as error:
        log.info("a playlist could not be read: %s", error)
        st.warning(str(error), icon=":material/playlist_remove:")
        return None
    finally:
        bar.empty()
    shelved = Shelved(key, playlist, tuple(labelled), tuple(str(one) for one in failures))
    st.session_state["shelved"] = shelved
    return shelved


def _summary(shelved: Shelved) -> None:
    playlist, labelled = shelved.playlist, shelved.labelled
    counts = Counter(track.mood for track in labelled)
    parts = [f"{counts[mood]} {mood}" for mood in MOODS if counts[mood]]
    if counts[None]:
        parts.append(f"{counts[None]} unsure or unknown")
    title = escape_markdown(playlist.title)
    title = f"[{title}]({playlist.link})" if playlist.link else title
    st.caption(f"**{title}** · {len(labelled)} tracks: {', '.join(parts) or 'none to play'}")
    for sentence in (*playlist.notes, *shelved.failures):
        st.caption(f":material/info: {escape_markdown(sentence)}")
    if playlist.skipped:
        left_out = len(playlist.skipped)
        with st.expander(f"{left_out} {'entry was' if left_out == 1 else 'entries were'} left out"):
            reasons = Counter(skipped.reason for skipped in playlist.skipped)
            for reason, count in reasons.most_common():
                st.markdown(f"- {count} × {escape_markdown(reason)}")


def _picks(labelled: tuple[LabelledTrack, ...], probabilities: np.ndarray, aim: Aim) -> None:
    count = st.session_state.setdefault("picks", PICKS)
    picks = recommend(labelled, plan(probabilities, aim, count), count)
    # Row by row: a narrow screen puts columns one below the other, and the order must stay right.
    for start in range(0, len(picks), 2):
        columns = st.columns(2, gap="small")
        for column, pick in zip(columns, picks[start : start + 2], strict=False):
            with column, st.container(border=True):
                _card(pick, [other.track for other in picks])
    if len(picks) < len(labelled) and st.button("More tracks", icon=":material/expand_more:"):
        st.session_state["picks"] = count + PICKS
        st.rerun()


def _card(pick: LabelledTrack, visible: list[Track]) -> None:
    track = pick.track
    by = f"  \n{escape_markdown(track.artist)}" if track.artist else ""
    st.markdown(f"**{escape_markdown(track.title)}**{by}")
    st.caption(label_words(pick))
    previews = st.session_state.setdefault("previews", {})
    preview, found_at = previews.get(track.key, (None, -PREVIEW_LIFE_S))
    local = LocalFile().preview(track)  # needs no call: shown at once
    if local or (preview and time.monotonic() - found_at < PREVIEW_LIFE_S):
        _play(local or preview, autoplay=st.session_state.pop("autoplay", None) == track.key)
    elif track.key in previews and time.monotonic() - found_at < PREVIEW_LIFE_S:
        st.caption(":material/music_off: nobody offers a preview of this one")
    elif st.button("Play", key=f"play {track.key}", icon=":material/play_arrow:"):
        with st.spinner("Looking for previews …"):
            found = _services().previews.resolve(visible)
        for other, one in zip(visible, found.previews, strict=True):
            previews[other.key] = (one, time.monotonic())
        st.session_state["autoplay"] = track.key
        st.rerun()
    link = track.link or (preview.link if preview else None)
    if link:
        st.link_button("Open", link, icon=":material/open_in_new:")


def _play(preview: Preview, *, autoplay: bool) -> None:
    if preview.embed_url:
        st.iframe(preview.embed_url, height=152)
        return
    st.audio(preview.path or preview.audio_url, format=preview.mime, autoplay=autoplay)
    if preview.audio_url:
        st.caption(f"Preview from {preview.source}")


@st.cache_resource(show_spinner=False)
def _mood_classifier() -> MoodClassifier:
    return MoodClassifier.load()


@st.cache_resource(show_spinner=False)
def _services() -> Services:
    return Services(Settings.from_environment(os.environ))
