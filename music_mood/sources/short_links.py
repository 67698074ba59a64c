"""Short links of Spotify and Deezer, followed within the service's own sites."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from i18n import joined
from music_mood.errors import BadAnswerError, PlaylistError, UnavailableError
from music_mood.reference import (
    PAGE_SITES,
    SHORT_SITES,
    Host,
    Reference,
    ShortLink,
    find_link,
)
from music_mood.web.redirects import Redirects
from music_mood.web.service import Service
from music_mood.web.throttle import Rate
from music_mood.web.transport import Patience

RATE = Rate(calls=20, period_s=10.0)
"""The sites publish no limit; this one is ours."""


class ShortLinks:
    """Follows short links. Thread-safe; `close` it.

    Parameters
    ----------
    patience : Patience or None
        Time limits, for tests.
    stand_ins : mapping of str to str
        Site -> base address asked in its place, for tests.
    """

    def __init__(
        self,
        patience: Patience | None = None,
        stand_ins: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._services = {host: Service(host, "", rate=RATE, patience=patience) for host in Host}
        self._redirects = {
            host: Redirects(
                service,
                short_sites=[site for site, owner in SHORT_SITES.items() if owner is host],
                page_sites=[PAGE_SITES[host], PAGE_SITES[host].removeprefix("www.")],
                is_there=partial(_names_something_of, host),
                stand_ins=stand_ins,
            )
            for host, service in self._services.items()
        }

    def resolve(self, link: ShortLink) -> Reference:
        """Find out what a short link leads to.

        Raises
        ------
        PlaylistError
            To nothing that can be read, or not within the service's sites; says what to do.
        ProviderError
            Its site did not answer as it should.
        """
        try:
            address = self._redirects[link.host].follow(link.address)
        except (UnavailableError, BadAnswerError) as error:
            raise type(error)(joined([error.message, link.way_on]), error.provider) from error
        try:
            found = find_link(address)
        except PlaylistError as error:
            raise PlaylistError(joined([error.message, link.way_on])) from error
        if isinstance(found, ShortLink):
            raise PlaylistError(link.way_on)
        return found

    def close(self) -> None:
        """Close all connections."""
        for service in self._services.values():
            service.close()


def _names_something_of(host: Host, address: str) -> bool:
    try:
        found = find_link(address)
    except PlaylistError:
        return False
    return isinstance(found, Reference) and found.host is host
