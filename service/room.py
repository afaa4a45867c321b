"""How much room a plan leaves: what goes beyond it is refused, and owners hear before it is used up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from billing.plans import Plan
from domain.errors import OverQuota, PaymentDue
from domain.header import Problem
from domain.metering import GIB
from service.house import House
from service.mail import post_mail
from service.plans import plan_of
from storage import (
    job_store,
    organisation_store,
    payment_store,
    plan_store,
    team_file_store,
    upload_store,
    usage_store,
    webhook_store,
)
from storage.database import as_service
from storage.upload_store import NewFile

__all__ = ["beyond_limit", "check_room", "marks_of", "refuse_unpaid", "tell_of_level", "without_room"]

TOLD_AT = (80, 95, 100)  # per cent of the limit


async def check_room(
    house: House, organisation_id: UUID, announced: Iterable[tuple[bytes | None, int]], *, tell_figures: bool = True
) -> None:
    """Refuse contents for which the plan leaves no room, before any of their bytes is sent.

    What other uploads announced lately and may still send counts as if it were there: as long as the addresses live
    that were given with it, so that what nobody sends any more takes no room. That saves sending in vain; the limit
    itself is held by `beyond_limit`, whatever was announced, and when.

    Parameters
    ----------
    announced : iterable of (bytes or None, int)
        SHA-256, where it is known, and bytes of each content that the organisation does not have.
    tell_figures : bool
        Whether who asks may hear what the organisation stores: its guests and a team's people may not.

    Raises
    ------
    OverQuota
        It would go beyond the plan's hard limit.
    PaymentDue
        A payment failed, and the plan's grace is over.
    """
    contents = list(announced)
    once = {digest: size_bytes for digest, size_bytes in contents if digest is not None}
    wanted_bytes = sum(once.values()) + sum(size_bytes for digest, size_bytes in contents if digest is None)
    if not wanted_bytes:
        return
    # As the service itself: a guest does not see all that others have and announced.
    async with house.database.transaction(organisation=organisation_id) as connection:
        plan = await plan_of(house, connection, organisation_id)
        if house.payer is not None:
            refuse_unpaid(await payment_store.find_payer(connection), plan, datetime.now(UTC))
        if plan.hard_limit_gib is None:
            return
        stored_bytes = sum((await usage_store.stored_bytes(connection, organisation_id)).values())
        since = datetime.now(UTC) - timedelta(seconds=house.config.upload_url_seconds)
        await team_file_store.begin_housekeeping(connection)  # hosted teams announced something, too
        begun_bytes = await plan_store.announced_bytes(connection, organisation_id, list(once), since=since)
    limit_bytes = plan.hard_limit_gib * GIB
    left_bytes = max(limit_bytes - stored_bytes - begun_bytes, 0)
    if wanted_bytes <= left_bytes:
        return
    if not tell_figures:
        raise OverQuota(
            f"There is no room for {wanted_bytes:,} more bytes at the organisation that keeps them: ask one of its"
            " people. What is stored can be read as ever.",
            wanted_bytes=wanted_bytes,
        )
    begun = f", {begun_bytes:,} more are announced by uploads under way" if begun_bytes else ""
    raise OverQuota(
        f"There is no room for {wanted_bytes:,} more bytes: {stored_bytes:,} of the {limit_bytes:,} bytes of the plan"
        f" {plan.title} are stored{begun}. Delete what is not needed (it makes room once its grace period is over), or"
        " ask an owner for a larger plan. What is stored can be read, exported and deleted as ever.",
        wanted_bytes=wanted_bytes,
        left_bytes=left_bytes,
        stored_bytes=stored_bytes,
        announced_bytes=begun_bytes,
        limit_bytes=limit_bytes,
        plan=plan.name,
    )


async def beyond_limit(
    house: House, connection: AsyncConnection, organisation_id: UUID, files: Sequence[NewFile]
) -> dict[int, Problem]:
    """Name the files that have arrived and for which the plan leaves no room; the others are taken.

    Nobody else can store anything until the transaction ends, so that the limit holds for all of them together.
    """
    if not files:
        return {}
    async with as_service(connection):
        plan = await plan_of(house, connection, organisation_id)
        if plan.hard_limit_gib is None:
            return {}
        await upload_store.lock_contents(connection, organisation_id)
        stored_bytes = sum((await usage_store.stored_bytes(connection, organisation_id)).values())
        there = await upload_store.recorded_contents(connection, [file.sha256 for file in files])
    left_bytes = max(plan.hard_limit_gib * GIB - stored_bytes, 0)
    problems: dict[int, Problem] = {}
    for file in files:
        if file.sha256 in there:
            continue
        if file.size_bytes > left_bytes:
            problems[file.position] = Problem(
                OverQuota.code,
                f"The plan of the organisation that keeps it has no room any more for its {file.size_bytes:,} bytes."
                " What arrived is kept for some days: make room, or ask an owner for a larger plan, then send it once"
                " more.",
            )
            continue
        left_bytes -= file.size_bytes
        there.add(file.sha256)
    return problems


def without_room(room_bytes: int | None, unknown: Iterable[tuple[int, bytes | None, int]]) -> dict[int, Problem]:
    """Name the files that the disk of the store cannot take, whatever the plan allows: the others go on.

    Parameters
    ----------
    room_bytes : int or None
        None: nobody can tell, and none is refused.
    unknown : iterable of (int, bytes or None, int)
        Position, SHA-256 where it is known, and bytes of each file whose content is not stored.
    """
    problems: dict[int, Problem] = {}
    if room_bytes is None:
        return problems
    counted: set[bytes] = set()
    for position, digest, size_bytes in unknown:
        if digest is not None and digest in counted:
            continue
        if size_bytes > room_bytes:
            problems[position] = Problem(
                "store-full",
                f"The disk of the object store has room for {room_bytes:,} bytes more, and this file has"
                f" {size_bytes:,}: tell the operator to free space, then send it again.",
            )
            continue
        room_bytes -= size_bytes
        if digest is not None:
            counted.add(digest)
    return problems


def refuse_unpaid(payer: Any, plan: Plan, now: datetime) -> None:
    """Refuse what is new once a payment is due for longer than the plan's grace; raises PaymentDue."""
    if payer is None or payer.failing_since is None:
        return
    until = payer.failing_since + timedelta(days=plan.grace_days)
    if now >= until:
        raise PaymentDue(
            f"A payment is due since {payer.failing_since:%Y-%m-%d}, and nothing new is taken since {until:%Y-%m-%d}."
            " What is stored stays, and can be read, exported and deleted as ever. An owner can pay.",
            due_since=payer.failing_since,
        )


