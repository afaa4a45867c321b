"""The plan: which it is, what is due, and Stripe's pages for whoever pays."""

from __future__ import annotations

from typing import Any

import click

from uraniborg.cli.command import Session, command_options, paging_option
from uraniborg.cli.output import Column, details, note

__all__ = ["plan_command"]


@click.group("plan")
def plan_command() -> None:
    """The organisation's plan, and how it is paid; for owners. What it costs: uraniborg usage."""


@plan_command.command("show")
@command_options()
def show_plan(session: Session) -> None:
    """Show the plan, whether a subscription runs, and what is due."""
    found = session.client.call("get_payment")
    session.show(found, lambda: _show(found))


def _show(found: Any) -> None:
    details(
        [
            ("plan", f"{found.plan}, version {found.version}"),
            ("subscription", found.status),
            ("trial until UTC", found.trial_end),
            ("period until UTC", found.period_end),
            ("ends with it", found.ends_with_period),
            ("due since UTC", found.due_since),
            ("nothing new after UTC", found.read_only_from),
            ("offered", ", ".join(found.offers)),
        ]
    )
    if not found.available:
        note("This service takes no payments: its operator gives plans.")


def _go_to(session: Session, page: Any, what: str) -> None:
    def show() -> None:
        click.echo(page.url)
        note(what)

    session.show(page, show)


@plan_command.command("subscribe")
@click.argument("plan")
@command_options()
def subscribe(session: Session, plan: str) -> None:
    """Print the address of the page on which a plan is subscribed to; it holds once that is done there."""
    page = session.client.call("open_checkout", plan=plan)
    _go_to(session, page, f"Open it in a browser: the plan {plan} holds once you subscribed there.")


@plan_command.command("change")
@click.argument("plan")
@command_options()
def change_plan(session: Session, plan: str) -> None:
    """Give the running subscription another plan from now on; one that was to end goes on."""
    found = session.client.call("change_payment_plan", plan=plan)
    session.show(found, lambda: _show(found))


@plan_command.command("cancel")
@click.option("--yes", is_flag=True, help="Do not ask.")
@command_options()
def cancel_plan(session: Session, yes: bool) -> None:
    """End the subscription with the period that is under way; what is stored stays."""
    if not yes:
        click.confirm("End the subscription with the period that is under way?", abort=True, err=True)
    found = session.client.call("cancel_payment")
    session.show(found, lambda: _show(found))


@plan_command.command("portal")
@command_options()
def open_portal(session: Session) -> None:
    """Print the address of Stripe's page for ways to pay, addresses, tax numbers and invoices."""
    _go_to(session, session.client.call("open_payment_portal"), "Open it in a browser; it is good for a while.")


@plan_command.command("invoices")
@paging_option(100)
@command_options()
def list_invoices(session: Session, limit: int) -> None:
    """List invoices, newest first."""
    columns = [
        Column("NUMBER", lambda invoice: invoice.number or invoice.id),
        Column("MADE UTC", lambda invoice: f"{invoice.created_at:%Y-%m-%d}"),
        Column("STATUS", lambda invoice: invoice.status),
        Column("TOTAL", lambda invoice: invoice.total.text, right=True),
        Column("TAX IN IT", lambda invoice: invoice.tax.text, right=True),
        Column("PAGE", lambda invoice: invoice.url),
    ]
    session.list(columns, session.pages("list_payment_invoices", limit), empty="No invoices.")
