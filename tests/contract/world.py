"""All fake services on one server, and the settings that lead there."""

from pathlib import Path

from tests.contract.catalogue import by_identifier
from tests.contract.deezer import Deezer
from tests.contract.others import audio, itunes, reccobeats
from tests.contract.server import FakeWeb
from tests.contract.short_links import STAND_INS, ShortLinks
from tests.contract.spotify import Spotify
from tests.contract.spotify_accounts import CLIENT_ID, CLIENT_SECRET, SpotifyAccounts

REDIRECT_URI = "http://127.0.0.1:8501/"


class World:
    """The services on a server.

    Parameters
    ----------
    web : FakeWeb
    folder : pathlib.Path
        Where the library lies.

    Attributes
    ----------
    web : FakeWeb
        The server: calls, misbehaviour, time.
    deezer : Deezer
        Its playlists.
    spotify, accounts : Spotify, SpotifyAccounts
        Its playlists and kind of access; its visitor and tokens.
    short_links : ShortLinks
        What the short links' sites answer.
    stand_ins : dict of str to str
        Those sites, and where they are asked here.
    environment : dict of str to str
        Variables that lead the app there; nobody at Spotify.
    spotify_app : dict of str to str
        Further variables, for an app that is registered at Spotify.
    """

    def __init__(self, web: FakeWeb, folder: Path) -> None:
        self.web = web
        by_identifier()  # made once, before anybody waits for an answer
        self.deezer = Deezer(web)
        self.accounts = SpotifyAccounts(web)
        self.spotify = Spotify(web, self.accounts)
        self.short_links = ShortLinks()
        self.stand_ins = {site: f"{web.url}/sites/{site}" for site in STAND_INS}
        web.services = {
            "sites": self.short_links,
            "spotify-api": self.spotify,
            "spotify-accounts": self.accounts,
            "deezer": self.deezer,
            "reccobeats": reccobeats,
            "itunes": itunes(web),
            "audio": audio(web),
        }
        self.environment = {
            "DEEZER_API_URL": f"{web.url}/deezer",
            "RECCOBEATS_API_URL": f"{web.url}/reccobeats",
            "ITUNES_API_URL": f"{web.url}/itunes",
            "SPOTIFY_API_URL": f"{web.url}/spotify-api",
            "SPOTIFY_ACCOUNTS_URL": f"{web.url}/spotify-accounts",
            "DATABASE_URL": f"sqlite:///{folder / 'library.db'}",
        }
        self.spotify_app = {
            "SPOTIPY_CLIENT_ID": CLIENT_ID,
            "SPOTIPY_CLIENT_SECRET": CLIENT_SECRET,
            "SPOTIPY_REDIRECT_URI": REDIRECT_URI,
        }
