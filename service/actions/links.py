"""Links: made, listed and revoked by the organisation whose data they show to whoever holds them, for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.errors import Conflict, InvalidInput, NotFound
from domain.paths import BadPath, clean_path
from service.actions.credentials import hash_password, hash_secret, new_secret
from service.actions.embargoes import check_sharing
from service.actions.organisations import check_name
from service.audit_log import record
from service.house import Actor, House, Tenant
from service.paging import Page, decode_cursor, encode_cursor
from storage import dataset_store, package_store, share_store

__all__ = ["LINK_PREFIX", "Link", "LinkWithSecret", "NewLink", "list_links", "make_link", "revoke_link"]

LINK_PREFIX = "url_"
LONGEST_LIFE_DAYS = 3660


class NewLink(msgspec.Struct, kw_only=True):
    """What is shown: a ``dataset``, all files below a ``folder``, or a version of a ``package``; one of them.

    Of a package, without ``version`` its newest; a draft is shown as it would be published, and as it changes.
    ``anonymous``: names of the observatory and its people are not told, as for reviewers; what stands in the files'
    own headers, in paths, titles and descriptions stays there. ``downloads``: how many may be begun in all, a file's or
    one of all as an archive. Files under embargo: see sharing.
    """

    name: Annotated[str, Meta(min_length=1, max_length=200, examples=["For the referee of paper II"])]
    dataset: Annotated[str, Meta(max_length=64)] | None = None
    folder: Annotated[str, Meta(min_length=1, max_length=1000, examples=["2026-11-20/"])] | None = None
    package: Annotated[str, Meta(max_length=64)] | None = None
    version: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
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
    package: str | None
    version: int | None
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


class _Target(msgspec.Struct):
    """What a link shows, as columns, and the datasets whose embargoes count."""

    columns: dict[str, Any]
    datasets: list[UUID] = []


async def _target(tenant: Tenant, new: NewLink, folder: str) -> _Target:
    if new.dataset is not None:
        dataset_id = await dataset_store.get_dataset_id(tenant.connection, new.dataset)
        return _Target({"dataset_id": dataset_id}, [dataset_id])
    if new.package is None:
        return _Target({})
    rows = await package_store.list_versions(tenant.connection, new.package)
    row = next((row for row in rows if new.version in (None, row["version"])), None)
    if row is None:
        raise NotFound(f"There is no such data package {new.package[:64]!r}, or not this version of it.")
    if row["state"] == "withdrawn":
        raise Conflict(f"Version {row['version']} was withdrawn: nothing of it is shown to anybody.")
    if row["state"] != "draft":
        return _Target({"version_id": row["id"]})
    datasets = await package_store.lock_datasets(tenant.connection, row["datasets"])
    return _Target({"version_id": row["id"], "embargoed_datasets": datasets if new.with_embargoed else []}, datasets)


async def make_link(house: House, actor: Actor, organisation: str, new: NewLink) -> LinkWithSecret:
    """Make a link; its secret is told this once.

    Raises
    ------
    InvalidInput
        Not one of a dataset, a folder and a package.
    NotFound
        No such dataset, package or version.
    Conflict
        The version was withdrawn.
    UnderEmbargo
        It would show files under embargo, and nothing was said about them.
    NotAllowed
        Only an admin shares what is under embargo.
    """
    if [new.dataset, new.folder, new.package].count(None) != 2 or (new.version is not None and new.package is None):
        raise InvalidInput("Name one of a dataset, a folder and a package; a version is a package's.")
    folder = _folder(new.folder) if new.folder is not None else ""
    secret = new_secret(LINK_PREFIX)
    password_hash = await hash_password(new.password) if new.password is not None else None
    async with house.tenant(actor, organisation) as tenant:
        target = await _target(tenant, new, folder)
        await check_sharing(
            tenant, target.datasets, folder, leave_out=new.leave_out_embargoed, include=new.with_embargoed
        )
        link_id = await share_store.add_link(
            tenant.connection,
            organisation_id=tenant.organisation_id,
            name=check_name(new.name),
            folder=folder,
            secret_hash=hash_secret(secret),
            hint=secret[-4:],
            password_hash=password_hash,
            with_embargoed=new.with_embargoed,
            anonymous=new.anonymous,
            downloads_allowed=new.downloads,
            created_by=actor.account_id,
            expires_at=datetime.now(UTC) + timedelta(days=new.days) if new.days is not None else None,
            **target.columns,
        )
        values = _values(await share_store.get_link(tenant.connection, link_id))
        shown = {name: values[name] for name in ("dataset", "folder", "package", "version") if values[name]}
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
