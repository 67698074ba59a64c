"""Half a minute of m4a from Apple's iTunes Search API, which needs no key.

Its terms ask for a link to the store beside the preview. It knows no ISRC. It allows about twenty
calls a minute and answers 403, without a time, to those who call more often.
"""

from typing import Any

from pydantic import BaseModel, Field, ValidationError

from music_mood.matching import best_match, lead_artist, search_title
from music_mood.previews.own import is_web_address
from music_mood.values import Preview, Track
from music_mood.web.failures import bad_answer_error
from music_mood.web.service import Service, asked_to_wait_s
from music_mood.web.throttle import Rate
from music_mood.web.transport import Answer

NAME = "iTunes"
RATE = Rate(calls=20, period_s=60.0)

STORE = "US"
"""The store with the largest catalogue; previews play everywhere."""

LIMIT = 5
"""Candidates asked for."""


def wait_asked_s(answer: Answer) -> float | None:
    """As `asked_to_wait_s`; its 403 means the same as 429."""
    return RATE.period_s if answer.status == 403 else asked_to_wait_s(answer)


class ItunesPreviews:
    """Finds a track by artist, title and duration.

    Parameters
    ----------
    service : Service
        Made with `wait_asked_s`.
    """

    name = NAME

    def __init__(self, service: Service) -> None:
        self._service = service

    def preview(self, track: Track) -> Preview | None:
        """See `PreviewProvider.preview`."""
        if not track.artist or track.duration_ms is None:  # could not be checked
            return None
        songs = self._search(f"{lead_artist(track.artist)} {search_title(track.title)}")
        playable = [song for song in songs if is_web_address(song.preview)]
        best = best_match(track, [song.as_track() for song in playable])
        if best is None:
            return None
        song = playable[best]
        return Preview(NAME, "audio/mp4", audio_url=song.preview, link=song.link)

    def _search(self, term: str) -> list["_Song"]:
        question: dict[str, str | int] = {
            "term": term,
            "media": "music",
            "entity": "song",
            "limit": LIMIT,
            "country": STORE,
        }
        answer = self._service.get("/search", question)
        try:
            entries = _Found.model_validate(answer).results
        except ValidationError as cause:
            raise bad_answer_error(NAME, "data of another kind than expected") from cause
        return [song for entry in entries if (song := _read_song(entry))]


class _Found(BaseModel):
    results: list[Any]


class _Song(BaseModel):
    title: str = Field(alias="trackName")
    artist: str = Field(alias="artistName")
    duration_ms: int | None = Field(None, alias="trackTimeMillis")
    preview: str | None = Field(None, alias="previewUrl")
    link: str | None = Field(None, alias="trackViewUrl")

    def as_track(self) -> Track:
        return Track(self.title, self.artist, duration_ms=self.duration_ms)


def _read_song(entry: object) -> _Song | None:
    try:
        return _Song.model_validate(entry)
    except ValidationError:
        return None
