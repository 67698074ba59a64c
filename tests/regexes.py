"""Finds every regular expression of the code, and texts that are worst for it."""

import ast
import importlib
import itertools
import re
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

from tests.browser.server import ROOT

ROOMS = ("emotion", "i18n", "music_mood", "page", "serving")
OWN_FILES = ("training", "catalogue.py", "migrations")
"""Code that meets no foreign text, or none while a page is served."""

USES = ("compile", "search", "match", "fullmatch", "sub", "findall", "finditer", "split")
OF_COLUMNS = ("contains", "extract", "match", "replace", "fullmatch", "findall")


@dataclass(frozen=True)
class Found:
    """A pattern, and where it stands."""

    pattern: str | bytes
    flags: int
    path: str

    def __str__(self) -> str:
        return f"{self.path}: {self.pattern!r}"


def patterns() -> tuple[list[Found], list[str]]:
    """Give all patterns that can be told from the code, and the calls whose pattern cannot."""
    found: dict[tuple[object, int], Found] = {}
    untold = []
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if any(part in OWN_FILES for part in path.parts):
                continue
            calls = list(_calls(ast.parse(path.read_text("utf-8"))))
            if not calls:
                continue
            module = importlib.import_module(name.removesuffix(".py").replace("/", "."))
            for call in calls:
                try:
                    pattern = _value(call.args[0], module)
                    flags = _value(_flags(call), module)
                except Exception:  # a name of the function's own
                    untold.append(f"{name}: {ast.unparse(call)}")
                    continue
                if isinstance(pattern, re.Pattern):
                    pattern, flags = pattern.pattern, pattern.flags
                found.setdefault((pattern, int(flags)), Found(pattern, int(flags), name))
    return list(found.values()), untold


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        of = node.func.value
        if node.func.attr in USES and isinstance(of, ast.Name) and of.id == "re":
            yield node
        is_column = isinstance(of, ast.Attribute) and of.attr == "str"
        told = {one.arg: one.value for one in node.keywords}.get("regex")
        is_regex = isinstance(told, ast.Constant) and told.value is True
        if is_column and node.func.attr in OF_COLUMNS and (is_regex or node.func.attr != "replace"):
            yield node


def _flags(call: ast.Call) -> ast.expr:
    named = next((one.value for one in call.keywords if one.arg == "flags"), None)
    if named is not None:
        return named
    is_compiled = isinstance(call.func, ast.Attribute) and call.func.attr == "compile"
    at = 1 if is_compiled else 2
    given = call.args[at] if len(call.args) > at else ast.Constant(0)
    is_flag = isinstance(given, ast.Attribute | ast.BinOp) or is_compiled
    return given if is_flag else ast.Constant(0)


def _value(node: ast.expr, module: object) -> Any:
    expression = ast.fix_missing_locations(ast.Expression(node))
    return eval(compile(expression, "", "eval"), vars(module))  # noqa: S307 - our code


def alphabet(found: Found) -> list[str]:
    """Give characters that matter to a pattern: one for each thing that it looks for."""
    kinds: dict[str, None] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = _parser.parse(found.pattern, found.flags)
    _gather(tree, kinds)
    marks = [one for one in kinds if found.flags & re.ASCII == 0 or one.isascii()]
    if isinstance(found.pattern, bytes):
        marks = [one for one in marks if ord(one) < 256]
    return list(dict.fromkeys([*marks, " ", "a", "1", "!"]))


_CATEGORIES = {"SPACE": " ", "NOT_SPACE": "a", "DIGIT": "1", "NOT_DIGIT": "a"}
_CATEGORIES |= {"WORD": "a", "NOT_WORD": "!"}


def _gather(node: Any, kinds: dict[str, None]) -> None:
    if isinstance(node, _parser.SubPattern | list | tuple):
        items = list(node)
        if items and items[0] in (_constants.LITERAL, _constants.NOT_LITERAL):
            kinds[chr(items[1])] = None
        elif items and items[0] is _constants.RANGE:
            kinds[chr(items[1][0])] = None
        elif items and items[0] is _constants.CATEGORY:
            name = str(items[1]).removeprefix("CATEGORY_")
            kinds[_CATEGORIES.get(name, "a")] = None
        else:
            for one in items:
                _gather(one, kinds)


def evil(found: Found, length: int) -> Iterator[str | bytes]:
    """Give long texts of what a pattern repeats, each spoilt at its end.

    Parameters
    ----------
    found : Found
    length : int
        In characters.
    """
    marks = alphabet(found)
    few = marks[:9]
    units = [*marks[:40], *map("".join, itertools.permutations(few, 2))]
    words = _literals(found)
    units += [*words, *(f"{word}{mark}" for word in words[:4] for mark in few[:4])]
    for unit in dict.fromkeys(units):
        body = (unit * (length // len(unit) + 1))[:length]
        for start, end in (("", ""), ("", "\x00"), (words[0] if words else "", "\n!")):
            text = f"{start}{body}{end}"
            yield text.encode("latin-1") if isinstance(found.pattern, bytes) else text


def _literals(found: Found) -> list[str]:
    """Give the words in a pattern."""
    text = found.pattern if isinstance(found.pattern, str) else found.pattern.decode("latin-1")
    return list(dict.fromkeys(re.findall(r"[^\W\d_]{2,}|://|%2F", text)))[:8]


def seconds(found: Found, text: str | bytes, *, rounds: int = 1, anchored: bool = False) -> float:
    """Give the processor's time for looking through a text in every way; the least of some.

    If `anchored`, only from its beginning.
    """
    pattern: Any = re.compile(found.pattern, found.flags)
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for _one in () if anchored else pattern.finditer(text):
            pass
        pattern.match(text)
        pattern.fullmatch(text)
        best = min(best, time.process_time() - start)
    return best
