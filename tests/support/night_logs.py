"""One observatory's night log, as its people write it over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec

from tests.support.service import Person, RunningService

__all__ = ["EVENING", "NIGHT", "Place"]

NIGHT = "2026-07-10"
EVENING = datetime(2026, 7, 10, 20, 0, tzinfo=UTC)


class Place(msgspec.Struct):
    """An organisation of the owner's with an observatory, and the address of one night's log."""

    service: RunningService
    owner: Person
    slug: str

    @property
    def base(self) -> str:
        return f"/api/v1/organisations/{self.slug}"

    def log(self, night: str = NIGHT) -> str:
        return f"{self.base}/telescopes/quadrant/nights/{night}/log"

    async def write(self, text: str, night: str = NIGHT, **more: Any) -> dict[str, Any]:
        reply = await self.try_writing(text, night, **more)
        assert reply.status_code == 201, reply.text
        written: dict[str, Any] = reply.json()
        return written

    async def try_writing(self, text: str, night: str = NIGHT, **more: Any) -> httpx.Response:
        body = {"text": text, "occurred_at": f"{night}T20:00:00Z", **more}
        return await self.owner.client.post(f"{self.log(night)}/entries", json=body)

    async def edit(self, entry: dict[str, Any], by: Person | None = None, **changes: Any) -> httpx.Response:
        members = ("text", "level", "category", "tags", "time_lost_s", "time_lost_kind", "occurred_at", "frames",
                   "attachments", "revision")  # fmt: skip
        body = {name: entry[name] for name in members} | changes
        return await (by or self.owner).client.put(f"{self.log()}/entries/{entry['id']}", json=body)

    async def get(self, url: str, **query: Any) -> Any:
        reply = await self.owner.client.get(url, params=query)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def member(self, role: str) -> Person:
        person = await self.service.person()
        made = await self.owner.client.put(f"{self.base}/members/{person.email}", json={"role": role})
        assert made.status_code == 200
        return person
