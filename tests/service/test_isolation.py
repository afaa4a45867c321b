"""Another organisation's people see none of it: every operation of the document, tried by everyone who may not."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import msgspec
import pytest
import pytest_asyncio

from service.scopes import RANKS, SCOPES, Scope
from tests.support.api_examples import EXAMPLES, MARK, Estate, settle
from tests.support.http_server import served
from tests.support.mail import sent_mails, text_of
from tests.support.sending import send, wait_for_jobs
from tests.support.service import PASSWORD, Person, RunningService
from tests.support.stored_files import organisation_id_of

pytestmark = pytest.mark.xdist_group("isolation")

# Operations that need no login, and what they may show to nobody in particular.
PUBLIC = {
    "add_account": "that sign-up is closed",
    "confirm_account": "one's own account",
    "look_at_invitation": "the team to whoever holds the mail's secret",
    "sign_in": "one's own account",
    "ask_for_password_reset": "nothing",
    "reset_password": "nothing",
    "list_identity_providers": "where one can sign in elsewhere",
    "sign_in_second_step": "one's own account",
    "get_published_package": "what was published, and which drafts there are not",
    "get_published_version": "a published version",
    "list_published_files": "paths and checksums of a published version",
    "get_published_file": "an address of a published file",
    "get_published_manifest": "a published version's manifest",
    "get_published_zip": "a published version's content",
    "head_published_zip": "a published version's size",
    "get_citation_text": "a published version",
    "get_citation_bibtex": "a published version",
    "get_citation_ris": "a published version",
    "get_citation_csl": "a published version",
    "get_citation_datacite": "a published version",
    "get_citation_schema_org": "a published version",
    "get_landing_page": "a published version",
    "harvest_packages": "what every organisation published",
    "harvest_packages_by_post": "what every organisation published",
    "get_package_page": "where a published version's page is",
}
# What whoever holds a link may do, and nobody else, however many organisations they own.
LINKED = {"look_at_link", "list_link_files", "get_link_content", "get_link_zip"}
# Operations of a team, whose people come from anywhere.
TEAM = {
    "get_team", "rename_team", "remove_team", "list_team_members", "set_team_role", "remove_team_member",
    "list_team_datasets", "list_team_activity", "add_invitation", "list_invitations", "revoke_invitation",
    "start_team_upload", "get_team_upload", "sign_team_parts", "complete_team_upload", "list_team_files",
    "get_team_file", "list_team_file_versions", "get_team_file_content", "move_team_files", "trash_team_files",
    "restore_team_file", "list_team_trash", "restore_team_folder", "empty_team_trash", "get_team_storage",
}  # fmt: skip
# The tree holds everything of everybody; each sees their own part of it (tests/service/test_tree.py).
TREE = {"list_tree", "read_tree_entries", "read_tree_addresses", "read_tree_beginnings"}
# Operations on one's own account, which belongs to no organisation.
OWN = {
    "change_password", "ask_for_email_confirmation", "confirm_email", "get_ways_in",
    "begin_second_factor", "confirm_second_factor", "make_recovery_codes", "remove_second_factor",
    "list_sessions", "list_identities", "link_identity", "unlink_identity", "end_session", "end_other_sessions",
    "list_granted_applications", "take_back_grant",
    "sign_out", "get_session", "who_am_i", "make_token", "list_tokens", "revoke_token", "add_organisation",
    "resolve_name", "list_teams", "answer_invitation", "open_own_files",
}  # fmt: skip
# What is the same for everybody who is signed in: it belongs to nobody.
EVERYBODYS = {
    "list_satellites", "get_satellite", "get_catalogue", "find_crossings", "find_crossings_votable", "find_passes",
    "find_passes_votable", "get_satellite_track", "get_tonight",
}  # fmt: skip
# What is an operator's of the service (tests/service/test_operators.py).
OPERATORS = {
    "import_element_sets", "get_service_health", "list_service_organisations", "get_revenue", "list_service_jobs",
    "count_service_jobs", "get_service_job", "retry_service_job", "retry_service_jobs",
}  # fmt: skip
# Of one's own account, what takes one's own hand: a browser session and no token (tests/service/test_second_factor.py).
BY_HAND = {
    "begin_second_factor", "confirm_second_factor", "make_recovery_codes", "remove_second_factor", "end_other_sessions",
    "link_identity", "unlink_identity", "change_password", "get_session",
}  # fmt: skip
# Operations whose example holds a secret that is made up, since the real one is mailed or shown once.
MADE_UP = {
    "sign_in_second_step": (401, "not-signed-in"),
    "reset_password": (400, "invalid-input"),
    "confirm_account": (400, "invalid-input"),
    "confirm_email": (400, "invalid-input"),
}
# What takes somebody outside, whom the house of these tests does not have: Stripe (tests/service/test_payment.py), and
# the DNS (tests/service/test_portal_host.py).
ALONE = {
    **dict.fromkeys(("open_checkout", "open_payment_portal", "change_payment_plan", "cancel_payment"), "no-payer"),
    "prove_portal_host": "host-not-proven",
}
# Addresses that the document does not describe.
BESIDE = {
    "/",
    "/favicon.ico",
    "/icon.svg",
    "/portal-hosts/ask",
    "/o/{organisation}",
    "/o/{organisation}/logo/{version}",
    "/o/{organisation}/pictures/{frame_id}/{size}",
    "/o/{organisation}/sitemap.xml",
    "/sitemap.xml",
    "/robots.txt",
    "/dav",
    "/stripe/events",
    "/app",
    "/app/{path}",
    "/s",
    "/invitations",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/objects",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/oauth/keys",
    "/oauth/token",
    "/oauth/device_authorization",
    "/oauth/revoke",
    "/oauth/introspect",
    "/oauth/userinfo",
    "/oauth/authorize",
    "/oauth/consent",
    "/oauth/device",
    "/oauth/device/decide",
    "/sign-in",
    "/sign-in/second-factor",
    "/sign-out",
    "/sign-in/{provider}",
    "/sign-in/{provider}/callback",
    "/account",
    "/account/link",
    "/account/unlink",
    "/account/forgot",
    "/account/reset",
    "/account/confirmation",
    "/sign-up",
    "/sign-up/code",
    "/api/v1/openapi.json",
    "/api/v1/docs",
    "/api/v1",
}
AGENTS = {"report_agent", "announce_frames"}
UPLOADS = {"start_upload", "get_upload", "sign_parts", "complete_upload", "check_contents"} | AGENTS
# What only the one who began it goes on with, or what takes somebody who is in the team.
ONES_OWN = UPLOADS | {"share_dataset"}
CLOSING = ["close_organisation", "reopen_organisation"]
"First, the one after the other: what comes between finds it closed."
TENANT = CLOSING + sorted(
    EXAMPLES.keys() - PUBLIC.keys() - OWN - TEAM - LINKED - EVERYBODYS - OPERATORS - TREE - set(CLOSING)
)


class World(msgspec.Struct):
    """The estate and everybody who has no business there."""

    service: RunningService
    operations: dict[str, tuple[str, str, dict[str, Any]]]
    estate: Estate
    stranger: Person
    neighbour: Person
    bare: str
    twin: str
    dome_pc: httpx.AsyncClient
    elsewhere: httpx.AsyncClient
    roles: dict[str, Person]
    "Somebody of each role below the owner's, and a reader: in a team with which one dataset is shared."
    browser: httpx.AsyncClient
    address: str

    async def ask(self, client: httpx.AsyncClient, operation_id: str, **path: Any) -> httpx.Response:
        """Send an operation's example as somebody."""
        method, template, operation = self.operations[operation_id]
        example = self.estate.example(operation_id)
        if "text/event-stream" not in operation["responses"].get("200", {}).get("content", {}):
            return await client.send(example.request(client, method, template, **path))
        # Such a reply goes on for ten minutes; its first events tell whose they are.
        async with httpx.AsyncClient(base_url=self.address, headers=client.headers, timeout=60) as real:
            reply = await real.send(example.request(real, method, template, **path), stream=True)
            lines = []
            async for line in reply.aiter_lines():
                lines.append(line)
                if reply.is_success and line.startswith("data:"):
                    break
            await reply.aclose()
        content = "\n".join(lines).encode()
        return httpx.Response(reply.status_code, headers=reply.headers, content=content, request=reply.request)

    def told(self, reply: httpx.Response) -> set[str]:
        """Tell what a reply gives away: what the request did not say itself."""
        said = f"{reply.request.url} {reply.request.content.decode()}"
        heard = f"{reply.headers} {reply.text}"
        return {secret for secret in self.estate.secrets if secret in heard and secret not in said}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(service: RunningService) -> AsyncIterator[World]:
    document = (await service.anonymous.get("/api/v1/openapi.json")).json()
    operations = {
        operation["operationId"]: (method.upper(), template, operation)
        for template, item in document["paths"].items()
        for method, operation in item.items()
    }
    estate = await settle(service)
    stranger, neighbour = await service.person(), await service.person()
    # The neighbour has an organisation with nothing in it, and one whose equipment has the names of the estate's.
    bare, twin = await service.organisation(neighbour), await service.equipped(neighbour)
    other = await service.organisation(estate.owner)

    async def token(**new: Any) -> httpx.AsyncClient:
        made = await estate.owner.client.post("/api/v1/tokens", json={"name": "test", **new})
        assert made.status_code == 201, made.text
        return service.client(Authorization=f"Bearer {made.json()['secret']}")

    roles = {name: await service.person() for name in ("admin", "member", "reader")}
    for name in ("admin", "member"):
        path = f"/api/v1/organisations/{estate.organisation}/members/{roles[name].email}"
        assert (await estate.owner.client.put(path, json={"role": name})).status_code == 200
    await join_team(service, estate, roles["reader"])
    roles["guest"] = estate.visitor
    for mine in (bare, twin):  # something happens there, so that a stream of events begins at once
        await send(neighbour.client, mine, {"own.txt": b"own"})
        await wait_for_jobs(neighbour.client, mine)
    browser = service.client()
    login = {"email": estate.owner.email, "password": PASSWORD}
    assert (await browser.post("/api/v1/session", json=login)).status_code == 201
    async with served(service.app) as address:
        yield World(
            service,
            operations,
            estate,
            stranger,
            neighbour,
            bare,
            twin,
            dome_pc=await token(kind="upload-only", organisation=estate.organisation),
            elsewhere=await token(organisation=other),
            browser=browser,
            roles=roles,
            address=address,
        )


