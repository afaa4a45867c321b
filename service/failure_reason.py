"""Why a job failed, in words for its organisation: what our errors say, and of others what is theirs to know."""

from __future__ import annotations

import os
import re
from concurrent.futures.process import BrokenProcessPool
from pathlib import PurePath

from domain.errors import ObservatoryError

__all__ = ["failure_reason"]

LONGEST = 1000
# A path of this machine, from its root on: of it the name at its end stays.
_PATH = re.compile(r"(?<![\w/:.])(?:[A-Za-z]:\\|/)(?:[^\s/\\'\"<>|:;,()]+[/\\])*([^\s/\\'\"<>|:;,()]*)")


def failure_reason(error: BaseException) -> str:
    """Say why something failed. The whole of it is in the service's log.

    Neither paths of this machine nor a driver's words (statements, values, addresses) are told.
    """
    if isinstance(error, ObservatoryError):
        return error.detail[:LONGEST]
    name = type(error).__name__
    if isinstance(error, BrokenProcessPool):
        return "A process that looks into files ended at once, perhaps for want of memory."
    if isinstance(error, OSError):
        words = os.strerror(error.errno) if error.errno else "it could not be read or written"
        file = f": {PurePath(os.fsdecode(error.filename)).name}" if isinstance(error.filename, str | bytes) else ""
        return f"{name}: {words}{file}"[:LONGEST]
    if type(error).__module__.partition(".")[0] in ("sqlalchemy", "asyncpg", "botocore", "boto3", "httpx", "httpcore"):
        return f"{name}: a defect of the service; its log has the whole of it under this job's id."
    return _PATH.sub(lambda path: path[1] or "…", f"{name}: {error}")[:LONGEST]
