"""What is stored and downloaded, by whom and for what, and what it costs."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import click

from uraniborg.cli.command import Session, command_options
from uraniborg.cli.output import Column, details, note, print_json, size, table

__all__ = ["usage_command"]

PARTS = ["day", "member", "dataset", "telescope", "team", "tier"]
NONE = {"member": "(nobody signed in)", "dataset": "(in no dataset)", "telescope": "(no telescope)"}
PREFIXES = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
PAGE = 1000


class _Size(click.ParamType):  # type: ignore[type-arg]  # generic for type checkers alone in older versions
    """A number of bytes as people write it: 500GB, 2.5 TiB, 1000000."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgtp]?)(i?)b?", str(value).strip().lower(), re.ASCII)
        if match is None:
            self.fail(f"{value!r} is no size; one looks like 500GB or 2.5TiB.", param, ctx)
        return int(Fraction(match[1]) * (1024 if match[3] else 1000) ** PREFIXES[match[2]])


@click.command("usage")
@click.option("--by", type=click.Choice(PARTS), default="day", show_default=True, help="What it is broken down by.")
@click.option("--from", "first", metavar="DATE", help="First day, UTC [default: of this month].")
@click.option("--to", "last", metavar="DATE", help="Last day, UTC [default: today].")
@click.option("--bill", "month", metavar="MONTH", help="The bill of a month, as 2026-11.")
@click.option("--estimate", is_flag=True, help="What it would cost: a month like the last, this one, what is stored.")
@click.option("--dataset", "-d", metavar="SLUG", help="With --estimate: what this dataset costs.")
@click.option("--more", type=_Size(), metavar="SIZE", help="With --estimate: what so many more bytes would cost.")
@click.option("--tier", type=click.Choice(["hot", "cool", "archive"]), help="With --dataset or --more: lying there.")
@command_options()
def usage_command(
    session: Session,
    by: str,
    first: str | None,
    last: str | None,
    month: str | None,
    estimate: bool,
    dataset: str | None,
    more: int | None,
    tier: str | None,
) -> None:
    """Show what is stored and downloaded, by whom and for what, and what it costs.

    A GiB-month is 2^30 bytes kept through a calendar month. Deleted files count until they are purged.
    """
    if month is not None and estimate:
        raise click.UsageError("--bill tells what a month came to, --estimate looks ahead: ask for one of them.")
    if (dataset is not None or more is not None) and not estimate:
        raise click.UsageError("--dataset and --more go with --estimate.")
    if month is not None:
        _show_bill(session, month)
    elif estimate:
        _show_estimate(session, dataset, more, tier)
    else:
        _show_usage(session, by, {"from_": first, "to": last})


def _show_usage(session: Session, by: str, days: dict[str, str | None]) -> None:
    given: dict[str, Any] = {name: day for name, day in days.items() if day is not None}
    page = session.client.call("get_usage", by=by, limit=PAGE, **given)
    usage, items = page, list(page.items)
    while page.next_cursor is not None:
        page = session.client.call("get_usage", by=by, limit=PAGE, cursor=page.next_cursor, **given)
        items += page.items
    if session.as_json:
        print_json({"begin": usage.begin, "end": usage.end, "by": by, "total": usage.total, "items": items})
        return
    if by not in ("day", "tier"):
        items.sort(key=lambda item: (-item.stored_bytes, item.key or ""))
    columns = [
        Column("UTC DAY" if by == "day" else by.upper(), lambda i: _name(i, by)),
        Column("STORED", lambda i: size(i.stored_bytes), right=True),
        Column("GiB-MONTHS", lambda i: i.gib_months, right=True),
    ]
    if any(item.egress_bytes is not None for item in items):
        columns.append(Column("DOWNLOADED", lambda i: size(i.egress_bytes) if i.egress_bytes else "", right=True))
    if items:
        table(columns, items)
    total = usage.total
    note(
        f"From {usage.begin:%Y-%m-%d} to {usage.end:%Y-%m-%d %H:%M} UTC: {size(total.stored_bytes)} stored at the end,"
        f" {total.gib_months} GiB-months, {size(total.egress_bytes)} downloaded."
    )


def _name(item: Any, by: str) -> str:
    if item.key is not None:
        return str(item.key)
    return f"(removed, {item.id[-6:]})" if item.id else NONE.get(by, "(no " + by + ")")


def _show_bill(session: Session, month: str) -> None:
    bill = session.client.call("get_bill", month=month)
    columns = [
        Column("FOR", lambda line: line.text or f"{line.kind} {line.tier}".strip()),
        Column("PLAN", lambda line: f"{line.plan}@{line.version}" if line.plan else ""),
        Column("USED", lambda line: line.used and f"{line.used} {_unit(line.kind)}", right=True),
        Column("FREE", lambda line: line.free if line.free not in ("", "0") else "", right=True),
        Column("PRICE", lambda line: line.unit_price, right=True),
        Column("AMOUNT", lambda line: line.price.text, right=True),
    ]

    def show() -> None:
        if bill.lines:
            table(columns, bill.lines)
        state = "closed" if bill.closed else f"so far, until {bill.end:%Y-%m-%d %H:%M} UTC"
        totals = ", ".join(total.text for total in bill.totals) or "nothing"
        note(f"{bill.month}, {state}: {totals}.")

    session.show(bill, show)


def _unit(kind: str) -> str:
    return "GiB-months" if kind == "storage" else "GiB"


def _show_estimate(session: Session, dataset: str | None, more: int | None, tier: str | None) -> None:
    asked: dict[str, Any] = {"dataset": dataset, "add_bytes": more, "tier": tier}
    given = {name: value for name, value in asked.items() if value is not None}
    found = session.client.call("estimate_costs", **given)
    where = f" in {tier}" if tier else ""
    what = f"{dataset}, {size(found.asked_bytes)}{where}" if dataset else f"{size(found.asked_bytes)} more{where}"
    pairs: list[tuple[str, object]] = [
        ("plan", f"{found.plan}, version {found.version}"),
        ("stored", size(found.stored_bytes)),
        ("room left", "no limit" if found.left_bytes is None else size(found.left_bytes)),
        ("last month", _prices(found.last_month)),
        (f"{found.month}, if nothing changes", _prices(found.this_month)),
        ("a month of what is stored", found.each_month.text),
    ]
    if found.asked_price is not None:
        pairs.append((f"a month of {what}", found.asked_price.text))
    if found.present_price is not None:
        pairs.append((f"a month of {dataset} where it lies now", found.present_price.text))
    session.show(found, lambda: details(pairs))


def _prices(prices: list[Any]) -> str:
    return ", ".join(price.text for price in prices) or "nothing"
