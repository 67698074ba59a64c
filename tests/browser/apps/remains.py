"""The real page, with a route that counts what its process still holds of live video."""

import gc
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from serving.app import lifespan, middleware, routes

MAIN = Path(__file__).parents[3] / "main.py"


def remains(_request: Request) -> JSONResponse:
    """Count what reads live videos, and what brings their frames."""
    gc.collect()
    kinds = [type(one) for one in gc.get_objects()]
    names = [f"{kind.__module__}.{kind.__qualname__}" for kind in kinds]
    return JSONResponse(
        {
            "readers": names.count("emotion.live.LiveReader"),
            "workers": names.count("streamlit_webrtc.webrtc.WebRtcWorker"),
        }
    )


if __name__ != "__main__":
    app = st.App(
        MAIN,
        routes=[Route("/remains", remains), *routes()],
        middleware=middleware(),
        lifespan=lifespan,
    )
