"""Telling the service that the agent lives, and how it is: each minute, and when its state changes."""

from __future__ import annotations

import platform
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from uraniborg.errors import ServiceFault, UraniborgError
from uraniborg.version import __version__
from uraniborg.watch.status import AgentStatus

if TYPE_CHECKING:
    from uraniborg.client import Client

__all__ = ["Heartbeat"]

EVERY_S, LEAST_S = 60.0, 5.0
AGAIN_S = 15.0  # while the service does not answer
PATIENCE_S, ANSWER_S = 5.0, 20.0
FOLDERS_TOLD = 50


class Heartbeat:
    """The agent's reports.

    Parameters
    ----------
    client : Client
    organisation : str
    name : str
        Of the agent.
    telescope : str or None
        Whose computer it is: its site tells when it is night.
    once : bool
        The agent does not stay, so that its silence means nothing.
    """

    def __init__(self, client: Client, organisation: str, name: str, *, telescope: str | None, once: bool) -> None:
        self._client, self._organisation, self._name = client, organisation, name
        self._telescope, self._once = telescope, once
        self._told_at = -EVERY_S
        self._told = ("", False)
        self.clock_offset_s: float | None = None
        self.away_since: float | None = None  # the service, by the wall's clock
        self._reporting = ThreadPoolExecutor(1, "uraniborg-report")

    def is_due(self, state: str, *, is_measured: bool) -> bool:
        """Tell whether it is time to report: also when it does something else, or knows by now how fast it sends."""
        elapsed_s = time.monotonic() - self._told_at
        every_s = EVERY_S if self.away_since is None else AGAIN_S
        return elapsed_s >= every_s or ((state, is_measured) != self._told and elapsed_s >= LEAST_S)

    def report(self, status: AgentStatus, state: str) -> None:
        """Report, from a thread beside: whoever calls need not wait for a service that does not answer."""
        self._told_at, self._told = time.monotonic(), (state, status.rate_bytes_per_s > 0)
        self._reporting.submit(self._report, self._body(status, state))

    def close(self) -> None:
        """Wait for the last report."""
        self._reporting.shutdown(wait=True)

    def _report(self, body: dict[str, Any]) -> None:
        # What else goes wrong is told where files are sent; the next report comes all the same.
        try:
            reply = self._client.call(
                "report_agent",
                organisation=self._organisation,
                name=self._name,
                body=body | {"sent_at": _moment(time.time())},  # now: it may have waited for the one before
                patience_s=PATIENCE_S,
                timeout_s=ANSWER_S,
            )
        except ServiceFault:
            self.away_since = self.away_since or time.time()
        except UraniborgError:
            self.away_since = None
        else:
            self.clock_offset_s, self.away_since = reply.clock_offset_s, None

    def _body(self, status: AgentStatus, state: str) -> dict[str, Any]:
        newest = max(
            (folder for folder in status.folders if folder.last_stored_at),
            key=lambda f: f.last_stored_at or 0,
            default=None,
        )
        return {
            "host": socket.gethostname()[:255],
            "version": f"{__version__} {platform.system().lower()}"[:64],
            "state": state,
            "once": self._once,
            "telescope": self._telescope,
            "folders": [
                {
                    "path": folder.path[-1000:],
                    "is_there": folder.missing_since is None,
                    "waiting_files": folder.waiting_files,
                    "stored_files": folder.stored,
                    "failed_files": folder.failed,
                }
                for folder in status.folders[:FOLDERS_TOLD]
            ],
            "waiting_files": sum(folder.waiting_files for folder in status.folders),
            "waiting_bytes": sum(folder.waiting_bytes for folder in status.folders),
            "rate_bytes_per_s": status.rate_bytes_per_s if state == "sending" else 0.0,
            "breaks_every_s": status.breaks_every_s,
            "failed_files": sum(folder.failed for folder in status.folders),
            "last_file": newest.last_stored[-1000:] if newest and newest.last_stored else None,
            "last_file_at": _moment(newest.last_stored_at) if newest else None,
            "last_error": status.last_error[:500],
        }


def _moment(time_s: float | None) -> str | None:
    return None if time_s is None else datetime.fromtimestamp(time_s, UTC).isoformat().replace("+00:00", "Z")
