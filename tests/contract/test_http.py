"""The HTTP layer against a real server that misbehaves."""

import logging
import threading
import time
import tracemalloc
from collections.abc import Callable

import pytest
import requests

from music_mood.errors import (
    BadAnswerError,
    ForbiddenError,
    NotFoundError,
    ProviderError,
    RateLimitedError,
    TimedOutError,
    UnavailableError,
)
from music_mood.web.service import Service
from music_mood.web.throttle import Rate
from music_mood.web.transport import Patience
from tests.contract import faults
from tests.contract.conftest import IMPATIENT
from tests.contract.server import FakeWeb, Reply, as_json
from tests.fake_time import FakeTime

AUTHORIZATION = "Bearer do-not-tell-anybody"

MakeService = Callable[..., Service]

MEANINGS = {
    "401": (faults.unauthorized(), ForbiddenError, "does not give us access"),
    "403": (faults.forbidden(), ForbiddenError, "does not give us access"),
    "404": (faults.NOT_FOUND, NotFoundError, "does not know"),
    "400": (as_json({}, 400), BadAnswerError, "status 400"),
    "500": (faults.BROKEN, UnavailableError, "out of order"),
    "503": (faults.DOWN, UnavailableError, "out of order"),
    "429, long": (faults.too_many("30000"), RateLimitedError, "in 9 hours"),
    "503, long": (Reply(503, b"", {"Retry-After": "120"}), RateLimitedError, "in 2 minutes"),
    "quota": (faults.QUOTA_EXCEEDED, RateLimitedError, "in 1 second"),
    "silence": (faults.SILENT, TimedOutError, "did not answer in time"),
    "half a JSON": (faults.HALF_JSON, BadAnswerError, "no complete data"),
    "cut off": (faults.CUT_OFF, UnavailableError, "broke off"),
    "HTML": (faults.HTML, BadAnswerError, "a web page"),
    "nothing": (faults.NOTHING, BadAnswerError, "no complete data"),
    "binary": (faults.NOT_TEXT, BadAnswerError, "no complete data"),
    "no gzip": (faults.NOT_GZIP, BadAnswerError, "cannot read"),
    "deep": (faults.TOO_DEEP, BadAnswerError, "another kind"),
    "deep, whole": (faults.nested(5_000), BadAnswerError, "another kind"),
    "deeper than anybody answers": (faults.nested(200), BadAnswerError, "another kind"),
    "large": (faults.TOO_LARGE, BadAnswerError, "far too much"),
    "a list": (faults.A_LIST, BadAnswerError, "another kind"),
    "redirect": (faults.REDIRECT, BadAnswerError, "status 302"),
}


@pytest.mark.parametrize(("reply", "kind", "words"), MEANINGS.values(), ids=MEANINGS)
def test_every_misbehaviour_becomes_an_error_in_words(
    web: FakeWeb, make_service: MakeService, reply: Reply, kind: type[ProviderError], words: str
) -> None:
    web.misbehave("/deezer", reply, always=True)
    with pytest.raises(ProviderError) as caught:
        make_service().get("/playlist/3")
    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert str(caught.value).startswith("Deezer ")
    assert caught.value.provider == "Deezer"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(302, b"", {"Location": "https://[::1/x"}),
        Reply(301, b"", {"Location": "//["}),
        Reply(307, b"x" * 30_000, {"Location": "http://127.0.0.1:9/x"}, trickle_s=0.01),
        Reply(302, b"x" * 9_000_000, {"Location": "http://127.0.0.1:9/x"}),
    ],
    ids=["no address", "no site", "trickles", "large"],
)
def test_a_redirect_is_bounded_like_every_answer(
    web: FakeWeb, make_service: MakeService, reply: Reply
) -> None:
    web.misbehave("/deezer", reply, always=True)
    patience = Patience(connect_s=2.0, read_s=1.0, total_s=2.0, tries=1)
    service = make_service(patience=patience, clock=time.monotonic, sleep=time.sleep)
    start = time.monotonic()
    with pytest.raises(ProviderError, match="Deezer"):
        service.get("/playlist/3")
    assert time.monotonic() - start < 30


