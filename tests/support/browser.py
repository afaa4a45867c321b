"""A plain browser in a few lines: it keeps cookies, reads forms from pages, fills them and sends them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import httpx
import msgspec

__all__ = ["Browser", "Form", "forms_of"]


class Form(msgspec.Struct):
    """A form of a page: where it goes, its members, and its buttons as (label, name, value)."""

    action: str
    method: str
    members: dict[str, str]
    buttons: list[tuple[str, str, str]]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._button: tuple[str, str] | None = None
        self._label = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get"), {}, []))
        elif tag == "input" and self.forms and "name" in given:
            self.forms[-1].members[given["name"]] = given.get("value", "")
        elif tag == "button":
            self._button, self._label = (given.get("name", ""), given.get("value", "")), ""

    def handle_data(self, data: str) -> None:
        self._label += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._button and self.forms:
            self.forms[-1].buttons.append((self._label.strip(), *self._button))
            self._button = None


def forms_of(page: str) -> list[Form]:
    """Read the forms of a page."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms


class Browser:
    """Follows redirects within one site only, so that a test sees where it is sent to outside.

    Parameters
    ----------
    client : httpx.AsyncClient
        With the site's address as its base.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.reply: httpx.Response
        self.base = str(client.base_url).rstrip("/")

    @property
    def text(self) -> str:
        return self.reply.text

    @property
    def left_for(self) -> str:
        """Where the site sent the browser outside; empty when it is still there."""
        location = self.reply.headers.get("location", "")
        return location if self.reply.is_redirect and not self._inside(location) else ""

    def _inside(self, location: str) -> bool:
        return location.startswith(("/", self.base + "/"))

    async def _follow(self, reply: httpx.Response) -> httpx.Response:
        for _ in range(10):
            location = reply.headers.get("location", "")
            if not reply.is_redirect or not self._inside(location):
                break
            reply = await self.client.get(urljoin(str(reply.request.url), location))
        self.reply = reply
        return reply

    async def open(self, address: str, **more: Any) -> httpx.Response:
        """Go to an address."""
        return await self._follow(await self.client.get(address, **more))

    async def send(self, *, press: str = "", headers: dict[str, str] | None = None, **filled: str) -> httpx.Response:
        """Fill a form of the page and send it with a button: the first form and button, where none is named."""
        forms = forms_of(self.reply.text)
        found = next((each for each in forms if press in [label for label, *_ in each.buttons]), forms[0])
        buttons = {label: (name, value) for label, name, value in found.buttons}
        name, value = buttons[press] if press else next(iter(buttons.values()))
        members = found.members | filled | ({name: value} if name else {})
        assert found.method == "post"
        return await self._follow(await self.client.post(found.action, data=members, headers=headers))

    async def sign_in(self, email: str, password: str) -> httpx.Response:
        """Fill the page that asks who one is."""
        return await self.send(email=email, password=password)
