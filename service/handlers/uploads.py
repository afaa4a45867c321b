"""Sending files over HTTP; the bytes themselves go straight to the object store."""

from __future__ import annotations

from uuid import UUID

from service.actions import acknowledgement, uploads
from service.actions.upload_targets import OrganisationTarget, TeamTarget
from service.actions.upload_types import Completed, Completion, NewTeamUpload, NewUpload, PartRequest, Parts, Upload
from service.house import Actor, House
from service.routing import operation

__all__ = ["HANDLERS"]

BASE = "/organisations/{organisation:str}/uploads"
TEAM = "/teams/{team:str}/uploads"


@operation("POST", BASE, scope="uploads:write", tags=["uploads"])
async def start_upload(organisation: str, data: NewUpload, actor: Actor, house: House) -> Upload:
    """Begin or resume sending a batch of files.

    The reply says for each file whether its content is known already, or where to send it. Send the same batch again
    to resume it, from any process.
    """
    return await uploads.start_upload(house, OrganisationTarget(house, actor, organisation, data), data)


@operation("GET", f"{BASE}/{{upload_id:uuid}}", scope="uploads:write", tags=["uploads"])
async def get_upload(organisation: str, upload_id: UUID, actor: Actor, house: House) -> Upload:
    """Read what became of each file, with fresh addresses for those still wanted."""
    return await uploads.get_upload(house, OrganisationTarget(house, actor, organisation), upload_id)


@operation(
    "POST",
    f"{BASE}/{{upload_id:uuid}}/files/{{position:int}}/parts",
    scope="uploads:write",
    status=200,
    tags=["uploads"],
)
async def sign_parts(
    organisation: str, upload_id: UUID, position: int, data: PartRequest, actor: Actor, house: House
) -> Parts:
    """Sign addresses for parts of a large file; parts that arrived are left out."""
    target = OrganisationTarget(house, actor, organisation)
    return await uploads.sign_parts(house, target, upload_id, position, data)


@operation("POST", f"{BASE}/{{upload_id:uuid}}/complete", scope="uploads:write", status=200, tags=["uploads"])
async def complete_upload(
    organisation: str, upload_id: UUID, data: Completion, actor: Actor, house: House
) -> Completed:
    """Verify and acknowledge files whose bytes were sent.

    Their checksums are recomputed by the service; `stored` means safe. Files are ingested by the job named.

    Those whose dataset was closed meanwhile stay `wanted`, with the problem `dataset-closed`, and those for which the
    plan has no room any more with `over-quota`: what arrived of them is kept for seven days from when the upload began,
    to be completed once the dataset is open again, or there is room.
    """
    target = OrganisationTarget(house, actor, organisation)
    return await acknowledgement.complete_upload(house, target, upload_id, data)


@operation("POST", TEAM, scope="team-files:write", tags=["team files"])
async def start_team_upload(team: str, data: NewTeamUpload, actor: Actor, house: House) -> Upload:
    """Begin or resume sending a batch of a team's own files.

    The reply says for each file whether the team has its content already, or where to send it. Send the same batch
    again to resume it, from any process. A path that is there gets a new version. These files are not read as frames.
    """
    return await uploads.start_upload(house, TeamTarget(house, actor, team), data)


@operation("GET", f"{TEAM}/{{upload_id:uuid}}", scope="team-files:write", tags=["team files"])
async def get_team_upload(team: str, upload_id: UUID, actor: Actor, house: House) -> Upload:
    """Read what became of each file, with fresh addresses for those still wanted."""
    return await uploads.get_upload(house, TeamTarget(house, actor, team), upload_id)


@operation(
    "POST",
    f"{TEAM}/{{upload_id:uuid}}/files/{{position:int}}/parts",
    scope="team-files:write",
    status=200,
    tags=["team files"],
)
async def sign_team_parts(
    team: str, upload_id: UUID, position: int, data: PartRequest, actor: Actor, house: House
) -> Parts:
    """Sign addresses for parts of a large file; parts that arrived are left out."""
    return await uploads.sign_parts(house, TeamTarget(house, actor, team), upload_id, position, data)


@operation("POST", f"{TEAM}/{{upload_id:uuid}}/complete", scope="team-files:write", status=200, tags=["team files"])
async def complete_team_upload(team: str, upload_id: UUID, data: Completion, actor: Actor, house: House) -> Completed:
    """Verify and acknowledge files whose bytes were sent.

    Their checksums are recomputed by the service; `stored` means safe. A file that was changed meanwhile, or whose
    place was taken, fails, and the others do not. What the plan of the team's host has no room for any more stays
    `wanted`, with the problem `over-quota`, to be completed when there is.
    """
    return await acknowledgement.complete_upload(house, TeamTarget(house, actor, team), upload_id, data)


HANDLERS = [
    start_upload,
    get_upload,
    sign_parts,
    complete_upload,
    start_team_upload,
    get_team_upload,
    sign_team_parts,
    complete_team_upload,
]
