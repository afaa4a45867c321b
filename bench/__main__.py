"""`python -m bench [name...]`: run benchmarks, print a line for each promise, exit 1 where one falls short."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import os
import platform
import shutil
import sys
import tempfile
import time
from pathlib import Path

from bench.measure import Line, Setting, show

__all__ = ["BENCHMARKS", "main", "run"]

# The uploads first: ext4 looks at every inode that was freed in the last minutes before it makes a new one.
BENCHMARKS = (
    "upload", "cold_start", "header_ingest", "find", "zip_download", "satellites", "billing", "tiles", "portal",
    "mount", "transfer", "thin_line",
)  # fmt: skip


def run(name: str, *, quick: bool, cache: Path | None = None) -> list[Line]:
    """Run one benchmark in a folder of its own, which is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"uraniborg-bench-{name}-"))
    # The embedded database may run as a user of its own, who must reach its folder.
    folder.chmod(0o755)
    try:
        measure = importlib.import_module(f"bench.{name}").measure
        lines: list[Line] = asyncio.run(measure(Setting(folder=folder, cache=cache, quick=quick)))
        return lines
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(words: list[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser("bench", description=__doc__)
    parser.add_argument("name", nargs="*", choices=[*BENCHMARKS, []], help="which; all when left out")
    parser.add_argument("--quick", action="store_true", help="small sizes: whether it works, not how fast")
    arguments = parser.parse_args(words)
    cache = Path(os.environ["BENCH_CACHE"]) if os.environ.get("BENCH_CACHE") else None
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}", flush=True)
    short = False
    for name in arguments.name or BENCHMARKS:
        started = time.perf_counter()
        for line in run(name, quick=arguments.quick, cache=cache):
            print(show(line), flush=True)
            short |= line.passed is False
        print(f"    ({name} took {time.perf_counter() - started:.0f} s)", flush=True)
    if short and not arguments.quick:
        sys.exit(1)


if __name__ == "__main__":
    main()
