"""Where PostgreSQL is absent, that is told; where it must not be, it is a failure."""

from pathlib import Path

import pytest

from tests.contract import postgresql


def test_a_missing_server_skips_loudly_and_fails_in_ci(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "BINARIES", tmp_path)
    monkeypatch.delenv(postgresql.REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match="PostgreSQL is not installed"):
        postgresql.find_binaries()
    monkeypatch.setenv(postgresql.REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match="PostgreSQL is not installed"):
        postgresql.find_binaries()


def test_ci_requires_it() -> None:
    run = (Path(__file__).resolve().parents[2] / ".ci" / "run").read_text()
    assert f"export {postgresql.REQUIRED}=1" in run


def test_the_newest_version_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("9.6", "15", "17"):
        binaries = tmp_path / version / "bin"
        binaries.mkdir(parents=True)
        (binaries / "initdb").touch()
    monkeypatch.setattr(postgresql, "BINARIES", tmp_path)
    assert postgresql.find_binaries() == tmp_path / "17" / "bin"
