"""The architecture's rules, kept by tests: who may import whom, and what a package may load.

The house itself stands in pyproject.toml, under ``[tool.importlinter]``: its floors, top floor
first. ``pytest tests/unit/test_rooms.py -k arrow -s`` draws it with all its arrows.
"""

import ast
import importlib
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp
import pytest

from music_mood.sound.ear import is_installed

ROOT = Path(__file__).resolve().parents[2]

ROOMS = ("emotion", "i18n", "music_mood", "page", "serving", "telemetry")
SOURCES = sorted(
    [
        ROOT / "main.py",
        *(path for room in ROOMS for path in (ROOT / room).rglob("*.py")),
    ]
)
TRAINING = [path for path in SOURCES if "training" in path.parts]
# Alembic runs those; outside of it they cannot even be imported.
MIGRATIONS = [path for path in SOURCES if "migrations" in path.parts]
SERVED = [
    path for path in SOURCES if path not in [*TRAINING, *MIGRATIONS] and path.name != "__main__.py"
]
PACKAGES = [path for path in SOURCES if path.name == "__init__.py"]
FACADES = ("emotion", "music_mood")

STREAMLIT = {"streamlit", "streamlit_webrtc"}
STREAMLIT_ROOMS = ("main.py", "emotion/panel/", "music_mood/panel/", "page/", "serving/")
TENSORFLOW = {"tensorflow", "keras", "torch", "jax"}
SOUND = {"vibenet", "librosa", "pyloudnorm", "onnxruntime", "numba", "llvmlite", "soxr"} | {
    "audioread",
    "pydub",
    "soundfile",
}
"""What requirements-sound.txt brings: an extra, which a server may lack."""
DEV_TOOLS = {"pytest", "playwright", "skimage", "hypothesis", "tyro", "matplotlib", "grimp"}
HEAVY = {"cv2", "pandas", "PIL", "scipy", "sklearn", "ai_edge_litert"} | {
    "requests",
    "sqlalchemy",
    "streamlit",
}

# What music may know of faces: a feeling and its words.
FEELING = {
    f"emotion.values.{name}"
    for name in ("Emotion", "EMOTIONS", "EMOTION_ADJECTIVES", "Feeling", "FeelingSource")
}

TOP_LEVEL_FOLDERS = {
    "deploy",
    "docs",
    "emotion",
    "i18n",
    "models",
    "music_mood",
    "notebooks",
    "page",
    "serving",
    "telemetry",
    "tests",
}
MAX_LINES_MAIN = 120  # the page is a table of contents


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


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def imports_of(path: Path) -> set[str]:
    package = ".".join(path.relative_to(ROOT).parent.parts)
    return set(imports(tree_of(path), package))


def roots_of(path: Path) -> set[str]:
    return {module.partition(".")[0] for module in imports_of(path)}


def at_run_time(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes, but not what only type checkers see."""
    yield node
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=children):
            pass
        case _:
            children = ast.iter_child_nodes(node)
    for child in children:
        yield from at_run_time(child)


def words_of(path: Path) -> set[str]:
    """Every name, attribute and keyword in the code (not in its comments and texts)."""
    words = set()
    for node in ast.walk(tree_of(path)):
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


def own_packages_of_sound(path: Path) -> set[str]:
    """Which packages of the extra a module may import: each has its place, vibenet one alone."""
    return {
        "music_mood/sound/vibes.py": {"vibenet"},
        "music_mood/sound/tempo.py": {"librosa"},
        "music_mood/sound/loudness.py": {"pyloudnorm"},
    }.get(name(path), set())


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_each_package_that_hears_has_one_place(path: Path) -> None:
    assert roots_of(path) & SOUND == own_packages_of_sound(path)


def test_those_places_are_there() -> None:
    assert set().union(*map(own_packages_of_sound, SOURCES)) == {"vibenet", "librosa", "pyloudnorm"}


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_what_hears_is_imported_when_something_is_heard(path: Path) -> None:
    """Not with the module: whoever hears nothing needs nothing of it, and does without 300 MB."""
    with_the_module = {
        module.partition(".")[0]
        for statement in outside_functions(tree_of(path))
        for module in imports(statement, "")
    }
    assert not with_the_module & SOUND


def outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    """Imports that run when the module is imported."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from outside_functions(child)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import a", {"a"}),
        ("try:\n    import a\nexcept ImportError:\n    pass", {"a"}),
        ("class A:\n    import a", {"a"}),
        ("class A:\n    def f(self):\n        import a", set()),
        ("async def f():\n    from a import b", set()),
    ],
)
def test_the_rule_tells_what_is_imported_with_a_module(code: str, expected: set[str]) -> None:
    found = {one for node in outside_functions(ast.parse(code)) for one in imports(node, "")}
    assert found == expected


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_faces_know_no_music_and_music_knows_only_the_feeling(path: Path) -> None:
    room = name(path).partition("/")[0]
    if room == "emotion":
        assert "music_mood" not in roots_of(path)
    elif room == "music_mood":
        borrowed = {module for module in imports_of(path) if module.split(".")[0] == "emotion"}
        if name(path) == "music_mood/choosing/mood.py":
            assert borrowed <= FEELING
        elif name(path).startswith("music_mood/panel/"):
            assert borrowed <= {"emotion.values.Feeling"}
        else:
            assert not borrowed


