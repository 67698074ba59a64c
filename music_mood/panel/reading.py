"""Reading and labelling a playlist before the visitor's eyes."""

import logging
from collections import Counter

import streamlit as st

from music_mood.errors import MusicError
from music_mood.panel.appearance import escape_markdown
from music_mood.panel.resources import mood_classifier, services
from music_mood.panel.spotify_login import visitor
from music_mood.panel.values import Shelved
from music_mood.panel.visit import this_visit
from music_mood.reading import Source, Stage, Step, read_playlist, watch
from music_mood.values import MOODS

log = logging.getLogger(__name__)

SKIPPED_NAMED = 5
"""Entries named for each reason why some were left out."""


def label_once(key: str, source: Source) -> Shelved | None:
    """Read, complete and label a playlist, showing progress; once per playlist and visit."""
    visit = this_visit()
    if visit.shelved is not None and visit.shelved.key == key:
        return visit.shelved
    bar = st.progress(0.0, "Reading the playlist …")

    def show(step: Step) -> None:
        words = {
            Stage.PLAYLIST: "Reading the playlist",
            Stage.FEATURES: f"Asking {step.provider} for audio features",
            Stage.MOODS: "Listening for moods",
        }[step.stage]
        of_all = f" of {step.total}" if step.total else ""
        share = min(step.done / step.total, 1.0) if step.total else 0.0
        bar.progress(share, f"{words} … {step.done}{of_all}")

    try:
        features = services().feature_chain(visitor())
        reading = watch(read_playlist(source, features, mood_classifier), show)
    except MusicError as error:
        log.info("a playlist could not be read: %s", error)
        st.warning(str(error), icon=":material/playlist_remove:")
        return None
    finally:
        bar.empty()
    failures = tuple(str(one) for one in reading.failures)
    visit.shelved = Shelved(key, reading.playlist, reading.labelled, failures)
    return visit.shelved


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
