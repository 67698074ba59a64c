"""What crawlers read, which see the HTML as it is served and run no JavaScript."""

import gettext
import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from starlette.requests import Request

import i18n.words
from i18n import LANGUAGES
from music_mood.files.card_shapes import CREAM, SOOT, colour_of
from music_mood.files.share_card import WARM
from serving import secret
from serving.head import (
    DESCRIPTION,
    ICON,
    NAME,
    THEME_COLOURS,
    _address,
    _streamlits_index,
    _wishes,
    dressed,
    routes,
)

ROOT = Path(__file__).resolve().parents[2]


class Head(HTMLParser):
    """Title, language, metas and links of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.lang, self.titles, self.metas, self.icons = None, [], {}, []
        self._in_title = False
        self.feed(page)

    def handle_starttag(self, tag, attrs) -> None:
        given = dict(attrs)
        if tag == "html":
            self.lang = given.get("lang")
        elif tag == "meta" and ("name" in given or "property" in given):
            self.metas.setdefault(given.get("name") or given["property"], given["content"])
        elif tag == "link" and "icon" in given.get("rel", ""):
            self.icons.append((given["rel"], given["href"]))
        self._in_title = tag == "title"

    def handle_data(self, data) -> None:
        if self._in_title:
            self.titles.append(data)
        self._in_title = False


@pytest.mark.parametrize("language", LANGUAGES)
def test_streamlits_page_is_dressed(language: str, monkeypatch) -> None:
    # what is tested is the page, whether or not a catalogue is complete
    monkeypatch.setattr(i18n.words, "_catalogue", lambda language: gettext.NullTranslations())
    head = Head(dressed(_streamlits_index(), language, "https://example.org/"))
    assert head.lang == language
    assert head.titles == [NAME]  # and no longer Streamlit's
    assert head.metas["og:title"] == NAME
    assert head.metas["description"] == head.metas["og:description"] != ""
    assert head.metas["og:image"] == "https://example.org/preview.png"
    assert head.metas["og:url"] == "https://example.org/"
    assert head.metas["twitter:card"] == "summary_large_image"
    assert head.icons == [("shortcut icon", "./icon.svg"), ("apple-touch-icon", "./icon.png")]


def test_the_rest_of_streamlits_page_stays() -> None:
    index = _streamlits_index()
    page = dressed(index, "en")
    for tag in re.findall(r"<script[^>]*>|<link rel=\"(?:modulepreload|stylesheet)\"[^>]*>", index):
        assert tag in page
    assert '<div id="root"></div>' in page


def test_without_a_known_address_nothing_is_claimed() -> None:
    head = Head(dressed(_streamlits_index(), "en"))
    assert "og:url" not in head.metas
    assert head.metas["og:image"] == "preview.png"


def test_a_streamlit_that_looks_different_is_dressed_all_the_same() -> None:
    head = Head(dressed("<html><head></head><body></body></html>", "en"))
    assert head.titles == [NAME]
    assert head.metas["description"] == str(DESCRIPTION)


def test_an_address_cannot_break_out_of_its_attribute() -> None:
    assert '"><script>' not in dressed(_streamlits_index(), "en", 'https://x/"><script>')


@pytest.mark.parametrize(
    ("header", "wishes"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", ["de-AT", "de", "en"]),
        ("en;q=0.5, de", ["de", "en"]),
        ("de;q=0, en", ["en"]),
        ("de;q=much, en", ["en"]),
        ("*", ["*"]),
    ],
)
def test_languages_are_read_best_first(header: str, wishes: list[str]) -> None:
    assert _wishes(header) == wishes


def test_the_page_may_lie_in_a_folder() -> None:
    assert [route.path for route in routes()] == ["/", "/icon.svg", "/icon.png", "/preview.png"]
    for folder in ("music", "/music/"):
        assert [route.path for route in routes(folder)][:2] == ["/music/", "/music/icon.svg"]


@pytest.mark.parametrize(
    ("names", "is_set", "warns"),
    [
        ((), False, False),
        (("SPOTIPY_CLIENT_ID",), False, False),
        (("SPOTIPY_CLIENT_ID", "SPOTIPY_REDIRECT_URI"), False, True),
        (("SPOTIPY_CLIENT_ID", "SPOTIPY_REDIRECT_URI"), True, False),
    ],
)
def test_a_missing_secret_is_told_where_it_matters(names, is_set, warns, monkeypatch, caplog):
    monkeypatch.setattr(secret.st.secrets, "load_if_toml_exists", lambda: False)
    monkeypatch.setattr(secret.config, "is_manually_set", {"server.cookieSecret": is_set}.get)
    for name in names:
        monkeypatch.setenv(name, "something")
    secret.tell_of_own_secret()
    told = [one.getMessage() for one in caplog.records if one.name == "serving.secret"]
    assert len(told) == warns
    assert all("server.cookieSecret" in one for one in told)


def test_colours_are_the_themes() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    assert {name: theme[name]["backgroundColor"] for name in THEME_COLOURS} == THEME_COLOURS
    assert theme["light"]["primaryColor"] == WARM
    assert [colour_of(colour) for colour in THEME_COLOURS.values()] == [CREAM, SOOT]


def test_the_icon_is_a_drawing_in_the_pages_colour() -> None:
    icon = ElementTree.fromstring(ICON.read_text())  # noqa: S314  our own file
    assert icon.tag.endswith("svg")
    assert icon[0].get("fill") == WARM or icon[1].get("fill") == WARM
    assert ICON.stat().st_size < 2000  # it travels with every visit


def asked(*headers: tuple[str, str], path: str = "/", scheme: str = "http") -> Request:
    raw = [(name.encode(), value.encode()) for name, value in headers]
    scope = {"type": "http", "method": "GET", "path": path, "headers": raw, "scheme": scheme}
    return Request({**scope, "query_string": b"code=secret", "server": ("127.0.0.1", 80)})


@pytest.mark.parametrize(
    ("request_", "address"),
    [
        (asked(("host", "example.org")), "http://example.org/"),
        (asked(("host", "127.0.0.1:8501")), "http://127.0.0.1:8501/"),
        (asked(("host", "[::1]:8501")), "http://[::1]:8501/"),
        (asked(("host", "example.org"), path="/music"), "http://example.org/music/"),
        (asked(("host", "example.org"), scheme="https"), "https://example.org/"),
        (asked(("host", "a.b"), ("x-forwarded-proto", "https,http")), "https://a.b/"),
        (asked(("host", "a.b"), ("x-forwarded-proto", "javascript")), "http://a.b/"),
        (asked(("host", 'x"><script>')), ""),
        (asked(("host", "good.org/evil?")), ""),
        (asked(("host", "me:secret@good.org")), ""),
        (asked(), ""),
    ],
)
def test_the_address_is_the_one_visitors_use(request_: Request, address: str) -> None:
    assert _address(request_) == address
