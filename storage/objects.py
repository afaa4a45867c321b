"""The port to stored bytes: what any object store can be asked, and the values that pass."""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from domain.errors import ObservatoryError

__all__ = [
    "OCTET_STREAM",
    "Digest",
    "ObjectEntry",
    "ObjectStat",
    "ObjectStore",
    "PartPlan",
    "RangeSource",
    "SignedRequest",
    "StoredMultipart",
    "StoredPart",
]

OCTET_STREAM = "application/octet-stream"


class SignedRequest(msgspec.Struct, frozen=True):
    """A request that whoever holds it may send straight to the store; every header must be sent as it stands."""

    method: str
    url: str
    headers: dict[str, str]


class PartPlan(msgspec.Struct, frozen=True):
    """A part to be sent: its number from 1, its size, and its CRC32C (base64 of four big-endian bytes) if known."""

    number: int
    size_bytes: int
    crc32c: str | None = None


class StoredPart(msgspec.Struct, frozen=True):
    """A part that the store has whole."""

    number: int
    size_bytes: int
    etag: str


class StoredMultipart(msgspec.Struct, frozen=True):
    """A multipart upload that was started and neither completed nor aborted."""

    key: str
    multipart_id: str
    started_at: datetime


class ObjectStat(msgspec.Struct, frozen=True):
    """What the store knows of an object without reading it. Other bytes under the same key have another version."""

    size_bytes: int
    modified_at: datetime
    version: str


class ObjectEntry(msgspec.Struct, frozen=True):
    """An object in a listing."""

    key: str
    size_bytes: int
    modified_at: datetime


class Digest(msgspec.Struct, frozen=True):
    """What the stored bytes add up to, from one reading of them.

    Attributes
    ----------
    sha256 : str
        64 hexadecimal digits, lower case.
    crc32c : str
        Base64 of four big-endian bytes, as S3 writes it.
    crc32 : int
        As ZIP has it.
    version : str
        Which bytes were read. Given to `ObjectStore.move`, it is these that move, or none.
    """

    size_bytes: int
    sha256: str
    crc32c: str
    crc32: int
    version: str


class RangeSource(Protocol):
    """Random access to one object, blocking, usable from several threads at once."""

    @property
    def size_bytes(self) -> int: ...

    def read(self, offset: int, length: int) -> bytes:
        """Read at most `length` bytes from `offset`; fewer at the end, none past it."""
        ...

    def close(self) -> None: ...


