"""The words of sending files: what is asked and answered, batch by batch."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.errors import NotFound
from domain.facts import FrameType
from domain.header import Problem
from service.house import Team, Tenant
from storage import upload_store
from storage.object_limits import MIN_PART_BYTES

__all__ = [
    "MAXIMUM_PARTS",
    "Completed",
    "CompletedFile",
    "Completion",
    "FileToSend",
    "NewTeamUpload",
    "NewUpload",
    "PartRequest",
    "PartToSend",
    "Parts",
    "SignedPut",
    "TeamFileToSend",
    "Upload",
    "UploadFile",
    "read_items",
    "result_of",
]

# The length beside the pattern: $ also matches before a last line feed.
Sha256 = Annotated[
    str, Meta(pattern="^[0-9a-f]{64}$", max_length=64, description="SHA-256 of the content, hexadecimal.")
]
Crc32c = Annotated[str, Meta(pattern="^[A-Za-z0-9+/]{6}==$", max_length=8, description="CRC32C, big-endian, base64.")]
Crc32 = Annotated[
    str,
    Meta(
        pattern="^[A-Za-z0-9+/]{5}[AQgw]==$",
        max_length=8,
        description="CRC-32 of the content, as ZIP has it, big-endian, base64.",
    ),
]
Likeness = Annotated[
    str,
    Meta(
        pattern="^[0-9a-f]{64}$",
        max_length=64,
        description="Of a large file without `sha256`: what whoever sends it knows it by, such as a SHA-256 of some"
        " places in it. Parts that arrived of a file announced with the same, and with the same size, are kept.",
    ),
]
PartSize = Annotated[
    int,
    Meta(
        ge=MIN_PART_BYTES,
        le=2**53,
        description="Larger files are to go in parts of this size, or of less: for a line that breaks now and then.",
    ),
]
MAXIMUM_PARTS = 10_000  # of S3


class FileToSend(msgspec.Struct, kw_only=True):
    """One file to send. ``sha256`` may be left out for a large file and given at completion.

    With ``crc32`` and ``crc32c`` as well, the service may not have to read the file again before it acknowledges it.
    """

    path: Annotated[str, Meta(min_length=1, max_length=4096, examples=["light/M31/M31_R_001.fits"])]
    size_bytes: Annotated[int, Meta(ge=0)]
    sha256: Sha256 | None = None
    crc32c: Crc32c | None = None
    crc32: Crc32 | None = None
    likeness: Likeness | None = None


class NewUpload(msgspec.Struct, kw_only=True):
    """A batch of files, with what belongs to all of them."""

    files: Annotated[list[FileToSend], Meta(min_length=1, max_length=1000)]
    telescope: Annotated[str, Meta(max_length=64)] | None = None
    instrument: Annotated[str, Meta(max_length=64)] | None = None
    dataset: (
        Annotated[str, Meta(min_length=1, max_length=200, description="Made when there is none of this name.")] | None
    ) = None
    frame_type: (
        Annotated[FrameType, Meta(description="What the frames among them are, where their headers do not tell.")]
        | None
    ) = None
    host: Annotated[str, Meta(max_length=255, description="The computer that sends.")] | None = None
    part_size_bytes: PartSize | None = None


class TeamFileToSend(FileToSend, kw_only=True):
    """One file of a team. ``expected_version``: refused unless the file is at this version; 0: unless there is none."""

    expected_version: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None


class NewTeamUpload(msgspec.Struct, kw_only=True):
    """A batch of files for a team; a path that is there gets a new version."""

    files: Annotated[list[TeamFileToSend], Meta(min_length=1, max_length=1000)]
    host: Annotated[str, Meta(max_length=255, description="The computer that sends.")] | None = None
    part_size_bytes: PartSize | None = None


class SignedPut(msgspec.Struct):
    """Send the bytes with exactly this request; it needs no other credential.

    It may be sent again with the same bytes. Where others came to the address before, it is refused (409): complete,
    or announce the file again.
    """

    url: str
    headers: dict[str, str]
    method: str = "PUT"


class UploadFile(msgspec.Struct, kw_only=True):
    """What became of one file, by its position in the batch.

    ``known``: the organisation, or the team, has this content, nothing is to be sent. ``wanted``: send it by ``put``,
    or in parts where ``part_size_bytes`` is given; with neither, another file of the batch brings the same content.
    ``stored``: acknowledged. ``failed``: see ``problem``; the others go on.
    """

    position: int
    path: str
    state: Literal["known", "wanted", "stored", "failed"]
    file: UUID | None = None
    put: SignedPut | None = None
    part_size_bytes: int | None = None
    problem: Problem | None = None


class Upload(msgspec.Struct):
    """A batch, and what became of each of its files.

    ``together``, where it is given, takes the bytes of several ``wanted`` files in one body of at most 4 MiB: for each
    file of at most 256 KiB its position, its size and its CRC32C, each four bytes, the highest first, then its bytes.
    What did not arrive so may be sent by its own ``put``.
    """

    id: UUID
    files: list[UploadFile]
    together: SignedPut | None = None


class PartRequest(msgspec.Struct, kw_only=True):
    """Which parts to sign: from ``first`` (1-based), at most ``count``; CRC32C of each if it is to be enforced."""

    first: Annotated[int, Meta(ge=1, le=MAXIMUM_PARTS)] = 1
    count: Annotated[int, Meta(ge=1, le=1000)] = 100
    crc32c: Annotated[list[Crc32c], Meta(max_length=1000)] | None = None


class PartToSend(msgspec.Struct, kw_only=True):
    number: int
    offset_bytes: int
    size_bytes: int
    put: SignedPut


class Parts(msgspec.Struct):
    """``stored`` parts have arrived and need not be sent again; ``parts`` are signed, without those stored."""

    stored: list[int]
    parts: list[PartToSend]
    part_count: int


class CompletedFile(msgspec.Struct, kw_only=True):
    position: Annotated[int, Meta(ge=0, le=999)]
    sha256: Sha256 | None = None


class Completion(msgspec.Struct):
    files: Annotated[list[CompletedFile], Meta(min_length=1, max_length=1000)]


class Completed(msgspec.Struct):
    """What became of each file; ``stored`` is the acknowledgement that its bytes are safe and their checksum agrees."""

    files: list[UploadFile]
    job: UUID | None = None


async def read_items(here: Tenant | Team, upload_id: UUID, positions: list[int] | None = None) -> tuple[Any, list[Any]]:
    """Read an upload and its files, or some of them, by position; raises NotFound when there is no such upload."""
    upload = await upload_store.find_upload(here.connection, upload_id)
    if upload is None:
        raise NotFound("There is no such upload here.")
    return upload, await upload_store.get_items(here.connection, upload_id, positions)


def result_of(row: Any) -> UploadFile:
    """Tell what became of a file, from its row."""
    return UploadFile(
        position=row.position,
        path=row.path,
        state=row.state,
        file=row.file_id,
        part_size_bytes=row.part_size_bytes,
        problem=msgspec.convert(row.problem, Problem) if row.problem else None,
    )
