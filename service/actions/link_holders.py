"""What whoever holds a link sees and fetches of what it shows."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

import msgspec

from domain.data_package import PackageState
from domain.errors import NotFound, NotSignedIn
from domain.licence import LICENCES, Licence
from domain.package_metadata import Contributor
from service.actions.credentials import check_password_hash
from service.actions.links import LINK_PREFIX
from service.actions.throttling import Allowance, check_allowances, count_against
from service.house import House, Linked
from service.paging import Page, decode_cursor, encode_cursor
from service.recalls import check_readable
from storage import dataset_store, link_files

__all__ = [
    "LeftOut",
    "LinkContent",
    "LinkFile",
    "LinkHolder",
    "LinkView",
    "ShownPackage",
    "archive_folder",
    "file_id_of",
    "list_link_files",
    "look_at_link",
    "open_content",
    "opened",
]

PASSWORD_ATTEMPTS = 20


class LeftOut(msgspec.Struct, frozen=True):
    """How many files an embargo holds back, and when the last of them is shown (null where there are none)."""

    files: int
    until: datetime | None


class ShownPackage(msgspec.Struct, kw_only=True):
    """What a version says of itself; a draft may still change. Without names, ``contributors`` is empty."""

    state: PackageState
    version: int
    title: str
    description: str
    licence: Licence
    keywords: list[str]
    contributors: list[Contributor]


class LinkView(msgspec.Struct, kw_only=True):
    """A link as its holder sees it. ``organisation`` is null where it tells no names; ``archive`` is its ZIP's name."""

    name: str
    organisation: str | None
    dataset: str | None
    folder: str | None
    package: ShownPackage | None
    file_count: int
    size_bytes: int
    left_out: LeftOut
    archive: str
    expires_at: datetime | None
    downloads_left: int | None


class LinkFile(msgspec.Struct, kw_only=True):
    id: UUID
    path: str
    sha256: str
    size_bytes: int
    media_type: str


class LinkContent(msgspec.Struct, kw_only=True):
    """A file's bytes as they are sent to a link's holder."""

    id: UUID
    link: Any
    filename: str
    sha256: str
    size_bytes: int
    object_key: str


class LinkHolder(msgspec.Struct, frozen=True):
    """What somebody brings who holds a link."""

    secret: str
    password: str | None


@asynccontextmanager
async def opened(house: House, holder: LinkHolder, *, snapshot: bool = False) -> AsyncIterator[Linked]:
    """Open a link, one too whose downloads are used up, and ask for its password where it has one.

    Raises
    ------
    NotSignedIn
        It does not work any more, or the password is missing or wrong.
    TooManyAttempts
        20 wrong passwords within 15 minutes, whoever tried them.
    NotFound
        What it showed is no more.
    """
    if not holder.secret.startswith(LINK_PREFIX):
        raise NotSignedIn("This needs a link's secret in the Authorization header.")
    async with house.linked(holder.secret) as linked:
        link = linked.link
    if link.password_hash is not None:
        await _check_password(house, link, holder.password)
    async with house.linked(holder.secret, snapshot=snapshot) as linked:
        yield linked


async def _check_password(house: House, link: Any, password: str | None) -> None:
    if password is None:
        raise NotSignedIn("This link has a password: send it in the header X-Link-Password.", needs_password=True)
    wrong = Allowance(f"link:{link.id}", PASSWORD_ATTEMPTS)
    async with house.database.transaction() as connection:
        await check_allowances(connection, wrong)
    good = await check_password_hash(link.password_hash, password)
    async with house.database.transaction() as connection:
        await check_allowances(connection, wrong)
        if not good:
            await count_against(connection, wrong)
    if not good:
        raise NotSignedIn("The link's password is wrong.", needs_password=True)


def _package(linked: Linked) -> ShownPackage | None:
    if (row := linked.version) is None:
        return None
    return ShownPackage(
        state=row["state"],
        version=row["version"],
        title=row["title"],
        description=row["description"],
        licence=LICENCES[row["licence"]],
        keywords=row["keywords"],
        contributors=[] if linked.link.anonymous else msgspec.convert(row["contributors"], list[Contributor]),
    )


def archive_folder(linked: Linked, dataset: str | None) -> str:
    """Name an archive and the folder in it; without names it is called after nothing of the organisation's.

    Parameters
    ----------
    dataset : str or None
        The slug of the dataset that it shows.
    """
    link, version = linked.link, linked.version
    if link.anonymous:
        return f"review-{link.id.hex[-8:]}"
    if version is not None:
        return f"{version['package']}-v{version['version']}" + ("-draft" if version["state"] == "draft" else "")
    if dataset is not None:
        return dataset
    last = re.sub(r"[^A-Za-z0-9._-]+", "-", PurePosixPath(link.folder).name).strip(".-")
    return last or "files"


async def look_at_link(house: House, holder: LinkHolder) -> LinkView:
    """Tell a link's holder what it shows, and how much of it an embargo holds back."""
    async with opened(house, holder) as linked:
        link = linked.link
        count, size_bytes = await link_files.sum_files(linked.connection, linked.parts)
        dataset = slug = None
        if link.dataset_id is not None:
            dataset = await dataset_store.get_dataset_name(linked.connection, link.dataset_id)
            slug = await dataset_store.get_dataset_slug(linked.connection, link.dataset_id)
        async with linked.beyond() as connection:
            left_out = LeftOut(*await link_files.sum_held_back(connection, linked.parts))
    allowed = link.downloads_allowed
    return LinkView(
        name=link.name,
        organisation=None if link.anonymous else link.organisation,
        dataset=dataset,
        folder=link.folder or None,
        package=_package(linked),
        file_count=count,
        size_bytes=size_bytes,
        left_out=left_out,
        archive=f"{archive_folder(linked, slug)}.zip",
        expires_at=link.expires_at,
        downloads_left=None if allowed is None else max(0, allowed - link.downloads),
    )


async def list_link_files(house: House, holder: LinkHolder, *, cursor: str | None, limit: int) -> Page[LinkFile]:
    """List what a link shows, in order of path."""
    position = decode_cursor(cursor, str, UUID)
    async with opened(house, holder) as linked:
        files = await link_files.list_files(
            linked.connection,
            linked.parts,
            after=(position[0], position[1]) if position else None,
            limit=limit + 1,
        )
    last = files[limit - 1] if len(files) > limit else None
    shown = [
        LinkFile(
            id=file.id,
            path=file.path,
            sha256=file.sha256.hex(),
            size_bytes=file.size_bytes,
            media_type=file.media_type,
        )
        for file in files[:limit]
    ]
    return Page(shown, encode_cursor(last.path, last.id) if last is not None else None)


def file_id_of(text: str) -> UUID:
    """Read a file's identifier; raises NotFound when it is none."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("This link shows no such file.") from error


async def open_content(house: House, holder: LinkHolder, file_id: UUID) -> LinkContent:
    """Find a file's bytes for a link's holder; whoever sends them counts that before.

    Raises
    ------
    NotFound
        The link shows no such file.
    """
    async with opened(house, holder) as linked:
        file = await link_files.find_file(linked.connection, linked.parts, file_id)
    if file is None:
        raise NotFound("This link shows no such file.")
    await check_readable(house, linked.link.organisation_id, [file.sha256], None)
    return LinkContent(
        id=file.id,
        link=linked.link,
        filename=PurePosixPath(file.path).name,
        sha256=file.sha256.hex(),
        size_bytes=file.size_bytes,
        object_key=file.object_key,
    )
