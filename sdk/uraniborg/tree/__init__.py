"""The tree of everything one may read: its folders, and its files' bytes by ranges, kept on disk once they came."""

from uraniborg.tree.contents import Contents
from uraniborg.tree.folders import Entry, Tree
from uraniborg.tree.reader import Reader

__all__ = ["Contents", "Entry", "Reader", "Tree"]