def marks_of(plan: Plan) -> dict[int, int]:
    """Give the bytes at which owners are told, by per cent of the limit: the hard one, or the soft one alone.

    A soft limit below a hard one is a mark of its own.
    """
    limit_gib = plan.soft_limit_gib if plan.hard_limit_gib is None else plan.hard_limit_gib
    if not limit_gib:
        return {}
    limit_bytes = limit_gib * GIB
    marks = {percent: -(-limit_bytes * percent // 100) for percent in TOLD_AT}
    if plan.soft_limit_gib:
        marks.setdefault(plan.soft_limit_gib * 100 // limit_gib, plan.soft_limit_gib * GIB)
    return dict(sorted(marks.items()))


async def tell_of_level(house: House, organisation_id: UUID) -> int:
    """Tell an organisation's owners, by mail and by event, that a mark of its limit was passed: once for each passing.

    Below a mark again, the next passing is told of anew. Safe to repeat, and in several processes at once.

    Returns
    -------
    int
        1 if they were told.
    """
    async with house.database.transaction(organisation=organisation_id) as connection:
        plan = await plan_of(house, connection, organisation_id)
        if not (marks := marks_of(plan)):
            return 0
        told = await plan_store.lock_level(connection, organisation_id)  # first: whoever measured before tells before
        stored_bytes = sum((await usage_store.stored_bytes(connection, organisation_id)).values())
        percent = max((percent for percent, mark_bytes in marks.items() if stored_bytes >= mark_bytes), default=0)
        if percent == told:
            return 0
        await plan_store.set_level(connection, organisation_id, percent)
        if percent < told:
            return 0
        slug = (await organisation_store.get_name(connection, organisation_id)).slug
        limit_bytes = marks[100]
        for owner in await webhook_store.owners(connection, organisation_id):
            await post_mail(
                connection,
                to=owner,
                subject=f"{slug} has used {percent} % of its storage",
                text=_letter(slug, plan, percent, stored_bytes, limit_bytes),
            )
        await job_store.add_event(
            connection,
            organisation_id,
            "usage.warning",
            {"percent": percent, "stored_bytes": stored_bytes, "limit_bytes": limit_bytes, "plan": plan.name},
        )
    return 1


def _letter(slug: str, plan: Plan, percent: int, stored_bytes: int, limit_bytes: int) -> str:
    then = (
        "Nothing is refused beyond it."
        if plan.hard_limit_gib is None
        else "Beyond it, nothing new is taken. What is stored stays, and can be read, exported and deleted as ever."
    )
    return (
        f"{slug} stores {stored_bytes:,} bytes, {percent} % of the {limit_bytes:,} bytes of its plan {plan.title}.\n"
        f"{then}\n\nWhat takes the room, by whom and for what:\n\n"
        f"    uraniborg usage --by dataset -o {slug}\n    uraniborg usage --by member -o {slug}\n"
    )
