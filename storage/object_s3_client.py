"""How an S3 server is reached: the address as configured, and a client with settings that hold."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import boto3
import botocore
import botocore.session
import msgspec
from botocore.config import Config

from domain.errors import InvalidInput, StoreUnavailable
from storage.object_s3_faults import NO_CREDENTIALS
from storage.object_s3_signing import presign

__all__ = ["S3Connection", "S3Description", "connection_to"]


_PREFIX = re.compile(r"(?!\.\.?(/|$))[A-Za-z0-9_.-]+(/(?!\.\.?(/|$))[A-Za-z0-9_.-]+)*", re.ASCII)
_PORTS = {"http": 80, "https": 443}
_CLASSES = {"cool": "STANDARD_IA", "archive": "GLACIER"}


class S3Description(msgspec.Struct, frozen=True, kw_only=True):
    """Where a bucket is and who asks. Without keys boto3 looks for them as usual (``AWS_*``, profile, role).

    Attributes
    ----------
    public_endpoint : str
        The address that clients reach the server at, where it differs from the service's own.
    prefix : str
        Before every key; empty, or ends in a slash.
    addressing : str
        Whether the bucket is in the path or in the host name of an address.
    cool, archive : str
        The storage classes that are these tiers; empty: there is no such tier.
    """

    bucket: str
    endpoint: str = ""
    public_endpoint: str = ""
    region: str = ""
    prefix: str = ""
    addressing: Literal["", "path", "virtual"] = ""
    cool: str = ""
    archive: str = ""
    access_key: str = ""
    secret_key: str = ""
    session_token: str = ""

    def __repr__(self) -> str:
        return f"S3Description({self.bucket!r}, endpoint={self.endpoint!r}, prefix={self.prefix!r})"

    @classmethod
    def from_url(
        cls, url: str, *, access_key: str = "", secret_key: str = "", session_token: str = ""
    ) -> S3Description:
        """Read ``s3://bucket?endpoint=http://...&region=...&prefix=...&public_endpoint=...&addressing=path``.

        ``cool=STANDARD_IA&archive=GLACIER`` names storage classes. Where no endpoint is named, these are the tiers:
        Amazon has them; another server may lack any.

        Raises
        ------
        InvalidInput
            Not such an address; the message names what is wrong.
        """
        parts = urlsplit(url)
        query = parse_qs(parts.query, keep_blank_values=True)
        known = {"endpoint", "public_endpoint", "region", "prefix", "addressing", "cool", "archive"}
        if parts.scheme != "s3" or not parts.netloc or parts.path not in ("", "/") or "@" in parts.netloc:
            raise InvalidInput("The address of an S3 bucket is s3://bucket?endpoint=...&region=...&prefix=....")
        if unknown := sorted(query.keys() - known):
            raise InvalidInput(f"The address of the S3 bucket names {unknown[0]}; it may name {sorted(known)}.")
        values = {name: found[-1] for name, found in query.items()}
        for name in ("endpoint", "public_endpoint"):
            if values.get(name):
                values[name] = _as_clients_say(name, values[name])
        if prefix := values.get("prefix", "").strip("/"):
            if not _PREFIX.fullmatch(prefix):
                raise InvalidInput("The prefix of the S3 bucket is of letters, digits and _.-, in segments.")
            values["prefix"] = prefix + "/"
        if values.get("addressing", "") not in ("", "path", "virtual"):
            raise InvalidInput("addressing is path or virtual.")
        for tier in ("cool", "archive"):
            if not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", values.get(tier, "")):
                raise InvalidInput(f"{tier} is the name of a storage class, such as {_CLASSES[tier]}.")
        if not values.get("endpoint"):
            values = _CLASSES | values
        keys = {"access_key": access_key, "secret_key": secret_key, "session_token": session_token}
        return msgspec.convert({"bucket": parts.netloc} | values | keys, cls)


def _as_clients_say(name: str, endpoint: str) -> str:
    """Write an address as clients write its host into their requests, which is what is signed."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None or parts.query:
        raise InvalidInput(f"The {name} of the S3 bucket is http:// or https://, and a host.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{'' if port in (None, _PORTS[parts.scheme]) else f':{port}'}{parts.path}"


class S3Connection:
    """A boto3 client and what it signs with; several threads may share it.

    Parameters
    ----------
    connections : int
        How many it keeps open.
    """

    def __init__(self, description: S3Description, *, connections: int = 10) -> None:
        settings = botocore.session.get_session()
        self.ca_bundle: str | None = settings.get_config_variable("ca_bundle")
        session = boto3.session.Session(
            botocore_session=settings,
            aws_access_key_id=description.access_key or None,
            aws_secret_access_key=description.secret_key or None,
            aws_session_token=description.session_token or None,
            region_name=description.region or None,
        )
        self._credentials = session.get_credentials()
        self.region: str = session.region_name or "us-east-1"
        self.bucket, self.prefix = description.bucket, description.prefix
        self.client: Any = session.client(
            "s3",
            region_name=self.region,
            endpoint_url=description.endpoint or None,
            config=Config(
                # Without it, addresses for another endpoint than Amazon's are signed as in 2006.
                signature_version="s3v4",
                s3={
                    # A bucket of one's own server has no host name, as a rule.
                    "addressing_style": description.addressing or ("path" if description.endpoint else "auto"),
                    # Only small objects pass through here, and their SHA-256 is a checksum that every server enforces.
                    "payload_signing_enabled": True,
                },
                # Newer defaults add checksums as trailers, which many servers take for a part of the body.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                max_pool_connections=connections,
                connect_timeout=5,
                read_timeout=60,
                retries={"mode": "standard", "total_max_attempts": 4},
                tcp_keepalive=True,
                user_agent_extra="uraniborg",
            ),
        )
        self.address = self._address_of_bucket(description, description.public_endpoint or description.endpoint)
        self.own_address = self._address_of_bucket(description, description.endpoint)

    def frozen_credentials(self) -> Any:
        """Answer access key, secret key and token as they are now: those of a role change every few hours.

        Raises
        ------
        StoreUnavailable
            There are none.
        """
        if self._credentials is None:
            raise StoreUnavailable(NO_CREDENTIALS)
        return self._credentials.get_frozen_credentials()

    def signed_address(
        self,
        method: str,
        key: str,
        *,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        expires_s: int,
        own: bool = False,
    ) -> str:
        """Sign a request for an object, of which `key` is the name without the prefix; see `presign`.

        Parameters
        ----------
        own : bool
            The service asks itself, where it reaches the server; else a client, by the public address.

        Raises
        ------
        StoreUnavailable
            There are no credentials.
        """
        credentials = self.frozen_credentials()
        return presign(
            method,
            (self.own_address if own else self.address) + self.prefix + key,
            query=query,
            headers=headers,
            access_key=credentials.access_key,
            secret_key=credentials.secret_key,
            session_token=credentials.token,
            region=self.region,
            now=datetime.now(UTC),
            expires_s=expires_s,
        )

    def _address_of_bucket(self, description: S3Description, endpoint: str) -> str:
        """Let boto3 say where the bucket's objects are: regions, partitions and addressing styles are its trade."""
        style = description.addressing or ("path" if description.endpoint else "auto")
        address = self._address_by(style, endpoint)
        if style == "auto" and (urlsplit(address).hostname or "").endswith(".amazonaws.com"):
            # That may be Amazon's global one, which sends some elsewhere first.
            return self._address_by("virtual", endpoint)
        return address

    def _address_by(self, style: str, endpoint: str) -> str:
        unsigned = Config(signature_version=botocore.UNSIGNED, s3={"addressing_style": style})
        client = boto3.client("s3", region_name=self.region, endpoint_url=endpoint or None, config=unsigned)
        url: str = client.generate_presigned_url("get_object", Params={"Bucket": self.bucket, "Key": "probe"})
        return url.partition("?")[0].removesuffix("probe")


@functools.lru_cache(maxsize=8)
def _connection_in(process: int, description: S3Description) -> S3Connection:
    return S3Connection(description)


def connection_to(description: S3Description) -> S3Connection:
    """Share a connection within this process; what a fork inherits would be shared with the parent's requests."""
    return _connection_in(os.getpid(), description)
