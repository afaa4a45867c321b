"""The command `uraniborg`; the library never imports it."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command and end the process with its exit code."""
    from uraniborg.cli.app import run

    raise SystemExit(run())
