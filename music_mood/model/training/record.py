"""What every file that a training leaves says of its making."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def today() -> str:
    """Give the day, ISO 8601."""
    return datetime.now(UTC).date().isoformat()


def settings_of(config: "DataclassInstance") -> dict[str, Any]:
    """Give every choice of a config as JSON holds it; paths by their last name only.

    So no file that ships names a folder of the machine it was made on.
    """
    settings: dict[str, Any] = json.loads(
        json.dumps(asdict(config), default=lambda path: path.name)
    )
    return settings


def write_json(path: Path, report: Mapping[str, Any]) -> None:
    """Write a report where `json.loads` finds it again, into a folder that may be new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1) + "\n")
