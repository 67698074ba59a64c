"""Fetch the labelled recordings: ``python -m music_mood.sound.training.gather runs/sound``.

They are music of free games, as Debian packages it. `tracks.csv` names the packages, where the
recordings lie in them, and the mood that their makers' own words give them: a title, a file's name,
what the game plays it to. Nobody listened to label them, and no program did. ``weak`` marks words
that stand for a mood only by the way ("victory" for happy). The recordings have licences of their
own (each package tells), and none of them is part of this project.

Needs a Debian with ``apt-get`` and ``dpkg-deb``; 4 GB are fetched, a package at a time.
"""

import csv
import logging
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Annotated

import tyro

from music_mood.values import Mood

log = logging.getLogger(__name__)

ARCHIVES = (".zip", ".pk3")
"""Suffixes of ZIP archives in which some games keep their music."""

TABLE = Path(__file__).with_name("tracks.csv")


@dataclass(frozen=True, slots=True)
class Recording:
    """A row of the table.

    Attributes
    ----------
    package, path : str
        Debian's package, and where the recording lies in it.
    mood : Mood
    artist : str
        Empty where the package does not tell.
    why : str
        The makers' words.
    weak : bool
        Whether they name the mood only by the way.
    """

    package: str
    path: str
    mood: Mood
    artist: str
    why: str
    weak: bool

    def below(self, folder: Path) -> Path:
        """Tell where the recording lies once it was fetched into a folder."""
        return folder / self.package / self.path


@dataclass(frozen=True)
class GatherConfig:
    """Where to put the recordings."""

    folder: Annotated[Path, tyro.conf.Positional]
    """Folder for them; what lies there already is not fetched again."""


def recordings(table: Path = TABLE) -> list[Recording]:
    """Read the table.

    Raises
    ------
    ValueError
        A mood is none.
    """
    with table.open(encoding="utf-8", newline="") as file:
        return [
            Recording(
                package=row["package"],
                path=row["path"],
                mood=Mood(row["mood"]),
                artist=row["artist"],
                why=row["why"],
                weak=row["weak"] == "yes",
            )
            for row in csv.DictReader(file)
        ]


def gather(folder: Path, wanted: Sequence[Recording]) -> Iterator[Recording]:
    """Fetch recordings, package by package, and give those that are there."""
    by_package = groupby(sorted(wanted, key=attrgetter("package")), key=attrgetter("package"))
    for package, of_it in by_package:
        rows = list(of_it)
        missing = [one for one in rows if not one.below(folder).exists()]
        if missing:
            _fetch(package, missing, folder)
        yield from (one for one in rows if one.below(folder).exists())


def _fetch(package: str, wanted: Sequence[Recording], folder: Path) -> None:
    """Take recordings out of a package; another version of it may lack some."""
    with tempfile.TemporaryDirectory() as made:
        there = Path(made)
        try:
            # Fixed programs and names from our own table.
            _run(["apt-get", "download", package], there)
            (archive,) = there.glob("*.deb")
            _run(["dpkg-deb", "-x", str(archive), "content"], there)
        except (OSError, subprocess.CalledProcessError, ValueError) as cause:
            log.warning("%s could not be fetched: %s", package, cause)
            return
        for one in wanted:
            place = one.below(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                _take_out(there / "content" / one.path, place)
            except (OSError, KeyError) as cause:
                log.warning("not in %s: %s (%s)", package, one.path, cause)
    log.info("%s: %d recordings", package, len(wanted))


def _take_out(path: Path, place: Path) -> None:
    """Copy a file, which may lie in a ZIP archive."""
    archive = next((one for one in path.parents if one.suffix in ARCHIVES), None)
    if archive is None:
        shutil.copyfile(path, place)
        return
    with zipfile.ZipFile(archive) as opened:
        place.write_bytes(opened.read(path.relative_to(archive).as_posix()))


def _run(command: Sequence[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603 - see above


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    config = tyro.cli(GatherConfig, args=arguments, description=__doc__)
    wanted = recordings()
    there = list(gather(config.folder, wanted))
    log.info("%d of %d recordings are in %s", len(there), len(wanted), config.folder)


if __name__ == "__main__":
    main()
