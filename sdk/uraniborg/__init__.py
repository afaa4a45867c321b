"""Upload, find and open an observatory's frames.

>>> import uraniborg
>>> client = uraniborg.connect()
>>> client.upload("night/", telescope="quadrant", dataset="2026-11-20 M31")
>>> frames = client.find(near=("M31", 0.5), filter="R", night="2026-11-20")

Everything is loaded when it is first used, so that importing costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uraniborg import wire
    from uraniborg.client import Client, connect
    from uraniborg.errors import (
        Conflict,
        InvalidInput,
        NotAllowed,
        NotConfigured,
        NotFound,
        NotSignedIn,
        OverQuota,
        ServiceFault,
        ServiceUnavailable,
        TooManyAttempts,
        TransferFailed,
        UraniborgError,
    )
    from uraniborg.frames import FrameList
    from uraniborg.upload.report import FileFate, Progress, UploadReport
    from uraniborg.version import __version__

__all__ = [
    "Client",
    "Conflict",
    "FileFate",
    "FrameList",
    "InvalidInput",
    "NotAllowed",
    "NotConfigured",
    "NotFound",
    "NotSignedIn",
    "OverQuota",
    "Progress",
    "ServiceFault",
    "ServiceUnavailable",
    "TooManyAttempts",
    "TransferFailed",
    "UploadReport",
    "UraniborgError",
    "__version__",
    "connect",
    "wire",
]

_HOMES = {
    "Client": "client",
    "connect": "client",
    "FrameList": "frames",
    "FileFate": "upload.report",
    "Progress": "upload.report",
    "UploadReport": "upload.report",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'uraniborg' has no attribute {name!r}")
    if name == "wire":
        value: Any = importlib.import_module("uraniborg.wire")
    elif name == "__version__":
        value = importlib.import_module("uraniborg.version").__version__
    else:
        value = getattr(importlib.import_module(f"uraniborg.{_HOMES.get(name, 'errors')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
