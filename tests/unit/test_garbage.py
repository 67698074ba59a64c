"""Garbage is collected now and then, whoever comes, and never what may still be in use."""

import json

import pytest

from tests.unit.test_rooms import run_python

WATCHED = """
import asyncio, gc, json, os, weakref
from streamlit import config
from streamlit.runtime.app_session import AppSession
from serving import garbage

garbage.EVERY_S = 0.01
garbage.MOST_OF_TIME = 1.0

class Picture:
    pass

def circle():
    one = Picture()
    one.itself = one
    return weakref.ref(one)

async def collections(count):
    before = gc.get_stats()[2]["collections"]
    while gc.get_stats()[2]["collections"] < before + count:
        await asyncio.sleep(0.01)

async def watch():
    gc.disable()  # or Python's own might be what is seen
    told = {}
    loaded = asyncio.get_running_loop().create_future()
    async with garbage.garbage_collected(loaded):
        told["option"] = config.get_option(garbage.STREAMLITS)
        told["streamlit"] = gc.get_freeze_count()
        import emotion.capture
        visit = AppSession.__new__(AppSession) if VISITED else None
        loaded.set_result(None)
        picture = circle()
        await collections(4)
        told["picture"] = picture() is not None
        told["page"] = gc.get_freeze_count()
    print(json.dumps(told), flush=True)
    os._exit(0)  # without what half a session does in the end
"""


def watched(*before: str, visited: bool = False) -> dict[str, int]:
    """What a fresh process tells, in which some lines ran before."""
    answer = run_python(
        "\n".join([f"VISITED = {visited}", WATCHED, *before, "asyncio.run(watch())"])
    )
    return json.loads(answer.splitlines()[-1])


@pytest.mark.slow
def test_garbage_is_collected_now_and_then_and_code_is_set_aside() -> None:
    told = watched()
    assert told["option"] is False  # Streamlit's, after every run
    assert told["picture"] is False  # what ended visits leave goes, though nobody comes
    assert told["page"] > told["streamlit"] > 10_000


@pytest.mark.slow
def test_a_visit_is_never_set_aside_together_with_code() -> None:
    told = watched(visited=True)
    assert told["picture"] is False
    assert told["page"] <= told["streamlit"]


@pytest.mark.slow
def test_an_operator_may_have_it_as_streamlit_does() -> None:
    told = watched("config.set_option(garbage.STREAMLITS, True, 'config.toml')")
    assert told["option"] is True
