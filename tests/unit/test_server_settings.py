"""What operators set of the server: read once, refused with a sentence that names it."""

import pytest

from music_mood.errors import SettingsError
from serving.settings import ServerSettings
from telemetry.logs import Form


def test_by_default_nothing_is_shown() -> None:
    assert ServerSettings.from_environment({}) == ServerSettings(None, "127.0.0.1", Form.TEXT)


def test_what_is_set_is_taken() -> None:
    given = {
        "FACE_THE_MUSIC_METRICS_PORT": " 9464 ",
        "FACE_THE_MUSIC_METRICS_ADDRESS": "192.0.2.1",
        "FACE_THE_MUSIC_LOG": "JSON",
        "FACE_THE_MUSIC_REPLICA": "app-a",
    }
    assert ServerSettings.from_environment(given) == ServerSettings(
        9464, "192.0.2.1", Form.JSON, "app-a"
    )


def test_what_is_empty_keeps_its_default() -> None:
    given = dict.fromkeys(
        ("FACE_THE_MUSIC_METRICS_PORT", "FACE_THE_MUSIC_METRICS_ADDRESS", "FACE_THE_MUSIC_LOG"), " "
    )
    assert ServerSettings.from_environment(given) == ServerSettings()


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "²", "9464.0", "9" * 5000])
def test_what_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(SettingsError, match="FACE_THE_MUSIC_METRICS_PORT"):
        ServerSettings.from_environment({"FACE_THE_MUSIC_METRICS_PORT": port})


def test_what_is_no_form_is_refused() -> None:
    with pytest.raises(SettingsError, match="FACE_THE_MUSIC_LOG must be one of text, json"):
        ServerSettings.from_environment({"FACE_THE_MUSIC_LOG": "xml"})


@pytest.mark.parametrize("name", ["App", "a b", "a;Path=/", "-a", "a" * 64, "ä"])
def test_what_is_no_name_of_a_replica_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="FACE_THE_MUSIC_REPLICA"):
        ServerSettings.from_environment({"FACE_THE_MUSIC_REPLICA": name})
