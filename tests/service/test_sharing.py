"""Teams, shares and links: who is let in sees what is shared, all of it and nothing else, until it is taken back."""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import numpy as np
import pytest
import pytest_asyncio
from astropy.io import fits
from sqlalchemy import text

from service.actions.invitations import MAILS_PER_ADDRESS
from service.forms import FORM_MEMBER
from tests.support.mail import sent_mails, text_of
from tests.support.rehearsal import superuser
from tests.support.sending import send, wait_for_jobs
from tests.support.service import PASSWORD, Person, RunningService

LATER = "2100-01-01T00:00:00Z"


class Estate(msgspec.Struct):
    """An observatory with two datasets, ``shared`` (a frame, a note, a frame under embargo) and ``own``."""

    service: RunningService
    owner: Person
    slug: str
    files: dict[str, dict[str, Any]]
    contents: dict[str, bytes]
    team: str = ""

    def path(self, rest: str) -> str:
        return f"/api/v1/organisations/{self.slug}/{rest}"

    async def ask(self, method: str, rest: str, **more: Any) -> httpx.Response:
        return await self.owner.client.request(method, self.path(rest), **more)

    async def invite(self, email: str, role: str = "viewer") -> str:
        """Invite somebody; the secret out of the mail."""
        made = await self.owner.client.post(
            f"/api/v1/teams/{self.team}/invitations", json={"email": email, "role": role}
        )
        assert made.status_code == 201, made.text
        mail = (await sent_mails(self.service.house, email))[-1]
        found = re.search(r"/invitations#(\S+)", text_of(mail))
        assert found
        return found[1]

    async def joined(self, role: str = "viewer") -> Person:
        """A stranger who accepted an invitation."""
        person = await self.service.person()
        secret = await self.invite(person.email, role)
        answer = await person.client.post("/api/v1/invitations/answer", json={"secret": secret, "answer": "accepted"})
        assert answer.status_code == 200, answer.text
        return person


def frame(seed: int) -> bytes:
    hdu = fits.PrimaryHDU(np.random.default_rng(seed).integers(0, 4000, (16, 16), dtype=np.int16))
    hdu.header["DATE-OBS"] = "2026-03-14T22:00:00"
    hdu.header["OBJECT"] = f"Field {seed}"
    written = io.BytesIO()
    hdu.writeto(written)
    return written.getvalue()


@pytest_asyncio.fixture(loop_scope="session")
async def estate(service: RunningService) -> Estate:
    owner = await service.person()
    slug = await service.equipped(owner)
    shared = {"light.fits": frame(1), "held.fits": frame(2), "note.txt": b"clear sky"}
    own = {"secret.fits": frame(3)}
    await send(owner.client, slug, shared, telescope="quadrant", dataset="shared", host="dome-pc")
    await send(owner.client, slug, own, telescope="quadrant", dataset="own")
    await wait_for_jobs(owner.client, slug)
    listed = (await owner.client.get(f"/api/v1/organisations/{slug}/files")).json()["items"]
    files = {file["path"]: file for file in listed}
    held = await owner.client.put(
        f"/api/v1/organisations/{slug}/embargoes/file/{files['held.fits']['id']}", json={"until": LATER}
    )
    assert held.status_code == 200
    team = await owner.client.post(f"/api/v1/organisations/{slug}/teams", json={"name": f"Comets of {slug}"})
    assert team.status_code == 201, team.text
    return Estate(service, owner, slug, files, shared | own, team.json()["slug"])


async def seen(estate: Estate, person: Person) -> set[str]:
    """Tell which files somebody sees, and that every way of looking agrees."""
    listed = await person.client.get(estate.path("files"))
    if listed.status_code == 404:
        for rest in ("frames", "frames/facets", "datasets", "datasets/shared", "datasets/shared/files"):
            assert (await person.client.get(estate.path(rest))).status_code == 404
        paths = set()
    else:
        assert all(file["uploaded_by"] is None and file["host"] is None for file in listed.json()["items"])
        assert estate.owner.email not in listed.text
        paths = {file["path"] for file in listed.json()["items"]}
        in_dataset = await person.client.get(estate.path("datasets/shared/files"))
        assert {file["path"] for file in in_dataset.json()["items"]} == paths
        dataset = (await person.client.get(estate.path("datasets/shared"))).json()
        assert dataset["file_count"] == len(paths)
        frames = {name for name in paths if name.endswith(".fits")}
        found = (await person.client.get(estate.path("frames?count=true"))).json()
        assert {f["path"] for f in found["items"]} == frames
        assert found["count"] == len(frames)
        facets = (await person.client.get(estate.path("frames/facets?facet=object"))).json()["facets"]["object"]
        assert sum(value["count"] for value in facets) == len(frames)
        assert (await person.client.get(estate.path("datasets"))).json()["items"][0]["slug"] == "shared"
    for name, file in estate.files.items():
        expected = 200 if name in paths else 404
        asked = [f"files/{file['id']}"]
        if file["frame"]:
            asked += [f"frames/{file['frame']}", f"frames/{file['frame']}/header"]
        for rest in asked:
            assert (await person.client.get(estate.path(rest))).status_code == expected, (name, rest)
        content = await person.client.get(estate.path(f"files/{file['id']}/content"))
        assert content.status_code == (302 if name in paths else 404)
        if file["frame"]:
            preview = await person.client.get(estate.path(f"frames/{file['frame']}/preview/128"))
            assert preview.status_code == (302 if name in paths else 404)
    return paths


async def test_a_shared_dataset_is_read_by_the_team_until_it_is_taken_back(estate: Estate) -> None:
    friend, stranger = await estate.joined(), await estate.service.person()
    assert await seen(estate, friend) == set()
    share = f"datasets/shared/shares/{estate.team}"
    refused = await estate.ask("PUT", share, json={})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/under-embargo")
    shared = await estate.ask("PUT", share, json={"leave_out_embargoed": True})
    assert shared.status_code == 200, shared.text
    assert await seen(estate, friend) == {"light.fits", "note.txt"}
    assert await seen(estate, stranger) == set()
    listed = (await friend.client.get(f"/api/v1/teams/{estate.team}/datasets")).json()["items"]
    assert [(d["organisation"], d["dataset"]) for d in listed] == [(estate.slug, "shared")]

    # The embargo lifts by itself, and what joins later is shared too.
    held = estate.files["held.fits"]["id"]
    soon = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    await estate.ask("PUT", f"embargoes/file/{held}", json={"until": soon})
    assert await seen(estate, friend) == {"light.fits", "note.txt", "held.fits"}
    await estate.ask("PUT", f"embargoes/file/{held}", json={"until": LATER})
    assert await seen(estate, friend) == {"light.fits", "note.txt"}
    await estate.ask("PUT", share, json={"with_embargoed": True})
    assert await seen(estate, friend) == {"light.fits", "note.txt", "held.fits"}
    await estate.ask("POST", "datasets/shared/files", json={"files": [{"file": estate.files["secret.fits"]["id"]}]})
    assert await seen(estate, friend) == set(estate.files)
    await estate.ask("POST", "datasets/shared/files/remove", json={"paths": ["secret.fits"]})

    assert (await estate.ask("DELETE", share)).status_code == 204
    assert await seen(estate, friend) == set()
    assert (await estate.ask("DELETE", share)).status_code == 404
    kinds = [a["kind"] for a in (await friend.client.get(f"/api/v1/teams/{estate.team}/activity")).json()["items"]]
    assert kinds[0] == "dataset.unshared"
    assert {"dataset.shared", "member.joined", "member.invited", "team.made"} <= set(kinds)


async def test_a_reader_lists_the_nights_of_what_is_shared_and_hears_nothing_of_their_logs(estate: Estate) -> None:
    friend = await estate.joined()
    await estate.ask("PUT", f"datasets/shared/shares/{estate.team}", json={"leave_out_embargoed": True})
    for night in ("2026-03-14", "2026-03-15"):
        entry = {"text": "Fog.", "time_lost_s": 600, "time_lost_kind": "weather", "occurred_at": f"{night}T22:00:00Z"}
        made = await estate.ask("POST", f"telescopes/quadrant/nights/{night}/log/entries", json=entry)
        assert made.status_code == 201, made.text
    nights = await friend.client.get(estate.path("nights"))
    assert nights.status_code == 200, nights.text
    told = [(n["night"], n["frames"], n["log"], n["time_lost_s"]) for n in nights.json()["items"]]
    assert told == [("2026-03-14", 1, "none", 0)]
    owns = (await estate.owner.client.get(estate.path("nights"))).json()["items"]
    assert [(n["night"], n["frames"], n["log"], n["time_lost_s"]) for n in owns] == [
        ("2026-03-15", 0, "open", 600),
        ("2026-03-14", 3, "open", 600),
    ]


