"""A thing of each kind in each state, with a word of its own in everything that tells of it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import msgspec

from service.access_table import Kind, State, row_of
from tests.support.access_people import People
from tests.support.api_examples import CARDS, Estate, Example
from tests.support.fits_bytes import image_file
from tests.support.sending import send, wait_for_jobs
from tests.support.service import RunningService

__all__ = ["ABSENT", "WORDS", "Things", "example_of", "make_things", "share_things", "withdraw_things"]

Thing = tuple[Kind, State]
WORDS: dict[Thing, str] = {
    ("frame", "own"): "electrum",
    ("frame", "shared"): "argentum",
    ("frame", "embargoed"): "cinnabar",
    ("frame", "withdrawn"): "antimony",
    ("dataset", "own"): "agate",
    ("dataset", "shared"): "beryl",
    ("dataset", "embargoed"): "jasper",
    ("dataset", "withdrawn"): "onyx",
    ("package", "own"): "galena",
    ("package", "shared"): "pyrite",
    ("package", "embargoed"): "realgar",
    ("package", "withdrawn"): "stibnite",
}
SHARED = ["beryl", "jasper"]
HELD = {"until": "2100-01-01T00:00:00Z"}
ABSENT = {"file_id": str(uuid4()), "frame_id": str(uuid4()), "dataset": "atlantis", "package": "atlantis"}
"Of each parameter that names a thing, a value that names none."


class Things(msgspec.Struct, kw_only=True):
    """The identifiers of frames and files by state."""

    files: dict[State, str]
    frames: dict[State, str]

    def secrets_of(self, thing: Thing) -> set[str]:
        """Give what tells of a thing: its word and its identifiers."""
        kind, state = thing
        ids = {self.files[state], self.frames[state]} if kind == "frame" else set()
        return {WORDS[thing], *ids}


async def make_things(service: RunningService, estate: Estate) -> Things:
    """Bring files in, and gather datasets of them. Not shared or withdrawn yet: `share_things`."""
    owner, base = estate.owner.client, f"/api/v1/organisations/{estate.organisation}"
    states: list[State] = ["own", "shared", "embargoed", "withdrawn"]
    files: dict[State, str] = {}
    for number, state in enumerate(states):
        word = WORDS["frame", state]
        content = image_file(cards=CARDS | {"OBJECT": word, "EXPTIME": 31.0 + number}, table=True)
        sent = await send(
            owner,
            estate.organisation,
            {f"{word}/light.fits": content},
            dataset="agate" if state == "own" else "beryl",
            telescope="quadrant",
            instrument="camera",
        )
        files[state] = sent[0]["file"]
    note = {"pyrite/note.txt": b"what is published"}
    await send(owner, estate.organisation, note, dataset="pyrite-set", telescope="quadrant")
    await wait_for_jobs(owner, estate.organisation)
    frames = {state: (await owner.get(f"{base}/files/{file}")).json()["frame"] for state, file in files.items()}
    return Things(files=files, frames=frames)


async def share_things(estate: Estate, things: Things) -> None:
    """Bring each thing into its state."""

    async def ask(method: str, path: str, body: Any = None) -> None:
        reply = await estate.owner.client.request(
            method, f"/api/v1/organisations/{estate.organisation}{path}", json=body
        )
        assert reply.is_success, (method, path, reply.text)

    for slug in ("jasper", "onyx"):
        await ask("POST", "/datasets", {"name": slug, "slug": slug})
    await ask("PUT", "/embargoes/dataset/jasper", HELD)
    await ask("PUT", f"/embargoes/file/{things.files['embargoed']}", HELD)
    for state, dataset in (
        ("own", "agate"),
        ("shared", "pyrite-set"),
        ("embargoed", "beryl"),
        ("withdrawn", "pyrite-set"),
    ):
        slug = WORDS["package", state]  # type: ignore[index]
        new = {"slug": slug, "title": f"All the {slug}", "licence": "CC-BY-4.0", "datasets": [dataset]}
        await ask("POST", "/packages", new)
        if dataset == "pyrite-set":
            await ask("POST", f"/packages/{slug}/versions/1/publish")
    await ask("POST", "/packages/stibnite/versions/1/withdraw", {"reason": "It was something else."})


async def withdraw_things(estate: Estate, things: Things) -> None:
    """Delete what shall be deleted, after it was shared."""
    base = f"/api/v1/organisations/{estate.organisation}"
    for path in (f"files/{things.files['withdrawn']}", "datasets/onyx"):
        assert (await estate.owner.client.delete(f"{base}/{path}")).status_code == 204


LISTS: dict[str, dict[str, Any]] = {
    "list_files": {"limit": 100},
    "find_frames": {"limit": 100, "count": "true"},
    "count_facets": {"facet": "object"},
    "list_dataset_files": {"limit": 100},
    "list_datasets": {"limit": 100},
    "search_log_entries": {"text": "Clouds"},
}
"Queries that leave nothing out."
BODIES: dict[tuple[str, State], dict[str, Any]] = {
    ("rename_organisation", "own"): {"name": "Stjerneborg"},
    ("add_link", "own"): {"name": "to agate", "dataset": "agate"},
    ("add_link", "embargoed"): {"name": "to cinnabar", "dataset": "beryl", "with_embargoed": True},
    ("share_dataset", "own"): {},
    ("share_dataset", "embargoed"): {"with_embargoed": True},
}
PATHS: dict[tuple[str, State], dict[str, Any]] = {
    ("share_dataset", "own"): {"dataset": "agate"},
    ("share_dataset", "embargoed"): {"dataset": "beryl"},
}


def example_of(operation_id: str, state: State, estate: Estate, people: People, things: Things) -> Example:
    """Give a request about the thing of a state; of a state that the operation's row has not, about its usual one."""
    row = row_of(operation_id)
    ids = estate.ids | (people.ids if row.area == "Teams" else {"unwanted_link": people.ids["link"]})
    if state == "withdrawn":
        ids |= {
            "unwanted_link": people.ids["revoked_link"],
            "unwanted_invitation": people.ids["revoked_invitation"],
            "invitation_secret": people.ids["revoked_invitation_secret"],
            "answerable_secret": people.ids["revoked_invitation_secret"],
        }
    example = msgspec.structs.replace(estate, ids=ids).example(operation_id)
    path, about = dict(example.path), state if state in row.cells and state != "foreign" else "own"
    if row.kind is not None:
        files, frames = things.files[about], things.frames[about]
        named = {"file_id": files, "frame_id": frames}
        if row.kind == "package":
            named |= {"package": WORDS["package", about], "path": "pyrite-set/pyrite/note.txt"}
        elif operation_id == "list_dataset_files":
            named |= {"dataset": "agate" if about == "own" else "beryl"}
        elif row.kind == "dataset":
            named |= {"dataset": WORDS["dataset", about]}
        path |= {name: value for name, value in named.items() if name in path}
    if row.area == "Teams" and "email" in path:
        path["email"] = people.team_member
    body = example.body
    if operation_id == "read_file_addresses":
        body = {"files": [things.files[about]]}
    if operation_id == "start_upload":
        body = {name: value for name, value in body.items() if name != "dataset"}
    return Example(
        path=path | PATHS.get((operation_id, about), {}),
        query=LISTS.get(operation_id, example.query),
        body=BODIES.get((operation_id, about), body),
        headers={name: value for name, value in example.headers.items() if name != "Authorization"},
    )
