"""All fake services on one server, and the settings that lead there."""

from tests.contract.deezer import Deezer
from tests.contract.others import audio, itunes, reccobeats
from tests.contract.server import FakeWeb


class World:
    """The services on a server.

    Attributes
    ----------
    web : FakeWeb
        The server: calls, misbehaviour, time.
    deezer : Deezer
        Its playlists.
    environment : dict of str to str
        Variables that lead the app there.
    """

    def __init__(self, web: FakeWeb) -> None:
        self.web = web
        self.deezer = Deezer(web)
        web.services = {
            "deezer": self.deezer,
            "reccobeats": reccobeats,
            "itunes": itunes(web),
            "audio": audio(web),
        }
        self.environment = {
            "DEEZER_API_URL": f"{web.url}/deezer",
            "RECCOBEATS_API_URL": f"{web.url}/reccobeats",
            "ITUNES_API_URL": f"{web.url}/itunes",
            # Nobody answers there yet: calls fail, and nothing leaves this machine.
            "SPOTIFY_API_URL": f"{web.url}/spotify-api",
            "SPOTIFY_ACCOUNTS_URL": f"{web.url}/spotify-accounts",
        }
