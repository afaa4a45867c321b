"""The headers of one file, in whatever clothes it comes: what they say, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from domain.fits_cards import CARD_BYTES, ParsedHeader, find_end, read_header
from domain.fits_structure import BLOCK_BYTES, FITS_MAGIC, first_values, padded_size, read_structure
from domain.header import CardValue, FileContents, HeaderUnit
from storage.file_kinds import claims_fits, describe_kind, sniff_media_type
from storage.file_problems import FileProblems
from storage.fits_containers import Container, expand, sniff_container
from storage.forward_bytes import EXPANDS_TOO_FAR, ForwardBytes, PlainBytes
from storage.range_source import BytesRangeSource, FileRangeSource, RangeSource, ReadLimits
from storage.xisf_reader import XISF_MAGIC, read_xisf

__all__ = ["BytesRangeSource", "FileRangeSource", "RangeSource", "ReadLimits", "read_contents"]

_HEAD_BYTES = 2**15  # the first read: enough to know what the file is, and for most headers
_PAGE_BYTES = 4096  # of memory, on most machines
_LFS_MAGIC = b"version https://git-lfs.github.com/spec/"
_MEDIA_TYPES: dict[Container, str] = {
    "none": "application/fits",  # RFC 4047
    "gzip": "application/gzip",
    "bzip2": "application/x-bzip2",
    "lzw": "application/x-compress",
    "zip": "application/zip",
}

_CONTROL = bytes([*range(0x20), 0x7F])
_COMMENTARY = frozenset({"", "COMMENT", "HISTORY", "CONTINUE"})
_MOST_NAMES = 8

_HeaderEnd = Literal["complete", "truncated", "missing", "too-long"]


def read_contents(source: RangeSource, name: str, *, limits: ReadLimits = ReadLimits()) -> FileContents:  # noqa: B008
    """Read all headers of a file, and nothing else of it where that can be avoided.

    Parameters
    ----------
    source : RangeSource
        The file's bytes. A plain FITS file costs one read of 32 kB, and one for each further header beyond it; a
        compressed one is streamed through, and held 256 kB at a time.
    name : str
        The file's name. What the file is, its content decides; the name says what it was meant to be.
    limits : ReadLimits
        Where to stop.

    Returns
    -------
    FileContents
        As many header units as could be read, and a problem for everything that was wrong.

    Raises
    ------
    Exception
        Only what the source itself raises; no content does.
    """
    problems = FileProblems()
    if source.size_bytes == 0:
        problems.add("empty-file", "The file has no bytes.")
        return FileContents("other", "none", sniff_media_type(b"", name), [], problems.as_list())
    head = source.read(0, min(_HEAD_BYTES, source.size_bytes))
    container = sniff_container(head)
    if container == "none":
        if head.startswith(XISF_MAGIC):
            units = read_xisf(source, problems, limits)
            return FileContents("xisf", container, "image/x-xisf", units, problems.as_list())
        if not head.startswith(FITS_MAGIC):
            return _other(head, name, container, problems)
        units = _read_units(PlainBytes(source, head), b"", problems, limits)
        beginning = _beginning(head, units)
        return FileContents("fits", container, _MEDIA_TYPES[container], units, problems.as_list(), beginning)
    stream = expand(source, container, limits)
    first = stream.take(BLOCK_BYTES)
    if first.startswith(FITS_MAGIC):
        units = _read_units(stream, first, problems, limits)
        problems.add_all(stream.problems)
        return FileContents("fits", container, _MEDIA_TYPES[container], units, problems.as_list())
    problems.add_all(stream.problems)
    if not first and not stream.problems and container != "zip":
        problems.add("empty-file", f"The {container} file holds no bytes.")
    return _other(head, name, container, problems, expanded=first)


def _beginning(head: bytes, units: list[HeaderUnit]) -> bytes:
    """Cut the first bytes of a file where its data begins; the last page is whole, as readers ask for pages."""
    last = next((unit for unit in units if unit.data_size_bytes), units[-1])
    size = -(-last.data_offset // _PAGE_BYTES) * _PAGE_BYTES
    return head[:size] if size <= _HEAD_BYTES else b""


def _other(
    head: bytes, name: str, container: Container, problems: FileProblems, *, expanded: bytes | None = None
) -> FileContents:
    """Describe a file that is kept as it is."""
    media_type = sniff_media_type(head, name)
    if head.startswith(_LFS_MAGIC):
        problems.add(
            "lfs-pointer",
            "This is a Git LFS pointer, not the file it stands for: run `git lfs pull` where it came from, "
            "and send the file.",
        )
    elif claims_fits(name) and not (expanded == b"" and problems.as_list()):
        if container == "zip":
            found = "the zip holds no FITS file"
        elif expanded is not None:
            found = f"what the {container} file holds is {describe_kind(sniff_media_type(expanded, ''))}"
        else:
            found = f"the content is {describe_kind(media_type)}"
        problems.add("not-fits", f"The name says FITS, but {found}; it is kept as a file and not indexed.")
    return FileContents("other", container, media_type, [], problems.as_list())


def _read_units(stream: ForwardBytes, first: bytes, problems: FileProblems, limits: ReadLimits) -> list[HeaderUnit]:
    """Walk from header to header; ``first`` is what was taken from the stream already."""
    units: list[HeaderUnit] = []
    headers_left = limits.max_headers_bytes
    block = first or stream.take(BLOCK_BYTES)
    while block:
        if units and not b"XTENSION".startswith(block[:8]):  # a cut may leave less than the word
            if block.strip(b"\0 "):
                problems.add("trailing-garbage", f"Bytes that are no header unit follow unit {len(units) - 1}.")
            break
        if len(units) >= limits.max_units or headers_left <= 0:
            problems.add("too-many-units", f"Only the first {len(units)} header units are indexed.")
            break
        header_offset = stream.position - len(block)
        header, end = _take_header(stream, block, min(limits.max_header_bytes, headers_left))
        headers_left -= len(header)
        unit, data_size_bytes = _read_unit(header, end, len(units), header_offset, stream.position, problems)
        units.append(unit)
        if data_size_bytes is None or end != "complete":
            break
        skipped = stream.skip(padded_size(data_size_bytes))
        if skipped < data_size_bytes:
            if not any(problem.code == EXPANDS_TOO_FAR for problem in stream.problems):
                problems.add(
                    "data-truncated",
                    f"The header of {_called(unit)} promises {data_size_bytes} bytes of data, and {skipped} are there; "
                    "it is indexed as it is.",
                )
            break
        block = stream.take(BLOCK_BYTES)
    return units


def _take_header(stream: ForwardBytes, block: bytes, max_bytes: int) -> tuple[bytes, _HeaderEnd]:
    """Take blocks up to the one with END; the bytes returned are whole cards."""
    blocks = [block]
    size = len(block)
    while find_end(block) < 0:
        if len(block) < BLOCK_BYTES:
            return _whole_cards(blocks), "truncated"
        if size + BLOCK_BYTES > max_bytes:
            return _whole_cards(blocks), "too-long"
        block = stream.take(BLOCK_BYTES)
        # Data has bytes that no header has, in whatever alphabet: of random bytes one in eight is a control character.
        if len(block) - len(block.translate(None, _CONTROL)) > len(block) // 16 and find_end(block) < 0:
            return _whole_cards(blocks), "missing"
        blocks.append(block)
        size += len(block)
    return b"".join(blocks), "complete"


def _whole_cards(blocks: list[bytes]) -> bytes:
    content = b"".join(blocks)
    return content[: len(content) // CARD_BYTES * CARD_BYTES].rstrip(b"\0")


def _read_unit(
    header: bytes, end: _HeaderEnd, index: int, header_offset: int, data_offset: int, problems: FileProblems
) -> tuple[HeaderUnit, int | None]:
    """Parse one header; return the unit, and how many bytes of data follow (None if nobody knows)."""
    parsed = read_header(header)
    values = first_values(parsed.cards)
    structure = read_structure(parsed.cards, index=index, values=values)
    unit = HeaderUnit(
        index=index,
        name=structure.name,
        kind=structure.kind,
        shape=structure.shape,
        cards=parsed.cards,
        header_offset=header_offset,
        data_offset=data_offset,
        data_size_bytes=structure.data_size_bytes or 0,
        bitpix=structure.bitpix,
    )
    called = _called(unit)
    if end == "truncated":
        problems.add(
            "header-truncated", f"The file ends within the header of {called}: it was cut short. Send it again."
        )
    elif end == "missing":
        problems.add("missing-end", f"The header of {called} has no END card; what follows it is not read.")
    elif end == "too-long":
        problems.add(
            "header-too-long", f"The header of {called} goes on beyond {len(header)} bytes; the rest is not read."
        )
    elif structure.absurdities:
        problems.add("absurd-axes", f"In {called}: {'; '.join(structure.absurdities)}.")
    _note_odd_cards(parsed, values, called, problems)
    return unit, structure.data_size_bytes


def _note_odd_cards(parsed: ParsedHeader, values: Mapping[str, CardValue], called: str, problems: FileProblems) -> None:
    if not parsed.ascii_only:
        problems.add(
            "header-not-ascii",
            f"The header of {called} has bytes that FITS does not allow; they are read as UTF-8 or Latin-1.",
        )
    if parsed.unparsed:
        problems.add(
            "bad-cards",
            f"Cards of {called} that cannot be parsed: {len(parsed.unparsed)} ({_listed(parsed.unparsed)}); "
            "their text is kept.",
        )
    if len(values) < len(parsed.cards):
        skipped = _COMMENTARY | parsed.commentary | set(parsed.unparsed)
        repeated = [
            keyword
            for keyword, value, _ in parsed.cards
            if keyword not in skipped and value not in (None, "", values[keyword]) and values[keyword] not in (None, "")
        ]
        if repeated:
            problems.add(
                "repeated-keyword",
                f"Repeated in {called} with different values: {_listed(repeated)}; the first value counts.",
            )


def _called(unit: HeaderUnit) -> str:
    return f"unit {unit.index} ({unit.name[:40]})" if unit.name else f"unit {unit.index}"


def _listed(names: list[str]) -> str:
    unique = list(dict.fromkeys(name[:40] for name in names))
    more = len(unique) - _MOST_NAMES
    return ", ".join(unique[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
