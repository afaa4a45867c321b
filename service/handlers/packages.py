"""Data packages over HTTP: drafted and published by their organisation, read by anyone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from litestar import Request, Response, head
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Parameter
from litestar.response import Redirect, Stream

from domain.data_package import PackageWithdrawn
from domain.errors import ClientFault, ObservatoryError
from service.actions import packages, published, published_content, publishing
from service.actions.packages import NewPackage, Package, PackageChange, PackageSummary
from service.actions.published import PublishedFile, PublishedPackage, PublishedVersion
from service.actions.published_content import ZipFile
from service.actions.publishing import Withdrawal
from service.actions.receipts import begins
from service.errors import EXCEPTION_HANDLERS, PROBLEM_JSON, ProblemDocument, problem_responses
from service.handlers.object_ranges import (
    NOT_SATISFIABLE,
    IfOtherArchive,
    IfSameArchive,
    WantedBytes,
    http_date,
    is_unchanged,
    wanted_range,
)
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation

__all__ = ["HANDLERS", "NoSuchRange", "answer_no_such_range", "problem_of"]

BASE = "/organisations/{organisation:str}/packages"
ONE = f"{BASE}/{{package:str}}"
DRAFT = f"{ONE}/versions/{{version:int}}"
PUBLIC = "/packages/{organisation:str}/{package:str}"
RELEASED = f"{PUBLIC}/versions/{{version:int}}"

Version = Annotated[int, Parameter(ge=1, le=2**31 - 1, description="Number of the version.")]
FilePath = Annotated[Path, Parameter(description="Path of the file.", schema_extra={"format": None})]
HttpRequest = Request[Any, Any, State]


class NoSuchRange(ClientFault):
    code = "no-such-range"
    title = "No such range"


def _render(request: HttpRequest, error: ObservatoryError, status: int) -> Response[dict[str, Any]]:
    """Render an error as usual, under a status that only these operations have."""
    response: Response[dict[str, Any]] = EXCEPTION_HANDLERS[ObservatoryError](request, error)
    response.status_code = response.content["status"] = status
    return response


def _gone(request: HttpRequest, error: ObservatoryError) -> Response[dict[str, Any]]:
    return _render(request, error, 410)


def answer_no_such_range(request: HttpRequest, error: ObservatoryError) -> Response[dict[str, Any]]:
    response = _render(request, error, 416)
    response.set_header("Content-Range", f"bytes */{error.facts['size_bytes']}")
    return response


def problem_of(description: str) -> ResponseSpec:
    return ResponseSpec(ProblemDocument, description=description, media_type=PROBLEM_JSON, generate_examples=False)


GONE = {410: problem_of("Withdrawn: only the tombstone is left.")}
CONTENT: dict[str, Any] = {"exception_handlers": {PackageWithdrawn: _gone}, "responses": GONE}


@operation("POST", BASE, scope="datasets:write", tags=["packages"])
async def add_package(organisation: str, data: NewPackage, actor: Actor, house: House) -> Package:
    """Draft a data package from datasets."""
    return await packages.add_package(house, actor, organisation, data)


@operation("GET", BASE, scope="datasets:read", tags=["packages"])
async def list_packages(
    organisation: str, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[PackageSummary]:
    """List data packages in order of slug, each with its newest version."""
    return await packages.list_packages(house, actor, organisation, cursor=cursor, limit=limit)


@operation("GET", ONE, scope="datasets:read", tags=["packages"])
async def get_package(organisation: str, package: str, actor: Actor, house: House) -> Package:
    """Read a data package with all its versions, newest first."""
    return await packages.get_package(house, actor, organisation, package)


@operation("POST", f"{ONE}/versions", scope="datasets:write", tags=["packages"])
async def add_package_version(organisation: str, package: str, actor: Actor, house: House) -> Package:
    """Begin the next version as a draft that says what the newest one says."""
    return await packages.add_version(house, actor, organisation, package)


@operation("PATCH", DRAFT, scope="datasets:write", tags=["packages"])
async def change_package_draft(
    organisation: str, package: str, version: Version, data: PackageChange, actor: Actor, house: House
) -> Package:
    """Change what a draft says."""
    return await packages.change_draft(house, actor, organisation, package, version, data)


@operation("POST", f"{DRAFT}/publish", scope="packages:publish", status=200, tags=["packages"])
async def publish_package(organisation: str, package: str, version: Version, actor: Actor, house: House) -> Package:
    """Publish a draft: files, checksums and text are frozen, the version before it is superseded."""
    return await publishing.publish(house, actor, organisation, package, version)


@operation("POST", f"{DRAFT}/withdraw", scope="packages:publish", status=200, tags=["packages"])
async def withdraw_package(
    organisation: str, package: str, version: Version, data: Withdrawal, actor: Actor, house: House
) -> Package:
    """Withdraw a version: its tombstone stays readable, its content does not."""
    return await publishing.withdraw(house, actor, organisation, package, version, data)


@operation("GET", PUBLIC, scope="public", tags=["packages"])
async def get_published_package(organisation: str, package: str, house: House) -> PublishedPackage:
    """Read a published data package and which versions there are."""
    return await published.get_package(house, organisation, package)


@operation("GET", RELEASED, scope="public", tags=["packages"])
async def get_published_version(organisation: str, package: str, version: Version, house: House) -> PublishedVersion:
    """Read a published version: how to cite it, its licence, its people; or its tombstone."""
    return await published.get_version(house, organisation, package, version)


@operation("GET", f"{RELEASED}/files", scope="public", tags=["packages"], **CONTENT)
async def list_published_files(
    organisation: str,
    package: str,
    version: Version,
    house: House,
    prefix: Annotated[str, Parameter(max_length=1024, description="Paths that begin so.")] = "",
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[PublishedFile]:
    """List a published version's files in order of path."""
    return await published_content.list_files(
        house, organisation, package, version, prefix=prefix, cursor=cursor, limit=limit
    )


