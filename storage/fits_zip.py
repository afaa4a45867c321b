"""The first FITS file within a zip, found without trust in the zip's directory."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

from domain.fits_structure import FITS_MAGIC
from domain.header import Problem
from storage.forward_bytes import ContainerDamage
from storage.inflate import PIECE_BYTES, READ_BYTES, buffered, inflated
from storage.range_source import RangeSource

__all__ = ["unzipped"]

_END_RECORD_BYTES = 22
_TAIL_BYTES = 2**16 + 98  # end record, the longest comment after it, record and locator of zip64 before it
_DIRECTORY_BYTES = 2 * 2**20  # a directory of some 20,000 members, and the memory to hold it
_MEMBERS_TRIED = 16
_BUFFER_BYTES = 2**17  # read at once: the zip is jumped about in
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others expand without a bound on memory
_fits_name = re.compile(r"\.(fits?|fts|fz|imfits)$", re.IGNORECASE).search


def unzipped(source: RangeSource, problems: list[Problem]) -> Iterator[bytes]:
    """Unpack the first member that is FITS (nothing, if none is); raises ContainerDamage."""
    directory_bytes = _directory_size(source)
    if directory_bytes is not None and directory_bytes > _DIRECTORY_BYTES:
        raise ContainerDamage(
            Problem("zip-too-many-members", "The zip has too many members to look for a FITS file in it.")
        )
    stream = buffered(source, _BUFFER_BYTES)
    try:
        with zipfile.ZipFile(stream) as archive:
            member = _fits_member(archive, problems)
            if member is not None:
                with archive.open(member) as expanding:
                    while piece := expanding.read(PIECE_BYTES):
                        yield piece
    except Exception as error:  # zipfile raises BadZipFile, and on stranger bytes whatever its parser stumbles over
        if stream.raw.failure is not None:
            raise stream.raw.failure from None
        if directory_bytes is None:
            yield from _first_member_of_cut_zip(source)
        if isinstance(error, EOFError) or directory_bytes is None:
            raise ContainerDamage.truncated("zip") from None
        raise ContainerDamage.spoilt("zip", error) from None


def _directory_size(source: RangeSource) -> int | None:
    """Size in bytes of a zip's directory, which zipfile would read whole; None where it was cut off."""
    length = min(_TAIL_BYTES, source.size_bytes)
    tail = source.read(source.size_bytes - length, length)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END_RECORD_BYTES:
        return None
    size = int.from_bytes(tail[at + 12 : at + 16], "little")
    if size == 0xFFFFFFFF and (at := tail.rfind(b"PK\x06\x06")) >= 0:
        size = int.from_bytes(tail[at + 40 : at + 48], "little")
    return size


def _fits_member(archive: zipfile.ZipFile, problems: list[Problem]) -> zipfile.ZipInfo | None:
    """Find the first member that begins as FITS, those with a name of FITS before the others."""
    members = [member for member in archive.infolist() if not member.is_dir() and member.compress_type in _METHODS]
    named = [member for member in members if _fits_name(member.filename)]
    others = [member for member in members if not _fits_name(member.filename)]
    for member in (named + others)[:_MEMBERS_TRIED]:
        if member.flag_bits & 1:
            problems.append(Problem("zip-encrypted", "The zip asks for a password; what it hides is not indexed."))
            return None
        with archive.open(member) as stream:
            if stream.read(len(FITS_MAGIC)) == FITS_MAGIC:
                if len(named) > 1:
                    problems.append(
                        Problem(
                            "zip-more-members",
                            f"Of {len(named)} FITS files in the zip only {member.filename!r} is indexed: "
                            "unpack it and send the files to have them all.",
                        )
                    )
                return member
    return None


def _first_member_of_cut_zip(source: RangeSource) -> Iterator[bytes]:
    """Read the first member of a zip that lost its directory, as far as it goes."""
    head = source.read(0, 30)
    method, flags = int.from_bytes(head[8:10], "little"), head[6:7]
    offset = 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    if len(head) == 30 and method == zipfile.ZIP_DEFLATED and flags and not flags[0] & 1:
        stream = buffered(source)
        stream.seek(offset)
        yield from inflated(stream, stream.read(READ_BYTES), "zip")
