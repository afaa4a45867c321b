"""Sharing datasets with teams: what the team's people may then read, wherever they come from."""

from __future__ import annotations

from datetime import datetime

import msgspec

from domain.errors import NotFound
from domain.own_files import check_team
from service.actions.embargoes import check_sharing
from service.audit_log import record
from service.house import Actor, House
from service.paging import Page, decode_cursor, encode_cursor
from storage import dataset_store, share_store, team_store

__all__ = ["NewShare", "Share", "end_share", "list_shares", "share_dataset"]


class NewShare(msgspec.Struct):
    """What becomes of files under embargo: with neither member, sharing is refused where there are any.

    ``leave_out_embargoed``: they join when their embargo lifts. ``with_embargoed``: they are shared as well, which an
    admin alone may do.
    """

    leave_out_embargoed: bool = False
    with_embargoed: bool = False


class Share(msgspec.Struct, kw_only=True):
    team: str
    embargoed: bool
    shared_by: str
    shared_at: datetime


async def share_dataset(house: House, actor: Actor, organisation: str, dataset: str, team: str, new: NewShare) -> Share:
    """Share a dataset with a team one belongs to; its people read it from then on, with what joins it later.

    Raises
    ------
    NotFound
        No such dataset, or no such team of one's own.
    UnderEmbargo
        It holds files under embargo, and nothing was said about them.
    NotAllowed
        Only an admin shares what is under embargo.
    """
    check_team(team)
    async with house.tenant(actor, organisation) as tenant:
        dataset_id = await dataset_store.get_dataset_id(tenant.connection, dataset)
        await check_sharing(tenant, [dataset_id], leave_out=new.leave_out_embargoed, include=new.with_embargoed)
        found = await share_store.find_own_team(tenant.connection, actor.account_id, team)
        if found is None:
            raise NotFound(f"You belong to no team {team[:64]!r}.")
        await share_store.share(
            tenant.connection,
            organisation_id=tenant.organisation_id,
            dataset_id=dataset_id,
            team_id=found.id,
            team=found.slug,
            with_embargoed=new.with_embargoed,
            shared_by=actor.account_id,
        )
        await team_store.add_activity(
            tenant.connection,
            found.id,
            actor.name,
            "dataset.shared",
            {"organisation": organisation, "dataset": dataset, "embargoed": new.with_embargoed},
        )
        rows = await share_store.list_shares(tenant.connection, dataset_id, after="", limit=1000)
        row = next(row for row in rows if row.team == found.slug)
        await record(
            tenant, "dataset.shared", f"datasets/{dataset}", team=found.slug, with_embargoed=new.with_embargoed
        )
    return Share(team=row.team, embargoed=row.with_embargoed, shared_by=row.shared_by, shared_at=row.created_at)


async def list_shares(
    house: House, actor: Actor, organisation: str, dataset: str, *, cursor: str | None, limit: int
) -> Page[Share]:
    """List the teams that a dataset is shared with."""
    position = decode_cursor(cursor, str)
    async with house.tenant(actor, organisation) as tenant:
        rows = await share_store.list_shares(
            tenant.connection,
            await dataset_store.get_dataset_id(tenant.connection, dataset),
            after=position[0] if position else "",
            limit=limit + 1,
        )
    shown = [
        Share(team=row.team, embargoed=row.with_embargoed, shared_by=row.shared_by, shared_at=row.created_at)
        for row in rows[:limit]
    ]
    return Page(shown, encode_cursor(shown[-1].team) if len(rows) > limit else None)


async def end_share(house: House, actor: Actor, organisation: str, dataset: str, team: str) -> None:
    """Stop sharing a dataset with a team: its people see nothing of it from the next request on.

    Raises
    ------
    NotFound
        No such dataset, or it is not shared with such a team.
    """
    async with house.tenant(actor, organisation) as tenant:
        dataset_id = await dataset_store.get_dataset_id(tenant.connection, dataset)
        team_id = await share_store.end_share(tenant.connection, dataset_id, team)
        if team_id is None:
            raise NotFound("The dataset is not shared with such a team.")
        await share_store.enter_team(tenant.connection, team_id)
        await team_store.add_activity(
            tenant.connection,
            team_id,
            actor.name,
            "dataset.unshared",
            {"organisation": organisation, "dataset": dataset},
        )
        await record(tenant, "dataset.unshared", f"datasets/{dataset}", team=team)
