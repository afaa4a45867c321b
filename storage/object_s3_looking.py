"""Whether an object of an S3 server is there, asked at less cost than the driver's; blocking."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from storage.object_s3_client import S3Connection
from storage.object_s3_moves import head
from storage.objects import ObjectStat

__all__ = ["S3Looking"]

_EXPIRES_S = 900  # what the driver's own requests allow clocks to differ
_UNUSUAL_IN_A_ROW, _LEFT_ALONE_S = 3, 60.0


class S3Looking:
    """Looks objects up, over connections of its own that are the driver's in all: proxies, certificates, patience.

    Of an acknowledged upload this is most of what a service does. An answer that is not plain is left to the driver,
    which asks again and tells what is wrong; after some of them in a row, all is for a while.
    """

    def __init__(self, connection: S3Connection, connections: int) -> None:
        self._connection = connection
        self._session = URLLib3Session(
            verify=connection.ca_bundle or os.environ.get("REQUESTS_CA_BUNDLE") or True,
            proxies=get_environ_proxies(connection.own_address),
            timeout=(5, 60),
            max_pool_connections=connections,
            socket_options=[
                (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
                (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
            ],
        )
        self._unusual, self._left_alone_until = 0, 0.0

    def stat(self, key: str) -> ObjectStat | None:
        """Look an object up; the driver's errors come as they are."""
        if time.monotonic() >= self._left_alone_until:
            try:
                url = self._connection.signed_address("HEAD", key, query={}, headers={}, expires_s=_EXPIRES_S, own=True)
                reply = self._session.send(AWSRequest("HEAD", url).prepare())
                found = _read(reply.headers) if reply.status_code == 200 else None
            except (BotoCoreError, KeyError, ValueError):
                pass
            else:
                if reply.status_code in (200, 404):
                    self._unusual = 0
                    return found
            self._unusual += 1
            if self._unusual >= _UNUSUAL_IN_A_ROW:
                self._unusual, self._left_alone_until = 0, time.monotonic() + _LEFT_ALONE_S
        reply = head(self._connection, key)
        if reply is None:
            return None
        return ObjectStat(reply["ContentLength"], reply["LastModified"].astimezone(UTC), reply["ETag"])

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def _read(headers: Mapping[str, str]) -> ObjectStat:
    modified = parsedate_to_datetime(headers["Last-Modified"]).astimezone(UTC)
    return ObjectStat(int(headers["Content-Length"]), modified, headers["ETag"])
