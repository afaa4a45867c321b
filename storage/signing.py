"""Addresses that carry their own permission: an HMAC over what may be done, to which object, until when."""

from __future__ import annotations

import hashlib
import hmac
import time
from urllib.parse import parse_qsl, quote_plus, urlsplit

import msgspec

from domain.errors import NotAllowed

__all__ = ["Grant", "UrlSigner"]

_MOUNT = "/objects/"
_BLOCK = 64  # bytes of SHA-256's block


class Grant(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an address allows.

    Attributes
    ----------
    method : str
        ``PUT`` or ``GET``; who may GET may HEAD.
    expires : int
        Seconds since 1970, UTC.
    size, crc32c
        What exactly is to be sent: bytes, and base64 of the big-endian checksum.
    multipart, part
        Which part of which upload that is.
    filename, type
        What the reader is told it is.
    together
        How many small objects may be sent in one body, as `storage.object_bundle` has it: ``key/0`` and on.
    once
        1 where what comes first stays, and nothing else is taken behind it.
    """

    method: str
    key: str
    expires: int
    size: int | None = None
    crc32c: str | None = None
    multipart: str | None = None
    part: int | None = None
    filename: str | None = None
    type: str | None = None
    together: int | None = None
    once: int | None = None


_FIELDS = tuple(name for name in Grant.__struct_fields__ if name not in ("method", "key"))


class UrlSigner:
    """Signs and reads the local store's addresses.

    Parameters
    ----------
    secret : bytes
        At least 16 of them; who has it may do anything to any object.
    public_url : str
        The service's own address; the store's objects are under ``/objects/`` there.
    """

    def __init__(self, secret: bytes, public_url: str) -> None:
        if len(secret) < 16:
            raise ValueError("the signing secret needs at least 16 bytes")
        # HMAC by two digests kept begun (RFC 2104): hmac.digest() lets go of the interpreter, and each of a burst of
        # small requests would wait behind other threads to have it back.
        key = (secret if len(secret) <= _BLOCK else hashlib.sha256(secret).digest()).ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))
        self._base = public_url.rstrip("/") + _MOUNT
        self._base_path = urlsplit(self._base).path

    def sign(self, grant: Grant) -> str:
        """Write the address that allows what the grant says."""
        fields = "&".join(
            [
                f"{name}={value if isinstance(value, int) else quote_plus(value)}"
                for name in _FIELDS
                if (value := getattr(grant, name)) is not None
            ]
        )
        return f"{self._base}{grant.key}?{fields}&signature={self._signature(grant)}"

    def read(self, method: str, path: str, query: bytes) -> Grant:
        """Read a grant back from a request.

        Parameters
        ----------
        path : str
            As the client sent it, or with the part before ``/objects/`` taken off by a proxy.

        Raises
        ------
        NotAllowed
            It was not signed here, was changed since, is for another method, or has expired.
        """
        key = path.removeprefix(self._base_path) if path.startswith(self._base_path) else path.removeprefix(_MOUNT)
        try:
            pairs = parse_qsl(
                query.decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=12, errors="strict"
            )
            fields = dict(pairs)
            signature = fields.pop("signature").encode()
            if len(fields) + 1 != len(pairs) or fields.keys() & {"method", "key"}:
                raise ValueError
            fields |= {"method": "GET" if method == "HEAD" else method, "key": key}
            grant = msgspec.convert(fields, Grant, strict=False)
            genuine = hmac.compare_digest(self._signature(grant).encode(), signature)
        except (ValueError, KeyError, msgspec.ValidationError) as error:
            raise _forged() from error
        if not genuine:
            raise _forged()
        if grant.expires < time.time():
            raise NotAllowed("This address has expired; ask the service for a new one.", expired=True)
        return grant

    def _signature(self, grant: Grant) -> str:
        # JSON of all fields in their order: no two grants are written alike.
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(b"uraniborg object 1 " + msgspec.json.encode(grant))
        outer.update(inner.digest())
        return outer.hexdigest()


def _forged() -> NotAllowed:
    return NotAllowed("This address was not issued by this service, or it was changed; ask the service for a new one.")
