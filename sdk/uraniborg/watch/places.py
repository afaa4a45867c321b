"""Where an agent keeps things: its journal and lock, one pair for each agent, service and organisation, and files."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import socket
from collections.abc import Collection
from pathlib import Path

from uraniborg.settings import state_folder

__all__ = ["default_name", "free_prefix", "journal_folder", "journal_path", "lock_path"]


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


def free_prefix(wanted: str, folder: bytes, taken: Collection[str]) -> str:
    """Choose what stands before a folder's files at the service: as wanted, or its own name; numbered if need be."""
    if wanted not in taken:
        return wanted
    name = wanted.rstrip("/") or Path(os.fsdecode(folder)).name.encode("utf-8", "replace").decode() or "root"
    numbered = (f"{name}-{number}/" for number in itertools.count(2))
    return next(prefix for prefix in itertools.chain([f"{name}/"], numbered) if prefix not in taken)
