"""spotipy's way into our HTTP layer: it believes to hold a `requests` session."""

import io
import json
from contextlib import suppress
from dataclasses import replace

import requests

from music_mood.web.failures import elsewhere_error
from music_mood.web.json_body import parse
from music_mood.web.service import Service
from music_mood.web.transport import Answer, is_below


class ServiceSession(requests.Session):
    """Sends everything through a `Service`, and nothing elsewhere.

    spotipy gets successes and refusals (4xx), as it expects; what else can go wrong passes through
    it as a `ProviderError`. spotipy closes its session when it goes; the service's connections
    stay.

    Parameters
    ----------
    service : Service
    """

    def __init__(self, service: Service) -> None:
        super().__init__()
        self.trust_env = False  # no ~/.netrc instead of the token; the service knows of proxies
        self._service = service

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:
        """Send as `Service.call` does; the token goes with it, so only to the service."""
        if not is_below(str(request.url), self._service.base_url):
            raise elsewhere_error(self._service.name)
        answer = self._service.call(request, self._checked)
        response = requests.Response()
        response.status_code = answer.status
        response.headers.update(answer.headers)
        response.raw = io.BytesIO(answer.body)
        response.encoding = "utf-8"
        response.url = str(request.url)
        response.request = request
        return response

    def _checked(self, answer: Answer) -> Answer:
        # spotipy reads for itself: it gets what was checked, not what came.
        if answer.status >= 400:
            with suppress(ValueError):
                return replace(answer, body=_written(parse(answer.body)))
            return replace(answer, body=b"")  # a page, or something to choke on
        # It takes half a JSON, or a redirect, for an empty answer.
        if answer.body or answer.status >= 300:
            return replace(answer, body=_written(self._service.read_json(answer)))
        return answer


def _written(found: object) -> bytes:
    return json.dumps(found).encode()
