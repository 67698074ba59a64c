"""Who we are at Spotify."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SpotifyApp:
    """An app that is registered at developer.spotify.com.

    Attributes
    ----------
    client_id : str
    client_secret : str or None
        Without it, visitors log in with PKCE, and nothing can be read without a visitor.
    redirect_uri : str or None
        Where Spotify sends visitors back to. Without it, nobody can log in.
    """

    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    redirect_uri: str | None = None
