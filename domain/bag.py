"""The tag files that make an archive a BagIt bag: the payload lies in ``data/``, beside it what describes it.

Source
------
RFC 8493, "The BagIt File Packaging Format (V1.0)".
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

__all__ = ["BAGIT", "PAYLOAD", "BagInfo", "bag_info", "bag_line"]

PAYLOAD = "data/"
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


class BagInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What ``bag-info.txt`` says; counts are of the payload."""

    source: str
    title: str
    identifier: str
    published_at: datetime
    payload_bytes: int
    payload_files: int


def bag_info(info: BagInfo) -> bytes:
    """Write ``bag-info.txt`` (section 2.2.2), the same bytes each time."""
    members = {
        "Source-Organization": info.source,
        "Bagging-Date": f"{info.published_at.astimezone(UTC):%Y-%m-%d}",
        "External-Description": info.title,
        "External-Identifier": info.identifier,
        "Payload-Oxum": f"{info.payload_bytes}.{info.payload_files}",
        "Bag-Software-Agent": "Uraniborg",
    }
    # A value's lines would be taken for other members.
    return "".join(f"{name}: {' '.join(value.split())}\n" for name, value in members.items()).encode()


def bag_line(path: str, sha256: bytes) -> bytes:
    """Write one line of ``manifest-sha256.txt`` or ``tagmanifest-sha256.txt``, as ``sha256sum -c`` reads it too.

    Parameters
    ----------
    path : str
        From the bag's folder on, so that the payload's begin with ``data/``.

    Source
    ------
    Section 2.1.3: line ends and percent signs in paths, and only those, are percent-encoded; two blanks are allowed,
    and are what ``sha256sum`` wants.
    """
    encoded = path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")
    return f"{sha256.hex()}  {encoded}\n".encode()
