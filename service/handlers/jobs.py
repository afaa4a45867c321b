"""Jobs and events over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.params import Parameter
from litestar.response import ServerSentEvent, ServerSentEventMessage

from domain.errors import ClientFault
from service.actions import jobs
from service.actions.jobs import Job
from service.authentication import authenticate
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation

__all__ = ["HANDLERS"]

BASE = "/organisations/{organisation:str}"
JobState = Literal["queued", "running", "done", "dead"]


@operation("GET", f"{BASE}/jobs", scope="jobs:read", tags=["jobs"])
async def list_jobs(
    organisation: str,
    actor: Actor,
    house: House,
    job_state: Annotated[
        list[JobState] | None, Parameter(query="state", max_items=4, description="Any of these; all when left out.")
    ] = None,
    kind: Annotated[str | None, Parameter(max_length=64)] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[Job]:
    """List jobs, newest first."""
    return await jobs.list_jobs(house, actor, organisation, states=job_state, kind=kind, cursor=cursor, limit=limit)


@operation("GET", f"{BASE}/jobs/{{job_id:uuid}}", scope="jobs:read", tags=["jobs"])
async def get_job(organisation: str, job_id: UUID, actor: Actor, house: House) -> Job:
    """Read a job and its progress."""
    return await jobs.get_job(house, actor, organisation, job_id)


@operation("POST", f"{BASE}/jobs/{{job_id:uuid}}/retry", scope="jobs:write", status=200, tags=["jobs"])
async def retry_job(organisation: str, job_id: UUID, actor: Actor, house: House) -> Job:
    """Put a dead job into the queue again."""
    return await jobs.retry_job(house, actor, organisation, job_id)


@operation("GET", f"{BASE}/events", scope="events:read", problems=(429,), media_type="text/event-stream", tags=["jobs"])
async def follow_events(
    request: Request[Any, Any, State],
    organisation: str,
    actor: Actor,
    house: House,
    after: Annotated[int | None, Parameter(ge=0, description="Go on after this event; left out: from now.")] = None,
    last_event_id: Annotated[
        int | None, Parameter(header="Last-Event-ID", ge=0, description="The same, as browsers say it; it goes before.")
    ] = None,
) -> ServerSentEvent:
    """Follow what happens, as server-sent events.

    Each event's `id` can be given as `after` to go on, and browsers do by themselves; the stream ends after ten
    minutes, and with the session or token that opened it. An account may have ten open.
    """
    newest = await jobs.last_event(house, actor, organisation)  # answers 404 before the stream begins
    given = after if last_event_id is None else last_event_id
    stream = house.streams.open(actor.account_id, longest_s=jobs.EVENT_STREAM_S)

    async def messages() -> AsyncIterator[ServerSentEventMessage]:
        try:
            async for batch in jobs.follow_events(house, actor, organisation, after=newest if given is None else given):
                # Nothing is told to who signed out meanwhile, or whose token was revoked.
                await authenticate(request, request.route_handler)
                if not batch:
                    yield ServerSentEventMessage(comment="still here")
                for event in batch:
                    yield _message(event)
        except ClientFault:
            return
        finally:
            house.streams.close(actor.account_id, stream)

    return ServerSentEvent(messages())


def _message(event: jobs.Event) -> ServerSentEventMessage:
    return ServerSentEventMessage(data=msgspec.json.encode(event).decode(), event=event.kind, id=str(event.id))


HANDLERS = [list_jobs, get_job, retry_job, follow_events]
