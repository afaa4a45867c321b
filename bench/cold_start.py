"""Promise: the service is ready five seconds after it is started, when it is installed and its database is there."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

from bench.house import house_in
from bench.measure import Line, Setting, alternate
from bench.server import ROOT, free_port, start, stop, wait_until_ready

__all__ = ["measure"]

TARGET_S = 5.0
IMPORTS = "import service.server, service.app, uvicorn, uvloop, httptools"
HEAVY = ("astropy", "boto3", "matplotlib", "skyfield", "PIL")


async def measure(setting: Setting) -> list[Line]:
    """Measure the start."""
    rounds = 1 if setting.quick else 5
    folder = setting.folder / "house"
    folder.mkdir()
    folder.chmod(0o755)
    async with house_in(folder):
        pass  # the database is made and migrated, as at the first start

    async def begin(_: int) -> float:
        return await _start(folder)

    async def load(_: int) -> None:
        await asyncio.to_thread(_python, IMPORTS)

    async def nothing(_: int) -> None:
        await asyncio.to_thread(_python, "")

    start_s, import_s, bare_s = await alternate(begin, load, nothing, rounds=rounds)
    loaded = await asyncio.to_thread(
        _python, f"{IMPORTS}\nimport sys; print(*[m for m in {HEAVY} if m in sys.modules])"
    )
    return [
        Line(
            name="cold start",
            ours=f"{start_s:.2f} s",
            target=f"<= {TARGET_S:g} s",
            passed=start_s <= TARGET_S,
            work=f"from the command to 200 at /health/ready; {import_s - bare_s:.2f} s of it are imports"
            f" ({(import_s - bare_s) / start_s:.0%}); of {', '.join(HEAVY)} loaded: {loaded.strip() or 'none'}",
            growth=f"an interpreter that does nothing: {bare_s:.2f} s",
        )
    ]


async def _start(folder: Path) -> float:
    port = free_port()
    started = time.perf_counter()
    process = start(folder, port)
    try:
        await wait_until_ready(f"http://127.0.0.1:{port}", process)
        return time.perf_counter() - started
    finally:
        await stop(process)


def _python(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout
