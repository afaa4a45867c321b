"""Links: what whoever holds an unguessable word may read, for a while."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.errors import InvalidInput, NotFound, NotSignedIn, TooManyAttempts
from domain.paths import BadPath, clean_path
from service.actions.credentials import check_password_hash, hash_password, hash_secret, new_secret
from service.actions.embargoes import check_sharing
from service.actions.organisations import check_name
from service.audit_log import record
from service.house import NOBODY, Actor, House, Linked, Tenant
from service.paging import Page, decode_cursor, encode_cursor
from storage import dataset_store, people_store, share_store

__all__ = [
    "LINK_PREFIX",
    "Link",
    "LinkContent",
    "LinkFile",
    "LinkHolder",
    "LinkView",
    "LinkWithSecret",
    "NewLink",
    "file_id_of",
    "list_link_files",
    "list_links",
    "look_at_link",
    "make_link",
    "open_content",
    "revoke_link",
]

LINK_PREFIX = "url_"
LONGEST_LIFE_DAYS = 3660
PASSWORD_ATTEMPTS, PASSWORD_WINDOW_S = 20, 900


class NewLink(msgspec.Struct, kw_only=True):
    """What is shown: a ``dataset``, or all files below a ``folder``; one of them.

    ``anonymous``: names of the observatory and its people are not told, as for reviewers; what stands in the files'
    own headers stays there. ``downloads``: how many files may be fetched in all. Files under embargo: see sharing.
    """

    name: Annotated[str, Meta(min_length=1, max_length=200, examples=["For the referee of paper II"])]
    dataset: Annotated[str, Meta(max_length=64)] | None = None
    folder: Annotated[str, Meta(min_length=1, max_length=1000, examples=["2026-11-20/"])] | None = None
    days: Annotated[int, Meta(ge=1, le=LONGEST_LIFE_DAYS, description="How long it works.")] | None = 90
    password: Annotated[str, Meta(min_length=8, max_length=1000)] | None = None
    downloads: Annotated[int, Meta(ge=1, le=10**9)] | None = None
    anonymous: bool = False
    leave_out_embargoed: bool = False
    with_embargoed: bool = False


class Link(msgspec.Struct, kw_only=True):
    """A link as its organisation sees it; ``hint`` is the end of its secret."""

    id: UUID
    name: str
    dataset: str | None
    folder: str | None
    hint: str
    has_password: bool
    anonymous: bool
    embargoed: bool
    downloads: int
    downloads_allowed: int | None
    made_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    state: Literal["works", "revoked", "expired", "used up"]


class LinkWithSecret(Link):
    """``secret`` is told this once; ``url`` holds it behind ``#``, so that it reaches no log on its way."""

    secret: str
    url: str


class LinkView(msgspec.Struct, kw_only=True):
    """A link as its holder sees it. ``organisation`` is null where it tells no names."""

    name: str
    organisation: str | None
    dataset: str | None
    folder: str | None
    file_count: int
    size_bytes: int
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

    organisation_id: UUID
    filename: str
    sha256: str
    size_bytes: int
    object_key: str


class LinkHolder(msgspec.Struct, frozen=True):
    """What somebody brings who holds a link."""

    secret: str
    password: str | None


def _state(row: Any) -> Literal["works", "revoked", "expired", "used up"]:
    if row.revoked_at is not None:
        return "revoked"
    if row.expires_at is not None and row.expires_at <= datetime.now(UTC):
        return "expired"
    return "used up" if row.downloads_allowed is not None and row.downloads >= row.downloads_allowed else "works"


def _values(row: Any) -> dict[str, Any]:
    own = {"has_password", "embargoed", "state", "folder", "secret", "url"}
    values = {name: getattr(row, name) for name in Link.__struct_fields__ if name not in own}
    return values | {
        "folder": row.folder or None,
        "has_password": row.password_hash is not None,
        "embargoed": row.with_embargoed,
        "state": _state(row),
    }


def _folder(folder: str) -> str:
    try:
        return clean_path(folder.rstrip("/")) + "/"
    except BadPath as error:
        raise InvalidInput(f"The folder cannot be shared: {error.detail}", field="folder") from error


async def make_link(house: House, actor: Actor, organisation: str, new: NewLink) -> LinkWithSecret:
    """Make a link; its secret is told this once.

    Raises
    ------
    InvalidInput
        Neither a dataset nor a folder, or both.
    NotFound
        No such dataset.
    UnderEmbargo
        It would show files under embargo, and nothing was said about them.
    NotAllowed
        Only an admin shares what is under embargo.
    """
    if (new.dataset is None) == (new.folder is None):
        raise InvalidInput("Name either a dataset or a folder.")
    folder = _folder(new.folder) if new.folder is not None else ""
    secret = new_secret(LINK_PREFIX)
    password_hash = await hash_password(new.password) if new.password is not None else None
    async with house.tenant(actor, organisation) as tenant:
        dataset_id = await dataset_store.get_dataset_id(tenant.connection, new.dataset) if new.dataset else None
        await check_sharing(
            tenant,
            [dataset_id] if dataset_id else [],
            folder,
            leave_out=new.leave_out_embargoed,
            include=new.with_embargoed,
        )
        link_id = await share_store.add_link(
            tenant.connection,
            organisation_id=tenant.organisation_id,
            name=check_name(new.name),
            dataset_id=dataset_id,
            folder=folder,
            secret_hash=hash_secret(secret),
            hint=secret[-4:],
            password_hash=password_hash,
            with_embargoed=new.with_embargoed,
            anonymous=new.anonymous,
            downloads_allowed=new.downloads,
            created_by=actor.account_id,
            expires_at=datetime.now(UTC) + timedelta(days=new.days) if new.days is not None else None,
        )
        values = _values(await share_store.get_link(tenant.connection, link_id))
        shown = {"dataset": new.dataset} if new.dataset else {"folder": folder}
        await record(
            tenant,
            "link.made",
            f"links/{link_id}",
            name=values["name"],
            anonymous=new.anonymous,
            with_embargoed=new.with_embargoed,
            **shown,
        )
    return LinkWithSecret(**values, secret=secret, url=f"{house.config.base_url}/s#{secret}")


