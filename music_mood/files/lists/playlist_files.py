"""A file with a list of tracks, whatever program wrote it -> a playlist: finds the right reader.

CSV, M3U, PLS, XSPF, JSPF, Spotify's and Apple Music's own exports, spreadsheets, some other JSON
and XML, and ZIP archives of those. What a file holds counts, not what it is called.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from i18n import Message, joined
from music_mood.errors import PlaylistError
from music_mood.files.csv_file import MAX_BYTES, MAX_ROWS, read_csv
from music_mood.files.encoding import decode_plain, mended
from music_mood.files.lists.archive import Archive
from music_mood.files.lists.entries import Listed, clean, playlist_of
from music_mood.files.lists.forms import (
    HEAD,
    PROGRAM,
    WAYS,
    Form,
    foreign_kind,
    form_of,
    unreadable,
)
from music_mood.files.lists.itunes_xml import read_itunes
from music_mood.files.lists.json_table import read_json_table
from music_mood.files.lists.json_text import json_of
from music_mood.files.lists.jspf import read_jspf
from music_mood.files.lists.m3u import read_m3u, read_pls
from music_mood.files.lists.spotify_export import is_history, read_spotify_export
from music_mood.files.lists.spreadsheet import ODS_TYPE, XLSX_MEMBER, read_ods, read_xlsx
from music_mood.files.lists.xml_lists import read_xml_list
from music_mood.files.lists.xml_text import root_of, xml_of
from music_mood.matching import Doubles
from music_mood.values import Playlist, Skipped, Track

MAX_LISTS = 500
"""Most files of one archive that are read."""

_DOCUMENTS: Mapping[str, Message] = {
    "word/document.xml": Message("a Word document"),
    "ppt/presentation.xml": Message("a presentation"),
    "xl/workbook.bin": Message("an Excel file in binary form"),
    "Index/Document.iwa": Message("a Numbers or Pages document"),
    "META-INF/container.xml": Message("an e-book"),
    "META-INF/manifest.xml": Message("a document"),
    "AndroidManifest.xml": PROGRAM,
}
"""Members that tell which kind of file a ZIP archive is, where it is no mere archive."""


def read_playlist_file(data: bytes, name: str) -> Playlist:
    """Read a file's tracks.

    Parameters
    ----------
    data : bytes
        The whole file; up to `MAX_BYTES`.
    name : str
        The file's, without folders.

    Returns
    -------
    Playlist
        Tracks in the file's order. Only tables give audio features. A track that the file names
        by its own audio file is no more than its name: that file is not here.

    Raises
    ------
    PlaylistError
        The file is too large, damaged, empty, or of a kind that holds no list of tracks that can
        be read; says what to bring instead.
    """
    if len(data) > MAX_BYTES:
        raise PlaylistError(
            Message(
                "This file is larger than {size} MB. Please export a single playlist, or split it "
                "into smaller ones.",
                size=MAX_BYTES >> 20,
            )
        )
    form = form_of(data[:HEAD], PurePath(name).suffix.lower())
    if form is Form.PACKED:
        return _unpacked(data, name)
    read = _READERS.get(form)
    if read is None:
        raise unreadable(
            foreign_kind(data[:HEAD]) or Message("no list of tracks of a kind that we know")
        )
    return read(data, name)


def _table(data: bytes, name: str) -> Playlist:
    return read_csv(data, name)


def _m3u(data: bytes, name: str) -> Playlist:
    return _from_text(read_m3u, data, name)


def _pls(data: bytes, name: str) -> Playlist:
    return _from_text(read_pls, data, name)


def _from_text(read: Callable[[str], Listed], data: bytes, name: str) -> Playlist:
    decoded = decode_plain(data)
    if "#EXTENC:" not in decoded.text[:1_000]:  # whoever names the encoding, as we do, has it right
        decoded = mended(decoded)
    playlist = playlist_of(read(decoded.text), name)
    notes = (decoded.note, *playlist.notes) if decoded.note else playlist.notes
    return replace(playlist, notes=notes)


def _xml(data: bytes, name: str) -> Playlist:
    text = xml_of(data)
    listed: Listed | None = read_itunes(text) if root_of(text) == "plist" else read_xml_list(text)
    if listed is None:
        raise unreadable(Message("XML of another kind than playlists have"))
    return playlist_of(listed, name)


UNKNOWN_JSON = Message("JSON of a kind that we do not know")


def _json(data: bytes, name: str) -> Playlist:
    try:
        given = json_of(data)
    except PlaylistError:
        if name.lower().endswith((".csv", ".tsv", ".txt")):
            return read_csv(data, name)  # a table may begin with a bracket
        raise
    if listed := read_spotify_export(given) or read_jspf(given):
        return playlist_of(listed, name)
    try:
        playlist = read_json_table(given, name)
    except PlaylistError as cause:
        raise unreadable(UNKNOWN_JSON) from cause
    if playlist is None:
        raise unreadable(UNKNOWN_JSON)
    return playlist


_READERS: Mapping[Form, Callable[[bytes, str], Playlist]] = {
    Form.TABLE: _table,
    Form.M3U: _m3u,
    Form.PLS: _pls,
    Form.XML: _xml,
    Form.JSON: _json,
}


# -- what is packed as ZIP


def _unpacked(data: bytes, name: str) -> Playlist:
    archive = Archive(data)
    if XLSX_MEMBER in archive.names:
        return read_xlsx(archive, name)
    if "mimetype" in archive.names and archive.read("mimetype").startswith(ODS_TYPE):
        return read_ods(archive, name)
    for member, kind in _DOCUMENTS.items():
        if member in archive.names:
            raise unreadable(kind)
    return _of_archive(archive, name)


def _of_archive(archive: Archive, name: str) -> Playlist:
    """Read the lists in an archive as one playlist; a history only where there is nothing else."""
    members = [one for one in archive.names if not _is_hidden(one)]
    tracks: list[Track] = []
    skipped: list[Skipped] = []
    notes: list[Message] = []
    titles: list[str] = []
    doubles = Doubles()
    for at, member in enumerate(sorted(members, key=is_history)):  # those come last
        shown = clean(PurePath(member).name)
        if at >= MAX_LISTS or len(tracks) >= MAX_ROWS:
            skipped.append(Skipped(shown, TOO_MUCH))
        elif is_history(member) and tracks and not all(map(is_history, titles)):
            skipped.append(Skipped(shown, HISTORY))
        else:
            found = _member(archive, member, shown)
            if isinstance(found, Skipped):
                skipped.append(found)
                continue
            titles.append(shown)
            skipped += found.skipped
            notes += [note for note in found.notes if note not in notes]
            # A piece may well stand in several playlists: that is not told of each.
            tracks += [track for track in found.tracks if doubles.is_new(track)]
    if not tracks:
        raise PlaylistError(joined([_without_lists(skipped), WAYS]))
    if len(tracks) > MAX_ROWS:
        why = Message("only the first {count} tracks are read", count=MAX_ROWS)
        skipped.append(Skipped(name, why))
    title = clean(PurePath(name).stem.replace("_", " ")) or Message("Archive")
    return Playlist(title, "archive", tuple(tracks[:MAX_ROWS]), tuple(skipped), notes=tuple(notes))


TOO_MUCH = Message("this archive holds more than is read at once")
HISTORY = Message("it is a history: bring it alone to have its tracks")


def _without_lists(skipped: Sequence[Skipped]) -> Message:
    if not skipped:
        return Message("This archive is empty.")
    return Message(
        "This archive holds no list of tracks. {name}: {reason:.}",
        name=skipped[0].name,
        reason=skipped[0].reason,
    )


def _is_hidden(member: str) -> bool:
    """Whether a member is what macOS leaves in archives, and nobody put there."""
    return member.startswith("__MACOSX/") or PurePath(member).name.startswith(".")


def _member(archive: Archive, member: str, shown: str) -> Playlist | Skipped:
    try:
        data = archive.read(member)
        form = form_of(data[:HEAD], PurePath(member).suffix.lower())
        if form is Form.PACKED:
            return Skipped(shown, Message("it is an archive in an archive: please unpack that"))
        if form is Form.AUDIO:
            what = Message("it may be audio: please unpack the archive, and bring the files")
            return Skipped(shown, what)
        return read_playlist_file(data, shown)
    except PlaylistError as error:
        return Skipped(shown, error.message)
