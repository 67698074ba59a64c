"""What can be set from outside, read once at the start and passed on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Self
from urllib.parse import urlsplit

from i18n import Message
from music_mood.clients.spotify.app import SpotifyApp
from music_mood.errors import SettingsError
from music_mood.library.address import DEFAULT_URL, parse_database_url

SPOTIPY_VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "spotify_client_id": "SPOTIPY_CLIENT_ID",
        "spotify_client_secret": "SPOTIPY_CLIENT_SECRET",
        "spotify_redirect_uri": "SPOTIPY_REDIRECT_URI",
    }
)
"""Fields whose variables are called as spotipy calls them: many have those set already."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Addresses of the web services and of the library, and who we are at Spotify.

    Each address can be replaced, by a proxy or by a test's server, through the environment
    variable of the same name in capitals. A path prefix is allowed:
    ``http://127.0.0.1:9000/deezer``.

    Attributes
    ----------
    spotify_client_id : str or None
        The app's id (SPOTIPY_CLIENT_ID). Without it, nothing of Spotify's API can be read.
    spotify_client_secret : str or None
        Its secret (SPOTIPY_CLIENT_SECRET). Without it, visitors log in with PKCE, and nothing can
        be read without a visitor.
    spotify_redirect_uri : str or None
        Where Spotify sends visitors back to (SPOTIPY_REDIRECT_URI): https, or a port of
        127.0.0.1. Without it, nobody can log in.
    database_url : str
        Where the library is (DATABASE_URL): a file beside the app, or another database.
    uploads_mb : int
        How many MB (of 2**20 bytes) of visitors' files the server holds in all (UPLOADS_MB).
    work_offline : bool
        Whether to ask no service at all (WORK_OFFLINE).
    hear_previews : bool
        Whether to listen to Deezer's previews of tracks whose features nobody knows
        (HEAR_PREVIEWS).
    """

    spotify_api_url: str = "https://api.spotify.com"
    spotify_accounts_url: str = "https://accounts.spotify.com"
    deezer_api_url: str = "https://api.deezer.com"
    reccobeats_api_url: str = "https://api.reccobeats.com"
    itunes_api_url: str = "https://itunes.apple.com"
    spotify_client_id: str | None = None
    spotify_client_secret: str | None = field(default=None, repr=False)
    spotify_redirect_uri: str | None = None
    database_url: str = field(default=DEFAULT_URL, repr=False)
    uploads_mb: int = 300
    work_offline: bool = False
    hear_previews: bool = False

    @property
    def spotify_app(self) -> SpotifyApp | None:
        """Who we are at Spotify; None if nobody."""
        if not self.spotify_client_id:
            return None
        return SpotifyApp(
            self.spotify_client_id, self.spotify_client_secret, self.spotify_redirect_uri
        )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings; what is unset or empty keeps its default.

        Raises
        ------
        SettingsError
            An address is no plain http(s) address, none that Spotify would redirect to, or none
            of a database; or a number is none.
        """
        given: dict[str, Any] = {}
        for one in fields(cls):
            variable = SPOTIPY_VARIABLES.get(one.name, one.name.upper())
            if text := environ.get(variable, "").strip():
                is_address = one.name.endswith(("_api_url", "_accounts_url"))
                given[one.name] = _base_url(variable, text) if is_address else text
        if "uploads_mb" in given:
            given["uploads_mb"] = _megabytes("UPLOADS_MB", given["uploads_mb"])
        for name in ("work_offline", "hear_previews"):
            if name in given:
                given[name] = _yes_or_no(name.upper(), given[name])
        if "database_url" in given:
            parse_database_url(given["database_url"])
        if "spotify_redirect_uri" in given:
            _check_redirect(given["spotify_redirect_uri"])
        return cls(**given)


def _megabytes(name: str, text: str) -> int:
    """Read a whole number above 0, of at most six figures."""
    if not re.fullmatch(r"[1-9]\d{0,5}", text, re.ASCII):
        raise SettingsError(
            Message("{setting} must be a whole number of MB, for example 300.", setting=name)
        )
    return int(text)


_ANSWERS: Mapping[str, bool] = MappingProxyType(
    dict.fromkeys(("1", "yes", "true", "on"), True)
    | dict.fromkeys(("0", "no", "false", "off"), False)
)


def _yes_or_no(name: str, text: str) -> bool:
    try:
        return _ANSWERS[text.lower()]
    except KeyError as cause:
        raise SettingsError(Message("{setting} must be yes or no.", setting=name)) from cause


def _base_url(name: str, text: str) -> str:
    """Check an address and take off its trailing slash."""
    try:
        parts = urlsplit(text.strip())
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    # A user name or query would end up in logs and in every call.
    if not usable or "@" in parts.netloc or parts.query or parts.fragment:
        raise SettingsError(
            Message(
                "{setting} must be an address like https://proxy.example/path, without user name, "
                "question mark or hash.",
                setting=name,
            )
        )
    return parts.geturl().rstrip("/")


def _check_redirect(text: str) -> None:
    """Check what Spotify would refuse only when a visitor stands at its door."""
    try:
        parts = urlsplit(text)
        local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1") and parts.port
        usable = bool(local) or (parts.scheme == "https" and bool(parts.hostname))
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError(
            Message(
                "SPOTIPY_REDIRECT_URI must be an https address or http://127.0.0.1:PORT; Spotify "
                "does not accept localhost. It must also stand in the app’s settings at Spotify."
            )
        )
