"""A mount served by this process until it is unmounted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mfusepy

from uraniborg.mount.operations import Operations

__all__ = ["serve"]

WITH_ATTRIBUTES = 2  # FUSE_FILL_DIR_PLUS: the kernel need not ask for each entry of a folder again


class _Fuse(mfusepy.FUSE):  # type: ignore[misc]
    """Lists folders with all attributes; mfusepy passes none but the kind."""

    def readdir_fuse_3(self, path: Any, buf: Any, filler: Any, offset: int, fip: Any, flags: int) -> int:
        decoded = path.decode(self.encoding, self.errors)
        given = mfusepy.c_stat()
        for item in self.operations.readdir(decoded, 0):
            name, attributes = (item, None) if isinstance(item, str) else item[:2]
            encoded = name.encode(self.encoding, self.errors)
            if attributes is None:
                full = filler(buf, encoded, None, 0, 0)
            else:
                mfusepy.set_st_attrs(given, attributes, use_ns=True)
                full = filler(buf, encoded, given, 0, WITH_ATTRIBUTES)
            if full:
                break
        return 0


def serve(operations: Operations, folder: Path) -> None:
    """Serve a mount until it is unmounted.

    When this process ends, however it does, the helper of libfuse unmounts the folder, so that nobody hangs there.

    Raises
    ------
    RuntimeError
        It cannot be mounted; libfuse has said why.
    """
    options: dict[str, Any] = {"fsname": "uraniborg", "subtype": "uraniborg", "auto_unmount": True}
    if operations.read_only:
        options["ro"] = True
    _Fuse(operations, str(folder), foreground=True, raw_fi=True, **options)