@operation(
    "GET", f"{RELEASED}/files/{{path:path}}", scope="public", problems=(409,), status=302, tags=["packages"], **CONTENT
)
async def get_published_file(
    organisation: str,
    package: str,
    version: Version,
    path: FilePath,
    house: House,
    visitor: Actor | None,
    wanted_bytes: Annotated[
        str | None,
        Parameter(header="Range", description="As it will be sent to the address: one that goes on is not counted."),
    ] = None,
) -> Redirect:
    """Go to one file's bytes: a short-lived address at the object store that takes Range."""
    name = path.as_posix().lstrip("/")
    address = await published_content.file_address(
        house, organisation, package, version, name, visitor=visitor, counted=begins(wanted_bytes)
    )
    return Redirect(address, status_code=302)


@operation(
    "GET",
    f"{RELEASED}/manifest",
    scope="public",
    media_type="application/json",
    tags=["packages"],
    exception_handlers={PackageWithdrawn: _gone},
    responses={200: ResponseSpec(dict[str, Any], description="The manifest.", generate_examples=False), **GONE},
)
async def get_published_manifest(organisation: str, package: str, version: Version, house: House) -> Stream:
    """Read a published version's manifest: every file with its size, SHA-256 and CRC32."""
    file, chunks = await published_content.read_manifest(house, organisation, package, version)
    headers = {"content-length": str(file.size_bytes), "etag": f'"{file.sha256.hex()}"'}
    return Stream(chunks, headers=headers, media_type="application/json")


def _zip_headers(file: ZipFile) -> dict[str, str]:
    return {
        "accept-ranges": "bytes",
        "content-disposition": f'attachment; filename="{file.filename}"',
        "content-type": "application/zip",
        "etag": file.etag,
        "last-modified": http_date(file.modified_at),
    }


ZIP = "application/zip"


@operation(
    "GET",
    f"{RELEASED}/zip",
    scope="public",
    problems=(409,),
    media_type=ZIP,
    tags=["packages"],
    exception_handlers={PackageWithdrawn: _gone, NoSuchRange: answer_no_such_range},
    responses={
        200: ResponseSpec(bytes, description="The archive.", media_type=ZIP, generate_examples=False),
        206: ResponseSpec(bytes, description="The range asked for.", media_type=ZIP, generate_examples=False),
        304: ResponseSpec(None, description="You have it already."),
        416: problem_of("There are no such bytes."),
        **GONE,
    },
)
async def get_published_zip(
    organisation: str,
    package: str,
    version: Version,
    house: House,
    visitor: Actor | None,
    wanted_bytes: WantedBytes = None,
    if_range: IfSameArchive = None,
    if_none_match: IfOtherArchive = None,
) -> Response[Any]:
    """Download a published version as one ZIP archive.

    It takes Range, so that a broken download is resumed: the bytes are the same each time, `ETag` is the manifest's
    SHA-256, `Content-Length` is exact.
    """
    file = await published_content.find_zip(house, organisation, package, version)
    headers = _zip_headers(file)
    if is_unchanged(if_none_match, file.etag):
        return Response(b"", status_code=304, headers=headers)
    whole = range(file.size_bytes)
    part = wanted_range(
        wanted_bytes,
        if_range,
        size_bytes=file.size_bytes,
        etag=file.etag,
        modified_at=file.modified_at,
    )
    if part is NOT_SATISFIABLE:
        raise NoSuchRange(f"The archive has {file.size_bytes} bytes.", size_bytes=file.size_bytes)
    if part is not None:
        headers["content-range"] = f"bytes {part.start}-{part.stop - 1}/{file.size_bytes}"
    wanted = whole if part is None else part
    headers["content-length"] = str(len(wanted))
    chunks = await published_content.read_zip(house, file, wanted, visitor=visitor)
    return Stream(chunks, status_code=200 if part is None else 206, headers=headers, media_type=ZIP)


@head(
    f"{RELEASED}/zip",
    operation_id="head_published_zip",
    summary="Tell the length and validator of a published version's archive",
    opt={"scope": "public"},
    security=[{}],
    tags=["packages"],
    exception_handlers={PackageWithdrawn: _gone},
    responses=problem_responses([400, 404, 409, 503])
    | GONE
    | {200: ResponseSpec(None, description="Its headers say it all.", media_type=ZIP)},
)
async def head_published_zip(organisation: str, package: str, version: Version, house: House) -> Response[None]:
    file = await published_content.find_zip(house, organisation, package, version)
    return Response(None, headers=_zip_headers(file) | {"content-length": str(file.size_bytes)})


HANDLERS = [
    add_package,
    list_packages,
    get_package,
    add_package_version,
    change_package_draft,
    publish_package,
    withdraw_package,
    get_published_package,
    get_published_version,
    list_published_files,
    get_published_file,
    get_published_manifest,
    get_published_zip,
    head_published_zip,
]
