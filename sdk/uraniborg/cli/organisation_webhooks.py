"""Webhooks: addresses to which an organisation's events are sent."""

from __future__ import annotations

from typing import Any

import click

from uraniborg.cli.command import Session, command_options, paging_option
from uraniborg.cli.output import Column, details, note, plural
from uraniborg.errors import NotFound, UraniborgError

__all__ = ["webhook_command"]


@click.group("webhook")
def webhook_command() -> None:
    """Webhooks: events sent to addresses elsewhere, signed, in order, retried for three days."""


def _find(session: Session, given: str) -> Any:
    """Find a webhook by its id, or the end of it."""
    found = [webhook for webhook in session.pages("list_webhooks", 0) if webhook.id.endswith(given.lower())]
    if len(found) != 1:
        said = f"{plural(len(found), 'webhook')} end so" if found else "There is no such webhook"
        raise NotFound(f"{said}: {given!r}. See `uraniborg org webhook list`.")
    return found[0]


def _show(webhook: Any) -> None:
    details(
        [
            ("id", webhook.id),
            ("address", webhook.url),
            ("events", webhook.kinds or "all"),
            ("state", webhook.state),
            ("because", webhook.disabled_reason),
            ("failing since UTC", webhook.failing_since),
            ("about", webhook.description),
        ]
    )


def _show_secret(webhook: Any) -> None:
    _show(webhook)
    details([("secret", webhook.secret)])
    note("The secret is shown this once. Receivers verify messages with it as Standard Webhooks has it.")


@webhook_command.command("add")
@click.argument("address")
@click.option("--event", "kinds", multiple=True, help="Kind of event, such as package.published. [default: all]")
@click.option("--description", default="", help="What it is for.")
@command_options()
def add_webhook(session: Session, address: str, kinds: tuple[str, ...], description: str) -> None:
    """Register an address, https on the public internet; what happens from now on is sent there."""
    made = session.client.call("add_webhook", url=address, kinds=list(kinds), description=description)
    session.show(made, lambda: _show_secret(made))


@webhook_command.command("list")
@command_options()
def list_webhooks(session: Session) -> None:
    """List webhooks, oldest first."""
    columns = [
        Column("ID", lambda w: w.id),
        Column("STATE", lambda w: "failing" if w.attempts else w.state),
        Column("EVENTS", lambda w: w.kinds or "all"),
        Column("ADDRESS", lambda w: w.url),
    ]
    session.list(columns, session.pages("list_webhooks", 0), empty="None. Add one: uraniborg org webhook add ADDRESS")


@webhook_command.command("show")
@click.argument("webhook")
@command_options()
def show_webhook(session: Session, webhook: str) -> None:
    """Show a webhook. WEBHOOK is its id, or the end of it."""
    found = _find(session, webhook)
    session.show(found, lambda: _show(found))


@webhook_command.command("change")
@click.argument("webhook")
@click.option("--address", "new", metavar="ADDRESS", help="Send to another address from now on.")
@click.option("--event", "kinds", multiple=True, help="Only these kinds of events from now on.")
@click.option("--all-events", is_flag=True, help="All kinds of events from now on.")
@click.option("--description")
@command_options()
def change_webhook(session: Session, webhook: str, **given: Any) -> None:
    """Change where a webhook leads, or of what it tells."""
    values: dict[str, Any] = {}
    if given["new"]:
        values["url"] = given["new"]
    if given["kinds"] or given["all_events"]:
        values["kinds"] = list(given["kinds"])
    if given["description"] is not None:
        values["description"] = given["description"]
    if not values:
        raise click.UsageError("Nothing to change: give at least one option.")
    changed = session.client.call("change_webhook", webhook_id=_find(session, webhook).id, body=values)
    session.show(changed, lambda: _show(changed))


@webhook_command.command("enable")
@click.argument("webhook")
@command_options()
def enable_webhook(session: Session, webhook: str) -> None:
    """Enable a webhook: it goes on with the event at which it stopped."""
    changed = session.client.call("change_webhook", webhook_id=_find(session, webhook).id, enabled=True)
    session.show(changed, lambda: note(f"{changed.url} is told again."))


@webhook_command.command("disable")
@click.argument("webhook")
@command_options()
def disable_webhook(session: Session, webhook: str) -> None:
    """Disable a webhook for now; its events wait."""
    changed = session.client.call("change_webhook", webhook_id=_find(session, webhook).id, enabled=False)
    session.show(changed, lambda: note(f"{changed.url} is told nothing until you enable it."))


@webhook_command.command("remove")
@click.argument("webhook")
@command_options()
def remove_webhook(session: Session, webhook: str) -> None:
    """Remove a webhook with the log of its deliveries."""
    found = _find(session, webhook)
    session.client.call("remove_webhook", webhook_id=found.id)
    session.show({"removed": found.id}, lambda: note(f"{found.url} is told nothing any more."))


@webhook_command.command("rotate")
@click.argument("webhook")
@click.option(
    "--overlap",
    type=click.FloatRange(0, 720),
    default=24,
    show_default=True,
    metavar="HOURS",
    help="How long messages are signed with the old secret as well.",
)
@command_options()
def rotate_webhook(session: Session, webhook: str, overlap: float) -> None:
    """Give a webhook another secret."""
    found = _find(session, webhook)
    made = session.client.call("rotate_webhook_secret", webhook_id=found.id, overlap_hours=overlap)
    session.show(made, lambda: _show_secret(made))


@webhook_command.command("ping")
@click.argument("webhook")
@command_options()
def ping_webhook(session: Session, webhook: str) -> None:
    """Send a test message now, and tell what the receiver answered."""
    _tell(session, session.client.call("ping_webhook", webhook_id=_find(session, webhook).id))


@webhook_command.command("log")
@click.argument("webhook")
@click.option("--failed", is_flag=True, help="Only what was not delivered.")
@paging_option(50)
@command_options()
def list_deliveries(session: Session, webhook: str, failed: bool, limit: int) -> None:
    """List what became of deliveries, newest first."""
    columns = [
        Column("AT UTC", lambda d: d.at),
        Column("EVENT", lambda d: d.kind),
        Column("TRY", lambda d: d.attempt, right=True),
        Column("STATUS", lambda d: d.status, right=True),
        Column("TIME ms", lambda d: d.duration_ms, right=True),
        Column("NEXT TRY UTC", lambda d: d.next_try_at),
        Column("ID", lambda d: d.id),
        Column("SAID", lambda d: d.error or d.reply),
    ]
    query = {"delivered": False} if failed else {}
    found = session.pages("list_webhook_deliveries", limit, webhook_id=_find(session, webhook).id, **query)
    session.list(columns, found, empty="Nothing was sent in the last 30 days.")


@webhook_command.command("redeliver")
@click.argument("webhook")
@click.argument("delivery")
@command_options()
def redeliver(session: Session, webhook: str, delivery: str) -> None:
    """Send an event once more, now. DELIVERY is an id of the log."""
    found = _find(session, webhook)
    _tell(session, session.client.call("redeliver_webhook", webhook_id=found.id, delivery_id=delivery))


def _tell(session: Session, delivery: Any) -> None:
    """Say what became of a delivery; exit 1 where it failed."""
    answered = "" if delivery.status is None else f"answered {delivery.status} "
    session.show(
        delivery, lambda: note(f"Delivered: {answered}in {delivery.duration_ms} ms.") if delivery.delivered else None
    )
    if not delivery.delivered:
        said = delivery.error or f"it answered {delivery.status}: {delivery.reply[:200]}"
        raise UraniborgError(f"Not delivered: {said}")
