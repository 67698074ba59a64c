"""What browser tests wait for must work on a page whose policy lets no text become code.

Playwright makes code of a function once, while it may, but of a bare expression each time it looks
again: such a wait ends well if it is true at once, and with an ``EvalError`` on a slower machine.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]


def waits(source: str) -> Iterator[str]:
    """The script of each ``wait_for_function``, where it can be read."""
    tree = ast.parse(source)
    named = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("wait_for_function"):
            script = node.args[0]
            if isinstance(script, ast.Name):
                script = named[script.id]
            yield ast.literal_eval(script)


def is_function(script: str) -> bool:
    head, arrow, _ = script.partition("=>")
    return bool(arrow) and "{" not in head and "." not in head


FILES = [path for path in TESTS.rglob("*.py") if "wait_for_function(" in path.read_text("utf-8")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_what_is_waited_for_is_a_function(path: Path) -> None:
    for script in waits(path.read_text("utf-8")):
        assert is_function(script), script


@pytest.mark.parametrize(
    ("script", "can_wait"),
    [
        ("() => window.done", True),
        ("audio => audio.currentTime >= 1", True),
        ("([one, two]) => { return one; }", True),
        ("window.done", False),
        ("window.all.every(one => one.done)", False),
    ],
)
def test_a_bare_expression_is_told_from_a_function(script: str, can_wait: bool) -> None:
    assert is_function(script) is can_wait
