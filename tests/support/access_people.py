"""Somebody of each column of the table of access, in one organisation or in another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from domain.night import night_of
from service.access_table import Who
from tests.support.api_examples import keep_team_files
from tests.support.mail import sent_mails, text_of
from tests.support.service import PASSWORD, Person, RunningService

__all__ = ["People", "bring_together", "invite", "join"]

NIGHTS = ("2026-01-01", "2026-03-31")
"What the things of the estate were taken in."


class People(msgspec.Struct, kw_only=True):
    """The bearer tokens of everybody, by the table's columns; and the team that three of them are."""

    tokens: dict[Who, str]
    team: str
    team_member: str
    "The address of one more of the team's people."
    ids: dict[str, str] = {}
    credentials: dict[str, str] = {}
    "By name, what opens nothing, or not this: tokens of the owner's, and links."
    cookie: str = ""


async def invite(service: RunningService, manager: Person, team: str, email: str, role: str) -> tuple[str, str]:
    """Invite somebody; the invitation's id and secret."""
    made = await manager.client.post(f"/api/v1/teams/{team}/invitations", json={"email": email, "role": role})
    assert made.status_code == 201, made.text
    secret = text_of((await sent_mails(service.house, email))[-1]).partition("/invitations#")[2].split()[0]
    return made.json()["id"], secret


async def join(service: RunningService, manager: Person, team: str, person: Person, role: str = "viewer") -> None:
    """Let somebody into a team."""
    _, secret = await invite(service, manager, team, person.email, role)
    answer = {"secret": secret, "answer": "accepted"}
    assert (await person.client.post("/api/v1/invitations/answer", json=answer)).status_code == 200


async def bring_together(
    service: RunningService, owner: Person, organisation: str, shared: list[str], *, own_team: str | None = None
) -> People:
    """Let people into an organisation as everything one can be there, and three others into a team.

    The datasets ``shared`` are shared with the team, without what is held back; then the owner leaves it. The admin and
    the member join ``own_team`` as well, which the owner has already.
    """
    base = f"/api/v1/organisations/{organisation}"

    async def ask(method: str, path: str, body: Any = None) -> Any:
        reply = await owner.client.request(method, path, json=body)
        assert reply.is_success, (method, path, reply.text)
        return reply.json() if reply.content else None

    async def token(**new: Any) -> tuple[str, str]:
        made = await ask("POST", "/api/v1/tokens", {"name": "test"} | new)
        return made["id"], made["secret"]

    tokens: dict[Who, str] = {"owner": owner.token, "stranger": (await service.person()).token, "nobody": ""}
    for role in ("admin", "member"):
        person = await service.person()
        await ask("PUT", f"{base}/members/{person.email}", {"role": role})
        if own_team:
            await join(service, owner, own_team, person)
        tokens[role] = person.token  # type: ignore[index]
    tonight = night_of(datetime.now(UTC), "Europe/Copenhagen")
    for name, nights in (
        ("guest", {"first_night": NIGHTS[0]}),
        ("past guest", {"first_night": NIGHTS[0], "last_night": NIGHTS[1]}),
        ("other guest", {"first_night": str(tonight)}),
    ):
        person = await service.person()
        await ask("POST", f"{base}/assignments", {"email": person.email, "telescope": "quadrant"} | nights)
        tokens[name] = person.token  # type: ignore[index]
    credentials: dict[str, str] = {}
    team = (await ask("POST", f"{base}/teams", {"name": f"Circle of {organisation}"}))["slug"]
    for name, role in (("team manager", "manager"), ("team editor", "editor"), ("team viewer", "viewer")):
        person = await service.person()
        await join(service, owner, team, person, role)
        tokens[name] = person.token  # type: ignore[index]
        if role == "manager":
            home = await service.organisation(person)
            made = await person.client.post("/api/v1/tokens", json={"name": "home", "organisation": home})
            credentials["manager's token for another organisation"] = made.json()["secret"]
    one_more = await service.person()
    await join(service, owner, team, one_more)
    ids = {"team": team, "unwanted_team": team, "spare_team": team}
    await keep_team_files(service, owner, ids)
    waiting = await service.person()
    ids["unwanted_invitation"], _ = await invite(service, owner, team, waiting.email, "viewer")
    ids["revoked_invitation"], ids["revoked_invitation_secret"] = await invite(
        service, owner, team, owner.email, "viewer"
    )
    await ask("DELETE", f"/api/v1/teams/{team}/invitations/{ids['revoked_invitation']}")
    for dataset in shared:
        await ask("PUT", f"{base}/datasets/{dataset}/shares/{team}", {"leave_out_embargoed": True})
    await ask("DELETE", f"/api/v1/teams/{team}/members/{owner.email}")
    for name in ("link", "revoked_link", "expired_link", "used_up_link"):
        limit = {"downloads": 1} if name == "used_up_link" else {}
        new = {"name": name, "dataset": shared[0], "leave_out_embargoed": True} | limit
        made = await ask("POST", f"{base}/links", new)
        ids[name], credentials[name.replace("_", " ")] = made["id"], made["secret"]
    tokens["link holder"] = credentials.pop("link")
    await ask("DELETE", f"{base}/links/{ids['revoked_link']}")
    _, tokens["upload token"] = await token(kind="upload-only", organisation=organisation)
    other = await service.organisation(owner)
    _, credentials["token for another organisation"] = await token(organisation=other)
    revoked, credentials["revoked token"] = await token()
    await ask("DELETE", f"/api/v1/tokens/{revoked}")
    _, credentials["expired token"] = await token(expires_in_days=timedelta(seconds=1) / timedelta(days=1))
    async with service.client() as browser:
        reply = await browser.post("/api/v1/session", json={"email": owner.email, "password": PASSWORD})
        assert reply.status_code == 201, reply.text
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return People(tokens=tokens, team=team, team_member=one_more.email, ids=ids, credentials=credentials, cookie=cookie)
