"""The operator's own TURN server: who may use it, and until when."""

import base64
import hashlib
import hmac

import pytest
from streamlit.testing.v1 import AppTest

from emotion.relay import LASTS_S, SECRET, STEP_S, URLS, own_relay

ENVIRONMENT = {URLS: "turn:turn.example:3478, turns:turn.example:5349", SECRET: "shared"}
NOW_S = 1_790_000_000.5


def test_the_password_is_what_coturn_computes() -> None:
    relay = own_relay(ENVIRONMENT, NOW_S)
    assert relay is not None
    assert relay["urls"] == ["turn:turn.example:3478", "turns:turn.example:5349"]
    digest = hmac.new(b"shared", relay["username"].encode(), hashlib.sha1).digest()
    assert relay["credential"] == base64.b64encode(digest).decode()


def test_it_lasts_for_a_visit_and_not_for_ever() -> None:
    relay = own_relay(ENVIRONMENT, NOW_S)
    assert relay is not None
    until = int(relay["username"].partition(":")[0])
    assert LASTS_S <= until - NOW_S <= LASTS_S + STEP_S


def test_reruns_within_a_step_get_the_same() -> None:
    start = NOW_S // STEP_S * STEP_S
    assert own_relay(ENVIRONMENT, start) == own_relay(ENVIRONMENT, start + STEP_S - 1)
    assert own_relay(ENVIRONMENT, start) != own_relay(ENVIRONMENT, start + STEP_S)


@pytest.mark.parametrize("missing", [URLS, SECRET])
def test_half_of_it_is_nothing(missing: str) -> None:
    assert own_relay({**ENVIRONMENT, missing: " , "[: 2 if missing == URLS else 1]}, NOW_S) is None


def _shown() -> None:
    import streamlit as st

    from emotion.panel.camera import _rtc_configuration

    st.json(_rtc_configuration() or {})


def test_the_camera_is_told_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert AppTest.from_function(_shown).run().json[0].value == "{}"
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    assert '"turn:turn.example:3478"' in AppTest.from_function(_shown).run().json[0].value
