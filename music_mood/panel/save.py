"""Downloads: the tracks to take along."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from music_mood.files.export import as_csv, as_m3u
from music_mood.panel.language import say
from music_mood.panel.values import Shelved
from music_mood.values import LabelledTrack

FILE_NAME = "face-the-music"


def show_downloads(shelved: Shelved, picks: Sequence[LabelledTrack]) -> None:
    """Offer the tracks that are shown or, if wished, the whole playlist, to take along."""
    if not shelved.labelled:
        return
    with st.popover(say("Take along"), icon=":material/download:", type="tertiary"):
        whole = len(picks) < len(shelved.labelled) and st.toggle(
            say("All {count} tracks", count=len(shelved.labelled)),
            key="download_all",
            help=say("Take the whole playlist along, not only the tracks in the list."),
        )
        tracks = shelved.labelled if whole else tuple(picks)
        # Written when somebody presses, without a rerun.
        st.download_button(
            say("Download as CSV"),
            partial(as_csv, tracks),
            f"{FILE_NAME}.csv",
            "text/csv",
            key="download_csv",
            help=say("Titles, moods and audio features, for spreadsheets and for this page."),
            on_click="ignore",
            icon=":material/table:",
            width="stretch",
        )
        st.download_button(
            say("Download as M3U"),
            partial(as_m3u, tracks, shelved.playlist.title),
            f"{FILE_NAME}.m3u",
            "audio/x-mpegurl",
            key="download_m3u",
            help=say(
                "A playlist for media players: links to the tracks’ pages, or your files’ names."
            ),
            on_click="ignore",
            icon=":material/queue_music:",
            width="stretch",
        )
