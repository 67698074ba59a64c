"""Apple's iTunes Search API, which needs no key: half a minute of m4a.

Its terms ask for a link to the store beside the preview. It knows no ISRC. It allows about twenty
calls a minute and answers 403, without a time, to those who call more often.
"""

from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from music_mood.clients.covers import APPLE_HOSTS, cover_address
from music_mood.values import Track
from music_mood.web.failures import bad_answer_error
from music_mood.web.lenient import Milliseconds, Shown, WebAddress, or_else
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


class Song(BaseModel):
    """A song of the store."""

    title: Shown = Field(alias="trackName")
    artist: Shown = Field(alias="artistName")
    duration_ms: Milliseconds = Field(None, alias="trackTimeMillis")
    preview: WebAddress = Field(None, alias="previewUrl")
    link: WebAddress = Field(None, alias="trackViewUrl")
    cover: Annotated[str | None, or_else(None)] = Field(None, alias="artworkUrl100")

    def as_track(self) -> Track:
        """Give what the rest of the project knows; for matching only, it has no identifier."""
        return Track(
            self.title,
            self.artist,
            duration_ms=self.duration_ms,
            cover_url=cover_address(self.cover, APPLE_HOSTS),
        )


class ItunesApi:
    """The call we make. It may raise a `ProviderError` as `Service.get` does.

    Parameters
    ----------
    service : Service
        Made with `wait_asked_s`.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    def search(self, words: str) -> list[Song]:
        """Find songs, best first, at most `LIMIT`."""
        question: dict[str, str | int] = {
            "term": words,
            "media": "music",
            "entity": "song",
            "limit": LIMIT,
            "country": STORE,
        }
        answer = self._service.get("/search", question)
        try:
            entries = _Found.model_validate(answer).results
        except ValidationError as cause:
            raise bad_answer_error(NAME) from cause
        return [song for entry in entries if (song := _read_song(entry))]


class _Found(BaseModel):
    results: list[Any]


def _read_song(entry: object) -> Song | None:
    try:
        return Song.model_validate(entry)
    except ValidationError:
        return None