async def list_links(house: House, actor: Actor, organisation: str, *, cursor: str | None, limit: int) -> Page[Link]:
    """List an organisation's links, newest first, those too that do not work any more."""
    position = decode_cursor(cursor, UUID)
    async with house.tenant(actor, organisation) as tenant:
        rows = await share_store.list_links(
            tenant.connection, before=position[0] if position else None, limit=limit + 1
        )
    return Page(
        [Link(**_values(row)) for row in rows[:limit]], encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    )


async def revoke_link(house: House, actor: Actor, organisation: str, link_id: UUID) -> None:
    """End a link: it works no more from the next request on. Raises NotFound when there is none that works."""
    async with house.tenant(actor, organisation) as tenant:
        if not await share_store.revoke_link(tenant.connection, link_id):
            raise NotFound("There is no such link, or it was revoked before.")
        await record(tenant, "link.revoked", f"links/{link_id}")


@asynccontextmanager
async def _opened(house: House, holder: LinkHolder, *, used_up: bool = True) -> AsyncIterator[Linked]:
    """Open a link, and ask for its password where it has one."""
    if not holder.secret.startswith(LINK_PREFIX):
        raise NotSignedIn("This needs a link's secret in the Authorization header.")
    async with house.linked(holder.secret, used_up=used_up) as linked:
        link = linked.link
    if link.password_hash is not None:
        await _check_password(house, link, holder.password)
    async with house.linked(holder.secret, used_up=used_up) as linked:
        yield linked


async def _check_password(house: House, link: Any, password: str | None) -> None:
    if password is None:
        raise NotSignedIn("This link has a password: send it in the header X-Link-Password.", needs_password=True)
    key = hashlib.sha256(f"link:{link.id}".encode()).hexdigest()
    async with house.database.transaction() as connection:
        if await people_store.failures(connection, [key], window_s=PASSWORD_WINDOW_S) >= PASSWORD_ATTEMPTS:
            raise TooManyAttempts(
                "Too many wrong passwords: wait 15 minutes and try again.", retry_after_s=PASSWORD_WINDOW_S
            )
    if not await check_password_hash(link.password_hash, password):
        async with house.database.transaction() as connection:
            await people_store.count_failure(connection, [key], window_s=PASSWORD_WINDOW_S)
        raise NotSignedIn("The link's password is wrong.", needs_password=True)


async def look_at_link(house: House, holder: LinkHolder) -> LinkView:
    """Tell a link's holder what it shows."""
    async with _opened(house, holder) as linked:
        link = linked.link
        count, size_bytes = await share_store.sum_link_files(linked.connection, link)
        dataset = None
        if link.dataset_id is not None:
            dataset = await dataset_store.get_dataset_name(linked.connection, link.dataset_id)
    allowed = link.downloads_allowed
    return LinkView(
        name=link.name,
        organisation=None if link.anonymous else link.organisation,
        dataset=dataset,
        folder=link.folder or None,
        file_count=count,
        size_bytes=size_bytes,
        expires_at=link.expires_at,
        downloads_left=None if allowed is None else max(0, allowed - link.downloads),
    )


async def list_link_files(house: House, holder: LinkHolder, *, cursor: str | None, limit: int) -> Page[LinkFile]:
    """List what a link shows, in order of path."""
    position = decode_cursor(cursor, str, UUID)
    async with _opened(house, holder) as linked:
        rows = await share_store.list_link_files(
            linked.connection,
            linked.link,
            after=(position[0], position[1]) if position else None,
            limit=limit + 1,
        )
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(
        [LinkFile(**{name: getattr(row, name) for name in LinkFile.__struct_fields__}) for row in rows[:limit]],
        encode_cursor(last.path, last.id) if last is not None else None,
    )


def file_id_of(text: str) -> UUID:
    """Read a file's identifier; raises NotFound when it is none."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("This link shows no such file.") from error


async def open_content(house: House, holder: LinkHolder, file_id: UUID, *, is_begun: bool) -> LinkContent:
    """Find a file's bytes for a link's holder; it counts as a download, unless one that was begun goes on.

    Raises
    ------
    NotFound
        The link shows no such file.
    NotSignedIn
        Its downloads are used up.
    """
    async with _opened(house, holder, used_up=is_begun) as linked:
        row = await share_store.find_link_file(linked.connection, linked.link, file_id)
        link = linked.link
    if row is None:
        raise NotFound("This link shows no such file.")
    if not is_begun:
        async with house.database.transaction(organisation=link.organisation_id) as connection:
            if not await share_store.count_download(connection, link.id):
                raise NotSignedIn("The downloads of this link are used up.")
            tenant = Tenant(connection, link.organisation_id, "", "link", NOBODY)
            await record(tenant, "link.downloaded", f"links/{link.id}", file=str(file_id))
    return LinkContent(
        organisation_id=link.organisation_id,
        filename=PurePosixPath(row.path).name,
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        object_key=row.object_key,
    )
