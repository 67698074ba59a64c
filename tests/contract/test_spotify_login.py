"""Logging in to Spotify, through the real spotipy and the whole redirect."""

import gc
import logging
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
import requests
from hypothesis import given, strategies
from itsdangerous import base64_decode

from music_mood.clients.spotify import login as login_module
from music_mood.clients.spotify.accounts import VisitorAccount
from music_mood.clients.spotify.app import SpotifyApp
from music_mood.clients.spotify.login import SpotifyLogin
from music_mood.errors import BadAnswerError, ForbiddenError, LoginNeededError, UnavailableError
from music_mood.services import Services
from music_mood.settings import Settings
from music_mood.web.service import Service
from tests.contract import faults
from tests.contract.conftest import BRISK
from tests.contract.server import as_json
from tests.contract.spotify_accounts import CLIENT_SECRET
from tests.contract.world import REDIRECT_URI, World
from tests.fake_time import FakeTime

BOTH_KINDS = pytest.mark.parametrize("with_secret", [True, False], ids=["secret", "pkce"])


SECRET = "of all processes"  # noqa: S105 - the tests' own


@pytest.fixture
def login(world: World, make_service: Callable, fake_time: FakeTime) -> SpotifyLogin:
    """A way to log in whose clock only the test moves."""
    settings = Settings.from_environment(world.environment | world.spotify_app)
    accounts = make_service("/spotify-accounts")
    return SpotifyLogin(settings.spotify_app, accounts, SECRET, fake_time.clock)


def _no_accounts() -> Service:
    return Service("Spotify", "http://127.0.0.1:9")


@contextmanager
def connected(
    world: World, *, with_secret: bool = True, signed_with: str = ""
) -> Iterator[Services]:
    app = dict(world.spotify_app)
    if not with_secret:
        del app["SPOTIPY_CLIENT_SECRET"]
    settings = Settings.from_environment(world.environment | app)
    with Services(settings, BRISK, login_secret=signed_with) as services:
        yield services


def at_spotify(address: str) -> dict[str, str]:
    """Be the visitor's browser: go there, agree, and tell what stands in the way back."""
    answer = requests.get(address, allow_redirects=False, timeout=5)
    assert answer.status_code == 302
    location = answer.headers["Location"]
    assert location.startswith(REDIRECT_URI)
    return dict(parse_qsl(urlsplit(location).query))


def log_in(login: SpotifyLogin, browser: str = "") -> VisitorAccount:
    address, state = login.start(browser)
    back = at_spotify(address)
    assert back["state"] == state
    return login.finish(back["code"], back["state"], browser)


@BOTH_KINDS
def test_a_visitor_logs_in(world: World, with_secret: bool) -> None:
    with connected(world, with_secret=with_secret) as services:
        account = log_in(services.spotify_login)
        assert account.is_visitor
        token = account.token()
        assert world.accounts.tokens[token].user == "visitor"
        assert account.token() == token, "it is kept"
        [call] = world.web.calls_to("/spotify-accounts/api/token")
        assert (b"code_verifier" in call.body) is not with_secret
        assert (CLIENT_SECRET.encode() in call.body) is False


def test_what_is_asked_for_is_little(world: World) -> None:
    with connected(world, with_secret=False) as services:
        address, state = services.spotify_login.start()
    query = dict(parse_qsl(urlsplit(address).query))
    assert address.startswith(f"{world.web.url}/spotify-accounts/authorize?")
    assert set(query["scope"].split()) == {
        "playlist-read-private",
        "playlist-read-collaborative",
        "user-library-read",
        "playlist-modify-private",
    }
    assert query["redirect_uri"] == REDIRECT_URI
    assert query["state"] == state
    assert len(state) >= 43
    assert query["code_challenge_method"] == "S256"


def test_without_an_app_there_is_no_login(world: World) -> None:
    with Services(Settings.from_environment(world.environment)) as services:
        assert services.spotify_login is None
        assert services.spotify() is None


@pytest.mark.parametrize("state", ["", None, "invented", "STATE-OF-ANOTHER"])
def test_a_state_that_is_not_ours_is_refused(world: World, state: str | None) -> None:
    with connected(world) as services:
        address, _ = services.spotify_login.start()
        back = at_spotify(address)
        with pytest.raises(LoginNeededError, match="log in"):
            services.spotify_login.finish(back["code"], state)
    assert not world.web.calls_to("/spotify-accounts/api/token")


def test_a_state_works_once(world: World) -> None:
    with connected(world) as services:
        address, _ = services.spotify_login.start()
        back = at_spotify(address)
        services.spotify_login.finish(back["code"], back["state"])
        with pytest.raises(LoginNeededError):
            services.spotify_login.finish(back["code"], back["state"])


def test_another_browser_cannot_end_a_login(world: World) -> None:
    with connected(world) as services:
        address, _ = services.spotify_login.start("attacker's cookie")
        back = at_spotify(address)
        with pytest.raises(LoginNeededError):
            services.spotify_login.finish(back["code"], back["state"], "victim's cookie")


