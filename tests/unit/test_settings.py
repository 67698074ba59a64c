import pytest

from music_mood.errors import SettingsError
from music_mood.settings import Settings


def test_without_variables_the_real_services_are_meant() -> None:
    settings = Settings.from_environment({"DEEZER_API_URL": "", "OTHER": "x"})
    assert settings == Settings()
    assert settings.deezer_api_url == "https://api.deezer.com"


@pytest.mark.parametrize(
    "name",
    [
        "SPOTIFY_API_URL",
        "SPOTIFY_ACCOUNTS_URL",
        "DEEZER_API_URL",
        "RECCOBEATS_API_URL",
        "ITUNES_API_URL",
    ],
)
def test_each_address_can_be_replaced(name: str) -> None:
    settings = Settings.from_environment({name: " http://127.0.0.1:9000/prefix/ "})
    assert getattr(settings, name.lower()) == "http://127.0.0.1:9000/prefix"


@pytest.mark.parametrize(
    "address",
    [
        "api.deezer.com",
        "ftp://api.deezer.com",
        "https://",
        "https://me:secret@proxy.example",
        "https://proxy.example/?a=b",
        "https://proxy.example/#x",
        "https://proxy.example:99999",
        "https://[::1",
    ],
)
def test_what_is_no_plain_address_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(SettingsError, match="DEEZER_API_URL must be") as caught:
        Settings.from_environment({"DEEZER_API_URL": address})
    assert "secret" not in str(caught.value)
