"""What the HTTP layer is made of: errors, limits, circuit."""

import http.client
import threading
from collections.abc import Iterator

import pytest
import requests.exceptions
import urllib3.exceptions

from music_mood.errors import ProviderError
from music_mood.web import failures
from music_mood.web.throttle import MAX_HOLD_S, Circuit, Limiter, Rate
from music_mood.web.transport import is_below
from tests.fake_time import FakeTime

ROOTS = {requests.exceptions.RequestException, urllib3.exceptions.HTTPError}


def kinds_below(root: type[Exception]) -> Iterator[type[Exception]]:
    for kind in root.__subclasses__():
        yield kind
        yield from kinds_below(kind)


LOWER_LEVEL = sorted(
    {kind for root in ROOTS for kind in kinds_below(root) if not issubclass(kind, Warning)}
    | {http.client.HTTPException, OSError, ConnectionResetError, TimeoutError},
    key=lambda kind: (kind.__module__, kind.__name__),
)
OURS = ("requests.", "urllib3.", "http.", "builtins")


@pytest.mark.parametrize(
    "kind",
    [kind for kind in LOWER_LEVEL if kind.__module__.startswith(OURS)],
    ids=lambda kind: f"{kind.__module__}.{kind.__name__}",
)
def test_every_exception_of_the_libraries_has_a_meaning(kind: type[Exception]) -> None:
    own = kind.__mro__[: next(i for i, c in enumerate(kind.__mro__) if c in {*ROOTS, Exception})]
    assert any(ancestor in failures.FAMILIES for ancestor in own), (
        f"{kind.__name__} is new: say in failures.FAMILIES what it means"
    )
    assert issubclass(kind, failures.LOWER_LEVEL), "it would not even be caught"
    error = failures.translate(kind.__new__(kind), "Deezer")
    assert isinstance(error, ProviderError)
    assert "Deezer" in str(error)


def test_the_families_are_all_there() -> None:
    names = {kind.__name__ for kind in LOWER_LEVEL}
    assert {"ConnectTimeout", "ReadTimeoutError", "InvalidChunkLength", "JSONDecodeError"} <= names
    assert len(names) > 45


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (requests.exceptions.ConnectTimeout, failures.SILENT),
        (requests.exceptions.ReadTimeout, failures.SILENT),
        (urllib3.exceptions.ReadTimeoutError, failures.SILENT),
        (requests.exceptions.SSLError, failures.UNTRUSTED),
        (requests.exceptions.ConnectionError, failures.OUT_OF_REACH),
        (urllib3.exceptions.IncompleteRead, failures.BROKEN_OFF),
        (urllib3.exceptions.LocationParseError, failures.ADDRESS),
        (urllib3.exceptions.DecodeError, failures.GARBLED),
    ],
)
def test_the_next_ancestor_tells_the_meaning(kind: type[Exception], expected: tuple) -> None:
    error = failures.translate(kind.__new__(kind), "Deezer")
    assert (type(error), str(error)) == (expected[0], str(expected[1]("Deezer")))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 second"),
        (0.2, "1 second"),
        (2, "2 seconds"),
        (90, "90 seconds"),
        (91, "2 minutes"),
        (3_600, "60 minutes"),
        (30_000, "9 hours"),
        (86_400 * 3, "3 days"),
    ],
)
def test_a_time_is_told_in_words_and_never_too_short(seconds: float, words: str) -> None:
    assert str(failures.in_words(seconds)) == words


