"""What the kernel is told without having asked: bytes to keep, and files of which it is to forget what it holds."""

from __future__ import annotations

import os

from uraniborg.mount import wire
from uraniborg.mount.device import Device
from uraniborg.mount.wire import Notice

__all__ = ["forget_attributes", "forget_pages", "keep"]


def keep(device: Device, node: int, data: bytes) -> bool:
    """Let the kernel have the first bytes of a file; tells whether it has taken them."""
    return _tell(device, Notice.STORE, wire.STORE_OUT.pack(node, 0, len(data), 0), data)


def forget_attributes(device: Device, node: int) -> None:
    """Let the kernel ask for size and time of a file before anybody reads on; it waits for nothing."""
    _tell(device, Notice.INVAL_INODE, wire.INVAL_OUT.pack(node, -1, 0))


def forget_pages(device: Device, node: int) -> None:
    """Let the kernel forget what it holds of a file: whoever has it open or mapped asks again.

    While it does, it waits for the answers to reads of that file: this is for a thread that gives none.
    """
    _tell(device, Notice.INVAL_INODE, wire.INVAL_OUT.pack(node, 0, 0))


def _tell(device: Device, notice: Notice, *pieces: bytes) -> bool:
    size = wire.OUT_HEADER.size + sum(map(len, pieces))
    try:
        os.writev(device.descriptor, [wire.OUT_HEADER.pack(size, notice, 0), *pieces])
    except OSError:  # it has forgotten the file itself meanwhile, or all is unmounted
        return False
    return True
