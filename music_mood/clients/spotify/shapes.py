"""What Spotify answers, as far as we read it; tolerant of old and new shapes.

Since February 2026 a playlist's contents stand under ``items`` (before: ``tracks``), and an
entry's track under ``item`` (before: ``track``).
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from math import inf
from operator import itemgetter
from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, BaseModel, BeforeValidator, Field, ValidationError

from i18n import Message
from i18n.foreign import shown
from music_mood.clients.covers import SPOTIFY_HOSTS, cover_address
from music_mood.clients.spotify.accounts import NAME
from music_mood.matching import plain_isrc
from music_mood.reference import ID_SHAPES, Host, Kind, Reference
from music_mood.values import NO_TITLE, NO_TRACK, NOT_ON_SPOTIFY, Skipped, Track
from music_mood.web.failures import bad_answer_error
from music_mood.web.lenient import Milliseconds, Name, Shown, WebAddress, or_else
from music_mood.web.paging import Page

COVER_PX = 300
"""Width of the cover that is asked for: Spotify has 64, 300 and 640."""

M = TypeVar("M", bound=BaseModel)

# Whatever is null or of another kind counts as not known, where we can do without it.
_Text = Annotated[str, or_else("")]
_Id = Annotated[str, Field(pattern=rf"^{ID_SHAPES[Host.SPOTIFY].pattern}$")]
_Perhaps = Annotated[str | None, or_else(None)]
_Flag = Annotated[bool, or_else(False)]


def _objects(found: object) -> object:
    """Keep the objects of a list; nothing of what is no list."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


class PageShape(BaseModel):
    """One page of any list."""

    items: list[Any]
    total: Annotated[int | None, or_else(None)] = None
    next: WebAddress = None

    def as_page(self) -> Page:
        """Give it as all sources know it."""
        return Page(self.items, self.total, self.next)


class _Owner(BaseModel):
    id: _Text = ""
    display_name: Name = ""


class PlaylistShape(BaseModel):
    """A playlist; `contents` is None where they are not shown to us."""

    id: _Id
    name: Name = ""
    collaborative: _Flag = False
    owner: Annotated[_Owner, or_else(_Owner())] = _Owner()
    contents: PageShape | None = Field(None, validation_alias=AliasChoices("items", "tracks"))


class PlaylistEntryShape(BaseModel):
    """A playlist in the visitor's list of playlists: without contents."""

    id: _Id
    name: Name = ""
    collaborative: _Flag = False
    owner: Annotated[_Owner, or_else(_Owner())] = _Owner()


class AlbumShape(BaseModel):
    """An album with its first tracks."""

    name: Name = ""
    tracks: PageShape


class UserShape(BaseModel):
    """Whoever is logged in."""

    id: Annotated[str, Field(max_length=1_000)]
    display_name: Name = ""


class CreatedShape(BaseModel):
    """A playlist that was just made."""

    id: _Id


class SearchShape(BaseModel):
    """What a search found, of the kind that was asked for."""

    tracks: PageShape | None = None
    albums: PageShape | None = None

    def page(self, kind: Kind) -> Page:
        """Give the page of a kind (track or album); an empty one if there is none."""
        found = self.tracks if kind is Kind.TRACK else self.albums
        return found.as_page() if found else Page([], 0, None)


class _Artist(BaseModel):
    name: Name = ""


_Artists = Annotated[list[_Artist], BeforeValidator(_objects)]


class _Image(BaseModel):
    url: _Perhaps = None
    width: Annotated[int | None, or_else(None)] = None


class _Album(BaseModel):
    name: Name = ""
    images: Annotated[list[_Image], BeforeValidator(_objects)] = []

    @property
    def cover_url(self) -> str | None:
        """The cover whose width is nearest to `COVER_PX`; one of unknown width if need be."""
        known = [(cover_address(one.url, SPOTIFY_HOSTS), one.width) for one in self.images]
        usable = [(url, abs(width - COVER_PX) if width else inf) for url, width in known if url]
        return min(usable, key=itemgetter(1))[0] if usable else None


class FoundAlbumShape(BaseModel):
    """An album in a list of several."""

    id: _Id
    name: Name = ""
    artists: _Artists = []

    @property
    def title(self) -> str:
        """Name and artists; "" if there are none."""
        known = (self.name, _names(self.artists))
        return shown(" – ".join(one for one in known if one))


class _ExternalIds(BaseModel):
    isrc: _Perhaps = None


class TrackShape(BaseModel):
    """A track, full or as an album lists it (then without ISRC).

    Without `id` and `name` it is none.
    """

    id: _Id
    name: Shown
    duration_ms: Milliseconds = None
    artists: _Artists = []
    album: Annotated[_Album, or_else(_Album())] = _Album()
    external_ids: Annotated[_ExternalIds, or_else(_ExternalIds())] = _ExternalIds()
    preview_url: WebAddress = None

    def as_track(self) -> Track:
        """Give what the rest of the project knows."""
        reference = Reference(Host.SPOTIFY, Kind.TRACK, self.id)
        return Track(
            uri=reference.uri,
            title=self.name,
            artist=_names(self.artists),
            album=self.album.name or None,
            duration_ms=self.duration_ms or None,
            isrc=plain_isrc(self.external_ids.isrc),
            spotify_id=self.id,
            link=reference.link,
            preview_url=self.preview_url,
            cover_url=self.album.cover_url,
        )


def _names(artists: list[_Artist]) -> str:
    return shown(", ".join(artist.name for artist in artists if artist.name))


_OTHERS: Mapping[str, Message] = {
    "episode": Message("is no track, but an episode"),
    "audiobook": Message("is no track, but an audiobook"),
}
"""Types of what is no music, as Spotify calls them."""


def checked(model: type[M], answer: object) -> M:
    """Read an answer, or raise `BadAnswerError`."""
    try:
        return model.model_validate(answer)
    except ValidationError as cause:
        raise bad_answer_error(NAME) from cause


def usable(model: type[M], entries: Iterable[object]) -> list[M]:
    """Read the entries of a list that have what they must have; others are taken away things."""
    found = []
    for entry in entries:
        with suppress(ValidationError):
            found.append(model.model_validate(entry))
    return found


def read_entry(entry: object) -> Track | Skipped:
    """Read an entry of a playlist or of the liked songs: a track, or why it is none."""
    if not isinstance(entry, dict):
        return Skipped("?", NO_TRACK)
    found = entry.get("item") or entry.get("track")
    if found is None:
        return Skipped("?", NOT_ON_SPOTIFY)
    is_local = entry.get("is_local") is True
    return read_track({"is_local": is_local, **found} if isinstance(found, dict) else found)


def read_track(found: object) -> Track | Skipped:
    """Read a track from wherever it stands, or say why it is none."""
    if not isinstance(found, dict):
        return Skipped("?", NO_TRACK)
    given = found.get("name")
    name = (shown(given) if isinstance(given, str) else "") or "?"
    kind = found.get("type")
    if isinstance(kind, str) and kind != "track":
        other = Message("is no track, but “{kind}”", kind=shown(kind, 40))
        return Skipped(name, _OTHERS.get(kind, other))
    if found.get("is_local") is True:
        return Skipped(name, Message("is a file on somebody’s computer"))
    try:
        track = TrackShape.model_validate(found).as_track()
    except ValidationError:
        return Skipped(name, NO_TRACK)
    if not track.title:  # taken off Spotify; a card without a name tells nothing
        return Skipped(track.artist or "?", NO_TITLE)
    return track
