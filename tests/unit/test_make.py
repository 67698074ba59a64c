"""The Makefile's own logic: which Python it takes, and when it installs."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKE = shutil.which("make") or "make"  # missing: the tests fail, and say so

TOO_OLD = "#!/bin/sh\nexit 1\n"  # what the version check of an old Python comes to
GOOD = """#!/bin/sh
[ "$1" = -c ] && exit 0
mkdir -p "$3/bin" && echo "$0" > "$3/bin/pip"
"""


def make(*arguments: str, path: str = os.environ["PATH"]) -> subprocess.CompletedProcess:
    return subprocess.run(
        [MAKE, *arguments],
        cwd=ROOT,
        env={"PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def pythons(folder: Path, **scripts: str) -> str:
    """A PATH with only these commands (and what they and make need of the system)."""
    folder.mkdir(exist_ok=True)
    for name in ("sh", "mkdir"):
        (folder / name).symlink_to(shutil.which(name))
    for name, script in scripts.items():
        file = folder / name.replace("_", ".")
        file.write_text(script)
        file.chmod(0o755)
    return str(folder)


@pytest.mark.parametrize("scripts", [{}, {"python3": TOO_OLD}, {"python3_11": TOO_OLD}])
def test_without_a_fitting_python_it_says_what_to_install(tmp_path: Path, scripts: dict) -> None:
    venv = tmp_path / "venv"
    answer = make(f"VENV={venv}", f"{venv}/bin/pip", path=pythons(tmp_path, **scripts))
    assert answer.returncode != 0
    assert "needs Python 3.11, 3.12 or 3.13" in answer.stderr
    assert not venv.exists()


@pytest.mark.parametrize(
    ("scripts", "taken"),
    [
        ({"python3": GOOD}, "python3"),
        ({"python3": GOOD, "python3_11": GOOD}, "python3.11"),
        ({"python3_11": TOO_OLD, "python3_13": GOOD}, "python3.13"),
    ],
)
def test_it_takes_the_first_fitting_python(tmp_path: Path, scripts: dict, taken: str) -> None:
    venv = tmp_path / "venv"
    answer = make(f"VENV={venv}", f"{venv}/bin/pip", path=pythons(tmp_path, **scripts))
    assert answer.returncode == 0, answer.stderr
    assert Path((venv / "bin/pip").read_text().strip()).name == taken


@pytest.mark.parametrize(
    ("changed", "run_installs", "test_installs"),
    [
        (None, False, False),
        ("requirements-serve.txt", True, True),
        ("requirements.txt", False, True),
        ("requirements-dask.txt", False, True),
        ("requirements-test.txt", False, True),
        ("requirements-dev.txt", False, True),
    ],
)
def test_it_installs_only_when_a_list_has_changed(
    tmp_path: Path, changed: str | None, run_installs: bool, test_installs: bool
) -> None:
    later = time.time() + 10
    for number, name in enumerate(("bin/pip", "app.stamp", "dev.stamp")):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.touch()
        os.utime(file, (later + number, later + number))
    what_if = ["-W", changed] if changed else []
    for target, installs in (("run", run_installs), ("test", test_installs)):
        answer = make("-n", *what_if, f"VENV={tmp_path}", target)
        assert answer.returncode == 0, answer.stderr
        assert ("pip install" in answer.stdout) is installs


def test_what_is_served_is_the_lock_and_nothing_else(tmp_path: Path) -> None:
    answer = make("-n", f"VENV={tmp_path}", "run", path=pythons(tmp_path / "bin", python3=GOOD))
    (installs,) = [line for line in answer.stdout.splitlines() if "pip install" in line]
    assert installs.split("pip install")[1].split() == [
        "--disable-pip-version-check",
        "--no-deps",
        "--require-hashes",
        "-r",
        "requirements-serve.txt",
    ]


@pytest.mark.parametrize("target", ["test-fast", "coverage"])
def test_what_is_run_often_needs_neither_chromium_nor_lint(target: str) -> None:
    answer = make("-n", target)
    assert answer.returncode == 0, answer.stderr
    assert "-m pytest" in answer.stdout
    assert not [tool for tool in ("tests.browser", "ruff", "mypy") if tool in answer.stdout]


def test_help_lists_every_command() -> None:
    answer = make("help")
    commands = (ROOT / "Makefile").read_text().partition(".PHONY: ")[2].splitlines()[0].split()
    assert [line.split()[:2] for line in answer.stdout.splitlines()] == [
        ["make", command] for command in commands
    ]
