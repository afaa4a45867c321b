"""Checking a downloaded data package by itself, as an archive or unpacked: each checksum, nothing missing or added.

The package carries what it is checked against: a BagIt bag's manifests (RFC 8493) and our own ``manifest.json``. Older
packages are the plain tree with the same two lists.
"""

from __future__ import annotations

import hashlib
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol

import msgspec

from uraniborg.errors import InvalidInput

__all__ = ["LeftOut", "PackageReport", "Problem", "verify_package"]

BLOCK_BYTES = 1024**2
LIST_BYTES = 1024**3  # no list of files is longer; what claims to be is not read
PAYLOAD = "data/"
MANIFEST, CHECKSUMS, TAGS, BAGIT, INFO = (
    "manifest.json",
    "manifest-sha256.txt",
    "tagmanifest-sha256.txt",
    "bagit.txt",
    "bag-info.txt",
)
LEFT_OUT = "LEFT-OUT.txt"
LEFT_OUT_LINE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)  (.+)")
LINE = re.compile(rb"([0-9A-Fa-f]{64})[ \t]+\*?(.+)")


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with one file, or with the package as a whole (then the path is empty)."""

    path: str
    kind: Literal["missing", "extra", "changed", "malformed"]
    detail: str


class LeftOut(msgspec.Struct, frozen=True):
    """A file that was under embargo when the package was sent, and the moment (UTC) until which it is."""

    path: str
    until: str


class PackageReport(msgspec.Struct, kw_only=True):
    """What a check found. ``files`` and ``size_bytes`` are what was read and is as it should be.

    ``left_out``: what was not sent, and said to be so; a published package lacks nothing.
    """

    package: str
    layout: Literal["bag", "tree"]
    manifest_sha256: str
    files: int = 0
    size_bytes: int = 0
    problems: list[Problem] = []
    left_out: list[LeftOut] = []

    @property
    def is_whole(self) -> bool:
        """Whether the package is exactly what was published or, where it came by a link, what was sent."""
        return not self.problems


class Expected(msgspec.Struct):
    sha256: str
    size_bytes: int | None = None


class _Tree(Protocol):
    """The files of a package, wherever they lie; paths are from the package's own folder on."""

    def sizes(self) -> dict[str, int]: ...

    def odd(self) -> list[Problem]: ...

    def open(self, path: str) -> BinaryIO: ...


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root
        self._odd: list[Problem] = []
        self._sizes: dict[str, int] = {}
        for path in sorted(root.rglob("*")):
            kind = path.lstat()
            name = path.relative_to(root).as_posix()
            if stat.S_ISREG(kind.st_mode):
                self._sizes[name] = kind.st_size
            elif not stat.S_ISDIR(kind.st_mode):
                self._odd.append(Problem(name, "extra", "It is no file: a link or a device."))

    def sizes(self) -> dict[str, int]:
        return self._sizes

    def odd(self) -> list[Problem]:
        return self._odd

    def open(self, path: str) -> BinaryIO:
        return (self._root / path).open("rb")


class _Zip:
    def __init__(self, archive: zipfile.ZipFile, folder: str) -> None:
        self._archive = archive
        self._members: dict[str, zipfile.ZipInfo] = {}
        self._odd: list[Problem] = []
        for member in archive.infolist():
            if member.is_dir():
                continue
            if not member.filename.startswith(folder):
                self._odd.append(Problem(member.filename, "extra", "It lies outside the package's folder."))
                continue
            name = member.filename[len(folder) :]
            if name in self._members:
                self._odd.append(Problem(name, "extra", "The archive has it twice."))
            self._members[name] = member

    def sizes(self) -> dict[str, int]:
        return {name: member.file_size for name, member in self._members.items()}

    def odd(self) -> list[Problem]:
        return self._odd

    def open(self, path: str) -> BinaryIO:
        return self._archive.open(self._members[path])  # type: ignore[return-value]


