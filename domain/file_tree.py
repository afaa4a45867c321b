"""A tree of files by their paths: which paths are one place, and which stand in each other's way."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from domain.errors import Conflict
from domain.paths import clean_path

__all__ = ["PathTaken", "Places", "above", "clean_folder", "common_place", "folded"]


class PathTaken(Conflict):
    """Something else is where a file shall be, or where one of its folders shall be."""

    code = "path-taken"
    title = "Something else is in this place"


def folded(path: str) -> str:
    """Write a path so that all paths that some computer takes for the same one are written alike.

    It has at most twice as many bytes (U+0587 does), so that an index takes what `domain.paths.clean_path` lets pass.

    Source
    ------
    The Unicode Standard, section 3.13, D145: canonical caseless matching.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def clean_folder(folder: str) -> str:
    """Bring a folder's path to its form; the tree's root is empty, however it is written."""
    return clean_path(folder) if any(step not in ("", ".") for step in folder.split("/")) else ""


def above(path: str) -> list[str]:
    """Name the folders that a path lies in, the outermost first."""
    steps = path.split("/")
    return ["/".join(steps[:count]) for count in range(1, len(steps))]


def common_place(paths: Iterable[str]) -> str:
    """Name the place that paths have in common: the path itself of one, else the innermost folder with a slash."""
    split = [path.split("/") for path in dict.fromkeys(paths)]
    if len(split) == 1:
        return "/".join(split[0])
    shared = []
    for steps in zip(*(steps[:-1] for steps in split), strict=False):
        if len(set(steps)) > 1:
            break
        shared.append(steps[0])
    return "/".join(shared) + "/" if shared else ""


class Places:
    """The part of a tree that a change touches, with what the change adds.

    Parameters
    ----------
    files, folders : iterable of str
        Paths that are there: at least those whose folded form is that of a path to be added, or of a folder above one.
    """

    def __init__(self, files: Iterable[str], folders: Iterable[str]) -> None:
        self._files = {folded(path): path for path in files}
        self._folders = {folded(path): path for path in folders}

    def add(self, path: str, *, new: bool = False) -> None:
        """Let a file be at a path.

        Parameters
        ----------
        new : bool
            Whether no file may be there yet.

        Raises
        ------
        PathTaken
            A folder is there, a file is where one of its folders shall be, or a name differs in nothing but case.
        """
        place = folded(path)
        if (folder := self._folders.get(place)) is not None:
            raise PathTaken(f"There is a folder {folder!r}: choose another name for the file.", path=folder)
        if (there := self._files.get(place)) is not None and (new or there != path):
            raise PathTaken(
                f"There is a file {there!r} already: choose another name, or put a new version of it."
                if there == path
                else f"There is a file {there!r}, and names that differ in case alone are one file on many computers:"
                " use that name, or move that file.",
                path=there,
            )
        folders = above(path)
        for folder in folders:
            if (file := self._files.get(folded(folder))) is not None:
                raise PathTaken(f"There is a file {file!r}, so that nothing can lie below it.", path=file)
            if (other := self._folders.get(folded(folder), folder)) != folder:
                raise PathTaken(
                    f"There is a folder {other!r}, and names that differ in case alone are one folder on many"
                    " computers: use that name.",
                    path=other,
                )
        self._files[place] = path
        self._folders |= {folded(folder): folder for folder in folders}
