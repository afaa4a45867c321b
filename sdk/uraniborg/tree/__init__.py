"""The tree of everything one may read: its folders, and its files' bytes by ranges, kept on disk once they came."""

from uraniborg.tree.contents import Contents
from uraniborg.tree.entry import Entry
from uraniborg.tree.folders import Tree
from uraniborg.tree.reader import Reader

__all__ = ["Contents", "Entry", "Reader", "Tree"]
