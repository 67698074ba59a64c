"""Previews that need no call: what the track itself brings."""

import mimetypes

from music_mood.reference import ID_SHAPES, Host, is_web_address
from music_mood.values import Preview, Track

MIMES = {".opus": "audio/ogg", ".ogg": "audio/ogg", ".m4a": "audio/mp4", ".flac": "audio/flac"}
"""Where the system's table of types may be silent or unusual."""


class LocalFile:
    """The whole piece: in memory if the visitor brought it, or on this machine's disk."""

    name = "this machine"

    def preview(self, track: Track) -> Preview | None:
        """See `PreviewProvider.preview`."""
        brought = track.audio_file
        if brought is not None:
            return Preview(self.name, brought.mime, audio_file=brought, link=track.link)
        path = track.audio_path
        if path is None or not path.is_file():
            return None
        guessed = mimetypes.guess_type(path.name)[0]
        mime = MIMES.get(path.suffix.lower()) or guessed or "audio/mpeg"
        return Preview(self.name, mime, path=path, link=track.link)


class SourcePreview:
    """What the playlist's own service offered with the track: Spotify, to old apps."""

    name = "Spotify"

    def preview(self, track: Track) -> Preview | None:
        """See `PreviewProvider.preview`."""
        if not is_web_address(track.preview_url):
            return None
        return Preview(self.name, "audio/mpeg", audio_url=track.preview_url, link=track.link)


class SpotifyEmbed:
    """Spotify's own player in a frame: 30 s, or the whole track for those logged in there."""

    name = "Spotify"

    def preview(self, track: Track) -> Preview | None:
        """See `PreviewProvider.preview`."""
        spotify_id = track.spotify_id or ""
        if not ID_SHAPES[Host.SPOTIFY].fullmatch(spotify_id):
            return None
        return Preview(
            self.name,
            "text/html",
            embed_url=f"https://open.spotify.com/embed/track/{spotify_id}",
            link=f"https://open.spotify.com/track/{spotify_id}",
        )
