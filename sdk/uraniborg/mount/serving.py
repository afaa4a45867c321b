"""A mount served by this process until it is unmounted: requests of the kernel, answered by one loop.

The loop also receives what was asked of the object store: most requests are asked for, come, and are answered without
any thread waiting for another one. What somebody else has to be asked first is left to threads.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import signal
import sys
import threading
import time
import traceback
import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from uraniborg.mount import listing, notices, wire
from uraniborg.mount.asked import Asked
from uraniborg.mount.device import Device
from uraniborg.mount.nodes import Nodes
from uraniborg.mount.opened import Opened
from uraniborg.mount.operations import Attributes, Operations
from uraniborg.mount.wire import Flag, Op
from uraniborg.tree.range_loop import RangeLoop
from uraniborg.tree.reader import Pieces

__all__ = ["serve"]

THREADS = 16  # that wait for the service, if they do anything
LONGEST_WRITE = 128 * 1024
LONGEST_READ_PAGES = 256
AT_ONCE = 64  # requests that the kernel sends ahead of readers
HOLDS_S, ABSENT_HOLDS_S = 30, 1  # how long the kernel does not ask again
# Whoever maps a file and looks at a few rows of an image is to move little; we run ahead of readers ourselves.
READ_AHEAD_BYTES = 32 * 1024
ANSWERED_S = 0.05  # how often somebody looks whether what was asked is answered
SWITCH_S = 0.0005  # who answers is to wait for its turn no longer than that, if another thread computes
Answer = Sequence[bytes | bytearray | memoryview] | None
"""What is sent, in pieces; None: nothing is to be answered."""

AT_ONCE_OPS = {
    Op.FORGET, Op.BATCH_FORGET, Op.INTERRUPT, Op.INIT, Op.DESTROY, Op.STATFS, Op.OPENDIR, Op.RELEASEDIR,
}  # fmt: skip
GIVEN_UP_OPS = {Op.LOOKUP, Op.GETATTR, Op.READDIR, Op.READDIRPLUS}  # and READ: asking, which changes nothing
WRITES = os.O_WRONLY | os.O_RDWR | os.O_TRUNC


class _Server:
    """Takes requests from the device and answers them."""

    def __init__(self, device: Device, operations: Operations) -> None:
        self.device, self.operations = device, operations
        self.nodes = Nodes()
        self._lists: dict[int, list[tuple[str, Attributes | None]]] = {}
        self._lock = threading.Lock()
        self._next_list = 1
        self._opening = threading.Lock()
        self._answers: dict[int, Callable[[int, memoryview], Answer]] = {
            op.value: getattr(self, f"_{op.name.lower()}") for op in Op if op != Op.READ
        }
        self._buffer = bytearray(LONGEST_WRITE + 4096)
        self._view = memoryview(self._buffer)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="uraniborg-fuse")
        self._ended = False
        self._asked = Asked()
        contents = operations.tree.contents
        contents.loop = self.loop = RangeLoop(contents.lines)
        os.set_blocking(device.descriptor, False)
        self.loop.watch(device.descriptor, self._take)

    def work(self) -> None:
        """Answer requests until the folder is unmounted."""
        try:
            while not self._ended:
                self.loop.turn()
        finally:
            self.operations.tree.contents.loop = None  # who still reads does so without it
            self.loop.close()
            self._pool.shutdown(wait=False, cancel_futures=True)

    def forget_pages(self) -> None:
        """Let the kernel forget what it holds of all files, by a thread that answers nothing.

        Attributes first: by these whoever reads on is refused before the kernel locks a page. What was asked before
        is waited for here, where a process that is killed ends: while the kernel waits for a page, it could not.
        """
        for node in self.nodes.opened():
            notices.forget_attributes(self.device, node)
        before = self._asked.numbers()
        while not self._ended and before & self._asked.numbers():
            time.sleep(ANSWERED_S)
        for node in self.nodes.opened():
            notices.forget_pages(self.device, node)

    def _take(self) -> None:
        """Take a request, and answer it or have it answered."""
        try:
            length = os.readv(self.device.descriptor, [self._buffer])
        except OSError as error:
            if error.errno not in (errno.EINTR, errno.ENOENT, errno.EAGAIN):
                self._ended = True
            return
        _, op, number, node, _, _, thread, *_ = wire.IN_HEADER.unpack_from(self._buffer)
        body = self._view[wire.IN_HEADER.size : length]
        if op == Op.READ:
            self._asked.add(number, thread)
            self._read(number, body)
        elif self._is_at_hand(op, node, body):
            self._answer(number, op, node, body)
        else:
            if op in GIVEN_UP_OPS:
                self._asked.add(number, thread)
            self._pool.submit(self._answer, number, op, node, memoryview(bytes(body)))

    def _is_at_hand(self, op: int, node: int, body: memoryview) -> bool:
        """Tell whether a request can be answered without anybody being asked, and without waiting for the disk."""
        if op in AT_ONCE_OPS:
            return True
        try:
            if op == Op.GETATTR:
                return self.operations.is_at_hand(self.nodes.path(node))
            if op == Op.LOOKUP:
                return self.operations.is_at_hand(self._below(node, body))
            if op == Op.OPEN:
                flags, _ = wire.OPEN_IN.unpack_from(body)
                return not flags & WRITES and self.operations.is_at_hand(self.nodes.path(node))
            if op == Op.RELEASE:
                return not self.operations.is_draft(*wire.HANDLE.unpack_from(body))
            if op in (Op.READDIR, Op.READDIRPLUS):
                _, offset, *_ = wire.READ_IN.unpack_from(body)
                return offset > 0 or self.operations.is_at_hand(self.nodes.path(node), listed=True)
        except (KeyError, UnicodeError):
            return True  # which is quickly said
        return False

    def _answer(self, number: int, op: int, node: int, body: memoryview) -> None:
        pieces, failure = self._answered(op, node, body)
        if pieces is not None:
            self._send(number, pieces, failure)

    def _send(self, number: int, pieces: Sequence[bytes | bytearray | memoryview], failure: int) -> None:
        size = wire.OUT_HEADER.size + sum(map(len, pieces))
        self._asked.discard(number)
        # Who asked may have given up meanwhile, or all is unmounted.
        with contextlib.suppress(OSError):
            os.writev(self.device.descriptor, [wire.OUT_HEADER.pack(size, -failure, number), *pieces])

    def _read(self, number: int, body: memoryview) -> None:
        """Have bytes come, and sent when they have."""
        handle, offset, size, *_ = wire.READ_IN.unpack_from(body)

        def done(pieces: Pieces, failure: int) -> None:
            self._send(number, pieces, failure)

        try:
            if not self.operations.read(handle, offset, size, done):
                self._pool.submit(self._read_other, number, handle, offset, size)
        except OSError as error:
            self._send(number, (), error.errno or errno.EIO)
        except KeyError:
            self._send(number, (), errno.ESTALE)
        except Exception:
            traceback.print_exc()
            self._send(number, (), errno.EIO)

    def _read_other(self, number: int, handle: int, offset: int, size: int) -> None:
        try:
            pieces, failure = [self.operations.read_other(handle, offset, size)], 0
        except OSError as error:
            pieces, failure = [], error.errno or errno.EIO
        except Exception:
            traceback.print_exc()
            pieces, failure = [], errno.EIO
        self._send(number, pieces, failure)

    def _answered(self, op: int, node: int, body: memoryview) -> tuple[Answer, int]:
        answer = self._answers.get(op)
        if answer is None:  # as for locks and extended attributes: the kernel does without, and asks no more
            return (), errno.ENOSYS
        try:
            return answer(node, body), 0
        except OSError as error:
            return (), error.errno or errno.EIO
        except UnicodeError:  # no name here is anything but UTF-8
            return (), errno.EILSEQ
        except KeyError:  # a number or handle that was let go of
            return (), errno.ESTALE
        except Exception:
            traceback.print_exc()
            return (), errno.EIO

    def _init(self, node: int, body: memoryview) -> Answer:
        major, minor, read_ahead, can = wire.INIT_IN.unpack_from(body)
        if (major, minor) < wire.VERSION:
            raise OSError(errno.EPROTO, "the kernel's FUSE is older than version 7.31 (Linux 5.4)")
        wanted = Flag.ASYNC_READ | Flag.ATOMIC_O_TRUNC | Flag.BIG_WRITES | Flag.AUTO_INVAL_DATA
        wanted |= Flag.DO_READDIRPLUS | Flag.PARALLEL_DIROPS | Flag.MAX_PAGES
        ahead = min(read_ahead, READ_AHEAD_BYTES)
        background = (AT_ONCE, AT_ONCE * 3 // 4)
        return (
            wire.INIT_OUT.pack(
                *wire.VERSION, ahead, can & wanted, *background, LONGEST_WRITE, 1, LONGEST_READ_PAGES, 0, 0
            ),
        )

    def _destroy(self, node: int, body: memoryview) -> Answer:
        return ()

    def _interrupt(self, node: int, body: memoryview) -> Answer:
        """Let whoever asked end, instead of waiting for a line; what comes of it later, nobody takes."""
        (number,) = wire.HANDLE.unpack_from(body)
        if self._asked.is_given_up(number):
            self._send(number, (), errno.EINTR)
        return None

    def _lookup(self, node: int, body: memoryview) -> Answer:
        path = self._below(node, body)
        try:
            return (self._entry(path, self.operations.getattr(path)),)
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise
            return (wire.ENTRY.pack(0, 0, ABSENT_HOLDS_S, 0, 0, 0) + bytes(wire.ATTR.size),)

    def _forget(self, node: int, body: memoryview) -> Answer:
        self.nodes.forget(node, *wire.FORGET_IN.unpack_from(body))
        return None

    def _batch_forget(self, node: int, body: memoryview) -> Answer:
        count, _ = wire.BATCH_IN.unpack_from(body)
        begin = wire.BATCH_IN.size
        for each, looked_up in wire.FORGET_ONE.iter_unpack(body[begin : begin + count * wire.FORGET_ONE.size]):
            self.nodes.forget(each, looked_up)
        return None

    def _getattr(self, node: int, body: memoryview) -> Answer:
        return self._attributes(node, self.operations.getattr(self.nodes.path(node)))

    def _setattr(self, node: int, body: memoryview) -> Answer:
        what, _, handle, size = wire.SETATTR_IN.unpack_from(body)
        path = self.nodes.path(node)
        if what & Flag.SET_SIZE:
            self._touch(node)
            self.operations.truncate(path, size, handle if what & Flag.SET_BY_HANDLE else None)
        else:  # who may do what is the team's to say, and a version is as old as it is
            self.operations.need_writable(path)
        return self._attributes(node, self.operations.getattr(path))

    def _refused(self, node: int, body: memoryview) -> Answer:
        """Refuse links, and files that are none, as file systems do that cannot keep them."""
        raise OSError(errno.EPERM, "only files and folders are kept")

    _symlink = _link = _mknod = _refused

    def _mkdir(self, node: int, body: memoryview) -> Answer:
        path = self._below(node, body[wire.MKDIR_IN.size :])
        self.operations.mkdir(path)
        return (self._entry(path, self.operations.getattr(path)),)

    def _unlink(self, node: int, body: memoryview) -> Answer:
        path = self._below(node, body)
        self._let_be(path, self.operations.unlink(path))
        return ()

    def _let_be(self, path: str, aside: str | None) -> None:
        """Let a path be free; what somebody still has open there, if anything, is aside."""
        if aside is None:
            self.nodes.remove(path)
        else:
            self.nodes.move(path, aside)

    def _rmdir(self, node: int, body: memoryview) -> Answer:
        path = self._below(node, body)
        self.operations.rmdir(path)
        self.nodes.remove(path)
        return ()

    def _rename(self, node: int, body: memoryview) -> Answer:
        (folder,) = wire.RENAME_IN.unpack_from(body)
        return self._renamed(node, folder, body[wire.RENAME_IN.size :])

    def _rename2(self, node: int, body: memoryview) -> Answer:
        folder, flags, _ = wire.RENAME2_IN.unpack_from(body)
        if flags:
            raise OSError(errno.EINVAL, "neither exchanging nor keeping is known here")
        return self._renamed(node, folder, body[wire.RENAME2_IN.size :])

    def _renamed(self, node: int, folder: int, names: memoryview) -> Answer:
        old_name, new_name = bytes(names).split(b"\0")[:2]
        old, new = self._below(node, old_name), self._below(folder, new_name)
        if old != new:
            self._let_be(new, self.operations.rename(old, new))
            self.nodes.move(old, new)
        return ()

    def _open(self, node: int, body: memoryview) -> Answer:
        flags, _ = wire.OPEN_IN.unpack_from(body)
        return (self._opened(node, self.operations.open(self.nodes.path(node), flags)),)

    def _create(self, node: int, body: memoryview) -> Answer:
        path = self._below(node, body[wire.CREATE_IN.size :])
        opened = self.operations.create(path)
        attributes = self.operations.getattr(path)
        number = self.nodes.look_up(path)
        self._touch(number)
        return (_entry_head(number), self._packed(number, attributes), wire.OPEN_OUT.pack(opened.handle, 0, 0))

    def _touch(self, node: int) -> None:
        """Note that what the kernel holds of a file is no longer what was opened, but what is being written."""
        with self._opening:
            self.nodes.is_unchanged(node, None)

    def _opened(self, node: int, opened: Opened) -> bytes:
        with self._opening:  # who has it knows that nobody was told yet that they may read what is begun here
            is_kept = self._begin(node, opened)
            is_kept = self.nodes.is_unchanged(node, opened.version) or is_kept
        flags = Flag.KEEP_CACHE if is_kept else 0
        if not opened.is_draft:
            flags |= Flag.NO_FLUSH
        if opened.is_told:  # it may be longer than a moment ago
            flags |= Flag.DIRECT_IO
        return wire.OPEN_OUT.pack(opened.handle, flags, 0)

    def _begin(self, node: int, opened: Opened) -> bool:
        """Let the kernel have how a file begins, so that it need not ask for that; tells whether it has taken it.

        Only of what was never open: of such a file the kernel holds nothing that might be older, and asks for nothing.
        While it asks, it would keep us waiting until we have answered, which we could not. `_opening` is held.
        """
        if not opened.beginning or not self.nodes.is_untouched(node):
            return False
        return notices.keep(self.device, node, opened.beginning)

    def _write(self, node: int, body: memoryview) -> Answer:
        handle, offset, size, *_ = wire.READ_IN.unpack_from(body)
        begin = wire.READ_IN.size
        written = self.operations.write(handle, body[begin : begin + size], offset)
        return (wire.WRITE_OUT.pack(written, 0),)

    def _flush(self, node: int, body: memoryview) -> Answer:
        self.operations.flush(*wire.HANDLE.unpack_from(body))
        return ()

    def _fsync(self, node: int, body: memoryview) -> Answer:
        self.operations.flush(*wire.HANDLE.unpack_from(body), at_once=True)
        return ()

    def _release(self, node: int, body: memoryview) -> Answer:
        self.operations.release(*wire.HANDLE.unpack_from(body))
        return ()

    def _statfs(self, node: int, body: memoryview) -> Answer:
        return (wire.STATFS_OUT.pack(2**38, 2**37, 2**37, 2**30, 2**29, 4096, self.operations.longest_name, 4096, 0),)

    def _opendir(self, node: int, body: memoryview) -> Answer:
        with self._lock:
            handle, self._next_list = self._next_list, self._next_list + 1
            self._lists[handle] = []
        return (wire.OPEN_OUT.pack(handle, 0, 0),)

    def _releasedir(self, node: int, body: memoryview) -> Answer:
        (handle,) = wire.HANDLE.unpack_from(body)
        self._lists.pop(handle, None)
        return ()

    def _readdir(self, node: int, body: memoryview) -> Answer:
        return self._listed(node, body, with_attributes=False)

    def _readdirplus(self, node: int, body: memoryview) -> Answer:
        return self._listed(node, body, with_attributes=True)

    def _listed(self, node: int, body: memoryview, *, with_attributes: bool) -> Answer:
        """Give as many entries as there is room for, from where the last answer ended."""
        handle, offset, size, *_ = wire.READ_IN.unpack_from(body)
        path = self.nodes.path(node)
        if offset == 0:
            self._lists[handle] = self.operations.list(path)
        head = wire.LISTED.size if with_attributes else wire.DIRENT.size
        listed = self._lists[handle][offset : offset + size // head]  # more do not fit, whatever they are called
        entries = listing.fitting(listed, size, head, self.operations.names_being_written(path))
        if not with_attributes:
            return (listing.without_attributes(entries, offset),)
        base = "" if path == "/" else path
        nodes = self.nodes.look_up_all(f"{base}/{name}" for _, _, name, it in entries if it is not None)
        return (listing.with_attributes(entries, offset, nodes, self.operations.owner, HOLDS_S),)

    def _below(self, node: int, name: bytes | memoryview) -> str:
        path = self.nodes.path(node)
        decoded = bytes(name).partition(bytes(1))[0].decode()
        # Some programs and archives decompose letters; the service keeps names composed, and lists them so.
        decoded = decoded if decoded.isascii() else unicodedata.normalize("NFC", decoded)
        return f"{'' if path == '/' else path}/{decoded}"

    def _entry(self, path: str, attributes: Attributes) -> bytes:
        number = self.nodes.look_up(path)
        return _entry_head(number) + self._packed(number, attributes)

    def _attributes(self, node: int, attributes: Attributes) -> Answer:
        return (wire.ATTR_OUT.pack(HOLDS_S, 0, 0), self._packed(node, attributes))

    def _packed(self, number: int, it: Attributes) -> bytes:
        seconds, nanoseconds = divmod(it.changed_ns, 10**9)
        user, group = self.operations.owner
        return wire.ATTR.pack(
            number, it.size_bytes, -(-it.size_bytes // 512), seconds, seconds, seconds,
            nanoseconds, nanoseconds, nanoseconds, it.mode, it.links, user, group, 0, 4096, 0,
        )  # fmt: skip


def _entry_head(number: int) -> bytes:
    return wire.ENTRY.pack(number, 0, HOLDS_S, HOLDS_S, 0, 0)


def serve(operations: Operations, folder: Path) -> None:
    """Serve a mount until it is unmounted, or this process is told to end.

    Raises
    ------
    OSError
        It cannot be mounted; `fusermount3` has said why.
    """
    device = Device(folder, read_only=operations.read_only)
    sys.setswitchinterval(SWITCH_S)
    server = _Server(device, operations)
    operations.begin(server.forget_pages)
    gc.collect()
    gc.freeze()  # what lives as long as the mount is not to be looked through while readers wait
    thread = threading.Thread(target=server.work, name="uraniborg-fuse", daemon=True)
    told: dict[int, Any] = {}
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            told[number] = signal.signal(number, lambda *_: device.unmount())
        thread.start()
        while thread.is_alive():  # in short looks: a signal is only heard between two
            thread.join(0.5)
    finally:
        for heard, before in told.items():
            signal.signal(heard, before)
        operations.end()
        device.close()