def problem(reply: httpx.Response) -> tuple[int, str]:
    """Give the status and type of a refusal, which is a problem document like any other."""
    assert reply.headers["content-type"] == "application/problem+json", (reply.status_code, reply.text)
    if reply.status_code == 401:
        assert reply.headers["www-authenticate"].startswith("Bearer")
    if reply.request.method == "HEAD":
        return reply.status_code, "not-found" if reply.status_code == 404 else ""
    return reply.status_code, reply.json()["type"].removeprefix("/problems/")


def needed_scope(world: World, operation_id: str) -> Scope:
    """Find the scope that the document names for an operation."""
    return SCOPES[world.operations[operation_id][2]["security"][0]["token"][0]]


def needed_role(world: World, operation_id: str) -> str:
    """Tell the least role that may use an operation: as the document names its scope, and the table that one's role."""
    return needed_scope(world, operation_id).role


async def join_team(service: RunningService, estate: Estate, person: Person) -> None:
    """Let somebody into the team with which the estate shares a dataset."""
    invitations = f"/api/v1/teams/{estate.ids['team']}/invitations"
    assert (await estate.owner.client.post(invitations, json={"email": person.email})).status_code == 201
    secret = text_of((await sent_mails(service.house, person.email))[-1]).partition("/invitations#")[2].split()[0]
    answer = {"secret": secret, "answer": "accepted"}
    assert (await person.client.post("/api/v1/invitations/answer", json=answer)).status_code == 200


