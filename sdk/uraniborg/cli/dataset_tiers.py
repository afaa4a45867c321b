"""Storage tiers of datasets: after how long files move to where they cost less, and recalls from the archive."""

from __future__ import annotations

from typing import Any

import click

from uraniborg.cli.command import Session, command_options
from uraniborg.cli.output import details, note, plural, size

__all__ = ["recall_dataset", "tiers_command"]


@click.command("tiers")
@click.argument("dataset")
@click.option("--cool-after", type=int, metavar="DAYS", help="Frames older than this lie in the cool tier.")
@click.option("--archive-after", type=int, metavar="DAYS", help="Frames older than this lie in the archive.")
@click.option("--keep-hot", is_flag=True, help="A policy of its own: everything stays in the hot tier.")
@click.option("--no-policy", is_flag=True, help="Take the policy away.")
@command_options()
def tiers_command(
    session: Session,
    dataset: str,
    cool_after: int | None,
    archive_after: int | None,
    keep_hot: bool,
    no_policy: bool,
) -> None:
    """Show in which storage tiers a dataset lies, or say after how long its files move.

    Days count from each exposure; from the upload, for what is no frame. A content that several files share lies in the
    hottest tier that any of them asks for. What it costs elsewhere: uraniborg usage --estimate -d NAME --tier cool
    """
    has_days = cool_after is not None or archive_after is not None
    if [has_days, keep_hot, no_policy].count(True) > 1:
        raise click.UsageError("Say after how many days, or --keep-hot, or --no-policy: one of them.")
    if no_policy:
        session.client.call("remove_dataset_tiers", dataset=dataset)
    if has_days or keep_hot:
        policy = {"cool_after_days": cool_after, "archive_after_days": archive_after}
        found = session.client.call("set_dataset_tiers", dataset=dataset, body=policy)
    else:
        found = session.client.call("get_dataset_tiers", dataset=dataset)
    session.show(found, lambda: _show(found))


@click.command("recall")
@click.argument("dataset")
@command_options()
def recall_dataset(session: Session, dataset: str) -> None:
    """Recall what of a dataset lies in the archive; you get a mail when all of it can be read."""
    found = session.client.call("recall_dataset", dataset=dataset)

    def show() -> None:
        if not found.contents:
            note("Nothing of it lies in the archive.")
            return
        note(
            f"{plural(found.contents, 'content')}, {size(found.size_bytes)}, on the way: up to"
            f" {-(-found.ready_in_s // 60)} minutes. You get a mail when all of it can be read, until"
            f" {found.until:%Y-%m-%d %H:%M} UTC. It costs at most {found.price.text}."
        )

    session.show(found, show)


def _show(found: Any) -> None:
    pairs: list[tuple[str, object]] = [("policy", _policy(found.policy))]
    pairs += [(tier, size(stored)) for tier, stored in found.stored_bytes.items()]
    for move in found.moves:
        problems = f", {move.problems} cannot be moved: see the service's log" if move.problems else ""
        way = move.tier if move.origin == move.tier else f"{move.origin} to {move.tier}"
        pairs.append((f"moving, {way}", f"{plural(move.contents, 'content')}, {size(move.size_bytes)}{problems}"))
    details(pairs)


def _policy(policy: Any) -> str:
    if policy is None:
        return "none"
    steps = {"cool": policy.cool_after_days, "archive": policy.archive_after_days}
    return ", ".join(f"{tier} after {days:,} days" for tier, days in steps.items() if days) or "all stays hot"
