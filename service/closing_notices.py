"""What people hear of an organisation that closes: its owners, and those whose files or teams' files it keeps."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from service.mail import post_mail
from storage import closing_store, job_store, organisation_store, webhook_store

__all__ = ["remind_of_removal", "tell_of_closing", "tell_of_removal", "tell_of_reopening"]


async def tell_of_closing(connection: AsyncConnection, organisation_id: UUID, removal_at: datetime) -> None:
    """Tell that it is closed, until when everything can be exported, and how to undo it."""
    slug = await _slug(connection, organisation_id)
    text = (
        f"{slug} is closed. Nothing new is taken and nothing is changed any more, and what was subscribed to ends.\n\n"
        f"Until {removal_at:%Y-%m-%d} everything can be read, exported and deleted as ever:\n\n"
        "    uraniborg sync --help\n\n"
        f"Afterwards the files are deleted, people's own and those of teams that {slug} hosts too. Published packages"
        " stay, as those who cite them need. You hear of it a week and a day before.\n\n"
        f"Until then an owner can undo it:\n\n    uraniborg org reopen -o {slug}\n"
    )
    await _tell(connection, organisation_id, f"{slug} is closed", text, "closed", removal_at)


async def tell_of_reopening(connection: AsyncConnection, organisation_id: UUID) -> None:
    """Tell that it is open again."""
    slug = await _slug(connection, organisation_id)
    text = (
        f"{slug} is open again, and nothing was removed. What was subscribed to is over, as a rule: if you need that"
        f" plan, subscribe to it once more:\n\n    uraniborg plan show -o {slug}\n"
    )
    await _tell(connection, organisation_id, f"{slug} is open again", text, "reopened", None)


async def remind_of_removal(connection: AsyncConnection, organisation_id: UUID, removal_at: datetime) -> None:
    """Tell that files are deleted soon."""
    slug = await _slug(connection, organisation_id)
    text = (
        f"{slug} is closed, and its files are deleted on {removal_at:%Y-%m-%d %H:%M} UTC, people's own and those of"
        f" teams that it hosts too. Until then they can be read and exported, and an owner can undo the closing:\n\n"
        f"    uraniborg org reopen -o {slug}\n"
    )
    await _tell(
        connection,
        organisation_id,
        f"Files of {slug} are deleted on {removal_at:%Y-%m-%d}",
        text,
        "reminder",
        removal_at,
    )


async def tell_of_removal(connection: AsyncConnection, organisation_id: UUID, files: int) -> None:
    """Tell that the files are deleted."""
    slug = await _slug(connection, organisation_id)
    text = f"{slug} was closed, and its grace is over: {files:,} files are deleted. Published packages stay.\n"
    await _tell(connection, organisation_id, f"Files of {slug} are deleted", text, "removed", None)


async def _slug(connection: AsyncConnection, organisation_id: UUID) -> str:
    return str((await organisation_store.get_name(connection, organisation_id)).slug)


async def _tell(
    connection: AsyncConnection, organisation_id: UUID, subject: str, text: str, what: str, removal_at: datetime | None
) -> None:
    people = {
        *await webhook_store.owners(connection, organisation_id),
        *await closing_store.hosted_managers(connection, organisation_id),
    }
    for person in sorted(people):
        await post_mail(connection, to=person, subject=subject, text=text)
    payload = {} if removal_at is None else {"removal_at": removal_at.isoformat()}
    await job_store.add_event(connection, organisation_id, f"organisation.{what}", payload)
