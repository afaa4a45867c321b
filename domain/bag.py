"""The tag files that make an archive a BagIt bag: the payload lies in ``data/``, beside it what describes it.

Source
------
RFC 8493, "The BagIt File Packaging Format (V1.0)".
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

__all__ = [
    "BAGIT",
    "LEFT_OUT_NAME",
    "PAYLOAD",
    "BagInfo",
    "bag_info",
    "bag_line",
    "left_out_head",
    "left_out_line",
]

PAYLOAD = "data/"
LEFT_OUT_NAME = "LEFT-OUT.txt"
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


class BagInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What ``bag-info.txt`` says; counts are of the payload.

    ``source`` and ``identifier`` are null where they are not told. ``left_out``: how many files an embargo holds back.
    """

    source: str | None
    title: str
    identifier: str | None
    bagged_at: datetime
    payload_bytes: int
    payload_files: int
    left_out: int = 0


def bag_info(info: BagInfo) -> bytes:
    """Write ``bag-info.txt`` (section 2.2.2), the same bytes each time."""
    members = {
        "Source-Organization": info.source,
        "Bagging-Date": f"{info.bagged_at.astimezone(UTC):%Y-%m-%d}",
        "External-Description": info.title,
        "External-Identifier": info.identifier,
        "Payload-Oxum": f"{info.payload_bytes}.{info.payload_files}",
        "Bag-Software-Agent": "Uraniborg",
        "Left-Out": f"{info.left_out} under embargo, see {LEFT_OUT_NAME}" if info.left_out else None,
    }
    # A value's lines would be taken for other members.
    said = {name: " ".join(value.split()) for name, value in members.items() if value is not None}
    return "".join(f"{name}: {value}\n" for name, value in said.items()).encode()


def left_out_head(count: int) -> bytes:
    """Begin ``LEFT-OUT.txt``, the list of what an embargo holds back; a `left_out_line` for each file follows."""
    files = "1 file is" if count == 1 else f"{count} files are"
    return f"{files} left out of this archive: under embargo until the moment (UTC) before its path.\n\n".encode()


def left_out_line(path: str, until: datetime) -> bytes:
    """Write one line of ``LEFT-OUT.txt``; the path is written as in `bag_line`."""
    return f"{until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}  {_encoded(path)}\n".encode()


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
    return f"{sha256.hex()}  {_encoded(path)}\n".encode()


def _encoded(path: str) -> str:
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")
