"""The way to Spotify's login page and back.

It is the authorization code flow (RFC 6749, 4.1) with the app's secret, or with PKCE (RFC 7636)
where there is none. As the way back starts a new page session, what it must be checked against
waits here, in the server's memory, together with what the visitor had chosen before.
"""

import hmac
import secrets
import threading
from dataclasses import dataclass

from spotipy.cache_handler import MemoryCacheHandler
from spotipy.oauth2 import SpotifyOAuth, SpotifyPKCE

from i18n import Message
from music_mood.clients.spotify.accounts import VisitorAccount, in_words, please_log_in
from music_mood.clients.spotify.app import SpotifyApp
from music_mood.clients.spotify.session import ServiceSession
from music_mood.web.service import Service
from music_mood.web.throttle import Clock

SCOPES = (
    "playlist-read-private",
    "playlist-read-collaborative",
    "user-library-read",  # liked songs
    "playlist-modify-private",  # saving a list
)

PENDING_S = 600.0
"""Seconds a visitor may take to log in."""

MAX_PENDING = 200
"""Most logins under way; beyond, the oldest is forgotten. Each may keep a list of 10 000 tracks."""


@dataclass(frozen=True, slots=True)
class _Pending:
    manager: SpotifyOAuth | SpotifyPKCE
    browser: str
    until: float
    kept: object


class SpotifyLogin:
    """The way to Spotify's login page and back. One for the whole process; thread-safe.

    Parameters
    ----------
    app : SpotifyApp
        With its way back; with its secret, or without for PKCE.
    accounts : Service
        Spotify's accounts service.
    clock : Clock
    """

    def __init__(self, app: SpotifyApp, accounts: Service, clock: Clock) -> None:
        self._app = app
        self._accounts = accounts
        self._clock = clock
        self._pending: dict[str, _Pending] = {}
        self._lock = threading.Lock()

    @property
    def way_back(self) -> str:
        """The address that Spotify sends visitors back to."""
        return str(self._app.redirect_uri)

    def start(self, browser: str = "", kept: object = None) -> tuple[str, str]:
        """Begin a login.

        Parameters
        ----------
        browser : str
            Something that this browser, and no other, will show again on the way back (a cookie's
            value). It keeps others from luring a visitor into their own account.
        kept : object
            What `kept` shall give to the same browser while the login is under way.

        Returns
        -------
        tuple of str
            The address to send the visitor to, and the state that will come back.
        """
        manager = self._manager()
        state = secrets.token_urlsafe(32)
        with self._lock:
            self._forget_late()
            while len(self._pending) >= MAX_PENDING:
                del self._pending[next(iter(self._pending))]
            self._pending[state] = _Pending(manager, browser, self._clock() + PENDING_S, kept)
        return manager.get_authorize_url(state=state), state

    def kept(self, browser: str) -> object | None:
        """Give what this browser left at its last `start`; None if no login is under way."""
        with self._lock:
            self._forget_late()
            for one in reversed(self._pending.values()):
                if browser and _same(one.browser, browser):
                    return one.kept
        return None

    def finish(
        self, code: str | None, state: str | None, browser: str = "", error: str | None = None
    ) -> VisitorAccount:
        """End a login with what stands in the address that Spotify sent the visitor back to.

        Parameters
        ----------
        code, state, error : str or None
            From the address's query.
        browser : str
            As given to `start`.

        Raises
        ------
        LoginNeededError
            The visitor refused, took too long, or came from elsewhere.
        ProviderError
            Spotify failed.
        """
        with self._lock:
            self._forget_late()
            pending = self._pending.pop(state or "", None)  # a state works once
        if pending is None or not _same(pending.browser, browser):
            raise please_log_in(Message("This way back from Spotify is not, or no more, valid."))
        if error or not code:
            raise please_log_in(Message("Spotify did not let the app in, or you did not."))
        manager = pending.manager
        # `as_dict` exists only for apps with a secret, and warns there unless it is False.
        options = {"as_dict": False} if isinstance(manager, SpotifyOAuth) else {}
        in_words(lambda: manager.get_access_token(code, check_cache=False, **options))
        return VisitorAccount(manager)

    def _forget_late(self) -> None:
        now = self._clock()
        self._pending = {key: one for key, one in self._pending.items() if one.until > now}

    def _manager(self) -> SpotifyOAuth | SpotifyPKCE:
        app = self._app
        kind = SpotifyOAuth if app.client_secret else SpotifyPKCE
        options = {"client_secret": app.client_secret} if kind is SpotifyOAuth else {}
        manager = kind(
            client_id=app.client_id,
            redirect_uri=app.redirect_uri,
            scope=" ".join(SCOPES),
            open_browser=False,
            requests_session=ServiceSession(self._accounts),
            cache_handler=MemoryCacheHandler(),
            **options,
        )
        manager.OAUTH_AUTHORIZE_URL = f"{self._accounts.base_url}/authorize"
        manager.OAUTH_TOKEN_URL = f"{self._accounts.base_url}/api/token"
        return manager


def _same(one: str, other: str) -> bool:
    """Compare in a time that tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())