def verify_package(
    path: Path, *, manifest_sha256: str | None = None, progress: Callable[[int], None] | None = None
) -> PackageReport:
    """Check a downloaded package; no service is asked.

    Parameters
    ----------
    path : Path
        A ZIP archive, which is not unpacked, or the folder that one was unpacked to.
    manifest_sha256 : str, optional
        As the package's page tells it. Without it the check finds damage; with it, forgery too.
    progress : callable, optional
        Told of each number of bytes read.

    Raises
    ------
    InvalidInput
        There is nothing, or no data package, at that place.
    """
    if path.is_dir():
        root = _folder_of(path)
        return _verify(_Folder(root), root.name, manifest_sha256, progress)
    if not path.is_file():
        raise InvalidInput(f"There is no {path}: give a downloaded ZIP archive, or the folder it was unpacked to.")
    try:
        with zipfile.ZipFile(path) as archive:
            folder = _zip_folder(archive, path)
            return _verify(_Zip(archive, folder), folder.rstrip("/") or path.stem, manifest_sha256, progress)
    except zipfile.BadZipFile as error:
        raise InvalidInput(
            f"{path} is no whole ZIP archive ({error}): run the download again, it goes on where it broke off."
        ) from error


def _folder_of(path: Path) -> Path:
    """Find the package's folder: the one given, or the only one in it."""
    for candidate in (path, *sorted(inner for inner in path.iterdir() if inner.is_dir())):
        if (candidate / CHECKSUMS).is_file():
            return candidate
    raise InvalidInput(f"{path} is no data package: it has no {CHECKSUMS}.")


def _zip_folder(archive: zipfile.ZipFile, path: Path) -> str:
    found = [name for name in archive.namelist() if name.count("/") <= 1 and name.rpartition("/")[2] == CHECKSUMS]
    if not found:
        raise InvalidInput(f"{path} is no data package: it has no {CHECKSUMS}.")
    return min(found, key=len).removesuffix(CHECKSUMS)


def _verify(
    tree: _Tree, name: str, manifest_sha256: str | None, progress: Callable[[int], None] | None
) -> PackageReport:
    sizes = tree.sizes()
    is_bag = BAGIT in sizes
    problems = tree.odd()
    lists = _Lists(tree, sizes, problems)
    expected = lists.checksums(CHECKSUMS)
    _compare_manifest(lists, expected, PAYLOAD if is_bag else "", problems)
    if is_bag:
        _check_declaration(lists, sizes, problems)
        expected |= lists.checksums(TAGS)
    report = PackageReport(
        package=name,
        layout="bag" if is_bag else "tree",
        manifest_sha256=hashlib.sha256(lists.read(MANIFEST)).hexdigest() if MANIFEST in sizes else "",
        problems=problems,
        left_out=lists.left_out() if is_bag else [],
    )
    if manifest_sha256 and report.manifest_sha256 != manifest_sha256.strip().lower():
        problems.append(Problem(MANIFEST, "changed", "It is not the manifest that was published."))
    # An older tree has no list of what describes it.
    known = {TAGS} if is_bag else {MANIFEST, CHECKSUMS, "CITATION.txt", "LICENCE.txt"}
    for path in sorted(expected.keys() - sizes.keys()):
        problems.append(Problem(path, "missing", "It is in the list and not in the package."))
    for path, size_bytes in sizes.items():
        if path not in expected:
            if path not in known:
                problems.append(Problem(path, "extra", "It is in the package and in no list."))
            continue
        wrong = _wrong(tree, path, size_bytes, expected[path], progress)
        if wrong:
            problems.append(Problem(path, "changed", wrong))
        else:
            report.files += 1
            report.size_bytes += size_bytes
    return report


def _wrong(
    tree: _Tree, path: str, size_bytes: int, expected: Expected, progress: Callable[[int], None] | None
) -> str | None:
    """Say what is wrong with a file; None where it is as it should be."""
    if expected.size_bytes is not None and size_bytes != expected.size_bytes:
        return f"It has {size_bytes:,} bytes and should have {expected.size_bytes:,}."
    sha256 = hashlib.sha256()
    try:
        with tree.open(path) as file:
            while block := file.read(BLOCK_BYTES):
                sha256.update(block)
                if progress is not None:
                    progress(len(block))
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        return f"It cannot be read: {error}."
    return None if sha256.hexdigest() == expected.sha256 else "Its SHA-256 differs."


