"""The files of an SQLite library, watched while they are open.

Who deletes or replaces a file does not take it from those who have it open: they would go on
writing to what nobody finds again, until they are started anew. So before each transaction is
looked whether the files are still those that were opened; that takes some microseconds.
"""

import os
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

from sqlalchemy import URL

BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside the database while it is open: the newest changes lie there first."""

Identity = tuple[int, int]
"""Device and inode."""


class LibraryFiles:
    """The files of one database; none, if it is no SQLite file. Not thread-safe.

    Parameters
    ----------
    url : sqlalchemy.URL
    """

    def __init__(self, url: URL) -> None:
        self._file = _file_of(url)
        self._opened: dict[str, Identity] = {}
        self._had_content = False

    def opened(self) -> None:
        """Take down which files they are. Call it when they have just been opened."""
        self._opened, self._had_content = {}, False
        self.trouble()

    def trouble(self) -> str:
        """Tell what has become of them since, for the log; empty if they are the same."""
        if self._file is None:
            return ""
        real = os.path.realpath(self._file)  # SQLite keeps its own files beside what a link means
        for suffix in ("", *BESIDE):
            before, found = self._opened.get(suffix), _stat(f"{real}{suffix}")
            what = f"{self._file.name}{suffix}"
            if found is None:
                if before:
                    return f"{what} is gone"
                continue
            if before and before != (found.st_dev, found.st_ino):
                return f"{what} is another file now"
            if not suffix and self._had_content and not found.st_size:
                return f"{what} was emptied"
            # SQLite makes those beside it when it needs them.
            self._opened[suffix] = (found.st_dev, found.st_ino)
            self._had_content = self._had_content or (not suffix and found.st_size > 0)
        return ""

    def take_away_remains(self) -> None:
        """Take away what a file that was deleted, replaced or emptied has left behind.

        Call it after `trouble` told something, while the old files are still open. What SQLite kept
        beside the old file would be taken for the new one's newest changes and written into it,
        whatever that is; and an emptied one would, on closing, get those parts of its old content
        that happen to lie beside it. What others have made since is let alone, and so is what lies
        beside a file that is still there: closing it brings that home.
        """
        if self._file is None or self._is_whole():
            return
        for suffix in ("", *BESIDE):
            # Behind a link lies what was opened, and SQLite's own files lie beside that.
            path = f"{os.path.realpath(self._file)}{suffix}"
            found = _stat(path)
            if found and self._opened.get(suffix) == (found.st_dev, found.st_ino):
                with suppress(OSError):  # then SQLite says what is wrong
                    Path(path).unlink()

    def _is_whole(self) -> bool:
        found = _stat(self._file or "")
        same = found and self._opened.get("") == (found.st_dev, found.st_ino)
        return bool(same and found and (found.st_size or not self._had_content))


def _file_of(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    if url.database.startswith("file:"):  # SQLite's own addresses: sqlite:///file:/a?mode=ro
        return Path(unquote(url.database.removeprefix("file:").partition("?")[0]))
    return Path(url.database)


def _stat(path: str | Path) -> os.stat_result | None:
    try:
        return os.stat(path)  # noqa: PTH116 - asked for each transaction
    except OSError:
        return None
