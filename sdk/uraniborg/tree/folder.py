"""A listed folder, and what of it is likely to be wanted next: whoever opens files in order will go on."""

from __future__ import annotations

import time

from uraniborg.tree.entry import Entry
from uraniborg.tree.reader import Reader

__all__ = ["Folder"]

ADDRESSED_AHEAD = 150  # files in order of which addresses are to be known, before anybody has to wait for them
FEW_NEIGHBOURS, NEIGHBOURS = 64, 500  # files of which addresses are asked for with a folder's second, and later
IN_A_ROW = 3  # files of a folder opened in order, before those behind them are hurried for
HEADS_AHEAD, WHOLE_AHEAD = 16, 4  # files of which the first block, or all, is fetched before they are opened
# Beginnings are asked for in more and more at once: little is in vain, on whatever line, where somebody looks at a few.
FIRST_BEGUN, MOST_BEGUN = 64, 500
AWAITED_S = 3.0  # so long nothing else is done for files of which they have been asked for


class Folder:
    """What a folder holds by name, and how far somebody has opened its files in order.

    Several readers may share a folder: files need not be opened strictly one behind the other.

    Parameters
    ----------
    read_at : float
        When it was listed, on the monotonic clock.
    """

    def __init__(self, entries: dict[str, Entry], read_at: float, *, addressed: int = 0) -> None:
        self.entries, self.read_at = entries, read_at
        self.addressed = addressed
        "How often an address in it had to be waited for."
        self.names = list(entries)
        self._places: dict[str, int] = {}
        self._last, self._in_a_row = -1, 0
        self._hurried_until, self._addressed_until, self._begun_until = 0, 0, 0
        self._begun_at_once = FIRST_BEGUN // 4
        self._awaits_until, self._has_beginnings = 0.0, True
        self._reader: Reader | None = None
        self.is_whole = self.is_read_on = self._was_begun = False
        "Whether the file before was read to its end; and whether beyond its beginning, which was known."

    @property
    def is_in_order(self) -> bool:
        """Whether its files are being opened one behind the other."""
        return self._in_a_row >= IN_A_ROW

    @property
    def _awaits(self) -> bool:
        """Whether beginnings have been asked for and may still come."""
        return time.monotonic() < self._awaits_until

    def note_opened(self, name: str, reader: Reader, *, is_begun: bool) -> bool:
        """Note that a file was opened; gives whether the bytes of the one before had to be looked for.

        Parameters
        ----------
        is_begun : bool
            Its beginning is known.
        """
        self._places = self._places or {name: place for place, name in enumerate(self.names)}
        place = self._places.get(name, -1)
        is_near = self._last - HEADS_AHEAD < place <= self._last + HEADS_AHEAD
        self.is_whole = self._reader is not None and self._reader.is_at_end
        self._in_a_row = self._in_a_row + 1 if is_near else 0
        self._last = max(self._last, place) if is_near else place
        was_addressed = self._reader is not None and self._reader.is_addressed
        self.is_read_on = was_addressed and self._was_begun
        self._reader, self._was_begun = reader, is_begun
        if not is_near:
            self._begun_until, self._begun_at_once = 0, FIRST_BEGUN // 4
        return was_addressed

    def to_hurry(self) -> list[Entry]:
        """Name the files of which the first block is to come before they are opened, or all where `is_whole`."""
        if not self.is_in_order:
            self._hurried_until = self._last + 1
            return []
        if self._awaits and not self.is_whole:  # how they begin
            return []
        begin = max(self._hurried_until, self._last + 1)
        if not self.is_whole and begin - self._last > HEADS_AHEAD // 2:  # several at a time cost the store less
            return []
        end = self._last + 1 + (WHOLE_AHEAD if self.is_whole else HEADS_AHEAD)
        self._hurried_until = max(self._hurried_until, end)
        return self._files(begin, end)

    def to_address(self) -> list[Entry]:
        """Name the files ahead whose addresses are to be asked for, when it is time for that."""
        begin = max(self._addressed_until, self._last + 1)
        if not self.is_in_order or begin > self._last + ADDRESSED_AHEAD:
            return []
        self._addressed_until = begin + NEIGHBOURS
        return self._files(begin, self._addressed_until)

    def to_begin(self) -> list[Entry]:
        """Name the files ahead whose beginnings are to be asked for, when it is time for that; tell `note_begun` then.

        Nobody who reads files whole needs them, nor one who has found none.
        """
        begin = max(self._begun_until, self._last + 1)
        is_time = begin - self._last <= max(self._begun_at_once * 3 // 4, 1)
        if not self.is_in_order or self.is_whole or not self._has_beginnings or self._awaits or not is_time:
            return []
        self._begun_at_once = min(self._begun_at_once * 4, MOST_BEGUN)
        self._begun_until = begin + self._begun_at_once
        files = self._files(begin, self._begun_until)
        self._awaits_until = time.monotonic() + AWAITED_S if files else 0.0
        return files

    def note_begun(self, found: int) -> None:
        """Note how many of the beginnings that were asked for there are."""
        self._awaits_until, self._has_beginnings = 0.0, found > 0

    def around(self, name: str) -> list[str]:
        """Name the files that follow one, and those shortly before it, which others may be about to open."""
        self.addressed += 1
        if self.addressed < 2 and not self.is_in_order:  # maybe the only one that somebody wants
            return []
        try:
            at = self.names.index(name)
        except ValueError:
            return []
        count = FEW_NEIGHBOURS if self.addressed < 3 else NEIGHBOURS
        return [*self.names[at + 1 : at + count], *self.names[max(at - HEADS_AHEAD, 0) : at]]

    def _files(self, begin: int, end: int) -> list[Entry]:
        found = [self.entries[name] for name in self.names[begin:end]]
        return [entry for entry in found if not entry.is_folder and entry.size_bytes]
