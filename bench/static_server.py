"""The peer of uploads: curl over one kept-alive connection to nginx as a plain static PUT server."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.server import free_port

__all__ = ["curl_put", "static_server"]

CONFIGURATION = """
daemon off;
master_process on;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_max_body_size 0;
    client_body_temp_path {folder}/temp;
    keepalive_requests 1000000;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/root;
        location / {{ dav_methods PUT; create_full_put_path on; }}
    }}
}}
"""


@asynccontextmanager
async def static_server(folder: Path) -> AsyncIterator[tuple[str, Path]]:
    """Run nginx; give its address, and the folder it puts files into."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists():
        raise RuntimeError("nginx is not installed: apt-get install nginx-light")
    root = folder / "root"
    for each in (root, folder / "temp"):
        each.mkdir(parents=True)
        each.chmod(0o777)  # its worker is another user where this one is root
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, port=port))
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(configuration)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(500):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            except OSError:
                if process.poll() is not None:
                    raise RuntimeError("nginx ended at once") from None
                await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{port}", root
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait)


async def curl_put(url: str, paths: list[Path], configuration: Path) -> float:
    """Let one curl put files, one after the other over one connection; the seconds it takes."""
    lines = ["silent", "fail", 'header = "Expect:"', "output = /dev/null"]
    for path in paths:
        lines += [f'upload-file = "{path}"', f'url = "{url}/{path.name}"', "output = /dev/null"]
    configuration.write_text("\n".join(lines))
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec("curl", "-K", str(configuration), stdout=asyncio.subprocess.DEVNULL)
    if code := await process.wait():
        raise RuntimeError(f"curl ended with {code}")
    return time.perf_counter() - started
