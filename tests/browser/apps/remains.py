"""The real page, with a route that counts what its process still holds of visits."""

import gc
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit.runtime import get_instance

from serving.app import lifespan, middleware, routes

MAIN = Path(__file__).parents[3] / "main.py"


def remains(_request: Request) -> JSONResponse:
    """Count what reads live videos, what brings their frames, and bytes of uploads."""
    uploads = get_instance().uploaded_file_mgr.get_stats()
    gc.collect()
    kinds = [type(one) for one in gc.get_objects()]
    names = [f"{kind.__module__}.{kind.__qualname__}" for kind in kinds]
    return JSONResponse(
        {
            "readers": names.count("emotion.live.LiveReader"),
            "workers": names.count("streamlit_webrtc.webrtc.WebRtcWorker"),
            "bytes": sum(one.byte_length for family in uploads.values() for one in family),
        }
    )


if __name__ != "__main__":
    app = st.App(
        MAIN,
        routes=[Route("/remains", remains), *routes()],
        middleware=middleware(),
        lifespan=lifespan,
    )
