"""requirements-serve.txt, and an environment made from it: ``python -m tests.lock``.

Says whether the environment holds just the versions of the lock and none of training's packages,
and prints the licence of each: a Markdown table.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements-serve.txt"
WITHOUT = ROOT / "requirements-serve-without.txt"

ONLY_TRAINING = ("tensorflow", "keras", "torch", "jax", "matplotlib", "tyro")
"""Modules that only `emotion/training/` and `music_mood/model/training/` may import."""


@dataclass(frozen=True)
class Locked:
    """One entry of the lock.

    Attributes
    ----------
    requirement : packaging.requirements.Requirement
        ``name==version``, perhaps with a marker of Python's version or the system.
    hashes : frozenset of str
        ``sha256:...`` of each file of that version.
    """

    requirement: Requirement
    hashes: frozenset[str]

    @property
    def name(self) -> str:
        """As PyPI writes it: small letters, hyphens."""
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        """The only one that fits."""
        (only,) = self.requirement.specifier
        if only.operator != "==" or only.version.endswith("*"):
            raise ValueError(f"{self.requirement} is not pinned")
        return only.version

    @property
    def is_for_here(self) -> bool:
        """Whether this Python on this system needs it."""
        return self.requirement.marker is None or self.requirement.marker.evaluate()


def lines_of(text: str) -> Iterator[str]:
    """Lines of a list as pip reads them: continued ones joined, comments dropped."""
    for line in text.replace("\\\n", " ").splitlines():
        bare = (" " + line).partition(" #")[0].strip()
        if bare:
            yield bare


def requirements_of(path: Path) -> dict[str, Requirement]:
    """Everything that a list names itself, by name; options such as ``-r`` are passed over."""
    found = [Requirement(line) for line in lines_of(path.read_text()) if not line.startswith("-")]
    return {canonicalize_name(one.name): one for one in found}


def read_lock(path: Path = LOCK) -> list[Locked]:
    """All entries; a package may have several, for different Pythons."""
    entries = []
    for line in lines_of(path.read_text()):
        requirement, *options = line.split(" --hash=")
        hashes = frozenset(option.strip() for option in options)
        entries.append(Locked(Requirement(requirement), hashes))
    return entries


def is_installed(name: str) -> bool:
    """Whether a package stands in this environment."""
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def differences(lock: list[Locked]) -> Iterator[str]:
    """What of the lock this environment lacks or has in another version."""
    for entry in lock:
        if not entry.is_for_here:
            continue
        if not is_installed(entry.name):
            yield f"{entry.name} is missing"
        elif (version := distribution(entry.name).version) != entry.version:
            yield f"{entry.name} is {version}, not {entry.version}"


def importable(modules: tuple[str, ...]) -> list[str]:
    """Those of these top-level modules that could be imported here."""
    return [module for module in modules if find_spec(module)]


def licence_of(name: str) -> str:
    """What an installed package says of its licence; "" where it says nothing."""
    metadata = distribution(name).metadata
    classifiers = [
        one.rpartition(" :: ")[2]
        for one in metadata.get_all("Classifier") or []
        if one.startswith("License :: ") and one != "License :: OSI Approved"
    ]
    first_line = (metadata.get("License") or "").strip().partition("\n")[0]
    said = metadata.get("License-Expression") or ", ".join(classifiers) or first_line
    return "" if said == "UNKNOWN" else said


def main() -> None:
    """Print the table; exit with what is wrong, if anything is."""
    argparse.ArgumentParser("python -m tests.lock", description=__doc__).parse_args()
    lock = read_lock()
    wrong = [*differences(lock), *(f"{one} can be imported" for one in importable(ONLY_TRAINING))]
    print("| package | version | licence |\n|---|---|---|")
    for name in filter(is_installed, dict.fromkeys(entry.name for entry in lock)):
        print(f"| {name} | {distribution(name).version} | {licence_of(name)} |")
    if wrong:
        sys.exit("This is not what requirements-serve.txt says: " + "; ".join(wrong))


if __name__ == "__main__":
    main()
