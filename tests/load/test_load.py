"""A handful of visitors at once, in `make test`; `make load` and `make soak` measure more."""

from pathlib import Path

import pytest

from tests.browser.server import ROOT, streamlit_server
from tests.load.crowd import Crowd, at_once, percentile
from tests.load.photos import photos

PAGE, EMPTY = ROOT / "main.py", ROOT / "tests/bench/empty_page.py"


def come(script: Path, folder: Path, visitors: int) -> tuple[Crowd, str]:
    """Let visitors come to a page; gives what became of them, and the server's log."""
    with streamlit_server(script, folder) as server:
        return at_once(server.url, visitors), server.log


@pytest.mark.slow
def test_five_visitors_at_once_all_get_tracks_and_a_player_that_plays(tmp_path: Path) -> None:
    crowd, log = come(PAGE, tmp_path, 5)
    assert not crowd.errors, log
    assert [one.rows for one in crowd.visits] == [crowd.visits[0].rows] * 5
    assert all(0 < one.tracks_s < one.whole_s for one in crowd.visits)
    assert "Traceback" not in log


@pytest.mark.slow
def test_visitors_to_a_page_that_does_not_do_it_are_counted_as_failed(tmp_path: Path) -> None:
    crowd, _ = come(EMPTY, tmp_path, 2)
    assert crowd.errors == {"no first_way on the page": 2}
    assert crowd.per_second == 0


def test_no_two_photos_are_alike() -> None:
    assert len(set(photos(20))) == 20


def test_a_percentile_is_a_value_that_so_many_do_not_exceed() -> None:
    assert percentile([float(n) for n in range(101)], 95) == 95
    assert percentile([2.0], 95) == 2
