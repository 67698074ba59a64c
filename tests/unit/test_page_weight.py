"""What draws the page loads while the server starts, and no more than most visits need."""

import ast
import json

import pytest

from serving.loading import PAGE
from tests.unit.test_rooms import ROOT, run_python

HEAVY = {
    "aiortc",  # live video
    "altair",  # charts
    "av",  # live video, and sound in files
    "pandas",  # tables
    "pyarrow",  # large tables
    "scipy",
    "sklearn",  # the mood model
    "streamlit_webrtc",
}


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """Modules in a fresh process that has loaded the page's."""
    answer = run_python(
        "import importlib, json, sys\n"
        f"for module in {PAGE}: importlib.import_module(module)\n"
        "print(json.dumps(list(sys.modules)))"
    )
    return set(json.loads(answer.splitlines()[-1]))


@pytest.mark.slow
def test_the_page_loads_nothing_heavy_that_few_visits_need(loaded: set[str]) -> None:
    assert {"cv2", "numpy"} <= loaded
    assert not HEAVY & loaded


@pytest.mark.slow
def test_what_draws_the_page_is_loaded_before_the_first_visit(loaded: set[str]) -> None:
    page = ast.parse((ROOT / "main.py").read_text()).body
    (both,) = [one for one in page if isinstance(one, ast.If)]  # the server's part, the page's
    ours = {one.module for one in both.orelse if isinstance(one, ast.ImportFrom)}
    assert {"emotion.capture"} < ours
    assert ours <= loaded
