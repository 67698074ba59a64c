"""Streamlit's modules in one file: complete, by the right names, and only where it can be read."""

import asyncio
import gzip
import json
import re
import shutil
from pathlib import Path

import pytest
import streamlit

from serving.frontend import ELEMENTS, FormError, Frontend, bundle, bundle_name, streamlits_index

STATIC = Path(streamlit.__file__).parent / "static"
MODULES: dict[str, str] = json.loads(bundle(STATIC))
MANIFEST = json.loads((STATIC / "manifest.json").read_text())


def asked(
    path: str, method: str = "GET", base: str = "", **headers: str
) -> tuple[str, dict, bytes]:
    """Who answers a request ("frontend" or "streamlit"), with which headers and body."""
    sent: list[dict] = []

    async def streamlits_own(scope: dict, receive: object, send: object) -> None:
        sent.append({"headers": [(b"by", b"streamlit")]})

    async def send(message: dict) -> None:
        sent.append(message)

    names = {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in names.items()],
    }
    asyncio.run(Frontend(streamlits_own, base)(scope, None, send))
    answer = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent)
    return answer.pop("by", "frontend"), answer, body


def test_the_bundle_holds_what_the_page_draws_and_all_that_this_imports() -> None:
    for element in ELEMENTS:
        assert any(name.startswith(f"{element}.") for name in MODULES), element
    for name, source in MODULES.items():
        at_once = set(re.findall(r"(?:from|import)\s*[\"']streamlit/([\w.-]+\.js)", source))
        assert at_once <= set(MODULES), name


def test_no_module_of_the_bundle_asks_for_a_neighbour_by_place() -> None:
    # one that is made of a blob has no place
    for name, source in MODULES.items():
        assert not re.search(r"""(from|import\(?)\s*["'`]\./""", source), name
        assert "import.meta.url" not in source, name
    later = re.findall(r"import\(`streamlit/([\w.-]+\.js)`\)", "".join(MODULES.values()))
    assert len(later) > 20
    assert all((STATIC / "static/js" / name).is_file() for name in later)


def test_nothing_but_names_is_changed() -> None:
    for name, source in MODULES.items():
        again = source.replace("import.meta.resolve(`streamlit/.`)", "import.meta.url")
        original = (STATIC / "static/js" / name).read_text()
        assert again.replace("streamlit/", "./") == original.replace("streamlit/", "./"), name


def test_the_page_loads_the_bundle_and_no_module_by_itself() -> None:
    page = streamlits_index()
    assert f'fetch(folder + "{bundle_name(STATIC)}")' in page
    entry = Path(MANIFEST["index.html"]["file"]).name
    assert f'import(folder + "{entry}")' in page
    assert "modulepreload" not in page and 'type="module"' not in page
    assert '<div id="root"></div>' in page
    preloaded = re.findall(r'<link rel="preload" as="fetch" crossorigin href="\./([^"]+)"', page)
    assert preloaded[0] == f"static/js/{bundle_name(STATIC)}"


@pytest.fixture
def other_build(tmp_path: Path) -> Path:
    """Streamlit's page, manifest and bundled modules, to be changed."""
    (tmp_path / "static/js").mkdir(parents=True)
    for name in ("index.html", "manifest.json", *(f"static/js/{name}" for name in MODULES)):
        shutil.copy(STATIC / name, tmp_path / name)
    return tmp_path


def test_another_build_has_another_name(other_build: Path) -> None:
    assert streamlits_index(other_build) == streamlits_index(STATIC)
    manifest = (other_build / "manifest.json").read_text()
    entry = MANIFEST["index.html"]["file"]
    newer = other_build / "newer"
    newer.mkdir()
    (newer / "manifest.json").write_text(manifest.replace(entry, "static/js/index.newer.js"))
    assert bundle_name(newer) != bundle_name(STATIC)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("manifest.json", "{", "["),
        ("manifest.json", '"file"', '"path"'),
        ("manifest.json", MANIFEST["index.html"]["file"], "static/js/another.js"),
        ("index.html", '<script type="module"', '<script type="text/javascript"'),
        ("index.html", "<head>", "<HEAD>"),
    ],
)
def test_a_page_of_another_form_is_left_as_it_is(
    other_build: Path, file: str, old: str, new: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = other_build / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert streamlits_index(other_build) == (other_build / "index.html").read_text()
    assert "are not bundled" in caplog.text


def test_a_module_that_imports_in_another_way_is_noticed(other_build: Path) -> None:
    path = other_build / "static/js" / next(name for name in MODULES if name.startswith("Html."))
    path.write_text(path.read_text().replace('from"./', 'from"/static/js/'))
    with pytest.raises(FormError, match=r"Html\..* does not name"):
        bundle(other_build)


def test_the_bundle_is_served_compressed_and_for_ever() -> None:
    path = f"/static/js/{bundle_name(STATIC)}"
    by, headers, body = asked(path, accept_encoding="gzip, deflate, br")
    assert by == "frontend"
    assert headers["content-type"] == "application/json"
    assert headers["content-encoding"] == "gzip"
    assert "immutable" in headers["cache-control"]
    assert json.loads(gzip.decompress(body)) == MODULES
    assert len(body) < 800_000


@pytest.mark.parametrize("base", ["", "music", "/music/"])
def test_other_modules_are_served_compressed(base: str) -> None:
    name = next(path.name for path in (STATIC / "static/js").glob("Slider.*.js"))
    prefix = f"/{base.strip('/')}".rstrip("/")
    by, headers, body = asked(f"{prefix}/static/js/{name}", base=base, accept_encoding="gzip")
    assert by == "frontend"
    assert headers["content-type"].startswith("text/javascript")
    assert headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(body) == (STATIC / "static/js" / name).read_bytes()


SLIDER = next(path.name for path in (STATIC / "static/js").glob("Slider.*.js"))


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        (f"/static/js/{SLIDER}", "GET", {}),
        (f"/static/js/{SLIDER}", "GET", {"accept_encoding": "br"}),
        (f"/static/js/{SLIDER}", "GET", {"accept_encoding": "gzip", "range": "bytes=0-9"}),
        (f"/static/js/{SLIDER}", "HEAD", {"accept_encoding": "gzip"}),
        (f"/other/static/js/{SLIDER}", "GET", {"accept_encoding": "gzip"}),
        ("/static/js/no-such-module.js", "GET", {"accept_encoding": "gzip"}),
        ("/static/js/bundle.000000000000.json", "GET", {"accept_encoding": "gzip"}),
        ("/static/js/../../index.js", "GET", {"accept_encoding": "gzip"}),
        ("/static/js/..js", "GET", {"accept_encoding": "gzip"}),
        ("/static/media/SourceSansVF-Upright.woff2", "GET", {"accept_encoding": "gzip"}),
        ("/_stcore/health", "GET", {"accept_encoding": "gzip"}),
        ("/", "GET", {"accept_encoding": "gzip"}),
    ],
)
def test_everything_else_is_left_to_streamlit(path: str, method: str, headers: dict) -> None:
    by, _, body = asked(path, method, **headers)
    assert (by, body) == ("streamlit", b"")
