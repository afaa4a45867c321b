"""The tree of everything one may read: its folders, and its files' bytes by ranges, kept on disk once they came."""

from uraniborg.tree.contents import Contents, Reader
from uraniborg.tree.folders import Entry, Tree

__all__ = ["Contents", "Entry", "Reader", "Tree"]
