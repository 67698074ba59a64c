"""Deque's axe-core on a page: what its rules find, less what is Streamlit's alone.

axe-core comes in the wheel of axe-playwright-python (its script is used, not its wrapper): nobody
needs npm. Contrast is left to `contrast`, which measures pixels; axe gives up on gradients.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
ADVICE = "best-practice"
IMPACTS = ("serious", "critical")
OPTIONS = {
    "runOnly": {"type": "tag", "values": [*TAGS, ADVICE]},
    "rules": {"color-contrast": {"enabled": False}, "target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}

EXEMPT: Mapping[tuple[str, str], str] = MappingProxyType({})
"""What Streamlit itself draws and we cannot change: (rule, CSS selector) to the reason.

The selector must match the element that axe names. `unneeded` tells what no longer occurs.
"""


@dataclass(frozen=True)
class Finding:
    """One element that breaks one rule.

    Attributes
    ----------
    rule : str
        axe's id of the rule.
    impact : str
        "minor", "moderate", "serious" or "critical".
    advice : bool
        Only a best practice, no success criterion of WCAG.
    help, url : str
        What the rule asks for, and where axe explains it.
    selector : str
        CSS, through frames and shadow roots joined by ">>>".
    html : str
        The element's opening.
    exempt_by : str
        The selector of `EXEMPT` that lets it pass; empty if none does.
    """

    rule: str
    impact: str
    advice: bool
    help: str
    url: str
    selector: str
    html: str
    exempt_by: str

    def __str__(self) -> str:
        return f"{self.impact} {self.rule}: {self.help}\n    {self.selector}\n    {self.html}"


def findings(page: Page) -> list[Finding]:
    """Run every rule on the page as it is, its frames and open shadow roots included."""
    for frame in page.frames:
        try:
            if not frame.evaluate("() => Boolean(window.axe?.run)"):
                frame.evaluate(AXE_SCRIPT)
        except PlaywrightError:
            if not frame.is_detached():  # an element may go while it is looked at
                raise
    answer = page.evaluate(RUN, [OPTIONS, [list(key) for key in EXEMPT]])
    return [Finding(**one) for one in answer]


def serious_findings(page: Page) -> list[Finding]:
    """Give what breaks WCAG 2.2 A or AA seriously or critically, and is not exempt."""
    return [
        one
        for one in findings(page)
        if one.impact in IMPACTS and not one.advice and not one.exempt_by
    ]


RUN = """async ([options, exempt]) => {
    const results = await axe.run(document, options);
    const found = [];
    for (const rule of results.violations) {
        for (const node of rule.nodes) {
            const selector = node.target.flat().join(" >>> ");
            // A name within a frame or a shadow root is exempt by what is written here in full;
            // elements of the page itself by any selector that matches them.
            const element = node.target.length === 1 && typeof node.target[0] === "string"
                ? document.querySelector(node.target[0]) : null;
            const by = exempt.find(([id, css]) =>
                id === rule.id && (css === selector || element?.matches(css)));
            found.push({
                rule: rule.id, impact: node.impact ?? rule.impact ?? "minor",
                advice: rule.tags.includes("best-practice"), help: rule.help, url: rule.helpUrl,
                selector, html: node.html.slice(0, 300), exempt_by: by ? by[1] : "",
            });
        }
    }
    return found;
}"""
