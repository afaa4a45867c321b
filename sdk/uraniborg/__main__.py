"""``python -m uraniborg`` is the command `uraniborg`."""

from __future__ import annotations

from uraniborg.cli import main

if __name__ == "__main__":
    main()
