"""The judges themselves: each must see what is wrong, and only that."""

import pytest
from playwright.sync_api import Page

from tests.browser.contrast import Faint, faint, ratio

pytestmark = pytest.mark.browser

PICTURE = (  # left half black, right half white
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='400' height='60'>"
    "<rect width='400' height='60' fill='white'/><rect width='200' height='60'/></svg>"
)
TOO_FAINT = {
    "grey 4.42": '<p style="color:#787878">grey 4.42</p>',
    "large 2.9": '<p style="color:#989898;font-size:24px">large 2.9</p>',
    "see-through": '<p style="color:rgba(0,0,0,.5)">see-through</p>',
    "faded": '<div style="opacity:.5"><p style="color:#000">faded</p></div>',
    "on a gradient": '<p style="background:linear-gradient(90deg,#fff,#888);width:200px;'
    'text-align:right;color:#666">on a gradient</p>',
    "over a picture": f'<p style="background:url(&quot;{PICTURE}&quot;);width:400px;color:#fff;'
    'text-align:center">over a picture</p>',
    "far down": '<p style="margin-top:3000px;color:#999">far down</p>',
    "a hint": "<style>::placeholder{color:#999}</style>"
    '<input placeholder="a hint" style="border:1px solid #000">',
    "in a shadow": '<div data-shadow="#999">in a shadow</div>',
    "white on white": '<p style="color:#fff">white on white</p>',
    "drawn": '<svg width="200" height="30"><text y="20" fill="#999">drawn</text></svg>',
    "mixed": '<p style="color:#999;background:color-mix(in srgb,currentColor 20%,white)">mixed</p>',
    "pale edge": '<label>pale edge <input style="border:1px solid #ccc;background:#fff"></label>',
    "thumb": '<button aria-label="thumb" style="background:#fff;border:0"><svg width="20" '
    'height="20"><rect width="20" height="20" fill="#aaa"/></svg></button>',
}
GOOD = {
    "grey 4.61": '<p style="color:#757575">grey 4.61</p>',
    "large 3.0": '<p style="color:#949494;font-size:24px">large 3.0</p>',
    "bold 3.0": '<p style="color:#949494;font-size:19px;font-weight:700">bold 3.0</p>',
    "dark enough": '<p style="color:rgba(0,0,0,.6)">dark enough</p>',
    "disabled": '<button disabled style="color:#ccc">disabled</button>',
    "on a gradient": '<p style="background:linear-gradient(90deg,#fff,#ccc);width:200px;'
    'text-align:right;color:#222">on a gradient</p>',
    "on the white half": f'<p style="background:url(&quot;{PICTURE}&quot;);width:400px;'
    'text-align:right;color:#333">on the white half</p>',
    "for screen readers": '<p style="position:absolute;width:1px;height:1px;overflow:hidden;'
    'clip:rect(0,0,0,0);color:#fff">for screen readers</p>',
    "hidden": '<p style="visibility:hidden;color:#fff">hidden</p>',
    "behind": '<div style="position:relative;height:40px"><p style="color:#aaa;margin:0">behind</p>'
    '<div style="position:absolute;inset:0;background:#000"></div></div>',
    "in a shadow": '<div data-shadow="#333">in a shadow</div>',
    "moves": "<style>@keyframes come{from{opacity:0}to{opacity:1}}</style>"
    '<p style="animation:come 20s forwards;color:#333">moves</p>',
    "an edge": '<label>an edge <input style="border:1px solid #888;background:#fff"></label>',
}
SHADOW = """() => document.querySelectorAll("[data-shadow]").forEach(host => {
    const root = host.attachShadow({mode: "open"});
    root.innerHTML = `<p style="color:${host.dataset.shadow}"></p>`;
    root.firstChild.textContent = host.textContent;
})"""


def show(page: Page, html: str) -> Page:
    page.set_content(f'<html lang="en"><body style="background:#fff">{html}</body></html>')
    page.evaluate(SHADOW)
    return page


def names(found: list[Faint]) -> set[str]:
    return {one.text for one in found}


def test_ratios_are_those_of_wcag():
    black, white, grey = [0, 0, 0], [255, 255, 255], [119, 119, 119]
    assert ratio(black, white) == pytest.approx(21)
    assert ratio(grey, white) == pytest.approx(4.478, abs=0.001)
    assert ratio(white, grey) == ratio(grey, white)


@pytest.mark.parametrize("name", TOO_FAINT)
def test_what_is_too_faint_is_seen(page: Page, name: str):
    assert name in names(faint(show(page, TOO_FAINT[name])))


def test_what_is_good_enough_passes(page: Page):
    found = faint(show(page, "".join(GOOD.values())))
    assert not found, "\n".join(map(str, found))


def test_everything_too_faint_is_found_on_one_page(page: Page):
    assert names(faint(show(page, "".join(TOO_FAINT.values())))) == set(TOO_FAINT)
