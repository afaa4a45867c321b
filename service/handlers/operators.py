"""What operators of the service see and do, over HTTP: everybody else is refused by the house."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar.params import Parameter
from msgspec import Meta

from service.actions import operator_health, operator_jobs, tenant_usage
from service.actions.operator_health import ServiceHealth
from service.actions.operator_jobs import JobCount, Retried, ServiceJob
from service.actions.tenant_usage import OrganisationUsage, Revenue
from service.house import Actor, House
from service.paging import Cursor, Page
from service.routing import operation

__all__ = ["HANDLERS"]

SCOPE = "service:operate"
Few = Annotated[int, Parameter(ge=1, le=100, description="How many at the most.")]
MonthGiven = Annotated[
    str | None,
    Parameter(pattern=r"^\d{4}-\d\d$", max_length=7, description="As 2026-11, UTC; the present one when left out."),
]
Slug = Annotated[str, Meta(max_length=100)]


class JobCounts(msgspec.Struct):
    counts: list[JobCount]


class KindToRetry(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which dead jobs: those of a kind, of all organisations or of one."""

    kind: Annotated[str, Meta(min_length=1, max_length=64)]
    organisation: Slug | None = None


@operation("GET", "/operator/health", scope=SCOPE, tags=["operators"])
async def get_service_health(actor: Actor, house: House) -> ServiceHealth:
    """Look at what the service stands on, as an operator: database, store, disks, jobs, workers, mail, satellites."""
    return await operator_health.get_health(house, actor)


@operation("GET", "/operator/organisations", scope=SCOPE, tags=["operators"])
async def list_service_organisations(
    actor: Actor, house: House, month: MonthGiven = None, cursor: Cursor = None, limit: Few = 50
) -> Page[OrganisationUsage]:
    """List what each organisation uses in a month and comes to, as an operator."""
    return await tenant_usage.page_tenants(house, actor, month=month, cursor=cursor, limit=limit)


@operation("GET", "/operator/revenue", scope=SCOPE, tags=["operators"])
async def get_revenue(actor: Actor, house: House, month: MonthGiven = None) -> Revenue:
    """Add up what all organisations use in a month and come to, as an operator."""
    return await tenant_usage.sum_up(house, actor, month=month)


@operation("GET", "/operator/jobs", scope=SCOPE, tags=["operators"])
async def list_service_jobs(
    actor: Actor,
    house: House,
    job_state: Annotated[
        list[Literal["queued", "running", "done", "dead"]] | None,
        Parameter(query="state", max_items=4, description="Any of these; all when left out."),
    ] = None,
    kind: Annotated[str | None, Parameter(max_length=64)] = None,
    organisation: Annotated[str | None, Parameter(max_length=100, description="Its slug; all when left out.")] = None,
    cursor: Cursor = None,
    limit: Few = 50,
) -> Page[ServiceJob]:
    """List the jobs of all organisations, newest first, as an operator.

    Of a job is told how it stands and what it died of, not what it was about.
    """
    return await operator_jobs.list_jobs(
        house, actor, states=job_state, kind=kind, organisation=organisation, cursor=cursor, limit=limit
    )


@operation("GET", "/operator/jobs/counts", scope=SCOPE, tags=["operators"])
async def count_service_jobs(actor: Actor, house: House) -> JobCounts:
    """Count the jobs that are not done, by kind and state, as an operator."""
    return JobCounts(await operator_jobs.count_jobs(house, actor))


@operation("GET", "/operator/jobs/{job_id:uuid}", scope=SCOPE, tags=["operators"])
async def get_service_job(job_id: UUID, actor: Actor, house: House) -> ServiceJob:
    """Read a job of any organisation, as an operator."""
    return await operator_jobs.get_job(house, actor, job_id)


@operation("POST", "/operator/jobs/{job_id:uuid}/retry", scope=SCOPE, status=200, tags=["operators"])
async def retry_service_job(job_id: UUID, actor: Actor, house: House) -> ServiceJob:
    """Put a dead job of any organisation into the queue again, as an operator."""
    return await operator_jobs.retry_job(house, actor, job_id)


@operation("POST", "/operator/jobs/retry", scope=SCOPE, status=200, tags=["operators"])
async def retry_service_jobs(data: KindToRetry, actor: Actor, house: House) -> Retried:
    """Put all dead jobs of a kind into the queue again, as an operator: a thousand at a time, the oldest first."""
    return await operator_jobs.retry_kind(house, actor, kind=data.kind, organisation=data.organisation)


HANDLERS = [
    get_service_health,
    list_service_organisations,
    get_revenue,
    list_service_jobs,
    count_service_jobs,
    get_service_job,
    retry_service_job,
    retry_service_jobs,
]
