"""Links: fetching what somebody shared, without an account."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from uraniborg.client import Client
from uraniborg.download import Source
from uraniborg.errors import InvalidInput

__all__ = ["link_files", "read_link"]

PREFIX = "url_"


def read_link(link: str, url: str) -> tuple[str, str]:
    """Take a link apart: the service's address, and the secret.

    Parameters
    ----------
    link : str
        Its address, with the secret behind ``#``; or the secret alone.
    url : str
        The service, for a secret alone.

    Raises
    ------
    InvalidInput
        It is neither.
    """
    parts = urlsplit(link)
    if parts.scheme in ("http", "https") and parts.fragment.startswith(PREFIX):
        return f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix('/s')}".rstrip("/"), parts.fragment
    if link.startswith(PREFIX):
        return url, link
    raise InvalidInput("This is no link: it ends with # and a secret that begins with url_, or is that secret.")


def link_files(client: Client, password: str | None = None) -> list[Source]:
    """List what a link shows; the client's token is the link's secret."""
    headers = {"X-Link-Password": password} if password is not None else {}
    files = client.iterate("list_link_files", x_link_password=password)
    return [
        Source(file.path, file.size_bytes, file.sha256, _address(file.id), signed=False, headers=headers)
        for file in files
    ]


def _address(file_id: str) -> Callable[[Client], str]:
    return lambda client: f"{client.url}/api/v1/link/files/{file_id}/content"
