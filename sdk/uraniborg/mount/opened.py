"""Files of a mount that somebody has open."""

from __future__ import annotations

import msgspec

from uraniborg.mount.writing import Draft

__all__ = ["Look", "Opened"]


class Look(msgspec.Struct, frozen=True):
    """A draft that somebody reads: when they close it, nothing is sent."""

    draft: Draft


class Opened(msgspec.Struct, frozen=True):
    """An open file.

    Parameters
    ----------
    version : str, optional
        What is in it, where that is known: what the kernel holds of the same is still good.
    beginning : bytes
        Its first bytes, where these are known without its being read.
    is_draft, is_told : bool
        Whether it is being written; whether it is one that explains, made anew at each opening.
    """

    handle: int
    version: str | None = None
    is_draft: bool = False
    is_told: bool = False
    beginning: bytes = b""
