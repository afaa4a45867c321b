"""What is handed to worker processes: named here lightly, so that the server imports none of what only they need."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from domain.equipment import Equipment
from domain.header import Problem

if TYPE_CHECKING:
    from domain.facts import FrameType
    from storage.preview_render import PreviewSet

__all__ = ["Derived", "ToDerive", "derive_batch", "render"]


class ToDerive(msgspec.Struct, frozen=True):
    """A stored file whose header is to be read."""

    file_id: str
    path: str
    sha256: str
    size_bytes: int
    object_key: str
    telescope_id: Any = None
    instrument_id: Any = None
    told_type: FrameType | None = None


class Derived(msgspec.Struct):
    """What a file is: ``indexed`` with its frame, ``kept`` as it is, or ``failed`` with the reason.

    ``asleep``: its bytes cannot be read before they are recalled from the archive.
    """

    file_id: str
    sha256: str
    state: str
    media_type: str
    problems: list[Problem]
    telescope_id: str | None = None
    instrument_id: str | None = None
    frame: bytes = b""  # JSON of a FrameRow: written here, in the worker process, and not looked into again
    units: bytes = b""
    beginning: bytes = b""  # of the file, as far as its headers go; compressed by zlib


def derive_batch(store: Any, equipment: Equipment, files: list[ToDerive]) -> list[Derived]:
    """Derive what files are; see `service.derivation`.

    Parameters
    ----------
    store
        ``ObjectStore.describe()`` of the store that holds the bytes.
    """
    from service.derivation import derive

    return [derive(store, equipment, file) for file in files]


def render(store: Any, key: str, size_bytes: int, name: str) -> PreviewSet | Literal["asleep"] | None:
    """Draw the previews of a stored file; None where nothing can be drawn.

    ``asleep``: its bytes cannot be read before they are recalled from the archive.
    """
    from domain.tiers import Archived
    from storage.fits_reader import read_contents
    from storage.object_factory import open_range_source
    from storage.preview_render import render_previews

    try:
        with closing(open_range_source(store, key, size_bytes=size_bytes)) as source:
            return render_previews(source, read_contents(source, name))[0]
    except Archived:
        return "asleep"
