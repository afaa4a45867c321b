"""What harvesters ask by OAI-PMH, answered from what every organisation published; what is withdrawn is deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from xml.etree import ElementTree as ET

import msgspec
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import InvalidInput, NotFound
from domain.oai_pmh import (
    PREFIXES,
    OaiError,
    OaiRequest,
    add,
    described,
    document,
    moment_text,
    parse_request,
    tag,
)
from domain.package_metadata import RelatedIdentifier
from service.actions.package_records import record_of
from service.house import House
from service.paging import decode_cursor, encode_cursor
from storage import package_store, publication_store

__all__ = ["oai_answer"]

RECORDS_PER_PAGE = 50
SETS_PER_PAGE = 200

SETTLED = timedelta(seconds=60)
"""How long ago all that changed then is seen by everybody. A change has the datestamp of when it was made, and is
seen once its transaction is over, some moments later: whoever went on from the moment of an answer would lose it."""


class Wanted(msgspec.Struct, frozen=True):
    """What a list goes on with: the selection it began with, and where its last page ended."""

    prefix: str
    organisation: str | None = None
    first: datetime | None = None
    last: datetime | None = None
    after: tuple[datetime, UUID] | None = None


async def oai_answer(house: House, given: Sequence[tuple[str, str]]) -> bytes:
    """Answer a request of the protocol, wrong ones too; the XML document as bytes."""
    base_url = f"{house.config.base_url}/api/v1/oai"
    request: OaiRequest | None = None
    content: ET.Element | OaiError
    try:
        request = parse_request(given)
        content = await ANSWERS[request.verb](house, request)
    except OaiError as error:
        content = error
    return document(base_url, _settled(), content, request)


def _settled() -> datetime:
    """Tell from when on a harvester that comes again has to ask; what it has already, it gets once more."""
    return datetime.now(UTC) - SETTLED


@asynccontextmanager
async def _publications(house: House) -> AsyncIterator[AsyncConnection]:
    """Open a transaction that sees what is published, of every organisation, and nothing besides."""
    async with house.database.transaction() as connection:
        await publication_store.see_all(connection)
        yield connection


async def _identify(house: House, request: OaiRequest) -> ET.Element:
    async with _publications(house) as connection:
        earliest = await publication_store.earliest(connection)
    answer = ET.Element(tag("Identify"))
    for name, text in (
        ("repositoryName", "Uraniborg"),
        ("baseURL", f"{house.config.base_url}/api/v1/oai"),
        ("protocolVersion", "2.0"),
        ("adminEmail", house.config.admin_email or f"postmaster@{_host(house)}"),
        ("earliestDatestamp", moment_text(earliest or _settled())),
        ("deletedRecord", "persistent"),
        ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    ):
        add(answer, tag(name), text)
    return answer


async def _list_formats(house: House, request: OaiRequest) -> ET.Element:
    if (identifier := request.arguments.get("identifier")) is not None:
        await _find(house, identifier)
    answer = ET.Element(tag("ListMetadataFormats"))
    for prefix, (schema, namespace) in PREFIXES.items():
        entry = add(answer, tag("metadataFormat"))
        add(entry, tag("metadataPrefix"), prefix)
        add(entry, tag("schema"), schema)
        add(entry, tag("metadataNamespace"), namespace)
    return answer


async def _list_sets(house: House, request: OaiRequest) -> ET.Element:
    after = ""
    if (token := request.arguments.get("resumptionToken")) is not None:
        (after,) = _resumed(token, str)
    async with _publications(house) as connection:
        rows = await publication_store.list_publishers(connection, after=after, limit=SETS_PER_PAGE + 1)
    if not rows:
        raise OaiError("noRecordsMatch", "Nothing is published yet.")
    answer = ET.Element(tag("ListSets"))
    for row in rows[:SETS_PER_PAGE]:
        entry = add(answer, tag("set"))
        add(entry, tag("setSpec"), row["slug"])
        add(entry, tag("setName"), row["name"])
    _resume(answer, encode_cursor(rows[SETS_PER_PAGE - 1]["slug"]) if len(rows) > SETS_PER_PAGE else None, token)
    return answer


async def _list_records(house: House, request: OaiRequest) -> ET.Element:
    token = request.arguments.get("resumptionToken")
    if token is not None:
        (wanted,) = _resumed(token, Wanted)
        if wanted.prefix not in PREFIXES:
            raise OaiError("badResumptionToken", "The resumptionToken is none of ours.")
    else:
        wanted = Wanted(request.arguments["metadataPrefix"], request.arguments.get("set"), request.first, request.last)
    async with _publications(house) as connection:
        rows = await publication_store.list_publications(
            connection,
            organisation=wanted.organisation,
            first=wanted.first,
            last=wanted.last,
            after=wanted.after,
            limit=RECORDS_PER_PAGE + 1,
        )
    if not rows:
        raise OaiError("noRecordsMatch", "Nothing published matches.")
    page = rows[:RECORDS_PER_PAGE]
    versions = await _read(house, page)
    answer = ET.Element(tag(request.verb))
    for row in page:
        if (version := versions.get(row["version_id"])) is None:
            continue
        if request.verb == "ListIdentifiers":
            _add_header(answer, house, row["slug"], version)
        else:
            _add_record(answer, house, row["slug"], row["name"], version, wanted.prefix)
    ended = None
    if len(rows) > RECORDS_PER_PAGE:
        position = (page[-1]["changed_at"], page[-1]["version_id"])
        ended = encode_cursor(msgspec.structs.replace(wanted, after=position))
    _resume(answer, ended, token)
    return answer


async def _get_record(house: House, request: OaiRequest) -> ET.Element:
    organisation, publisher, version = await _find(house, request.arguments["identifier"])
    answer = ET.Element(tag("GetRecord"))
    _add_record(answer, house, organisation, publisher, version, request.arguments["metadataPrefix"])
    return answer


ANSWERS = {
    "Identify": _identify,
    "ListMetadataFormats": _list_formats,
    "ListSets": _list_sets,
    "ListIdentifiers": _list_records,
    "ListRecords": _list_records,
    "GetRecord": _get_record,
}


async def _read(house: House, rows: Sequence[RowMapping]) -> dict[UUID, RowMapping]:
    """Read the versions of a page, organisation by organisation: only as their tenant are they to be seen."""
    of_organisation: dict[UUID, list[UUID]] = {}
    for row in rows:
        of_organisation.setdefault(row["organisation_id"], []).append(row["version_id"])
    versions: dict[UUID, RowMapping] = {}
    for organisation_id, ids in of_organisation.items():
        async with house.database.transaction(organisation=organisation_id) as connection:
            versions |= await publication_store.read_versions(connection, ids)
    return versions


async def _find(house: House, identifier: str) -> tuple[str, str, RowMapping]:
    """Find the version that an identifier names, with its organisation's slug and name."""
    unknown = OaiError("idDoesNotExist", "Nothing published has this identifier.")
    start = f"oai:{_host(house)}:"
    parts = identifier.removeprefix(start).split("/")
    if not identifier.startswith(start) or len(parts) != 3 or "\0" in identifier:
        raise unknown
    organisation, package, number = parts
    try:
        async with house.public(organisation) as tenant:
            listed = await package_store.list_versions(tenant.connection, package)
            found = [row["id"] for row in listed if str(row["version"]) == number and row["state"] != "draft"]
            read = await publication_store.read_versions(tenant.connection, found)
            if not read:
                raise unknown
            publisher = await publication_store.list_publications(
                tenant.connection, organisation=organisation, first=None, last=None, after=None, limit=1
            )
    except NotFound as error:
        raise unknown from error
    return organisation, publisher[0]["name"], next(iter(read.values()))


