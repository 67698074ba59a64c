"""What a page asks of its server while it is drawn, as Chromium's network log tells."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page


@dataclass
class Traffic:
    """Requests over HTTP so far; the WebSocket's messages do not count.

    Attributes
    ----------
    requests : int
    megabytes : float
        That came, as they came: compressed, headers included; 10^6 bytes.
    """

    requests: int = 0
    megabytes: float = 0.0


def watch_traffic(page: Page) -> Traffic:
    """Count from now on; what is given changes as the page goes on."""
    traffic, ours = Traffic(), set()

    def asked(event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith("http"):  # not what the page keeps in memory
            ours.add(event["requestId"])
            traffic.requests += 1

    def came(event: dict[str, Any]) -> None:
        if event["requestId"] in ours:
            traffic.megabytes += event["encodedDataLength"] / 1e6

    log = page.context.new_cdp_session(page)
    log.on("Network.requestWillBeSent", asked)
    log.on("Network.loadingFinished", came)
    log.send("Network.enable")
    return traffic
