"""Whether anything can be mounted here, and what the fixture `mount` of the SDK's tests gives."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

__all__ = ["Mount", "why_no_mount"]

Mount = Callable[..., Path]


def why_no_mount() -> str:
    """Tell why nothing can be mounted here; empty if it can."""
    if not Path("/dev/fuse").exists() or not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "this machine has no /dev/fuse that may be used: THE MOUNT IS NOT TESTED"
    if shutil.which("fusermount3") is None:
        return "fusermount3 is not installed (`make fuse`): THE MOUNT IS NOT TESTED"
    return ""