def params_of(world: World, operation_id: str) -> dict[str, dict[str, Any]]:
    """Give the schemas of an operation's path parameters besides the organisation."""
    parameters = world.operations[operation_id][2].get("parameters", [])
    return {p["name"]: p["schema"] for p in parameters if p["in"] == "path" and p["name"] != "organisation"}


async def succeeds(world: World, client: httpx.AsyncClient, operation_id: str) -> httpx.Response:
    """Send an operation's example as somebody who may."""
    reply = await world.ask(client, operation_id)
    if operation_id in ALONE:
        assert problem(reply) == (409, ALONE[operation_id])
        return reply
    documented = {int(status) for status in world.operations[operation_id][2]["responses"] if int(status) < 400}
    assert reply.status_code in documented, (reply.status_code, reply.text)
    return reply


async def test_every_operation_has_its_example_and_its_place_in_these_tests(world: World) -> None:
    assert set(EXAMPLES) == set(world.operations), "tests/support/api_examples.py has no example of an operation"
    public = {name for name, (_, _, op) in world.operations.items() if op.get("security") == [{}]}
    assert public == set(PUBLIC)
    outside = {name for name, (_, template, _) in world.operations.items() if "{organisation}" not in template}
    assert outside - public == OWN | TEAM | LINKED | EVERYBODYS | OPERATORS | TREE