async def test_who_leaves_the_team_sees_nothing_at_once(estate: Estate) -> None:
    friend, other = await estate.joined(), await estate.joined()
    await estate.ask("PUT", f"datasets/shared/shares/{estate.team}", json={"leave_out_embargoed": True})
    assert await seen(estate, friend)
    left = await friend.client.delete(f"/api/v1/teams/{estate.team}/members/{friend.email}")
    assert left.status_code == 204
    assert await seen(estate, friend) == set()
    removed = await other.client.delete(f"/api/v1/teams/{estate.team}/members/{estate.owner.email}")
    assert removed.status_code == 403
    assert (await estate.owner.client.delete(f"/api/v1/teams/{estate.team}/members/{other.email}")).status_code == 204
    assert await seen(estate, other) == set()


async def test_a_guest_who_is_in_a_team_sees_what_is_shared_with_it(estate: Estate) -> None:
    """They see it besides what is theirs, and change none of it; taken back, it is gone, and theirs stays."""
    guest = await estate.joined()
    client = guest.client
    nights = {"email": guest.email, "telescope": "quadrant", "first_night": "2026-11-01"}
    assert (await estate.ask("POST", "assignments", json=nights)).status_code == 201
    own = await send(client, estate.slug, {"mine.txt": b"mine"}, telescope="quadrant", dataset="guest-night")
    assert own[0]["state"] in ("stored", "kept"), own

    async def paths() -> set[str]:
        files = (await client.get(estate.path("files"))).json()["items"]
        frames = (await client.get(estate.path("frames"))).json()["items"]
        assert {f["path"] for f in frames} == {f["path"] for f in files if f["path"].endswith(".fits")}
        assert all(f["telescope"] == "quadrant" for f in files if f["path"].endswith(".fits"))
        datasets = (await client.get(estate.path("datasets"))).json()["items"]
        assert {d["slug"]: d["file_count"] for d in datasets} == {"guest-night": 1} | (
            {"shared": len(files) - 1} if len(files) > 1 else {}
        )
        for name, file in estate.files.items():
            expected = 302 if name in {f["path"] for f in files} else 404
            content = await client.get(estate.path(f"files/{file['id']}/content"))
            assert content.status_code == expected, name
        return {f["path"] for f in files}

    assert await paths() == {"mine.txt"}
    share = f"datasets/shared/shares/{estate.team}"
    await estate.ask("PUT", share, json={"leave_out_embargoed": True})
    assert await paths() == {"mine.txt", "light.fits", "note.txt"}
    await estate.ask("PUT", share, json={"with_embargoed": True})
    assert await paths() == {"mine.txt", "light.fits", "note.txt", "held.fits"}

    light = estate.files["light.fits"]
    for method, rest, body in (
        ("POST", "datasets/shared/files", {"files": [{"file": own[0]["file"]}]}),
        ("POST", "datasets/shared/files/remove", {"paths": ["light.fits"]}),
        ("PATCH", "datasets/shared", {"name": "Mine"}),
        ("DELETE", f"files/{light['id']}", None),
        ("PATCH", f"frames/{light['frame']}", {"quality": "bad"}),
        ("POST", "links", {"name": "x", "dataset": "shared"}),
    ):
        refused = await client.request(method, estate.path(rest), json=body)
        assert refused.status_code in (403, 404), (rest, refused.text)
    again = {"files": [{"path": "more.txt", "size_bytes": 1, "sha256": "0" * 64}], "dataset": "shared"}
    assert (await client.post(estate.path("uploads"), json=again | {"telescope": "quadrant"})).status_code in (403, 404)
    listed = (await estate.ask("GET", "datasets/shared/files")).json()["items"]
    assert {f["path"] for f in listed} == {"light.fits", "held.fits", "note.txt"}

    assert (await estate.ask("DELETE", share)).status_code == 204
    assert await paths() == {"mine.txt"}