def _host(house: House) -> str:
    return urlsplit(house.config.base_url).hostname or "localhost"


def _add_header(parent: ET.Element, house: House, organisation: str, version: RowMapping) -> None:
    header = add(parent, tag("header"), **({"status": "deleted"} if version["withdrawn"] else {}))
    name = f"oai:{_host(house)}:{organisation}/{version['package']}/{version['version']}"
    add(header, tag("identifier"), name)
    add(header, tag("datestamp"), moment_text(version["changed_at"]))
    add(header, tag("setSpec"), organisation)


def _add_record(
    parent: ET.Element, house: House, organisation: str, publisher: str, version: RowMapping, prefix: str
) -> None:
    entry = add(parent, tag("record"))
    _add_header(entry, house, organisation, version)
    if version["withdrawn"]:
        return
    relations = []
    if version["concept_state"] not in (None, "none"):
        relations.append(RelatedIdentifier(identifier=version["concept_doi"], type="DOI", relation="IsVersionOf"))
    record = record_of(house, version, organisation, publisher, version["package"])
    add(entry, tag("metadata")).append(described(record, prefix, relations))


def _resumed(token: str, kind: type) -> tuple[Any, ...]:
    try:
        position = decode_cursor(token, kind)
    except InvalidInput as error:
        raise OaiError("badResumptionToken", "The resumptionToken is none of ours.") from error
    assert position is not None
    return position


def _resume(answer: ET.Element, ended: str | None, token: str | None) -> None:
    """Say how a list goes on; the last page of one that was resumed says that it does not."""
    if ended is not None or token is not None:
        add(answer, tag("resumptionToken"), ended or "")