def test_whoever_takes_too_long_starts_again(login: SpotifyLogin, fake_time: FakeTime) -> None:
    address, _ = login.start()
    back = at_spotify(address)
    fake_time.pass_by(login_module.PENDING_S)
    with pytest.raises(LoginNeededError, match="no more, valid"):
        login.finish(back["code"], back["state"])


def test_ten_thousand_strangers_do_not_crowd_a_login_out(login: SpotifyLogin) -> None:
    address, _ = login.start("a visitor's cookie")
    for number in range(10_000):
        login.start(f"stranger {number}")
    back = at_spotify(address)
    assert login.finish(back["code"], back["state"], "a visitor's cookie").token()


def test_a_login_under_way_takes_no_memory(login: SpotifyLogin) -> None:
    login.start("warm")
    gc.collect()
    tracemalloc.start()
    for _ in range(1_000):
        login.start("stranger")
    gc.collect()
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept < 100_000  # bytes; the states alone would be more


def test_memory_of_used_states_is_bounded(
    login: SpotifyLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_module, "MAX_USED", 3)
    for _ in range(10):
        _, state = login.start("stranger")
        with pytest.raises(LoginNeededError, match="did not let"):
            login.finish(None, state, "stranger", "access_denied")
    assert len(login._used) == 3


def test_used_states_are_forgotten_when_they_are_late(
    login: SpotifyLogin, fake_time: FakeTime
) -> None:
    for _ in range(3):
        _, state = login.start()
        with pytest.raises(LoginNeededError, match="did not let"):
            login.finish(None, state, error="access_denied")
        fake_time.pass_by(login_module.PENDING_S)
    assert len(login._used) == 1


def test_a_wrong_browser_does_not_use_a_state_up(login: SpotifyLogin) -> None:
    address, state = login.start("right")
    back = at_spotify(address)
    for other in ("wrong", "", "righ", "right "):
        with pytest.raises(LoginNeededError, match="no more, valid"):
            login.finish("stolen", state, other)
    assert login.finish(back["code"], state, "right").token()


@BOTH_KINDS
def test_two_processes_with_one_secret_finish_each_others_logins(
    world: World, with_secret: bool
) -> None:
    with (
        connected(world, with_secret=with_secret, signed_with="one") as here,
        connected(world, with_secret=with_secret, signed_with="one") as there,
        connected(world, with_secret=with_secret, signed_with="another") as elsewhere,
    ):
        for begins, ends in ((here, there), (there, here)):
            address, state = begins.spotify_login.start("browser")
            code = at_spotify(address)["code"]
            with pytest.raises(LoginNeededError, match="no more, valid"):
                elsewhere.spotify_login.finish(code, state, "browser")
            assert ends.spotify_login.finish(code, state, "browser").token()
            with pytest.raises(LoginNeededError, match="no longer valid"):  # says Spotify
                begins.spotify_login.finish(code, state, "browser")


def test_without_a_secret_each_process_has_its_own(world: World) -> None:
    with connected(world) as here, connected(world) as there:
        address, state = here.spotify_login.start("browser")
        code = at_spotify(address)["code"]
        with pytest.raises(LoginNeededError, match="no more, valid"):
            there.spotify_login.finish(code, state, "browser")
        assert here.spotify_login.finish(code, state, "browser").token()


def test_clocks_that_differ_a_little_do_not_matter(world: World, login: SpotifyLogin) -> None:
    address, state = login.start()
    slow = FakeTime()
    slow.pass_by(-30)
    late = SpotifyLogin(login._app, login._accounts, SECRET, slow.clock)
    assert late.finish(at_spotify(address)["code"], state).token()


@given(at=strategies.integers(min_value=0), other=strategies.characters(codec="ascii"))
def test_a_state_with_one_other_character_is_refused(at: int, other: str) -> None:
    login = SpotifyLogin(SpotifyApp("id", None, REDIRECT_URI), _no_accounts(), SECRET)
    _, state = login.start("browser")
    at %= len(state)
    # The last character of the signature has two bits that say nothing.
    forged = state[:at] + other + state[at + 1 :]
    if at < len(state) - 1 and forged != state:
        assert login._use(forged, "browser") is None
    assert login._use(state, "browser")


def test_a_later_end_cannot_be_written_into_a_state(
    login: SpotifyLogin, fake_time: FakeTime
) -> None:
    _, state = login.start("browser")
    once, until, signature = state.split(".")
    fake_time.pass_by(login_module.PENDING_S)
    assert login._use(f"{once}.{int(until) + 1_000}.{signature}", "browser") is None
    assert login._use(state, "browser") is None


def test_a_state_tells_neither_the_browser_nor_the_secret(world: World) -> None:
    with connected(world, with_secret=False, signed_with="hidden secret") as services:
        address, state = services.spotify_login.start("hidden browser")
        back = at_spotify(address)
        services.spotify_login.finish(back["code"], state, "hidden browser")
    [verifier] = world.accounts.secrets[2:3]
    told = unquote(address) + base64_decode(state.split(".")[2] + "==").decode("latin-1")
    for secret in ("hidden browser", "hidden secret", verifier):
        assert secret not in told


