"""Published data packages to disk: as one archive, or file by file; checked against their manifest."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from uraniborg._generated.operations import OPERATIONS
from uraniborg.download import Source, fetch_unsummed
from uraniborg.errors import TransferFailed

if TYPE_CHECKING:
    from uraniborg._generated.wire import PublishedFile
    from uraniborg.client import Client

__all__ = ["download_zip", "sources_of"]

BLOCK_BYTES = 1024**2


def sources_of(client: Client, organisation: str, package: str, version: int) -> Iterator[Source]:
    """Go through a published version's files, to be downloaded one by one."""
    files = client.iterate("list_published_files", organisation=organisation, package=package, version=version)
    for file in files:
        yield _source(file, organisation, package, version)


def _source(file: PublishedFile, organisation: str, package: str, version: int) -> Source:
    return Source(
        file.path,
        file.size_bytes,
        file.sha256,
        lambda client: client.get_published_file(package, version, file.path, organisation=organisation),
    )


def download_zip(
    client: Client,
    organisation: str,
    package: str,
    version: int,
    target: Path,
    *,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Download a published version's archive, resuming what an earlier attempt left.

    Returns
    -------
    int
        How many files it holds whose SHA-256 are those published.

    Raises
    ------
    TransferFailed
        The place is taken, or the archive is not what was published.
    """
    expected = {
        file.path: file.sha256
        for file in client.iterate("list_published_files", organisation=organisation, package=package, version=version)
    }
    operation = OPERATIONS["get_published_zip"]
    request = operation.request({"organisation": organisation, "package": package, "version": version})
    if target.exists():
        raise TransferFailed(f"{target} is there already: move it away, or give another file with --output.")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = fetch_unsummed(client, client.url + request.path, target, progress=progress)
    try:
        checked = _check(part, expected)
    except (zipfile.BadZipFile, TransferFailed) as error:
        part.unlink(missing_ok=True)
        raise TransferFailed(f"The archive is not what was published ({error}): download it again.") from error
    part.replace(target)
    return checked


def _check(archive: Path, expected: dict[str, str]) -> int:
    """Compare every published file in the archive with its checksum."""
    left = dict(expected)
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
        # A bag has its files in a folder of their own.
        inner = "data/" if any(name.count("/") == 1 and name.endswith("/bagit.txt") for name in names) else ""
        for name in names:
            path = name.partition("/")[2].removeprefix(inner)
            if path not in left:
                continue
            sha256 = hashlib.sha256()
            with opened.open(name) as member:
                while block := member.read(BLOCK_BYTES):
                    sha256.update(block)
            if sha256.hexdigest() != left.pop(path):
                raise TransferFailed(f"the checksum of {path} differs")
    if left:
        raise TransferFailed(f"{len(left)} files are missing, as {next(iter(left))}")
    return len(expected)
