"""The shelf for what the visitor brings along."""

import streamlit as st

from music_mood.panel.reading import Shelved, label_once
from music_mood.sources.csv_file import read_csv

CSV_MAX_MB = 20


def files_shelf() -> Shelved | None:
    """Let the visitor upload a playlist."""
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
    return label_once(f"csv {upload.file_id}", lambda _: read_csv(upload.getvalue(), upload.name))
