"""What the docs and the Makefile promise exists, and what exists is told."""

import ast
import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
import streamlit.config

from emotion import relay
from music_mood.settings import SPOTIPY_VARIABLES, Settings
from serving.settings import VARIABLES as OF_SERVER

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
README = ROOT / "README.md"
CHANGELOG = ROOT / "CHANGELOG.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
DEPLOY = ROOT / "docs" / "deploy.md"
SECRETS = ROOT / ".streamlit" / "secrets.toml.example"
OTHERS = [ROOT / "CONTRIBUTING.md", CHANGELOG, ROOT / "SECURITY.md"]
DOCS = [README, *OTHERS, *sorted((ROOT / "docs").glob("*.md"))]
OF_TODAY = [path for path in DOCS if path != CHANGELOG]  # which also tells what there was

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CARDS = sorted((ROOT / "models").glob("*/*.md"))

README_LINES = 140
HELP_SECONDS = 120  # a command line that loads TensorFlow takes its time on a cold disk

MAKE_COMMAND = r"(?:^|\s)make ([a-z-]+)"
PYTHON_COMMAND = r"python3? -m ([\w.]+)"
NOT_OURS = {"venv", "pip", "streamlit"}

PACKAGES = ("emotion", "music_mood")
OWN_PATH = r"(?:emotion|music_mood|models|notebooks|tests|docs)/[\w./-]*"
VARIABLE = r"`([A-Z]+(?:_[A-Z]+)+)`"
OF_REQUESTS = {"HTTPS_PROXY", "NO_PROXY"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def make_targets() -> set[str]:
    """Targets that are commands."""
    return set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE).group(1).split())


def blocks_of(markdown: str) -> list[str]:
    """Code blocks between fences."""
    return re.findall(r"^```[^\n]*\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)


def prose_of(markdown: str) -> str:
    return re.sub(r"^```.*?^```", "", markdown, flags=re.MULTILINE | re.DOTALL)


def code_of(markdown: str) -> list[str]:
    """Lines of code blocks, and inline code."""
    return [line for block in blocks_of(markdown) for line in block.splitlines()] + re.findall(
        r"`([^`\n]+)`", prose_of(markdown)
    )


def commands(markdown: str, pattern: str) -> set[str]:
    return {found for code in code_of(markdown) for found in re.findall(pattern, code)}


def commands_told(pattern: str) -> set[str]:
    return {found for path in DOCS for found in commands(path.read_text(), pattern)}


def links_of(markdown: str) -> list[str]:
    """Targets of links and pictures; code is none."""
    prose = re.sub(r"`[^`\n]+`", "", prose_of(markdown))
    found = re.findall(r"\]\(([^)\s]+)[^)]*\)", prose) + re.findall(r'src="([^"]+)"', prose)
    return [link for link in found if not re.match(r"\w+:", link)]


def anchors_of(markdown: str) -> set[str]:
    """Names under which GitHub makes the headings known."""
    seen: Counter[str] = Counter()
    anchors = set()
    for heading in re.findall(r"^#{1,6} +(.+?)\s*$", prose_of(markdown), re.MULTILINE):
        text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading)
        anchor = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        anchors.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return anchors


def section(markdown: str, heading: str) -> str:
    """What stands below a heading of the second level."""
    return re.search(
        rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", markdown, re.MULTILINE | re.DOTALL
    ).group(1)


def broken_links(path: Path) -> Iterator[str]:
    for link in links_of(path.read_text()):
        file, _, anchor = link.partition("#")
        target = path.parent / file if file else path
        if not target.exists() or (
            anchor and target.suffix == ".md" and anchor not in anchors_of(target.read_text())
        ):
            yield link


