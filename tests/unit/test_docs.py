"""What the README and the Makefile promise exists, and what exists is told."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
README = ROOT / "README.md"

HELP_SECONDS = 120  # a command line that loads TensorFlow takes its time on a cold disk


def make_targets() -> set[str]:
    """Targets that are commands."""
    return set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE).group(1).split())


def code_of(markdown: str) -> list[str]:
    """Lines of code blocks, and inline code."""
    fenced = re.findall(r"^```[^\n]*\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", markdown, flags=re.MULTILINE | re.DOTALL)
    return [line for block in fenced for line in block.splitlines()] + re.findall(
        r"`([^`\n]+)`", prose
    )


def commands(markdown: str, pattern: str) -> set[str]:
    return {found for code in code_of(markdown) for found in re.findall(pattern, code)}


MAKE_COMMAND = r"(?:^|\s)make ([a-z-]+)"
PYTHON_COMMAND = r"python3? -m ([\w.]+)"


@pytest.fixture
def readme() -> str:
    return README.read_text()


def test_commands_are_found_in_blocks_and_inline_but_not_in_prose() -> None:
    markdown = "make sure\n```sh\n$ make run PORT=1\n```\nthen `make test`, `python -m a.b --c`"
    assert commands(markdown, MAKE_COMMAND) == {"run", "test"}
    assert commands(markdown, PYTHON_COMMAND) == {"a.b"}


def test_make_help_tells_every_target() -> None:
    told = set(re.findall(r"^([a-z-]+):.*## \S", MAKEFILE, re.MULTILINE))
    assert told == make_targets()


def test_what_make_starts_exists() -> None:
    modules = set(re.findall(r"\$\(PYTHON\) -m ([\w.]+)", MAKEFILE))
    assert {"streamlit", "pytest"} <= modules
    assert not [module for module in modules if importlib.util.find_spec(module) is None]


def test_readme_and_makefile_know_the_same_targets(readme: str) -> None:
    assert commands(readme, MAKE_COMMAND) | {"help"} == make_targets()


def test_every_command_line_in_the_readme_answers_to_help(readme: str) -> None:
    for module in commands(readme, PYTHON_COMMAND) - {"venv", "pip", "streamlit"}:
        answer = subprocess.run(
            [sys.executable, "-m", module, "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=HELP_SECONDS,
            check=False,
        )
        assert answer.returncode == 0, f"python -m {module} --help: {answer.stderr}"


def test_what_the_readme_links_to_exists(readme: str) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", readme) + re.findall(r'src="([^"]+)"', readme)
    own = [link for link in links if not re.match(r"\w+:", link)]
    assert not [link for link in own if not (ROOT / link).exists()]
