"""Paths of the one tree of everything that somebody may read: which branch of it a path is in."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from domain.file_tree import clean_folder

__all__ = ["CHILDREN", "FILES", "NO_TELESCOPE", "TreePath", "marked_name", "parse_tree_path", "unmarked_path"]

Kind = Literal[
    "root", "own-files", "teams", "team", "team-files", "team-datasets", "team-dataset", "organisations",
    "organisation", "nights", "night", "night-frames", "datasets", "dataset", "publishers", "packages",
    "package", "package-version",
]  # fmt: skip

# What the steps of a path are; a star is a name, and behind the last step of a branch of files its own paths begin.
SHAPES: dict[Kind, tuple[str, ...]] = {
    "root": (),
    "own-files": ("me",),
    "teams": ("team",),
    "team": ("team", "*"),
    "team-files": ("team", "*", "files"),
    "team-datasets": ("team", "*", "datasets"),
    "team-dataset": ("team", "*", "datasets", "*"),
    "organisations": ("org",),
    "organisation": ("org", "*"),
    "nights": ("org", "*", "nights"),
    "night": ("org", "*", "nights", "*"),
    "night-frames": ("org", "*", "nights", "*", "*"),
    "datasets": ("org", "*", "datasets"),
    "dataset": ("org", "*", "datasets", "*"),
    "publishers": ("packages",),
    "packages": ("packages", "*"),
    "package": ("packages", "*", "*"),
    "package-version": ("packages", "*", "*", "*"),
}
FILES: frozenset[Kind] = frozenset(
    {"own-files", "team-files", "team-dataset", "night-frames", "dataset", "package-version"}
)
"The branches in which files are."
CHILDREN: dict[Kind, tuple[str, ...]] = {
    "root": ("me", "org", "packages", "team"),
    "team": ("datasets", "files"),
    "organisation": ("datasets", "nights"),
}
"The folders that are always in these, in order."
NO_TELESCOPE = "_"
"Where a night's frames of no known telescope are; no slug is written like this."

MARK_DIGITS = 12
MARKED = re.compile(r"(?P<stem>.*)-(?P<mark>[0-9a-f]{12})(?P<suffix>(?:\.[^/]*)?)")


class TreePath(msgspec.Struct, frozen=True):
    """A path, read: its branch, the names in that, and what is left, which is a path inside a branch of files."""

    kind: Kind
    names: tuple[str, ...]
    rest: str


def parse_tree_path(path: str) -> TreePath | None:
    """Read a path; None for one that is nowhere.

    Raises
    ------
    BadPath
        It leads upwards, or has characters no path has.
    """
    cleaned = clean_folder(path.lstrip("/"))
    steps = tuple(cleaned.split("/")) if cleaned else ()
    for kind, shape in sorted(SHAPES.items(), key=lambda item: -len(item[1])):
        here, rest = steps[: len(shape)], steps[len(shape) :]
        if len(here) == len(shape) and all(want in ("*", step) for want, step in zip(shape, here, strict=True)):
            if rest and kind not in FILES:
                return None
            names = tuple(step for want, step in zip(shape, here, strict=True) if want == "*")
            return TreePath(kind, names, "/".join(rest))
    return None


def marked_name(name: str, sha256: str) -> str:
    """Name a file apart from another of its name: with the beginning of its SHA-256 before the suffix."""
    stem, dot, suffix = name.partition(".")
    return f"{stem}-{sha256[:MARK_DIGITS]}{dot}{suffix}"


def unmarked_path(path: str) -> tuple[str, str] | None:
    """Read a path whose name may be a `marked_name`: the path it was made of, and the beginning of the SHA-256."""
    folder, slash, name = path.rpartition("/")
    found = MARKED.fullmatch(name)
    if found is None:
        return None
    return f"{folder}{slash}{found['stem']}{found['suffix']}", found["mark"]