def names_in(path: Path) -> set[str]:
    """Everything that a module defines, on whatever level."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.ClassDef(name=found) | ast.FunctionDef(name=found):
                names.add(found)
            case ast.Name(id=found, ctx=ast.Store()):
                names.add(found)
    return names


def is_in(one: str, path: Path) -> bool:
    return path.exists() and one in names_in(path)


COMMANDS = sorted(commands_told(PYTHON_COMMAND) - NOT_OURS)
PICTURED_WITH_MATPLOTLIB = "tests.bench.crowds"
# Is asked for help in tests/training/pytorch, where PyTorch is.
TRAINED_WITH_PYTORCH = "emotion.training.pytorch.train"
TRAINED_WITH = {
    one for one in COMMANDS if "training" in one.split(".") or one == PICTURED_WITH_MATPLOTLIB
}


@pytest.fixture
def readme() -> str:
    return README.read_text()


def test_commands_are_found_in_blocks_and_inline_but_not_in_prose() -> None:
    markdown = "make sure\n```sh\n$ make run PORT=1\n```\nthen `make test`, `python -m a.b --c`"
    assert commands(markdown, MAKE_COMMAND) == {"run", "test"}
    assert commands(markdown, PYTHON_COMMAND) == {"a.b"}


def test_links_are_found_in_prose_but_not_in_code_nor_on_the_web() -> None:
    markdown = '[a](b.md#c), ![d](e.png "f"), [g](https://h.i), `[j](k)`\n```\n[l](m)\n```\n'
    assert links_of(markdown) == ["b.md#c", "e.png"]


def test_headings_are_known_as_on_github() -> None:
    markdown = "# What it can't do\n## A `b`, c!\n## A b c\n```\n# no heading\n```\n"
    assert anchors_of(markdown) == {"what-it-cant-do", "a-b-c", "a-b-c-1"}


def test_a_broken_link_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Here\n[a](#here) [b](#there) [c](page.md#here) [d](page.md#x) [e](no.md)")
    assert list(broken_links(page)) == ["#there", "page.md#x", "no.md"]


def test_the_readme_is_short(readme: str) -> None:
    assert len(readme.splitlines()) <= README_LINES


def test_the_readme_leads_to_every_page_of_the_docs(readme: str) -> None:
    led_to = {(ROOT / link.partition("#")[0]).resolve() for link in links_of(readme)}
    assert not {name(path) for path in {*DOCS} - {README} - led_to}


@pytest.mark.parametrize("path", DOCS, ids=name)
def test_what_is_linked_to_exists(path: Path) -> None:
    assert list(broken_links(path)) == []


@pytest.mark.parametrize("path", OF_TODAY, ids=name)
def test_files_and_folders_that_are_named_exist(path: Path) -> None:
    named = {code for code in code_of(path.read_text()) if re.fullmatch(OWN_PATH, code)}
    assert not [one for one in named if "NAME" not in one and not (ROOT / one).exists()]


def test_what_the_recipes_name_stands_where_they_say() -> None:
    pattern = rf"((?:`\w+`(?:,|\s+and)\s+)*`\w+`)\s+in\s+`({OWN_PATH}\.py)`"
    found = re.findall(pattern, (ROOT / "CONTRIBUTING.md").read_text())
    named = {
        (one, ROOT / path) for several, path in found for one in re.findall(r"`(\w+)`", several)
    }
    assert {"FeatureProvider", "PreviewProvider", "SHELVES", "Mood"} <= {one for one, _ in named}
    assert not [(one, name(path)) for one, path in named if not is_in(one, path)]


@pytest.mark.parametrize("path", DOCS, ids=name)
def test_inline_code_stands_on_one_line(path: Path) -> None:
    """Or these tests do not see it."""
    assert not [line for line in prose_of(path.read_text()).splitlines() if line.count("`") % 2]


def test_make_help_tells_every_target() -> None:
    told = set(re.findall(r"^([a-z-]+):.*## \S", MAKEFILE, re.MULTILINE))
    assert told == make_targets()


def test_what_make_starts_exists() -> None:
    modules = set(re.findall(r"\$\(PYTHON\) -m ([\w.]+)", MAKEFILE))
    assert {"streamlit", "pytest"} <= modules
    listed = "\n".join(path.read_text() for path in ROOT.glob("requirements*.txt"))
    tools = {*re.findall(r"^[a-z]+", listed, re.MULTILINE), "pip", "venv"}
    assert not [one for one in modules - tools if importlib.util.find_spec(one) is None]


def test_docs_and_makefile_know_the_same_targets() -> None:
    assert commands_told(MAKE_COMMAND) == make_targets()


def test_every_command_line_is_told() -> None:
    starts = re.compile(r"^if __name__ == .__main__.:", re.MULTILINE)
    runnable = {
        name(path).removesuffix(".py").removesuffix("/__main__").replace("/", ".")
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if starts.search(path.read_text())
    }
    assert {"music_mood", "music_mood.label", "emotion.training.train"} <= runnable
    told = {command for command in COMMANDS if command.partition(".")[0] in PACKAGES}
    assert told == runnable


@pytest.mark.slow
@pytest.mark.parametrize(
    "module",
    [
        pytest.param(one, marks=[pytest.mark.training] if one in TRAINED_WITH else [])
        for one in COMMANDS
        if one != TRAINED_WITH_PYTORCH
    ],
)
def test_every_command_line_that_is_told_answers_to_help(module: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", module, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=HELP_SECONDS,
        check=False,
    )
    assert answer.returncode == 0, f"python -m {module} --help: {answer.stderr}"
    assert "usage:" in answer.stdout


def test_every_room_is_told_and_no_other() -> None:
    tree = next(block for block in blocks_of(ARCHITECTURE.read_text()) if "main.py" in block)
    told = [line.split()[0] for line in tree.splitlines() if line]
    assert not [one for one in told if not (ROOT / one).exists()]
    assert max(Counter(told).values()) == 1
    code = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    rooms = {f"{name(path.parent)}/" for path in code}
    assert {one for one in told if one.startswith(PACKAGES) and one.endswith("/")} == rooms
    ground = {name(path) for path in code if path.parent.parent == ROOT}
    loose = {one for one in told if one.startswith(PACKAGES) and one.endswith(".py")}
    assert loose == {one for one in ground if not one.endswith("__.py")}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_tree_tells_the_rooms_from_the_ground_floor_up(package: str) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (floors,) = [
        [set(re.findall(r"\w+", floor)) for floor in reversed(one["layers"])]
        for one in contracts["contracts"]
        if one.get("containers") == [package]
    ]
    tree = "\n".join(blocks_of(ARCHITECTURE.read_text()))
    told = re.findall(rf"^{package}/(\w+)(?:/|\.py)", tree, re.MULTILINE)
    heights = [next(i for i, floor in enumerate(floors) if room in floor) for room in told]
    assert heights == sorted(heights)
    assert len({*heights}) > 1


def test_every_setting_is_told_and_no_other() -> None:
    settings = {SPOTIPY_VARIABLES.get(one.name, one.name.upper()) for one in fields(Settings)}
    deploy = DEPLOY.read_text()
    rows = re.findall(rf"^\| {VARIABLE} \|", section(deploy, "Settings"), re.MULTILINE)
    assert set(rows) == settings
    assert len(rows) == len(settings)
    turn = set(re.findall(VARIABLE, section(deploy, "TURN for live video")))
    streamlits = {option.env_var for option in streamlit.config.get_config_options().values()}
    operators = {*OF_SERVER, *relay.VARIABLES}
    told = set(re.findall(VARIABLE, deploy))
    assert operators <= told
    others = told - settings - turn - OF_REQUESTS - operators
    assert not others - streamlits
    example = re.findall(r"^# ([A-Z_]+) = ", SECRETS.read_text(), re.MULTILINE)
    assert set(example) == settings | turn


def test_streamlit_webrtc_still_reads_the_variables_for_turn() -> None:
    turn = set(re.findall(VARIABLE, section(DEPLOY.read_text(), "TURN for live video")))
    source = Path(importlib.util.find_spec("streamlit_webrtc.credentials").origin).read_text()
    read = set(re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', source))
    assert turn == read


# -- notebooks and the models' cards


def cells_of(notebook: Path, kind: str) -> list[str]:
    cells = json.loads(notebook.read_text())["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == kind]


def module_file(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def own_imports(code: str) -> Iterator[tuple[str, str]]:
    """Module and name of what is imported from our packages."""
    plain = "\n".join(line for line in code.splitlines() if not line.startswith(("%", "!")))
    for node in ast.walk(ast.parse(plain)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PACKAGES:
            yield from ((str(node.module), alias.name) for alias in node.names)


def test_own_imports_are_found_but_for_magic() -> None:
    code = (
        "%matplotlib inline\nimport numpy\nfrom emotion.values import Face as F\nfrom os import x"
    )
    assert list(own_imports(code)) == [("emotion.values", "Face")]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name)
def test_what_a_notebook_imports_is_there(notebook: Path) -> None:
    """By reading the code: importing it would load TensorFlow."""
    found = [pair for code in cells_of(notebook, "code") for pair in own_imports(code)]
    assert found
    missing = [
        f"{module}.{word}"
        for module, word in found
        if not module_file(module).exists()
        or not (word in names_in(module_file(module)) or module_file(f"{module}.{word}").exists())
    ]
    assert not missing


@pytest.mark.parametrize("path", [*NOTEBOOKS, *CARDS], ids=name)
def test_what_a_card_or_notebook_names_exists(path: Path) -> None:
    text = "\n".join(cells_of(path, "markdown")) if path.suffix == ".ipynb" else path.read_text()
    modules = commands(text, PYTHON_COMMAND) - NOT_OURS
    assert not [module for module in modules if not module_file(module).exists()]
    named = {found for code in code_of(text) for found in re.findall(OWN_PATH, code)}
    assert not [one for one in named if not (ROOT / one).exists()]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name)
def test_a_notebook_was_kept_without_errors_and_warnings(notebook: Path) -> None:
    """Warnings also name the machine's folders."""
    cells = json.loads(notebook.read_text())["cells"]
    kept = [output for cell in cells for output in cell.get("outputs", [])]
    assert kept
    assert not [one for one in kept if one["output_type"] == "error" or one.get("name") == "stderr"]
