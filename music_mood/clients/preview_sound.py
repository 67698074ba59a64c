"""Deezer's previews as sound: half a minute of mp3, fetched to be heard, kept nowhere."""

from urllib.parse import urlsplit

import requests

from i18n import Message
from music_mood.clients.covers import DEEZER_HOSTS, cover_address
from music_mood.clients.deezer import NAME, RATE
from music_mood.errors import BadAnswerError
from music_mood.web.failures import status_error
from music_mood.web.service import Service
from music_mood.web.transport import Answer, Patience

SERVICE_RATE = RATE
"""No quota of these hosts is published: as often as the API at most."""


class PreviewSound:
    """Fetches previews from Deezer's own hosts. Thread-safe; `close` it.

    Parameters
    ----------
    api_url : str
        Where Deezer's API is asked; its host, too, may name itself as a preview's (a stand-in).
    patience : Patience or None
        Time limits, for tests.
    """

    def __init__(self, api_url: str, patience: Patience | None = None) -> None:
        self._service = Service(NAME, "", rate=SERVICE_RATE, patience=patience)
        self._api = urlsplit(api_url)

    def fetch(self, address: str) -> bytes:
        """Fetch a preview.

        Raises
        ------
        ProviderError
            As `Service.get` does; also if the address leads elsewhere.
        """
        if not (self._is_stand_in(address) or cover_address(address, DEEZER_HOSTS)):
            sentence = Message(
                "{service} says that a preview lies elsewhere; we did not go there.", service=NAME
            )
            raise BadAnswerError(sentence, NAME)
        return self._service.call(requests.Request("GET", address), _body)

    def _is_stand_in(self, address: str) -> bool:
        try:
            there = urlsplit(address)
        except ValueError:
            return False
        return (there.scheme, there.netloc) == (self._api.scheme, self._api.netloc)

    def close(self) -> None:
        """Close all connections."""
        self._service.close()


def _body(answer: Answer) -> bytes:
    if error := status_error(NAME, answer.status):
        raise error
    return answer.body
