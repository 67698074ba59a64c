"""The way to Spotify's login page and back.

It is the authorization code flow (RFC 6749, 4.1) with the app's secret, or with PKCE (RFC 7636)
where there is none. Nothing of a login under way is kept here: what the way back must be checked
against travels in its state, signed. So strangers cannot crowd a login out, a restart with the same
secret does not end one, and any process with the same secret can finish what another began.
"""

import secrets
import threading
import time
from hashlib import sha256

from itsdangerous import BadSignature, Signer, base64_encode
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

MAX_USED = 10_000
"""Most states remembered as used. One that is forgotten too early, or was used in another process,
does no harm: it works in its own browser only, and Spotify's code beside it works once."""


class SpotifyLogin:
    """The way to Spotify's login page and back. One for the whole process; thread-safe.

    Parameters
    ----------
    app : SpotifyApp
        With its way back; with its secret, or without for PKCE.
    accounts : Service
        Spotify's accounts service.
    secret : str
        What states are signed with: hard to guess, and the same in all processes that serve one
        page. Keys are derived from it, each for its purpose.
    clock : Clock
        The time of day, in seconds: what processes on several machines agree on.
    """

    def __init__(
        self, app: SpotifyApp, accounts: Service, secret: str, clock: Clock = time.time
    ) -> None:
        self._app = app
        self._accounts = accounts
        self._secret = secret
        self._clock = clock
        self._used: dict[str, float] = {}  # a state's random part -> when it is late anyway
        self._lock = threading.Lock()

    @property
    def way_back(self) -> str:
        """The address that Spotify sends visitors back to."""
        return str(self._app.redirect_uri)

    def start(self, browser: str = "") -> tuple[str, str]:
        """Begin a login.

        Parameters
        ----------
        browser : str
            Something that this browser, and no other, will show again on the way back (a cookie's
            value). It keeps others from luring a visitor into their own account. It is not in the
            state, but is signed with it.

        Returns
        -------
        tuple of str
            The address to send the visitor to, and the state that will come back.
        """
        once = secrets.token_urlsafe(32)
        value = f"{once}.{int(self._clock() + PENDING_S)}"
        state = self._signer(f"state of {browser}").sign(value).decode()
        return self._manager(once).get_authorize_url(state=state), state

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
        once = self._use(state or "", browser)
        if once is None:
            raise please_log_in(Message("This way back from Spotify is not, or no more, valid."))
        if error or not code:
            raise please_log_in(Message("Spotify did not let the app in, or you did not."))
        manager = self._manager(once)
        # `as_dict` exists only for apps with a secret, and warns there unless it is False.
        options = {"as_dict": False} if isinstance(manager, SpotifyOAuth) else {}
        in_words(lambda: manager.get_access_token(code, check_cache=False, **options))
        return VisitorAccount(manager)

    def _use(self, state: str, browser: str) -> str | None:
        """Give the random part of a state that is valid here, once; another browser uses none."""
        try:
            signed = state.encode("utf-8", "replace")
            value = self._signer(f"state of {browser}").unsign(signed).decode()
        except BadSignature:
            return None
        once, _, until = value.partition(".")
        now = self._clock()
        with self._lock:
            for late in [one for one, end in self._used.items() if end <= now]:
                del self._used[late]
            if int(until) <= now or once in self._used:
                return None
            while len(self._used) >= MAX_USED:
                del self._used[next(iter(self._used))]
            self._used[once] = int(until)
        return once

    def _signer(self, purpose: str) -> Signer:
        salt = f"Face the Music, Spotify's login, {purpose}"
        return Signer(self._secret, salt=salt, key_derivation="hmac", digest_method=sha256)

    def _manager(self, once: str) -> SpotifyOAuth | SpotifyPKCE:
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
        if kind is SpotifyPKCE:
            # Not to be had without the secret, and the same in every process: RFC 7636, 4.1, 4.2.
            verifier = self._signer("code verifier").get_signature(once)
            manager.code_verifier = verifier.decode()
            manager.code_challenge = base64_encode(sha256(verifier).digest()).decode()
        return manager
