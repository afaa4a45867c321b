"""From the configured address to the store it names; the driver of a store is loaded only if it is that one."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from domain.errors import InvalidInput
from storage.local_objects import LocalObjects
from storage.local_ranges import LocalDescription
from storage.objects import ObjectStore, RangeSource

__all__ = ["local_folder", "open_object_store", "open_range_source"]


def open_object_store(
    url: str, *, public_url: str, secret: bytes, access_key: str = "", secret_key: str = ""
) -> ObjectStore:
    """Open the store that an address names.

    Parameters
    ----------
    url : str
        ``file:///folder``, or ``s3://bucket?endpoint=http://...&region=...&prefix=...`` (see
        `storage.object_s3_client.S3Description`).
    public_url : str
        The service's own address, for a local store's signed addresses.
    secret : bytes
        What these are signed with.
    access_key, secret_key : str, optional
        For S3; else boto3 finds them as usual (``AWS_*``, profile, role).

    Raises
    ------
    InvalidInput
        Not such an address.
    StoreUnavailable
        The local folder cannot be made.
    """
    scheme = urlsplit(url).scheme
    if scheme == "file":
        return LocalObjects(_folder(url), secret=secret, public_url=public_url)
    if scheme == "s3":
        from storage.object_s3_client import S3Description
        from storage.s3_objects import S3Objects

        return S3Objects(S3Description.from_url(url, access_key=access_key, secret_key=secret_key))
    raise InvalidInput("The address of the object store begins with file:/// or s3://.")


def open_range_source(description: object, key: str, *, size_bytes: int | None = None) -> RangeSource:
    """Open an object for random access in whatever process this is.

    Parameters
    ----------
    description : object
        What `ObjectStore.describe` said, here or in another process.
    size_bytes : int, optional
        If it is known; it saves S3 a round trip.

    Raises
    ------
    NotFound
        Now, or at the first read.
    """
    if isinstance(description, LocalDescription):
        return description.open_range_source(key)
    from storage.object_s3_client import S3Description, connection_to
    from storage.object_s3_reading import S3RangeSource

    if not isinstance(description, S3Description):
        raise TypeError(f"not the description of an object store: {type(description).__name__}")
    return S3RangeSource(connection_to(description), key, size_bytes=size_bytes)


def local_folder(store: ObjectStore) -> Path | None:
    """Name the folder of this machine that a store is in; None where it is elsewhere."""
    description = store.describe()
    return Path(description.root) if isinstance(description, LocalDescription) else None


def _folder(url: str) -> Path:
    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.netloc not in ("", "localhost") or not path.startswith("/") or path == "/" or parts.query:
        raise InvalidInput("The address of a local object store is file:///folder, with three slashes.")
    return Path(path)
