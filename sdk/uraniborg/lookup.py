"""Files and frames by what people have at hand: an identifier of either, or a path."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from uraniborg.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from uraniborg._generated.wire import File
    from uraniborg.client import Client

__all__ = ["find_file", "find_frame_id", "is_id"]

ID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")


def is_id(text: str) -> bool:
    """Tell whether a text has the form of an identifier."""
    return ID.fullmatch(text) is not None


def find_file(client: Client, text: str, *, organisation: str | None = None) -> File:
    """Find a file by its identifier, its frame's identifier, or its path (the newest one there).

    Raises
    ------
    NotFound
        There is none; names of files nearby are told.
    """
    if is_id(text):
        try:
            return client.get_file(text, organisation=organisation)
        except NotFound:
            return client.get_file(client.get_frame(text, organisation=organisation).file, organisation=organisation)
    near = []
    for file in client.iterate("list_files", organisation=organisation, prefix=text, limit=1000):
        if file.path == text:
            return file  # type: ignore[no-any-return]
        near.append(file.path)
    hint = f" There is {near[0]!r}." if near else " `uraniborg ls` shows them."
    raise NotFound(f"There is no file {text!r}: give its path, or the identifier of the file or frame.{hint}")


def find_frame_id(client: Client, text: str, *, organisation: str | None = None) -> str:
    """Find a frame by its identifier, its file's identifier, or its path.

    Raises
    ------
    NotFound
        There is no such file.
    InvalidInput
        It is a file, but no frame.
    """
    if is_id(text):
        try:
            return client.get_frame(text, organisation=organisation).id
        except NotFound:
            pass
    file = find_file(client, text, organisation=organisation)
    if file.frame is None:
        reason = "its header is not read yet" if file.state == "stored" else "it is no FITS or XISF file"
        if file.problems:
            reason = file.problems[0].detail.rstrip(".")
        raise InvalidInput(f"{file.path} is no frame: {reason}.")
    return file.frame
