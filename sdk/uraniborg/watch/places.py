"""Where an agent keeps its journal and lock: one pair for each agent, service and organisation."""

from __future__ import annotations

import hashlib
import re
import socket
from pathlib import Path

from uraniborg.settings import state_folder

__all__ = ["default_name", "journal_folder", "journal_path", "lock_path"]


def journal_folder() -> Path:
    """Tell where journals are: ``watch`` in the user's state folder."""
    return state_folder() / "watch"


def default_name() -> str:
    """Name this computer's agent, in letters, digits, dots and dashes."""
    return re.sub(r"[^a-z0-9.-]+", "-", socket.gethostname().lower()).strip("-.")[:64] or "agent"


def journal_path(name: str, url: str, organisation: str) -> Path:
    """Find an agent's journal: what is stored at one service says nothing about another."""
    mark = hashlib.sha256(f"{url}\n{organisation}".encode()).hexdigest()[:8]
    return journal_folder() / f"{name}-{mark}.sqlite"


def lock_path(journal: Path) -> Path:
    """Find the lock beside a journal."""
    return journal.with_suffix(".lock")