async def test_there_is_no_door_beside_the_document(world: World) -> None:
    described = {template for _, template, _ in world.operations.values()}
    routes = {re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path) for route in world.service.app.routes}
    assert routes - described <= BESIDE


@pytest.mark.parametrize("operation_id", TENANT)
async def test_only_its_people_get_through(world: World, operation_id: str) -> None:
    method = world.operations[operation_id][0]
    refusals = {}
    for who, client in (
        ("nobody", world.service.anonymous),
        ("a forger", world.service.client(Authorization="Bearer urb_" + "A" * 43)),
        ("a stranger", world.stranger.client),
        ("a neighbour", world.neighbour.client),
        ("the owner's token for another organisation", world.elsewhere),
    ):
        reply = await world.ask(client, operation_id)
        refusals[who] = problem(reply)
        assert not world.told(reply), who
    assert refusals == {
        "nobody": (401, "not-signed-in"),
        "a forger": (401, "not-signed-in"),
        "a stranger": (404, "not-found"),
        "a neighbour": (404, "not-found"),
        "the owner's token for another organisation": (404, "not-found"),
    }
    # What is refused to a stranger does not differ from what is not there at all.
    there = (await world.ask(world.stranger.client, operation_id)).json()
    nowhere = (await world.ask(world.stranger.client, operation_id, organisation="atlantis")).json()
    assert there | {"request_id": ""} == nowhere | {"request_id": ""}

    if operation_id in UPLOADS:
        await succeeds(world, world.dome_pc, operation_id)
    else:
        assert problem(await world.ask(world.dome_pc, operation_id)) == (403, "not-allowed")
    if method != "GET":
        forged = await world.ask(world.browser, operation_id)
        assert problem(forged) == (403, "not-allowed"), "a cookie alone must not change anything: other pages send it"

    # Of the organisation's own people, those whose role is too low: the table of scopes says which.
    needed = needed_role(world, operation_id)
    for role, person in world.roles.items():
        if RANKS[role] < RANKS[needed]:
            reply = await world.ask(person.client, operation_id)
            expected = (404, "not-found") if role == "reader" else (403, "not-allowed")
            assert problem(reply) == expected, role
            assert not world.told(reply), role

    # From the neighbour's own organisations, with the identifiers of the estate: nothing is found there.
    params = params_of(world, operation_id)
    reply = await world.ask(world.neighbour.client, operation_id, organisation=world.bare)
    assert not world.told(reply)
    # People belong to nobody, and whoever has an account can be asked in; an agent has the name it reports with.
    if params and operation_id not in {"set_member"} | AGENTS:
        assert reply.status_code == 404, reply.text
    reply = await world.ask(world.neighbour.client, operation_id, organisation=world.twin)
    assert reply.status_code < 500
    assert not world.told(reply)
    if any(schema.get("format") == "uuid" for schema in params.values()):
        assert reply.status_code == 404, reply.text

    # After all of them it is as it was, and the least of those who may gets through: the example is a real one.
    least = next((role for role in ("member", "admin") if RANKS[role] >= RANKS[needed]), None)
    if operation_id in ONES_OWN or least is None:
        await succeeds(world, world.estate.owner.client, operation_id)
    else:
        await succeeds(world, world.roles[least].client, operation_id)


