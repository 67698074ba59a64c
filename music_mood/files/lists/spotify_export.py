"""What Spotify sends to those who ask for their data: https://support.spotify.com/article/data-rights-and-privacy-settings.

"YourLibrary.json" holds the liked songs, "Playlist1.json" the playlists, "StreamingHistory*.json"
(a year) and "Streaming_History_Audio*.json" (everything) what was listened to.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import unquote_plus

from i18n import Message
from i18n.foreign import shown
from music_mood.files.lists.entries import Entry, Listed
from music_mood.values import NO_TRACK, NOT_ON_SPOTIFY, Skipped

SOURCE = "Spotify export"

HISTORY_NOTE = Message(
    "This file is a history of listening: each track stands here once, in the order in which it "
    "was first heard."
)

_OTHERS: Mapping[str, Message] = {
    "episode": Message("is no track, but an episode"),
    "audiobook": Message("is no track, but an audiobook"),
}

_HISTORY_KEYS = ("master_metadata_track_name", "msPlayed", "ms_played")


def read_spotify_export(given: object) -> Listed | None:
    """Take one of the files apart; None if it is another JSON.

    Parameters
    ----------
    given : object
        What the JSON says. Several playlists in one file are read as one.
    """
    if isinstance(given, list):
        is_history = bool(given) and isinstance(given[0], Mapping)
        if is_history and any(key in given[0] for key in _HISTORY_KEYS):
            return Listed("", SOURCE, _history(given), (HISTORY_NOTE,), repeats=True)
        return None
    if not isinstance(given, Mapping):
        return None
    playlists, liked = given.get("playlists"), given.get("tracks")
    if isinstance(playlists, list) and any(_items(one) is not None for one in playlists):
        held = [one for one in playlists if _items(one) is not None]
        # one piece may stand in several playlists, which is no news
        title = held[0].get("name") if len(held) == 1 else ""
        return Listed(title, SOURCE, _of_playlists(held), repeats=len(held) > 1)
    if isinstance(liked, list) and any(
        isinstance(one, Mapping) and "track" in one for one in liked
    ):
        return Listed("", SOURCE, _liked(liked))
    return None


def is_history(name: str) -> bool:
    """Tell by a file's name whether it is a history of listening."""
    return "streaminghistory" in name.casefold().replace("_", "").replace(" ", "")


def _items(playlist: object) -> list[object] | None:
    """Give a playlist's entries; old exports call them tracks."""
    if not isinstance(playlist, Mapping):
        return None
    items = (playlist.get(name) for name in ("items", "tracks"))
    return next((one for one in items if isinstance(one, list)), None)


def _of_playlists(playlists: list[Mapping[str, object]]) -> Iterator[Entry | Skipped]:
    for playlist in playlists:
        for item in _items(playlist) or []:
            yield _item(item) if isinstance(item, Mapping) else Skipped("", NO_TRACK)


def _item(item: Mapping[str, object]) -> Entry | Skipped:
    track = item if "trackName" in item else item.get("track")
    local = item.get("localTrack")
    if isinstance(track, Mapping):
        return Entry(
            title=track.get("trackName"),
            artist=track.get("artistName"),
            album=track.get("albumName"),
            addresses=(track.get("trackUri"),),
        )
    if isinstance(local, Mapping):
        return _local(local)
    for what, why in _OTHERS.items():
        if isinstance(told := item.get(what), Mapping):
            name = told.get(f"{what}Name") or told.get("name")
            return Skipped(shown(str(name or "")), why)
    return Skipped("", NOT_ON_SPOTIFY)


def _local(track: Mapping[str, object]) -> Entry:
    """Read ``spotify:local:ARTIST:ALBUM:TITLE:SECONDS``: a file on the visitor's own machine."""
    uri = str(track.get("uri") or track.get("trackUri") or "")[:2_000]
    words = [unquote_plus(one, errors="replace") for one in uri.split(":")[2:]]
    if len(words) != 4:
        return Entry(title=track.get("name"))
    artist, album, title, seconds = words
    return Entry(title, artist, album, f"{seconds}e3" if seconds.isdecimal() else None)


def _liked(tracks: list[object]) -> Iterator[Entry | Skipped]:
    for track in tracks:
        if isinstance(track, Mapping):
            yield Entry(
                title=track.get("track"),
                artist=track.get("artist"),
                album=track.get("album"),
                addresses=(track.get("uri"),),
            )
        else:
            yield Skipped("", NO_TRACK)


def _history(plays: list[object]) -> Iterator[Entry | Skipped]:
    others: set[str] = set()
    for play in plays:
        if not isinstance(play, Mapping):
            continue
        title = play.get("master_metadata_track_name") or play.get("trackName")
        if title:
            yield Entry(
                title=title,
                artist=play.get("master_metadata_album_artist_name") or play.get("artistName"),
                album=play.get("master_metadata_album_album_name"),
                addresses=(play.get("spotify_track_uri"),),
            )
            continue
        other = shown(str(play.get("episode_name") or play.get("audiobook_title") or ""))
        if other and other not in others:  # told once, however often it was heard
            others.add(other)
            yield Skipped(other, Message("is no track, but an episode or a book"))
