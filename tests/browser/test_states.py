"""Every state is looked at: by axe, for contrast, width, names and order.

A row of states is one test: the page is driven once and judged at every state of the row that no
row before has shown. All that is wrong in a row is told together.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.browser import axe
from tests.browser.contrast import faint
from tests.browser.layout import (
    crowded,
    headings,
    live_regions,
    motions,
    sideways,
    tab_stops,
    unnamed,
    without_ring,
)
from tests.browser.pictures import NARROW, SCHEMES, WIDE, resize, show_as
from tests.browser.server import Server
from tests.browser.states import Site, Stage, State, answer_covers, chains, running_site

pytestmark = pytest.mark.browser

ROWS = chains()
FIRST_IN = {state.name: row for row in reversed(ROWS) for state in row}
"""The row in which each state is judged."""
SMALL, ZOOMED = (320, 640), (720, 450)
"""The narrowest screen, and what is left of 1440x900 at 200 % zoom; CSS px."""
ERRORS = '[data-testid="stException"], [data-testid="stAlertContentError"]'
"""How Streamlit shows what nobody has caught; what we say ourselves are warnings."""
KEYBOARD = ("start", "happy", "link-given")
"""Where the way of the keyboard is gone through."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("states")) as running:
        yield running


@pytest.fixture
def server(site: Site) -> Server:
    """So that the watch reads its log."""
    return site.server


@pytest.fixture
def stage_for(site: Site, server: Server, new_page: Callable[..., Page]):
    """Make a stage for a row of states; keywords go to Playwright's ``new_context``."""

    def make(row: tuple[State, ...], **options) -> Stage:
        page = new_page(**{**row[0].context, **options})
        if row[0].script:
            page.add_init_script(row[0].script)
        answer_covers(page.context)
        return Stage(page, site)

    return make


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[-1].name)
def test_every_state_of_the_row_can_be_used_by_everybody(row: tuple[State, ...], stage_for):
    stage = stage_for(row)
    wrong: list[str] = []
    for state in row:
        try:
            state.drive(stage)
        except Exception as error:  # told with what was wrong before
            wrong.append(f"{state.name}: not reached: {error}")
            break
        if FIRST_IN[state.name] is row:
            wrong += [f"{state.name}: {sentence}" for sentence in judged(stage.page)]
    assert not wrong, f"{len(wrong)} faults\n" + "\n".join(wrong)


@pytest.mark.parametrize("name", KEYBOARD)
def test_the_keyboard_reaches_everything_in_few_steps(name: str, stage_for):
    stage = driven(name, stage_for)
    stops = tab_stops(stage.page)
    assert len(stops) >= 5
    assert all(stop.words for stop in stops), [str(stop) for stop in stops if not stop.words]
    assert not crowded(stops)
    wrong = without_ring(stage.page)
    assert not wrong, "without a focus ring:\n" + "\n".join(wrong)


@pytest.mark.parametrize("name", KEYBOARD)
def test_nothing_moves_for_who_asked_for_it(name: str, stage_for):
    wrong = motions(driven(name, stage_for, reduced_motion="reduce").page)
    assert not wrong, "\n".join(wrong)


def test_every_exemption_is_still_needed(stage_for):
    """Whatever Streamlit has mended is to be struck from the list."""
    if not axe.EXEMPT:
        return
    seen: set[tuple[str, str]] = set()
    for name in ("happy", "link-given"):
        found = axe.findings(driven(name, stage_for).page)
        seen |= {(one.rule, one.exempt_by) for one in found if one.exempt_by}
    assert set(axe.EXEMPT) == seen


def driven(name: str, stage_for, **options) -> Stage:
    """A stage in the state of that name."""
    [row, *_] = (row for row in ROWS if name in [state.name for state in row])
    stage = stage_for(row, **options)
    for state in row[: [one.name for one in row].index(name) + 1]:
        state.drive(stage)
    return stage


def judged(page: Page) -> Iterator[str]:
    """What is wrong with the page as it is; leaves it as it was."""
    yield from map(str, axe.serious_findings(page))
    yield from (f"has no name: {one}" for one in unnamed(page))
    yield from headings(page)
    yield from (f"shows an error: {one}" for one in page.locator(ERRORS).all_inner_texts())
    regions = live_regions(page)
    if len(regions) > 1:
        yield f"{len(regions)} live regions: {regions}"
    for scheme in SCHEMES:
        show_as(page, WIDE, scheme)
        yield from (f"{scheme}: {one}" for one in faint(page))
    for size in (NARROW, SMALL, ZOOMED):
        resize(page, size)
        yield from (f"at {size[0]} px: {one}" for one in sideways(page))
    show_as(page, WIDE, "light")