def session_keys(tree: ast.AST) -> set[str]:
    """Literal keys under which something is kept in Streamlit's session, however it is written."""
    keys = set()
    for node in ast.walk(tree):
        match node:
            case (
                ast.Subscript(ast.Attribute(attr="session_state"), ast.Constant(str(key)))
                | ast.Call(
                    ast.Attribute(ast.Attribute(attr="session_state")), [ast.Constant(str(key)), *_]
                )
                | ast.Compare(ast.Constant(str(key)), _, [ast.Attribute(attr="session_state")])
            ):
                keys.add(key)
            case ast.Attribute(ast.Attribute(attr="session_state"), key) if key not in dir(dict):
                keys.add(key)
    return keys


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('st.session_state["a"] = 1', {"a"}),
        ('del st.session_state["a"]', {"a"}),
        ('st.session_state.get("a"); st.session_state.setdefault("b", 1)', {"a", "b"}),
        ('"a" in st.session_state', {"a"}),
        ("st.session_state.a = 1", {"a"}),
        ("st.session_state[widget_key]; st.session_state.update(values)", set()),
    ],
)
def test_the_rule_sees_every_kind_of_session_key(code: str, expected: set[str]) -> None:
    assert session_keys(ast.parse(code)) == expected


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_what_outlives_a_rerun_is_in_the_visit(path: Path) -> None:
    assert not session_keys(tree_of(path)), "make it a field of Visit, or of a part of it"


def test_the_page_is_a_table_of_contents() -> None:
    assert len((ROOT / "main.py").read_text().splitlines()) <= MAX_LINES_MAIN


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_nothing_lies_where_any_browser_can_clear_it(path: Path) -> None:
    caches = {"cache_resource", "cache_data", "experimental_memo", "experimental_singleton"}
    assert not words_of(path) & caches, "what all share is made by page/shared.py"


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_camera_of_the_server_and_no_raw_html_around_foreign_text(path: Path) -> None:
    assert not words_of(path) & {"VideoCapture", "unsafe_allow_html"}


def test_no_further_folder_at_the_top() -> None:
    ignored = {line.rstrip("/") for line in (ROOT / ".gitignore").read_text().splitlines()}
    found = {path.name for path in ROOT.iterdir() if path.is_dir()}
    further = {folder for folder in found - ignored if not folder.startswith(".")}
    assert further <= TOP_LEVEL_FOLDERS


def run_python(code: str) -> str:
    """What a fresh process prints."""
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def loaded_by(*modules: str) -> set[str]:
    """Top-level packages in a fresh process: what is imported on the way counts as well."""
    answer = run_python(
        "import importlib, json, sys\n"
        f"for module in {modules}: importlib.import_module(module)\n"
        "print(json.dumps(sorted({module.partition('.')[0] for module in sys.modules})))"
    )
    return set(json.loads(answer.splitlines()[-1]))


@pytest.mark.slow
def test_serving_loads_neither_tensorflow_nor_tools() -> None:
    modules = [
        name(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for path in SERVED
        if name(path) != "main.py"  # a script, which draws the page when it is imported
    ]
    assert {"emotion", "music_mood"} <= set(modules)
    loaded = loaded_by(*modules)
    assert {"cv2", "numpy"} <= loaded
    assert not loaded & (TENSORFLOW | DEV_TOOLS | SOUND)


@pytest.mark.slow
@pytest.mark.parametrize("offline", [True, False])
def test_making_the_services_loads_nothing_that_hears(offline: bool, tmp_path: Path) -> None:
    """Nor asking whether it is there, nor a list without files: the first that is heard does."""
    answer = run_python(
        "import sys\n"
        "from music_mood.services import Services\n"
        "from music_mood.settings import Settings\n"
        "from music_mood.values import Track\n"
        f"settings = Settings(database_url='sqlite:///{tmp_path}/library.db',\n"
        f"    hear_previews=True, work_offline={offline})\n"
        "with Services(settings, remember_files=True) as services:\n"
        "    if settings.work_offline:\n"
        "        *_, last = services.feature_chain().fill([Track('A', 'B')])\n"
        "        assert not last.failures and last.tracks[0].features is None\n"
        "    print(services.hears)\n"
        "print(*{module.partition('.')[0] for module in sys.modules})"
    )
    hears, loaded = answer.splitlines()
    assert hears == str(is_installed())
    assert "numpy" in loaded.split()  # so what is loaded is seen
    assert not set(loaded.split()) & SOUND


def test_values_of_music_load_next_to_nothing() -> None:
    assert not loaded_by("music_mood.values") & (HEAVY | {"numpy"})


def test_values_of_faces_load_numpy_at_most() -> None:
    loaded = loaded_by("emotion.values")
    assert "numpy" in loaded  # so what is loaded is seen
    assert not loaded & HEAVY


@pytest.mark.parametrize("path", PACKAGES, ids=name)
def test_a_package_loads_no_more_than_it_must(path: Path) -> None:
    """Whoever wants one room's module must not get the whole room, and what it stands on."""
    statements = [
        node for node in at_run_time(tree_of(path)) if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    loaded = {module for statement in statements for module in imports(statement, "")}
    facade = path.parent.parent == ROOT
    if path.parent.name == "i18n":  # two small modules, which everybody needs together
        assert all(module.startswith("i18n.") for module in loaded)
        return
    assert loaded <= ({"importlib.import_module", "typing.TYPE_CHECKING"} if facade else set())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import a", {"a"}),
        ("if True:\n    import a", {"a"}),
        ("def f():\n    from a import b", {"a.b"}),
        ("if TYPE_CHECKING:\n    import a", set()),
        ("if TYPE_CHECKING:\n    import a\nelse:\n    import b", {"b"}),
    ],
)
def test_what_only_type_checkers_see_is_not_loaded(code: str, expected: set[str]) -> None:
    found = [node for node in at_run_time(ast.parse(code)) if hasattr(node, "names")]
    assert {module for node in found for module in imports(node, "")} == expected


