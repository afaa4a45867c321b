"""What became of each file of an upload."""

from __future__ import annotations

from collections import Counter
from typing import Literal

import msgspec

__all__ = ["FileFate", "Progress", "UploadReport"]

State = Literal["stored", "known", "failed", "skipped"]


class FileFate(msgspec.Struct, kw_only=True):
    """What became of one file.

    Attributes
    ----------
    source : str
        Where it lies on this computer.
    path : str
        The path it is kept under.
    state : str
        ``stored``: sent, and its checksum confirmed; ``known``: the organisation, or the team, had its content
        already; ``failed`` and ``skipped``: see `reason`.
    reason : str
        What was wrong and what to do about it.
    code : str
        A stable name of the reason.
    file : str or None
        Its identifier at the service.
    ingest : str or None
        Where the upload waited for it: ``indexed`` (a frame), ``kept`` (another kind of file) or ``failed``.
    """

    source: str
    path: str
    state: State
    size_bytes: int = 0
    reason: str = ""
    code: str = ""
    file: str | None = None
    ingest: str | None = None


class Progress(msgspec.Struct, kw_only=True):
    """How far an upload is. Totals grow until `is_counted`; files are done once their fate is known.

    While it is ``comparing``, as a sync does first, only what was compared is counted.
    """

    phase: Literal["comparing", "sending", "reading headers", "done"] = "sending"
    files: int = 0
    size_bytes: int = 0
    is_counted: bool = False
    done_files: int = 0
    done_bytes: int = 0
    sent_bytes: int = 0
    failed_files: int = 0
    ingest_total: int = 0
    ingest_done: int = 0


class UploadReport(msgspec.Struct, kw_only=True):
    """Every file's fate, in the order they were found.

    Attributes
    ----------
    sent_bytes : int
        Bytes that went over the line, without those that were known.
    jobs : list of str
        Jobs that read the headers.
    waited : bool
        Whether `FileFate.ingest` is known.
    """

    files: list[FileFate] = []
    seconds: float = 0.0
    sent_bytes: int = 0
    jobs: list[str] = []
    waited: bool = False

    def count(self, state: State) -> int:
        """Count the files in a state."""
        return Counter(fate.state for fate in self.files)[state]

    @property
    def failed(self) -> list[FileFate]:
        """Files that are not stored, or whose reading failed."""
        return [fate for fate in self.files if fate.state == "failed" or fate.ingest == "failed"]

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return not self.failed
