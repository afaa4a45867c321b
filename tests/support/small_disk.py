"""A disk with little room, to be filled."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

__all__ = ["small_disk_at"]


@contextmanager
def small_disk_at(folder: Path, size_mib: int) -> Iterator[Path]:
    """Mount a disk of so many MiB, which only root may; the test is skipped where that cannot be."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_mib}m", "none", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("only root may mount a small disk to fill: run the tests as root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
