"""A short run of every target; `make fuzz` is the long one."""

import logging
from random import Random

import pytest

from tests.fuzz.__main__ import TARGETS
from tests.fuzz.mutate import broken_bytes, broken_json, broken_text
from tests.fuzz.target import Target, check, run, the_input

SECONDS = 3
"""Processor time that each target gets about, in all."""

INPUTS = {
    "pictures": 400,
    "lists": 400,
    "sound": 250,
    "excerpt": 150,
    "answers": 400,
    "models": 120,
}
OTHERS = 600
MOST_MB = 600
"""What a run may add to the process: pictures of 50 megapixels take 150 MB for a moment."""


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_broken_input_is_refused_in_words_or_read(target: Target) -> None:
    logging.disable(logging.CRITICAL)
    try:
        outcome = run(target, INPUTS.get(target.name, OTHERS), seed=1)
    finally:
        logging.disable(logging.NOTSET)
    assert outcome.faults == []
    assert outcome.grown_mb < MOST_MB
    if target.allowed:
        # neither: that would be a target whose inputs are all noise, or all whole
        assert 0 < outcome.refused < outcome.inputs


def test_an_input_comes_again_by_its_number() -> None:
    for target in TARGETS.values():
        first, again = (repr(the_input(target, 7, 3)) for _ in range(2))
        assert first == again
        assert len({repr(the_input(target, 7, number)) for number in range(20)}) > 10


def test_shares_make_a_whole() -> None:
    assert sum(one.share for one in TARGETS.values()) == pytest.approx(1)


def test_whatever_is_wrong_is_a_fault_and_named_by_its_number() -> None:
    def take(number: float) -> None:
        if number < 0.2:
            raise KeyError("foreign")
        if number < 0.4:
            raise ValueError("its own")
        check(number < 0.9, "too large")
        sum(range(3_000_000 if number > 0.8 else 0))

    target = Target("numbers", lambda random: random.random(), take, (ValueError,), cpu_s=0.005)
    outcome = run(target, 60)
    kinds = {what.partition(" ")[0] for _, what in outcome.faults}
    assert kinds == {"KeyError:", "WrongError:", "took"}
    for number, what in outcome.faults:
        given = the_input(target, 0, number)
        expected = "KeyError" if given < 0.2 else "WrongError" if given >= 0.9 else "took"
        assert what.startswith(expected)
    assert outcome.refused == sum(0.2 <= the_input(target, 0, i) < 0.4 for i in range(60))
    assert outcome.slowest_ms > 5


def test_mutations_break_what_they_are_given() -> None:
    random = Random(1)  # noqa: S311 - to be repeated
    assert sum(broken_bytes(random, [b"a" * 99]) != b"a" * 99 for _ in range(100)) > 80
    assert sum(broken_text(random, ["a" * 99]) != "a" * 99 for _ in range(100)) > 60
    whole = {"a": [1, {"b": "c"}]}
    assert sum(broken_json(random, [whole]) != whole for _ in range(100)) > 50
    assert whole == {"a": [1, {"b": "c"}]}
