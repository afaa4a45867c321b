"""A person's own files: where they are kept. What is in them goes the way of a team's files (`House.team_files`)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.errors import NotFound
from domain.own_files import OWN_FILES, NoHost, OwnFilesElsewhere
from service.audit_log import record
from service.house import Actor, House
from storage import own_file_store

__all__ = ["OwnFiles", "OwnFilesHost", "open_own_files"]


class OwnFilesHost(msgspec.Struct, kw_only=True):
    """Which ``organisation`` shall keep one's own files; left out: the one joined first, as member or above."""

    organisation: Annotated[str, Meta(max_length=64, examples=["uranienborg"])] | None = None


class OwnFiles(msgspec.Struct, kw_only=True):
    """Where one's own files are: ``organisation`` keeps them, and they count in what it stores."""

    organisation: str
    opened_at: datetime


async def open_own_files(house: House, actor: Actor, asked: OwnFilesHost) -> OwnFiles:
    """Let an organisation keep one's own files; where one does already, that is told. Empty ones may change to another.

    Raises
    ------
    NoHost
        None is named, and who asks is a member of none.
    NotFound, NotAllowed
        Who asks is none of its people, or only its guest.
    OwnFilesElsewhere
        Another one is named than keeps them, and there are files.
    """
    async with house.database.transaction(account=actor.account_id) as connection:
        before = await own_file_store.find_space(connection, actor.account_id)
        usual = await own_file_store.find_usual_host(connection, actor.account_id, only=actor.only_organisation_id)
    if before is not None and actor.only_organisation_id not in (None, before.organisation_id):
        raise NotFound("This token is for one organisation, and another one keeps your own files.")
    if before is not None and asked.organisation in (None, before.organisation):
        return OwnFiles(organisation=before.organisation, opened_at=before.created_at)
    host = asked.organisation or usual
    if host is None:
        raise NoHost(
            "Your own files belong to an organisation that keeps them, and you are a member of none: make one"
            " (`uraniborg org add NAME`), ask one's admin to make you a member, or put files into a team of yours."
        )
    async with house.tenant(actor, host) as tenant:
        if before is not None and not await own_file_store.give_up_space(tenant.connection, before.id):
            raise OwnFilesElsewhere(
                f"Your own files are kept by {before.organisation}, and there are some: get what you want to keep, put"
                " everything into the trash and empty that; then open them elsewhere.",
                organisation=before.organisation,
            )
        await own_file_store.open_space(tenant.connection, tenant.organisation_id, actor.account_id)
        now = await own_file_store.find_space(tenant.connection, actor.account_id)
        assert now is not None  # made by this transaction, or by another one just before
        await record(tenant, "own-files.opened", f"teams/{OWN_FILES}")
    return OwnFiles(organisation=now.organisation, opened_at=now.created_at)
