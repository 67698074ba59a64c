"""A playlist to take along: as CSV, which `read_csv` reads again, and as M3U for players."""

import csv
import io
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath

from i18n import Message
from i18n.foreign import shown
from music_mood.files.lists.m3u import WITHOUT_ADDRESS, split_name
from music_mood.files.table import FORMULA
from music_mood.reference import Host, Kind, Reference, is_web_address
from music_mood.values import FEATURE_NAMES, MOODS, LabelledTrack, Track

COLUMNS = (
    "title",
    "artist",
    "album",
    "duration_ms",
    "isrc",
    "spotify_id",
    "deezer_id",
    "link",
    "mood",
    "makers_mood",
    *(f"{mood}_probability" for mood in MOODS),
    *FEATURE_NAMES,
    "features_source",
)
"""Of the CSV file. ``mood`` is what the page says, ``makers_mood`` only what the makers said:
the one that is read back, because the model can tell the other again from the features."""


def as_csv(labelled: Iterable[LabelledTrack]) -> bytes:
    """Write tracks as a table.

    Parameters
    ----------
    labelled : iterable of LabelledTrack

    Returns
    -------
    bytes
        UTF-8 with byte order mark (without it, spreadsheets take it for another encoding), commas,
        `COLUMNS`. What is unknown is empty. A text that a spreadsheet would take for a formula has
        an apostrophe before it, as OWASP recommends against CSV injection; `read_csv` takes it off.
    """
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(_row(one) for one in labelled)
    return file.getvalue().encode("utf-8-sig")


def as_m3u(
    labelled: Sequence[LabelledTrack], title: Message | str, beside: Path | None = None
) -> bytes:
    """Write tracks as an extended M3U playlist.

    Parameters
    ----------
    labelled : sequence of LabelledTrack
    title : Message or str
        The playlist's.
    beside : pathlib.Path or None
        The folder for the playlist: files on this machine's disk are named as they lie from there.

    Returns
    -------
    bytes
        UTF-8. Each track leads to its page, or names its file (without folders unless `beside` is
        given: to lie beside the playlist). Addresses of previews are left out: they expire. A
        track that leads nowhere is a comment. `music_mood.files.lists.m3u.read_m3u` reads all of
        them again.
    """
    lines = ["#EXTM3U", "#EXTENC:UTF-8", f"#PLAYLIST:{shown(str(title))}"]
    for one in labelled:
        track = one.track
        name = shown(f"{track.artist} - {track.title}" if track.artist else track.title)
        where = _from(beside, track) or _page(track) or _file_name(track)
        if where:
            seconds = -1 if track.duration_ms is None else round(track.duration_ms / 1000)
            lines += [*_artist_apart(track, name), f"#EXTINF:{seconds},{name}", where]
        else:
            lines += [*_artist_apart(track, name), f"{WITHOUT_ADDRESS}{name}"]
    return ("\n".join(lines) + "\n").encode()


def _from(folder: Path | None, track: Track) -> str:
    """Tell how a track's file on the disk is found from a folder; "" if there is none."""
    if folder is None or track.audio_path is None:
        return ""
    path = track.audio_path.resolve()
    try:
        found = PurePath(os.path.relpath(path, folder.resolve())).as_posix()
    except ValueError:  # on another drive
        found = path.as_posix()
    if found != found.strip() or not found.isprintable():
        return path.as_uri()  # percent-encoded: line breaks, and blanks that players take off
    return _not_an_address(found)


def _not_an_address(name: str) -> str:
    """Keep a relative address from being read as a comment ("#") or one of another kind ("x:")."""
    first = name.partition("/")[0]
    return f"./{name}" if name.startswith("#") or ":" in first else name


def _artist_apart(track: Track, name: str) -> list[str]:
    """Give the artist a line of its own where "Artist - Title" would be split wrongly."""
    artist = shown(track.artist)
    return [] if split_name(name)[0] == artist else [f"#EXTART:{artist}"]


def _row(one: LabelledTrack) -> dict[str, object]:
    track = one.track
    texts = {
        "title": track.title,
        "artist": track.artist,
        "album": track.album,
        "isrc": track.isrc,
        "spotify_id": track.spotify_id,
        "deezer_id": track.deezer_id,
        "link": _page(track),
        "mood": one.verdict,
        "makers_mood": track.makers_mood,
        "features_source": track.features_source,
    }
    row: dict[str, object] = {name: _cell(text or "") for name, text in texts.items()}
    row["duration_ms"] = "" if track.duration_ms is None else track.duration_ms
    if one.probabilities:
        for mood, share in zip(MOODS, one.probabilities, strict=True):
            row[f"{mood}_probability"] = round(share, 4)
    if track.features:
        row |= {name: getattr(track.features, name) for name in FEATURE_NAMES}
    return row


def _cell(text: str) -> str:
    line = shown(text)
    return f"'{line}" if re.match(FORMULA, line) else line


def _page(track: Track) -> str:
    """Give the http(s) page about a track, in one line; "" if there is none."""
    if track.link and is_web_address(track.link) and not re.search(r"\s", track.link):
        return track.link
    if track.spotify_id:
        return Reference(Host.SPOTIFY, Kind.TRACK, track.spotify_id).link
    return Reference(Host.DEEZER, Kind.TRACK, track.deezer_id).link if track.deezer_id else ""


def _file_name(track: Track) -> str:
    """Give the name of a track's own file, as a relative address in one line."""
    given = track.audio_file.name if track.audio_file else track.audio_path
    name = shown(PurePath(str(given or "").replace("\\", "/")).name)
    return _not_an_address(name)
