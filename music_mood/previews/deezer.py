"""Half a minute of mp3 from Deezer. The address works for about 14 minutes."""

from i18n import Message
from music_mood.clients.deezer import NAME, DeezerApi, DeezerTrack
from music_mood.errors import NotFoundError
from music_mood.matching import plain_isrc
from music_mood.previews.provider import LENGTH_NOT_COMPARED
from music_mood.reference import is_web_address
from music_mood.values import Preview, Track


class DeezerPreviews:
    """Finds a track by its Deezer id, by ISRC, or by artist, title and (if known) duration.

    Parameters
    ----------
    api : DeezerApi
    """

    name = NAME

    def __init__(self, api: DeezerApi) -> None:
        self._api = api

    def preview(self, track: Track) -> Preview | None:
        """See `PreviewProvider.preview`."""
        not_compared = LENGTH_NOT_COMPARED if track.duration_ms is None else None
        for look_up, note in ((self._exact, None), (self._similar, not_compared)):
            try:
                found = _preview(look_up(track), note)
            except NotFoundError:  # another release may be there
                continue
            if found:
                return found
        return None

    def _exact(self, track: Track) -> DeezerTrack | None:
        if track.deezer_id:
            return self._api.track(track.deezer_id)
        isrc = plain_isrc(track.isrc)
        return self._api.track_by_isrc(isrc) if isrc else None

    def _similar(self, track: Track) -> DeezerTrack | None:
        return self._api.recording_of(
            track, is_usable=lambda found: _preview(found) is not None, any_length=True
        )


def _preview(found: DeezerTrack | None, note: Message | None = None) -> Preview | None:
    if found is None or not is_web_address(found.preview):
        return None
    track = found.as_track()
    return Preview(
        NAME,
        "audio/mpeg",
        audio_url=found.preview,
        link=track.link,
        note=note,
        cover_url=track.cover_url,
    )
