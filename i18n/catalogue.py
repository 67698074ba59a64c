"""Brings the catalogues up to date: ``make words``. For developers: it needs Babel.

The keys come from the code's syntax trees, not from patterns: every call of `KEYWORDS` with a
literal. A call without one is a mistake, and said so.
"""

import ast
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from i18n.words import DEFAULT, DOMAIN, LANGUAGES, LOCALES

ROOT = Path(__file__).resolve().parents[1]
PLACES = ("main.py", "emotion", "music_mood", "page", "serving")

KEYWORDS = {"Message": (0,), "say": (0,), "say_markdown": (0,), "plural": (0, 1)}
"""Functions that take an English wording, and at which positions."""

IN_CONTEXT = "in_context"
"""The function that takes a context first."""

HEADERS = ("Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
"""Headers that are kept; the others would change with every run, or tell nothing."""


@dataclass(frozen=True, slots=True)
class Found:
    """A wording in the code.

    Attributes
    ----------
    texts : tuple of str
        One, or one and many.
    context : str or None
    path : str
        Below `ROOT`.
    line : int
    """

    texts: tuple[str, ...]
    context: str | None
    path: str
    line: int


def found_in(source: str, path: str) -> Iterator[Found]:
    """Find the wordings in a module.

    A call whose first argument is no literal names a message that was made elsewhere, and is left
    alone; half a literal (an f-string, a sum) is a mistake.

    Raises
    ------
    ValueError
        There is such a mistake.
    """
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        if name == IN_CONTEXT:
            context, *texts = (_literal(one, path) for one in node.args[:2])
        elif name in KEYWORDS and len(node.args) > max(KEYWORDS[name]):
            context, texts = None, [_literal(node.args[at], path) for at in KEYWORDS[name]]
        else:
            continue
        if all(texts):
            yield Found(tuple(filter(None, texts)), context, path, node.lineno)


def _literal(node: ast.expr, path: str) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr | ast.BinOp):
        raise ValueError(f"{path}:{node.lineno}: a wording must be a literal with {{parameters}}")
    return None


def all_found() -> list[Found]:
    """Find all wordings, in the order of files and lines."""
    found = []
    for place in PLACES:
        for path in (
            sorted((ROOT / place).rglob("*.py")) if (ROOT / place).is_dir() else [ROOT / place]
        ):
            name = path.relative_to(ROOT).as_posix()
            found += sorted(found_in(path.read_text("utf-8"), name), key=lambda one: one.line)
    return found


def catalogue_of(language: str) -> Catalog:
    """Read a language's catalogue as it is."""
    with po_file(language).open("rb") as file:
        return read_po(file, locale=language)


def po_file(language: str) -> Path:
    """Where translators write."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def updated(language: str) -> Catalog:
    """Give a language's catalogue with the keys of the code, in the code's order.

    Translations of keys that are still there stay; new keys have none; the others are gone.
    """
    known = catalogue_of(language)
    fresh = Catalog(locale=language, fuzzy=False)
    fresh.header_comment = known.header_comment
    for one in all_found():
        key = one.texts if len(one.texts) > 1 else one.texts[0]
        before = known.get(one.texts[0], one.context)
        same = before is not None and (before.id == key)
        fresh.add(
            key,
            before.string if before and same else None,
            locations=[(one.path, 0)],
            context=one.context,
            user_comments=before.user_comments if before and same else (),
        )
    return fresh


def po_bytes(catalogue: Catalog) -> bytes:
    """Write a catalogue as translators read it; without line numbers, so that diffs stay small."""
    file = io.BytesIO()
    write_po(file, _plain(catalogue), width=100, include_lineno=False)
    return file.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    """Write a catalogue as gettext reads it; an untranslated key is not in it."""
    file = io.BytesIO()
    write_mo(file, _plain(catalogue))
    return file.getvalue()


def _plain(catalogue: Catalog) -> Catalog:
    """Copy a catalogue with a header that tells nothing that changes."""

    class Plain(Catalog):
        mime_headers = property(
            lambda _: [pair for pair in catalogue.mime_headers if pair[0] in HEADERS]
        )

    plain = Plain(locale=catalogue.locale, fuzzy=False)
    plain.header_comment = catalogue.header_comment
    for one in catalogue:
        if one.id:
            plain[one.id] = one
    return plain


def main() -> int:
    """Bring all catalogues up to date, and say what is left to translate."""
    left = 0
    for language in LANGUAGES:
        if language == DEFAULT:
            continue
        catalogue = updated(language)
        po_file(language).write_bytes(po_bytes(catalogue))
        po_file(language).with_suffix(".mo").write_bytes(mo_bytes(catalogue))
        open_ones = [one for one in catalogue if one.id and not _is_translated(one.string)]
        left += len(open_ones)
        print(f"{language}: {len(catalogue)} texts, {len(open_ones)} without a translation.")
        for one in open_ones:
            print(f"  {one.id!r}")
    return 1 if left else 0


def _is_translated(string: object) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


if __name__ == "__main__":
    sys.exit(main())
