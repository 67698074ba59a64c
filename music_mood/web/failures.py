"""What can go wrong between us and a web service, in the words of `music_mood.errors`.

`requests` lets exceptions of `urllib3` through here and there, so both families are translated. A
test walks through every exception class of both and fails if one has no entry in `FAMILIES`.
"""

import http.client
from collections.abc import Callable, Mapping
from types import MappingProxyType

import requests.exceptions as rq
import urllib3.exceptions as u3
from urllib3.util.retry import Retry

from i18n import Message, plural
from music_mood.errors import (
    BadAnswerError,
    ForbiddenError,
    NotFoundError,
    ProviderError,
    RateLimitedError,
    TimedOutError,
    UnavailableError,
)

DEFAULT_RETRY_AFTER_S = 1.0
"""Wait where a service asks for patience without saying how much."""

_HEADER_READER = Retry(retry_after_max=10**9)  # its default would call 30 000 seconds 6 hours

Meaning = tuple[type[ProviderError], Callable[[str], Message]]
"""What an exception becomes, and the sentence about a service of that name."""

SILENT: Meaning = (
    TimedOutError,
    lambda name: Message(
        "{service} did not answer in time. Please try again in a minute.", service=name
    ),
)
OUT_OF_REACH: Meaning = (
    UnavailableError,
    lambda name: Message(
        "{service} cannot be reached. Please check the internet connection, or try again in a "
        "minute.",
        service=name,
    ),
)
BROKEN_OFF: Meaning = (
    UnavailableError,
    lambda name: Message(
        "{service} broke off in the middle. Please try again in a minute.", service=name
    ),
)
UNTRUSTED: Meaning = (
    UnavailableError,
    lambda name: Message(
        "No secure connection to {service} could be made. Please check the date and the network’s "
        "proxy.",
        service=name,
    ),
)
ADDRESS: Meaning = (
    UnavailableError,
    lambda name: Message("The address that is set for {service} cannot be used.", service=name),
)
GARBLED: Meaning = (
    BadAnswerError,
    lambda name: Message(
        "{service} answered something we cannot read. Please try again later.", service=name
    ),
)

FAMILIES: Mapping[type[Exception], Meaning] = MappingProxyType(
    {
        # requests
        rq.Timeout: SILENT,
        rq.ConnectTimeout: SILENT,
        rq.SSLError: UNTRUSTED,
        rq.ProxyError: UNTRUSTED,
        rq.ConnectionError: OUT_OF_REACH,
        rq.ChunkedEncodingError: BROKEN_OFF,
        rq.URLRequired: ADDRESS,
        rq.MissingSchema: ADDRESS,
        rq.InvalidSchema: ADDRESS,
        rq.InvalidURL: ADDRESS,
        rq.InvalidHeader: ADDRESS,
        rq.TooManyRedirects: GARBLED,
        rq.ContentDecodingError: GARBLED,
        rq.InvalidJSONError: GARBLED,
        rq.HTTPError: GARBLED,
        rq.RetryError: OUT_OF_REACH,
        rq.StreamConsumedError: BROKEN_OFF,
        rq.UnrewindableBodyError: BROKEN_OFF,
        # urllib3
        u3.TimeoutError: SILENT,
        u3.TimeoutStateError: SILENT,
        u3.SSLError: UNTRUSTED,
        u3.ProxyError: UNTRUSTED,
        u3.ProxySchemeUnknown: UNTRUSTED,
        u3.ProxySchemeUnsupported: UNTRUSTED,
        u3.NewConnectionError: OUT_OF_REACH,
        u3.PoolError: OUT_OF_REACH,
        u3.ProtocolError: BROKEN_OFF,
        u3.IncompleteRead: BROKEN_OFF,
        u3.InvalidChunkLength: BROKEN_OFF,
        u3.ResponseNotChunked: BROKEN_OFF,
        u3.UnrewindableBodyError: BROKEN_OFF,
        u3.LocationValueError: ADDRESS,
        u3.DecodeError: GARBLED,
        u3.ResponseError: GARBLED,
        u3.InvalidHeader: GARBLED,
        u3.HeaderParsingError: GARBLED,
        u3.BodyNotHttplibCompatible: GARBLED,
        # what both may let through from below
        OSError: OUT_OF_REACH,
        http.client.HTTPException: BROKEN_OFF,
    }
)
"""Lower-level exception class -> what it becomes; subclasses share their next ancestor's entry."""

