"""One organisation with something of every kind, and for each operation a request about it that succeeds.

The table is keyed by operation id: whoever adds an operation adds its example here, and with it every test that is
generated from the OpenAPI document.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
from sqlalchemy import update

from storage.tables import metadata
from tests.support.browser import Browser
from tests.support.fits_bytes import image_file
from tests.support.mail import sent_mails, text_of
from tests.support.satellites import FIRST, catalogue_bytes, launch
from tests.support.sending import send, send_to_team, wait_for_jobs
from tests.support.service import PASSWORD, Person, RunningService
from tests.support.stored_files import organisation_id_of

__all__ = ["EXAMPLES", "MARK", "Estate", "Example", "keep_team_files", "settle"]

MARK = "orichalcum"
"A word that stands in every name, path and text of the estate, and nowhere else: where it shows, the estate shows."

_numbers = itertools.count(1)

# One grey pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c636800000082008177cd72b60000000049454e44ae426082"
)
# And one more, of the kind that watch agents draw.
WEBP = bytes.fromhex("52494646240000005745425056503820180000005001009d012a0100010002c04c25a40004740000e4400000")
EPOCH = datetime(2026, 3, 14, 22, tzinfo=UTC)
NIGHT, SIGNED_NIGHT, UNSIGNED_NIGHT = "2026-03-14", "2026-03-15", "2026-03-16"
CARDS: dict[str, object] = {
    "OBJECT": f"M 31 {MARK}", "DATE-OBS": "2026-03-14T22:00:00", "EXPTIME": 30.0, "FILTER": "R", "IMAGETYP": "light",
    "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 10.68, "CRVAL2": 41.27, "CRPIX1": 15.5, "CRPIX2": 10.5,
    "CDELT1": -0.001, "CDELT2": 0.001, "GAIN": 1.5,
}  # fmt: skip


class Example(msgspec.Struct, kw_only=True):
    """A request that succeeds when its owner sends it: what fills the path, the query and the body."""

    path: dict[str, Any] = {}
    query: dict[str, Any] = {}
    body: Any = None
    headers: dict[str, str] = {}

    def request(self, client: httpx.AsyncClient, method: str, template: str, **path: Any) -> httpx.Request:
        """Build the request; path members given here take the place of the example's."""
        url = template.format(**(self.path | path))
        return client.build_request(method, url, params=self.query, json=self.body, headers=self.headers)


class Estate(msgspec.Struct, kw_only=True):
    """The organisation, its people, and the identifiers of what it has."""

    organisation: str
    owner: Person
    colleague: Person
    newcomer: Person
    visitor: Person
    ids: dict[str, str]

    @property
    def secrets(self) -> set[str]:
        """Everything that tells of the estate when a reply holds it."""
        return {MARK, self.colleague.email, self.visitor.email, *self.ids.values()}

    def example(self, operation_id: str) -> Example:
        """Give the example of an operation."""
        return EXAMPLES[operation_id](self)


async def settle(service: RunningService) -> Estate:
    """Make an organisation that has everything an operation can be about, through the public API."""
    owner, colleague, newcomer, visitor = [await service.person() for _ in range(4)]
    organisation = await service.equipped(owner)
    base, ids = f"/api/v1/organisations/{organisation}", dict[str, str]()

    async def ask(method: str, path: str, body: Any = None) -> Any:
        reply = await owner.client.request(method, f"{base}{path}", json=body)
        assert reply.is_success, (method, path, reply.text)
        return reply.json() if reply.content else None

    await ask("PATCH", "", {"name": f"Observatory {MARK}"})
    await ask("PUT", f"/members/{colleague.email}", {"role": "member"})
    spare = {"name": f"Spare {MARK}", "slug": "spare"}
    place = {"latitude_deg": 55.9, "longitude_deg": 12.7, "time_zone": "Europe/Copenhagen"}
    await ask("POST", "/sites", spare | place)
    await ask("POST", "/telescopes", spare | {"site": "hven"})
    await ask("POST", "/instruments", spare | {"telescope": "quadrant"})
    for name, first in (("assignment", "2026-01-01"), ("unwanted_assignment", "2025-01-01")):
        nights = {"first_night": first, "last_night": "2026-03-31"}
        ids[name] = (await ask("POST", "/assignments", {"email": visitor.email, "telescope": "quadrant"} | nights))[
            "id"
        ]
    await launch(service.house, EPOCH)
    await _bring_files(service, owner, organisation, ids)
    await _gather_datasets(ask, ids)
    await ask("PUT", "/embargoes/dataset/ended", {"days": 10, "reason": MARK})
    await _register_webhooks(ask, ids)
    await _draft_packages(ask)
    await ask("PUT", "/portal/host", {"host": "portal.hven.example"})
    await ask("PUT", "/datacite-account", DATACITE | {"password": MARK})
    await _write_logs(ask, ids)
    await ask("PUT", "/agents/unwanted-pc", REPORT)
    await ask("POST", "/agents/dome-pc/coming", _announced(MARK))
    ids["coming"] = (await ask("GET", "/coming"))["items"][0]["id"]
    await _share(service, ask, owner, colleague, visitor, newcomer, ids)
    await _deliver_once(ask, ids)
    made = await owner.client.post("/api/v1/tokens", json={"name": f"spare {MARK}", "scopes": ["account"]})
    ids["token"] = made.json()["id"]
    await _let_in_an_application(service, owner, ask, ids)
    return Estate(
        organisation=organisation, owner=owner, colleague=colleague, newcomer=newcomer, visitor=visitor, ids=ids
    )