def test_whoever_says_no_is_told_kindly(world: World) -> None:
    world.accounts.refuses = True
    with connected(world) as services:
        address, _ = services.spotify_login.start()
        back = at_spotify(address)
        assert back["error"] == "access_denied"
        with pytest.raises(LoginNeededError, match="did not let the app in"):
            services.spotify_login.finish(None, back["state"], error=back["error"])


@BOTH_KINDS
def test_a_wrong_code_is_refused(world: World, with_secret: bool) -> None:
    with connected(world, with_secret=with_secret) as services:
        _, state = services.spotify_login.start()
        with pytest.raises(LoginNeededError, match="no longer valid"):
            services.spotify_login.finish("wrong", state)


def test_a_stolen_code_is_worth_nothing_without_the_verifier(world: World) -> None:
    with connected(world, with_secret=False) as services:
        address, _ = services.spotify_login.start()
        stolen = at_spotify(address)["code"]
        _, state = services.spotify_login.start()
        with pytest.raises(LoginNeededError):
            services.spotify_login.finish(stolen, state)


@BOTH_KINDS
def test_a_token_is_refreshed_when_it_is_time(world: World, with_secret: bool) -> None:
    world.accounts.token_life_s = 59  # spotipy calls that expired
    with connected(world, with_secret=with_secret) as services:
        account = log_in(services.spotify_login)
        world.accounts.token_life_s = 3600
        token = account.token()
        assert world.accounts.tokens[token].user == "visitor"
        assert account.token() == token
        assert len(world.web.calls_to("/spotify-accounts/api/token")) == 2


@BOTH_KINDS
def test_a_login_that_has_died_asks_for_a_new_one(world: World, with_secret: bool) -> None:
    world.accounts.token_life_s = 59
    with connected(world, with_secret=with_secret) as services:
        account = log_in(services.spotify_login)
        world.accounts.refresh_tokens.clear()  # six months later
        with pytest.raises(LoginNeededError, match="no longer valid"):
            account.token()
        with pytest.raises(LoginNeededError, match="not logged in"):
            account.token()


def test_log_out_forgets(world: World) -> None:
    with connected(world) as services:
        account = log_in(services.spotify_login)
        account.forget()
        with pytest.raises(LoginNeededError, match="not logged in"):
            account.token()


def test_two_visitors_share_nothing(world: World) -> None:
    with connected(world) as services:
        first = log_in(services.spotify_login)
        world.accounts.user = "stranger"
        second = log_in(services.spotify_login)
        assert world.accounts.tokens[first.token()].user == "visitor"
        assert world.accounts.tokens[second.token()].user == "stranger"
        first.forget()
        assert second.token()


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (faults.HTML, BadAnswerError),
        (faults.HALF_JSON, BadAnswerError),
        (faults.A_LIST, BadAnswerError),
        (faults.NOTHING, BadAnswerError),
        (as_json({}), BadAnswerError),
        (as_json({"access_token": "x", "expires_in": "soon"}), BadAnswerError),
        (as_json({"error": "invalid_client"}, 400), ForbiddenError),
        (as_json({"error": "server_error"}, 400), BadAnswerError),
        (as_json([], 400), BadAnswerError),
        (faults.BROKEN, UnavailableError),
    ],
)
def test_an_accounts_service_that_misbehaves_is_told(world: World, reply, kind) -> None:
    with connected(world) as services:
        _, state = services.spotify_login.start()
        world.web.misbehave("/spotify-accounts/api/token", reply)
        with pytest.raises(kind, match="Spotify"):
            services.spotify_login.finish("code", state)


def test_the_app_gets_a_token_of_its_own(world: World) -> None:
    with connected(world) as services:
        token = services.spotify().account.token()
        assert world.accounts.tokens[token].user is None
        assert services.spotify().account.token() == token
        assert len(world.web.calls) == 1
    with connected(world, with_secret=False) as services:
        assert services.spotify() is None


@BOTH_KINDS
def test_no_secret_gets_into_log_words_or_files(
    world: World,
    with_secret: bool,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.DEBUG)
    world.accounts.token_life_s = 59
    with connected(world, with_secret=with_secret) as services:
        account = log_in(services.spotify_login)
        world.accounts.token_life_s = 3600
        services.spotify(account).liked_songs()
        if with_secret:
            services.spotify().search_tracks("amber")
        world.web.misbehave("/spotify-api", faults.unauthorized())
        try:
            services.spotify(account).liked_songs()
        except LoginNeededError:
            logging.getLogger("test").exception("as a page would")
        told = caplog.text + repr(account) + repr(services) + repr(services.spotify_login)
    assert "/spotify-accounts/api/token" in caplog.text
    assert len(world.accounts.secrets) >= 5
    for secret in world.accounts.secrets:
        assert secret not in told
    assert list(tmp_path.iterdir()) == []


def test_settings_do_not_show_the_secret(world: World) -> None:
    settings = Settings.from_environment(world.spotify_app)
    assert settings.spotify_client_secret == CLIENT_SECRET
    assert CLIENT_SECRET not in repr(settings)
