"""The audit log's chain: an entry's hash covers the entry and the hash before it, so that no change goes unnoticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

__all__ = ["GENESIS", "ChainBreak", "Walk", "canonical", "entry_hash", "moment_text", "plain_details"]

GENESIS = "0" * 64
"What stands for the hash before the first entry."

HASHED = ("log", "sequence", "at", "actor", "action", "target", "details", "previous")


class ChainBreak(msgspec.Struct, frozen=True):
    """Where a log stops being what was written: the sequence number, and what is wrong there."""

    sequence: int
    reason: str


def canonical(value: Any) -> bytes:
    """Write a value as the one JSON text it has: names sorted, no blanks, UTF-8.

    Only texts, whole numbers, booleans, null, lists and objects may occur, which have one form each.

    Source
    ------
    RFC 8785 (JSON Canonicalization Scheme), for these values; names are sorted by code point.
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode()


def plain_details(value: Any) -> Any:
    """Turn a value into what the chain takes: numbers with a fraction, times, identifiers become texts."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, Mapping):
        return {str(name): plain_details(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_details(inner) for inner in value]
    return str(value)


def moment_text(moment: datetime) -> str:
    """Write a time as the chain has it: UTC, always with six decimals."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def entry_hash(entry: Mapping[str, Any]) -> str:
    """Compute an entry's hash, 64 hexadecimal digits.

    Parameters
    ----------
    entry : mapping
        ``log`` (the organisation's id), ``sequence``, ``at`` (a text), ``actor``, ``action``, ``target``, ``details``
        and ``previous``; anything else in it does not count.
    """
    return hashlib.sha256(canonical({name: entry[name] for name in HASHED})).hexdigest()


class Walk:
    """Follow a chain entry by entry, from its first one.

    Parameters
    ----------
    log : str or None
        The log that every entry must belong to; None for that of the first entry.
    """

    def __init__(self, log: str | None = None) -> None:
        self.log = log
        self.sequence = 0
        self.hash = GENESIS

    def step(self, entry: Mapping[str, Any]) -> ChainBreak | None:
        """Take the next entry; returns what is wrong with it, after which there is no going on."""
        expected = self.sequence + 1
        try:
            log, sequence, previous, claimed = entry["log"], entry["sequence"], entry["previous"], entry["hash"]
            computed = entry_hash(entry)
        except (KeyError, TypeError, ValueError):
            return ChainBreak(expected, "the entry cannot be read")
        if self.log is None:
            self.log = log
        if sequence != expected:
            return ChainBreak(expected, f"entry {sequence} stands where {expected} should")
        if log != self.log:
            return ChainBreak(expected, "the entry belongs to another log")
        if previous != self.hash:
            return ChainBreak(expected, "it does not follow the entry before it")
        if claimed != computed:
            return ChainBreak(expected, "the entry was changed after it was written")
        self.sequence, self.hash = sequence, computed
        return None

    def end(self, sequence: int, hash_: str) -> ChainBreak | None:
        """Compare with where the log says it ends; tells entries taken off its end."""
        if (sequence, hash_) == (self.sequence, self.hash):
            return None
        if sequence > self.sequence:
            return ChainBreak(self.sequence + 1, f"entries {self.sequence + 1} to {sequence} are missing")
        return ChainBreak(self.sequence, "the log goes on, or ends otherwise, than it says of itself")

    def all(self, entries: Iterable[Mapping[str, Any]]) -> ChainBreak | None:
        """Take every entry; returns the first break."""
        for entry in entries:
            if (found := self.step(entry)) is not None:
                return found
        return None
