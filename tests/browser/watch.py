"""Notices what goes wrong beside the point of a test."""

from playwright.sync_api import Page

from tests.browser.server import Server


class Watch:
    """Collects what a visitor or an operator would call an error.

    That is: script errors, errors in the console, exceptions shown by Streamlit, and tracebacks
    in a server's log.
    """

    def __init__(self, servers: list[Server]) -> None:
        self.pages: list[Page] = []
        self._errors: list[str] = []
        self._exceptions: set[str] = set()
        self._read = {server: len(server.log) for server in servers}

    def add(self, page: Page) -> None:
        """Watch a page from now on."""
        self.pages.append(page)
        page.on("pageerror", lambda error: self._errors.append(f"script error: {error}"))
        page.on("console", self._on_console)

    def take(self) -> list[str]:
        """Return what went wrong since the last time; a test that provokes errors asks for them."""
        for page in [one for one in self.pages if not one.is_closed()]:
            for text in page.get_by_test_id("stException").all_inner_texts():
                if text not in self._exceptions:
                    self._exceptions.add(text)
                    self._errors.append(f"shown by Streamlit: {text}")
        for server, start in self._read.items():
            log = server.log
            self._read[server] = len(log)
            if "Traceback" in log[start:]:
                self._errors.append(f"in the server's log: {log[start:]}")
        taken, self._errors = self._errors, []
        return taken

    def _on_console(self, message) -> None:
        if message.type == "error":
            self._errors.append(f"console: {message.text} ({message.location.get('url')})")
