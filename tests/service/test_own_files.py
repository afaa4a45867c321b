"""A person's own files: theirs alone, kept by an organisation of theirs, and no team to anybody."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest_asyncio

from tests.support.sending import send_to_team
from tests.support.service import Person, RunningService

OWN = "/api/v1/teams/~me"


class Hven(msgspec.Struct):
    """An observatory with its owner, and a member with files of their own."""

    host: str
    owner: Person
    member: Person

    @property
    def base(self) -> str:
        return f"/api/v1/organisations/{self.host}"


async def opened(person: Person, organisation: str | None = None) -> Any:
    reply = await person.client.post("/api/v1/me/files", json={"organisation": organisation} if organisation else {})
    assert reply.status_code == 200, reply.text
    return reply.json()


async def listed(person: Person, folder: str = "") -> list[str]:
    reply = await person.client.get(f"{OWN}/files", params={"folder": folder})
    assert reply.status_code == 200, reply.text
    return [entry["path"] for entry in reply.json()["items"]]


async def told(person: Person, method: str, path: str, body: Any = None) -> tuple[int, str]:
    """Tell how a request is refused: the status, and the kind of problem."""
    reply = await person.client.request(method, path, json=body)
    assert reply.is_error, reply.text
    return reply.status_code, reply.json()["type"].removeprefix("/problems/")


@pytest_asyncio.fixture
async def hven(service: RunningService) -> Hven:
    owner, member = await service.person(), await service.person()
    host = await service.organisation(owner)
    added = await owner.client.put(f"/api/v1/organisations/{host}/members/{member.email}", json={"role": "member"})
    assert added.status_code == 200, added.text
    return Hven(host, owner, member)


async def test_they_are_empty_until_an_organisation_keeps_them(service: RunningService, hven: Hven) -> None:
    member = hven.member
    assert await listed(member) == []
    assert (await member.client.get(f"{OWN}/trash")).json()["items"] == []
    assert (await member.client.get(f"{OWN}/storage")).json()["files"] == 0
    assert (await member.client.get("/api/v1/me")).json()["own_files"] is None
    new = {"files": [{"path": "notes.txt", "size_bytes": 1, "sha256": "0" * 64, "crc32c": "AAAAAA=="}]}
    assert await told(member, "POST", f"{OWN}/uploads", new) == (404, "own-files-not-open")
    first = await opened(member)
    assert (first["organisation"], await opened(member)) == (hven.host, first)
    assert (await member.client.get("/api/v1/me")).json()["own_files"] == hven.host
    await send_to_team(member.client, "~me", {"a/notes.txt": b"clear"})
    assert await listed(member) == ["a"]
    stranger = await service.person()
    assert await told(stranger, "POST", "/api/v1/me/files", {}) == (409, "no-host")
    assert await told(stranger, "POST", "/api/v1/me/files", {"organisation": hven.host}) == (404, "not-found")


async def test_they_have_versions_and_a_trash_as_a_teams_files_have(hven: Hven) -> None:
    member = hven.member
    await opened(member)
    [first] = await send_to_team(member.client, "~me", {"notes.txt": b"clear"})
    await send_to_team(member.client, "~me", {"notes.txt": b"clouds"})
    versions = (await member.client.get(f"{OWN}/files/{first['file']}/versions")).json()["items"]
    assert [version["version"] for version in versions] == [2, 1]
    moved = await member.client.post(f"{OWN}/files/move", json={"path": "notes.txt", "to": "b/c.txt"})
    assert (moved.status_code, await listed(member, "b")) == (200, ["b/c.txt"])
    trashed = await member.client.post(f"{OWN}/files/trash", json={"files": [{"path": "b"}], "folders": True})
    assert (trashed.json(), await listed(member)) == ({"files": 1}, [])
    back = await member.client.post(f"{OWN}/files/{first['file']}/restore", json={})
    assert (back.status_code, back.json()["path"]) == (200, "b/c.txt")


async def test_nobody_else_sees_or_changes_any_of_it(service: RunningService, hven: Hven) -> None:
    member = hven.member
    await opened(member)
    [sent] = await send_to_team(member.client, "~me", {"secret-plan.txt": b"a new star"})
    events = (await hven.owner.client.get(f"{hven.base}/audit")).json()["items"]
    slug = next(entry["target"] for entry in events if entry["action"] == "own-files.opened")
    assert slug == "teams/~me"
    names = {"~me", await real_slug(service, member), await real_id(service, member)}
    for person in (hven.owner, await service.person()):
        await opened(hven.owner)
        for name in names:
            one = f"/api/v1/teams/{name}/files/{sent['file']}"
            assert (await person.client.get(one)).status_code == 404
            assert (await person.client.get(f"{one}/content")).status_code == 404
            assert (await person.client.get(f"{one}/versions")).status_code == 404
            assert (await person.client.post(f"{one}/restore", json={"version": 1})).status_code == 404
            whole = await person.client.get(f"/api/v1/teams/{name}/files", params={"whole_tree": True})
            assert whole.status_code == 404 or whole.json()["items"] == []
            gone = await person.client.post(
                f"/api/v1/teams/{name}/files/trash", json={"files": [{"path": "secret-plan.txt"}]}
            )
            assert gone.status_code == 404
    assert await listed(member) == ["secret-plan.txt"]
    # What the organisation hears of it: how much, and no name.
    for path in ("files", "audit", "usage?by=team", "nights"):
        reply = await hven.owner.client.get(f"{hven.base}/{path}")
        assert "secret-plan" not in reply.text, path


async def test_not_even_its_owner_reaches_it_by_another_name(service: RunningService, hven: Hven) -> None:
    await opened(hven.member)
    for name in (await real_slug(service, hven.member), await real_id(service, hven.member)):
        assert await told(hven.member, "GET", f"/api/v1/teams/{name}/files") == (404, "not-found")
        assert await told(hven.member, "GET", f"/api/v1/teams/{name}") == (404, "not-found")


async def test_it_is_no_team(service: RunningService, hven: Hven) -> None:
    member = hven.member
    await opened(member)
    assert (await member.client.get("/api/v1/teams")).json()["items"] == []
    assert (await member.client.get("/api/v1/tree", params={"path": "/team"})).json()["items"] == []
    made = await member.client.post(f"{hven.base}/datasets", json={"name": "First"})
    assert made.status_code == 201, made.text
    own, slug = "/api/v1/teams/~me", await real_slug(service, member)
    refused = [
        ("GET", own, None),
        ("PATCH", own, {"name": "Ours"}),
        ("DELETE", own, None),
        ("GET", f"{own}/members", None),
        ("PUT", f"{own}/members/{hven.owner.email}", {"role": "viewer"}),
        ("DELETE", f"{own}/members/{member.email}", None),
        ("GET", f"{own}/datasets", None),
        ("GET", f"{own}/activity", None),
        ("POST", f"{own}/invitations", {"email": hven.owner.email, "role": "viewer"}),
        ("GET", f"{own}/invitations", None),
        ("PUT", f"{hven.base}/datasets/first/shares/~me", {}),
    ]
    for method, path, body in refused:
        assert await told(member, method, path, body) == (404, "own-files-no-team"), (method, path)
        assert await told(member, method, path.replace("~me", slug), body) == (404, "not-found"), (method, path)
    named = await hven.owner.client.post(f"{hven.base}/teams", json={"name": "Me", "slug": "~me"})
    assert named.status_code == 400


async def real_slug(service: RunningService, person: Person) -> str:
    return str(await _column(service, person, "slug"))


async def real_id(service: RunningService, person: Person) -> str:
    return str(await _column(service, person, "id"))


async def _column(service: RunningService, person: Person, column: str) -> Any:
    from sqlalchemy import text

    account = (await person.client.get("/api/v1/me")).json()["id"]
    async with service.house.database.transaction(account=account) as connection:
        query = text(f"SELECT {column} FROM teams WHERE owner_account_id = :account")
        return await connection.scalar(query, {"account": account})