@pytest.mark.parametrize("operation_id", sorted(TEAM))
async def test_only_its_people_get_into_a_team(world: World, operation_id: str) -> None:
    refusals = {}
    for who, client in (
        ("nobody", world.service.anonymous),
        ("a stranger", world.stranger.client),
        ("a neighbour", world.neighbour.client),
        ("an admin of the host", world.roles["admin"].client),
        ("the owner's token for another organisation", world.elsewhere),
        ("the dome's computer", world.dome_pc),
    ):
        reply = await world.ask(client, operation_id)
        refusals[who] = problem(reply)
        assert not world.told(reply), who
    assert refusals == {
        "nobody": (401, "not-signed-in"),
        "a stranger": (404, "not-found"),
        "a neighbour": (404, "not-found"),
        "an admin of the host": (404, "not-found"),
        "the owner's token for another organisation": (404, "not-found"),
        "the dome's computer": (403, "not-allowed"),
    }
    there = (await world.ask(world.stranger.client, operation_id)).json()
    nowhere = (await world.ask(world.stranger.client, operation_id, team="atlantis")).json()
    assert there | {"request_id": ""} == nowhere | {"request_id": ""}
    viewer = await world.ask(world.roles["reader"].client, operation_id)
    if needed_scope(world, operation_id).team_role != "viewer" and "spare" not in str(viewer.request.url):
        assert problem(viewer) == (403, "not-allowed")
        assert not world.told(viewer)
    await succeeds(world, world.estate.owner.client, operation_id)


@pytest.mark.parametrize("operation_id", sorted(LINKED))
async def test_a_link_opens_for_its_holder_alone(world: World, operation_id: str) -> None:
    method, template, _ = world.operations[operation_id]
    example = world.estate.example(operation_id)
    for client in (world.service.anonymous, world.stranger.client, world.estate.owner.client, world.dome_pc):
        reply = await client.request(method, template.format(**example.path))
        assert problem(reply) == (401, "not-signed-in")
        assert not world.told(reply)
    reply = await succeeds(world, world.service.anonymous, operation_id)
    heard = f"{reply.headers} {reply.text}"
    for email in (world.estate.owner.email, world.estate.colleague.email):
        assert email not in heard


@pytest.mark.parametrize("operation_id", sorted(TREE))
async def test_of_the_tree_a_stranger_is_told_nothing(world: World, operation_id: str) -> None:
    forger = world.service.client(Authorization="Bearer urb_" + "A" * 43)
    for client in (world.service.anonymous, forger):
        assert problem(await world.ask(client, operation_id)) == (401, "not-signed-in")
    for client in (world.stranger.client, world.neighbour.client, world.elsewhere):
        reply = await world.ask(client, operation_id)
        assert not world.told(reply)
        if operation_id == "list_tree":
            assert problem(reply) == (404, "not-found")
        else:
            assert [found for members in reply.json().values() if isinstance(members, list) for found in members] == [
                None
            ]
    assert problem(await world.ask(world.dome_pc, operation_id)) == (403, "not-allowed")
    if operation_id != "list_tree":
        assert problem(await world.ask(world.browser, operation_id)) == (403, "not-allowed")
    seen = await succeeds(world, world.estate.owner.client, operation_id)
    assert [None] not in seen.json().values()


@pytest.mark.parametrize("operation_id", sorted(OWN))
async def test_an_account_is_its_owners_alone(world: World, operation_id: str) -> None:
    assert problem(await world.ask(world.service.anonymous, operation_id)) == (401, "not-signed-in")
    assert problem(await world.ask(world.dome_pc, operation_id)) == (403, "not-allowed")
    reply = await world.ask(world.stranger.client, operation_id)
    assert not world.told(reply)
    if params_of(world, operation_id):
        assert problem(reply) == ((403, "not-allowed") if operation_id in BY_HAND else (404, "not-found"))
    if world.operations[operation_id][0] != "GET":
        assert problem(await world.ask(world.browser, operation_id)) == (403, "not-allowed")
    if operation_id in MADE_UP:
        assert problem(await world.ask(world.estate.owner.client, operation_id)) == MADE_UP[operation_id]
    elif operation_id in BY_HAND:
        assert problem(await world.ask(world.estate.owner.client, operation_id)) == (403, "not-allowed")
    else:
        await succeeds(world, world.estate.owner.client, operation_id)


