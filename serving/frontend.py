"""How Streamlit's own code reaches the browser: in one file, compressed.

Streamlit's frontend is some seventy JavaScript modules, each a request, none of them compressed:
3.1 MB in eleven rounds over the six connections that a browser opens, 3.3 s before anything is
drawn where a round takes 300 ms. Here those that the page needs come in one file, of which the
browser makes modules again: an import map tells it to take them from memory. What comes later is
served as before, but compressed.

Nothing of Streamlit is patched: ``main.py`` is an ASGI application (`st.App`), `Frontend` is a
middleware of it, and `streamlits_index` the page that it serves. Both rest on the form of
Streamlit's build (Vite's), which another version may change. So that is checked; and where it
differs, or a browser cannot do it, Streamlit's modules load in Streamlit's own way.
"""

import asyncio
import gzip
import hashlib
import json
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.base_path import normalised

log = logging.getLogger(__name__)

ELEMENTS = frozenset(
    {
        "Audio",
        "BidiComponent",
        "Button",
        "ButtonGroup",
        "CameraInput",
        "Checkbox",
        "DownloadButton",
        "FileUploader",
        "Html",
        "ImageList",
        "LinkButton",
        "Progress",
        "Spinner",
        "TextInput",
    }
)
"""Streamlit's names of the elements that nearly every visit draws; most are tiny."""

_ASSET = re.compile(r"/static/(?:js|css)/[\w-][\w.-]*\.(?:js|css|json)", re.ASCII)
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}
_HEADERS = {
    "Cache-Control": "public, immutable, max-age=31536000",  # the names change with the content
    "Content-Encoding": "gzip",
    "Vary": "Accept-Encoding",
}
_LEVEL = 6
_KEPT = 64
"""Compressed files that stay in memory; a visit needs ten or so of 1 to 200 kB."""

_ENTRY = re.compile(r'<script type="module"[^>]* src="\./static/js/([\w.-]+\.js)"></script>')
_PRELOADS = re.compile(r'\s*<link rel="modulepreload"[^>]*>')
_HEAD = "<head>"
# How one module names another: from"./a.js", import"./a.js" and import(`./a.js`).
_NAMED = re.compile(r"""(\bfrom|\bimport)(\(?["'`])\./([\w.-]+\.js)(?=["'`])""", re.ASCII)
_OWN_ADDRESS = "import.meta.url"

# A module made of a blob has no address that "./a.js" could start from. So modules call each other
# "streamlit/a.js", and the import map knows where that is: in memory, or else on the server. The
# server's addresses lead to memory, too: what comes later must not get a second React.
# It asks at once for what Streamlit asks for before it connects, too: one round less.
_LOADER = """
<link rel="preload" as="fetch" crossorigin href="./static/js/BUNDLE">
<link rel="preload" as="fetch" crossorigin href="./_stcore/host-config">
<link rel="preload" as="fetch" crossorigin href="./_stcore/health">
<script>
(async () => {
  const { nonce } = document.currentScript; // before anything is waited for: then it is gone
  const folder = new URL("./static/js/", document.baseURI).href;
  try {
    if (!HTMLScriptElement.supports?.("importmap")) throw new Error("no import maps");
    const answer = await fetch(folder + "BUNDLE");
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const imports = { "streamlit/": folder };
    for (const [name, source] of Object.entries(await answer.json())) {
      const blob = new Blob([source], { type: "text/javascript" });
      imports["streamlit/" + name] = imports[folder + name] = URL.createObjectURL(blob);
    }
    const map = document.createElement("script");
    map.type = "importmap";
    map.nonce = nonce; // the page's policy (serving/headers.py) lets no other inline script be
    map.textContent = JSON.stringify({ imports });
    document.head.append(map);
  } catch (error) {
    console.warn("Streamlit's modules come one by one:", error);
  }
  await import(folder + "ENTRY");
})();
</script>"""


class FormError(ValueError):
    """Streamlit's build has another form than the one that is known here."""


