"""The judges themselves: each must see what is wrong, and only that."""

import pytest
from playwright.sync_api import Page

from tests.browser.axe import serious_findings
from tests.browser.contrast import SCRIPT, Faint, faint, ratio
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


REDRAWN = """(colour) => {
    const host = document.querySelector("[data-shadow]");
    const hide = contrastOfText.hide;
    let looks = 0;
    contrastOfText.hide = () => {
        hide();
        looks += 1;
        if (looks === 1) {
            const fresh = host.cloneNode(false);
            fresh.attachShadow({mode: "open"}).innerHTML =
                `<p style="color:${colour};margin-left:3px">redrawn</p>`;
            host.parentNode.replaceChildren(fresh);
        }
    };
}"""


@pytest.mark.parametrize(("colour", "expected"), [("#333", set()), ("#999", {"redrawn"})])
def test_what_is_redrawn_while_it_is_looked_at_is_looked_at_again(page, colour, expected):
    """A new shadow root shows its letters where those of the old one were hidden."""
    show(page, f'<div><div data-shadow="{colour}">redrawn</div></div>')
    page.evaluate(SCRIPT)
    page.evaluate(REDRAWN, colour)
    assert names(faint(page)) == expected


SIDEWAYS = {
    "sticks out": '<div style="width:400px;background:#eee">sticks out</div>',
    "scrolls": '<div style="overflow:auto"><div style="width:500px">scrolls</div></div>',
    "cut off": '<div style="overflow:hidden"><button style="width:500px">cut off</button></div>',
}


@pytest.mark.parametrize("name", SIDEWAYS)
def test_what_is_too_wide_is_seen(new_page, name: str):
    page = show(new_page(viewport={"width": 320, "height": 600}), SIDEWAYS[name])
    assert any(name.split(maxsplit=1)[0] in sentence for sentence in sideways(page))


def test_what_fits_is_not_too_wide(new_page):
    page = new_page(viewport={"width": 320, "height": 600})
    assert not sideways(show(page, "<p>short</p><div style='width:100%'>x</div>"))


def test_names_are_missed(page: Page):
    show(
        page,
        "<button></button><input><audio controls></audio><img src='data:,'>"
        "<button>Named</button><label>Named <input></label><audio controls aria-label=a></audio>"
        "<img alt='' src='data:,'><img alt='A face' src='data:,'><div data-shadow='#000'>x</div>",
    )
    page.evaluate(
        "document.querySelector('[data-shadow]').shadowRoot.append(document.createElement('button'))"
    )
    roles = sorted(one.split(":")[0] for one in unnamed(page))
    assert roles == ["audio", "button", "button", "image", "textbox"]


def test_live_regions_are_counted_but_not_streamlits(page: Page):
    show(
        page,
        "<p aria-live=polite>a</p><p role=status>b</p><p aria-live=off>c</p>"
        "<div data-testid=stSpinner><p role=status>d</p></div>",
    )
    assert len(live_regions(page)) == 2


@pytest.mark.parametrize(
    ("html", "wrong"),
    [
        ("<h1>a</h1><h2>b</h2><h3>c</h3><h2>d</h2>", 0),
        ("<h1>a</h1><h3>c</h3>", 1),
        ("<h2>a</h2>", 1),
        ("<h1>a</h1><h1>b</h1>", 1),
        ("<h1>a</h1><h2></h2>", 1),
        ("<h1>a</h1><h4 hidden>no</h4>", 0),
    ],
)
def test_headings_out_of_order_are_seen(page: Page, html: str, wrong: int):
    assert len(headings(show(page, html))) == wrong


def test_tab_stops_are_counted_by_track_and_rings_missed(page: Page):
    show(
        page,
        "<style>button:focus-visible{outline:2px solid #000}.bare:focus{outline:none}</style>"
        "<button>a</button><ul><li><button>b</button><button>c</button><button>d</button>"
        "<button>e</button></li><li><button>f</button><button class=bare>g</button></li></ul>"
        "<div data-shadow='#000'>x</div>",
    )
    page.evaluate(
        """() => {
            const inner = document.createElement("button");
            inner.textContent = "h";
            document.querySelector("[data-shadow]").shadowRoot.append(inner);
        }"""
    )
    stops = tab_stops(page)
    assert [one.words for one in stops] == list("abcdefgh")
    [crowd] = crowded(stops)
    assert crowd.endswith("b, c, d, e")
    [bare] = without_ring(page)
    assert bare.startswith("'g'")


def test_motion_is_seen_where_it_is_not_reduced(new_page):
    page = new_page(reduced_motion="reduce")
    show(
        page,
        """<style>@keyframes turn { to { rotate: 1turn } }
        p { animation: turn 2s infinite } b { transition: color .6s }
        @media (prefers-reduced-motion: reduce) { p { animation: none } }</style>
        <p>still</p><b>glides</b>""",
    )
    [one] = motions(page)
    assert one.startswith("transition of color")


def test_axe_finds_what_is_serious(page: Page):
    show(page, "<h1>x</h1><div data-shadow='#000'>x</div><button></button>")
    page.evaluate(
        "document.querySelector('[data-shadow]').shadowRoot.append(document.createElement('button'))"
    )
    found = serious_findings(page)
    buttons = [one for one in found if one.rule == "button-name"]
    assert {"document-title", "button-name", "target-size"} == {one.rule for one in found}
    assert len(buttons) == 2
    assert "Buttons must have discernible text" in str(buttons[0])
    assert {one.selector for one in buttons} == {"button", "div >>> button"}