async def _let_in_an_application(
    service: RunningService, owner: Person, ask: Callable[..., Any], ids: dict[str, str]
) -> None:
    """Register two applications, and let one in from a browser that stays signed in."""
    for name in ("application", "unwanted_application"):
        ids[name] = (await ask("POST", "/applications", APPLICATION | {"name": f"Hub {MARK}"}))["client_id"]
    browser = Browser(service.client())
    members = {"response_type": "code", "client_id": ids["application"], "code_challenge_method": "S256"}
    members |= {"code_challenge": "A" * 43, "redirect_uri": APPLICATION["redirect_uris"][0]}
    await browser.open("/oauth/authorize", params=members)
    await browser.sign_in(owner.email, PASSWORD)
    await browser.send(press="Let it in")
    assert "code=" in browser.left_for, browser.text
    ids["session"] = (await browser.client.get("/api/v1/me/sessions")).json()["items"][0]["id"]


async def _bring_files(service: RunningService, owner: Person, organisation: str, ids: dict[str, str]) -> None:
    base = f"/api/v1/organisations/{organisation}"
    contents = {f"{MARK}/light.fits": image_file(cards=CARDS, table=True)}
    contents |= {f"{MARK}/{name}.txt": f"{name} {MARK}".encode() for name in ("note", "unwanted", "deleted")}
    sent = await send(owner.client, organisation, contents, dataset="night", telescope="quadrant", instrument="camera")
    assert {file["state"] for file in sent} == {"stored"}
    await wait_for_jobs(owner.client, organisation)
    ids |= dict(zip(("file", "note", "unwanted", "deleted"), (file["file"] for file in sent), strict=True))
    assert (await owner.client.delete(f"{base}/files/{ids['deleted']}")).status_code == 204
    ids["frame"] = (await owner.client.get(f"{base}/files/{ids['file']}")).json()["frame"]
    # One upload whose bytes have arrived and wait for completion, and one of a file so large that it goes in parts.
    waiting = await send(owner.client, organisation, {f"{MARK}/waiting.txt": b"waiting"}, complete=False)
    assert waiting[0]["state"] == "wanted"
    large = {"path": f"{MARK}/large.bin", "size_bytes": 2 * service.house.config.part_size_bytes}
    begun = await owner.client.post(f"{base}/uploads", json={"files": [large]})
    ids["large_upload"] = begun.json()["id"]
    again = {"path": f"{MARK}/waiting.txt", "size_bytes": 7, "sha256": hashlib.sha256(b"waiting").hexdigest()}
    begun = await owner.client.post(f"{base}/uploads", json={"files": [again]})
    ids["upload"] = begun.json()["id"]
    put = begun.json()["files"][0]["put"]
    async with service.client() as store:
        assert (await store.put(put["url"], content=b"waiting", headers=put["headers"])).status_code == 200
    # A job that died, for the one who retries it; no request kills a job, so that the row is changed here.
    jobs = (await owner.client.get(f"{base}/jobs", params={"kind": "ingest"})).json()["items"]
    ids["job"] = jobs[0]["id"]
    ids["dead_job"] = (await owner.client.post(f"{base}/ingests", json={"files": [ids["note"]]})).json()["job"]
    await wait_for_jobs(owner.client, organisation)
    async with service.house.database.transaction(
        organisation=await organisation_id_of(service.house, organisation)
    ) as connection:
        table = metadata.tables["jobs"]
        await connection.execute(update(table).where(table.c.id == ids["dead_job"]).values(state="dead", error=MARK))


async def _gather_datasets(ask: Callable[..., Any], ids: dict[str, str]) -> None:
    for slug in ("idle", "ended", "unwanted"):
        await ask("POST", "/datasets", {"name": f"Dataset {slug} {MARK}", "slug": slug})
    await ask("POST", "/datasets/idle/files", {"files": [{"file": ids["note"]}]})
    await ask("POST", "/datasets/ended/close")