class Frontend:
    """ASGI middleware that answers for Streamlit's modules and styles, if they may be compressed.

    Parameters
    ----------
    app : ASGIApp
        Answers everything else.
    base_path : str
        ``server.baseUrlPath``: the folder below which the page is served, in any notation.
    """

    def __init__(self, app: ASGIApp, base_path: str = "") -> None:
        self._app = app
        self._base = normalised(base_path)
        # One thread compresses, so that visitors who come together wait for the same work, and
        # the rest of the server for none. It begins while the first browser is still connecting.
        self._compressing = ThreadPoolExecutor(1, thread_name_prefix="frontend")
        self._compressing.submit(_compressed_bundle)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is ours, and pass on the rest."""
        answer = await self._answer(scope) if scope["type"] == "http" else None
        await (answer or self._app)(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response | None:
        headers, path = Headers(scope=scope), str(scope["path"]).removeprefix(self._base)
        plain = "gzip" not in headers.get("accept-encoding", "") or "range" in headers
        if plain or scope["method"] != "GET" or not _ASSET.fullmatch(path):
            return None
        loop = asyncio.get_running_loop()
        body = await loop.run_in_executor(self._compressing, _compressed, path)
        if body is None:
            return None
        return Response(body, media_type=_MEDIA_TYPES[Path(path).suffix], headers=_HEADERS)


def streamlits_index(static: Path | None = None) -> str:
    """Read Streamlit's page, changed to load the bundle; as it is if its form is another one.

    Parameters
    ----------
    static : pathlib.Path or None
        The folder that holds it, in tests; else that of the Streamlit which is installed.
    """
    static = static or _static()
    index = (static / "index.html").read_text(encoding="utf-8")
    try:
        name, entries = bundle_name(static), _ENTRY.findall(index)
        if len(entries) != 1 or entries[0] not in _modules(static) or index.count(_HEAD) != 1:
            raise FormError("its page does not begin with one module that is known")
    except FormError as error:
        log.warning("Streamlit's modules are not bundled: %s", error)
        return index
    # First of all in the head: on the connection that brought the page, before any font.
    loader = _LOADER.replace("BUNDLE", name).replace("ENTRY", entries[0])
    return _PRELOADS.sub("", _ENTRY.sub("", index)).replace(_HEAD, _HEAD + loader)


@cache
def bundle_name(static: Path) -> str:
    """Name the bundle's file: another one whenever it holds something else.

    Streamlit's file names change with their content, and how they are put together stands here.

    Raises
    ------
    FormError
    """
    known = "\n".join(_modules(static)).encode() + Path(__file__).read_bytes()
    return f"bundle.{hashlib.sha256(known).hexdigest()[:12]}.json"


def bundle(static: Path) -> bytes:
    """Make the bundle: JSON, the modules' file names to their sources.

    Raises
    ------
    FormError
    """
    return json.dumps(
        {name: _renamed(static, name, names) for name, names in _modules(static).items()},
        ensure_ascii=False,
    ).encode()


@cache
def _modules(static: Path) -> dict[str, frozenset[str]]:
    """File names of the bundle's modules, and of those that each imports, sorted."""
    try:
        manifest = json.loads((static / "manifest.json").read_text(encoding="utf-8"))
        wanted = [key for key, one in manifest.items() if one.get("isEntry")]
        wanted += [key for key, one in manifest.items() if _draws(one)]
        found: dict[str, frozenset[str]] = {}
        while wanted:
            one = manifest[wanted.pop()]
            name = Path(one["file"]).name
            if name not in found:
                imports = one.get("imports", [])
                wanted += imports
                found[name] = frozenset(Path(manifest[key]["file"]).name for key in imports)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FormError(f"no manifest of the known form: {error!r}") from error
    return dict(sorted(found.items()))


def _draws(one: dict[str, object]) -> bool:
    return bool(one.get("isDynamicEntry")) and one.get("name") in ELEMENTS


def _renamed(static: Path, name: str, imports: frozenset[str]) -> str:
    """Read a module whose neighbours are called "streamlit/..."."""
    source = (static / "static" / "js" / name).read_text(encoding="utf-8")
    named = {match.group(3) for match in _NAMED.finditer(source)}
    if not imports <= named:
        raise FormError(f"{name} does not name {', '.join(sorted(imports - named))}")
    source = _NAMED.sub(r"\1\2streamlit/\3", source)
    return source.replace(_OWN_ADDRESS, "import.meta.resolve(`streamlit/.`)")


@lru_cache(maxsize=_KEPT)
def _compressed(path: str) -> bytes | None:
    """Compress the file at an address; None if there is none."""
    if path.endswith(".json"):
        made = _compressed_bundle()
        return made if made and path == f"/static/js/{bundle_name(_static())}" else None
    file = _static() / path.lstrip("/")
    return gzip.compress(file.read_bytes(), _LEVEL) if file.is_file() else None


@cache
def _compressed_bundle() -> bytes | None:
    try:
        return gzip.compress(bundle(_static()), _LEVEL)
    except FormError as error:
        log.warning("Streamlit's modules are not bundled: %s", error)
        return None


@cache
def _static() -> Path:
    found = find_spec("streamlit")
    if found is None or found.origin is None:
        raise FormError("Streamlit is not installed")
    return Path(found.origin).parent / "static"
