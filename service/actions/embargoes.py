"""Embargoes: set by the organisation, an instrument, a dataset or a file; they lift by themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy.engine import RowMapping

from domain.embargo import LONGEST_DAYS, UnderEmbargo
from domain.errors import InvalidInput, NotAllowed, NotFound
from service.audit_log import record
from service.house import Actor, House, Tenant
from service.paging import Page, decode_cursor, encode_cursor
from service.scopes import RANKS
from storage import embargo_store
from storage.embargo_store import EmbargoRow, Target

__all__ = [
    "Embargo",
    "NewEmbargo",
    "check_sharing",
    "keeping_embargoes",
    "list_embargoes",
    "refuse_held_back",
    "refuse_rule",
    "remove_embargo",
    "set_embargo",
]

PATHS_TOLD = 20


class NewEmbargo(msgspec.Struct, kw_only=True):
    """How long: ``days`` from each exposure's start (from the upload, for what is no exposure), or ``until`` a moment.

    With neither there is none, which lifts what a wider embargo would hold back. ``calibrations`` tells whether
    biases, darks, flats and arcs are held back too; it counts for instruments and the organisation.
    """

    days: Annotated[int, Meta(ge=1, le=LONGEST_DAYS)] | None = None
    until: Annotated[datetime, Meta(tz=True)] | None = None
    calibrations: Literal["held", "public"] = "held"
    reason: Annotated[str, Meta(max_length=1000, examples=["Proprietary period of the proposal 2026B-017."])] = ""


class Embargo(msgspec.Struct, kw_only=True):
    """``name`` is the slug of what is held back, or a file's path; ``id`` is its identifier."""

    target: Target
    id: UUID
    name: str
    days: int | None
    until: datetime | None
    calibrations: Literal["held", "public"]
    reason: str
    set_by: str
    set_at: datetime


def _shown(row: EmbargoRow) -> Embargo:
    return Embargo(
        target=row.target,
        id=row.target_id,
        name=row.name,
        days=row.days,
        until=row.until,
        calibrations="held" if row.calibrations else "public",
        reason=row.reason,
        set_by=row.set_by,
        set_at=row.set_at,
    )


async def _target(tenant: Tenant, target: Target, name: str) -> UUID:
    found = await embargo_store.target_id(tenant.connection, target, name)
    if found is None:
        raise NotFound(f"There is no {target} {name[:64]!r} in this organisation.")
    return found


async def set_embargo(
    house: House, actor: Actor, organisation: str, target: Target, name: str, new: NewEmbargo
) -> Embargo:
    """Set how long something is held back, in place of what was set for it before.

    Raises
    ------
    NotFound
        There is no such instrument, dataset or file.
    InvalidInput
        Both an end and a number of days, or an end beyond the year 9998.
    """
    if new.days is not None and new.until is not None:
        raise InvalidInput("Give either a number of days or the moment when it ends.")
    if new.until is not None and not 2 <= new.until.year <= 9998:
        raise InvalidInput("An embargo ends between the years 2 and 9998.")
    async with house.tenant(actor, organisation) as tenant:
        await embargo_store.lock_ends(tenant.connection, tenant.organisation_id)  # behind what is being published
        identifier = await _target(tenant, target, name)
        await embargo_store.set_embargo(
            tenant.connection,
            tenant.organisation_id,
            target=target,
            target_id=identifier,
            days=new.days,
            until=new.until,
            calibrations=new.calibrations == "held",
            reason=new.reason.replace("\x00", "").strip(),
            set_by=actor.account_id,
        )
        made = _shown((await embargo_store.list_embargoes(tenant.connection, only=(target, identifier)))[0])
        how_long = {"days": str(made.days or ""), "until": made.until.isoformat() if made.until else ""}
        await record(tenant, "embargo.set", f"embargoes/{target}/{name}", reason=made.reason, **how_long)
    return made


async def remove_embargo(house: House, actor: Actor, organisation: str, target: Target, name: str) -> None:
    """Take an embargo away; the wider one counts then, if there is any.

    Raises
    ------
    NotFound
        None was set, or there is no such thing.
    """
    async with house.tenant(actor, organisation) as tenant:
        if not await embargo_store.remove(tenant.connection, target, await _target(tenant, target, name)):
            raise NotFound(f"No embargo was set for the {target} {name[:64]!r}.")
        await record(tenant, "embargo.removed", f"embargoes/{target}/{name}")


async def list_embargoes(
    house: House, actor: Actor, organisation: str, *, cursor: str | None, limit: int
) -> Page[Embargo]:
    """List the embargoes that were set."""
    position = decode_cursor(cursor, str, UUID)
    async with house.tenant(actor, organisation) as tenant:
        rows = await embargo_store.list_embargoes(
            tenant.connection, after=(position[0], position[1]) if position else None, limit=limit + 1
        )
    last = rows[limit - 1] if len(rows) > limit else None
    return Page([_shown(row) for row in rows[:limit]], encode_cursor(last.target, last.target_id) if last else None)


