"""The tree mounted as a folder of this computer, by the kernel's FUSE."""
