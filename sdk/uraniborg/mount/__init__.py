"""The tree mounted as a folder of this computer, by FUSE."""

import os

# Where both are, mfusepy would rather take libfuse 2, which lists folders without attributes and ignores our settings.
os.environ.setdefault("FUSE_LIBRARY_NAME", "fuse3")
