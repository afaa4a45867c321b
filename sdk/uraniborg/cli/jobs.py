"""Long work and its progress."""

from __future__ import annotations

import click

from uraniborg.cli.command import Session, command_options, paging_option
from uraniborg.cli.output import Column, details, note

__all__ = ["jobs_command"]


@click.group("jobs")
def jobs_command() -> None:
    """Long work and its progress."""


@jobs_command.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(["queued", "running", "done", "dead"]),
    help="May be given again.",
)
@click.option("--kind", help="Such as ingest or preview.")
@paging_option(20)
@command_options()
def list_jobs(session: Session, states: tuple[str, ...], kind: str | None, limit: int) -> None:
    """List jobs, newest first."""
    columns = [
        Column("BEGUN UTC", lambda j: j.created_at),
        Column("KIND", lambda j: j.kind),
        Column("STATE", lambda j: j.state),
        Column("ITEMS", lambda j: j.total, right=True),
        Column("DONE", lambda j: j.done, right=True),
        Column("FAILED", lambda j: j.failed or "", right=True),
        Column("TRIES", lambda j: j.attempts, right=True),
        Column("ID", lambda j: j.id),
        Column("ERROR", lambda j: j.error),
    ]
    session.list(columns, session.pages("list_jobs", limit, state=states or None, kind=kind), empty="No such jobs.")


@jobs_command.command("show")
@click.argument("job_id", metavar="ID")
@command_options()
def show_job(session: Session, job_id: str) -> None:
    """Show one job."""
    job = session.client.get_job(job_id)
    pairs: list[tuple[str, object]] = [
        ("id", job.id),
        ("kind", job.kind),
        ("state", job.state),
        ("items", f"{job.done:,} of {job.total:,} done, {job.failed:,} failed"),
        ("tries", job.attempts),
        ("begun UTC", job.created_at),
        ("ended UTC", job.finished_at),
        ("error", job.error),
    ]
    session.show(job, lambda: details(pairs))


@jobs_command.command("retry")
@click.argument("job_id", metavar="ID")
@command_options()
def retry_job(session: Session, job_id: str) -> None:
    """Put a job that died into the queue again."""
    job = session.client.retry_job(job_id)
    session.show(job, lambda: note(f"It is {job.state} again; `uraniborg jobs show {job.id}` follows it."))
