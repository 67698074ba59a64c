"""What a process and its children occupy, read from Linux's /proc."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Memory:
    """Memory of a process tree in MB (10^6 bytes).

    Attributes
    ----------
    rss_mb : float
        Resident; what two processes share counts twice.
    pss_mb : float
        Proportional: what is shared is divided among its users.
    """

    rss_mb: float
    pss_mb: float


def memory_of(pid: int) -> Memory:
    """Memory of a process and all its descendants."""
    kilobytes = {"Rss": 0, "Pss": 0}
    for member in process_tree(pid):
        for line in _lines_of(member, "smaps_rollup"):
            name, _, rest = line.partition(":")
            if name in kilobytes:
                kilobytes[name] += int(rest.split()[0])
    return Memory(kilobytes["Rss"] * 1024 / 1e6, kilobytes["Pss"] * 1024 / 1e6)


def loaded_libraries(pid: int) -> set[str]:
    """Paths of the shared libraries that a process and its descendants have mapped."""
    return {
        line.split(maxsplit=5)[-1]
        for member in process_tree(pid)
        for line in _lines_of(member, "maps")
        if ".so" in line
    }


def _lines_of(pid: int, file: str) -> list[str]:
    """Lines of a process's file; none of one that has just ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return (PROC / str(pid) / file).read_text().splitlines()
    return []


def process_tree(pid: int) -> list[int]:
    """A process and its descendants."""
    tree = [pid]
    for task in (PROC / str(pid) / "task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has just ended
            for child in (task / "children").read_text().split():
                tree += process_tree(int(child))
    return tree


def cpu_seconds_of(pid: int) -> float:
    """Time that a process, not its children, has spent on cores, of the user's and the system's."""
    # The name may hold spaces: fields are counted from the bracket behind it.
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
