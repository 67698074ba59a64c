"""What a browser asks for over HTTP, from asyncio: urllib3 in threads."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.cookies import SimpleCookie

import urllib3

XSRF_COOKIE = "_streamlit_xsrf"
"""Streamlit's; its value must come back with every upload and with the WebSocket."""
TIMEOUT_S = 180
_AGAIN = urllib3.Retry(total=1, status=0, redirect=0)
"""As browsers: a connection kept for later may end at the very moment it is used again."""


class WebError(Exception):
    """An answer that a visitor would see as a failure."""


class Web:
    """Connections to one server, shared by all visitors; use it in a ``with`` block.

    Parameters
    ----------
    url : str
        Where the server answers.
    at_once : int
        Visitors at once: none waits for another one's answer.
    """

    def __init__(self, url: str, at_once: int) -> None:
        self.url = url
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="web")
        self._pool = urllib3.PoolManager(maxsize=at_once, timeout=TIMEOUT_S, retries=_AGAIN)

    def __enter__(self) -> "Web":
        return self

    def __exit__(self, *error: object) -> None:
        self._threads.shutdown()
        self._pool.clear()

    async def ask(self, method: str, address: str, **how: object) -> urllib3.BaseHTTPResponse:
        """Ask, in a thread; raises `WebError` unless all is well."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: self._ask(method, address, **how))

    def _ask(self, method: str, address: str, **how: object) -> urllib3.BaseHTTPResponse:
        try:
            answer = self._pool.request(method, f"{self.url}/{address.lstrip('/')}", **how)
        except urllib3.exceptions.HTTPError as error:
            raise WebError(f"{method} of {_kind(address)}: {type(error).__name__}") from error
        if answer.status not in (HTTPStatus.OK, HTTPStatus.NO_CONTENT, HTTPStatus.PARTIAL_CONTENT):
            raise WebError(f"{method} of {_kind(address)}: HTTP {answer.status}")
        return answer


class Client:
    """One browser's side of it: its cookies.

    Attributes
    ----------
    cookies : dict of str to str
    """

    def __init__(self, web: Web) -> None:
        self._web = web
        self.cookies: dict[str, str] = {}

    @property
    def cookie(self) -> str:
        """The header of that name."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def get(self, address: str, headers: Mapping[str, str] | None = None) -> bytes:
        """Fetch something."""
        return await self._ask("GET", address, headers=headers)

    async def upload(self, address: str, name: str, mime: str, data: bytes) -> None:
        """Send a file as Streamlit's uploader does."""
        headers = {"X-Xsrftoken": self.cookies.get(XSRF_COOKIE, "")}
        await self._ask("PUT", address, headers=headers, fields={"file": (name, data, mime)})

    async def _ask(
        self, method: str, address: str, headers: Mapping[str, str] | None = None, **how: object
    ) -> bytes:
        sent = {"Accept-Encoding": "gzip", "Cookie": self.cookie, **(headers or {})}
        # as it comes: a browser's decoding is not what is measured
        answer = await self._web.ask(method, address, headers=sent, decode_content=False, **how)
        for line in answer.headers.getlist("Set-Cookie"):
            self.cookies |= {key: one.value for key, one in SimpleCookie(line).items()}
        return answer.data


def _kind(address: str) -> str:
    """Name what is asked for without what differs between visitors: errors are counted by kind."""
    return "/".join(address.partition("?")[0].lstrip("/").split("/")[:2]) or "the page"
