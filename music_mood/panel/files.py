"""The shelf for what the visitor brings along."""

from functools import partial

import streamlit as st

from music_mood.files.audio_files import AUDIO_SUFFIXES, GivenFile
from music_mood.panel.reading import label_once
from music_mood.panel.values import Shelved
from music_mood.panel.visit import this_visit
from music_mood.sources.files import MAX_MB_EACH, MAX_MB_IN_ALL, TABLE_SUFFIXES, read_files

KEY = "files"


def files_shelf() -> Shelved | None:
    """Let the visitor bring audio files, or a playlist as CSV."""
    uploads = st.file_uploader(
        "Audio files, or a playlist as CSV",
        [suffix.removeprefix(".") for suffix in (*AUDIO_SUFFIXES, *TABLE_SUFFIXES)],
        accept_multiple_files=True,
        max_upload_size=MAX_MB_EACH,
        key=KEY,
    )
    if not uploads:
        _let_go()
        st.caption(
            f"**Audio** (up to {MAX_MB_EACH} MB each, {MAX_MB_IN_ALL} MB together) plays right "
            "here. It stays in this server’s memory while you visit. For the moods, this server "
            "asks Deezer and ReccoBeats about the recordings that the tags name; the sound itself "
            "goes nowhere.  \n"
            "**CSV**, for example from Exportify: columns title, artist and the audio features "
            "(danceability, energy, valence, …), named as Exportify does or in snake_case."
        )
        return None
    # getvalue shares the uploader's bytes; read would copy them.
    files = [GivenFile(upload.name, data=upload.getvalue()) for upload in uploads]
    key = " ".join([KEY, *(upload.file_id for upload in uploads)])
    return label_once(key, partial(read_files, files))


def _let_go() -> None:
    """Forget files that were taken out of the uploader: they may be large."""
    visit = this_visit()
    if visit.shelved is not None and visit.shelved.key.split()[0] == KEY:
        visit.shelved = None
