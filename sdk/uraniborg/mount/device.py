"""Mounting and unmounting without root: `fusermount3` opens the kernel's FUSE device and hands it to us."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from pathlib import Path

__all__ = ["Device"]


class Device:
    """An open FUSE device with a folder mounted on it.

    When this process ends, however it does, `fusermount3` sees its socket close and unmounts the folder, so that
    nobody hangs there.

    Raises
    ------
    OSError
        It cannot be mounted; `fusermount3` has said why.
    """

    def __init__(self, folder: Path, *, read_only: bool) -> None:
        options = "fsname=uraniborg,subtype=uraniborg,nosuid,nodev,auto_unmount" + (",ro" if read_only else "")
        self.folder = folder
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._helper = subprocess.Popen(
                ["fusermount3", "-o", options, "--", str(folder)],
                env=os.environ | {"_FUSE_COMMFD": str(theirs.fileno())},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        _, descriptors, _, _ = socket.recv_fds(self._socket, 1, 1)
        if not descriptors:
            raise OSError(f"{folder} cannot be mounted")
        self.descriptor = descriptors[0]

    def unmount(self) -> None:
        """Unmount the folder; what waits for requests then finds the device gone."""
        subprocess.run(["fusermount3", "-u", "-q", "-z", "--", str(self.folder)], check=False)

    def close(self) -> None:
        """Let go of the device, and of the helper that would unmount the folder."""
        # Somebody may still answer: that must not go to whatever gets this number next.
        descriptor, self.descriptor = self.descriptor, -1
        os.close(descriptor)
        self._socket.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._helper.wait(5)
