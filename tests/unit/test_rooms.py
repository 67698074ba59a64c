"""The architecture's rules, kept by tests: who may import whom, and how large a room may get."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SOURCES = sorted(
    [ROOT / "main.py", *(ROOT / "emotion").rglob("*.py"), *(ROOT / "music_mood").rglob("*.py")]
)
TRAINING = [path for path in SOURCES if "training" in path.parts]
# Alembic runs those; outside of it they cannot even be imported.
MIGRATIONS = [path for path in SOURCES if "migrations" in path.parts]
SERVED = [
    path for path in SOURCES if path not in [*TRAINING, *MIGRATIONS] and path.name != "__main__.py"
]

STREAMLIT = {"streamlit", "streamlit_webrtc"}
STREAMLIT_ROOMS = ("main.py", "emotion/panel.py", "music_mood/panel/")
TENSORFLOW = {"tensorflow", "keras", "torch", "jax"}
DEV_TOOLS = {"pytest", "playwright", "skimage", "hypothesis", "tyro", "matplotlib"}

TOP_LEVEL_FOLDERS = {"emotion", "music_mood", "models", "notebooks", "tests"}
MAX_LINES = 250
MAX_LINES_MAIN = 120


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(tree: ast.AST, package: str) -> Iterator[str]:
    """Dotted names of everything imported; ``from a import b`` gives ``a.b``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            yield from (f"{base}.{alias.name}" for alias in node.names)


def imports_of(path: Path) -> set[str]:
    package = ".".join(path.relative_to(ROOT).parent.parts)
    return set(imports(ast.parse(path.read_text()), package))


def roots_of(path: Path) -> set[str]:
    return {module.partition(".")[0] for module in imports_of(path)}


def words_of(path: Path) -> set[str]:
    """Every name, attribute and keyword in the code (not in its comments and texts)."""
    words = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.keyword(arg=str(word)):
                words.add(word)
    return words


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import a.b as c, d", {"a.b", "d"}),
        ("from a.b import c", {"a.b.c"}),
        ("def f():\n    import a", {"a"}),
        ("from . import c", {"room.inner.c"}),
        ("from .b import c", {"room.inner.b.c"}),
        ("from ..b import c", {"room.b.c"}),
    ],
)
def test_the_rules_see_every_kind_of_import(code: str, expected: set[str]) -> None:
    assert set(imports(ast.parse(code), "room.inner")) == expected


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_streamlit_stays_in_the_page_and_its_panels(path: Path) -> None:
    if not name(path).startswith(STREAMLIT_ROOMS):
        assert not roots_of(path) & STREAMLIT


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_tensorflow_stays_in_the_training_of_emotions(path: Path) -> None:
    if not name(path).startswith("emotion/training/"):
        assert not roots_of(path) & TENSORFLOW


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_faces_know_no_music_and_music_knows_only_the_name_of_an_emotion(path: Path) -> None:
    room = name(path).partition("/")[0]
    if room == "emotion":
        assert "music_mood" not in roots_of(path)
    elif room == "music_mood":
        borrowed = {module for module in imports_of(path) if module.split(".")[0] == "emotion"}
        allowed = {"emotion.values.Emotion", "emotion.values.EMOTIONS"}
        assert borrowed <= (allowed if name(path) == "music_mood/choosing/mood.py" else set())


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_module_fits_on_a_few_screens(path: Path) -> None:
    lines = len(path.read_text().splitlines())
    assert lines <= (MAX_LINES_MAIN if name(path) == "main.py" else MAX_LINES)


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_camera_of_the_server_and_no_raw_html_around_foreign_text(path: Path) -> None:
    assert not words_of(path) & {"VideoCapture", "unsafe_allow_html"}


def test_no_further_folder_at_the_top() -> None:
    ignored = {line.rstrip("/") for line in (ROOT / ".gitignore").read_text().splitlines()}
    found = {path.name for path in ROOT.iterdir() if path.is_dir()}
    further = {folder for folder in found - ignored if not folder.startswith(".")}
    assert further <= TOP_LEVEL_FOLDERS


def test_serving_loads_neither_tensorflow_nor_tools() -> None:
    """In a fresh process: what is imported on the way counts as well."""
    modules = [
        name(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for path in SERVED
        if name(path) != "main.py"  # a script, which draws the page when it is imported
    ]
    assert {"emotion", "music_mood"} <= set(modules)
    code = (
        "import importlib, json, sys\n"
        f"for module in {modules}: importlib.import_module(module)\n"
        "print(json.dumps(sorted({module.partition('.')[0] for module in sys.modules})))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    loaded = set(json.loads(answer.stdout.splitlines()[-1]))
    assert {"cv2", "numpy"} <= loaded
    assert not loaded & (TENSORFLOW | DEV_TOOLS)
