"""Saving tracks as a playlist of the visitor's, so that trying again makes it only once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from i18n import Message
from music_mood.clients.spotify.api import ADD_LIMIT, SpotifyApi
from music_mood.errors import PlaylistError
from music_mood.reference import ID_SHAPES, Host, Reference
from music_mood.values import Track

MAX_TITLE = 100
"""Longest title, in characters; Spotify's own limit."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A playlist that was made.

    Attributes
    ----------
    link : str
        Its page.
    count : int
        Tracks in it.
    missing : tuple of str
        Titles of those that Spotify does not have.
    """

    link: str
    count: int
    missing: tuple[str, ...]


@dataclass
class Saving:
    """Tracks on their way into a new, private playlist.

    It remembers how far it came: after a failure, or pressed twice, `run` goes on from there.

    Parameters
    ----------
    title : str
        Cut at `MAX_TITLE` characters.
    tracks : sequence of Track
    """

    title: str
    tracks: Sequence[Track]
    _playlist: Reference | None = field(default=None, init=False)
    _added: int = field(default=0, init=False)
    _found: list[str | None] | None = field(default=None, init=False)

    def run(self, api: SpotifyApi) -> Saved:
        """Save, or go on saving; what is already saved is only told again.

        Raises
        ------
        PlaylistError
            Spotify has none of these tracks, or there is no title.
        LoginNeededError
            The visitor must log in again.
        ProviderError
            Spotify failed.
        """
        title = self.title.strip()[:MAX_TITLE]
        if not title:
            raise PlaylistError(Message("Please give the playlist a name."))
        ids = self._ids(api)
        known = list(dict.fromkeys(one for one in ids if one))
        if not known:
            raise PlaylistError(
                Message("None of these tracks is on Spotify, so there is nothing to save.")
            )
        if self._playlist is None:
            self._playlist = api.create_playlist(title)
        while self._added < len(known):
            api.add_tracks(self._playlist, known[self._added : self._added + ADD_LIMIT])
            self._added += ADD_LIMIT
        missing = [track.title for track, one in zip(self.tracks, ids, strict=True) if not one]
        return Saved(self._playlist.link, len(known), tuple(missing))

    def _ids(self, api: SpotifyApi) -> list[str | None]:
        """Give each track's Spotify id; what other sources gave is looked up by its ISRC."""
        if self._found is None:
            self._found = [_spotify_id(api, track) for track in self.tracks]
        return self._found


def _spotify_id(api: SpotifyApi, track: Track) -> str | None:
    if ID_SHAPES[Host.SPOTIFY].fullmatch(track.spotify_id or ""):
        return track.spotify_id
    found = api.find_isrc(track.isrc) if track.isrc else None
    return found.spotify_id if found else None
