"""Sending files over HTTP; the bytes themselves go straight to the object store."""

from __future__ import annotations

from uuid import UUID

from service.actions import acknowledgement, uploads
from service.actions.upload_types import Completed, Completion, NewUpload, PartRequest, Parts, Upload
from service.house import Actor, House
from service.routing import operation

__all__ = ["HANDLERS"]

BASE = "/organisations/{organisation:str}/uploads"


@operation("POST", BASE, scope="uploads:write", tags=["uploads"])
async def start_upload(organisation: str, data: NewUpload, actor: Actor, house: House) -> Upload:
    """Begin or resume sending a batch of files.

    The reply says for each file whether its content is known already, or where to send it. Send the same batch again
    to resume it, from any process.
    """
    return await uploads.start_upload(house, actor, organisation, data)


@operation("GET", f"{BASE}/{{upload_id:uuid}}", scope="uploads:write", tags=["uploads"])
async def get_upload(organisation: str, upload_id: UUID, actor: Actor, house: House) -> Upload:
    """Read what became of each file, with fresh addresses for those still wanted."""
    return await uploads.get_upload(house, actor, organisation, upload_id)


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
    return await uploads.sign_parts(house, actor, organisation, upload_id, position, data)


@operation("POST", f"{BASE}/{{upload_id:uuid}}/complete", scope="uploads:write", status=200, tags=["uploads"])
async def complete_upload(
    organisation: str, upload_id: UUID, data: Completion, actor: Actor, house: House
) -> Completed:
    """Verify and acknowledge files whose bytes were sent.

    Their checksums are recomputed by the service; `stored` means safe. Files are ingested by the job named.
    """
    return await acknowledgement.complete_upload(house, actor, organisation, upload_id, data)


HANDLERS = [start_upload, get_upload, sign_parts, complete_upload]