@pytest.mark.parametrize("operation_id", sorted(EVERYBODYS))
async def test_what_is_everybodys_tells_of_nobody(world: World, operation_id: str) -> None:
    assert problem(await world.ask(world.service.anonymous, operation_id)) == (401, "not-signed-in")
    assert problem(await world.ask(world.dome_pc, operation_id)) == (403, "not-allowed")
    assert not world.told(await succeeds(world, world.stranger.client, operation_id))


@pytest.mark.parametrize("operation_id", sorted(OPERATORS))
async def test_what_is_an_operators_is_nobody_elses(world: World, operation_id: str) -> None:
    assert problem(await world.ask(world.service.anonymous, operation_id)) == (401, "not-signed-in")
    for client in (world.dome_pc, world.stranger.client, world.estate.owner.client):
        reply = await world.ask(client, operation_id)
        assert problem(reply) == (403, "not-allowed")
        assert not world.told(reply)


async def test_a_site_is_looked_from_by_its_own_people_alone(world: World) -> None:
    from_there = {"organisation": world.estate.organisation, "site": "hven"}
    field = {"ra_deg": 1, "dec_deg": 50, "radius_deg": 1, "start": "2026-03-14T19:00:00Z", "exposure_s": 10}
    for path, query in (("satellites/crossings", field), ("satellites/passes", {"text": "SIM"}), ("tonight", {})):
        for client in (world.stranger.client, world.neighbour.client):
            reply = await client.get(f"/api/v1/{path}", params=query | from_there)
            assert problem(reply) == (404, "not-found")
            assert not world.told(reply)
        reply = await world.estate.owner.client.get(f"/api/v1/{path}", params=query | from_there)
        assert reply.status_code == 200, reply.text


@pytest.mark.parametrize("operation_id", sorted(PUBLIC))
async def test_the_public_sees_what_is_published_and_no_more(world: World, operation_id: str) -> None:
    public = world.service.anonymous
    if operation_id == "add_account":
        assert problem(await world.ask(public, operation_id)) == (403, "not-allowed")
        return
    if operation_id in MADE_UP:
        assert problem(await world.ask(public, operation_id)) == MADE_UP[operation_id]
        return
    reply = await succeeds(world, public, operation_id)
    heard = f"{reply.headers} {reply.text}"
    told = {name for name, secret in world.estate.ids.items() if secret in heard}
    assert told <= ({"team", "invitation"} if operation_id == "look_at_invitation" else set())
    assert world.estate.colleague.email not in heard
    if "package" in params_of(world, operation_id):
        assert problem(await world.ask(public, operation_id, package="atlantis")) == (404, "not-found")
        if "version" in params_of(world, operation_id):
            assert problem(await world.ask(public, operation_id, version=2)) == (404, "not-found")
        # A draft is not told apart from nothing.
        there = await world.ask(public, operation_id, package="draft")
        nowhere = await world.ask(public, operation_id, package="atlantis")
        assert there.status_code == nowhere.status_code == 404
        assert re.sub(r'"request_id":"\w*"', "", there.text) == re.sub(r'"request_id":"\w*"', "", nowhere.text)


async def test_contents_of_others_are_not_known(world: World) -> None:
    """One organisation's uploads never tell what another one has."""
    owner, slug = world.estate.owner.client, world.estate.organisation
    file = (await owner.get(f"/api/v1/organisations/{slug}/files/{world.estate.ids['file']}")).json()
    batch = {"files": [{"path": "a.fits", "size_bytes": file["size_bytes"], "sha256": file["sha256"]}]}
    states = [
        (await client.post(f"/api/v1/organisations/{where}/uploads", json=batch)).json()["files"][0]["state"]
        for client, where in ((owner, slug), (world.neighbour.client, world.twin))
    ]
    assert states == ["known", "wanted"]


