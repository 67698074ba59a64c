"""What programs write around the text of a cell: HTML's entities, lists with quotes."""

import html
import json
import re

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
# To the end where it is not closed: else each quote in it would be tried as a beginning.
_QUOTED = r"""'(?:[^'\\]|\\.?)*+(?:'|\Z)|"(?:[^"\\]|\\.?)*+(?:"|\Z)"""
_LIST = re.compile(  # possessive: many blanks cost no more than few
    rf"[\[({{]\s*+(?:{_QUOTED})(?:\s*+(?:,\s*+)?(?:{_QUOTED}))*+\s*+(?:,\s*+)?[\])}}]", re.DOTALL
)
LIST_START = r"^\s*(?:[\[({]\s*['\"]|\[\]$)"
"""How a list with quotes begins."""

_MAX_LIST = 4_000
"""Characters; what is longer stays as it is."""


def without_entities(text: str) -> str:
    """Read "&amp;" and "&#39;" as HTML does, also where they were written twice ("&amp;#39;")."""
    for _ in range(2):
        if "&" not in text:
            break
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    return text


def names_in(text: str) -> str:
    r"""Join by ", " the names of a list as Python or JSON writes it; other texts stay.

    >>> names_in('["A", "B"]'), names_in("['Rock N\\' Sons']"), names_in("[Brackets]")
    ('A, B', "Rock N' Sons", '[Brackets]')
    """
    bare = text.strip()
    if bare == "[]":
        return ""
    if bare[:1] not in ("[", "(", "{") or len(bare) > _MAX_LIST or not _LIST.fullmatch(bare):
        return text
    try:
        names = json.loads(bare)
    except ValueError:  # Python's, or numpy's, which has no commas
        names = [re.sub(r"\\(.)", r"\1", one[1:-1]) for one in re.findall(_QUOTED, bare, re.DOTALL)]
    return ", ".join(filter(None, (str(name).strip() for name in names)))
