"""The matrix of access: each operation asked by everybody about things of each state, and held against the table."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
from sqlalchemy import text

from service.access_table import TABLE, WHO, Outcome, Row, State, Who, row_of, sees
from service.authentication import CSRF_HEADER
from service.scopes import RANKS, TEAM_RANKS
from tests.support.access_people import People, bring_together
from tests.support.access_things import (
    ABSENT,
    SHARED,
    WORDS,
    Things,
    example_of,
    make_things,
    share_things,
    withdraw_things,
)
from tests.support.api_examples import MARK, Estate, settle
from tests.support.rehearsal import opener, rehearsal
from tests.support.sending import send
from tests.support.service import RunningService, running_service
from tests.support.stored_files import organisation_id_of

__all__ = ["Cell", "Matrix", "matrix_of"]

Cell = tuple[str, State, Who]
ORGANISATION, TEAM = "{organisation}", "{team}"
STATUS = {"late": 403, "author": 403}


class Stream(httpx.AsyncBaseTransport):
    """The application in this process, of whose endless replies the first event is enough."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        status, headers, chunks = 500, [], list[bytes]()
        seen = asyncio.Event()
        url = request.url
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw], "scheme": url.scheme,
            "path": url.path, "raw_path": url.raw_path.split(b"?")[0], "query_string": url.query,
            "server": (url.host, url.port), "client": ("127.0.0.1", 1), "root_path": "", "state": {},
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            await seen.wait()
            return {"type": "http.disconnect"}

        async def reply(message: dict[str, Any]) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], message["headers"]
            else:
                chunks.append(message.get("body", b""))
                if status >= 400 or b"data:" in chunks[-1]:
                    seen.set()

        task = asyncio.create_task(self.app(scope, receive, reply))
        waiting = asyncio.create_task(seen.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        for each in (task, waiting):
            each.cancel()
        await asyncio.gather(task, waiting, return_exceptions=True)
        return httpx.Response(status, headers=headers, content=b"".join(chunks), request=request)


class Matrix(msgspec.Struct):
    """The estate, its people and another organisation's, the operations, and an application that only rehearses."""

    service: RunningService
    operations: dict[str, tuple[str, str, dict[str, Any]]]
    estate: Estate
    things: Things
    people: People
    twin: str
    twins: People
    digests: dict[str, str] | None = None
    "Of the estate's rows by table, once somebody asked."

    def cells(self, operations: Iterable[str] | None = None) -> list[Cell]:
        """List the table's cells, or those of some operations."""
        chosen = None if operations is None else set(operations)
        return [
            (operation_id, state, who)
            for row in TABLE
            for operation_id in row.operations
            if chosen is None or operation_id in chosen
            for state in row.cells
            for who in WHO
        ]

    async def ask(
        self, token: str, operation_id: str, state: State, *, headers: dict[str, str] | None = None, **path: Any
    ) -> httpx.Response:
        """Send an operation's request about a thing of a state."""
        method, template, operation = self.operations[operation_id]
        example = example_of(operation_id, state, self.estate, self.people, self.things)
        endless = "text/event-stream" in operation["responses"].get("200", {}).get("content", {})
        app: Any = self.service.app
        transport = Stream(app) if endless else httpx.ASGITransport(app=app, raise_app_exceptions=False)
        credential = {"Authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient(
            transport=transport, base_url=self.service.house.config.base_url, headers=credential | (headers or {})
        ) as client:
            return await client.send(example.request(client, method, template, **path))

    def token_of(self, state: State, who: Who) -> str:
        """Choose who asks: in the state ``foreign`` the same of another organisation."""
        return (self.twins if state == "foreign" else self.people).tokens[who]

    async def try_cell(self, cell: Cell, *changes: str) -> list[str]:
        """Rehearse a cell's request; tell what is not as the table has it.

        Parameters
        ----------
        *changes : str
            Statements by which the database is another meanwhile.
        """
        operation_id, state, who = cell
        async with rehearsal(self.service.house, *changes):
            reply = await self.ask(self.token_of(state, who), operation_id, state)
        outcome = row_of(operation_id).cells[state][who]
        wrong = [*self._answers(reply, operation_id, outcome, state, who), *self._leaks(reply, cell, outcome)]
        if outcome == "404" and not wrong and row_of(operation_id).kind and state not in ("foreign",):
            wrong += await self._differs_from_absent(cell, reply, *changes)
        return [f"{operation_id} of {state} as {who}: {what}" for what in wrong]

    def _answers(
        self, reply: httpx.Response, operation_id: str, outcome: Outcome, state: State, who: Who
    ) -> Iterable[str]:
        method, template, operation = self.operations[operation_id]
        if outcome in ("yes", "hid"):
            documented = {int(status) for status in operation["responses"] if int(status) < 400}
            if reply.status_code not in documented:
                yield f"{reply.status_code} instead of done: {reply.text[:200]}"
            elif (words := self.shown_words(operation_id, state)) and method != "HEAD":
                shown = any(word in reply.text for word in words)
                if shown != (outcome == "yes"):
                    yield f"it is {'shown' if shown else 'not shown'} in {reply.text[:300]}"
            return
        if reply.status_code != STATUS.get(outcome, int(outcome) if outcome.isdigit() else 0):
            yield f"{reply.status_code} instead of {outcome}: {reply.text[:200]}"
            return
        if method == "HEAD":
            return
        if reply.headers["content-type"] != "application/problem+json":
            yield f"a refusal of the type {reply.headers['content-type']}"
            return
        said = reply.json()
        if outcome == "late" and "noon" not in said["detail"]:
            yield f"refused, and not for the guest's nights: {said['detail']}"
        if outcome == "author" and "own entries" not in said["detail"]:
            yield f"refused, and not for the entry's author: {said['detail']}"
        needed = self.needed(row_of(operation_id), template, state, who) if outcome == "403" else None
        if needed and said.get("needed") != needed:
            yield f"refused, and not because this needs the role {needed}: {said['detail']}"
        if outcome == "403" and who == "upload token" and "{" in template and "scope" not in said:
            yield f"refused, and not because the token lacks the scope: {said['detail']}"

    @staticmethod
    def shown_words(operation_id: str, state: State) -> set[str]:
        """Give what tells that a list, which leaves something out for somebody, holds the thing."""
        row = row_of(operation_id)
        if not any("hid" in cells.values() for cells in row.cells.values()):
            return set()
        return (
            {f"Clouds {MARK}"}
            if row.kind is None
            else {WORDS[row.kind, state]}
            if (row.kind, state) in WORDS
            else set()
        )

    @staticmethod
    def needed(row: Row, template: str, state: State, who: Who) -> str | None:
        """Tell the least role for which the table says yes, where somebody's role is what is too low."""
        ranks = RANKS if ORGANISATION in template else TEAM_RANKS if TEAM in template else {}
        prefix = "team " if ranks is TEAM_RANKS else ""
        if who.removeprefix("past ").removeprefix("other ").removeprefix(prefix) not in ranks:
            return None
        usual = next((c for c in row.cells.values() if any(o in ("yes", "409") for o in c.values())), row.cells[state])
        cells = usual if usual[who] == "403" else row.cells[state]
        least = sorted(ranks, key=lambda role: ranks[role])
        return next((role for role in least if cells.get(prefix + role) in ("yes", "409", "404")), None)  # type: ignore[call-overload]

    def _leaks(self, reply: httpx.Response, cell: Cell, outcome: Outcome) -> Iterable[str]:
        """Tell what a reply gives away of things that its reader does not see at all."""
        _, state, who = cell
        said = f"{reply.request.url} {reply.request.content.decode()}"
        heard = f"{reply.headers} {reply.text}"
        # Members see all of their organisation, and in its audit log what is gone as well.
        ours = who in ("owner", "admin", "member") and state != "foreign"
        unseen = set() if ours else WORDS.keys() - (set() if state == "foreign" else sees(who))
        secrets = {secret for thing in unseen for secret in self.things.secrets_of(thing)}
        if outcome not in ("yes", "hid", "410"):
            secrets |= self.estate.secrets
        if told := {secret for secret in secrets if secret in heard and secret not in said}:
            yield f"it tells of {sorted(told)}: {reply.text[:300]}"

    async def _differs_from_absent(self, cell: Cell, there: httpx.Response, *changes: str) -> Iterable[str]:
        """Ask for what there is not, and compare: a refusal must not tell that there is something."""
        operation_id, state, who = cell
        path = example_of(operation_id, state, self.estate, self.people, self.things).path
        absent = {name: value for name, value in ABSENT.items() if name in path}
        async with rehearsal(self.service.house, *changes):
            token = self.token_of(state, who)
            nowhere = await self.ask(token, operation_id, state, **absent)

        def plain(reply: httpx.Response, names: dict[str, Any]) -> str:
            text = re.sub(r'"request_id":"\w*"', "", reply.text)
            for name in absent:
                text = text.replace(str(names[name]), "*")
            return f"{reply.status_code} {text}"

        one, other = plain(there, path), plain(nowhere, absent)
        return [] if one == other else [f"told apart from what is not there: {one} / {other}"]

    async def as_another(self, operation_id: str, who: Who, *changes: str) -> list[str]:
        """Ask within another organisation, with the identifiers of the estate: nothing of it is found there."""
        row = row_of(operation_id)
        states = [state for state in row.cells if state != "foreign"]
        wrong = []
        for state in states:
            async with rehearsal(self.service.house, *changes):
                reply = await self.ask(self.twins.tokens[who], operation_id, state, organisation=self.twin)
            told = list(self._leaks(reply, (operation_id, "foreign", who), "404"))
            if reply.status_code >= 500:
                told.append(f"{reply.status_code}: {reply.text[:200]}")
            wrong += [f"{operation_id} of {state} as {who} of another organisation, in it: {what}" for what in told]
        return wrong

    async def by_credential(self, operation_id: str, *changes: str) -> list[str]:
        """Ask with credentials of the owner that are no good, or not good enough."""
        method, template, operation = self.operations[operation_id]
        state: State = next(state for state in ("own", "shared") if state in row_of(operation_id).cells)  # type: ignore[misc]
        expected: dict[str, int] = {}
        if "link" in operation["security"][0]:
            state = "shared"
            expected = {
                "revoked link": 401,
                "expired link": 401,
                "used up link": 401 if "content" in template or "zip" in template else 200,
            }
        elif operation["security"] != [{}]:
            expected = {"revoked token": 401, "expired token": 401}
            if ORGANISATION in template or TEAM in template:
                expected["token for another organisation"] = 404
            if TEAM in template:
                expected["manager's token for another organisation"] = 404
        wrong = []
        for name, status in expected.items():
            async with rehearsal(self.service.house, *changes):
                reply = await self.ask(self.people.credentials[name], operation_id, state)
            if reply.status_code != status:
                wrong.append(f"{operation_id} by the {name}: {reply.status_code} instead of {status}")
            elif status != 200:
                told = self._leaks(reply, (operation_id, state, "nobody"), "401")
                wrong += [f"{operation_id} by the {name}: {what}" for what in told]
        if "session" not in str(operation["security"]):
            return wrong
        if method not in ("GET", "HEAD"):
            for header in ({}, {CSRF_HEADER: "A" * 43}):
                async with rehearsal(self.service.house, *changes):
                    reply = await self.ask("", operation_id, state, headers={"Cookie": self.people.cookie} | header)
                if reply.status_code != 403 or CSRF_HEADER not in reply.text:
                    wrong.append(f"{operation_id} by a cookie alone: {reply.status_code} instead of 403")
        return wrong


@asynccontextmanager
async def matrix_of(folder: Path) -> AsyncIterator[Matrix]:
    """Settle the estate and its neighbour with one application, and rehearse with another, which runs no jobs."""
    async with running_service(folder) as service:
        estate = await settle(service)
        things = await make_things(service, estate)
        await share_things(estate, things)
        people = await bring_together(service, estate.owner, estate.organisation, SHARED, own_team=estate.ids["team"])
        await withdraw_things(estate, things)
        async with service.house.database.transaction(
            organisation=await organisation_id_of(service.house, estate.organisation)
        ) as connection:
            of = {name: people.ids[f"{name}_link"] for name in ("expired", "used_up")}
            await connection.execute(text("UPDATE links SET expires_at = now() WHERE id = :expired"), of)
            await connection.execute(text("UPDATE links SET downloads = downloads_allowed WHERE id = :used_up"), of)
        neighbour = await service.person()
        twin = await service.equipped(neighbour)
        await send(neighbour.client, twin, {"own.txt": b"own"}, dataset="peridot", telescope="quadrant")
        twins = await bring_together(service, neighbour, twin, ["peridot"])
    async with running_service(folder, opener=opener, worker=False) as service:
        document = (await service.anonymous.get("/api/v1/openapi.json")).json()
        operations = {
            operation["operationId"]: (method.upper(), template, operation)
            for template, item in document["paths"].items()
            for method, operation in item.items()
        }
        yield Matrix(service, operations, estate, things, people, twin, twins)
