"""A data package: its states, its files, and the manifest that freezes it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import msgspec

from domain.errors import ClientFault, Conflict, OurFault
from domain.package_metadata import Contributor

__all__ = [
    "DraftExists",
    "FrozenFile",
    "ManifestHead",
    "NotADraft",
    "PackageDamaged",
    "PackageEmpty",
    "PackageState",
    "PackageWithdrawn",
    "PathClash",
    "PathClashes",
    "licence_text",
    "manifest_frame",
    "manifest_line",
]

PackageState = Literal["draft", "published", "superseded", "withdrawn"]
MANIFEST_FORMAT = "uraniborg-package-manifest-1"


class NotADraft(Conflict):
    code = "package-not-draft"
    title = "This version is not a draft"


class DraftExists(Conflict):
    code = "package-has-draft"
    title = "There is a draft already"


class PackageEmpty(Conflict):
    code = "package-empty"
    title = "The data package would be empty"


class PathClash(Conflict):
    code = "package-path-clash"
    title = "A file and a folder have the same name"


class PackageWithdrawn(ClientFault):
    code = "package-withdrawn"
    title = "This version was withdrawn"


class PackageDamaged(OurFault):
    code = "package-damaged"
    title = "A stored file of the data package cannot be read"


class FrozenFile(msgspec.Struct, frozen=True):
    """A file of a published version: its path, where its bytes are, and what they add up to."""

    path: str
    size_bytes: int
    sha256: bytes
    crc32: int
    object_key: str


class ManifestHead(msgspec.Struct, kw_only=True):
    """Everything a manifest says besides its files; null is what is not told, or not so yet, as of a draft."""

    organisation: str | None
    publisher: str | None
    package: str | None
    version: int
    title: str
    description: str
    licence: str
    contributors: list[Contributor]
    keywords: list[str]
    datasets: list[str]
    url: str | None
    published_at: datetime | None
    file_count: int
    size_bytes: int


def manifest_frame(head: ManifestHead) -> tuple[bytes, bytes]:
    """Write what stands before and behind the files of a manifest.

    Members are sorted and numbers plain, so that the same package always gives the same bytes.
    """
    members = msgspec.to_builtins(head) | {"format": MANIFEST_FORMAT, "files": []}
    if head.published_at is not None:
        members["published_at"] = head.published_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    # Quotes inside a text are escaped, so that this is found once and is the member itself.
    before, mark, after = msgspec.json.encode(members, order="sorted").partition(b'"files":[]')
    return before + mark[:-1] + b"\n", b"\n]" + after + b"\n"


def manifest_line(file: FrozenFile) -> bytes:
    """Write one file of a manifest; lines are joined by a comma and a line feed."""
    members = {
        "crc32": f"{file.crc32:08x}",
        "path": file.path,
        "sha256": file.sha256.hex(),
        "size_bytes": file.size_bytes,
    }
    return msgspec.json.encode(members)


def licence_text(name: str, url: str) -> str:
    """Write ``LICENCE.txt``."""
    return f"This data package is available under the licence\n\n    {name}\n    {url}\n"


class PathClashes:
    """Finds a file whose name another path uses as a folder, while paths go by in the order of their bytes."""

    def __init__(self) -> None:
        self._prefixes: list[str] = []

    def check(self, path: str) -> None:
        """Take the next path.

        Raises
        ------
        PathClash
            An earlier file is a folder of this one.
        """
        # What can still be a folder of a later path is a prefix of this one, and of each other: the list stays short.
        while self._prefixes and not path.startswith(self._prefixes[-1]):
            self._prefixes.pop()
        for earlier in self._prefixes:
            if path[len(earlier) : len(earlier) + 1] == "/":
                raise PathClash(
                    f"{earlier[:200]!r} is a file and a folder of {path[:200]!r}: put one of them under another path.",
                    path=earlier,
                )
        self._prefixes.append(path)