def test_enough_of_an_answer_is_enough(web: FakeWeb, make_service: MakeService) -> None:
    web.misbehave("/deezer", Reply(200, b"x" * 9_000_000))
    request = requests.Request("GET", f"{web.url}/deezer/x")
    answer = make_service().call(request, lambda answer: answer, first_bytes=1_000)
    assert answer.body == b"x" * 1_000


def test_calls_may_share_their_time(
    web: FakeWeb, make_service: MakeService, fake_time: FakeTime
) -> None:
    service = make_service()
    deadline = service.deadline()
    fake_time.pass_by(IMPATIENT.total_s - 3)
    web.misbehave("/deezer", faults.too_many("4"))
    request = requests.Request("GET", f"{web.url}/deezer/playlist/3")
    with pytest.raises(RateLimitedError):
        service.call(request, service.read_json, deadline=deadline)
    assert fake_time.slept_s == []


def test_a_good_answer_comes_through_with_its_question(
    web: FakeWeb, make_service: MakeService
) -> None:
    found = make_service().get("/search", {"q": 'artist:"A & B"', "limit": 10}, {"X-A": "1"})
    assert found == {"data": [], "total": 0}
    [call] = web.calls
    assert call.query == {"q": 'artist:"A & B"', "limit": "10"}
    assert call.headers["x-a"] == "1"
    assert call.headers["user-agent"].startswith("FaceTheMusic")


@pytest.mark.parametrize("passing", [faults.BROKEN, faults.DOWN, faults.CUT_OFF])
def test_two_failures_in_passing_are_forgiven(
    web: FakeWeb, make_service: MakeService, fake_time: FakeTime, passing: Reply
) -> None:
    web.misbehave("/deezer", passing, passing)
    assert make_service().get("/playlist/3")["title"] == "Fake playlist 3"
    assert len(web.calls) == 3
    first, second = fake_time.slept_s
    assert 0.5 <= first < second < 2


@pytest.mark.parametrize("final", ["401", "403", "404", "half a JSON", "HTML", "redirect"])
def test_what_would_not_change_is_not_asked_again(
    web: FakeWeb, make_service: MakeService, final: str
) -> None:
    reply, kind, _ = MEANINGS[final]
    web.misbehave("/deezer", reply)
    with pytest.raises(kind):
        make_service().get("/playlist/3")
    assert len(web.calls) == 1


def test_three_tries_are_the_most(web: FakeWeb, make_service: MakeService) -> None:
    web.misbehave("/deezer", faults.BROKEN, always=True)
    with pytest.raises(UnavailableError):
        make_service().get("/playlist/3")
    assert len(web.calls) == 3


def test_a_short_retry_after_is_waited_for(
    web: FakeWeb, make_service: MakeService, fake_time: FakeTime
) -> None:
    web.misbehave("/deezer", faults.too_many("2"))
    assert make_service().get("/playlist/3")
    assert fake_time.slept_s == [2]


def test_a_long_retry_after_is_told_and_kept_by_all_callers(
    web: FakeWeb, make_service: MakeService, fake_time: FakeTime
) -> None:
    service = make_service()
    web.misbehave("/deezer", faults.too_many("30000"))
    with pytest.raises(RateLimitedError) as caught:
        service.get("/playlist/3")
    assert caught.value.retry_after_s == 30_000
    with pytest.raises(RateLimitedError):
        service.get("/playlist/4")
    assert fake_time.slept_s == []
    assert len(web.calls) == 1
    fake_time.pass_by(30_000)
    assert service.get("/playlist/4")


def test_a_retry_after_date_is_understood(web: FakeWeb, make_service: MakeService) -> None:
    web.misbehave("/deezer", faults.too_many("Fri, 31 Dec 9999 23:59:59 GMT"))
    with pytest.raises(RateLimitedError, match="days"):
        make_service().get("/playlist/3")


@pytest.mark.parametrize("nonsense", [None, "soon", "-5", "1e3", ""])
def test_a_missing_or_senseless_retry_after_is_a_short_wait(
    web: FakeWeb, make_service: MakeService, fake_time: FakeTime, nonsense: str | None
) -> None:
    web.misbehave("/deezer", faults.too_many(nonsense))
    assert make_service().get("/playlist/3")
    assert fake_time.slept_s == [1]


