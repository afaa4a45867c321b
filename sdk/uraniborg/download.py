"""Bytes from the service to disk: resumed, checked against their SHA-256, there whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from uraniborg._generated import wire
from uraniborg.addresses import Addresses, is_likely_there
from uraniborg.download_parts import LARGE_BYTES, NoRanges, Stopped, fill_in_parts, record_path
from uraniborg.download_pieces import bring
from uraniborg.errors import InvalidInput, NotSignedIn, ServiceUnavailable, TransferFailed, UraniborgError
from uraniborg.lookup import find_file
from uraniborg.patience import Patience
from uraniborg.tree.ranges import RangeLines

if TYPE_CHECKING:
    from uraniborg.client import Client

__all__ = [
    "DownloadReport",
    "Downloaded",
    "Source",
    "Wanted",
    "download",
    "download_all",
    "fetch",
    "fetch_unsummed",
    "place_of",
    "safe_target",
    "source_of",
]

BLOCK_BYTES = 1024**2
AT_ONCE = 8
PATIENCE_S = 60.0  # without a single byte
WINDOWS_NAMES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?|.*[<>:\"|?*\\].*|.*[. ]")


class Source(msgspec.Struct, frozen=True):
    """A file at the service: what it is called there, and what it must add up to.

    ``address`` gives where its bytes are, by the client; it may be asked for again. ``signed``: it carries its own
    permission, so that the client's token is not sent there. ``headers`` are sent with the request. ``file`` is its
    identifier, if its address can be asked for among those of others, in the organisation named.
    """

    path: str
    size_bytes: int
    sha256: str
    address: Callable[[Client], str]
    signed: bool = True
    headers: dict[str, str] = {}
    file: str = ""
    organisation: str | None = None


Wanted = wire.File | wire.Frame | wire.FrameDetail | wire.DatasetFile | Source | str


class Downloaded(msgspec.Struct, kw_only=True):
    """What became of one file: ``present`` was there before, ``failed``: see `reason`."""

    path: str
    target: str
    state: Literal["downloaded", "present", "failed"]
    size_bytes: int = 0
    reason: str = ""


class DownloadReport(msgspec.Struct, kw_only=True):
    """Every file's fate, in the order they were asked for."""

    files: list[Downloaded] = []

    @property
    def failed(self) -> list[Downloaded]:
        """Files that are not there."""
        return [file for file in self.files if file.state == "failed"]

    @property
    def ok(self) -> bool:
        """Whether every file is there."""
        return not self.failed


def source_of(client: Client, what: Wanted, organisation: str | None = None) -> Source:
    """Look up what is wanted.

    Raises
    ------
    NotFound
        No such file or frame.
    """
    if isinstance(what, Source):
        return what
    found = find_file(client, what, organisation=organisation) if isinstance(what, str) else what
    file_id = found.id if isinstance(found, wire.File) else found.file
    return Source(
        found.path,
        found.size_bytes,
        found.sha256,
        lambda asked: asked.get_content(file_id, organisation=organisation),
        file=file_id,
        organisation=organisation,
    )


