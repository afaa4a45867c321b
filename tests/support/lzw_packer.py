"""A plain packer of Unix compress (.Z), for tests of the unpacker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

__all__ = ["pack_codes", "pack_lzw", "run_codes"]

_CLEAR, _FIRST = 256, 257


def pack_lzw(content: bytes, *, widest: int = 16, clear_after: int | None = None) -> bytes:
    """Pack bytes; with ``clear_after`` the table starts anew each time so many codes were written after it was full."""
    return pack_codes(_codes(content, widest, clear_after), widest=widest)


def run_codes(count: int) -> list[int]:
    """Return the codes of a run of ``count * (count + 1) / 2`` NUL bytes: each code stands for one byte more."""
    return [0, *range(_FIRST, _FIRST + count - 1)]


def pack_codes(codes: Iterable[int], *, widest: int = 16) -> bytes:
    """Write codes in groups of eight, least significant bit first; a wider code and a CLEAR begin a new group."""
    out = bytearray([0x1F, 0x9D, 0x80 | widest])
    width, free, group = 9, _FIRST - 1, []

    def flush(*, whole: bool) -> None:
        bits = sum(code << (width * place) for place, code in enumerate(group))
        out.extend(bits.to_bytes(width if whole else (len(group) * width + 7) // 8, "little"))
        group.clear()

    for code in codes:
        if free >= 1 << width and width < widest:
            if group:
                flush(whole=True)
            width += 1
        group.append(code)
        free = min(free + 1, 1 << widest)
        if len(group) == 8:
            flush(whole=True)
        if code == _CLEAR:
            if group:
                flush(whole=True)
            width, free = 9, _FIRST - 1
    if group:
        flush(whole=False)
    return bytes(out)


def _codes(content: bytes, widest: int, clear_after: int | None) -> Iterator[int]:
    table = {bytes([byte]): byte for byte in range(256)}
    known, written_when_full = b"", 0
    for byte in content:
        longer = known + bytes([byte])
        if longer in table:
            known = longer
            continue
        yield table[known]
        free = len(table) + 1
        if free < 1 << widest:
            table[longer] = free
        else:
            written_when_full += 1
            if clear_after is not None and written_when_full >= clear_after:
                yield _CLEAR
                table = {bytes([one]): one for one in range(256)}
                written_when_full = 0
        known = bytes([byte])
    if known:
        yield table[known]
