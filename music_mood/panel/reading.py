"""Reading and labelling a playlist before the visitor's eyes."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from music_mood.errors import MusicError
from music_mood.model.labelling import label_tracks, needs_model
from music_mood.panel.appearance import escape_markdown
from music_mood.panel.resources import mood_classifier, services
from music_mood.panel.spotify_login import visitor
from music_mood.values import MOODS, LabelledTrack, Playlist

log = logging.getLogger(__name__)

SKIPPED_NAMED = 5
"""Entries named for each reason why some were left out."""


@dataclass(frozen=True)
class Shelved:
    """A playlist, read and labelled; kept in the visitor's session under its key."""

    key: str
    playlist: Playlist
    labelled: tuple[LabelledTrack, ...]
    failures: tuple[str, ...]


def label_once(key: str, read: Callable[..., Playlist]) -> Shelved | None:
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
        for step in services().feature_chain(visitor()).fill(tracks):
            tracks, failures = step.tracks, step.failures
            if step.provider:
                show(f"Asking {step.provider} for audio features", step.done, step.total)
        labelled: list[LabelledTrack] = []
        classifier = mood_classifier() if any(map(needs_model, tracks)) else None
        for chunk in label_tracks(tracks, classifier):
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


def show_summary(shelved: Shelved) -> None:
    """Tell what was read, what was left out and why."""
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
            names: dict[str, list[str]] = {}
            for skipped in playlist.skipped:
                names.setdefault(skipped.reason, []).append(skipped.name)
            for reason, named in sorted(names.items(), key=lambda one: -len(one[1])):
                more = ", …" if len(named) > SKIPPED_NAMED else ""
                times = f"{len(named)} × " if len(named) > 1 else ""
                words = f"{', '.join(named[:SKIPPED_NAMED])}{more}: {reason}"
                st.markdown(f"- {times}{escape_markdown(words)}")