class ObjectStore(Protocol):
    """Bytes under keys. Every method may raise `StoreUnavailable`; a malformed key raises `InvalidInput`."""

    async def put(self, key: str, data: bytes, *, media_type: str = OCTET_STREAM, durable: bool = True) -> None:
        """Store a small object, new or in place of another, whole or not at all.

        Parameters
        ----------
        durable : bool
            Whether it must outlive a power cut when this returns. Who writes many says False, and then asks
            `ensure_durable` once for all of them.
        """
        ...

    @property
    def moves_by_copying(self) -> bool:
        """Whether `move` costs as much as sending did: then what nobody else can change had better arrive for good."""
        ...

    @property
    def keeps_first(self) -> bool:
        """Whether it can sign addresses that take one content for good: then it may lie where it arrived."""
        ...

    async def enforces_sha256(self) -> bool:
        """Tell whether the store was seen to refuse bytes that are not those of a SHA-256 that an address names.

        Only then may a content be sent to the key that it keeps. A store that cannot be asked now enforces nothing.
        """
        ...

    async def room_bytes(self) -> int | None:
        """Tell how many bytes more it takes; None where nobody can tell, as of S3."""
        ...

    async def sign_put(
        self,
        key: str,
        *,
        size_bytes: int,
        crc32c: str | None = None,
        sha256: str | None = None,
        once: bool = False,
        expires_s: int,
    ) -> SignedRequest:
        """Allow one upload of exactly `size_bytes`, straight to the store; no round trip.

        Parameters
        ----------
        sha256 : str, optional
            The only content that it takes, 64 hexadecimal digits; where the store enforces that.
        once : bool
            What comes first stays: the same again is taken as well, anything else is refused; where it `keeps_first`.

        Raises
        ------
        InvalidInput
            More than 5 GiB: those go in parts.
        """
        ...

    def sign_put_together(self, key: str, *, count: int, once: bool = False, expires_s: int) -> SignedRequest | None:
        """Allow the upload of ``key/0`` and on in common bodies, as `storage.object_bundle` has them; no round trip.

        None where the store takes none but single objects, as S3 does. ``once`` as in `sign_put`, for each of them.
        """
        ...

    async def start_multipart(self, key: str, media_type: str = OCTET_STREAM, *, part_size_bytes: int) -> str:
        """Begin an upload in parts, all of `part_size_bytes` but the last; answer its id.

        Raises
        ------
        InvalidInput
            Parts of less than 5 MiB, or of more than 5 GiB.
        """
        ...

    async def sign_parts(
        self, key: str, multipart_id: str, parts: Sequence[PartPlan], expires_s: int
    ) -> builtins.list[SignedRequest]:
        """Allow the upload of these parts, in their order; no round trip per part.

        Parameters
        ----------
        parts : sequence of PartPlan
            Of one upload, either all with a CRC32C or none.
        """
        ...

    async def list_parts(self, key: str, multipart_id: str) -> builtins.list[StoredPart]:
        """List the parts that arrived whole, by number.

        Raises
        ------
        NotFound
            No such upload, or it is over.
        """
        ...

    async def complete_multipart(self, key: str, multipart_id: str, parts: Sequence[StoredPart]) -> None:
        """Make the object of its parts. May be repeated: what is complete already is a success.

        Raises
        ------
        NotFound
            No such upload.
        InvalidInput
            A part is absent, out of order, or not the one stored.
        """
        ...

    async def abort_multipart(self, key: str, multipart_id: str) -> None:
        """Forget an upload and its parts; one that is over already is a success."""
        ...

    async def list_multiparts(self, prefix: str, older_than: datetime) -> builtins.list[StoredMultipart]:
        """List unfinished uploads that began before a moment, by key."""
        ...

    def sign_get(self, key: str, *, expires_s: int, filename: str | None = None, media_type: str | None = None) -> str:
        """Allow reading an object for a while, by anyone who has the address; no round trip.

        Parameters
        ----------
        filename : str, optional
            Any text; a browser then saves the object under that name instead of showing it.
        """
        ...

    async def read(self, key: str, offset: int, length: int) -> bytes:
        """Read at most `length` bytes from `offset`; fewer at the end, none past it.

        Raises
        ------
        NotFound
        """
        ...

    def stream(
        self, key: str, offset: int = 0, length: int | None = None, chunk_bytes: int = 1024**2
    ) -> AsyncIterator[bytes]:
        """Read on, a chunk at a time.

        Raises
        ------
        NotFound
            At the first chunk.
        """
        ...

    async def stat(self, key: str) -> ObjectStat | None:
        """Look an object up."""
        ...

    async def digest(self, key: str) -> Digest:
        """Recompute the checksums from the stored bytes.

        Raises
        ------
        NotFound
        """
        ...

    async def digest_many(self, keys: Iterable[str]) -> dict[str, Digest | None]:
        """Recompute the checksums of many objects, a few at a time; None for one that is not there.

        A store that has just written an object itself may tell what it summed up then, of the same bytes, as long as
        the object is provably the one it wrote.
        """
        ...

    async def move(self, source: str, target: str, *, version: str | None = None) -> None:
        """Give an object its lasting key, whole or not at all, durably.

        A target that exists is never replaced: keys name contents, so it holds the same bytes, and the source is
        deleted. May be repeated: a source that is gone while the target exists is a success.

        Parameters
        ----------
        version : str, optional
            From `digest`: refuse if the source holds other bytes by now. Whoever was allowed to upload to a key may
            do so again until the permission expires, also between the digest and the move.

        Raises
        ------
        NotFound
            Neither exists.
        Conflict
            The source changed, or the target exists and has another size; nothing was touched.
        """
        ...

    async def move_many(
        self, pairs: Sequence[tuple[str, str]], *, versions: Mapping[str, str] | None = None
    ) -> dict[str, ObservatoryError]:
        """Move many objects from source to target; answer what went wrong, by source, and carry on beside it.

        Parameters
        ----------
        versions : mapping of str to str, optional
            By source, as `version` of `move`.
        """
        ...

    @property
    def tiers(self) -> frozenset[str]:
        """Name the tiers there are; ``hot``, in which everything is stored first, is always one."""
        ...

    @property
    def recall_s(self) -> int:
        """Say how long it takes, as a rule at most, until an object of the archive can be read."""
        ...

    async def copy_to_tier(self, key: str, tier: str, *, size_bytes: int, sha256: str) -> None:
        """Copy an object to a tier, verified and durable; its key stays the same. May be repeated.

        Until `drop_other_tiers`, it is there as before as well, or the store has exchanged both in one step.

        Raises
        ------
        NotFound
            There is no such object.
        Conflict
            The stored bytes are others than these; nothing was touched.
        """
        ...

    async def drop_other_tiers(self, key: str, tier: str) -> None:
        """Delete what `copy_to_tier` left in the other tiers. May be repeated.

        Raises
        ------
        NotFound
            It is not in this tier; nothing was deleted.
        """
        ...

    async def recall(self, key: str) -> bool:
        """Begin to bring an object up from where it cannot be read; answer whether it can be read now. May be repeated.

        Raises
        ------
        NotFound
        """
        ...

    async def ensure_durable(self, keys: Sequence[str]) -> None:
        """Return when these objects would survive a power cut.

        Raises
        ------
        NotFound
            One is not there.
        """
        ...

    async def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; one that is not there is a success."""
        ...

    def list(self, prefix: str, *, after: str = "") -> AsyncIterator[ObjectEntry]:
        """List the objects whose key begins with `prefix`, by key, beginning behind `after`."""
        ...

    async def sweep_temp(self, older_than: datetime) -> int:
        """Remove what killed writers left behind before a moment, unfinished multiparts apart; answer how many."""
        ...

    async def check(self) -> None:
        """Return if the store can be used now, raise `StoreUnavailable` if not."""
        ...

    async def close(self) -> None:
        """Let go of threads and connections."""
        ...

    def range_source(self, key: str, *, size_bytes: int | None = None) -> RangeSource:
        """Open an object for random access; blocking. Whoever knows the size and says it saves a round trip.

        Raises
        ------
        NotFound
            Now, or at the first read.
        """
        ...

    @property
    def origin(self) -> str:
        """Say which scheme, host and port signed addresses have; empty where they are this service's own."""
        ...

    def describe(self) -> Any:
        """Say how to reach this store, as a value that can be pickled, for `open_range_source` in another process."""
        ...
