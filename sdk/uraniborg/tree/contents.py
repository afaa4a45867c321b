"""Contents read by ranges: from memory, from disk, and from the object store in parallel, ahead of who reads on.

What is given is what was stored: see `soundness`.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from crc32c import crc32c as crc32c_of

from uraniborg.errors import TransferFailed
from uraniborg.settings import cache_folder
from uraniborg.tree.beginnings import Beginnings
from uraniborg.tree.block_writer import BlockWriter
from uraniborg.tree.blocks import BLOCK_BYTES, BlockCache
from uraniborg.tree.buffers import Buffers
from uraniborg.tree.range_loop import Part, RangeLoop
from uraniborg.tree.ranges import AddressRefused, RangeLines
from uraniborg.tree.reader import Address, Reader
from uraniborg.tree.runs import Block, Gathering, Run, requests_of, runs_of
from uraniborg.tree.soundness import Soundness, not_what_was_stored
from uraniborg.tree.sums import Sum

__all__ = ["DEFAULT_LIMIT_BYTES", "Contents"]

DEFAULT_LIMIT_BYTES = 20 * 1000**3
AT_ONCE = 8
PIECE_BLOCKS = 64  # what is received at a time, before anybody has it: 2 MiB
REQUEST_BLOCKS = 256  # the most that one request asks for ahead of a reader: a store takes its time for each
IN_MEMORY_BYTES = 64 * 1024**2
# Of what came in pieces so small, as headers and places here and there do, the last blocks: they are looked at once.
LONE_BLOCKS, LONE_IN_MEMORY = 4, 128
APART_FROM_BYTES = 64 * 1024**2  # in smaller files, blocks around what is wanted are likely to be wanted, too
SUMMED_AT_ONCE = 4096  # blocks, of which the loop adds the checksums up by the way


class Contents:
    """The way to the bytes of contents, for all readers of a process.

    Parameters
    ----------
    folder : Path, optional
        Where blocks are kept; the user's cache when left out, which all mounts and programs share.
    limit_bytes : int
        What that may take on disk.
    """

    def __init__(
        self, folder: Path | None = None, *, limit_bytes: int = DEFAULT_LIMIT_BYTES, patience_s: float = 30.0
    ) -> None:
        self._buffers = Buffers()
        self.cache = BlockCache(folder or cache_folder() / "blocks", limit_bytes, self._buffers)
        self.beginnings = Beginnings()
        self.lines = RangeLines(patience_s)
        self.loop: RangeLoop | None = None
        "Where there is one, usual ranges come by it: who has it sees to its turns."
        self._keeping = BlockWriter(self.cache)
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="uraniborg-range")
        self._lock = threading.Lock()
        self._memory: OrderedDict[tuple[str, int], Block] = OrderedDict()
        self._lone: deque[tuple[str, int]] = deque()
        self._coming: dict[tuple[str, int], Run] = {}
        self._soundness = Soundness(self.cache, self._keeping, self.beginnings, self._forget)

    def open(
        self,
        sha256: str,
        size_bytes: int,
        address: Callable[[bool], Address],
        known: Callable[[], Address | None] | None = None,
    ) -> Reader:
        """Open a content; see `Reader` for how it is told where that is."""
        return Reader(self, sha256, size_bytes, address, known)

    def times_wrong(self, sha256: str) -> int:
        """Tell how often a content arrived that was not what was stored."""
        return self._soundness.times_wrong(sha256)

    def settle(self) -> None:
        """Return when the cache on disk has all that was read until now: it is kept a moment behind its reader."""
        self._keeping.flush()

    def close(self) -> None:
        """End all work."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self.lines.close()
        self._keeping.close()
        self.cache.close()

    def blocks(self, reader: Reader, first: int, count: int, *, ahead: int) -> list[memoryview]:
        """Give consecutive blocks of a content, and let those that follow come.

        Parameters
        ----------
        ahead : int
            How many blocks behind these are likely to be wanted soon.
        """
        found: Future[list[memoryview]] = Future()

        def have(blocks: list[memoryview] | BaseException) -> None:
            if isinstance(blocks, BaseException):
                found.set_exception(blocks)
            else:
                found.set_result(blocks)

        begun = self._begin(reader, first, count, have, ahead)
        here = begun.pop(0) if begun and begun[0].is_urgent else None
        self._go(reader, begun)
        if here is not None:
            self._bring(reader, here)  # in this thread: another one would only be waited for
        return found.result()

    def send_for(
        self,
        reader: Reader,
        first: int,
        count: int,
        have: Callable[[list[memoryview] | BaseException], None],
        *,
        ahead: int,
    ) -> None:
        """Do as `blocks` does, without waiting: `have` is called with them, or with what went wrong."""
        self._go(reader, self._begin(reader, first, count, have, ahead))

    def send_apart(
        self, reader: Reader, offset: int, stop: int, have: Callable[[memoryview | BaseException | None], None]
    ) -> bool:
        """Let bytes come that lie apart from what is read besides: they alone, and not whole blocks around them.

        False where anything is not as usual; `send_for` sees to that. Checksums are added up of the whole blocks among
        them, as ever, and not of what is cut: whoever reads all of a smaller file is to know that it is right.

        Parameters
        ----------
        have : callable
            Called with them, with what went wrong, or with None if they did not come.
        """
        address = reader.known_address()
        if reader.size_bytes < APART_FROM_BYTES or address is None or address.crc32c is None:
            return False
        first, count = offset // BLOCK_BYTES, (stop - 1) // BLOCK_BYTES - offset // BLOCK_BYTES + 1
        with self._lock:
            keys = [(reader.sha256, block) for block in range(first, first + count)]
            is_near = any(key in self._memory or key in self._coming for key in keys)
        is_wrong = reader.times_wrong != self.times_wrong(reader.sha256)
        if is_near or is_wrong or self.cache.may_have(reader.sha256, first, count):
            return False
        into = self._buffers.take(stop - offset)

        def landed(came: bool) -> None:
            if came:
                self._have_apart(reader, offset, into, have)
            else:
                self._pool.submit(have, None)

        def bring() -> None:
            try:
                data = self._range(reader, offset, stop)
            except Exception:  # `send_for` tries again, and tells what is wrong
                have(None)
            else:
                self._have_apart(reader, offset, data, have)

        if self.loop is None or not self.loop.start(address.url, offset, [(into, landed)], is_urgent=True):
            self._pool.submit(bring)
        return True

    def _have_apart(
        self, reader: Reader, offset: int, data: memoryview, have: Callable[[memoryview | BaseException | None], None]
    ) -> None:
        """Keep what is whole of a piece; the piece is given then, unless it was the last and not all is right."""
        stop = offset + len(data)
        begin = -(-offset // BLOCK_BYTES)
        end = stop // BLOCK_BYTES if stop < reader.size_bytes else reader.block_count
        summed = None
        if begin < end:
            try:
                _, summed = self._keep(reader, begin, data[begin * BLOCK_BYTES - offset : end * BLOCK_BYTES - offset])
            except BaseException as error:
                have(error)
                return

        def judge(whole: Sum) -> None:
            try:
                self._soundness.judge(reader, whole)
            except BaseException as error:
                have(error)
            else:
                have(data)

        if summed is not None:
            self._pool.submit(judge, summed)
        else:
            have(data)

    def hurry(self, reader: Reader, size_bytes: int) -> None:
        """Let the first blocks of a content come, which are likely to be wanted soon."""
        with self._lock:
            begun = self._promise(reader, 0, min(-(-size_bytes // BLOCK_BYTES), reader.block_count), is_urgent=False)
        self._go(reader, begun)

    def _begin(
        self,
        reader: Reader,
        first: int,
        count: int,
        have: Callable[[list[memoryview] | BaseException], None],
        ahead: int,
    ) -> list[Run]:
        """See what is in memory and what comes already; gives the runs that somebody has to let come."""
        if reader.times_wrong != self.times_wrong(reader.sha256):
            have(not_what_was_stored(reader.sha256))  # some of which it was given, before all had come
            return []
        here = [self._memory.get((reader.sha256, block)) for block in range(first, first + count)]
        if (blocks := [held[0] for held in here if held is not None]) and len(blocks) == count:
            have(blocks)
            with self._lock:
                return self._look_ahead(reader, first + count, ahead) if ahead else []
        gathering = Gathering(first, count, have)
        with self._lock:
            begun = self._promise(reader, first, count, is_urgent=True)
            for block in range(first, first + count):
                if (held := self._memory.get((reader.sha256, block))) is not None:
                    gathering.found[block] = held
                else:
                    gathering.await_(self._coming[reader.sha256, block])
            if ahead:
                begun += self._look_ahead(reader, first + count, ahead)
        gathering.begun()
        return begun

    def _promise(self, reader: Reader, first: int, count: int, *, is_urgent: bool) -> list[Run]:
        """Note that those blocks will come which neither are here nor come; in which runs. The lock is held."""
        sha256, promised = reader.sha256, list[Run]()
        here = [(sha256, block) for block in range(first, first + count)]
        for begin, length in runs_of([key[1] for key in here if key not in self._memory and key not in self._coming]):
            for at in range(begin, begin + length, PIECE_BLOCKS):
                run = Run(at, min(PIECE_BLOCKS, begin + length - at), is_urgent)
                self._coming |= {(sha256, block): run for block in range(at, at + run.count)}
                promised.append(run)
        return promised

    def _look_ahead(self, reader: Reader, first: int, count: int) -> list[Run]:
        """Promise the blocks that follow, in requests as large as they may be; the lock is held."""
        last = min(first + count, reader.block_count)
        begin = max(first, reader.sent_until)
        # Half of what is ahead stays until it is read, so that requests are large and few.
        if begin >= last or (last - begin < min(REQUEST_BLOCKS, count // 2) and last < reader.block_count):
            return []
        reader.sent_until = last
        return self._promise(reader, begin, last - begin, is_urgent=False)

    def _go(self, reader: Reader, runs: list[Run]) -> None:
        """Let runs come: by the loop where all is as usual, else by threads, which may wait for others."""
        loop, flying = self.loop, list[Run]()
        for run in runs:
            if loop is None or self.cache.may_have(reader.sha256, run.first, run.count):
                self._hand_over(reader, run, self._bring)
            else:
                flying.append(run)
        for those in requests_of(flying, REQUEST_BLOCKS):
            if loop is None or not self._fly(loop, reader, those):
                for run in those:
                    self._hand_over(reader, run, self._bring)

    def _hand_over(self, reader: Reader, run: Run, work: Callable[..., None], *more: Any) -> None:
        """Have a thread see to a run; whoever waits for it is told, too, if that is given up."""

        def end(future: Future[None] | None = None) -> None:
            if future is None or future.cancelled():
                self._settle(reader, run, _ended())

        try:
            self._pool.submit(work, reader, run, *more).add_done_callback(end)
        except RuntimeError:  # it has ended
            end()

    def _fly(self, loop: RangeLoop, reader: Reader, runs: list[Run]) -> bool:
        """Let consecutive runs come by one request; False where that cannot be, or may have to wait for anybody."""
        address = reader.known_address()
        if address is None or address.crc32c is None:
            return False
        start = runs[0].first * BLOCK_BYTES
        parts = [self._part(reader, run) for run in runs]
        return loop.start(address.url, start, parts, is_urgent=runs[0].is_urgent)

    def _part(self, reader: Reader, run: Run) -> Part:
        """Have a place ready for a run that the loop brings."""
        into = self._buffers.take(min(run.count * BLOCK_BYTES, reader.size_bytes - run.first * BLOCK_BYTES))

        def landed(came: bool) -> None:
            if came:
                self._have(reader, run, into)
            elif self.loop is None and not run.is_awaited:  # a mount has ended, and nobody reads on
                self._settle(reader, run, _ended())
            else:
                self._hand_over(reader, run, self._bring)

        return into, landed

    def _bring(self, reader: Reader, run: Run) -> None:
        """Find a run on disk, or fetch it; the disk, and who else is asked, are waited for by this thread."""
        loop = self.loop
        try:
            check = self.cache.load(reader.sha256, run.first, run.count)
            # The loop does not have to take turns with this thread for each block.
            if check is not None and loop is not None and loop.call(partial(self._take_kept, reader, run, check)):
                return
            kept: list[Block | None] = check() if check is not None else [None] * run.count
        except BaseException as error:
            self._settle(reader, run, error)
        else:
            self._fill(reader, run, kept)

    def _take_kept(self, reader: Reader, run: Run, check: Callable[[], list[Block | None]]) -> None:
        """Take what was on disk of a run, without waiting for anybody; what is missing, a thread fetches."""
        try:
            kept = check()
            blocks = [block for block in kept if block is not None]
            if len(blocks) < run.count:
                self._hand_over(reader, run, self._fill, kept)
                return
            summed = self._soundness.add(reader, run.first, blocks)
        except BaseException as error:
            self._settle(reader, run, error)
        else:
            self._take(reader, run, summed, blocks)

    def _fill(self, reader: Reader, run: Run, kept: list[Block | None]) -> None:
        """Fetch what is missing of a run, and have it judged, by this thread."""
        try:
            missing = [at for at, block in enumerate(kept) if block is None]
            if missing:  # between the first and the last of these at once: a request costs more than some blocks
                begin, end = missing[0], missing[-1] + 1
                start = (run.first + begin) * BLOCK_BYTES
                data = self._range(reader, start, min((run.first + end) * BLOCK_BYTES, reader.size_bytes))
                kept[begin:end] = fetched = _blocks_in(data)
                self._soundness.compare(reader, run.first + begin, fetched)
                self._keeping.write(reader.sha256, run.first + begin, fetched, data)
            blocks = [block for block in kept if block is not None]
            if (summed := self._soundness.add(reader, run.first, blocks)) is not None:
                self._soundness.judge(reader, summed)
        except BaseException as error:
            self._settle(reader, run, error)
        else:
            self._settle(reader, run, blocks)

    def _have(self, reader: Reader, run: Run, data: memoryview) -> None:
        """Take what the loop has brought of a run, whose address is known with its checksum."""
        try:
            blocks, summed = self._keep(reader, run.first, data)
        except BaseException as error:
            self._settle(reader, run, error)
        else:
            self._take(reader, run, summed, blocks)

    def _take(self, reader: Reader, run: Run, summed: Sum | None, blocks: list[Block]) -> None:
        """Give a run to who waits; if it was the last of a content, and that is not soon told to be right, later."""
        try:
            is_right = summed is None or (summed.count <= SUMMED_AT_ONCE and self._soundness.adds_up(reader, summed))
        except Exception:  # as of a checksum that is none: `judge` tells
            is_right = False
        if is_right:
            self._settle(reader, run, blocks)
        else:
            self._hand_over(reader, run, self._end, summed, blocks)

    def _keep(self, reader: Reader, first: int, data: memoryview) -> tuple[list[Block], Sum | None]:
        """Have blocks kept on disk; gives them, and the sum of all of their content, if these were the last."""
        blocks = _blocks_in(data)
        self._soundness.compare(reader, first, blocks)
        self._keeping.write(reader.sha256, first, blocks, data)
        return blocks, self._soundness.add(reader, first, blocks)

    def _end(self, reader: Reader, run: Run, summed: Sum, blocks: list[Block]) -> None:
        try:
            self._soundness.judge(reader, summed)
        except BaseException as error:
            self._settle(reader, run, error)
        else:
            self._settle(reader, run, blocks)

    def _range(self, reader: Reader, start: int, stop: int) -> memoryview:
        """Fetch bytes into a buffer, with another address where one does not work any more."""
        address = reader.address(False)
        if not address.is_good:
            address = reader.address(True)
        into = self._buffers.take(stop - start)
        try:
            return self.lines.fetch(address.url, start, stop, into)
        except AddressRefused:
            return self.lines.fetch(reader.address(True).url, start, stop, into)

    def _forget(self, sha256: str) -> None:
        """Forget what is in memory of a content."""
        with self._lock:
            for key in [key for key in self._memory if key[0] == sha256]:
                del self._memory[key]

    def _settle(self, reader: Reader, run: Run, result: list[Block] | BaseException) -> None:
        """Tell who waits what came, or what went wrong."""
        keys = [(reader.sha256, block) for block in range(run.first, run.first + run.count)]
        with self._lock:
            if isinstance(result, BaseException):
                reader.sent_until = 0
            else:
                self._memory.update(zip(keys, result, strict=True))
                while len(self._memory) * BLOCK_BYTES > IN_MEMORY_BYTES:
                    self._memory.popitem(last=False)
                if run.count <= LONE_BLOCKS and (run.is_urgent or run.first == 0):
                    self._lone += keys
                    while len(self._lone) > LONE_IN_MEMORY:
                        self._memory.pop(self._lone.popleft(), None)
            for key in keys:
                self._coming.pop(key, None)
        run.settle(result)


def _ended() -> TransferFailed:
    return TransferFailed("What reads this has ended: open it again.")


def _blocks_in(data: memoryview) -> list[Block]:
    """Take bytes apart into blocks with their checksums."""
    pieces = [data[at : at + BLOCK_BYTES] for at in range(0, len(data), BLOCK_BYTES)]
    # Letting go of the interpreter's lock for two microseconds may cost a hundred times that to get it back.
    return [(piece, crc32c_of(piece, gil_release_mode=0)) for piece in pieces]
