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


def test_who_we_are_at_spotify_stands_under_spotipys_names() -> None:
    settings = Settings.from_environment(
        {
            "SPOTIPY_CLIENT_ID": "me",
            "SPOTIPY_CLIENT_SECRET": " hidden ",
            "SPOTIPY_REDIRECT_URI": "http://127.0.0.1:8501/",
        }
    )
    assert settings.spotify_client_id == "me"
    assert settings.spotify_client_secret == "hidden"  # noqa: S105
    assert settings.spotify_redirect_uri == "http://127.0.0.1:8501/"
    assert "hidden" not in repr(settings)


@pytest.mark.parametrize(
    "address",
    ["http://localhost:8501", "http://127.0.0.1", "http://example.org", "127.0.0.1:8501", "https:"],
)
def test_where_spotify_would_not_redirect_to_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="SPOTIPY_REDIRECT_URI must be"):
        Settings.from_environment({"SPOTIPY_REDIRECT_URI": address})


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


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "much", "1e3", "9999999", "٣"])
def test_room_for_uploads_is_a_number(text):
    with pytest.raises(SettingsError, match="UPLOADS_MB"):
        Settings.from_environment({"UPLOADS_MB": text})


def test_room_for_uploads_can_be_set():
    assert Settings.from_environment({"UPLOADS_MB": " 1000 "}).uploads_mb == 1000
    assert Settings.from_environment({"UPLOADS_MB": ""}).uploads_mb == 300


YES_OR_NO = ["WORK_OFFLINE", "HEAR_PREVIEWS"]


@pytest.mark.parametrize("name", YES_OR_NO)
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        *((text, True) for text in ("1", "yes", "true", "on", "YES", "True", " on ")),
        *((text, False) for text in ("0", "no", "false", "off", "No", "FALSE", " off ", "", " ")),
    ],
)
def test_what_is_on_or_off_is_told_by_yes_or_no(name: str, text: str, meant: bool) -> None:
    settings = Settings.from_environment({name: text})
    told = {one: getattr(settings, one.lower()) for one in YES_OR_NO}
    assert told == dict.fromkeys(YES_OR_NO, False) | {name: meant}


@pytest.mark.parametrize("name", YES_OR_NO)
@pytest.mark.parametrize("text", ["2", "-1", "01", "y", "t", "maybe", "yes please", "ja", "\uff11"])
def test_any_other_word_is_refused_by_name(name: str, text: str) -> None:
    """Somebody who wrote nonsense wanted something: asking services all the same may be a harm."""
    with pytest.raises(SettingsError, match=f"^{name} must be yes or no"):
        Settings.from_environment({name: text})


def test_services_are_asked_and_nothing_is_heard_of_them_unless_somebody_says_so() -> None:
    settings = Settings.from_environment({})
    assert (settings.work_offline, settings.hear_previews) == (False, False)
