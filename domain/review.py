"""What a reviewer is told of a data package: all that it says, without the names of who made it."""

from __future__ import annotations

from msgspec.structs import replace

from domain.package_record import PackageRecord

__all__ = ["citation_of_shown", "without_names"]

WITHHELD = "Withheld for review"


def without_names(record: PackageRecord) -> PackageRecord:
    """Leave out of a record everybody's names, and what leads to them: addresses, DOIs, what is related, who paid.

    Title, description and keywords stay as they were written.
    """
    return replace(
        record,
        organisation="",
        publisher=WITHHELD,
        package="",
        contributors=[],
        related=[],
        funding=[],
        url="",
        doi=None,
    )


def citation_of_shown(record: PackageRecord, *, is_draft: bool) -> str:
    """Write ``CITATION.txt`` where a version is shown that cannot be cited as it stands."""
    shown = f"{record.title.rstrip('.')}. Version {record.version}.\n\n"
    if is_draft:
        return f"{shown}This is a draft, shown before it is published: it may change, and cannot be cited yet.\n"
    return f"{shown}The names are withheld for review: who sent you the link knows how to cite it.\n"
