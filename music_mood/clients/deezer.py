"""Deezer's public API, which needs no key: the calls we make and the shapes we expect.

Shapes as documented on developers.deezer.com (2026): errors come with status 200 as
``{"error": {"type", "message", "code"}}``, lists as ``{"data": [...], "total", "next"}``.
"""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from i18n import Message
from music_mood.clients.covers import DEEZER_HOSTS, cover_address
from music_mood.matching import best_match, lead_artist, plain_isrc, search_title
from music_mood.reference import Host, Kind, Reference
from music_mood.values import Track
from music_mood.web.failures import (
    bad_answer_error,
    down_error,
    no_access_error,
    not_known_error,
    wait_error,
)
from music_mood.web.lenient import Name, Shown, WebAddress, or_else
from music_mood.web.paging import Page
from music_mood.web.service import JsonObject, Service
from music_mood.web.throttle import Rate

NAME = "Deezer"
RATE = Rate(calls=50, period_s=5.0)
"""Deezer's quota per address."""

PAGE = 100
"""Entries asked for in a call."""

QUOTA, PERMISSION, TOKEN, BUSY, NO_DATA = 4, 200, 300, 700, 800
"""Codes of `inspect`'s errors."""

M = TypeVar("M", bound=BaseModel)


class _Named(BaseModel):
    name: Name = ""


class _Titled(BaseModel):
    title: Name = ""


class _Album(_Titled):
    cover_medium: Annotated[str | None, or_else(None)] = None  # 250 px


class DeezerTrack(BaseModel):
    """A track; what stands in lists lacks `isrc`.

    `duration` is in seconds, `preview` an address that works for some minutes (or empty). Without
    `id` and `title` it is none; whatever else is null or of another kind counts as not known.
    """

    id: Annotated[int, Field(ge=0, lt=10**20)]
    title: Shown
    duration: Annotated[int, Field(ge=0, le=2**30), or_else(0)] = 0
    isrc: Annotated[str | None, or_else(None)] = None
    readable: Annotated[bool, or_else(True)] = True
    preview: WebAddress = None
    link: WebAddress = None
    artist: Annotated[_Named, or_else(_Named())] = _Named()
    album: Annotated[_Album, or_else(_Album())] = _Album()

    def as_track(self) -> Track:
        """Give what the rest of the project knows; not the preview, which expires."""
        reference = Reference(Host.DEEZER, Kind.TRACK, str(self.id))
        return Track(
            uri=reference.uri,
            title=self.title,
            artist=self.artist.name,
            album=self.album.title or None,
            duration_ms=self.duration * 1000 or None,
            isrc=plain_isrc(self.isrc),
            deezer_id=reference.id,
            link=reference.link,
            cover_url=cover_address(self.album.cover_medium, DEEZER_HOSTS),
        )


class _Error(BaseModel):
    code: int = 0
    message: str = ""


def inspect(answer: JsonObject) -> None:
    """Raise the error that stands in an answer of status 200."""
    if not answer.get("error"):
        return
    try:
        error = _Error.model_validate(answer["error"])
    except ValidationError:
        error = _Error()
    if error.code == QUOTA:
        raise wait_error(NAME, RATE.period_s)
    if error.code == BUSY:
        raise down_error(NAME)
    if error.code == NO_DATA:
        raise not_known_error(NAME)
    if error.code in (PERMISSION, TOKEN):
        raise no_access_error(NAME)
    what = Message("an error without further explanation (code {code})", code=str(error.code))
    raise bad_answer_error(NAME, what)


class _List(BaseModel):
    data: list[Any]
    total: Annotated[int | None, or_else(None)] = None
    next: WebAddress = None


class DeezerApi:
    """The calls we make. Each may raise a `ProviderError` as `Service.get` does.

    Parameters
    ----------
    service : Service
        Made with `inspect`.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    def track(self, deezer_id: str) -> DeezerTrack:
        """Read a full track, with ISRC and a fresh preview."""
        return _checked(DeezerTrack, self._service.get(f"/track/{deezer_id}"))

    def track_by_isrc(self, isrc: str) -> DeezerTrack:
        """Read the full track that has an ISRC."""
        return _checked(DeezerTrack, self._service.get(f"/track/isrc:{isrc}"))

    def search(self, artist: str, title: str) -> list[DeezerTrack]:
        """Find tracks that are called so, best first; they may lack the ISRC."""
        query = f'artist:"{_unquoted(artist)}" track:"{_unquoted(title)}"'
        found = _checked(_List, self._service.get("/search", {"q": query, "limit": 10}))
        return [track for entry in found.data if (track := read_track(entry))]

    def recording_of(
        self,
        track: Track,
        is_usable: Callable[[DeezerTrack], bool] = lambda _: True,
        *,
        any_length: bool = False,
    ) -> DeezerTrack | None:
        """Find a track's recording by artist, title and duration; None if it is not there.

        A wrong match is worse than none: `music_mood.matching` decides, and a track without artist
        or duration, which could not be checked, is not searched for. With `any_length`, one without
        a duration is: title and artist must do then, and the caller must say so.
        """
        if not track.artist or (track.duration_ms is None and not any_length):
            return None
        found = self.search(lead_artist(track.artist), search_title(track.title))
        usable = [candidate for candidate in found if is_usable(candidate)]
        tracks = [candidate.as_track() for candidate in usable]
        best = best_match(track, tracks, any_length=any_length)
        return None if best is None else usable[best]

    def title(self, kind: Kind, deezer_id: str) -> str:
        """Read the title of a playlist or album."""
        return _checked(_Titled, self._service.get(f"/{kind}/{deezer_id}")).title

    def tracks(self, kind: Kind, deezer_id: str) -> Page:
        """Read the first page of the tracks of a playlist or album."""
        return _page(self._service.get(f"/{kind}/{deezer_id}/tracks", {"limit": PAGE}))

    def next_page(self, link: str) -> Page:
        """Read the page that a page's `next` leads to."""
        return _page(self._service.get_next(link))


def read_track(entry: object) -> DeezerTrack | None:
    """Read an entry of a list; None if it is no track."""
    try:
        return DeezerTrack.model_validate(entry)
    except ValidationError:
        return None


def _page(answer: JsonObject) -> Page:
    found = _checked(_List, answer)
    return Page(found.data, found.total, found.next)


def _checked(model: type[M], answer: JsonObject) -> M:
    try:
        return model.model_validate(answer)
    except ValidationError as cause:
        raise bad_answer_error(NAME) from cause


def _unquoted(text: str) -> str:
    return text.replace('"', " ")