async def refuse_held_back(tenant: Tenant, datasets: list[UUID], *, folder: str = "", what: str) -> None:
    """Let pass what nobody holds back.

    Parameters
    ----------
    datasets, folder
        The files meant: those of datasets, and those below a folder.
    what : str
        What to do instead, for the message.

    Raises
    ------
    UnderEmbargo
        With the number of files, the first of their paths, and when the last embargo lifts.
    """
    count, files = await embargo_store.held_back(tenant.connection, datasets, folder, shown=PATHS_TOLD)
    if count:
        raise UnderEmbargo(
            f"{count:,} {'file is' if count == 1 else 'files are'} under embargo, until"
            f" {files[0].until:%Y-%m-%dT%H:%M:%SZ} at the latest: {what}.",
            files=count,
            until=files[0].until,
            paths=[file.path for file in files],
        )


async def check_sharing(
    tenant: Tenant, datasets: list[UUID], folder: str = "", *, leave_out: bool, include: bool
) -> None:
    """Let files be shared: those under embargo are left out, or included by an admin; with neither said, refuse them.

    Raises
    ------
    UnderEmbargo
        There are such files, and nothing was said about them.
    NotAllowed
        Only an admin shares what is under embargo.
    """
    if include and RANKS[tenant.role] < RANKS["admin"]:
        raise NotAllowed("Only an admin shares what is under embargo: leave it out, or ask one.", needed="admin")
    if not (include or leave_out):
        instead = "leave them out until it lifts, or let an admin share them all the same"
        await refuse_held_back(tenant, datasets, folder=folder, what=instead)


@asynccontextmanager
async def keeping_embargoes(
    tenant: Tenant, dataset: RowMapping, *, paths: list[str] | None = None, files: list[UUID] | None = None
) -> AsyncIterator[None]:
    """Let a member change what is in a dataset only where no file's embargo ends sooner by it; an admin's is recorded.

    A dataset's embargo goes before that of the instrument or the organisation: taking files out lifts it, and putting
    files into one whose embargo is over lifts theirs.

    Parameters
    ----------
    paths, files
        What the change is about: paths of the dataset, None where it is deleted; and files that are not in it yet.

    Raises
    ------
    NotAllowed
        Only an admin lifts an embargo.
    UnderEmbargo
        An admin deletes the dataset: the embargo has to be taken away first, so that nobody does that unawares.
    """
    if not await _is_held(tenant, dataset["id"]):
        yield
        return
    # Or two could take a file out of two datasets, each seeing it held by the other one.
    await embargo_store.lock_ends(tenant.connection, tenant.organisation_id)
    ends = await embargo_store.ends_of(tenant.connection, dataset["id"], paths, files or [])
    yield
    sooner = await embargo_store.sooner_than(tenant.connection, ends)
    if not sooner:
        return
    count = f"{len(sooner):,} {'file' if len(sooner) == 1 else 'files'}"
    first = f"{sooner[0].until:%Y-%m-%dT%H:%M:%SZ} for {sooner[0].path!r}"
    told: dict[str, Any] = {"files": len(sooner), "paths": [file.path for file in sooner[:PATHS_TOLD]]}
    if RANKS[tenant.role] < RANKS["admin"]:
        raise NotAllowed(
            f"Only an admin lifts an embargo, and that of {count} would end sooner than it does now, {first}: leave"
            " them where they are, or ask an admin.",
            needed="admin",
            **told,
        )
    if paths is None:
        raise UnderEmbargo(
            f"The embargo of {count} would end with the dataset, sooner than it does now, {first}: take away the"
            " embargo of the dataset first, if that is what you want.",
            **told,
        )
    await record(tenant, "embargo.lifted", f"embargoes/dataset/{dataset['slug']}", **told)


async def refuse_rule(tenant: Tenant, dataset_id: UUID) -> None:
    """Let a member change the rule of a dataset only where no embargo comes with it.

    Raises
    ------
    NotAllowed
        What joins by the rule would be held back as the dataset is, and no longer as its instrument.
    """
    if RANKS[tenant.role] < RANKS["admin"] and await _is_held(tenant, dataset_id):
        raise NotAllowed(
            "An embargo was set for this dataset, and its rule decides what that holds back: ask an admin.",
            needed="admin",
        )


async def _is_held(tenant: Tenant, dataset_id: UUID) -> bool:
    return await embargo_store.has_embargo(tenant.connection, "dataset", dataset_id)
