"""Bars on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from uraniborg.upload.report import Progress

__all__ = ["download_bar", "upload_bar"]


@contextmanager
def upload_bar(*, quiet: bool) -> Iterator[Callable[[Progress], None] | None]:
    """Draw an upload's progress; gives what is to be told of it."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    # rich is large: only who draws a bar loads it.
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TaskProgressColumn, TextColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        TextColumn("{task.fields[files]}"),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("Looking for files", total=None, files="")

        def tell(progress: Progress) -> None:
            counted = f"{progress.files:,}" if progress.is_counted else f"{progress.files:,}+"
            failed = f", {progress.failed_files:,} failed" if progress.failed_files else ""
            if progress.phase == "sending":
                # What is on its way counts too, or one large file would show nothing until its end.
                done = min(max(progress.done_bytes, progress.sent_bytes), progress.size_bytes)
                bars.update(
                    task,
                    description="Sending",
                    total=progress.size_bytes if progress.is_counted else None,
                    completed=done,
                    files=f"{progress.done_files:,} of {counted} files{failed}",
                )
            elif progress.phase == "reading headers":
                bars.update(
                    task,
                    description="Reading headers",
                    total=progress.size_bytes,
                    completed=progress.size_bytes * progress.ingest_done // max(progress.ingest_total, 1),
                    files=f"{progress.ingest_done:,} of {progress.ingest_total:,} files{failed}",
                )

        yield tell


@contextmanager
def download_bar(*, quiet: bool, total_bytes: int | None, files: int) -> Iterator[Callable[[int], None] | None]:
    """Draw a download's progress; gives what is to be told of each number of bytes."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(f"Getting {files:,} {'file' if files == 1 else 'files'}", total=total_bytes)
        yield lambda size_bytes: bars.advance(task, size_bytes)
