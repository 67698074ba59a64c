"""The real page, with a route that counts what its process still holds of visits."""

import gc
import inspect
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit.runtime import get_instance

from serving.app import lifespan, middleware, routes

MAIN = Path(__file__).parents[3] / "main.py"

READER = "emotion.live.LiveReader"
WORKER = "streamlit_webrtc.webrtc.WebRtcWorker"
FRAME = "av.video.frame.VideoFrame"

FAR = 10
"""How many steps from a reader its holders are told."""
IN_PASSING = ("builtins.frame", "builtins.list_iterator", "builtins.module", "builtins.type")
"""What looks, and what holds everything: nothing is learnt beyond it."""


def remains(_request: Request) -> JSONResponse:
    """Count what reads live videos, what brings their frames, those, and bytes of uploads."""
    uploads = get_instance().uploaded_file_mgr.get_stats()
    gc.collect()
    names = [_name(one) for one in gc.get_objects()]
    return JSONResponse(
        {
            "readers": names.count(READER),
            "workers": names.count(WORKER),
            "frames": names.count(FRAME),
            "bytes": sum(one.byte_length for family in uploads.values() for one in family),
        }
    )


def holders(_request: Request) -> JSONResponse:
    """Tell who refers to readers, who refers to those, and so on: for a test that fails."""
    level = [one for one in gc.get_objects() if _name(one) == READER]
    known = {id(one) for one in level}
    told = []
    while level and len(told) < FAR:
        referrers = [one for one in gc.get_referrers(*level) if one is not level]
        level = [one for one in referrers if id(one) not in known and _name(one) not in IN_PASSING]
        known |= {id(one) for one in level}
        told.append(sorted({_described(one) for one in level}))
    return JSONResponse(told)


def _name(one: object) -> str:
    kind = type(one)
    return f"{kind.__module__}.{kind.__qualname__}"


def _described(one: object) -> str:
    called = one.__qualname__ if inspect.isfunction(one) else ""
    keys = list(one)[:6] if type(one) is dict else ""
    return f"{_name(one)} {called} {keys}"[:120]


if __name__ != "__main__":
    app = st.App(
        MAIN,
        routes=[Route("/remains", remains), Route("/holders", holders), *routes()],
        middleware=middleware(),
        lifespan=lifespan,
    )
