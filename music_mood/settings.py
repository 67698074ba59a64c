"""What can be set from outside, read once at the start and passed on."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self
from urllib.parse import urlsplit

from music_mood.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Settings:
    """Addresses of the web services.

    Each can be replaced, by a proxy or by a test's server, through the environment variable of
    the same name in capitals. A path prefix is allowed: ``http://127.0.0.1:9000/deezer``.
    """

    spotify_api_url: str = "https://api.spotify.com"
    spotify_accounts_url: str = "https://accounts.spotify.com"
    deezer_api_url: str = "https://api.deezer.com"
    reccobeats_api_url: str = "https://api.reccobeats.com"
    itunes_api_url: str = "https://itunes.apple.com"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings; what is unset or empty keeps its default.

        Raises
        ------
        SettingsError
            An address is no plain http(s) address.
        """
        names = {field.name: field.name.upper() for field in fields(cls)}
        given = {field: environ[name] for field, name in names.items() if environ.get(name)}
        return cls(**{field: _base_url(names[field], text) for field, text in given.items()})


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
            f"{name} must be an address like https://proxy.example/path, without user name, "
            f"question mark or hash."
        )
    return parts.geturl().rstrip("/")
