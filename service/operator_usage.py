"""The operator's command `usage`: what all organisations use and come to, plans and credit notes."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from service.actions.tenant_usage import OrganisationUsage
    from service.house import House

__all__ = ["add_arguments", "work_of"]

COLUMNS = ("month", "closed", "organisation", "plan", "version", "stored_bytes", "gib_months", "egress_bytes")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    verbs = command.add_subparsers(required=True, metavar="VERB", dest="verb")
    listing = verbs.add_parser("list", help="what each organisation used in a month, and what it comes to")
    listing.add_argument("--month", help="as 2026-11, UTC; the present one when left out")
    form = listing.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="print CSV: a line for each organisation and currency")
    form.add_argument("--json", action="store_true", help="print JSON")
    verbs.add_parser("plans", help="print the plans there are, as JSON")
    verbs.add_parser("refused", help="list amounts that Stripe refused for good, with their ids and its reasons")
    again = verbs.add_parser("again", help="report such an amount once more, now that its cause is mended")
    again.add_argument("organisation")
    again.add_argument("id")
    assign = verbs.add_parser("assign", help="give an organisation a plan from now on, on the terms it has today")
    assign.add_argument("organisation")
    assign.add_argument("plan", help="its name, or name@version")
    assign.add_argument("--note", default="")
    credit = verbs.add_parser("credit", help="write a credit note onto a month's bill")
    credit.add_argument("organisation")
    credit.add_argument("amount", help="such as 12.50")
    credit.add_argument("currency", help="such as EUR")
    credit.add_argument("--month", help="as 2026-11; the present one when left out")
    credit.add_argument("--reason", required=True)
    credit.add_argument("--id", help="its name: under one name it is given once; needed for a second one alike")


def work_of(arguments: argparse.Namespace) -> Callable[[House], Awaitable[None]]:
    """Give what the command does with the house."""

    async def work(house: House) -> None:
        import msgspec

        from service.actions import tenant_usage

        if arguments.verb == "plans":
            print(msgspec.json.format(msgspec.json.encode(house.plans)).decode())
        elif arguments.verb == "assign":
            print(await tenant_usage.assign_plan(house, arguments.organisation, arguments.plan, arguments.note))
        elif arguments.verb == "refused":
            for each in await tenant_usage.list_refused(house):
                print(
                    f"{each.organisation}  {each.id}  {each.kind}  {each.month:%Y-%m}  {each.price.text}  {each.reason}"
                )
        elif arguments.verb == "again":
            print(await tenant_usage.report_again(house, arguments.organisation, arguments.id))
        elif arguments.verb == "credit":
            print(
                await tenant_usage.give_credit(
                    house,
                    arguments.organisation,
                    arguments.amount,
                    arguments.currency,
                    month=arguments.month,
                    reason=arguments.reason,
                    id=arguments.id,
                )
            )
        else:
            tenants = await tenant_usage.list_tenants(house, arguments.month)
            if arguments.json:
                print(msgspec.json.format(msgspec.json.encode(tenants)).decode())
            elif arguments.csv:
                _write_csv(tenants)
            else:
                for line in _lines(tenants, tenant_usage.revenue(tenants)):
                    print(line)

    return work


def _write_csv(tenants: list[OrganisationUsage]) -> None:
    """Write a line for each organisation; one for each further currency has its amount alone: sums come out right."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([*COLUMNS, "currency", "amount"])
    for tenant in tenants:
        known: list[Any] = [getattr(tenant, name) for name in COLUMNS]
        for number, amount in enumerate(tenant.amounts or [None]):
            money = ["", ""] if amount is None else [amount.currency, amount.text.removesuffix(f" {amount.currency}")]
            writer.writerow([*(known if number == 0 else [*known[:3], "", "", "", "", ""]), *money])


def _lines(tenants: list[OrganisationUsage], revenue: list[Any]) -> list[str]:
    rows = [("ORGANISATION", "PLAN", "STORED BYTES", "GiB-MONTHS", "DOWNLOADED BYTES", "COMES TO")]
    rows += [
        (
            tenant.organisation,
            f"{tenant.plan}@{tenant.version}",
            f"{tenant.stored_bytes:,}",
            tenant.gib_months,
            f"{tenant.egress_bytes:,}",
            ", ".join(amount.text for amount in tenant.amounts),
        )
        for tenant in tenants
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    state = "" if not tenants else f"{tenants[0].month}, {'closed' if tenants[0].closed else 'so far'}: "
    total = ", ".join(each.text for each in revenue) or "nothing"
    count = "1 organisation" if len(tenants) == 1 else f"{len(tenants)} organisations"
    refused = sum(tenant.refused for tenant in tenants)
    more = [f"Stripe refused {refused} amounts for good: `uraniborg-server usage refused`."] if refused else []
    return [*lines, f"{state}{count}, {total} by their plans.", *more]
