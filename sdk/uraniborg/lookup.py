"""Files and frames by what people have at hand: an identifier of either, a path, or a folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from uraniborg.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from uraniborg._generated.wire import File
    from uraniborg.client import Client

__all__ = ["find_file", "find_files", "find_frame_id", "is_id"]

ID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")


def is_id(text: str) -> bool:
    """Tell whether a text has the form of an identifier."""
    return ID.fullmatch(text) is not None


def find_file(client: Client, text: str, *, organisation: str | None = None) -> File:
    """Find a file by its identifier, its frame's identifier, or its path (the newest one there).

    Raises
    ------
    NotFound
        There is none; names of files nearby are told, and if it is a folder.
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
    if near and list(client.iterate("list_files", organisation=organisation, prefix=f"{text}/", limit=1)):
        raise NotFound(f"{text} is a folder: get {text}/ for all below it.")
    hint = f" There is {near[0]!r}." if near else " `uraniborg ls` shows them."
    raise NotFound(f"There is no file {text!r}: give its path, or the identifier of the file or frame.{hint}")


def find_files(client: Client, text: str, *, organisation: str | None = None) -> list[File]:
    """Find a file as `find_file` does, or, by a path that ends in a slash, all files below that folder; ``/`` is all.

    Of a file that was sent again in its place, the newest. Others of one path come in the order in which they were
    sent: as in the tree, the first has the name, whatever is added later.

    Raises
    ------
    NotFound
        There is none.
    """
    if not text.endswith("/"):
        return [find_file(client, text, organisation=organisation)]
    prefix = text if text != "/" else None
    found: list[File] = list(client.iterate("list_files", organisation=organisation, prefix=prefix))
    if not found:
        raise NotFound(f"There is nothing below {text}: `uraniborg ls` shows the paths of files.")
    replaced = {file.supersedes for file in found}
    return [file for file in reversed(found) if file.id not in replaced]


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
