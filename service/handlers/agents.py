"""Watch agents over HTTP."""

from __future__ import annotations

from typing import Annotated

from litestar.params import Parameter

from service.actions import agents
from service.actions.agents import Agent, AgentReply, AgentReport
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation

__all__ = ["HANDLERS"]

BASE = "/organisations/{organisation:str}/agents"
ONE = f"{BASE}/{{name:str}}"
Name = Annotated[
    str, Parameter(pattern=r"^[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?$", max_length=64, description="Of the agent.")
]


@operation("PUT", ONE, scope="uploads:write", tags=["agents"])
async def report_agent(organisation: str, name: Name, data: AgentReport, actor: Actor, house: House) -> AgentReply:
    """Report as a watch agent that it lives and how it is, each minute.

    Of one that is silent for a quarter of an hour, while files wait or the sun is down at its telescope's site, owners
    and admins are told by mail and webhooks (`agent.silent`), and again when it is back (`agent.back`).
    """
    return await agents.report_agent(house, actor, organisation, name, data)


@operation("GET", BASE, scope="agents:read", tags=["agents"])
async def list_agents(
    organisation: str, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[Agent]:
    """List watch agents by name, with what each reported last and since when it is silent; guests see their own."""
    return await agents.list_agents(house, actor, organisation, cursor=cursor, limit=limit)


@operation("DELETE", ONE, scope="agents:write", tags=["agents"])
async def forget_agent(organisation: str, name: Name, actor: Actor, house: House) -> None:
    """Forget a watch agent that is no more; one that reports again is there again."""
    await agents.forget_agent(house, actor, organisation, name)


HANDLERS = [report_agent, list_agents, forget_agent]
