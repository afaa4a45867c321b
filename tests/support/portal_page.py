"""A page of the portal in a real browser, which remembers whatever the browser complained of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["FLAGS", "WAIT_MS", "PortalPage"]

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
MODES = ["light", "dark", "red"]
WAIT_MS = 30_000


class PortalPage:
    """A page, and what was said on its console.

    Parameters
    ----------
    page : playwright.sync_api.Page
        New.
    url : str
        Where the service is.
    """

    def __init__(self, page: Any, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        self.expected = ""  # a complaint with this in it is what the test wants
        page.set_default_timeout(WAIT_MS)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(f"thrown: {error}"))

    def _said(self, message: Any) -> None:
        # A browser says of every 401 that it got one; who is not signed in is asked for that way.
        let_be = "status of 401" in message.text or (self.expected and self.expected in message.text)
        if message.type in ("error", "warning") and not let_be:
            self.complaints.append(f"{message.type}: {message.text} ({self.page.url})")

    def sign_in(self, email: str, password: str) -> None:
        """Sign in by the form, from the front door."""
        self.page.goto(f"{self.url}/")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_selector(".shell")

    def open(self, address: str) -> None:
        """Go to an address and wait until nothing is loading."""
        self.page.goto(address)
        self.settled()

    def settled(self) -> None:
        self.page.wait_for_selector("h1")
        self.page.locator(".loading").first.wait_for(state="detached")

    def barriers(self, axe: Path) -> list[str]:
        """Have axe-core look for what keeps people out; only what is serious or critical."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(axe.read_text())
        found = self.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        return [
            f"{each['impact']}: {each['id']}: {each['nodes'][0]['html'][:200]}"
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
        ]

    def faults(self, axe: Path) -> list[str]:
        """Look at the page in each mode, and then on a phone: what keeps people out, and what is too wide."""
        found = []
        for mode in MODES:
            self.page.evaluate("(mode) => { document.documentElement.dataset.mode = mode }", mode)
            found += [f"{mode}: {barrier}" for barrier in self.barriers(axe)]
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": 375, "height": 750})
        found += ["too wide for 375 px"] if self.is_too_wide() else []
        self.page.set_viewport_size(size)
        return found

    def is_too_wide(self) -> bool:
        """Tell whether the page has to be moved sideways."""
        wide: bool = self.page.evaluate(
            "[document.documentElement, document.querySelector('#main')]"
            ".some((e) => e && e.scrollWidth > e.clientWidth + 1)"
        )
        return wide
