"""What Spotify answers, as far as we read it; tolerant of old and new shapes.

Since February 2026 a playlist's contents stand under ``items`` (before: ``tracks``), and an
entry's track under ``item`` (before: ``track``).
"""

from typing import Any, TypeVar

from pydantic import AliasChoices, BaseModel, Field, ValidationError

from music_mood.clients.spotify.accounts import NAME
from music_mood.matching import plain_isrc
from music_mood.reference import Host, Kind, Reference
from music_mood.values import Skipped, Track
from music_mood.web.failures import bad_answer_error
from music_mood.web.paging import Page

M = TypeVar("M", bound=BaseModel)


class PageShape(BaseModel):
    """One page of any list."""

    items: list[Any]
    total: int | None = None
    next: str | None = None

    def as_page(self) -> Page:
        """Give it as all sources know it."""
        return Page(self.items, self.total, self.next)


class _Owner(BaseModel):
    id: str = ""
    display_name: str | None = None


class PlaylistShape(BaseModel):
    """A playlist; `contents` is None where they are not shown to us."""

    id: str
    name: str = ""
    collaborative: bool = False
    owner: _Owner = _Owner()
    contents: PageShape | None = Field(None, validation_alias=AliasChoices("items", "tracks"))


class PlaylistEntryShape(BaseModel):
    """A playlist in the visitor's list of playlists: without contents."""

    id: str
    name: str = ""
    collaborative: bool = False
    owner: _Owner = _Owner()


class AlbumShape(BaseModel):
    """An album with its first tracks."""

    name: str = ""
    tracks: PageShape


class UserShape(BaseModel):
    """Whoever is logged in."""

    id: str
    display_name: str | None = None


class CreatedShape(BaseModel):
    """A playlist that was just made."""

    id: str


class SearchShape(BaseModel):
    """What a search found, of the kind that was asked for."""

    tracks: PageShape | None = None
    albums: PageShape | None = None

    def page(self, kind: Kind) -> Page:
        """Give the page of a kind (track or album); an empty one if there is none."""
        found = self.tracks if kind is Kind.TRACK else self.albums
        return found.as_page() if found else Page([], 0, None)


class _Artist(BaseModel):
    name: str = ""


class _Album(BaseModel):
    name: str | None = None


class FoundAlbumShape(BaseModel):
    """An album in a list of several."""

    id: str
    name: str = ""
    artists: list[_Artist] = []

    @property
    def title(self) -> str:
        """Name and artists."""
        by = _names(self.artists)
        return f"{self.name} – {by}" if by else self.name


class _ExternalIds(BaseModel):
    isrc: str | None = None


class TrackShape(BaseModel):
    """A track, full or as an album lists it (then without ISRC)."""

    id: str
    name: str
    duration_ms: int | None = None
    artists: list[_Artist] = []
    album: _Album | None = None
    external_ids: _ExternalIds | None = None
    preview_url: str | None = None

    def as_track(self) -> Track:
        """Give what the rest of the project knows."""
        reference = Reference(Host.SPOTIFY, Kind.TRACK, self.id)
        return Track(
            uri=reference.uri,
            title=self.name,
            artist=_names(self.artists),
            album=self.album.name if self.album else None,
            duration_ms=self.duration_ms,
            isrc=plain_isrc(self.external_ids.isrc) if self.external_ids else None,
            spotify_id=self.id,
            link=reference.link,
            preview_url=self.preview_url,
        )


def _names(artists: list[_Artist]) -> str:
    return ", ".join(artist.name for artist in artists if artist.name)


def checked(model: type[M], answer: object) -> M:
    """Read an answer, or raise `BadAnswerError`."""
    try:
        return model.model_validate(answer)
    except ValidationError as cause:
        raise bad_answer_error(NAME, "data of another kind than expected") from cause


def read_entry(entry: object) -> Track | Skipped:
    """Read an entry of a playlist or of the liked songs: a track, or why it is none."""
    if not isinstance(entry, dict):
        return Skipped("?", "is no track")
    found = entry.get("item") or entry.get("track")
    if found is None:
        return Skipped("?", "is no longer on Spotify")
    is_local = entry.get("is_local") is True
    return read_track({"is_local": is_local, **found} if isinstance(found, dict) else found)


def read_track(found: object) -> Track | Skipped:
    """Read a track from wherever it stands, or say why it is none."""
    if not isinstance(found, dict):
        return Skipped("?", "is no track")
    given = found.get("name")
    name = given if isinstance(given, str) else "?"
    if found.get("type", "track") != "track":
        return Skipped(name, f"is no track, but an {found['type']}")
    if found.get("is_local") is True:
        return Skipped(name, "is a file on somebody's computer")
    try:
        return TrackShape.model_validate(found).as_track()
    except ValidationError:
        return Skipped(name, "is no track")
