"""Watch agents that fall silent while they should not: their organisation is told, and told when they are back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.sunlight import SUNSET_ALTITUDE_DEG, sun_altitude_deg
from service.house import House
from service.mail import post_mail
from storage import agent_store, job_store, organisation_store

__all__ = ["SILENT_AFTER", "tell_of_silent_agents", "tell_that_it_is_back"]

SILENT_AFTER = timedelta(minutes=15)


async def tell_of_silent_agents(house: House, organisation_id: UUID, now: datetime) -> int:
    """Tell, once for each silence, of agents that have files to send, or at whose telescope the sun is down.

    Returns
    -------
    int
        Of how many.
    """
    told = 0
    async with house.database.transaction(organisation=organisation_id) as connection:
        for agent in await agent_store.silent_ones(connection, now - SILENT_AFTER):
            if not agent.waiting_files and not any(_is_dark(now, *place) for place in agent.places):
                continue
            if not await agent_store.note_silent(connection, agent.name, agent.seen_at):
                continue
            waiting = f"{agent.waiting_files} files of it wait to be sent. " if agent.waiting_files else ""
            words = (
                f"The watch agent {agent.name} on {agent.host} has not been heard of since {_utc(agent.seen_at)}.\n\n"
                f"{waiting}Nothing is lost: what waits is sent when it is back.\n\n"
                "Is that computer on, and on the network? There, this tells more:\n\n    uraniborg watch --status\n"
            )
            subject = f"{agent.name} is silent since {_utc(agent.seen_at)}"
            payload = {"waiting_files": agent.waiting_files, "last_error": agent.last_error}
            await _tell(connection, organisation_id, "agent.silent", agent, payload, subject, words)
            told += 1
    return told


async def tell_that_it_is_back(house: House, organisation_id: UUID, agent: Any) -> None:
    """Tell that an agent is back, if its silence was told.

    Parameters
    ----------
    agent
        Its row, as its report left it.
    """
    if agent.silent_told_at is None:
        return
    async with house.database.transaction(organisation=organisation_id) as connection:
        if await agent_store.note_back(connection, agent.name):
            words = f"The watch agent {agent.name} on {agent.host} is back since {_utc(agent.seen_at)}.\n"
            payload = {"waiting_files": agent.waiting_files}
            await _tell(connection, organisation_id, "agent.back", agent, payload, f"{agent.name} is back", words)


async def _tell(
    connection: Any, organisation_id: UUID, kind: str, agent: Any, payload: dict[str, Any], subject: str, words: str
) -> None:
    told = {"agent": agent.name, "host": agent.host, "telescope": agent.telescope, "seen_at": _utc(agent.seen_at)}
    await job_store.add_event(connection, organisation_id, kind, told | payload)
    name = (await organisation_store.get_name(connection, organisation_id)).name
    for keeper in await agent_store.keepers(connection, organisation_id):
        await post_mail(connection, to=keeper, subject=f"{name}: {subject}", text=words)


def _is_dark(now: datetime, latitude_deg: float, longitude_deg: float) -> bool:
    return sun_altitude_deg(now, latitude_deg, longitude_deg) < SUNSET_ALTITUDE_DEG


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
