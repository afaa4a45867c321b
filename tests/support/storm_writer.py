"""A program that writes frames at random paces, and knows what it wrote."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from pathlib import Path

__all__ = ["Writer"]


class Writer(threading.Thread):
    """Writes FITS files as programs do: bit by bit, or beside and renamed; and some anew, later.

    Parameters
    ----------
    pause_s : float
        Between two files, on average.
    rest_s : float
        How long a file has to be at rest for the agent; some files are paused over for longer.
    """

    def __init__(self, folder: Path, files: int, pause_s: float, rest_s: float, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self.folder, self.files, self.pause_s, self.rest_s, self.chance = folder, files, pause_s, rest_s, chance
        self.contents: dict[str, list[str]] = {}
        "The SHA-256 of all that was ever written under a path, in order."
        self.last: dict[str, str] = {}
        self.begun = 0

    def run(self) -> None:
        for number in range(self.files):
            time.sleep(self.chance.expovariate(1 / self.pause_s))
            if number > 10 and self.chance.random() < 0.03:
                self._write(self.chance.choice(sorted(self.contents)))
            self.begun += 1
            self._write(f"{number % 5}/frame {number:05d}.fits")

    def _write(self, path: str) -> None:
        content = self._content()
        target = self.folder / path
        target.parent.mkdir(exist_ok=True)
        # Noted before it can be seen.
        digest = hashlib.sha256(content).hexdigest()
        self.contents.setdefault(path, []).append(digest)
        self.last[path] = digest
        if self.chance.random() < 0.5:
            draft = target.with_name(target.name + ".tmp")
            draft.write_bytes(content)
            draft.replace(target)
            return
        with target.open("wb") as file:
            at = 0
            while at < len(content):
                size_bytes = self.chance.randint(1, len(content))
                file.write(content[at : at + size_bytes])
                file.flush()
                at += size_bytes
                if at < len(content) and self.chance.random() < 0.05:
                    time.sleep(self.chance.uniform(0, 3 * self.rest_s))

    def _content(self) -> bytes:
        width = self.chance.randint(1, 40_000)
        cards = ["SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    1"]
        cards += [f"NAXIS1  = {width:20d}", "END"]
        header = "".join(f"{card:<80}" for card in cards).ljust(2880).encode()
        return header + self.chance.randbytes(width) + bytes(-width % 2880)
