"""What is taken back works no more with the next request; an address signed before, for five minutes at most."""

from __future__ import annotations

import re
import time

import pytest

from service.access_table import Who
from tests.support.access_matrix import Matrix
from tests.support.rehearsal import rehearsal
from tests.support.service import RunningService

pytestmark = pytest.mark.xdist_group("access")

LONGEST_S = 300
# Operations that hand out addresses straight at the object store.
SIGNING = {
    "get_content", "get_preview", "get_published_file", "read_file_addresses", "read_tree_addresses",
    "start_upload", "get_upload", "sign_parts",
    "get_team_file_content", "start_team_upload", "get_team_upload", "sign_team_parts",
}  # fmt: skip


async def status_of(matrix: Matrix, who: Who, operation_id: str) -> int:
    return (await matrix.ask(matrix.people.tokens[who], operation_id, "shared")).status_code


async def revoke(matrix: Matrix, path: str, method: str = "DELETE") -> None:
    async with matrix.service.client(Authorization=f"Bearer {matrix.people.tokens['owner']}") as owner:
        reply = await owner.request(method, path.format(base=f"/api/v1/organisations/{matrix.estate.organisation}"))
        assert reply.status_code in (200, 204), reply.text


async def test_a_revoked_link_opens_nothing(matrix: Matrix) -> None:
    async with rehearsal(matrix.service.house):
        for operation_id in ("look_at_link", "list_link_files", "get_link_content"):
            assert await status_of(matrix, "link holder", operation_id) == 200
        await revoke(matrix, f"{{base}}/links/{matrix.people.ids['link']}")
        for operation_id in ("look_at_link", "list_link_files", "get_link_content"):
            assert await status_of(matrix, "link holder", operation_id) == 401


async def test_what_is_shared_no_more_is_not_there(matrix: Matrix) -> None:
    reading = (
        "get_file",
        "get_content",
        "get_frame",
        "get_header",
        "get_preview",
        "get_tile",
        "get_dataset",
        "list_dataset_files",
    )
    async with rehearsal(matrix.service.house):
        for operation_id in reading:
            assert await status_of(matrix, "team viewer", operation_id) in (200, 302)
        await revoke(matrix, f"{{base}}/datasets/beryl/shares/{matrix.people.team}")
        for operation_id in reading:
            assert await status_of(matrix, "team viewer", operation_id) == 404, operation_id
        found = await matrix.ask(matrix.people.tokens["team viewer"], "find_frames", "shared")
        assert (found.status_code, found.json()["items"]) == (200, [])


async def test_a_revoked_token_does_nothing_not_even_what_it_did_before(service: RunningService) -> None:
    person = await service.person()
    key = {"Idempotency-Key": "once"}
    body = {"name": f"Observatory of {person.name}"}
    made = await person.client.post("/api/v1/organisations", json=body, headers=key)
    assert made.status_code == 201
    again = await person.client.post("/api/v1/organisations", json=body, headers=key)
    assert again.headers["idempotency-replayed"] == "true"
    token = (await person.client.get("/api/v1/tokens")).json()["items"][0]["id"]
    assert (await person.client.delete(f"/api/v1/tokens/{token}")).status_code == 204
    assert (await person.client.get("/api/v1/me")).status_code == 401
    repeated = await person.client.post("/api/v1/organisations", json=body, headers=key)
    assert repeated.status_code == 401, "a reply that was kept is for who may ask for it"
    assert made.json()["slug"] not in repeated.text


async def test_who_left_is_not_answered_as_before(service: RunningService) -> None:
    owner, person = await service.person(), await service.person()
    organisation = await service.organisation(owner)
    member = f"/api/v1/organisations/{organisation}/members/{person.email}"
    assert (await owner.client.put(member, json={"role": "member"})).status_code == 200
    asked = {"json": {"name": "Comets"}, "headers": {"Idempotency-Key": "comets"}}
    datasets = f"/api/v1/organisations/{organisation}/datasets"
    assert (await person.client.post(datasets, **asked)).status_code == 201
    assert (await person.client.post(datasets, **asked)).headers["idempotency-replayed"] == "true"
    assert (await owner.client.delete(member)).status_code == 204
    repeated = await person.client.post(datasets, **asked)
    assert (repeated.status_code, repeated.json()["type"]) == (404, "/problems/not-found")


async def test_no_signed_address_lives_longer_than_five_minutes(matrix: Matrix) -> None:
    """Every operation is asked, so that one that signs addresses and is not named here is found."""
    signing = set()
    for operation_id, (_, template, _) in matrix.operations.items():
        state = "shared" if operation_id.startswith(("get_", "list_")) else "own"
        who: Who = "link holder" if template.startswith("/api/v1/link") else "owner"
        who = "team manager" if "{team}" in template else who
        async with rehearsal(matrix.service.house):
            reply = await matrix.ask(matrix.people.tokens[who], operation_id, state)  # type: ignore[arg-type]
        ends = re.findall(r"/objects/[^\s\"]*?\bexpires=(\d+)", f"{reply.headers} {reply.text}")
        for end in ends:
            signing.add(operation_id)
            assert int(end) <= time.time() + LONGEST_S + 1, operation_id
    assert signing == SIGNING


@pytest.mark.parametrize(
    ("ranges", "status"),
    [
        ("bytes=0-", 206), ("bytes=-5", 206), ("bytes=-999999", 206), ("bytes=1-2,4-5", 200), ("bytes=9-5", 200),
        ("lines=7-", 200), ("bytes=x-", 200),
    ],
)  # fmt: skip
async def test_a_link_that_is_used_up_gives_nothing_however_it_is_asked(
    matrix: Matrix, ranges: str, status: int
) -> None:
    async with rehearsal(matrix.service.house):
        for token, expected in (
            (matrix.people.tokens["link holder"], status),
            (matrix.people.credentials["used up link"], 401),
        ):
            reply = await matrix.ask(token, "get_link_content", "shared", headers={"Range": ranges})
            assert reply.status_code == expected, reply.text[:200]