@pytest.mark.parametrize(
    ("method", "rest", "body"),
    [
        ("GET", "", None),
        ("GET", "members", None),
        ("GET", "telescopes", None),
        ("GET", "telescopes/quadrant/nights/2026-03-14/log", None),
        ("GET", "jobs", None),
        ("GET", "audit", None),
        ("GET", "embargoes", None),
        ("GET", "links", None),
        ("GET", "datasets/shared/shares", None),
        ("PATCH", "datasets/shared", {"name": "Mine"}),
        ("DELETE", "datasets/shared", None),
        ("POST", "datasets/shared/files/remove", {"paths": ["light.fits"]}),
        ("POST", "uploads", {"files": [{"path": "x", "size_bytes": 1}]}),
        ("DELETE", "files/{light}", None),
        ("PATCH", "frames/{frame}", {"quality": "bad"}),
        ("POST", "links", {"name": "x", "dataset": "shared"}),
    ],
)
async def test_a_reader_does_nothing_but_read(
    estate: Estate, method: str, rest: str, body: dict[str, Any] | None
) -> None:
    friend = await estate.joined("manager")
    await estate.ask("PUT", f"datasets/shared/shares/{estate.team}", json={"with_embargoed": True})
    light = estate.files["light.fits"]
    url = estate.path(rest.format(light=light["id"], frame=light["frame"])).rstrip("/")
    reply = await friend.client.request(method, url, json=body)
    assert reply.status_code == 404, reply.text


async def test_only_admins_share_what_is_under_embargo(estate: Estate) -> None:
    member = await estate.joined("editor")
    await estate.ask("PUT", f"members/{member.email}", json={"role": "member"})
    share = estate.path(f"datasets/shared/shares/{estate.team}")
    assert (await member.client.put(share, json={"with_embargoed": True})).status_code == 403
    assert (await member.client.put(share, json={"leave_out_embargoed": True})).status_code == 200
    link = {"name": "x", "dataset": "shared", "with_embargoed": True}
    assert (await member.client.post(estate.path("links"), json=link)).status_code == 403


async def test_a_dataset_is_shared_with_ones_own_teams_alone(estate: Estate) -> None:
    other = await estate.service.person()
    theirs = await estate.service.organisation(other)
    team = (await other.client.post(f"/api/v1/organisations/{theirs}/teams", json={"name": f"T {theirs}"})).json()
    share = f"datasets/own/shares/{team['slug']}"
    assert (await estate.ask("PUT", share, json={})).status_code == 404
    assert (await estate.owner.client.get(f"/api/v1/teams/{team['slug']}")).status_code == 404
    member = await estate.service.person()
    await estate.ask("PUT", f"members/{member.email}", json={"role": "member"})
    refused = await member.client.post(estate.path("teams"), json={"name": "Mine"})
    assert refused.status_code == 403


async def test_invitations_are_read_by_their_holder_and_answered_by_the_invitee_once(estate: Estate) -> None:
    invitee, thief = await estate.service.person(), await estate.service.person()
    secret = await estate.invite(invitee.email, "editor")
    look = await estate.service.anonymous.post("/api/v1/invitations/look", json={"secret": secret})
    assert (look.json()["email"], look.json()["role"], look.json()["team"]) == (invitee.email, "editor", estate.team)
    answer = {"secret": secret, "answer": "accepted"}
    assert (await estate.service.anonymous.post("/api/v1/invitations/answer", json=answer)).status_code == 401
    assert (await thief.client.post("/api/v1/invitations/answer", json=answer)).status_code == 403
    assert (await invitee.client.post("/api/v1/invitations/answer", json=answer)).status_code == 200
    for client in (invitee.client, thief.client):
        assert (await client.post("/api/v1/invitations/answer", json=answer)).status_code == 404
    teams = (await invitee.client.get("/api/v1/teams")).json()["items"]
    assert [(t["slug"], t["role"]) for t in teams] == [(estate.team, "editor")]
    listed = (await estate.owner.client.get(f"/api/v1/teams/{estate.team}/invitations")).json()["items"]
    assert listed[0]["answer"] == "accepted"
    assert secret not in str(listed)


