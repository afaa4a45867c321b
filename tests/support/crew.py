"""A team with somebody of each role, none of whom but its manager is of the organisation that hosts it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import httpx
import msgspec

from tests.support.mail import sent_mails, text_of
from tests.support.sending import send_to_team
from tests.support.service import Person, RunningService

__all__ = ["Crew", "gather"]

_numbers = itertools.count(1)


class Crew(msgspec.Struct):
    """A team, its host, and people: ``outsider`` is a member of the host and not of the team."""

    service: RunningService
    host: str
    team: str
    manager: Person
    editor: Person
    viewer: Person
    outsider: Person

    def path(self, rest: str = "") -> str:
        return f"/api/v1/teams/{self.team}{rest}"

    async def put(self, files: dict[str, bytes], *, by: Person | None = None, **more: Any) -> list[dict[str, Any]]:
        """Send files as the editor; return what became of each."""
        return await send_to_team((by or self.editor).client, self.team, files, **more)

    async def ask(self, method: str, rest: str, body: Any = None, *, by: Person | None = None) -> httpx.Response:
        """Send a request below the team's address, as the editor."""
        return await (by or self.editor).client.request(method, self.path(rest), json=body)

    async def tree(self, *, by: Person | None = None, limit: int = 3) -> dict[str, dict[str, Any]]:
        """List every file in its place, by path; page by page."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = await self.ask("GET", f"/files?whole_tree=true&limit={limit}{cursor}", by=by)
            assert page.status_code == 200, page.text
            found += page.json()["items"]
            if page.json()["next_cursor"] is None:
                return {entry["path"]: entry for entry in found}
            cursor = f"&cursor={page.json()['next_cursor']}"

    async def read(self, file_id: str, version: int | None = None, *, by: Person | None = None) -> bytes:
        """Download a version of a file."""
        moved = await self.ask(
            "GET", f"/files/{file_id}/content" + (f"?version={version}" if version else ""), by=by or self.viewer
        )
        assert moved.status_code == 302, moved.text
        reply = await self.service.anonymous.get(moved.headers["location"])
        assert reply.status_code == 200
        return reply.content

    async def join(self, person: Person, role: str) -> None:
        """Let somebody in by an invitation."""
        made = await self.ask("POST", "/invitations", {"email": person.email, "role": role}, by=self.manager)
        assert made.status_code == 201, made.text
        mail = text_of((await sent_mails(self.service.house, person.email))[-1])
        answer = {"secret": mail.partition("/invitations#")[2].split()[0], "answer": "accepted"}
        joined = await person.client.post("/api/v1/invitations/answer", json=answer)
        assert joined.status_code == 200, joined.text


async def gather(service: RunningService, people: Sequence[Person] = ()) -> Crew:
    """Make a team with its people: these as manager, editor, viewer and outsider, or new ones."""
    manager, editor, viewer, outsider = people or [await service.person() for _ in range(4)]
    host = await service.organisation(manager)
    base = f"/api/v1/organisations/{host}"
    added = await manager.client.put(f"{base}/members/{outsider.email}", json={"role": "admin"})
    assert added.status_code == 200, added.text
    made = await manager.client.post(f"{base}/teams", json={"name": f"Crew {next(_numbers)} of {host}"})
    assert made.status_code == 201, made.text
    crew = Crew(service, host, made.json()["slug"], manager, editor, viewer, outsider)
    await crew.join(editor, "editor")
    await crew.join(viewer, "viewer")
    return crew
