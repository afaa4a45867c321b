"""npm's oidc-provider as a process: installed into a cache folder at first use, skipped where it cannot be had."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

__all__ = ["npm_folder", "oidc_provider"]

VERSIONS = {"oidc-provider": "9.13.3", "configurable-http-proxy": "5.3.0"}
SECRET = "a secret of forty characters, more or less"
INSTALL_S, START_S = 180, 30


def npm_folder(package: str) -> Path:
    """Give a folder in whose ``node_modules`` a package is; skips the test where there is none and none to be had."""
    version = VERSIONS[package]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "uraniborg-tests"
    folder = cache / f"{package}-{version}"
    if not (folder / "node_modules" / package / "package.json").exists():
        if not (shutil.which("node") and shutil.which("npm")):
            pytest.skip("there is no Node.js here, in which the real provider runs")
        draft = cache / f".{package}-{version}.{os.getpid()}"
        draft.mkdir(parents=True, exist_ok=True)
        (draft / "package.json").write_text("{}")
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", f"{package}@{version}"]
        done = subprocess.run(command, cwd=draft, capture_output=True, text=True, timeout=INSTALL_S)
        if done.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            pytest.skip(f"npm cannot install {package} here: {done.stderr.strip()[-200:]}")
        try:
            draft.rename(folder)
        except OSError:  # somebody else was first
            shutil.rmtree(draft, ignore_errors=True)
    return folder


@contextmanager
def oidc_provider(folder: Path, *callbacks: str) -> Iterator[str]:
    """Run the provider as long as the block lasts; give its issuer.

    Parameters
    ----------
    folder : Path
        For its log.
    *callbacks : str
        The redirect addresses of its one client.
    """
    modules = npm_folder("oidc-provider")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(__file__).with_name("oidc_provider.mjs")
    with (folder / "oidc-provider.log").open("w") as log:
        process = subprocess.Popen(
            ["node", str(program), str(modules), str(port), *callbacks], stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            while said and "ready" not in said:
                said = process.stdout.readline()
            assert said, (folder / "oidc-provider.log").read_text()[-2000:]
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)
