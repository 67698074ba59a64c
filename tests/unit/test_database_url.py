import pytest

from music_mood.errors import SettingsError
from music_mood.library.address import DEFAULT_FILE, DEFAULT_URL, parse_database_url
from music_mood.settings import Settings


def test_the_default_is_a_file_beside_the_app_that_git_ignores() -> None:
    url = parse_database_url(DEFAULT_URL)
    assert (url.drivername, url.database) == ("sqlite", str(DEFAULT_FILE))
    assert Settings.from_environment({}).database_url == DEFAULT_URL
    ignored = (DEFAULT_FILE.parent / ".gitignore").read_text().splitlines()
    assert f"{DEFAULT_FILE.name}*" in ignored


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_addresses_as_hosts_hand_them_out_mean_the_same_driver(scheme: str) -> None:
    url = parse_database_url(f"{scheme}://me:p%40ss@db.example:5433/music?sslmode=require")
    assert url.drivername == "postgresql+psycopg"
    assert (url.username, url.password, url.host) == ("me", "p@ss", "db.example")
    assert (url.port, url.database, url.query["sslmode"]) == (5433, "music", "require")


@pytest.mark.parametrize(
    ("address", "file"),
    [("sqlite:///library.db", "library.db"), ("sqlite:////data/library.db", "/data/library.db")],
)
def test_a_file_may_be_named(address: str, file: str) -> None:
    assert parse_database_url(address).database == file


@pytest.mark.parametrize(
    "address",
    [
        "library.db",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://me:hidden@db.example/music",
        "postgresql+psycopg2://me:hidden@db.example/music",
        "postgres://me:hidden@db.example",
        "postgres://me:x@db.example:hidden/music",
        "postgres://[::hidden/music",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL must be like") as caught:
        Settings.from_environment({"DATABASE_URL": address})
    assert "hidden" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_the_settings_do_not_show_it() -> None:
    settings = Settings.from_environment({"DATABASE_URL": "postgres://me:hidden@db.example/music"})
    assert settings.database_url == "postgres://me:hidden@db.example/music"
    assert "hidden" not in repr(settings)
    assert "db.example" not in repr(settings)
