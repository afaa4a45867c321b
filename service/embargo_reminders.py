"""Reminders of embargoes that lift soon: by mail and as an event, once for each embargo and the day on which it lifts.

Told are owners and admins, who can hold data back for longer, and those who uploaded the files and still belong to the
organisation: it is their work that others will see. Another day is told anew.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from service.actions.embargo_lifts import USUAL_DAYS
from service.house import House
from service.mail import post_mail
from storage import embargo_lifts, job_store, organisation_store
from storage.embargo_lifts import Lift, Recipient

__all__ = ["remind_of_lifts"]

LOOK_EVERY = timedelta(hours=1)
MOST_LIFTS = 1000
TOLD_IN_A_MAIL = 50


async def remind_of_lifts(house: House, organisation_id: UUID, now: datetime) -> int:
    """Tell an organisation's people what lifts soon and was not told yet; returns how many lifts that are."""
    async with house.database.transaction(organisation=organisation_id) as connection:
        if not await embargo_lifts.begin_look(connection, organisation_id, now=now, every=LOOK_EVERY):
            return 0
        chosen = await embargo_lifts.get_reminder_days(connection)
        if not (days := USUAL_DAYS if chosen is None else chosen):
            return 0
        lifts = await embargo_lifts.list_lifts(
            connection, now=now, within=timedelta(days=max(days)), reminders=days, limit=MOST_LIFTS
        )
        told: list[Lift] = []
        for lift in lifts:
            due = [each for each in days if lift.first_at - now <= timedelta(days=each)]
            if due and await embargo_lifts.note_reminders(connection, organisation_id, lift, due):
                told.append(lift)
        if not told:
            return 0
        named = await organisation_store.get_name(connection, organisation_id)
        uploaders = {account for lift in told for account in lift.uploaded_by}
        for recipient in await embargo_lifts.list_recipients(connection, sorted(uploaders)):
            mine = [lift for lift in told if _concerns(lift, recipient)]
            subject = f"{named.name}: an embargo lifts on {mine[0].lifts_on}"
            await post_mail(
                connection, to=recipient.email, subject=subject, text=_text(named.name, named.slug, mine, days)
            )
        for lift in told:
            payload = {
                "target": lift.target,
                "name": lift.name,
                "lifts_on": str(lift.lifts_on),
                "first_at": f"{lift.first_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
                "files": lift.files,
                "size_bytes": lift.size_bytes,
            }
            await job_store.add_event(connection, organisation_id, "embargo.lifting", payload)
    return len(told)


def _concerns(lift: Lift, recipient: Recipient) -> bool:
    return recipient.role in ("owner", "admin") or recipient.account_id in lift.uploaded_by


def _text(name: str, slug: str, lifts: list[Lift], days: list[int]) -> str:
    lines = [
        f"    {lift.lifts_on}  {lift.files:,} {'file' if lift.files == 1 else 'files'},"
        f" {lift.size_bytes / 1e6:,.1f} MB: {_what(lift)}" + (f" ({lift.reason[:200]})" if lift.reason else "")
        for lift in lifts[:TOLD_IN_A_MAIL]
    ]
    if len(lifts) > TOLD_IN_A_MAIL:
        lines.append(f"    and {len(lifts) - TOLD_IN_A_MAIL:,} more: uraniborg org embargo upcoming -o {slug}")
    listed = "\n".join(lines)
    before = " and ".join(str(each) for each in days)
    first = lifts[0]
    where = first.target if first.target == "organisation" else f"{first.target} {_argument(first)}"
    return (
        f"Data of {name} are held back no longer soon (days are UTC):\n\n{listed}\n\n"
        "Nothing has to be done for that: from then on they are seen by everybody with whom they are shared, and can be"
        " published. To hold something back for longer, an admin sets another date, for example:\n\n"
        f"    uraniborg org embargo set {where} --until DATE -o {slug}\n\n"
        "You are told since you own or administer the organisation, or uploaded some of these files, "
        f"{before} days before: uraniborg org embargo reminders -o {slug}\n"
    )


def _what(lift: Lift) -> str:
    if lift.target == "organisation":
        return "the organisation's own embargo"
    return f"the {lift.target} {lift.name}"


def _argument(lift: Lift) -> str:
    return str(lift.target_id) if lift.target == "file" else lift.name