class _Lists:
    """Reads the lists that a package carries, and notes what cannot be read."""

    def __init__(self, tree: _Tree, sizes: dict[str, int], problems: list[Problem]) -> None:
        self._tree, self._sizes, self._problems = tree, sizes, problems

    def read(self, path: str) -> bytes:
        """Read a list whole; empty where there is none."""
        if not 0 < self._sizes.get(path, 0) <= LIST_BYTES:
            return b""
        try:
            with self._tree.open(path) as file:
                return file.read(LIST_BYTES + 1)
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
            return b""  # told when its checksum is compared

    def checksums(self, path: str) -> dict[str, Expected]:
        """Read a list of checksums."""
        if path not in self._sizes:
            self._problems.append(Problem(path, "missing", "The list of checksums is not there."))
        found: dict[str, Expected] = {}
        for number, line in enumerate(self.read(path).splitlines(), start=1):
            match = LINE.fullmatch(line)
            if match is None:
                self._problems.append(Problem(path, "malformed", f"Line {number} is no checksum."))
                return found
            name = match[2].decode(errors="replace")
            if BAGIT in self._sizes:
                name = _plain(name)
            found[name] = Expected(match[1].decode().lower())
        return found

    def left_out(self) -> list[LeftOut]:
        """Read what an embargo held back, and hold it against the number that the bag tells."""
        told = _members(self.read(INFO)).get("left-out", "0").partition(" ")[0]
        lines = self.read(LEFT_OUT).decode(errors="replace").split("\n")
        found = [LeftOut(_plain(match[2]), match[1]) for line in lines if (match := LEFT_OUT_LINE.fullmatch(line))]
        if told != str(len(found)):
            detail = f"{INFO} says that {told} files were left out, and {len(found)} are listed."
            self._problems.append(Problem(LEFT_OUT, "malformed" if LEFT_OUT in self._sizes else "missing", detail))
        return found

    def manifest(self) -> Iterator[tuple[str, Expected]]:
        """Go through the files of ``manifest.json``."""
        written = self.read(MANIFEST)
        try:
            for file in msgspec.json.decode(written, type=_Manifest).files:
                yield file.path, Expected(file.sha256, file.size_bytes)
        except msgspec.DecodeError as error:
            if MANIFEST in self._sizes:
                self._problems.append(Problem(MANIFEST, "malformed", f"It cannot be read: {error}."))


def _plain(path: str) -> str:
    """Decode a path of a bag's list."""
    return re.sub("%(0[ADad]|25)", lambda code: chr(int(code[1], 16)), path)


class _ManifestFile(msgspec.Struct):
    path: str
    sha256: str
    size_bytes: int


class _Manifest(msgspec.Struct):
    files: list[_ManifestFile]


def _compare_manifest(lists: _Lists, expected: dict[str, Expected], prefix: str, problems: list[Problem]) -> None:
    """Hold our own manifest against the list of checksums: both say the same, or one of them was changed."""
    for path, file in lists.manifest():
        listed = expected.get(prefix + path)
        if listed is None:
            expected[prefix + path] = file
            problems.append(Problem(prefix + path, "changed", f"{MANIFEST} has it, and {CHECKSUMS} has not."))
        elif listed.sha256 != file.sha256:
            problems.append(Problem(prefix + path, "changed", f"{MANIFEST} and {CHECKSUMS} differ on it."))
        else:
            listed.size_bytes = file.size_bytes


def _check_declaration(lists: _Lists, sizes: dict[str, int], problems: list[Problem]) -> None:
    """Check what a bag says of itself: its version, and how much its payload is."""
    said = _members(lists.read(BAGIT))
    known = re.fullmatch(r"0\.9\d|1\.0", said.get("bagit-version", ""))
    if known is None or said.get("tag-file-character-encoding", "").upper() != "UTF-8":
        problems.append(Problem(BAGIT, "malformed", "It declares no BagIt 1.0 bag in UTF-8."))
    payload = [size_bytes for path, size_bytes in sizes.items() if path.startswith(PAYLOAD)]
    oxum = _members(lists.read(INFO)).get("payload-oxum")
    if oxum is not None and oxum != f"{sum(payload)}.{len(payload)}":
        problems.append(
            Problem("", "changed", f"The payload is {sum(payload)}.{len(payload)} (bytes.files), promised was {oxum}.")
        )


def _members(written: bytes) -> dict[str, Any]:
    pairs = (line.partition(":") for line in written.decode(errors="replace").splitlines() if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