@pytest.mark.parametrize("facade", FACADES)
def test_a_facade_gives_every_name_it_promises(facade: str) -> None:
    package = importlib.import_module(facade)
    assert set(package.__all__) == set(package._HOMES)
    for public, home in package._HOMES.items():
        defined = getattr(importlib.import_module(f"{facade}.{home}"), public)
        assert getattr(package, public) is defined
    assert set(package.__all__) <= set(dir(package))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = package.nonsense


@pytest.mark.parametrize("facade", FACADES)
def test_a_facade_tells_type_checkers_the_same_homes(facade: str) -> None:
    package = importlib.import_module(facade)
    tree = tree_of(ROOT / facade / "__init__.py")
    loaded = {node for node in at_run_time(tree) if isinstance(node, ast.ImportFrom)}
    told = [
        (alias.name, node.module)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node not in loaded
        for alias in node.names
    ]
    homes = {public: f"{facade}.{home}" for public, home in package._HOMES.items()}
    assert sorted(told) == sorted(homes.items())


@pytest.mark.slow
@pytest.mark.parametrize("before", ["", "import music_mood.bulk.run, music_mood.model.labelling"])
def test_label_is_the_command_whatever_was_loaded_before(before: str) -> None:
    """Not a function of that name, as facades that load on demand may mix up."""
    answer = run_python(f"{before}\nfrom music_mood import label\nprint(type(label), label.main)")
    assert answer.startswith("<class 'module'> <function main")


def floors(container: str) -> list[list[str]]:
    """The floors that pyproject.toml lists, top floor first, each with its rooms."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (layers,) = [
        contract["layers"]
        for contract in settings["contracts"]
        if contract.get("containers") == [container]
    ]
    return [[room.strip(" ()") for room in floor.split("|")] for floor in layers]


def drawn(container: str, arrows: dict[str, set[str]]) -> str:
    """The house, a line for each room: what it stands on, and what is not below it."""
    plan = floors(container)
    lines = [f"{container}/, the top floor first; arrows may only point down"]
    for number, floor in enumerate(plan):
        below = [room for lower in plan[number + 1 :] for room in lower]
        for room in floor:
            used = arrows.get(room, set())
            down = [other for other in below if other in used]
            up = sorted(used.difference(below))
            words = [f"↓ {' '.join(down)}" if down else "", f"↑ {' '.join(up)}" if up else ""]
            lines.append(f"{number + 1:4} {room:12} {'   '.join(filter(None, words))}".rstrip())
    return "\n".join(lines)


def arrows_of(container: str) -> dict[str, set[str]]:
    """Room -> rooms of the same house it imports from, what only type checkers see included."""
    graph = grimp.build_graph(container, cache_dir=None)
    arrows: dict[str, set[str]] = {}
    for module in graph.modules - {container}:
        room = module.split(".")[1]
        used = graph.find_modules_directly_imported_by(module) - {container}
        arrows.setdefault(room, set()).update({other.split(".")[1] for other in used} - {room})
    return arrows


def test_a_drawing_shows_what_points_up() -> None:
    arrows = {"live": {"reader", "values"}, "values": {"live"}}
    lines = [line.split() for line in drawn("emotion", arrows).splitlines()]
    assert ["live", "↓", "reader", "values"] in [line[1:] for line in lines]
    assert ["values", "↑", "live"] in [line[1:] for line in lines]


def test_every_arrow_points_down_and_there_are_no_circles() -> None:
    """The contracts of pyproject.toml: over detours, and between the modules of a room, too.

    A room that stands on no floor yet fails as well.
    """
    house = "\n\n".join(drawn(container, arrows_of(container)) for container in FACADES)
    print(f"\n{house}")
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    answer = subprocess.run(
        [sys.executable, "-c", lint, "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, f"{house}\n{answer.stdout}{answer.stderr}"
