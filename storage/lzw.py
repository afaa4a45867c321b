"""Unix compress (.Z) unpacked in bounded memory, however far the file expands."""

from __future__ import annotations

from collections.abc import Callable, Iterator

__all__ = ["LzwDamage", "unpack_lzw"]

_MAGIC = b"\x1f\x9d"
_WIDTH_FLAGS, _BLOCK_MODE_FLAG = 0x1F, 0x80
_NARROWEST, _WIDEST = 9, 16  # bits of a code
_CLEAR = 256
# A table entry may stand for up to 65 kB of text, and the table for 2 GB. So an entry keeps its last bytes only, and
# the entry that has the rest: 65,536 entries are then 17 MB at most.
_TAIL_BYTES = 256
_PIECE_BYTES = 2**16


class LzwDamage(ValueError):
    """The bytes are not what compress writes."""


def unpack_lzw(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Unpack a .Z stream piece by piece.

    Parameters
    ----------
    read : Callable[[int], bytes]
        Gives the next so many bytes, fewer only at the end.

    Yields
    ------
    bytes
        About 64 kB, at most 128 kB.

    Raises
    ------
    LzwDamage
        The magic bytes, the code width or a code make no sense. A stream cut between two codes cannot be told from a
        whole one: the format has neither length nor checksum.

    Source
    ------
    The layout of ncompress: codes of 9 to 16 bits, least significant bit first, in groups of eight; a change of width
    and a CLEAR leave the rest of their group unused.
    """
    head = read(3)
    if len(head) < 3 or head[:2] != _MAGIC:
        raise LzwDamage("no header of compress")
    widest, has_clear = head[2] & _WIDTH_FLAGS, bool(head[2] & _BLOCK_MODE_FLAG)
    if not _NARROWEST <= widest <= _WIDEST:
        raise LzwDamage(f"codes of {widest} bits")
    first_free = 257 if has_clear else 256
    # By code: the last bytes of its text, the code of the text before those (-1 if none), the first byte.
    tails = [bytes([byte]) for byte in range(256)] + [b""] * (first_free - 256)
    heads = [-1] * first_free
    firsts = list(tails)
    width, previous = _NARROWEST, -1
    out = bytearray()
    while group := read(width):
        bits, mask = int.from_bytes(group, "little"), (1 << width) - 1
        for _ in range(len(group) * 8 // width):
            code, bits = bits & mask, bits >> width
            if code == _CLEAR and has_clear:
                del tails[first_free:], heads[first_free:], firsts[first_free:]
                width, previous = _NARROWEST, -1
                break
            free = len(tails)
            if previous >= 0 and free < 1 << widest:
                if code > free:
                    raise LzwDamage(f"code {code} before it was defined")
                # The new entry: the previous text and the first byte of this one (of itself, if it is this one).
                byte = firsts[code] if code < free else firsts[previous]
                if len(tails[previous]) < _TAIL_BYTES:
                    tails.append(tails[previous] + byte)
                    heads.append(heads[previous])
                else:
                    tails.append(byte)
                    heads.append(previous)
                firsts.append(firsts[previous])
                free += 1
            elif code >= free:
                raise LzwDamage(f"code {code} before it was defined")
            out += tails[code] if heads[code] < 0 else _text(code, tails, heads)
            previous = code
            if free >= 1 << width and width < widest:
                width += 1
                break
        if len(out) >= _PIECE_BYTES:
            yield bytes(out)
            out.clear()
    if out:
        yield bytes(out)


def _text(code: int, tails: list[bytes], heads: list[int]) -> bytes:
    parts = []
    while code >= 0:
        parts.append(tails[code])
        code = heads[code]
    parts.reverse()
    return b"".join(parts)