def test_a_call_ends_within_its_time_whatever_it_is_told_to_wait(
    web: FakeWeb, make_service: MakeService, fake_time: FakeTime
) -> None:
    web.misbehave("/deezer", faults.too_many("15"), always=True)
    with pytest.raises(RateLimitedError, match="15 seconds"):
        make_service().get("/playlist/3")
    assert fake_time.slept_s == [15]
    assert len(web.calls) == 2


def test_a_service_that_never_answered_costs_one_timeout_not_forty(
    web: FakeWeb, make_service: MakeService
) -> None:
    service = make_service()
    web.misbehave("/deezer", faults.SILENT, always=True)
    started = time.monotonic()
    for number in range(40):
        with pytest.raises(UnavailableError):
            service.get(f"/playlist/{number}")
    assert len(web.calls) == 1
    assert time.monotonic() - started < 2 * IMPATIENT.read_s


def test_callers_at_once_all_wait_for_the_same_timeout(
    web: FakeWeb, make_service: MakeService
) -> None:
    service = make_service()
    web.misbehave("/deezer", faults.SILENT, always=True)

    def call() -> None:
        with pytest.raises(UnavailableError):
            service.get("/playlist/1")

    started = time.monotonic()
    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - started < 3 * IMPATIENT.read_s


def test_one_lost_answer_of_a_service_that_works_is_forgiven(
    web: FakeWeb, make_service: MakeService
) -> None:
    service = make_service()
    assert service.get("/playlist/1")
    web.misbehave("/deezer", faults.SILENT)
    assert service.get("/playlist/2")


def test_a_service_that_is_down_is_tried_again_after_a_rest(
    web: FakeWeb, make_service: MakeService, fake_time: FakeTime
) -> None:
    service = make_service()
    web.misbehave("/deezer", *[faults.BROKEN] * 4)
    with pytest.raises(UnavailableError):
        service.get("/playlist/1")
    with pytest.raises(UnavailableError):
        service.get("/playlist/1")
    assert len(web.calls) == 3
    fake_time.pass_by(IMPATIENT.rest_s)
    with pytest.raises(UnavailableError):  # one try, not three
        service.get("/playlist/1")
    assert len(web.calls) == 4
    fake_time.pass_by(IMPATIENT.rest_s)
    assert service.get("/playlist/1")
    assert service.get("/playlist/2")


def test_nobody_there_is_told_without_waiting(make_service: MakeService, web: FakeWeb) -> None:
    service = make_service()
    service.base_url = "http://127.0.0.1:9"
    with pytest.raises(UnavailableError, match="cannot be reached"):
        service.get("/playlist/1")


@pytest.mark.parametrize("base_url", ["http://", "ftp://127.0.0.1", "nonsense", "http://[::1"])
def test_an_address_that_is_none_is_told(make_service: MakeService, base_url: str) -> None:
    service = make_service()
    service.base_url = base_url
    with pytest.raises(UnavailableError, match="address that is set"):
        service.get("/x")


def test_an_answer_that_trickles_is_left(web: FakeWeb) -> None:
    patience = Patience(connect_s=1, read_s=0.5, total_s=1)
    web.misbehave("/deezer", faults.TRICKLE, always=True)
    started = time.monotonic()
    with (
        Service("Deezer", f"{web.url}/deezer", patience=patience) as service,
        pytest.raises(TimedOutError, match="too slowly"),
    ):
        service.get("/playlist/1")
    assert time.monotonic() - started < patience.total_s + patience.read_s


def test_an_answer_that_is_too_large_is_not_swallowed(
    web: FakeWeb, make_service: MakeService
) -> None:
    service = make_service(patience=Patience(max_bytes=100_000))
    web.misbehave("/deezer", faults.TOO_LARGE)
    tracemalloc.start()
    with pytest.raises(BadAnswerError):
        service.get("/playlist/1")
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_a_rate_is_kept_by_all_threads(
    web: FakeWeb, make_service: MakeService, fake_time: FakeTime
) -> None:
    service = make_service(rate=Rate(calls=5, period_s=1.0))
    for number in range(15):
        service.get(f"/playlist/{number}")
    assert sum(fake_time.slept_s) == pytest.approx(2.0)


