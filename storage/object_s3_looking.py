"""Whether an object of an S3 server is there, asked at a third of what the driver takes for it; blocking."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from storage.object_s3_client import S3Connection
from storage.object_s3_moves import head
from storage.object_s3_signing import presign
from storage.objects import ObjectStat

__all__ = ["S3Looking"]

_EXPIRES_S = 300


class S3Looking:
    """Looks objects up, over connections of its own that are the driver's in all: proxies, certificates, patience.

    Of an acknowledged upload this is most of what a service does. An answer that is not plain is left to the driver,
    which asks again and tells what is wrong.
    """

    def __init__(self, connection: S3Connection, connections: int) -> None:
        self._connection = connection
        self._session = URLLib3Session(
            verify=connection.ca_bundle or os.environ.get("REQUESTS_CA_BUNDLE") or True,
            proxies=get_environ_proxies(connection.own_address),
            timeout=(5, 60),
            max_pool_connections=connections,
        )

    def stat(self, key: str) -> ObjectStat | None:
        """Look an object up; the driver's errors come as they are."""
        try:
            reply = self._session.send(AWSRequest("HEAD", self._address(key)).prepare())
            if reply.status_code == 404:
                return None
            if reply.status_code == 200:
                modified = parsedate_to_datetime(reply.headers["Last-Modified"])
                return ObjectStat(int(reply.headers["Content-Length"]), modified.astimezone(UTC), reply.headers["ETag"])
        except (BotoCoreError, KeyError, ValueError):
            pass
        found = head(self._connection, key)
        if found is None:
            return None
        return ObjectStat(found["ContentLength"], found["LastModified"].astimezone(UTC), found["ETag"])

    def _address(self, key: str) -> str:
        credentials = self._connection.frozen_credentials()
        return presign(
            "HEAD",
            self._connection.own_address + self._connection.prefix + key,
            query={},
            headers={},
            access_key=credentials.access_key,
            secret_key=credentials.secret_key,
            session_token=credentials.token,
            region=self._connection.region,
            now=datetime.now(UTC),
            expires_s=_EXPIRES_S,
        )
