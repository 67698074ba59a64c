"""Finds out where a short link leads: by hand, within a list of sites, without cookies.

A short link's site answers with a redirect or, to those it takes for robots, with a page that names
the long address. Neither may send us anywhere but to the sites on the list, by https and on the
usual port; what they name beyond is not asked for.
"""

import html
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from urllib.parse import urljoin, urlsplit

import requests

from music_mood.web.service import Service
from music_mood.web.transport import USER_AGENT, Answer

MAX_HOPS = 5
"""Most addresses that are opened for a link."""

FIRST_BYTES = 65_536
"""How much of a page is looked at."""

MAX_ADDRESS = 2_000
"""Longest address that is followed."""

USUAL = frozenset({("https", None), ("https", 443), ("http", None), ("http", 80)})
"""Schemes and ports of addresses that may be arrived at; only https is opened."""

HEADERS: Mapping[str, str] = MappingProxyType(
    {"Accept": "text/html", "User-Agent": f"{USER_AGENT} (like curl)"}
)
"""Branch, which serves spotify.link, redirects curl plainly; others get a page of scripts."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_ADDRESS = re.compile(r"https?:(?:\\?/){2}(?:[^\s\"'<>\\]|\\/){1,2000}", re.ASCII)
_HEADS = re.compile(r"<(?:link|meta)\b[^<>]{1,4000}>", re.IGNORECASE)
_NAMING = re.compile(
    r"""=\s*["']?(?:canonical|og:url|al:web:url|twitter:url|refresh)\b""", re.IGNORECASE | re.ASCII
)


class Redirects:
    """Follows the short links of one service. Thread-safe.

    Parameters
    ----------
    service : Service
        Sends, with its limits on time, size and number.
    short_sites : collection of str
        Whose pages may name the address in their text.
    page_sites : collection of str
        Where links may lead. If they are opened, their text does not count: it is full of links to
        other things.
    is_there : callable
        Whether an address is what is looked for; it is not opened then.
    stand_ins : mapping of str to str
        Site -> base address asked in its place, for tests.
    """

    def __init__(
        self,
        service: Service,
        *,
        short_sites: Collection[str],
        page_sites: Collection[str],
        is_there: Callable[[str], bool],
        stand_ins: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._service = service
        self._short_sites = frozenset(short_sites)
        self._sites = self._short_sites | frozenset(page_sites)
        self._is_there = is_there
        self._stand_ins = stand_ins

    def follow(self, address: str) -> str:
        """Give the last address that a link leads to within the sites.

        Parameters
        ----------
        address : str
            https, on one of the sites.

        Returns
        -------
        str
            One for which `is_there`; else that of the page at which it did not go on.

        Raises
        ------
        ProviderError
            As `Service.call`; the time of one call is enough for all.
        """
        deadline = self._service.deadline()
        visited: set[str] = set()
        while address not in visited and self._may_be_opened(address) and len(visited) < MAX_HOPS:
            visited.add(address)
            found = self._service.call(
                requests.Request("GET", self._asked(address), HEADERS),
                partial(self._named_in, here=address),
                deadline=deadline,
                first_bytes=FIRST_BYTES,
            )
            if arrived := next(filter(self._is_there, found), None):
                return arrived
            further = (one for one in found if one not in visited and self._may_be_opened(one))
            address = next(further, address)
        return address

    def _named_in(self, answer: Answer, here: str) -> list[str]:
        """Give the addresses on our sites that an answer names, the most telling first."""
        if answer.status in REDIRECTS:
            return self._ours([answer.headers.get("Location", "")], here)
        if answer.status != 200:
            return []
        page = answer.body.decode("utf-8", "replace")
        heads = [head[0] for head in _HEADS.finditer(page) if _NAMING.search(head[0])]
        named = self._ours([one for head in heads for one in _addresses(head)], here)
        told = any(_site(one) not in self._short_sites for one in named)
        if told or _site(here) not in self._short_sites:
            return named
        return named + self._ours(_addresses(page), here)  # scripts, or a link to click on

    def _ours(self, addresses: Iterable[str], here: str) -> list[str]:
        found = []
        for one in addresses:
            try:
                address = urljoin(here, one.strip())
            except ValueError:
                continue
            if _site(address) in self._sites and len(address) <= MAX_ADDRESS:
                found.append(address)
        return found

    def _may_be_opened(self, address: str) -> bool:
        return _site(address) in self._sites and urlsplit(address).scheme == "https"

    def _asked(self, address: str) -> str:
        parts = urlsplit(address)
        base = self._stand_ins.get(parts.hostname or "", f"https://{parts.hostname}")
        return f"{base}{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"


def _addresses(text: str) -> Iterator[str]:
    """Give the addresses in a piece of HTML, scripts included."""
    for match in _ADDRESS.finditer(text):
        yield html.unescape(match[0].replace("\\/", "/"))


def _site(address: str) -> str | None:
    """Site of an http(s) address that is spelled as usual; None of others."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    usual = (parts.scheme, port) in USUAL
    odd = "@" in parts.netloc or "\\" in address or not address.isprintable()
    return parts.hostname if usual and not odd else None
