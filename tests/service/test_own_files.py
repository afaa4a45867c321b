"""A person's own files: theirs alone, kept by an organisation of theirs, and no team to anybody."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.support.access_people import join
from tests.support.mail import sent_mails
from tests.support.sending import send_to_team
from tests.support.service import Person, RunningService
from tests.support.stored_files import organisation_id_of

OWN = "/api/v1/teams/~me"
PASSWORD = "a long enough password"


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


@asynccontextmanager
async def inside(service: RunningService, host: str) -> AsyncIterator[AsyncConnection]:
    """Look at what the transactions of an organisation see."""
    organisation = await organisation_id_of(service.house, host)
    async with service.house.database.transaction(organisation=organisation) as connection:
        yield connection


async def account_of(person: Person) -> UUID:
    return UUID((await person.client.get("/api/v1/me")).json()["id"])


async def real_slug(service: RunningService, person: Person) -> str:
    return str(await _column(service, person, "slug"))


async def real_id(service: RunningService, person: Person) -> str:
    return str(await _column(service, person, "id"))


async def _column(service: RunningService, person: Person, column: str) -> Any:
    account = await account_of(person)
    async with service.house.database.transaction(account=account) as connection:
        query = text(f"SELECT {column} FROM teams WHERE owner_account_id = :account")
        return await connection.scalar(query, {"account": account})


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
    async with service.client() as browser:
        signed_in = await browser.post("/api/v1/session", json={"email": member.email, "password": PASSWORD})
        assert signed_in.json()["account"]["own_files"] == hven.host
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
        assert reply.status_code == 200, path
        assert "secret-plan" not in reply.text, path
    usage = (await hven.owner.client.get(f"{hven.base}/usage?by=team")).json()
    assert f"~{member.email}" in str(usage)
    async with inside(service, hven.host) as connection:
        told_of = list(await connection.scalars(text("SELECT payload FROM events WHERE kind = 'team.files-changed'")))
    assert told_of == [{"team": await real_slug(service, member), "change": "put", "files": 1}]


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


async def test_the_database_alone_keeps_everybody_else_out(service: RunningService, hven: Hven) -> None:
    await opened(hven.member)
    place, other = await real_id(service, hven.member), await account_of(hven.owner)
    tried = (
        ("INSERT INTO team_members (team_id, account_id, role) VALUES (:place, :other, 'viewer')"),
        (
            "INSERT INTO invitations (id, team_id, email, role, secret_hash, invited_by, expires_at)"
            " VALUES (gen_random_uuid(), :place, 'x@hven.example', 'viewer', '1', :other, now())"
        ),
        (
            "INSERT INTO teams (id, organisation_id, slug, name, owner_account_id)"
            " SELECT gen_random_uuid(), organisation_id, '~another', 'Own files', :other FROM teams WHERE id = :place"
        ),
    )
    for statement in tried:
        with pytest.raises(DBAPIError, match="row-level security"):
            async with inside(service, hven.host) as connection:
                await connection.execute(text("SELECT set_config('uraniborg.team', :id, true)"), {"id": place})
                values = {"place": place, "other": other}
                await connection.execute(
                    text(statement), {name: values[name] for name in values if f":{name}" in statement}
                )


async def test_in_the_tree_they_are_ones_own_alone(service: RunningService, hven: Hven) -> None:
    member, stranger = hven.member, await service.person()
    for person in (member, stranger):
        assert await names_in(person, "/") == ["me", "org", "packages", "team"]
        assert await names_in(person, "/me") == []
    await opened(member)
    await send_to_team(member.client, "~me", {"2026/notes.txt": b"clear", "top.txt": b"top"})
    assert (await names_in(member, "/me"), await names_in(member, "/me/2026")) == (["2026", "top.txt"], ["notes.txt"])
    assert await names_in(hven.owner, "/me") == await names_in(stranger, "/me") == []
    asked = {"paths": ["/me", "/me/top.txt", "/me/2026", "/me/none"]}
    entries = (await member.client.post("/api/v1/tree/entries", json=asked)).json()["entries"]
    assert [entry and entry["kind"] for entry in entries] == ["folder", "file", "folder", None]
    entries = (await stranger.client.post("/api/v1/tree/entries", json=asked)).json()["entries"]
    assert [entry and entry["kind"] for entry in entries] == ["folder", None, None, None]
    for person, content in ((member, b"top"), (stranger, None), (hven.owner, None)):
        reply = await person.client.post("/api/v1/tree/addresses", json={"paths": ["/me/top.txt"]})
        [address] = reply.json()["addresses"]
        got = (await service.anonymous.get(address["url"])).content if address else None
        assert got == content
        by_dav = await service.client(**basic(person)).get("/dav/me/top.txt", follow_redirects=True)
        assert (by_dav.status_code, by_dav.content == b"top") == ((200, True) if content else (404, False))
    # By its own slug it is no team in the tree, not even to its owner.
    slug = await real_slug(service, member)
    for path in (f"/team/{slug}", f"/team/{slug}/files", "/team/~me", "/team/~me/files"):
        reply = await member.client.get("/api/v1/tree", params={"path": path})
        assert (reply.status_code == 404) == (path != "/team/~me/files"), path


async def test_tokens_reach_no_further_than_they_say(service: RunningService, hven: Hven) -> None:
    member = hven.member
    elsewhere = await service.organisation(member)
    await opened(member, hven.host)
    await send_to_team(member.client, "~me", {"notes.txt": b"clear"})
    sender = await with_token(service, member, scopes=["uploads:write"], organisation=hven.host, kind="upload-only")
    new = {"files": [{"path": "x", "size_bytes": 1, "sha256": "0" * 64}]}
    for method, path, body in (
        ("POST", f"{OWN}/uploads", new),
        ("GET", f"{OWN}/files", None),
        ("POST", "/api/v1/me/files", {}),
    ):
        reply = await sender.request(method, path, json=body)
        assert (reply.status_code, reply.json()["type"]) == (403, "/problems/not-allowed"), path
    reader = await with_token(service, member, scopes=["team-files:read", "files:read"])
    assert (await reader.get(f"{OWN}/files")).json()["items"][0]["path"] == "notes.txt"
    assert (await reader.post(f"{OWN}/uploads", json=new)).status_code == 403
    trash = {"files": [{"path": "notes.txt"}]}
    assert (await reader.post(f"{OWN}/files/trash", json=trash)).status_code == 403
    no_tree = await with_token(service, member, scopes=["files:read"])
    assert (await no_tree.get("/api/v1/tree", params={"path": "/me"})).status_code == 403
    bound = await with_token(service, member, organisation=elsewhere)
    for method, path, body in (
        ("GET", f"{OWN}/files", None),
        ("POST", f"{OWN}/uploads", new),
        ("POST", f"{OWN}/files/trash", trash),
        ("POST", "/api/v1/me/files", {}),
        ("POST", "/api/v1/me/files", {"organisation": elsewhere}),
    ):
        assert (await bound.request(method, path, json=body)).status_code == 404, path


async def test_an_answer_is_given_again_to_who_asks_again(hven: Hven) -> None:
    await opened(hven.member)
    await send_to_team(hven.member.client, "~me", {"notes.txt": b"clear"})
    body, headers = {"path": "notes.txt", "to": "there.txt"}, {"Idempotency-Key": "once"}
    for _ in range(2):
        reply = await hven.member.client.post(f"{OWN}/files/move", json=body, headers=headers)
        assert (reply.status_code, reply.json()) == (200, {"files": 1})


async def test_only_without_files_they_go_to_another_organisation(service: RunningService, hven: Hven) -> None:
    member = hven.member
    elsewhere = await service.organisation(member)
    assert (await opened(member))["organisation"] == hven.host, "the one joined first"
    assert (await opened(member, elsewhere))["organisation"] == elsewhere
    await send_to_team(member.client, "~me", {"notes.txt": b"clear"})
    back = {"organisation": hven.host}
    assert await told(member, "POST", "/api/v1/me/files", back) == (409, "own-files-elsewhere")
    trashed = await member.client.post(f"{OWN}/files/trash", json={"files": [{"path": "/"}], "folders": True})
    assert trashed.status_code == 200
    assert await told(member, "POST", "/api/v1/me/files", back) == (409, "own-files-elsewhere")
    assert (await member.client.post(f"{OWN}/trash/empty")).json() == {"files": 1}
    assert (await opened(member, hven.host))["organisation"] == hven.host
    assert (await opened(member))["organisation"] == hven.host


async def test_who_leaves_the_host_keeps_them_and_sends_no_more(service: RunningService, hven: Hven) -> None:
    member = hven.member
    await opened(member)
    [sent] = await send_to_team(member.client, "~me", {"notes.txt": b"clear"})
    removed = await hven.owner.client.delete(f"{hven.base}/members/{member.email}")
    assert removed.status_code == 204
    assert await listed(member) == ["notes.txt"]
    content = await member.client.get(f"{OWN}/files/{sent['file']}/content")
    assert (await service.anonymous.get(content.headers["location"])).content == b"clear"
    new = {"files": [{"path": "x", "size_bytes": 1, "sha256": "0" * 64}]}
    assert await told(member, "POST", f"{OWN}/uploads", new) == (403, "host-left")
    trashed = await member.client.post(f"{OWN}/files/trash", json={"files": [{"path": "notes.txt"}]})
    assert trashed.status_code == 200
    assert (await member.client.post(f"{OWN}/trash/empty")).json() == {"files": 1}
    elsewhere = await service.organisation(member)
    assert (await opened(member, elsewhere))["organisation"] == elsewhere
    await send_to_team(member.client, "~me", {"notes.txt": b"clear"})


async def test_a_guest_has_them_at_an_organisation_of_their_own(service: RunningService) -> None:
    owner, guest = await service.person(), await service.person()
    host = await service.equipped(owner)
    nights = {"first_night": "2026-01-01", "last_night": "2026-12-31"}
    let_in = await owner.client.post(
        f"/api/v1/organisations/{host}/assignments", json={"email": guest.email, "telescope": "quadrant"} | nights
    )
    assert let_in.status_code == 201, let_in.text
    assert await told(guest, "POST", "/api/v1/me/files", {}) == (409, "no-host")
    assert await told(guest, "POST", "/api/v1/me/files", {"organisation": host}) == (403, "not-allowed")


async def test_an_organisation_that_closes_lets_them_be_read_and_removed(service: RunningService, hven: Hven) -> None:
    member = hven.member
    await opened(member)
    await send_to_team(member.client, "~me", {"notes.txt": b"clear"})
    crew, manager = f"crew-{hven.host}", await service.person()
    assert (await hven.owner.client.post(f"{hven.base}/teams", json={"name": "Crew", "slug": crew})).is_success
    await join(service, hven.owner, crew, manager, "manager")
    await send_to_team(manager.client, crew, {"notes.txt": b"clear"})
    closed = await hven.owner.client.post(f"{hven.base}/close", json={"confirm": hven.host})
    assert closed.status_code == 200, closed.text
    for person in (member, manager, hven.owner):
        told_of = [mail["subject"] for mail in await sent_mails(service.house, person.email)]
        assert told_of.count(f"{hven.host} is closed") == 1, person.name
    assert await listed(member) == ["notes.txt"]
    new = {"files": [{"path": "x", "size_bytes": 1, "sha256": "0" * 64}]}
    assert await told(member, "POST", f"{OWN}/uploads", new) == (409, "organisation-closed")
    stranger = await service.person()
    assert await told(stranger, "POST", "/api/v1/me/files", {"organisation": hven.host}) == (404, "not-found")
    assert await told(hven.owner, "POST", "/api/v1/me/files", {}) == (409, "no-host")


async def names_in(person: Person, path: str) -> list[str]:
    reply = await person.client.get("/api/v1/tree", params={"path": path})
    assert reply.status_code == 200, reply.text
    return [entry["name"] for entry in reply.json()["items"]]


def basic(person: Person) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'x:{person.token}'.encode()).decode()}"}


async def with_token(service: RunningService, person: Person, **more: Any) -> httpx.AsyncClient:
    """Give a client that speaks by another token of somebody."""
    made = await person.client.post("/api/v1/tokens", json={"name": "more", **more})
    assert made.status_code == 201, made.text
    return service.client(Authorization=f"Bearer {made.json()['secret']}")
