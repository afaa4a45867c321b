"""Watch agents: what each reports of itself, and who of them is silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from domain.errors import Conflict, NotFound
from service.agent_silence import tell_that_it_is_back
from service.audit_log import record
from service.house import Actor, House
from service.paging import Page, decode_cursor, encode_cursor
from storage import agent_store, coming_store

__all__ = ["Agent", "AgentFolder", "AgentReply", "AgentReport", "forget_agent", "list_agents", "report_agent"]

MOST = 1000  # agents of one organisation
SILENT_AFTER = timedelta(minutes=3)  # three reports are missing

Count = Annotated[int, Meta(ge=0, le=2**53)]
Rate = Annotated[float, Meta(ge=0, le=1e12, description="At which it sends; 0: nothing just now.")]
Often = Annotated[float, Meta(gt=0, le=1e6, description="How often its line breaks, where it is known to.")]
Slug = Annotated[str, Meta(max_length=64)]


class TooManyAgents(Conflict):
    code = "too-many-agents"
    title = "There are too many watch agents"


class AgentFolder(msgspec.Struct, kw_only=True):
    """A folder that an agent watches."""

    path: Annotated[str, Meta(max_length=1000)]
    is_there: bool = True
    waiting_files: Count = 0
    stored_files: Count = 0
    failed_files: Count = 0


class AgentReport(msgspec.Struct, kw_only=True):
    """What an agent says of itself. ``once``: it does not stay, so that its silence means nothing."""

    host: Annotated[str, Meta(max_length=255)]
    sent_at: Annotated[datetime, Meta(tz=True, description="By the clock of its computer.")]
    version: Annotated[str, Meta(max_length=64)] = ""
    state: Literal["looking", "idle", "sending", "waiting", "stopped"] = "idle"
    once: bool = False
    telescope: Slug | None = None
    folders: Annotated[list[AgentFolder], Meta(max_length=50)] = []
    waiting_files: Count = 0
    waiting_bytes: Count = 0
    rate_bytes_per_s: Rate = 0
    breaks_every_s: Often | None = None
    failed_files: Count = 0
    last_file: Annotated[str, Meta(max_length=1000)] | None = None
    last_file_at: Annotated[datetime, Meta(tz=True)] | None = None
    last_error: Annotated[str, Meta(max_length=500)] = ""


class AgentReply(msgspec.Struct, kw_only=True):
    """``clock_offset_s``: how far the agent's clock is ahead of this one."""

    clock_offset_s: float


class Agent(msgspec.Struct, kw_only=True):
    """A watch agent as it reported last; ``silent_since`` where it should have reported again."""

    name: str
    host: str
    version: str
    state: str
    once: bool
    telescope: str | None
    folders: list[AgentFolder]
    waiting_files: int
    waiting_bytes: int
    rate_bytes_per_s: Rate = 0
    breaks_every_s: Often | None = None
    failed_files: int
    last_file: str | None
    last_file_at: datetime | None
    last_error: str
    clock_offset_s: float
    seen_at: datetime
    silent_since: datetime | None


async def report_agent(house: House, actor: Actor, organisation: str, name: str, report: AgentReport) -> AgentReply:
    """Keep an agent's report in place of the one before.

    Raises
    ------
    TooManyAgents
        The organisation has a thousand others.
    """
    offset_s = (report.sent_at - datetime.now(UTC)).total_seconds()
    values: dict[str, Any] = {field: _cleaned(getattr(report, field)) for field in AgentReport.__struct_fields__}
    del values["sent_at"]
    values["folders"] = [_cleaned(msgspec.structs.asdict(folder)) for folder in report.folders]
    async with house.tenant(actor, organisation) as tenant:
        if await agent_store.count_others(tenant.connection, name) >= MOST:
            raise TooManyAgents(f"An organisation has at most {MOST} watch agents: forget some that are no more.")
        row = await agent_store.report(
            tenant.connection,
            tenant.organisation_id,
            name,
            account_id=actor.account_id,
            clock_offset_s=offset_s,
            **values,
        )
    await tell_that_it_is_back(house, tenant.organisation_id, row)
    return AgentReply(clock_offset_s=round(offset_s, 3))


def _cleaned(value: Any) -> Any:
    """Take NUL out of texts, which the database cannot keep."""
    if isinstance(value, str):
        return value.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return {key: _cleaned(one) for key, one in value.items()} if isinstance(value, dict) else value


async def list_agents(house: House, actor: Actor, organisation: str, *, cursor: str | None, limit: int) -> Page[Agent]:
    """List agents by name."""
    position = decode_cursor(cursor, str)
    async with house.tenant(actor, organisation) as tenant:
        rows = await agent_store.list_agents(
            tenant.connection, after=position[0] if position else None, limit=limit + 1
        )
    now = datetime.now(UTC)
    return Page(
        [_agent(row, now) for row in rows[:limit]], encode_cursor(rows[limit - 1].name) if len(rows) > limit else None
    )


def _agent(row: Any, now: datetime) -> Agent:
    is_silent = not row.once and now - row.seen_at > SILENT_AFTER
    values = {name: getattr(row, name) for name in Agent.__struct_fields__ if name not in ("folders", "silent_since")}
    folders = msgspec.convert(row.folders, list[AgentFolder])
    return Agent(**values, folders=folders, silent_since=row.seen_at if is_silent else None)


async def forget_agent(house: House, actor: Actor, organisation: str, name: str) -> None:
    """Forget an agent, whose silence is then told no more, and the frames it announced; raises NotFound for none."""
    async with house.tenant(actor, organisation) as tenant:
        if not await agent_store.remove(tenant.connection, name):
            raise NotFound("There is no such watch agent in this organisation.")
        await coming_store.forget(tenant.connection, name)
        await record(tenant, "agent.forgotten", f"agents/{name}")