async def _register_webhooks(ask: Callable[..., Any], ids: dict[str, str]) -> None:
    for name in ("webhook", "unwanted_webhook"):
        # A name of the kind that never resolves (RFC 6761): what is sent there fails.
        new = {"url": f"https://{name.replace('_', '-')}.invalid/{MARK}", "kinds": ["package.published"]}
        ids[name] = (await ask("POST", "/webhooks", new))["id"]


async def _deliver_once(ask: Callable[..., Any], ids: dict[str, str]) -> None:
    """Wait until an attempt of an event was made: it is what may be made again."""
    async with asyncio.timeout(60):
        while not (tried := (await ask("GET", f"/webhooks/{ids['webhook']}/deliveries"))["items"]):
            await asyncio.sleep(0.1)
    ids["delivery"] = tried[-1]["id"]


async def _draft_packages(ask: Callable[..., Any]) -> None:
    for slug in ("known", "outdated", "ready", "draft"):
        new = {"slug": slug, "title": f"Package {slug} {MARK}", "licence": "CC-BY-4.0", "datasets": ["night"]}
        await ask("POST", "/packages", new)
    for slug in ("known", "outdated"):
        await ask("POST", f"/packages/{slug}/versions/1/publish")


async def _write_logs(ask: Callable[..., Any], ids: dict[str, str]) -> None:
    nights = "/telescopes/quadrant/nights"
    for name in ("entry", "unwanted_entry"):
        entry = {"text": f"Clouds {MARK}", "occurred_at": f"{NIGHT}T22:00:00Z", "frames": [ids["frame"]]}
        ids[name] = (await ask("POST", f"{nights}/{NIGHT}/log/entries", entry))["id"]
    await ask("POST", f"{nights}/{SIGNED_NIGHT}/log/sign", None)


async def _share(
    service: RunningService,
    ask: Callable[..., Any],
    owner: Person,
    colleague: Person,
    visitor: Person,
    newcomer: Person,
    ids: dict[str, str],
) -> None:
    ids["team"] = (await ask("POST", "/teams", {"name": f"Team {MARK}", "slug": f"{MARK}-{next(_numbers)}"}))["slug"]
    spare = {"name": f"Spare team {MARK}", "slug": f"spare-{MARK}-{next(_numbers)}"}
    ids["unwanted_team"] = (await ask("POST", "/teams", spare))["slug"]
    spare |= {"slug": f"spare-{MARK}-{next(_numbers)}"}
    ids["spare_team"] = (await ask("POST", "/teams", spare))["slug"]

    async def invited(email: str) -> tuple[str, str]:
        made = await owner.client.post(f"/api/v1/teams/{ids['team']}/invitations", json={"email": email})
        mail = (await sent_mails(service.house, email))[-1]
        return made.json()["id"], text_of(mail).partition("/invitations#")[2].split()[0]

    for person in (colleague, visitor):
        answer = {"secret": (await invited(person.email))[1], "answer": "accepted"}
        assert (await person.client.post("/api/v1/invitations/answer", json=answer)).status_code == 200
    ids["invitation"], ids["invitation_secret"] = await invited(newcomer.email)
    ids["unwanted_invitation"], _ = await invited("nobody@hven.example")
    _, ids["answerable_secret"] = await invited(owner.email)
    await keep_team_files(service, owner, ids)
    for dataset in ("ended", "idle"):
        await ask("PUT", f"/datasets/{dataset}/shares/{ids['team']}", {})
    for name in ("link", "unwanted_link"):
        link = await ask("POST", "/links", {"name": f"Link {MARK}", "folder": MARK})
        ids[name], ids[f"{name}_secret"] = link["id"], link["secret"]


async def keep_team_files(service: RunningService, owner: Person, ids: dict[str, str]) -> None:
    base = f"/api/v1/teams/{ids['team']}"
    contents = {
        f"{MARK}/{name}": f"{name} {MARK}".encode() for name in ("file", "moved", "unwanted", "trashed", "lost/x")
    }
    sent = await send_to_team(owner.client, ids["team"], contents)
    assert {file["state"] for file in sent} == {"stored"}
    ids |= {"team_file": sent[0]["file"], "trashed_team_file": sent[3]["file"]}
    paths = [{"path": f"{MARK}/{name}"} for name in ("trashed", "lost")]
    trashed = await owner.client.post(f"{base}/files/trash", json={"files": paths, "folders": True})
    assert trashed.status_code == 200, trashed.text
    await send_to_team(owner.client, ids["spare_team"], {f"{MARK}/trashed": b"trashed"})
    spare = f"/api/v1/teams/{ids['spare_team']}/files/trash"
    assert (await owner.client.post(spare, json={"files": [{"path": f"{MARK}/trashed"}]})).status_code == 200
    large = {"path": f"{MARK}/large.bin", "size_bytes": 2 * service.house.config.part_size_bytes}
    ids["large_team_upload"] = (await owner.client.post(f"{base}/uploads", json={"files": [large]})).json()["id"]
    waiting = {"path": f"{MARK}/waiting.txt", "size_bytes": 7, "sha256": hashlib.sha256(b"waiting").hexdigest()}
    begun = (await owner.client.post(f"{base}/uploads", json={"files": [waiting]})).json()
    ids["team_upload"], put = begun["id"], begun["files"][0]["put"]
    async with service.client() as store:
        assert (await store.put(put["url"], content=b"waiting", headers=put["headers"])).status_code == 200


