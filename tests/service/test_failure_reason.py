"""Why jobs failed is told without what belongs to the machine: paths, statements, addresses."""

from __future__ import annotations

import errno
import os
from concurrent.futures.process import BrokenProcessPool

import httpx
import pytest
from sqlalchemy.exc import StatementError

from domain.errors import StoreUnavailable
from service.failure_reason import failure_reason

SECRET = "/srv/uraniborg/store/objects/ab/cd"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (StoreUnavailable("The store is away."), "The store is away."),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory", f"{SECRET}/m31.fits"),
         "NotADirectoryError: Not a directory: m31.fits"),
        (FileNotFoundError(errno.ENOENT, "no", os.fsencode(f"{SECRET}/m31.fits")),
         "FileNotFoundError: No such file or directory: m31.fits"),
        (OSError(f"could not open {SECRET}"), "OSError: it could not be read or written"),
        (ValueError(f"cannot read '{SECRET}/m31.fits', nor {SECRET}/: 3/4 of it"),
         "ValueError: cannot read 'm31.fits', nor …: 3/4 of it"),
        (ValueError("the unit km/s and https://hven.example/x stay"),
         "ValueError: the unit km/s and https://hven.example/x stay"),
        (StatementError("no", f"SELECT '{SECRET}'", {"token": SECRET}, ValueError(SECRET)),
         "StatementError: a defect of the service; its log has the whole of it under this job's id."),
        (httpx.ConnectError("10.0.0.7 refused"),
         "ConnectError: a defect of the service; its log has the whole of it under this job's id."),
        (BrokenProcessPool("x"), "A process that looks into files ended at once, perhaps for want of memory."),
    ],
)  # fmt: skip
def test_reasons_say_what_is_theirs_to_know(error: Exception, told: str) -> None:
    assert failure_reason(error) == told
    assert len(failure_reason(ValueError("x" * 5000))) == 1000
