"""What the kernel's FUSE protocol looks like: numbers and layouts of <linux/fuse.h>, as of version 7.31."""

from __future__ import annotations

from enum import IntEnum
from struct import Struct

__all__ = ["Flag", "Notice", "Op"]

VERSION = (7, 31)
ROOT = 1  # the number of the mounted folder itself
UNKNOWN = 0xFFFFFFFF  # number of what has none yet


class Op(IntEnum):
    """What is asked."""

    LOOKUP = 1
    FORGET = 2
    GETATTR = 3
    SETATTR = 4
    SYMLINK = 6
    MKNOD = 8
    MKDIR = 9
    UNLINK = 10
    RMDIR = 11
    RENAME = 12
    LINK = 13
    OPEN = 14
    READ = 15
    WRITE = 16
    STATFS = 17
    RELEASE = 18
    FSYNC = 20
    FLUSH = 25
    INIT = 26
    OPENDIR = 27
    READDIR = 28
    RELEASEDIR = 29
    CREATE = 35
    INTERRUPT = 36
    DESTROY = 38
    BATCH_FORGET = 42
    READDIRPLUS = 44
    RENAME2 = 45


class Notice(IntEnum):
    """What is told without having been asked."""

    INVAL_INODE = 2
    STORE = 4


class Flag:
    """Bits in requests and answers."""

    # What the two sides can do, told at the beginning.
    ASYNC_READ, ATOMIC_O_TRUNC, BIG_WRITES, AUTO_INVAL_DATA = 1 << 0, 1 << 3, 1 << 5, 1 << 12
    DO_READDIRPLUS, PARALLEL_DIROPS, MAX_PAGES = 1 << 13, 1 << 18, 1 << 22
    # Of an open file.
    DIRECT_IO, KEEP_CACHE, NO_FLUSH = 1 << 0, 1 << 1, 1 << 5
    # What of a file is to be set.
    SET_SIZE, SET_BY_HANDLE = 1 << 3, 1 << 6


# Names of layouts are the kernel's. Native order, no gaps but those that are written.
IN_HEADER = Struct("=IIQQIIIHH")  # length, op, number, node, user, group, process
OUT_HEADER = Struct("=IiQ")  # length, error, number of what is answered
ATTR = Struct("=QQQQQQIIIIIIIIII")
ENTRY = Struct("=QQQQII")  # node, generation, seconds that name and attributes hold, nanoseconds of these
ATTR_OUT = Struct("=QII")
OPEN_OUT = Struct("=QIi")  # handle, flags
INIT_IN = Struct("=IIII")  # major, minor, read-ahead, flags
INIT_OUT = Struct("=IIIIHHIIHHI28x")
OPEN_IN, CREATE_IN, MKDIR_IN = Struct("=II"), Struct("=IIII"), Struct("=II")
STORE_OUT = Struct("=QQII")  # node, offset, size: bytes for the kernel to keep, of which it did not ask
INVAL_OUT = Struct("=Qqq")  # node, offset, length: what the kernel is to forget; 0, 0: all; -1, 0: attributes alone
READ_IN = Struct("=QQIIQII")  # handle, offset, size; of writing as well
WRITE_OUT = Struct("=II")
HANDLE = Struct("=Q")  # with which requests about open files begin
GETATTR_IN = Struct("=IIQ")
SETATTR_IN = Struct("=IIQQ64x")  # what, -, handle, size
FORGET_IN, FORGET_ONE, BATCH_IN = Struct("=Q"), Struct("=QQ"), Struct("=II")
RENAME_IN, RENAME2_IN = Struct("=Q"), Struct("=QII")
DIRENT = Struct("=QQII")  # node, offset of the next, length of the name, kind
LISTED = Struct("=QQQQIIQQQQQQIIIIIIIIIIQQII")  # ENTRY, ATTR and DIRENT in one
STATFS_OUT = Struct("=QQQQQIIII24x")
