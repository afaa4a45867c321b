"""DataCite's REST API, as far as DOIs of our own go: read one's state, and bring one to the metadata and state wanted.

Source
------
"DataCite REST API Guide" (support.datacite.org/docs/api): ``PUT /dois/{id}`` creates or changes; the events are
``publish``, ``register`` and ``hide``; a draft becomes registered or findable and never a draft again.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Literal
from urllib.parse import quote

import httpx

from domain.errors import OurFault

__all__ = ["DataCite", "DataCiteFailed", "DoiState"]

DoiState = Literal["draft", "registered", "findable"]
MEDIA_TYPE = "application/vnd.api+json"
TIMEOUT_S = 20.0
REASON_CHARACTERS = 300
FORGOTTEN: dict[str, Any] = {
    name: []
    for name in ("subjects", "contributors", "dates", "relatedIdentifiers", "descriptions", "fundingReferences")
}
"What metadata may have spoken of before, and need not any more."


class DataCiteFailed(OurFault):
    code = "datacite-failed"
    title = "DataCite did not do what was asked"


class DataCite:
    """A repository's door to DataCite.

    Parameters
    ----------
    url : str
        Of the API.
    repository_id, password : str
        The repository's own, which it signs in with.
    """

    def __init__(self, url: str, repository_id: str, password: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=url,
            auth=httpx.BasicAuth(repository_id, password),
            timeout=TIMEOUT_S,
            follow_redirects=False,  # the password goes nowhere else
            headers={"accept": MEDIA_TYPE, "user-agent": "Uraniborg"},
        )

    async def __aenter__(self) -> DataCite:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def bring(self, doi: str, wanted: DoiState, attributes: dict[str, Any]) -> DoiState:
        """Bring a DOI to metadata and a state; safe to repeat. Returns the state it has then.

        What the metadata do not speak of is taken back: DataCite keeps what a request leaves out.

        Raises
        ------
        DataCiteFailed
            DataCite does not answer, or refuses.
        """
        now = await self._state(doi)
        event = _event(now, wanted)
        members = FORGOTTEN | attributes | {"doi": doi} | ({"event": event} if event else {})
        reply = await self._send("PUT", doi, {"data": {"id": doi, "type": "dois", "attributes": members}})
        state = _state_in(reply)
        if state != wanted and not (wanted == "draft" and now is not None):
            raise DataCiteFailed(f"DataCite keeps {doi} {state}; wanted is {wanted}.")
        return state

    async def _state(self, doi: str) -> DoiState | None:
        reply = await self._send("GET", doi)
        return None if reply.status_code == 404 else _state_in(reply)

    async def _send(self, method: str, doi: str, body: dict[str, Any] | None = None) -> httpx.Response:
        try:
            reply = await self._client.request(
                method,
                f"/dois/{quote(doi, safe='/')}",
                json=body,
                headers={"content-type": MEDIA_TYPE} if body else {},
            )
        except httpx.HTTPError as error:
            raise DataCiteFailed(f"DataCite does not answer ({type(error).__name__}).") from error
        if reply.status_code in (401, 403):
            raise DataCiteFailed(
                f"DataCite refuses ({reply.status_code}{_reason(reply)}): are repository, password and prefix right?"
            )
        if not (reply.is_success or (method == "GET" and reply.status_code == 404)):
            raise DataCiteFailed(f"DataCite answers {reply.status_code}{_reason(reply)}.")
        return reply


def _event(now: DoiState | None, wanted: DoiState) -> str | None:
    """Choose the event that leads from one state to another."""
    if now == wanted or wanted == "draft":
        return None
    if wanted == "findable":
        return "publish"
    return "hide" if now == "findable" else "register"


def _state_in(reply: httpx.Response) -> DoiState:
    try:
        state = reply.json()["data"]["attributes"]["state"]
    except (ValueError, KeyError, TypeError) as error:
        raise DataCiteFailed("DataCite answers something that cannot be read.") from error
    if state not in ("draft", "registered", "findable"):
        raise DataCiteFailed(f"DataCite has the DOI in the state {str(state)[:50]!r}.")
    return state  # type: ignore[no-any-return]


def _reason(reply: httpx.Response) -> str:
    """Give what DataCite says is wrong, in one line."""
    try:
        said = "; ".join(str(error["title"]) for error in reply.json()["errors"])
    except (ValueError, KeyError, TypeError):
        return ""
    return f": {' '.join(said.split())[:REASON_CHARACTERS]}" if said else ""
