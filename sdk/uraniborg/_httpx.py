"""Brings httpx in without its own command line, which would cost another 0.2 s at the first use."""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["httpx"]


def _load() -> Any:
    # httpx imports its command (and with it click, rich and pygments) if it can, and does without where it cannot.
    name = "httpx._main"
    if "httpx" in sys.modules or name in sys.modules:
        import httpx

        return httpx
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        import httpx
    finally:
        del sys.modules[name]
    return httpx


httpx: Any = _load()
