"""Which version of the page runs, as far as its folder tells; free of Streamlit."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_RELEASE = re.compile(r"^## \[?v?(\d+\.\d+(?:\.\d+)?)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Build:
    """What runs.

    Attributes
    ----------
    release : str
        The newest in CHANGELOG.md; empty if there is none.
    commit : str
        Git's name of what is checked out, ten digits; empty if the folder is no checkout.
    """

    release: str
    commit: str

    @classmethod
    def of(cls, root: Path = ROOT) -> Self:
        """Look into the app's folder; whatever is missing or odd stays empty."""
        found = _RELEASE.search(_text(root / "CHANGELOG.md"))
        return cls(found.group(1) if found else "", _commit(root)[:10])


def _commit(root: Path) -> str:
    git = root / ".git"
    head = _text(git / "HEAD").strip()
    if head.startswith("ref: "):
        name = head.removeprefix("ref: ")
        packed = re.search(rf"^(\S+) {re.escape(name)}$", _text(git / "packed-refs"), re.MULTILINE)
        head = _text(git / name).strip() or (packed.group(1) if packed else "")
    return head if _COMMIT.fullmatch(head) else ""


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