async def test_what_names_the_ids_of_others_in_its_body_finds_nothing(world: World) -> None:
    base, ids = f"/api/v1/organisations/{world.twin}", world.estate.ids
    client = world.neighbour.client
    assert (await client.post(f"{base}/datasets", json={"name": "mine"})).status_code == 201
    added = await client.post(f"{base}/datasets/mine/files", json={"files": [{"file": ids["file"], "path": "a.fits"}]})
    assert [(f["state"], f["problem"]["code"]) for f in added.json()["files"]] == [("failed", "not-found")]
    begun = await client.post(f"{base}/ingests", json={"files": [ids["file"]]})
    assert begun.json() == {"files": 0, "job": None}
    for field, name in (("frames", "frame"), ("attachments", "file")):
        entry = {"text": "Seen?", "occurred_at": "2026-03-14T22:00:00Z", field: [ids[name]]}
        reply = await client.post(f"{base}/telescopes/quadrant/nights/2026-03-14/log/entries", json=entry)
        assert problem(reply) == (400, "invalid-input")
    package = {"title": "Mine", "licence": "CC0-1.0", "datasets": ["ended"]}
    assert problem(await client.post(f"{base}/packages", json=package)) == (404, "not-found")


async def test_signed_addresses_are_kept_to_what_was_signed(world: World) -> None:
    """An address is a key to one object for a while: whoever changes anything of it has none."""
    base = f"/api/v1/organisations/{world.estate.organisation}"
    owner, anyone = world.estate.owner.client, world.service.anonymous
    moved = await owner.get(f"{base}/files/{world.estate.ids['file']}/content")
    url = moved.headers["location"]
    assert moved.headers.get("cache-control", "no-store") == "no-store"
    assert (await anyone.get(url)).status_code == 200
    parts = urlsplit(url)
    fields = dict(parse_qsl(parts.query))
    assert re.fullmatch(r"[0-9a-f]{64}", fields["signature"]), "256 bits: nobody tries them all"
    other = (await owner.get(f"{base}/files/{world.estate.ids['note']}/content")).headers["location"]
    flipped = fields["signature"][:-1] + ("0" if fields["signature"][-1] != "0" else "1")
    changes: list[tuple[str, dict[str, str]]] = [
        (parts.path, fields | {"signature": flipped}),
        (parts.path, fields | {"signature": ""}),
        (parts.path, {k: v for k, v in fields.items() if k != "signature"}),
        (parts.path, fields | {"expires": str(int(fields["expires"]) + 1)}),
        (parts.path, {k: v for k, v in fields.items() if k != "expires"}),
        (parts.path, fields | {"type": "text/html"}),
        (parts.path, {k: v for k, v in fields.items() if k != "filename"}),
        (urlsplit(other).path, fields),
        (parts.path, fields | {"signature": dict(parse_qsl(urlsplit(other).query))["signature"]}),
    ]
    for path, query in changes:
        assert problem(await anyone.get(f"{path}?{urlencode(query)}")) == (403, "not-allowed"), query
    assert problem(await anyone.put(url, content=b"")) == (403, "not-allowed")


async def test_signed_addresses_end(world: World) -> None:
    house = world.service.house
    base = f"/api/v1/organisations/{world.estate.organisation}"
    before = datetime.now(UTC)
    reply = await world.estate.owner.client.get(f"{base}/files/{world.estate.ids['file']}/content")
    signed = urlsplit(reply.headers["location"])
    ends = datetime.fromtimestamp(int(dict(parse_qsl(signed.query))["expires"]), UTC)
    assert ends <= before + timedelta(seconds=house.config.signed_url_seconds + 60)
    organisation_id = await organisation_id_of(house, world.estate.organisation)
    key = signed.path.removeprefix("/objects/")
    assert key.startswith(organisation_id.hex)
    over = house.objects.sign_get(key, expires_s=1)
    await asyncio.sleep(2.1)  # an end is told in whole seconds
    ended = await world.service.anonymous.get(over)
    assert problem(ended) == (403, "not-allowed")
    assert "expired" in ended.json()["detail"]


async def test_someone_who_left_is_a_stranger_at_once(world: World) -> None:
    person = await world.service.person()
    base = f"/api/v1/organisations/{world.estate.organisation}"
    owner = world.estate.owner.client
    assert (await owner.put(f"{base}/members/{person.email}", json={"role": "admin"})).status_code == 200
    assert MARK in (await person.client.get(base)).text
    assert (await owner.delete(f"{base}/members/{person.email}")).status_code == 204
    assert problem(await person.client.get(base)) == (404, "not-found")
    assert world.estate.organisation not in (await person.client.get("/api/v1/me")).text
