"""What an S3 server really does, found out by trying it; blocking."""

from __future__ import annotations

import hashlib
import uuid

import httpx
import structlog
from botocore.exceptions import BotoCoreError, ClientError

from storage.object_s3_client import S3Connection
from storage.object_s3_moves import head
from storage.object_s3_signing import CONTENT_SHA256

__all__ = ["probe_sha256"]

log = structlog.get_logger("uraniborg.objects")

BODY, OTHER = b"uraniborg", b"something else"
EXPIRES_S = 60
PATIENCE_S = 10.0
UNTOLD = (500, 502, 503, 504)  # that a header is not implemented, 501, is an answer


def probe_sha256(connection: S3Connection) -> bool | None:
    """Tell whether an address that names a SHA-256 takes that content and no other one; None: it cannot be told now.

    Amazon's documents have a signed address say nothing of the body, and servers differ: one may ignore what it does
    not know. So two small objects are sent, one of them wrong. And with a header that nobody signed, a server could be
    made to copy another object there instead of taking the body.
    """
    right, wrong, copied, other = keys = [f"probes/{uuid.uuid4().hex}" for _ in range(4)]
    try:
        connection.client.put_object(Bucket=connection.bucket, Key=connection.prefix + other, Body=OTHER)
        with httpx.Client(timeout=PATIENCE_S) as client:
            refused = _send(connection, client, wrong, OTHER)
            taken = _send(connection, client, right, BODY)
            source = {"x-amz-copy-source": f"/{connection.bucket}/{connection.prefix}{other}"}
            copying = _send(connection, client, copied, BODY, source)
        lies_there = head(connection, wrong) is not None, head(connection, right) is not None
        copy = head(connection, copied)
        for key in keys:
            connection.client.delete_object(Bucket=connection.bucket, Key=connection.prefix + key)
    except (httpx.HTTPError, ClientError, BotoCoreError) as error:
        log.warning("cannot tell yet whether the object store enforces checksums", reason=type(error).__name__)
        return None
    if max(refused, taken) >= 500 or copying in UNTOLD:
        return None
    is_copied = copy is not None and copy["ContentLength"] != len(BODY)
    enforces = refused >= 400 and taken < 300 and lies_there == (False, True) and not is_copied
    log.info("object store probed", enforces_sha256=enforces, refused=refused, taken=taken, copying=copying)
    return enforces


def _send(
    connection: S3Connection, client: httpx.Client, key: str, body: bytes, unsigned: dict[str, str] | None = None
) -> int:
    """Send a body to an address that is signed for `BODY`, at the service's own endpoint; answers the status."""
    headers = {"content-length": str(len(body)), CONTENT_SHA256: hashlib.sha256(BODY).hexdigest()}
    url = connection.signed_address("PUT", key, query={}, headers=headers, expires_s=EXPIRES_S, own=True)
    return client.put(url, content=body, headers=headers | (unsigned or {})).status_code
