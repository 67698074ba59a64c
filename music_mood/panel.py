"""The music panel: the mood and why, the playlist while it is labelled, the tracks that fit.

The only Streamlit code of this package.
"""

import hashlib
import logging
import re
from collections import Counter
from enum import StrEnum

import numpy as np
import streamlit as st

from music_mood.classifier import MoodClassifier
from music_mood.errors import MusicError
from music_mood.labelling import label
from music_mood.mood import Aim, explain, mood_distribution, plan
from music_mood.recommend import recommend
from music_mood.sources.csv_file import read_csv
from music_mood.sources.demo import demo_playlist
from music_mood.values import MOODS, LabelledTrack, LabelSource, Mood, Playlist

log = logging.getLogger(__name__)

CSV_MAX_MB = 20
PICKS = 6
"""Tracks shown at first and added by each "More"."""

ICONS = {
    Mood.CALM: ":material/spa:",
    Mood.ENERGETIC: ":material/bolt:",
    Mood.HAPPY: ":material/sunny:",
    Mood.SAD: ":material/rainy:",
}
COLOURS = {
    Mood.CALM: "#3F8F93",
    Mood.ENERGETIC: "#D0502A",
    Mood.HAPPY: "#D99A1B",
    Mood.SAD: "#5B6AB0",
}


class Shelf(StrEnum):
    """Where the tracks come from."""

    DEMO = "Demo playlist"
    CSV = "My CSV file"


def music_panel(probabilities: np.ndarray) -> None:
    """Draw the panel for a feeling, given as the seven probabilities in the order of Emotion."""
    st.divider()
    aim = _mood(probabilities)
    playlist = _playlist()
    if playlist is None:
        return
    labelled = _labelled(playlist)
    _summary(playlist, labelled)
    _picks(labelled, probabilities, aim)


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
    st.html(_background(mood))
    return aim


def _background(mood: Mood) -> str:
    """Style sheet that tints the page; mixed with transparency, so both themes keep contrast."""
    return (
        "<style>.stApp{background-image:linear-gradient(165deg,"
        f"color-mix(in srgb,{COLOURS[mood]} 26%,transparent),"
        f"color-mix(in srgb,{COLOURS[mood]} 7%,transparent) 55%);"
        "background-attachment:fixed;transition:background-image .6s}</style>"
    )


def _playlist() -> Playlist | None:
    shelf = st.segmented_control(
        "Play from", list(Shelf), default=Shelf.DEMO, required=True, key="shelf"
    )
    if shelf == Shelf.DEMO:
        return demo_playlist()
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
    try:
        return read_csv(upload.getvalue(), upload.name)
    except MusicError as error:
        log.info("a CSV file could not be read: %s", error)
        st.warning(str(error), icon=":material/table_chart:")
        return None


def _labelled(playlist: Playlist) -> list[LabelledTrack]:
    """Label a playlist, showing progress; once per playlist and visit."""
    key = hashlib.sha256(repr(playlist).encode()).hexdigest()
    if st.session_state.get("labelled_key") != key:
        done: list[LabelledTrack] = []
        total = len(playlist.tracks)
        bar = st.progress(0.0, "Listening for moods …")
        for chunk in label(playlist.tracks, _mood_classifier()):
            done.extend(chunk)
            bar.progress(len(done) / total, f"Listening for moods … {len(done)} of {total}")
        bar.empty()
        st.session_state["labelled"], st.session_state["labelled_key"] = done, key
    return st.session_state["labelled"]


def _summary(playlist: Playlist, labelled: list[LabelledTrack]) -> None:
    counts = Counter(track.mood for track in labelled)
    parts = [f"{counts[mood]} {mood}" for mood in MOODS if counts[mood]]
    if counts[None]:
        parts.append(f"{counts[None]} unsure or unknown")
    title = escape_markdown(playlist.title)
    st.caption(f"**{title}** · {len(labelled)} tracks: {', '.join(parts)}")
    if playlist.skipped:
        with st.expander(f"{len(playlist.skipped)} entries were left out"):
            reasons = Counter(skipped.reason for skipped in playlist.skipped)
            for reason, count in reasons.most_common():
                st.markdown(f"- {count} × {escape_markdown(reason)}")


def _picks(labelled: list[LabelledTrack], probabilities: np.ndarray, aim: Aim) -> None:
    count = st.session_state.setdefault("picks", PICKS)
    targets = plan(probabilities, aim, count)
    picks = recommend(labelled, targets, count)
    # Row by row: a narrow screen puts columns one below the other, and the order must stay right.
    for start in range(0, len(picks), 2):
        columns = st.columns(2, gap="small")
        for column, pick in zip(columns, picks[start : start + 2], strict=False):
            with column:
                _player(pick)
    if len(picks) < len(labelled) and st.button("More tracks", icon=":material/expand_more:"):
        st.session_state["picks"] = count + PICKS
        st.rerun()


def _player(pick: LabelledTrack) -> None:
    track = pick.track
    with st.container(border=True):
        by = f"  \n{escape_markdown(track.artist)}" if track.artist else ""
        st.markdown(f"**{escape_markdown(track.title)}**{by}")
        st.caption(_label_words(pick))
        if track.audio_path:
            st.audio(track.audio_path, format="audio/ogg")
        if track.link:
            st.link_button("Open", track.link, icon=":material/open_in_new:")


def _label_words(pick: LabelledTrack) -> str:
    if pick.label_source is LabelSource.MAKERS:
        return f"{ICONS[pick.mood]} {pick.mood}, labelled by its makers"
    if pick.probabilities is None:
        return ":material/help: unknown: no audio features"
    best = MOODS[int(np.argmax(pick.probabilities))]
    if pick.mood is None:
        return f":material/help: unsure, perhaps {best} ({pick.confidence:.0%})"
    return f"{ICONS[pick.mood]} {pick.mood}, {pick.confidence:.0%} sure"


def escape_markdown(text: str) -> str:
    """Make foreign text safe to stand in Streamlit's Markdown: every punctuation mark literal."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


@st.cache_resource(show_spinner=False)
def _mood_classifier() -> MoodClassifier:
    return MoodClassifier.load()
