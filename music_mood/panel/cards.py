"""The cards: a track each, with its player."""

import time
from collections.abc import Sequence

import streamlit as st

from music_mood.panel.appearance import escape_markdown, label_words
from music_mood.panel.hearing import card_key, note_played
from music_mood.panel.resources import services
from music_mood.panel.visit import this_visit
from music_mood.previews.own import LocalFile
from music_mood.values import LabelledTrack, Preview, Track

PREVIEW_LIFE_S = 600
"""How long a preview's address is used; Deezer's expire after about 14 minutes."""


def show_cards(picks: Sequence[LabelledTrack]) -> None:
    """Draw the tracks in their order, two in a row."""
    # Row by row: a narrow screen puts columns one below the other, and the order must stay right.
    for start in range(0, len(picks), 2):
        columns = st.columns(2, gap="small")
        for position, column in enumerate(columns, start):
            if position < len(picks):
                with column, st.container(border=True, key=card_key(position)):
                    _card(picks[position], [other.track for other in picks])


def _card(pick: LabelledTrack, visible: list[Track]) -> None:
    track = pick.track
    by = f"  \n{escape_markdown(track.artist)}" if track.artist else ""
    st.markdown(f"**{escape_markdown(track.title)}**{by}")
    st.caption(label_words(pick))
    visit = this_visit()
    preview, found_at = visit.previews.get(track.uri, (None, -PREVIEW_LIFE_S))
    fresh = time.monotonic() - found_at < PREVIEW_LIFE_S
    playing = LocalFile().preview(track) or (preview if fresh else None)  # a file needs no call
    if playing:
        autoplay = visit.autoplay == track.uri
        if autoplay:
            visit.autoplay = None  # once: not again at every rerun
        _play(playing, autoplay=autoplay)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not playing and fresh:
            st.caption(":material/music_off: nobody offers a preview of this one")
        elif not playing and st.button(
            "Play", key=f"play {track.uri}", icon=":material/play_arrow:"
        ):
            with st.spinner("Looking for previews …"):
                found = services().previews.resolve(visible)
            for other, one in zip(visible, found.previews, strict=True):
                visit.previews[other.uri] = (one, time.monotonic())
            note_played(track.uri)
            visit.autoplay = track.uri
            st.rerun()
        link = track.link or (preview.link if preview else None)
        if link:
            st.link_button("Open", link, icon=":material/open_in_new:")


def _play(preview: Preview, *, autoplay: bool) -> None:
    if preview.embed_url:
        st.iframe(preview.embed_url, height=152)
        return
    brought = preview.audio_file
    # The very bytes that the uploader holds: Streamlit serves them without a copy.
    if sound := brought.data if brought else preview.path or preview.audio_url:
        st.audio(sound, format=preview.mime, autoplay=autoplay)
    if preview.audio_url:
        st.caption(f"Preview from {preview.source}")
    if preview.note:
        st.caption(preview.note)
