"""What all visitors share: made once, and out of their reach."""

import threading
import time

import pytest
import streamlit as st

from page.shared import shared


def test_it_is_made_once_however_many_ask_at_once():
    made, begin = [], threading.Barrier(8)

    @shared
    def one() -> object:
        """Say something."""
        time.sleep(0.05)
        made.append(object())
        return made[-1]

    got = []

    def ask() -> None:
        begin.wait()
        got.append(one())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == made * 8
    assert (one.__name__, one.__doc__) == ("one", "Say something.")


def test_what_cannot_be_made_is_tried_again_by_the_next():
    answers = [ValueError("not yet"), "here"]

    @shared
    def one() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(ValueError, match="not yet"):
        one()
    assert one() == one() == "here"


def test_none_is_something_too():
    made = []
    nothing = shared(lambda: made.append(1))
    assert nothing() is nothing() is None
    assert made == [1]


def test_a_test_can_close_it_and_gets_another():
    class Door:
        is_open = True

        def close(self) -> None:
            self.is_open = False

    door, number = shared(Door), shared(lambda: 1)
    first = door()
    door.close()
    door.close()
    assert not first.is_open
    assert door().is_open
    assert number() == 1
    number.close()
    assert number() == 1


def test_whoever_clears_streamlits_caches_does_not_reach_it():
    one = shared(object)
    first = one()
    st.cache_resource.clear()
    st.cache_data.clear()
    assert one() is first
