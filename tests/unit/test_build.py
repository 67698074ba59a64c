"""Which build runs, read from the app's folder."""

from pathlib import Path

import pytest

from music_mood.panel.build import ROOT, Build

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changes\n\n## Unreleased\n\n## 1.2.3 (2026)\n\n## 1.0\n"
    )
    (tmp_path / ".git" / "refs" / "heads").mkdir(parents=True)
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / ".git" / "refs" / "heads" / "main").write_text(COMMIT + "\n")
    return tmp_path


def test_release_and_commit(folder: Path) -> None:
    assert Build.of(folder) == Build("1.2.3", COMMIT[:10])


def test_a_packed_branch(folder: Path) -> None:
    (folder / ".git" / "refs" / "heads" / "main").unlink()
    (folder / ".git" / "packed-refs").write_text(
        f"# pack-refs\n{'f' * 40} refs/heads/main-2\n{COMMIT} refs/heads/main\n"
    )
    assert Build.of(folder).commit == COMMIT[:10]


def test_a_commit_checked_out_by_its_name(folder: Path) -> None:
    (folder / ".git" / "HEAD").write_text(COMMIT + "\n")
    assert Build.of(folder).commit == COMMIT[:10]


@pytest.mark.parametrize("head", ["", "ref: refs/heads/none", "not a commit", "<b>" + COMMIT])
def test_an_odd_head_tells_nothing(folder: Path, head: str) -> None:
    (folder / ".git" / "HEAD").write_text(head)
    assert Build.of(folder).commit == ""


def test_a_bare_folder(tmp_path: Path) -> None:
    assert Build.of(tmp_path) == Build("", "")


def test_this_project_has_a_release() -> None:
    assert Build.of(ROOT).release
