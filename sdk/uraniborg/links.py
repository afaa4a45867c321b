"""Links: fetching what somebody shared, without an account, file by file or as one archive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from uraniborg.client import Client
from uraniborg.download import Source, fetch_unsummed
from uraniborg.errors import InvalidInput, TransferFailed
from uraniborg.verify import PackageReport, verify_package

__all__ = ["download_link_zip", "link_files", "read_link"]

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
    headers = _headers(password)
    files = client.iterate("list_link_files", x_link_password=password)
    return [
        Source(file.path, file.size_bytes, file.sha256, _address(file.id), signed=False, headers=headers)
        for file in files
    ]


def _address(file_id: str) -> Callable[[Client], str]:
    return lambda client: f"{client.url}/api/v1/link/files/{file_id}/content"


def download_link_zip(
    client: Client, target: Path, *, password: str | None = None, progress: Callable[[int], None] | None = None
) -> PackageReport:
    """Download all that a link shows as one archive, resuming what an earlier attempt left, and check every checksum.

    Returns
    -------
    PackageReport
        What is in it, and what an embargo left out.

    Raises
    ------
    TransferFailed
        The place is taken, or what arrived is damaged.
    """
    if target.exists():
        raise TransferFailed(f"{target} is there already: move it away, or give another file with --output.")
    target.parent.mkdir(parents=True, exist_ok=True)
    url = f"{client.url}/api/v1/link/zip"
    part = fetch_unsummed(client, url, target, more_headers=_headers(password), progress=progress)
    try:
        report = verify_package(part)
    except InvalidInput as error:
        part.unlink(missing_ok=True)
        raise TransferFailed(f"What arrived is no whole archive ({error.detail}): download it again.") from error
    if report.problems:
        part.unlink(missing_ok=True)
        first = report.problems[0]
        raise TransferFailed(f"What arrived is damaged ({first.path}: {first.detail}): download it again.")
    part.replace(target)
    return report


def _headers(password: str | None) -> dict[str, str]:
    return {"X-Link-Password": password} if password is not None else {}