async def test_an_invitation_ends_when_it_is_revoked_replaced_declined_or_old(estate: Estate) -> None:
    invitee = await estate.service.person()
    base = f"/api/v1/teams/{estate.team}/invitations"

    async def answers(secret: str, answer: str = "accepted") -> int:
        body = {"secret": secret, "answer": answer}
        return (await invitee.client.post("/api/v1/invitations/answer", json=body)).status_code

    first, second = await estate.invite(invitee.email), await estate.invite(invitee.email)
    assert await answers(first) == 404, "the newer one takes its place"
    newest = (await estate.owner.client.get(base)).json()["items"][0]["id"]
    assert (await estate.owner.client.delete(f"{base}/{newest}")).status_code == 204
    assert await answers(second) == 404
    assert await answers(await estate.invite(invitee.email), "declined") == 200
    assert (await invitee.client.get("/api/v1/teams")).json()["items"] == []
    old = await estate.invite(invitee.email)
    async with estate.service.house.database.transaction() as connection, superuser(connection):
        await connection.execute(
            text("UPDATE invitations SET expires_at = now() WHERE email = :email AND answer IS NULL"),
            {"email": invitee.email},
        )
    assert await answers(old) == 404


async def test_nobody_is_written_to_again_and_again(estate: Estate) -> None:
    invitations = f"/api/v1/teams/{estate.team}/invitations"
    asked = [
        (await estate.owner.client.post(invitations, json={"email": email})).status_code
        for email in ("often@hven.example", "OFTEN@hven.example") * 4
    ]
    assert asked == [201] * MAILS_PER_ADDRESS + [429] * 3
    assert len(await sent_mails(estate.service.house, "often@hven.example")) == MAILS_PER_ADDRESS
    assert (await estate.owner.client.post(invitations, json={"email": "another@hven.example"})).status_code == 201


async def test_a_case_variant_of_an_address_is_the_same_invitee(estate: Estate) -> None:
    invitee = await estate.service.person()
    made = await estate.owner.client.post(
        f"/api/v1/teams/{estate.team}/invitations", json={"email": f" {invitee.email.upper()} "}
    )
    assert made.json()["email"] == invitee.email


async def test_a_team_always_has_a_manager(estate: Estate) -> None:
    members = f"/api/v1/teams/{estate.team}/members"
    own = f"{members}/{estate.owner.email}"
    for refused in (
        await estate.owner.client.delete(own),
        await estate.owner.client.put(own, json={"role": "viewer"}),
    ):
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/last-manager")
    friend = await estate.joined()
    assert (await friend.client.put(own, json={"role": "viewer"})).status_code == 403
    assert (await friend.client.patch(f"/api/v1/teams/{estate.team}", json={"name": "x"})).status_code == 403
    promoted = await estate.owner.client.put(f"{members}/{friend.email}", json={"role": "manager"})
    assert promoted.json()["role"] == "manager"
    assert (await estate.owner.client.delete(own)).status_code == 204
    assert (await estate.owner.client.get(members)).status_code == 404
    assert (await friend.client.delete(f"/api/v1/teams/{estate.team}")).status_code == 204
    assert (await friend.client.get(f"/api/v1/teams/{estate.team}")).status_code == 404


# Links


async def make_link(estate: Estate, **new: Any) -> dict[str, Any]:
    made = await estate.ask("POST", "links", json={"name": "For the referee"} | new)
    assert made.status_code == 201, made.text
    return dict(made.json())


def holder(estate: Estate, link: dict[str, Any], **headers: str) -> httpx.AsyncClient:
    return estate.service.client(Authorization=f"Bearer {link['secret']}", **headers)