class TestLimiter:
    def test_no_period_ever_holds_more_calls_than_allowed(self) -> None:
        time = FakeTime()
        limiter = Limiter(Rate(calls=5, period_s=10.0), time.clock)
        starts = []
        for number in range(40):
            wait_s = limiter.reserve(at_most_s=1_000)
            starts.append(time.clock() + wait_s)
            if number % 7 == 0:  # callers come irregularly
                time.pass_by(13.0)
        for first, sixth in zip(starts, starts[5:], strict=False):
            assert sixth - first >= 10.0

    def test_a_burst_within_the_limit_does_not_wait(self) -> None:
        limiter = Limiter(Rate(calls=5, period_s=10.0), FakeTime().clock)
        assert [limiter.reserve(0) for _ in range(5)] == [0] * 5

    def test_what_would_take_too_long_takes_no_place(self) -> None:
        time = FakeTime()
        limiter = Limiter(Rate(calls=1, period_s=10.0), time.clock)
        limiter.reserve(0)
        assert [limiter.reserve(at_most_s=9) for _ in range(3)] == [10, 10, 10]
        time.pass_by(10)
        assert limiter.reserve(0) == 0

    def test_without_a_rate_only_a_hold_makes_wait(self) -> None:
        time = FakeTime()
        limiter = Limiter(None, time.clock)
        assert [limiter.reserve(0) for _ in range(100)] == [0] * 100
        limiter.hold(5)
        limiter.hold(2)  # a later, shorter wish does not shorten the first
        assert limiter.reserve(10) == 5

    def test_no_pause_is_for_ever(self) -> None:
        time = FakeTime()
        limiter = Limiter(None, time.clock)
        for seconds in (1e9, float("inf")):
            limiter.hold(seconds)
            assert limiter.reserve(at_most_s=0) == MAX_HOLD_S
            time.pass_by(MAX_HOLD_S)
            assert limiter.reserve(at_most_s=0) == 0

    def test_threads_share_the_limit(self) -> None:
        limiter = Limiter(Rate(calls=50, period_s=60.0), FakeTime().clock)
        free = []

        def take() -> None:
            free.extend(1 for _ in range(100) if limiter.reserve(0) == 0)

        threads = [threading.Thread(target=take) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(free) == 50


class TestCircuit:
    def test_it_lets_pass_until_something_fails(self) -> None:
        circuit = Circuit(30, FakeTime().clock)
        assert circuit.enter() and circuit.enter()
        circuit.gave_up()
        assert circuit.is_open and not circuit.enter()

    def test_after_a_rest_one_tries_and_the_others_wait_for_it(self) -> None:
        time = FakeTime()
        circuit = Circuit(30, time.clock)
        circuit.gave_up()
        time.pass_by(30)
        assert [circuit.enter() for _ in range(3)] == [True, False, False]
        circuit.answered()
        assert [circuit.enter() for _ in range(3)] == [True, True, True]

    def test_a_stranger_is_not_forgiven_a_timeout(self) -> None:
        circuit = Circuit(30, FakeTime().clock)
        circuit.timed_out()
        assert circuit.is_open

    def test_who_has_answered_is_forgiven_one(self) -> None:
        circuit = Circuit(30, FakeTime().clock)
        circuit.answered()
        circuit.timed_out()
        assert not circuit.is_open
        circuit.timed_out()
        assert circuit.is_open


@pytest.mark.parametrize(
    ("url", "base", "expected"),
    [
        ("https://api.deezer.com/a?b=1", "https://api.deezer.com", True),
        ("https://API.deezer.com/a", "https://api.deezer.com", True),
        ("http://api.deezer.com/a", "https://api.deezer.com", False),
        ("https://api.deezer.com:444/a", "https://api.deezer.com", False),
        ("https://api.deezer.com.evil.org/a", "https://api.deezer.com", False),
        ("https://api.deezer.com@evil.org/a", "https://api.deezer.com", False),
        ("https://evil.org/https://api.deezer.com/a", "https://api.deezer.com", False),
        ("https://api.deezer.com\\@evil.org/a", "https://api.deezer.com", False),
        ("https://proxy/deezer/a", "https://proxy/deezer", True),
        ("https://proxy/spotify/a", "https://proxy/deezer", False),
        ("https://proxy/deezer/%2E%2E/spotify", "https://proxy/deezer", False),
        ("https://[::1", "https://proxy", False),
    ],
)
def test_where_a_next_link_may_lead(url: str, base: str, expected: bool) -> None:
    assert is_below(url, base) is expected
