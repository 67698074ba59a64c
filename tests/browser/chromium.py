"""Find a Chromium for the browser tests, or install one: ``python -m tests.browser.chromium``.

The tests themselves only call `find_chromium`; installing is `make test`'s business.
"""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome")
# Playwright brings a Node of its own, which a bare Debian lacks a library for.
APT_PACKAGES = ("chromium", "libatomic1")
PLAYWRIGHT = (sys.executable, "-m", "playwright")


class ChromiumError(RuntimeError):
    """No Chromium is to be had; the text says what to do."""


def find_chromium() -> str | None:
    """Path of a Chromium that starts: the system's first, then Playwright's own.

    None if there is none, or if Playwright, which is to drive it, does not start.
    """
    if not _starts(*PLAYWRIGHT):
        return None
    for name in SYSTEM_NAMES:
        path = shutil.which(name)
        if path and _starts(path):
            return path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if _starts(own) else None


def ensure_chromium() -> str:
    """Path of a Chromium that starts, installing one if there is none.

    Raises
    ------
    ChromiumError
        There is none, and neither Playwright nor apt-get could install one.
    """
    path = find_chromium()
    for install in (_install_with_playwright, _install_with_apt):
        if path is None:
            install()
            path = find_chromium()
    if path is None:
        raise ChromiumError(
            "The browser tests need Chromium. There is none on this machine, and neither "
            "`playwright install chromium` nor `apt-get install chromium` could install one (see "
            "above for why). Install Chromium or Google Chrome by hand, then `make test` again."
        )
    return path


def _starts(*command: str) -> bool:
    """Whether it tells its version: a program that lacks a system library is there, but useless."""
    try:
        answer = subprocess.run(
            [*command, "--version"], capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def _install_with_playwright() -> None:
    _try([*PLAYWRIGHT, "install", "chromium"])


def _install_with_apt() -> None:
    if not shutil.which("apt-get"):
        print("There is no apt-get here.", file=sys.stderr)
        return
    as_root: list[str] = []
    if os.geteuid() != 0:
        # Without a terminal nobody can type a password: fail rather than wait for one.
        as_root = ["sudo"] if sys.stdin.isatty() else ["sudo", "-n"]
        if not shutil.which("sudo"):
            print("apt-get needs root, and there is no sudo here.", file=sys.stderr)
            return
    _try([*as_root, "apt-get", "update"])
    _try([*as_root, "apt-get", "install", "-y", "--no-install-recommends", *APT_PACKAGES])


def _try(command: list[str]) -> None:
    """Run a command in sight of the user; whether it helped is for `find_chromium` to say."""
    print("Trying:", " ".join(command), flush=True)
    try:
        subprocess.run(command, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, file=sys.stderr)


if __name__ == "__main__":
    try:
        print("Chromium for the browser tests:", ensure_chromium())
    except ChromiumError as error:
        sys.exit(str(error))
