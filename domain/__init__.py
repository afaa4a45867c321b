"""Observatory facts and arithmetic: no disk, no network, no clock."""