def download(
    client: Client,
    what: Wanted,
    path: str | Path,
    *,
    organisation: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """Download one file; see `Client.download`."""
    source = source_of(client, what, organisation)
    target = Path(path)
    if target.is_dir() or str(path).endswith(("/", os.sep)):
        target = safe_target(target, source.path.rpartition("/")[2])
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
    fetch(client, source, target, progress)
    return target


def download_all(
    client: Client,
    wanted: Iterable[Wanted],
    folder: str | Path,
    *,
    organisation: str | None = None,
    progress: Callable[[int], None] | None = None,
    replace: bool = False,
) -> DownloadReport:
    """Download many files into a folder, under the paths they have at the service; one that fails stops no other.

    Files with the same path and another content get the beginning of their checksum into their name. Where this is
    interrupted, what arrived of files stays, to go on with.

    Parameters
    ----------
    replace : bool
        Put them in place of files with another content, each at once when it is whole.
    """
    folder = Path(folder)
    taken: dict[str, str] = {}
    stopping = threading.Event()
    refused: list[NotSignedIn] = []

    def told(size_bytes: int) -> None:
        if stopping.is_set():
            raise Stopped
        if progress:
            progress(size_bytes)

    def one(item: Wanted) -> Downloaded:
        if stopping.is_set():
            raise Stopped
        path = item if isinstance(item, str) else item.path
        try:
            source = source_of(client, item, organisation)
            path = place_of(source, taken)
            target = safe_target(folder, path)
            source = msgspec.structs.replace(source, address=addresses.of(source))
            fresh = fetch(client, source, target, told, replace=replace, lines=lines)
        except NotSignedIn as error:
            refused.append(error)  # no other file would fare better
            stopping.set()
            raise
        except (UraniborgError, OSError) as error:
            reason = error.detail if isinstance(error, UraniborgError) else str(error)
            return Downloaded(path=path, target="", state="failed", reason=reason)
        state: Literal["downloaded", "present"] = "downloaded" if fresh else "present"
        return Downloaded(path=path, target=str(target), state=state, size_bytes=source.size_bytes)

    items = list(wanted)
    named = [source_of(client, item, organisation) for item in items if not isinstance(item, str)]
    addresses = Addresses(client, named, lambda source: replace or not is_likely_there(folder, source))
    lines = RangeLines(patience_s=0)
    try:
        with ThreadPoolExecutor(AT_ONCE, "uraniborg-get") as pool:
            try:
                return DownloadReport(files=list(pool.map(one, items)))
            except BaseException:
                stopping.set()
                if refused:  # and not what became of a file before it, which was only stopped
                    raise refused[0] from None
                raise
    finally:
        addresses.close()
        lines.close()


def place_of(source: Source, taken: dict[str, str]) -> str:
    """Choose a file's path among others, kept account of in ``taken``; no two differ in case only."""
    if taken.setdefault(source.path.casefold(), source.sha256) != source.sha256:
        return _marked(source.path, source.sha256[:8])
    return source.path


def safe_target(folder: Path, path: str) -> Path:
    """Find the place of a relative path in a folder, and make the folders on the way.

    Raises
    ------
    TransferFailed
        It would lie outside: because of the path, whoever made it, or of a symbolic link on the way.
    """
    steps = path.split("/")
    if any(step in ("", ".", "..") or "\x00" in step for step in steps) or (
        os.name == "nt" and any(WINDOWS_NAMES.fullmatch(step) for step in steps)
    ):
        raise TransferFailed(f"The path {path!r} cannot be used on this computer; download it to a path of your own.")
    folder.mkdir(parents=True, exist_ok=True)
    inside, current = folder.resolve(), folder
    for step in steps[:-1]:
        current = current / step
        if current.is_symlink() and not current.resolve().is_relative_to(inside):
            raise TransferFailed(f"{current} is a symbolic link that leads out of {folder}.")
        current.mkdir(exist_ok=True)
    return current / steps[-1]


def fetch(
    client: Client,
    source: Source,
    target: Path,
    progress: Callable[[int], None] | None = None,
    *,
    replace: bool = False,
    lines: RangeLines | None = None,
) -> bool:
    """Bring a file to its place; tells whether anything had to be done.

    What arrived lies beside it in a ``.part`` file, from which a later attempt goes on.

    Parameters
    ----------
    lines : RangeLines, optional
        By which a file comes if it can; the usual way costs several times as much.

    Raises
    ------
    TransferFailed
        Something else is there, or what arrives is not what was stored.
    """
    if target.is_symlink() or target.exists():
        if target.is_file() and not target.is_symlink() and _same(target, source):
            if progress:
                progress(source.size_bytes)
            return False
        if not replace or not target.is_file() or target.is_symlink():
            raise TransferFailed(
                f"{target} is there already, with another content: move it away, or choose another place."
            )
    part = target.with_name(f".{target.name[:150]}.{source.sha256[:12]}.part")
    for attempt in (1, 2):
        is_easy = attempt == 1 and source.size_bytes < LARGE_BYTES
        told = bring(client, source, part, lines, progress) if lines is not None and is_easy else 0
        sha256 = source.sha256 if told == source.size_bytes > 0 else _complete(client, source, part, progress, told)
        if sha256 == source.sha256:
            part.replace(target)
            return True
        part.unlink(missing_ok=True)  # the rest of an attempt that went wrong: once more from the beginning
        if attempt == 2:
            break
    raise TransferFailed(
        f"What arrives for {source.path} is not what was stored (its SHA-256 differs): tell the service's operator.",
        facts={"path": source.path, "expected": source.sha256, "received": sha256},
    )


def _complete(client: Client, source: Source, part: Path, progress: Callable[[int], None] | None, told: int = 0) -> str:
    """Complete a part file, a large one by several connections; returns the SHA-256 of what is in it then.

    Parameters
    ----------
    told : int
        Of how many bytes in the part file somebody was told before.
    """
    if source.size_bytes >= LARGE_BYTES:
        try:
            return fill_in_parts(client, source, part, progress)
        except NoRanges:
            part.unlink(missing_ok=True)
            record_path(part).unlink(missing_ok=True)
    return _fill(client, source, part, progress, told)


def _fill(client: Client, source: Source, part: Path, progress: Callable[[int], None] | None, told: int) -> str:
    """Complete a part file; returns the SHA-256 of what is in it then."""
    with part.open("ab+") as file:
        sha256, have = hashlib.sha256(), 0
        file.seek(0)
        while block := file.read(BLOCK_BYTES):
            sha256.update(block)
            have += len(block)
        if have > source.size_bytes:
            return sha256.hexdigest()
        if progress and have > told:
            progress(have - told)
        patience = Patience(PATIENCE_S)
        while have < source.size_bytes:
            before = have
            try:
                with _open(client, source, have) as response:
                    if have and response.status_code != 206:
                        file.truncate(0)  # the whole comes again, since the store knows no ranges
                        sha256, have = hashlib.sha256(), 0
                    for block in response.iter_raw():
                        file.write(block)
                        sha256.update(block)
                        have += len(block)
                        if progress:
                            progress(len(block))
                        if have > source.size_bytes:
                            return sha256.hexdigest()
            except ServiceUnavailable as error:
                if have > before:
                    patience.renew()
                if not patience.wait():
                    raise TransferFailed(f"The download broke off ({error.detail}): run it again to go on.") from error
            else:
                if have == before:
                    break  # an empty answer: what is missing is told by the checksum
        return sha256.hexdigest()


def _open(client: Client, source: Source, offset: int) -> Any:
    headers = {"Accept": "*/*", "Accept-Encoding": "identity", **source.headers}
    if offset:
        headers["Range"] = f"bytes={offset}-"
    return client.transport.stream(source.address(client), headers=headers, signed=source.signed)


def fetch_unsummed(
    client: Client,
    url: str,
    target: Path,
    *,
    more_headers: dict[str, str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """Download what has no checksum of its own, but an entity tag; returns the complete part file beside the target.

    Raises
    ------
    TransferFailed
        The line broke off too often.
    """
    tag, have = "", 0
    part = target.with_name(f".{target.name[:150]}.part")
    tag_file = part.with_suffix(".etag")
    if part.exists() and tag_file.exists():
        tag, have = tag_file.read_text(), part.stat().st_size
    patience = Patience(PATIENCE_S)
    if progress and have:
        progress(have)
    while True:
        # If-Range: the rest, if it is still the same thing; else all of it.
        headers = {"Accept": "*/*", "Accept-Encoding": "identity", **(more_headers or {})}
        headers |= {"Range": f"bytes={have}-", "If-Range": tag} if have and tag else {}
        before = have
        try:
            with client.transport.stream(url, headers=headers) as response:
                if response.status_code != 206:
                    part.unlink(missing_ok=True)
                    have = 0
                tag_file.write_text(response.headers.get("ETag", ""))
                tag = response.headers.get("ETag", "")
                size_bytes = have + int(response.headers["Content-Length"])
                with part.open("ab") as file:
                    for block in response.iter_raw():
                        file.write(block)
                        have += len(block)
                        if progress:
                            progress(len(block))
            if have >= size_bytes:
                tag_file.unlink(missing_ok=True)
                return part
        except InvalidInput as error:
            if error.status != 416:
                raise
            tag_file.unlink(missing_ok=True)  # there are no bytes behind these
            return part
        except ServiceUnavailable as error:
            if have > before:
                patience.renew()
            if not patience.wait():
                raise TransferFailed(f"The download broke off ({error.detail}): run it again to go on.") from error


def _same(target: Path, source: Source) -> bool:
    if target.stat().st_size != source.size_bytes:
        return False
    with target.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == source.sha256


def _marked(path: str, mark: str) -> str:
    folder, slash, name = path.rpartition("/")
    stem, dot, suffix = name.partition(".")
    return f"{folder}{slash}{stem}-{mark}{dot}{suffix}"
