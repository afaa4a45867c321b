"""`uraniborg mount`: the tree as a folder of this computer."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click

from uraniborg.cli.command import Session, command_options
from uraniborg.cli.output import note, one_line, size
from uraniborg.errors import NotConfigured

__all__ = ["mount_command"]

MOUNTED_WITHIN_S = 30.0
PATIENCE_S = 5.0  # with a service that does not answer what is in a folder: what was there a moment ago is told then
SHOWN = 10
READING_PATIENCE_S = 20.0  # so that who reads does not notice that a service starts again
SIZE = re.compile(r"(?i)(\d+(?:\.\d+)?)\s*([kmgt]?)b?")
UNITS = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3, "t": 1000**4}


class _Size(click.ParamType[int]):
    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read a size such as 20G."""
        if isinstance(value, int):
            return value
        if (found := SIZE.fullmatch(value.strip())) is None:
            self.fail(f"{value!r} is no size: give one such as 500M or 20G", param, ctx)
        return int(float(found[1]) * UNITS[found[2].lower()])


@click.command("mount")
@click.argument("folder", type=click.Path(file_okay=False, readable=False, path_type=Path))
@click.option("--team", help="Only what this team has.")
@click.option("--read-only", is_flag=True, help="Let nothing be written, not even your own files or a team's.")
@click.option(
    "--cache", "cache_bytes", type=_Size(), default="20G", show_default=True, help="What may be kept on disk."
)
@click.option("--foreground", is_flag=True, help="Stay, and unmount when interrupted: for systemd and containers.")
@command_options(organisation=False)
def mount_command(
    session: Session, folder: Path, team: str | None, read_only: bool, cache_bytes: int, foreground: bool
) -> None:
    """Mount everything you may read as a folder; your own files and those of your teams can be written.

    Bytes are fetched as they are read, and kept on this disk for all your mounts. `.uraniborg/why.txt` in it tells why
    something is missing. Unmount with `fusermount3 -u FOLDER`.
    """
    client = session.client
    client.list_tree(path=f"/team/{team}" if team else "/", limit=1)  # whether we may, before anything is mounted
    _check_fuse()
    _clear(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if os.path.ismount(folder):
        raise NotConfigured(f"Something is mounted at {folder} already: fusermount3 -u {folder}")
    if foreground:
        _serve(session, folder, team, read_only, cache_bytes)
        return
    words = [sys.executable, "-m", "uraniborg", "mount", "--foreground", "--cache", str(cache_bytes), str(folder)]
    words += ["--read-only"] * read_only + (["--team", team] if team else [])
    environment = os.environ | {"URANIBORG_URL": client.url, "URANIBORG_TOKEN": client._token}
    with tempfile.TemporaryFile() as said:
        server = subprocess.Popen(
            words, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )
        deadline = time.monotonic() + MOUNTED_WITHIN_S
        while not os.path.ismount(folder):
            if server.poll() is not None or time.monotonic() > deadline:
                server.kill()
                said.seek(0)
                why = said.read(2000).decode(errors="replace").strip()
                raise NotConfigured(f"{folder} could not be mounted: {why or 'it took too long'}")
            time.sleep(0.05)
    from uraniborg.mount.unsent import find_left

    mounted = {"folder": str(folder), "process": server.pid, "read_only": read_only, "cache_bytes": cache_bytes}
    mounted["unsent"] = left = find_left()
    session.show(mounted, lambda: click.echo(f"Mounted at {folder}."))
    if not session.as_json:
        note(f"Unmount: fusermount3 -u {folder}")
        for each in left[:SHOWN]:
            what = f"{one_line(each.path)} ({size(each.size_bytes)}) to {each.service}"
            note(f"A mount ended before it had sent {what}:")
            note(f"  copy it to its place, then delete it here: {one_line(each.file)}")
        if len(left) > SHOWN:
            note(f"  … and {len(left) - SHOWN:,} more; --json tells all of them.")


def _check_fuse() -> None:
    """Say what is missing before anything is tried.

    Raises
    ------
    NotConfigured
    """
    if not Path("/dev/fuse").exists():
        raise NotConfigured("This computer has no /dev/fuse: load the kernel module fuse, or pass the device in.")
    if shutil.which("fusermount3") is None:
        raise NotConfigured("This needs fusermount3: install the package fuse3 of your system.")


def _clear(folder: Path) -> None:
    """Unmount what a mount has left behind that was killed together with the helper that would have unmounted it."""
    try:
        os.scandir(folder).close()  # whether it is there, the kernel may still remember
    except OSError as error:
        if error.errno == errno.ENOTCONN:
            subprocess.run(["fusermount3", "-u", "-z", "--", str(folder)], check=False, stderr=subprocess.DEVNULL)


def _serve(session: Session, folder: Path, team: str | None, read_only: bool, cache_bytes: int) -> None:
    from uraniborg.mount.operations import Operations
    from uraniborg.mount.serving import serve
    from uraniborg.tree import Contents, Tree

    tree = Tree(session.client, Contents(limit_bytes=cache_bytes, patience_s=READING_PATIENCE_S), patience_s=PATIENCE_S)
    try:
        serve(Operations(tree, f"/team/{team}" if team else "", read_only=read_only), folder.resolve())
    except OSError as error:
        raise NotConfigured(f"fusermount3 cannot mount {folder}: it has said why.") from error
    finally:
        tree.close()
