"""Bytes on their way in from a client: written as they come, and kept only if they are what was allowed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from crc32c import crc32c as crc32c_of

from domain.errors import InvalidInput, NotFound
from storage.object_digests import crc32c_base64, digest_blocks
from storage.object_files import version_of, write_all
from storage.objects import Digest

__all__ = ["Incoming", "IncomingObject", "IncomingPart"]


class Incoming(Protocol):
    """One upload being received; blocking, its methods may come from different threads but one after the other."""

    def write(self, chunks: Sequence[bytes | memoryview]) -> None: ...

    def finish(self, chunks: Sequence[bytes | memoryview]) -> str:
        """Write the last chunks and keep everything; answer the entity tag.

        Raises
        ------
        InvalidInput
            Too few bytes, or others than announced; nothing is kept.
        """
        ...

    def discard(self) -> None:
        """Keep nothing, and let go; harmless behind `finish`."""
        ...


class _Written:
    """Counts and sums what is written to a descriptor. A lock, since a discard may overtake a write under way."""

    def __init__(self, size_bytes: int, crc32c: str | None, offset: int = 0) -> None:
        self.size_bytes, self.crc32c = size_bytes, crc32c
        self._start, self._offset, self._sum = offset, offset, 0
        self.descriptor = -1
        self.lock = threading.Lock()

    def add(self, chunks: Sequence[bytes | memoryview]) -> None:
        for chunk in chunks:
            self._sum = crc32c_of(chunk, self._sum)
        self.add_unsummed(chunks)

    def add_unsummed(self, chunks: Sequence[bytes | memoryview]) -> None:
        """Add what the caller sums up."""
        if self.descriptor < 0:
            raise NotFound("This upload was given up.")
        coming = sum(map(len, chunks))
        if self._offset + coming > self._start + self.size_bytes:
            raise InvalidInput(f"More came than the {self.size_bytes} bytes announced.", size_bytes=self.size_bytes)
        self._offset = write_all(self.descriptor, chunks, self._offset)

    def check(self, crc32c: str | None = None) -> str:
        """Compare with what was announced; answer the CRC32C, which a caller who summed it up gives."""
        received = self._offset - self._start
        if received != self.size_bytes:
            raise InvalidInput(
                f"Only {received} of {self.size_bytes} bytes came; send them again.",
                size_bytes=self.size_bytes,
                received_bytes=received,
            )
        found = crc32c or crc32c_base64(self._sum)
        if self.crc32c is not None and found != self.crc32c:
            raise InvalidInput(
                "The bytes were damaged on their way (their CRC32C differs); send them again.", crc32c=found
            )
        return found

    def close(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


class IncomingObject:
    """A whole object, written to a file aside.

    Parameters
    ----------
    draft : str
        Path to where; made at the first write.
    publish : callable
        Gives the finished draft its place. Told the digest of one that was written in one go: its bytes are all at
        hand then, and summing them up takes half as long as reading them again for it.
    """

    def __init__(
        self, draft: str, publish: Callable[[str, Digest | None], None], size_bytes: int, crc32c: str | None
    ) -> None:
        self._draft, self._publish = draft, publish
        self._made = False
        self._written = _Written(size_bytes, crc32c)

    def write(self, chunks: Sequence[bytes | memoryview]) -> None:
        with self._written.lock:
            if not self._made:
                self._make()
            self._written.add(chunks)

    def finish(self, chunks: Sequence[bytes | memoryview]) -> str:
        with self._written.lock:
            digest = None
            if self._made:
                self._written.add(chunks)
                crc32c = self._written.check()
            else:
                self._make()
                self._written.add_unsummed(chunks)
                digest = digest_blocks(chunks, version_of(os.fstat(self._written.descriptor)))
                crc32c = self._written.check(digest.crc32c)
            self._written.close()
            self._publish(self._draft, digest)
            self._made = False
        return f'"{crc32c}"'

    def discard(self) -> None:
        with self._written.lock:
            self._written.close()
            if self._made:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(self._draft)  # noqa: PTH108
                self._made = False

    def _make(self) -> None:
        self._written.descriptor = os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._made = True


class IncomingPart:
    """A part, written at its place in the file that will be the object.

    The permission to send a part may still be used when the upload is complete and its checksum verified. So each write
    holds a lock that completing takes for itself, and first looks whether the file is still where parts belong.

    Parameters
    ----------
    file : Path
        The multipart's one file.
    marker : Path
        What says that the part is there, and which sending of it; written behind the bytes.
    follow : callable
        Called when it is there.
    """

    def __init__(
        self, file: Path, marker: Path, offset: int, size_bytes: int, crc32c: str | None, follow: Callable[[], object]
    ) -> None:
        self._file, self._marker, self._follow = file, marker, follow
        self._written = _Written(size_bytes, crc32c, offset)
        self._begun = False

    def write(self, chunks: Sequence[bytes | memoryview]) -> None:
        with self._written.lock, self._fenced():
            self._written.add(chunks)

    def finish(self, chunks: Sequence[bytes | memoryview]) -> str:
        with self._written.lock:
            with self._fenced():
                self._written.add(chunks)
                crc32c = self._written.check()
                sending = secrets.token_hex(8)
                draft = self._marker.with_name(f"{self._marker.name}.{sending}")
                draft.write_text(f"{self._written.size_bytes} {crc32c} {sending}")
                draft.replace(self._marker)
            self._written.close()
        self._follow()
        return f'"{crc32c}"'

    def discard(self) -> None:
        with self._written.lock:
            self._written.close()

    @contextlib.contextmanager
    def _fenced(self) -> Iterator[None]:
        """Hold completing off for a moment, if it has not been; meanwhile the part counts as not there.

        Raises
        ------
        NotFound
            It is complete, or was given up.
        """
        written = self._written
        if not self._begun:
            self._begun = True
            try:
                written.descriptor = os.open(self._file, os.O_WRONLY)
            except FileNotFoundError as error:
                raise _over() from error
        if written.descriptor < 0:
            raise _over()
        fcntl.flock(written.descriptor, fcntl.LOCK_SH)
        try:
            try:
                same = os.fstat(written.descriptor).st_ino == self._file.stat().st_ino
            except FileNotFoundError:
                same = False
            if not same:
                raise _over()
            self._marker.unlink(missing_ok=True)
            yield
        finally:
            fcntl.flock(written.descriptor, fcntl.LOCK_UN)


def _over() -> NotFound:
    return NotFound("This upload in parts is complete or was given up; nothing more can be added to it.")