async def test_a_link_shows_its_dataset_and_nothing_else(estate: Estate) -> None:
    refused = await estate.ask("POST", "links", json={"name": "x", "dataset": "shared"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/under-embargo")
    link = await make_link(estate, dataset="shared", leave_out_embargoed=True)
    assert link["url"].endswith(f"#{link['secret']}")
    client = holder(estate, link)
    view = (await client.get("/api/v1/link")).json()
    assert (view["file_count"], view["dataset"]) == (2, "shared")
    assert view["organisation"]
    files = (await client.get("/api/v1/link/files")).json()["items"]
    assert [file["path"] for file in files] == ["light.fits", "note.txt"]
    for file in files:
        content = await client.get(f"/api/v1/link/files/{file['id']}/content")
        assert content.status_code == 200
        assert hashlib.sha256(content.content).hexdigest() == file["sha256"]
        assert content.content == estate.contents[file["path"]]
    for name in ("held.fits", "secret.fits"):
        assert (await client.get(f"/api/v1/link/files/{estate.files[name]['id']}/content")).status_code == 404
    for rest in ("files", "frames", "datasets/shared", ""):
        assert (await client.get(estate.path(rest).rstrip("/"))).status_code == 401
    assert (await client.get("/api/v1/me")).status_code == 401
    whole = await make_link(estate, dataset="shared", with_embargoed=True)
    listed = (await holder(estate, whole).get("/api/v1/link/files")).json()["items"]
    assert [file["path"] for file in listed] == ["held.fits", "light.fits", "note.txt"]


async def test_a_link_is_resumed_by_range_and_counted_once(estate: Estate) -> None:
    link = await make_link(estate, dataset="shared", leave_out_embargoed=True, downloads=2)
    client, light = holder(estate, link), estate.files["light.fits"]["id"]
    url, content = f"/api/v1/link/files/{light}/content", estate.contents["light.fits"]
    first = await client.get(url, headers={"Range": "bytes=0-99"})
    assert (first.status_code, first.content) == (206, content[:100])
    rest = await client.get(url, headers={"Range": "bytes=100-"})
    assert (rest.status_code, rest.content) == (206, content[100:])
    assert (await client.get(url, headers={"Range": "bytes=99999999-"})).status_code == 416
    assert (await client.get("/api/v1/link")).json()["downloads_left"] == 1
    assert (await client.get(url)).status_code == 200
    assert (await client.get(url)).status_code == 401
    listed = (await estate.ask("GET", "links")).json()["items"]
    assert (listed[0]["state"], listed[0]["downloads"]) == ("used up", 2)
    assert link["secret"] not in str(listed)


async def test_a_link_ends_when_it_is_revoked_or_old(estate: Estate) -> None:
    revoked = await make_link(estate, dataset="own")
    expired = await make_link(estate, dataset="own", days=1)
    assert (await holder(estate, revoked).get("/api/v1/link")).status_code == 200
    assert (await estate.ask("DELETE", f"links/{revoked['id']}")).status_code == 204
    assert (await estate.ask("DELETE", f"links/{revoked['id']}")).status_code == 404
    async with estate.service.house.database.transaction() as connection:
        organisation = await connection.scalar(
            text("SELECT id FROM organisations WHERE slug = :slug"), {"slug": estate.slug}
        )
    async with estate.service.house.database.transaction(organisation=organisation) as connection:
        await connection.execute(text("UPDATE links SET expires_at = now() WHERE id = :id"), {"id": expired["id"]})
    for link in (revoked, expired):
        for rest in ("link", "link/files", f"link/files/{estate.files['secret.fits']['id']}/content"):
            assert (await holder(estate, link).get(f"/api/v1/{rest}")).status_code == 401
    states = {link["id"]: link["state"] for link in (await estate.ask("GET", "links")).json()["items"]}
    assert (states[revoked["id"]], states[expired["id"]]) == ("revoked", "expired")


async def test_a_link_asks_for_its_password_and_not_for_ever(estate: Estate) -> None:
    link = await make_link(estate, dataset="own", password="comet 1577")
    without = await holder(estate, link).get("/api/v1/link")
    assert (without.status_code, without.json()["needs_password"]) == (401, True)
    right = holder(estate, link, **{"X-Link-Password": "comet 1577"})
    assert (await right.get("/api/v1/link")).status_code == 200
    wrong = holder(estate, link, **{"X-Link-Password": "comet 1578"})
    codes = [(await wrong.get("/api/v1/link")).status_code for _ in range(21)]
    assert codes == [401] * 20 + [429]
    assert (await right.get("/api/v1/link")).status_code == 429
    link = await make_link(estate, dataset="own", password="comet 1577")
    wrong = holder(estate, link, **{"X-Link-Password": "comet 1578"})
    replies = await asyncio.gather(*(wrong.get("/api/v1/link") for _ in range(60)))
    assert sorted(reply.status_code for reply in replies) == [401] * 20 + [429] * 40, "nor when they come at once"


async def test_a_link_for_reviewers_tells_no_names(estate: Estate) -> None:
    link = await make_link(estate, dataset="shared", leave_out_embargoed=True, anonymous=True)
    client = holder(estate, link)
    view = await client.get("/api/v1/link")
    assert view.json()["organisation"] is None
    files = await client.get("/api/v1/link/files")
    content = await client.get(f"/api/v1/link/files/{files.json()['items'][0]['id']}/content")
    async with estate.service.house.database.transaction() as connection:
        row = (
            await connection.execute(text("SELECT * FROM organisations WHERE slug = :slug"), {"slug": estate.slug})
        ).one()
    for reply in (view, files, content):
        told = f"{reply.headers} {reply.text if reply is not content else ''}"
        for name in (estate.slug, row.name, str(row.id), row.id.hex, estate.owner.email, estate.owner.name, "dome-pc"):
            assert name not in told


async def test_a_folder_is_linked_with_what_lies_in_it(estate: Estate) -> None:
    contents = {"2026/a.txt": b"a", "2026/deep/b.txt": b"b", "2026x/c.txt": b"c"}
    await send(estate.owner.client, estate.slug, contents)
    link = await make_link(estate, folder="2026")
    client = holder(estate, link)
    assert (await client.get("/api/v1/link")).json()["folder"] == "2026/"
    paths = []
    cursor = None
    while True:
        params = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/api/v1/link/files", params=params)).json()
        paths += [file["path"] for file in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert paths == ["2026/a.txt", "2026/deep/b.txt"]
    for folder in ("../x", "/", "a//..", "\x00"):
        refused = await estate.ask("POST", "links", json={"name": "x", "folder": folder})
        assert refused.status_code == 400, folder
    for new in ({}, {"folder": "a", "dataset": "own"}):
        assert (await estate.ask("POST", "links", json={"name": "x"} | new)).status_code == 400


# In a browser without scripts


def form_token(reply: httpx.Response) -> str:
    found = re.search(rf"name='{FORM_MEMBER}' value='([^']+)'", reply.text)
    assert found, reply.text
    return found[1]


async def test_a_link_is_opened_in_a_browser(estate: Estate) -> None:
    link = await make_link(estate, dataset="shared", leave_out_embargoed=True, password="comet 1577")
    browser = estate.service.client()
    asked = await browser.get("/s")
    assert asked.status_code == 200
    token = {FORM_MEMBER: form_token(asked)}
    wrong = await browser.post("/s", data=token | {"secret": link["url"]})
    assert (wrong.status_code, "has a password" in wrong.text) == (401, True)
    token = {FORM_MEMBER: form_token(wrong)}
    opened = await browser.post("/s", data=token | {"secret": link["url"], "password": "comet 1577"})
    assert opened.status_code == 200, opened.text
    assert "light.fits" in opened.text
    assert "held.fits" not in opened.text
    given = token | {FORM_MEMBER: form_token(opened), "secret": link["secret"], "password": "comet 1577"}
    file = await browser.post("/s", data=given | {"file": estate.files["light.fits"]["id"]})
    assert file.content == estate.contents["light.fits"]
    assert "attachment" in file.headers["content-disposition"]
    for other in (estate.files["held.fits"]["id"], "../x"):
        assert (await browser.post("/s", data=given | {"file": other})).status_code == 404
    assert (await browser.post("/s", data={"secret": link["secret"]})).status_code == 403, "no page of ours sent this"
    assert (await browser.post("/s", data=given | {"secret": "url_nothing"})).status_code == 401


async def test_an_invitation_is_answered_in_a_browser(estate: Estate) -> None:
    invitee = await estate.service.person()
    secret = await estate.invite(invitee.email)
    browser = estate.service.client()
    assert "password" in (await browser.get("/invitations")).text, "one signs in first"
    signed = await browser.post("/api/v1/session", json={"email": invitee.email, "password": PASSWORD})
    assert signed.status_code == 201
    asked = await browser.get("/invitations")
    shown = await browser.post("/invitations", data={FORM_MEMBER: form_token(asked), "secret": f"#{secret}"})
    assert estate.team.split("-")[0] in shown.text.casefold()
    answer = {FORM_MEMBER: form_token(shown), "secret": secret, "answer": "accepted"}
    done = await browser.post("/invitations", data=answer)
    assert (done.status_code, "You are viewer" in done.text) == (200, True)
    assert [t["slug"] for t in (await invitee.client.get("/api/v1/teams")).json()["items"]] == [estate.team]
    again = await browser.post(
        "/invitations", data=answer | {FORM_MEMBER: form_token(await browser.get("/invitations"))}
    )
    assert again.status_code == 404
