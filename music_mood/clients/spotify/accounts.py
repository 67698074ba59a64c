"""Who asks Spotify: a visitor who has logged in, or the app itself.

A visitor's token lives in a `VisitorAccount` and nowhere else: no file, no log, no other visitor.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from spotipy.cache_handler import MemoryCacheHandler
from spotipy.oauth2 import (
    SpotifyClientCredentials,
    SpotifyOAuth,
    SpotifyOauthError,
    SpotifyPKCE,
)

from i18n import Message, joined
from music_mood.clients.spotify.app import SpotifyApp
from music_mood.clients.spotify.session import ServiceSession
from music_mood.errors import ForbiddenError, LoginNeededError
from music_mood.web.failures import bad_answer_error
from music_mood.web.service import Service

# At DEBUG, spotipy logs tokens and the app's secret.
logging.getLogger("spotipy").setLevel(logging.INFO)

NAME = "Spotify"

T = TypeVar("T")


class Account(Protocol):
    """Whoever calls the API."""

    @property
    def is_visitor(self) -> bool:
        """Whether it is a visitor, not the app."""
        ...

    def token(self) -> str:
        """Give an access token that works for at least a minute.

        Raises
        ------
        LoginNeededError
            The visitor has to log in (again).
        ProviderError
            Spotify failed.
        """
        ...

    def forget(self) -> None:
        """Drop a token that Spotify does not accept any more, or that shall not be used again."""
        ...


class VisitorAccount:
    """A visitor who has logged in. Keep it in this visitor's session only. Thread-safe.

    Parameters
    ----------
    manager : SpotifyOAuth or SpotifyPKCE
        With a token in its memory.
    """

    is_visitor = True

    def __init__(self, manager: SpotifyOAuth | SpotifyPKCE) -> None:
        self._manager = manager
        self._lock = threading.Lock()

    def token(self) -> str:
        """See `Account.token`; refreshes when it is time."""
        with self._lock:
            token = self._manager.cache_handler.get_cached_token()
            if token is None:
                raise please_log_in(Message("You are not logged in to Spotify."))
            if self._manager.is_token_expired(token):
                token = self._refreshed(token)
            return str(token["access_token"])

    def _refreshed(self, token: dict[str, Any]) -> dict[str, Any]:
        try:
            return in_words(lambda: self._manager.refresh_access_token(token["refresh_token"]))
        except LoginNeededError:
            self._manager.cache_handler.save_token_to_cache(None)
            raise

    @property
    def is_logged_in(self) -> bool:
        """Whether there is a token, as far as one can tell without asking Spotify."""
        return self._manager.cache_handler.get_cached_token() is not None

    def forget(self) -> None:
        """Log out; Spotify itself forgets the app only at spotify.com/account/apps."""
        with self._lock:
            self._manager.cache_handler.save_token_to_cache(None)


class AppAccount:
    """The app itself (client credentials grant). Thread-safe, shared by all visitors.

    Parameters
    ----------
    app : SpotifyApp
        With its secret.
    accounts : Service
        Spotify's accounts service.
    """

    is_visitor = False

    def __init__(self, app: SpotifyApp, accounts: Service) -> None:
        self._manager = SpotifyClientCredentials(
            app.client_id,
            app.client_secret,
            requests_session=ServiceSession(accounts),
            cache_handler=MemoryCacheHandler(),
        )
        self._manager.OAUTH_TOKEN_URL = f"{accounts.base_url}/api/token"
        self._lock = threading.Lock()

    def token(self) -> str:
        """See `Account.token`."""
        with self._lock:
            return str(in_words(lambda: self._manager.get_access_token(as_dict=False)))

    def forget(self) -> None:
        """See `Account.forget`; the next call asks for another."""
        with self._lock:
            self._manager.cache_handler.save_token_to_cache(None)


def in_words(call: Callable[[], T]) -> T:
    """Ask the accounts service through spotipy; what goes wrong becomes a `ProviderError`."""
    try:
        return call()
    except SpotifyOauthError as cause:
        if cause.error == "invalid_grant":  # refused, used twice, revoked, or six months old
            raise please_log_in(Message("Your login at Spotify is no longer valid.")) from cause
        if cause.error in ("invalid_client", "unauthorized_client"):
            raise ForbiddenError(
                Message(
                    "Spotify does not know this app. Whoever runs it must check SPOTIPY_CLIENT_ID "
                    "and SPOTIPY_CLIENT_SECRET."
                ),
                NAME,
            ) from cause
        raise bad_answer_error(NAME, Message("that it does not accept our login")) from cause
    except (KeyError, TypeError, AttributeError, ValueError) as cause:
        # spotipy reads the answer without looking
        raise bad_answer_error(NAME, Message("something else than a token")) from cause


def please_log_in(reason: Message) -> LoginNeededError:
    """Say why, a whole sentence, the visitor has to log in."""
    again = Message("Please log in with Spotify (again).")
    return LoginNeededError(joined([reason, again]), NAME)
