"""Half a minute of m4a from Apple's iTunes."""

from music_mood.clients.itunes import NAME, ItunesApi
from music_mood.matching import best_match, lead_artist, search_title
from music_mood.previews.provider import LENGTH_NOT_COMPARED
from music_mood.reference import is_web_address
from music_mood.values import Preview, Track


class ItunesPreviews:
    """Finds a track by artist, title and (if known) duration.

    Parameters
    ----------
    api : ItunesApi
    """

    name = NAME

    def __init__(self, api: ItunesApi) -> None:
        self._api = api

    def preview(self, track: Track) -> Preview | None:
        """See `PreviewProvider.preview`."""
        if not track.artist:  # could not be checked
            return None
        songs = self._api.search(f"{lead_artist(track.artist)} {search_title(track.title)}")
        playable = [song for song in songs if is_web_address(song.preview)]
        best = best_match(track, [song.as_track() for song in playable], any_length=True)
        if best is None:
            return None
        song = playable[best]
        note = LENGTH_NOT_COMPARED if track.duration_ms is None else None
        return Preview(
            NAME,
            "audio/mp4",
            audio_url=song.preview,
            link=song.link,
            note=note,
            cover_url=song.as_track().cover_url,
        )
