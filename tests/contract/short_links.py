"""The sites of short links, and those they lead to, each below ``/sites/NAME``."""

from tests.contract.server import Call, Reply

STAND_INS = (
    "link.deezer.com",
    "deezer.page.link",
    "dzr.page.link",
    "www.deezer.com",
    "deezer.com",
    "spotify.link",
    "spotify.app.link",
    "spoti.fi",
    "open.spotify.com",
)


class ShortLinks:
    """What stands in `pages` is answered; else 404.

    Attributes
    ----------
    pages : dict of str to Reply
        Site and path -> answer.
    """

    def __init__(self) -> None:
        self.pages: dict[str, Reply] = {}

    def __call__(self, call: Call) -> Reply:
        return self.pages.get(call.path.removeprefix("/sites/"), Reply(404, b"no such link"))

    def lead(self, link: str, *further: str, status: int = 302) -> None:
        """Let a link lead to an address, over others if there are several; none with a scheme."""
        for here, there in zip((link, *further), further, strict=False):
            self.pages[here.partition("?")[0]] = to(f"https://{there}", status)


def to(address: str, status: int = 302) -> Reply:
    """Redirect anywhere."""
    return Reply(status, b"Moved", {"Location": address, "Set-Cookie": "id=5; Path=/"})


def page(text: str, status: int = 200) -> Reply:
    """Make a page of HTML."""
    return Reply(status, text.encode(), {"Content-Type": "text/html; charset=utf-8"})
