"""Brings in structlog and httpx without what they show people at a terminal with, if that happens to be installed.

No process of the service shows anything there: without it each is 4 MB smaller, and starts sooner.
"""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["structlog"]

AT_A_TERMINAL = ("rich", "httpx._main")  # they do without where these cannot be had


def _load() -> Any:
    absent = [name for name in AT_A_TERMINAL if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        import httpx  # noqa: F401 (whoever imports it later finds it loaded)
        import structlog
    finally:
        for name in absent:
            del sys.modules[name]
    return structlog


structlog: Any = _load()