def _of(**more: Any) -> Callable[[Estate], Example]:
    """Make an example about the organisation; a value ``$name`` stands for the identifier of that name.

    ``$$name`` stands for it as a bearer token.
    """

    def fill(estate: Estate, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: fill(estate, inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [fill(estate, inner) for inner in value]
        if isinstance(value, str) and value.startswith("$$"):
            return f"Bearer {estate.ids[value[2:]]}"
        if isinstance(value, str) and value.startswith("$"):
            return estate.ids[value[1:]]
        if isinstance(value, str) and value.startswith("@"):
            return getattr(estate, value[1:]).email
        return value

    def example(estate: Estate) -> Example:
        path = {"organisation": estate.organisation} | fill(estate, more.get("path", {}))
        rest = {name: fill(estate, value) for name, value in more.items() if name != "path"}
        return Example(path=path, **rest)

    return example


def _log(night: str = NIGHT, **more: Any) -> Callable[[Estate], Example]:
    path = {"telescope": "quadrant", "night": night} | more.pop("path", {})
    return _of(path=path, **more)


SITE = {"name": "Uranienborg", "latitude_deg": 55.9, "longitude_deg": 12.7, "time_zone": "Europe/Copenhagen"}
APPLICATION: dict[str, Any] = {"name": "Hub", "redirect_uris": ["https://hub.hven.example/hub/oauth_callback"]}
PACKAGE = {"title": "M 31 in R", "licence": "CC0-1.0", "datasets": ["night"]}
FILES = {"files": [{"file": "$note", "path": "elsewhere/note.txt"}]}
NEW_FILE = {"path": "new.txt", "size_bytes": 3, "sha256": "00" * 32}
WAITING = {"files": [{"position": 0}]}
DATACITE = {"repository_id": f"HVEN.{MARK.upper()}", "prefix": "10.5072", "service": "test"}


def _announced(word: str) -> dict[str, Any]:
    """Write what an agent shows of a file: where others send it to their own organisation, without the mark."""
    preview = base64.b64encode(WEBP).decode()
    frame = {"path": f"{word}/coming.fits", "size_bytes": 16_000_000, "object": word, "exposure_s": 30.0}
    return {"frames": [frame | {"preview": preview}], "arrived": [f"{word}/came.fits"]}


REPORT = {
    "host": "dome-pc",
    "sent_at": "2026-11-20T22:00:00Z",
    "last_file": f"{MARK}/light.fits",
    "telescope": "quadrant",
}
PUBLISHED = {"package": "known", "version": 1}
FROM_HVEN = {"latitude_deg": 55.9075, "longitude_deg": 12.6965, "height_m": 45}
FIELD = FROM_HVEN | {
    "ra_deg": 10.68,
    "dec_deg": 41.27,
    "radius_deg": 5,
    "start": f"{NIGHT}T19:00:00Z",
    "exposure_s": 300,
}
PASSES = FROM_HVEN | {"night": NIGHT, "satellite": FIRST, "min_altitude_deg": 20}

EXAMPLES: dict[str, Callable[[Estate], Example]] = {
    # people: one's own account
    "add_account": _of(body={"email": "sophie@hven.example", "name": "Sophie", "password": PASSWORD}),
    "confirm_account": _of(body={"code": "0000-0000-0000-0000", "password": PASSWORD}),
    "sign_in": _of(body={"email": "@owner", "password": PASSWORD}),
    "sign_out": _of(),
    "get_session": _of(),
    "who_am_i": _of(),
    "make_token": _of(body={"name": "another"}),
    "list_tokens": _of(query={"limit": 10}),
    "revoke_token": _of(path={"token_id": "$token"}),
    # people: ways of signing in; a token cannot change most of them
    "sign_in_second_step": _of(body={"challenge": "A" * 43, "code": "287082"}),
    "begin_second_factor": _of(),
    "confirm_second_factor": _of(body={"code": "287082"}),
    "make_recovery_codes": _of(body={"code": "287082"}),
    "remove_second_factor": _of(body={"code": "287082"}),
    "list_sessions": _of(query={"limit": 10}),
    "end_session": _of(path={"session_id": "$session"}),
    "end_other_sessions": _of(),
    "ask_for_password_reset": _of(body={"email": "@owner"}),
    "reset_password": _of(body={"code": "0000-0000-0000-0000", "password": PASSWORD}),
    "change_password": _of(body={"current": PASSWORD, "new": PASSWORD}),
    "ask_for_email_confirmation": _of(),
    "confirm_email": _of(body={"code": "0000-0000-0000-0000"}),
    "get_ways_in": _of(),
    "list_identity_providers": _of(),
    "list_identities": _of(query={"limit": 10}),
    "link_identity": _of(body={"provider": "hven"}),
    "unlink_identity": _of(path={"identity_id": "$token"}),
    # applications
    "add_application": _of(body=APPLICATION),
    "list_applications": _of(query={"limit": 10}),
    "replace_application_secret": _of(path={"application": "$application"}),
    "remove_application": _of(path={"application": "$unwanted_application"}),
    "list_granted_applications": _of(query={"limit": 10}),
    "take_back_grant": _of(path={"application": "$application"}),
    # organisations
    "add_organisation": lambda estate: Example(body={"name": f"Stjerneborg {next(_numbers)}"}),
    "get_organisation": _of(),
    "close_organisation": lambda estate: Example(
        path={"organisation": estate.organisation}, body={"confirm": estate.organisation}
    ),
    "reopen_organisation": _of(),
    "rename_organisation": _of(body={"name": f"Observatory {MARK}"}),
    "list_members": _of(query={"limit": 10}),
    "set_member": _of(path={"email": "@newcomer"}, body={"role": "admin"}),
    "remove_member": _of(path={"email": "@colleague"}),
    # assignments
    "add_assignment": _of(body={"email": "@newcomer", "telescope": "quadrant", "first_night": "2026-11-20"}),
    "list_assignments": _of(query={"telescope": "quadrant", "night": "2026-01-05"}),
    "get_assignment": _of(path={"assignment_id": "$assignment"}),
    "change_assignment": _of(path={"assignment_id": "$assignment"}, body={"last_night": "2026-04-01"}),
    "remove_assignment": _of(path={"assignment_id": "$unwanted_assignment"}),
    # teams, shares and links
    "add_team": lambda estate: Example(
        path={"organisation": estate.organisation}, body={"name": f"Comets {next(_numbers)}"}
    ),
    "list_teams": _of(),
    "get_team": _of(path={"team": "$team"}),
    "rename_team": _of(path={"team": "$team"}, body={"name": f"Team of {MARK}"}),
    "remove_team": _of(path={"team": "$unwanted_team"}),
    "list_team_members": _of(path={"team": "$team"}),
    "set_team_role": _of(path={"team": "$team", "email": "@colleague"}, body={"role": "editor"}),
    "remove_team_member": _of(path={"team": "$team", "email": "@visitor"}),
    "list_team_datasets": _of(path={"team": "$team"}),
    "list_team_activity": _of(path={"team": "$team"}),
    "add_invitation": _of(path={"team": "$team"}, body={"email": "ole@hven.example", "role": "viewer"}),
    "list_invitations": _of(path={"team": "$team"}),
    "revoke_invitation": _of(path={"team": "$team", "invitation_id": "$unwanted_invitation"}),
    "look_at_invitation": _of(body={"secret": "$invitation_secret"}),
    "answer_invitation": _of(body={"secret": "$answerable_secret", "answer": "accepted"}),
    "share_dataset": _of(path={"dataset": "idle", "team": "$team"}, body={"leave_out_embargoed": True}),
    "list_shares": _of(path={"dataset": "idle"}),
    "end_share": _of(path={"dataset": "ended", "team": "$team"}),
    "add_link": _of(body={"name": f"Referee {MARK}", "dataset": "idle"}),
    "list_links": _of(),
    "revoke_link": _of(path={"link_id": "$unwanted_link"}),
    "look_at_link": _of(headers={"Authorization": "$$link_secret"}),
    "list_link_files": _of(headers={"Authorization": "$$link_secret"}),
    "get_link_content": _of(path={"file_id": "$file"}, headers={"Authorization": "$$link_secret"}),
    # files of a team's own
    "start_team_upload": _of(path={"team": "$team"}, body={"files": [NEW_FILE | {"expected_version": 0}]}),
    "get_team_upload": _of(path={"team": "$team", "upload_id": "$team_upload"}),
    "sign_team_parts": _of(
        path={"team": "$team", "upload_id": "$large_team_upload", "position": 0}, body={"first": 1, "count": 2}
    ),
    "complete_team_upload": _of(path={"team": "$team", "upload_id": "$team_upload"}, body=WAITING),
    "list_team_files": _of(path={"team": "$team"}, query={"folder": MARK}),
    "get_team_file": _of(path={"team": "$team", "file_id": "$team_file"}),
    "list_team_file_versions": _of(path={"team": "$team", "file_id": "$team_file"}),
    "get_team_file_content": _of(path={"team": "$team", "file_id": "$team_file"}, query={"version": 1}),
    "move_team_files": _of(path={"team": "$team"}, body={"path": f"{MARK}/moved", "to": f"{MARK}/there"}),
    "trash_team_files": _of(path={"team": "$team"}, body={"files": [{"path": f"{MARK}/unwanted"}]}),
    "restore_team_file": _of(path={"team": "$team", "file_id": "$trashed_team_file"}, body={}),
    "list_team_trash": _of(path={"team": "$team"}),
    "restore_team_folder": _of(path={"team": "$team"}, body={"path": f"{MARK}/lost"}),
    "empty_team_trash": _of(path={"team": "$spare_team"}),
    "get_team_storage": _of(path={"team": "$team"}),
    "open_own_files": lambda estate: Example(body={"organisation": estate.organisation}),
    "get_link_zip": _of(headers={"Authorization": "$$link_secret", "Range": "bytes=0-99"}),
    # the tree
    "list_tree": lambda estate: Example(query={"path": f"/org/{estate.organisation}/datasets/idle"}),
    "read_tree_entries": lambda estate: Example(body={"paths": [f"/team/{estate.ids['team']}/files/{MARK}"]}),
    "read_tree_beginnings": lambda estate: Example(
        body={"paths": [f"/org/{estate.organisation}/datasets/night/{MARK}/light.fits"]}
    ),
    "read_tree_addresses": lambda estate: Example(body={"paths": [f"/team/{estate.ids['team']}/files/{MARK}/file"]}),
    # embargoes
    "list_embargoes": _of(),
    "set_embargo": _of(path={"target": "dataset", "name": "idle"}, body={"days": 365, "reason": f"Proposal {MARK}"}),
    "remove_embargo": _of(path={"target": "dataset", "name": "ended"}),
    "list_upcoming_lifts": _of(query={"days": 100}),
    "get_embargo_reminders": _of(),
    "set_embargo_reminders": _of(body={"days": [30, 7]}),
    # equipment
    "add_site": _of(body=SITE),
    "get_site": _of(path={"site": "hven"}),
    "list_sites": _of(),
    "change_site": _of(path={"site": "hven"}, body={"height_m": 45}),
    "remove_site": _of(path={"site": "spare"}),
    "add_telescope": _of(body={"name": "Sextant", "site": "hven"}),
    "get_telescope": _of(path={"telescope": "quadrant"}),
    "list_telescopes": _of(),
    "change_telescope": _of(path={"telescope": "quadrant"}, body={"mount": "alt-azimuth"}),
    "remove_telescope": _of(path={"telescope": "spare"}),
    "add_instrument": _of(body={"name": "Spectrograph", "telescope": "quadrant"}),
    "get_instrument": _of(path={"instrument": "camera"}),
    "list_instruments": _of(),
    "change_instrument": _of(path={"instrument": "camera"}, body={"filters": ["B", "V", "R", "I"]}),
    "try_header_mapping": _of(
        path={"instrument": "camera"},
        body={"frame": "$frame", "header_mapping": {"keywords": {"gain": ["EXPTIME"]}}},
    ),
    "remove_instrument": _of(path={"instrument": "spare"}),
    # uploads
    "start_upload": _of(
        body={
            "files": [{"path": "new.txt", "size_bytes": 3, "sha256": "00" * 32, "crc32": "AAAAAA=="}],
            "dataset": "night",
            "frame_type": "light",
        }
    ),
    "get_upload": _of(path={"upload_id": "$upload"}),
    "sign_parts": _of(path={"upload_id": "$large_upload", "position": 0}, body={"first": 1, "count": 2}),
    "complete_upload": _of(path={"upload_id": "$upload"}, body=WAITING),
    "check_contents": _of(body={"contents": [{"sha256": "00" * 32, "size_bytes": 3}]}),
    # agents
    "report_agent": _of(path={"name": "dome-pc"}, body=REPORT),
    "list_agents": _of(query={"limit": 10}),
    "forget_agent": _of(path={"name": "unwanted-pc"}),
    "announce_frames": _of(path={"name": "laptop-pc"}, body=_announced("new")),
    "list_coming_frames": _of(query={"limit": 10}),
    "get_coming_preview": _of(path={"frame_id": "$coming"}),
    # files
    "list_files": _of(query={"prefix": MARK, "state": "kept"}),
    "get_file": _of(path={"file_id": "$file"}),
    "get_content": _of(path={"file_id": "$file"}),
    "read_file_addresses": _of(body={"files": ["$file"]}),
    "delete_file": _of(path={"file_id": "$unwanted"}),
    "restore_file": _of(path={"file_id": "$deleted"}),
    # frames
    "find_frames": _of(query={"near": "10.68,41.27", "filter": "R", "where": "GAIN>1.4", "count": "true"}),
    "count_facets": _of(query={"facet": "filter"}),
    "get_frame": _of(path={"frame_id": "$frame"}),
    "get_header": _of(path={"frame_id": "$frame"}),
    "find_calibrations": _of(path={"frame_id": "$frame"}),
    "judge_frame": _of(path={"frame_id": "$frame"}, body={"quality": "good", "note": "round stars"}),
    "get_preview": _of(path={"frame_id": "$frame", "size": "128"}),
    "list_hdus": _of(path={"frame_id": "$frame"}),
    "get_hdu_values": _of(path={"frame_id": "$frame", "hdu": 0}),
    "get_pixels": _of(path={"frame_id": "$frame", "hdu": 0}, query={"x": 3, "y": 4, "width": 2, "height": 2}),
    "get_tile": _of(path={"frame_id": "$frame", "hdu": 0, "zoom": 0, "x": 0, "y": 0}),
    "list_hdu_columns": _of(path={"frame_id": "$frame", "hdu": 1}),
    "get_hdu_rows": _of(path={"frame_id": "$frame", "hdu": 1}, query={"first": 2, "rows": 3, "column": 1}),
    "get_hdu_curve": _of(path={"frame_id": "$frame", "hdu": 1}, query={"x": 1, "y": 2}),
    "get_hdu_sky": _of(path={"frame_id": "$frame", "hdu": 0}),
    "list_hdu_objects": _of(path={"frame_id": "$frame", "hdu": 0}, query={"limit": 3}),
    "ingest_again": _of(body={"files": ["$file"]}),
    "resolve_name": _of(query={"name": "M31"}),
    # satellites
    "list_satellites": _of(query={"text": "SIM"}),
    "get_satellite": _of(path={"satellite": FIRST}),
    "get_catalogue": _of(),
    "import_element_sets": _of(body={"files": [{"name": "more.csv", "text": catalogue_bytes(EPOCH).decode()}]}),
    "find_crossings": _of(query=FIELD),
    "find_crossings_votable": _of(query=FIELD),
    "find_passes": _of(query=PASSES),
    "find_passes_votable": _of(query=PASSES),
    "get_satellite_track": _of(
        path={"satellite": FIRST}, query=FROM_HVEN | {"start": f"{NIGHT}T19:00:00Z", "points": 3}
    ),
    "get_tonight": _of(query=FROM_HVEN | {"night": NIGHT, "target": "M31"}),
    # datasets
    "add_dataset": _of(body={"name": "By rule", "rule": {"telescope": "quadrant", "night": NIGHT}}),
    "list_datasets": _of(query={"state": "open"}),
    "get_dataset": _of(path={"dataset": "night"}),
    "change_dataset": _of(path={"dataset": "night"}, body={"description": "One night."}),
    "close_dataset": _of(path={"dataset": "idle"}),
    "reopen_dataset": _of(path={"dataset": "ended"}),
    "remove_dataset": _of(path={"dataset": "unwanted"}),
    "list_dataset_files": _of(path={"dataset": "night"}, query={"prefix": MARK}),
    "add_dataset_files": _of(path={"dataset": "night"}, body=FILES),
    "remove_dataset_files": _of(path={"dataset": "night"}, body={"paths": [f"{MARK}/note.txt"]}),
    # packages
    "add_package": _of(body=PACKAGE),
    "list_packages": _of(),
    "get_package": _of(path={"package": "draft"}),
    "add_package_version": _of(path={"package": "outdated"}),
    "change_package_draft": _of(path={"package": "draft", "version": 1}, body={"title": "M 33 in R"}),
    "publish_package": _of(path={"package": "ready", "version": 1}),
    "withdraw_package": _of(path={"package": "outdated", "version": 1}, body={"reason": "The clock was wrong."}),
    "get_published_package": _of(path={"package": "known"}),
    "get_published_version": _of(path=PUBLISHED),
    "list_published_files": _of(path=PUBLISHED),
    "get_published_file": _of(path=PUBLISHED | {"path": f"night/{MARK}/note.txt"}),
    "get_published_manifest": _of(path=PUBLISHED),
    "get_published_zip": _of(path=PUBLISHED, headers={"Range": "bytes=0-99"}),
    "head_published_zip": _of(path=PUBLISHED),
    "get_citation_text": _of(path=PUBLISHED),
    "get_citation_bibtex": _of(path=PUBLISHED),
    "get_citation_ris": _of(path=PUBLISHED),
    "get_citation_csl": _of(path=PUBLISHED),
    "get_citation_datacite": _of(path=PUBLISHED),
    "get_citation_schema_org": _of(path=PUBLISHED),
    "get_landing_page": _of(path=PUBLISHED),
    "get_package_page": _of(path={"package": "known"}),
    "get_datacite_account": _of(),
    "get_portal": _of(),
    "set_portal": _of(body={"is_public": True, "title": MARK, "text": MARK}),
    "set_portal_logo": _of(body={"image": base64.b64encode(PNG).decode()}),
    "remove_portal_logo": _of(),
    "set_portal_host": _of(body={"host": f"data.{MARK}.example"}),
    "prove_portal_host": _of(),
    "remove_portal_host": _of(),
    "set_datacite_account": _of(body=DATACITE | {"password": "another"}),
    "remove_datacite_account": _of(),
    "add_package_doi": _of(path={"package": "draft", "version": 1}),
    "harvest_packages": _of(query={"verb": "ListRecords", "metadataPrefix": "oai_datacite"}),
    "harvest_packages_by_post": _of(),
    # jobs
    "list_jobs": _of(query={"kind": "ingest"}),
    "get_job": _of(path={"job_id": "$job"}),
    "retry_job": _of(path={"job_id": "$dead_job"}),
    "follow_events": _of(query={"after": 0}),
    # nights
    "list_nights": _of(query={"telescope": "quadrant"}),
    "get_night_log": _log(),
    "list_log_entries": _log(query={"deleted": "true"}),
    "add_log_entry": _log(body={"text": "Dome open.", "occurred_at": f"{NIGHT}T20:00:00Z", "frames": ["$frame"]}),
    "edit_log_entry": _log(
        path={"entry_id": "$entry"}, body={"text": "Clouds, then fog.", "revision": 1, "attachments": ["$note"]}
    ),
    "delete_log_entry": _log(path={"entry_id": "$unwanted_entry"}, query={"revision": 1}),
    "list_log_entry_revisions": _log(path={"entry_id": "$entry"}),
    "sign_night_log": _log(UNSIGNED_NIGHT, query={"force": "true"}),
    "reopen_night_log": _log(SIGNED_NIGHT, body={"reason": "One more entry."}),
    "get_night_log_markdown": _log(),
    "get_night_log_pdf": _log(),
    "search_log_entries": _of(query={"text": MARK}),
    # webhooks
    "add_webhook": _of(body={"url": "https://hooks.hven.example/stars", "kinds": ["package.published"]}),
    "list_webhooks": _of(query={"limit": 10}),
    "get_webhook": _of(path={"webhook_id": "$webhook"}),
    "change_webhook": _of(path={"webhook_id": "$webhook"}, body={"description": f"Star news {MARK}"}),
    "remove_webhook": _of(path={"webhook_id": "$unwanted_webhook"}),
    "rotate_webhook_secret": _of(path={"webhook_id": "$webhook"}, body={"overlap_hours": 1}),
    "ping_webhook": _of(path={"webhook_id": "$webhook"}),
    "list_webhook_deliveries": _of(path={"webhook_id": "$webhook"}, query={"delivered": "false"}),
    "redeliver_webhook": _of(path={"webhook_id": "$webhook", "delivery_id": "$delivery"}),
    # receipts
    "list_package_downloads": _of(path=PUBLISHED, query={"limit": 10}),
    "list_dataset_downloads": _of(path={"dataset": "night"}, query={"limit": 10}),
    # tiers
    "get_dataset_tiers": _of(path={"dataset": "night"}),
    "set_dataset_tiers": _of(path={"dataset": "night"}, body={"cool_after_days": 30_000}),
    "remove_dataset_tiers": _of(path={"dataset": "night"}),
    "recall_dataset": _of(path={"dataset": "night"}),
    # payment
    "get_payment": _of(),
    "list_payment_invoices": _of(query={"limit": 10}),
    "open_checkout": _of(body={"plan": "open"}),
    "open_payment_portal": _of(),
    "change_payment_plan": _of(body={"plan": "open"}),
    "cancel_payment": _of(),
    # usage
    "get_usage": _of(query={"by": "dataset", "limit": 10}),
    "get_bill": _of(query={"month": "2026-11"}),
    "estimate_costs": _of(query={"dataset": "night"}),
    # operators
    "get_service_health": _of(),
    "list_service_organisations": _of(query={"month": "2026-11", "limit": 10}),
    "get_revenue": _of(query={"month": "2026-11"}),
    "list_service_jobs": _of(query={"state": "dead", "kind": "ingest", "limit": 10}),
    "count_service_jobs": _of(),
    "get_service_job": _of(path={"job_id": "$job"}),
    "retry_service_job": _of(path={"job_id": "$dead_job"}),
    "retry_service_jobs": _of(body={"kind": "ingest"}),
    # audit
    "list_audit_entries": _of(query={"action": "member.", "limit": 10}),
    "export_audit": _of(),
}
