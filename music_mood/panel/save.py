"""Downloads: the tracks to take along."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from music_mood.files.export import as_csv, as_m3u
from music_mood.panel.values import Shelved
from music_mood.values import LabelledTrack

FILE_NAME = "face-the-music"


def show_downloads(shelved: Shelved, picks: Sequence[LabelledTrack]) -> None:
    """Draw the downloads of the tracks that are shown or, if wished, of the whole playlist."""
    if not shelved.labelled:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        whole = len(picks) < len(shelved.labelled) and st.toggle(
            f"All {len(shelved.labelled)} tracks",
            key="download_all",
            help="Take the whole playlist along, not only the tracks shown above.",
        )
        tracks = shelved.labelled if whole else tuple(picks)
        # Written when somebody presses, without a rerun: what plays goes on.
        st.download_button(
            "Download as CSV",
            partial(as_csv, tracks),
            f"{FILE_NAME}.csv",
            "text/csv",
            key="download_csv",
            help="Titles, moods and audio features, for spreadsheets and for this page.",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )
        st.download_button(
            "Download as M3U",
            partial(as_m3u, tracks, shelved.playlist.title),
            f"{FILE_NAME}.m3u",
            "audio/x-mpegurl",
            key="download_m3u",
            help="A playlist for media players: links to the tracks’ pages, or your files’ names.",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )
