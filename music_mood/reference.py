"""What a visitor pastes -> a typed reference: which service, what kind of thing, which id."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from music_mood.errors import PlaylistError


class Host(StrEnum):
    """The services whose links we understand; the value is the name as shown."""

    SPOTIFY = "Spotify"
    DEEZER = "Deezer"


class Kind(StrEnum):
    """What a link can lead to; the value is the word in links and URIs."""

    PLAYLIST = "playlist"
    ALBUM = "album"
    TRACK = "track"


@dataclass(frozen=True, slots=True)
class Reference:
    """One playlist, album or track of one service.

    Attributes
    ----------
    host : Host
    kind : Kind
    id : str
        Spotify: 22 letters and digits. Deezer: digits.
    """

    host: Host
    kind: Kind
    id: str

    @property
    def uri(self) -> str:
        """Its name in one word, as Spotify writes its own: ``deezer:track:3135556``."""
        return f"{self.host.lower()}:{self.kind}:{self.id}"

    @property
    def link(self) -> str:
        """Its page."""
        site = "open.spotify.com" if self.host is Host.SPOTIFY else "www.deezer.com"
        return f"https://{site}/{self.kind}/{self.id}"


SPOTIFY_SITES = {"open.spotify.com", "play.spotify.com"}
DEEZER_SITES = {"deezer.com", "www.deezer.com", "widget.deezer.com", "api.deezer.com"}
SHORT_SITES = {
    "spotify.link": Host.SPOTIFY,
    "spotify.app.link": Host.SPOTIFY,
    "spoti.fi": Host.SPOTIFY,
    "link.deezer.com": Host.DEEZER,
    "deezer.page.link": Host.DEEZER,
    "dzr.page.link": Host.DEEZER,
}
"""Sites of links that only say where they lead when they are opened."""

ID_SHAPES = {Host.SPOTIFY: re.compile(r"[0-9A-Za-z]{22}"), Host.DEEZER: re.compile(r"[0-9]{1,20}")}

MAX_LENGTH = 5_000
"""Longest text to look at; an embed code has about 500 characters."""

HOW_TO = (
    "Please paste the link of a playlist, album or track on Spotify or Deezer, for example "
    "https://www.deezer.com/playlist/908622995."
)

_ADDRESS = re.compile(r"(?:https?://|deezer://)?(?:[\w-]+\.)+[a-z]+(?::\d+)?/[^\s\"'<>]*", re.I)
_SPOTIFY_URI = re.compile(r"spotify:(?:user:[^\s:]+:)?([a-z]+):([0-9A-Za-z]+)", re.I)


def parse_link(text: str) -> Reference:
    """Understand a pasted link, URI, embed code or plain id.

    A plain id of 22 letters and digits is taken for a Spotify playlist, plain digits for a Deezer
    playlist. Links may carry a locale (``/intl-de/``, ``/fr/``), share parameters (``?si=...``) or
    stand in other text.

    Raises
    ------
    PlaylistError
        It is none of these; says what to paste instead.
    """
    text = text.strip()
    if not text:
        raise PlaylistError(f"There is no link yet. {HOW_TO}")
    if len(text) > MAX_LENGTH:
        raise PlaylistError(f"This text is too long for a link. {HOW_TO}")
    for host, shape in ID_SHAPES.items():
        if shape.fullmatch(text):
            return Reference(host, Kind.PLAYLIST, text)
    if uri := _SPOTIFY_URI.search(text):
        return _reference(Host.SPOTIFY, uri[1].lower(), uri[2])
    if address := _ADDRESS.search(text):
        return _from_address(address[0])
    raise PlaylistError(f"This is no link that we understand. {HOW_TO}")


def is_link(text: str) -> bool:
    """Tell whether a text means a link, right or wrong, rather than words to search for."""
    text = text.strip()
    whole_id = any(shape.fullmatch(text) for shape in ID_SHAPES.values())
    return bool(whole_id or "://" in text or _SPOTIFY_URI.search(text) or _ADDRESS.search(text))


def is_web_address(text: str | None) -> bool:
    """Whether a browser may be sent there."""
    return bool(text) and str(text).startswith(("https://", "http://"))


def _from_address(address: str) -> Reference:
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        site = (parts.hostname or "").removesuffix(".")
    except ValueError:
        site = ""
    if site in SHORT_SITES:
        raise PlaylistError(
            f"This is a short link of {SHORT_SITES[site]}. Please open it in a browser, and paste "
            "the long address that it leads to."
        )
    if site in SPOTIFY_SITES:
        host = Host.SPOTIFY
    elif site in DEEZER_SITES:
        host = Host.DEEZER
    else:
        raise PlaylistError(
            "This is no link of Spotify or Deezer. Playlists of other services can be exported as "
            f"a CSV file and read from there. {HOW_TO}"
        )
    # What leads to the thing (locale, "embed", "user/NAME", "widget/dark") stands before it.
    steps = [step for step in parts.path.split("/") if step]
    kind, identifier = steps[-2:] if len(steps) >= 2 else ("", "")
    return _reference(host, kind.lower(), identifier)


def _reference(host: Host, kind: str, identifier: str) -> Reference:
    kinds = [known.value for known in Kind]
    if kind not in kinds:
        raise PlaylistError(
            f"This link leads to something else on {host} than a playlist, album or track. {HOW_TO}"
        )
    if not ID_SHAPES[host].fullmatch(identifier):
        raise PlaylistError(
            f"This link to a {kind} on {host} is not complete. Please copy it again."
        )
    return Reference(host, Kind(kind), identifier)
