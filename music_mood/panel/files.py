"""The shelf for what the visitor brings along."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from i18n import Message
from music_mood.files.audio_files import AUDIO_SUFFIXES, GivenFile
from music_mood.files.csv_file import MAX_BYTES, MAX_ROWS
from music_mood.panel.language import say
from music_mood.panel.reading import label_once
from music_mood.panel.resources import Means, means
from music_mood.panel.values import Shelved
from music_mood.panel.visit import Visit, this_visit
from music_mood.sources.files import MAX_MB_EACH, MAX_MB_IN_ALL, read_files
from page.uploads import let_go

KEY = "files"

FORMS = Message(
    """\
- **Audio files** ({kinds}), up to {each} MB each and {all} MB together.
- **CSV**, for example from [Exportify](https://exportify.net): title, artist and, for moods at
  once, the audio features (danceability, energy, valence, …). The same as a **spreadsheet** (XLSX,
  ODS).
- **M3U, M3U8, PLS, XSPF, JSPF**: what players and ListenBrainz write, and what this page gave you.
- **Spotify’s own export** of your data: YourLibrary.json, Playlist1.json, the history, or its ZIP.
- **Apple Music’s or iTunes’** library or playlist, exported as XML.
- A **ZIP** of such lists (Exportify’s “Export All”).

Lists may have {list_size} MB and {rows} tracks. Instead of a file, the link of a
playlist on Deezer does as well.
""",
    kinds=", ".join(suffix.removeprefix(".") for suffix in AUDIO_SUFFIXES),
    each=MAX_MB_EACH,
    all=MAX_MB_IN_ALL,
    list_size=MAX_BYTES >> 20,
    rows=MAX_ROWS,
)
"""What can be brought, as a pop-up."""


def files_shelf() -> Shelved | None:
    """Let the visitor bring audio files, or a playlist as a file."""
    # Any kind of file: what cannot be read gets a sentence of ours that says what can.
    uploads = st.file_uploader(
        say("Audio files, or a playlist as a file"),
        accept_multiple_files=True,
        max_upload_size=MAX_MB_EACH,
        key=KEY,
        help=say(FORMS),
    )
    visit = this_visit()
    if not uploads:
        _let_go()
        if visit.brought_back and not st.button(
            say("Let these files go"), key="let_go", type="tertiary", icon=":material/close:"
        ):
            return visit.brought_back
        visit.brought_back = None
        _hold(visit, None, ())
        what = say(
            "Bring **audio files**, or a **playlist** as CSV (for example from Exportify), M3U, "
            "XSPF, a spreadsheet, or an export of Spotify, Apple Music or ListenBrainz; the "
            "question mark above says more."
        )
        st.caption(f"{what}  \n{say(_promise(means()))}")
        return None
    # getvalue shares the uploader's bytes; read would copy them.
    files = [GivenFile(upload.name, data=upload.getvalue()) for upload in uploads]
    key = " ".join([KEY, *(upload.file_id for upload in uploads)])
    visit.from_file, visit.brought_back = label_once(key, partial(read_files, files)), None
    _hold(visit, visit.from_file, [upload.file_id for upload in uploads])
    return visit.from_file


def _promise(server: Means) -> Message:
    """Say what becomes of audio files, and who learns of them."""
    limits = {"each": MAX_MB_EACH, "all": MAX_MB_IN_ALL}
    if server.asks and server.hears:
        return Message(
            "**Audio** (up to {each} MB each, {all} MB together) plays right here. It stays in "
            "this server’s memory while you visit. For the moods, this server asks Deezer and "
            "ReccoBeats about the recordings that the tags name; what they do not know, it listens "
            "to itself. The sound goes nowhere.",
            **limits,
        )
    if server.asks:
        return Message(
            "**Audio** (up to {each} MB each, {all} MB together) plays right here. It stays in "
            "this server’s memory while you visit. For the moods, this server asks Deezer and "
            "ReccoBeats about the recordings that the tags name; the sound itself goes nowhere.",
            **limits,
        )
    if server.hears:
        return Message(
            "**Audio** (up to {each} MB each, {all} MB together) plays right here. It stays in "
            "this server’s memory while you visit. For the moods, this server listens to it "
            "itself and asks nobody; the sound goes nowhere.",
            **limits,
        )
    return Message(
        "**Audio** (up to {each} MB each, {all} MB together) plays right here. It stays in this "
        "server’s memory while you visit. Nobody is asked about it, so its mood may stay unknown; "
        "the sound goes nowhere.",
        **limits,
    )


def _hold(visit: Visit, files: Shelved | None, upload_ids: Sequence[str]) -> None:
    """Let go of all uploads and sounds but these: what a visit holds is bounded."""
    let_go(set(visit.uploads).difference(upload_ids))
    visit.uploads = tuple(upload_ids)
    tracks = files.playlist.tracks if files else ()
    visit.queue = visit.queue.with_sound_of(track.uri for track in tracks)


def _let_go() -> None:
    """Forget files that were taken out of the uploader: they may be large."""
    visit = this_visit()
    visit.from_file = None
    if visit.shelved is not None and visit.shelved.key.split()[0] == KEY:
        visit.shelved = None
