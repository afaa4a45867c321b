"""Calibration frames for a frame."""

from __future__ import annotations

from typing import Any

import click

from uraniborg._generated.wire import Calibrations
from uraniborg.cli.command import Session, command_options
from uraniborg.cli.output import Column, note, number, table
from uraniborg.lookup import find_frame_id

__all__ = ["calibrations_command"]


@click.command("calibrations")
@click.argument("frame")
@click.option(
    "--days", type=click.IntRange(0, 366), default=30, show_default=True, help="How many nights around its own."
)
@click.option("--limit", "-n", type=click.IntRange(1, 200), default=20, show_default=True, help="Of each kind.")
@command_options()
def calibrations_command(session: Session, frame: str, days: int, limit: int) -> None:
    """Find the biases, darks and flats that fit a frame, nearest in time first. FRAME is a path, or an identifier.

    \b
    uraniborg calibrations light/M31_0001.fits
    uraniborg calibrations light/M31_0001.fits --json | jq -r '.kinds[].items[].frame.id' | xargs uraniborg get -o calib
    """
    found = session.client.find_calibrations(find_frame_id(session.client, frame), days=days, limit=limit)
    session.show(found, lambda: _show(found, days))


def _show(found: Calibrations, days: int) -> None:
    rows = [(kind.frame_type, item) for kind in found.kinds for item in kind.items]
    if not found.kinds:
        note("This frame takes no calibration.")
    if rows:
        table(
            [
                Column("TYPE", lambda row: row[0]),
                Column("APART h", lambda row: _signed(row[1].hours_apart), right=True),
                Column("EXPOSURE s", lambda row: number(row[1].frame.exposure_s, 3), right=True),
                Column("FILTER", lambda row: row[1].frame.filter or ""),
                Column("WARMER °C", lambda row: _signed(row[1].warmer_c), right=True),
                Column("NOT COMPARED", lambda row: ", ".join(row[1].not_compared)),
                Column("PATH", lambda row: row[1].frame.path),
            ],
            rows,
        )
    for kind in found.kinds:
        if kind.missing:
            note(f"No {kind.frame_type} can be found: the frame does not tell its {', '.join(kind.missing)}.")
        elif not kind.items:
            note(f"No {kind.frame_type} within {days} nights fits; --days looks further.")


def _signed(value: Any) -> str:
    return "" if value is None else f"{value:+.1f}"
