"""The page's head, its icon and its preview picture.

Crawlers that make link previews read the HTML as it is served and run no JavaScript, so title,
description and picture must stand in it from the very first request on. Streamlit serves one
``index.html`` for every app; these routes come before its own.
"""

import html
import re
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from i18n import LANGUAGES, Message, Words, language_of
from serving.base_path import normalised
from serving.frontend import streamlits_index
from serving.headers import NONCE, with_nonce

NAME = "Face the Music"
DESCRIPTION = Message("Show your face or say how you feel, and hear music that fits.")
ICON = Path(__file__).parents[1] / ".streamlit" / "icon.svg"
THEME_COLOURS = {"light": "#FBF8F4", "dark": "#161311"}
"""Background of each theme, as in .streamlit/config.toml: what a phone tints its own bars with."""

_SHOWS_LANGUAGE = {"Vary": "Accept-Language"}
_TAKEN_OUT = r'<title>.*?</title>|<link rel="(?:shortcut icon|service-desc)"[^>]*>'
"""What of Streamlit's head is replaced, or leads to what is shut (serving/doors.py)."""
_HOST = re.compile(r"[\w.-]+(:\d+)?|\[[\da-fA-F:.]+\](:\d+)?", re.ASCII)


def routes(base_path: str = "") -> list[Route]:
    """Make the routes of the head and of what it names.

    Parameters
    ----------
    base_path : str
        ``server.baseUrlPath``: the folder below which the page is served, in any notation.
    """
    base = normalised(base_path)
    return [
        Route(f"{base}/", _index),  # without the slash, Streamlit leads there
        Route(f"{base}/icon.svg", _icon),
        Route(f"{base}/icon.png", _icon_png),
        Route(f"{base}/preview.png", _preview),
    ]


def dressed(index: str, language: str, address: str = "") -> str:
    """Put title, description, icon and language into Streamlit's page.

    Parameters
    ----------
    index : str
        Streamlit's ``index.html``.
    language : str
        One of `LANGUAGES`.
    address : str
        Where the page is served, with a slash at its end, for what must be an absolute address;
        if that is not known, the picture's stays relative.
    """
    described = Words(language).say(DESCRIPTION)
    properties = {
        "og:type": "website",
        "og:site_name": NAME,
        "og:title": NAME,
        "og:description": described,
        "og:image": f"{address}preview.png",
        "og:image:type": "image/png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": f"{NAME}: {described}",
        "og:locale": language,
    } | ({"og:url": address} if address else {})
    names = {"description": described, "twitter:card": "summary_large_image"}
    head = [
        '<meta charset="utf-8">',  # first: it must stand in the first kilobyte
        f"<title>{NAME}</title>",
        *(f'<meta name="{key}" content="{html.escape(value)}">' for key, value in names.items()),
        *(
            f'<meta property="{key}" content="{html.escape(value)}">'
            for key, value in properties.items()
        ),
        *(
            f'<meta name="theme-color" content="{colour}" media="(prefers-color-scheme: {scheme})">'
            for scheme, colour in THEME_COLOURS.items()
        ),
        '<link rel="shortcut icon" href="./icon.svg" type="image/svg+xml">',
        '<link rel="apple-touch-icon" href="./icon.png">',
    ]
    # What is replaced may be missing in another version of Streamlit: then it stays, and ours,
    # which stand first, are what crawlers take.
    index = re.sub(_TAKEN_OUT, "", index)
    index = re.sub(r"<html[^>]*>", f'<html lang="{language}">', index, count=1)
    return re.sub(r"<head>", lambda _: "<head>\n" + "\n".join(head), index, count=1)


async def _index(request: Request) -> Response:
    language = language_of(_wishes(request.headers.get("accept-language", "")))
    page = dressed(_streamlits_index(), language, _address(request))
    return Response(
        with_nonce(page, request.scope.get(NONCE, "")),
        media_type="text/html",
        headers={"Cache-Control": "no-cache", **_SHOWS_LANGUAGE},
    )


async def _icon(_request: Request) -> Response:
    return FileResponse(ICON, media_type="image/svg+xml", headers=_for_a_day())


def _icon_png(_request: Request) -> Response:
    return Response(_drawn_icon(), media_type="image/png", headers=_for_a_day())


def _preview(request: Request) -> Response:
    # no coroutine: Starlette draws it in a thread, and the other visitors do not wait
    language = language_of(_wishes(request.headers.get("accept-language", "")))
    return Response(
        _drawn_preview(language),
        media_type="image/png",
        headers={**_for_a_day(), **_SHOWS_LANGUAGE},
    )


def _for_a_day() -> dict[str, str]:
    return {"Cache-Control": "public, max-age=86400"}


def _wishes(accept_language: str) -> list[str]:
    """Read the header's languages, best first: RFC 9110, 12.5.4."""
    wishes = []
    for part in accept_language.split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if weight > 0:
            wishes.append((weight, tag))
    return [tag for _, tag in sorted(wishes, key=lambda wish: -wish[0])]


def _address(request: Request) -> str:
    """Where the visitor found the page; the header is theirs, so only what can be a host counts."""
    host = request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        return ""
    forwarded = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip()
    scheme = forwarded if forwarded in ("http", "https") else request.url.scheme
    return f"{scheme}://{host}{request.url.path.rstrip('/')}/"


@lru_cache(maxsize=1)
def _streamlits_index() -> str:
    return streamlits_index()


@lru_cache(maxsize=len(LANGUAGES))
def _drawn_preview(language: str) -> bytes:
    from music_mood.files.share_card import draw_poster  # noqa: PLC0415  Pillow; seldom asked for

    return draw_poster(NAME, Words(language).say(DESCRIPTION))


@lru_cache(maxsize=1)
def _drawn_icon() -> bytes:
    from music_mood.files.share_card import draw_icon  # noqa: PLC0415

    return draw_icon()