LOWER_LEVEL = (rq.RequestException, u3.HTTPError, OSError, http.client.HTTPException)
"""Everything that can come out of a call by `requests`."""


def translate(error: Exception, provider: str) -> ProviderError:
    """Say what a lower-level exception means; raise the result ``from error``."""
    # The roots of both families have no entry of their own: what is new there is out of reach.
    entry = next((FAMILIES[c] for c in type(error).__mro__ if c in FAMILIES), OUT_OF_REACH)
    kind, sentence = entry
    return kind(sentence(provider), provider)


def wait_error(provider: str, seconds: float) -> RateLimitedError:
    """Say that a service wants us to wait."""
    return RateLimitedError(
        Message(
            "{service} asks for a pause: please try again in {time}.",
            service=provider,
            time=in_words(seconds),
        ),
        provider,
        seconds,
    )


def too_slow_error(provider: str) -> TimedOutError:
    """Say that an answer was not complete when the time for it was over."""
    return TimedOutError(
        Message("{service} answers too slowly. Please try again in a minute.", service=provider),
        provider,
    )


def down_error(provider: str) -> UnavailableError:
    """Say that a service is down."""
    return UnavailableError(
        Message(
            "{service} is out of order at the moment. Please try again in a minute.",
            service=provider,
        ),
        provider,
    )


OTHER_DATA = Message("data of another kind than expected")


def bad_answer_error(provider: str, what: Message = OTHER_DATA) -> BadAnswerError:
    """Say what a service answered that cannot be understood."""
    return BadAnswerError(
        Message("{service} answered {what}. Please try again later.", service=provider, what=what),
        provider,
    )


def status_error(provider: str, status: int) -> ProviderError | None:
    """Say what a status code other than 429 and 5xx means; None if it is a success."""
    if 200 <= status < 300:
        return None
    if status in (401, 403):
        return no_access_error(provider)
    if status in (404, 410):
        return not_known_error(provider)
    return BadAnswerError(
        Message(
            "{service} did not accept our question (status {status}). Please try again later.",
            service=provider,
            status=status,
        ),
        provider,
    )


def no_access_error(provider: str) -> ForbiddenError:
    """Say that a service has what was asked for, but not for us."""
    return ForbiddenError(
        Message("{service} does not give us access to this.", service=provider), provider
    )


def not_known_error(provider: str) -> NotFoundError:
    """Say that a service does not have what was asked for."""
    return NotFoundError(Message("{service} does not know this.", service=provider), provider)


def elsewhere_error(provider: str) -> BadAnswerError:
    """Say that a list's next page is not on the service itself."""
    return BadAnswerError(
        Message(
            "{service} sent us elsewhere for the rest of the list; we did not go there.",
            service=provider,
        ),
        provider,
    )


def retry_after_s(headers: Mapping[str, str]) -> float:
    """Seconds that a ``Retry-After`` header asks for (number or date), or the default."""
    text = headers.get("Retry-After")
    if text is None:
        return DEFAULT_RETRY_AFTER_S
    try:
        return float(_HEADER_READER.parse_retry_after(text))
    except (u3.InvalidHeader, ValueError, OverflowError):
        return DEFAULT_RETRY_AFTER_S


def in_words(seconds: float) -> Message:
    """Tell a waiting time, rounded up: "8 seconds", "3 minutes", "9 hours", "2 days"."""

    def times(size: int) -> int:
        return max(1, -int(-seconds // size))

    if times(1) <= 90:
        return plural("{count} second", "{count} seconds", times(1))
    if times(60) <= 90:
        return plural("{count} minute", "{count} minutes", times(60))
    if times(3_600) <= 48:
        return plural("{count} hour", "{count} hours", times(3_600))
    return plural("{count} day", "{count} days", times(86_400))
