"""Where an agent keeps its journal and lock: one pair for each agent, service and organisation."""

from __future__ import annotations

import hashlib
import os
import re
import socket
from collections.abc import Mapping
from pathlib import Path

__all__ = ["default_name", "journal_path", "lock_path", "state_folder"]


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Tell where journals are: ``~/.local/state/uraniborg/watch``, by XDG_STATE_HOME."""
    base = environment.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "uraniborg" / "watch"


def default_name() -> str:
    """Name this computer's agent, in letters, digits, dots and dashes."""
    return re.sub(r"[^a-z0-9.-]+", "-", socket.gethostname().lower()).strip("-.")[:64] or "agent"


def journal_path(name: str, url: str, organisation: str) -> Path:
    """Find an agent's journal: what is stored at one service says nothing about another."""
    mark = hashlib.sha256(f"{url}\n{organisation}".encode()).hexdigest()[:8]
    return state_folder() / f"{name}-{mark}.sqlite"


def lock_path(journal: Path) -> Path:
    """Find the lock beside a journal."""
    return journal.with_suffix(".lock")