def test_a_rate_that_would_take_too_long_is_told(
    web: FakeWeb, make_service: MakeService, fake_time: FakeTime
) -> None:
    service = make_service(rate=Rate(calls=2, period_s=60.0))
    service.get("/playlist/1")
    service.get("/playlist/2")
    with pytest.raises(RateLimitedError, match="60 seconds"):
        service.get("/playlist/3")
    assert len(web.calls) == 2
    assert fake_time.slept_s == []


def test_a_next_link_on_the_same_service_is_followed(
    web: FakeWeb, make_service: MakeService
) -> None:
    found = make_service().get_next(f"{web.url}/deezer/playlist/30/tracks?index=25")
    assert len(found["data"]) == 5


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://127.0.0.1:9/deezer/playlist/1",
        "{url}/reccobeats/v1/audio-features",
        "{url}/deezer/../audio/x",
        "{url}/deezer/%2e%2e/audio/x",
        "{url}/deezerx/1",
        "{url}@127.0.0.1:9/deezer/1",
        "http://example.org/deezer/1",
        "//127.0.0.1/deezer/1",
        "/deezer/playlist/1",
        "file:///deezer/1",
        "",
    ],
)
def test_a_next_link_that_leads_elsewhere_is_not_followed(
    web: FakeWeb, make_service: MakeService, elsewhere: str
) -> None:
    with pytest.raises(BadAnswerError, match="elsewhere"):
        make_service().get_next(elsewhere.format(url=web.url), {"Authorization": "Bearer x"})
    assert web.calls == []


def test_a_post_is_repeated_only_if_the_service_has_not_acted(
    web: FakeWeb, make_service: MakeService
) -> None:
    import requests

    service = make_service()
    request = requests.Request("POST", f"{web.url}/deezer/playlist/1", data={"a": "b"})
    web.misbehave("/deezer", faults.too_many("1"))
    assert service.call(request, lambda answer: answer.status) == 200
    assert [call.body for call in web.calls] == [b"a=b", b"a=b"]
    web.behave()
    web.misbehave("/deezer", faults.BROKEN)
    with pytest.raises(UnavailableError):
        service.call(request, lambda answer: answer.status)
    assert len(web.calls) == 1


def test_no_cookie_and_no_netrc_gets_into_a_call(
    web: FakeWeb, make_service: MakeService, tmp_path, monkeypatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    service = make_service()
    web.misbehave("/deezer", as_json({}, **{"Set-Cookie": "visitor=1; Path=/"}))
    service.get("/playlist/1")
    service.get("/playlist/2", headers={"Authorization": "Bearer mine"})
    first, second = web.calls
    assert "authorization" not in first.headers
    assert second.headers["authorization"] == "Bearer mine"
    assert "cookie" not in second.headers


@pytest.mark.parametrize("misbehaviour", [None, *MEANINGS])
def test_no_secret_gets_into_the_log(
    web: FakeWeb,
    make_service: MakeService,
    caplog: pytest.LogCaptureFixture,
    misbehaviour: str | None,
) -> None:
    caplog.set_level(logging.DEBUG)
    if misbehaviour:
        web.misbehave("/deezer", MEANINGS[misbehaviour][0], always=True)
    log = logging.getLogger("test")
    try:
        make_service().get("/playlist/3", headers={"Authorization": AUTHORIZATION})
    except ProviderError:
        log.exception("as a caller would")
    log.info("the log works")
    assert "the log works" in caplog.text
    own = [r.getMessage() for r in caplog.records if r.name.startswith("music_mood")]
    assert own or misbehaviour, "our own lines are heard"
    assert not any("playlist/3" in line for line in own), "what a visitor looks for"
    assert AUTHORIZATION.split()[1] not in caplog.text
    assert web.calls[0].headers["authorization"] == AUTHORIZATION
