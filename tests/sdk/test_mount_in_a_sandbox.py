"""The mount inside a container: a user namespace of its own, the FUSE device, and no privilege besides."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import uraniborg
from uraniborg.team_files import put_team_files

from tests.support.live_server import Someone
from tests.support.mounting import why_no_mount

pytestmark = pytest.mark.skipif(bool(why_no_mount()), reason=why_no_mount())

SANDBOXES = {
    "unshare": ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child"],
    "bubblewrap": ["bwrap", "--dev-bind", "/", "/", "--unshare-user", "--unshare-pid", "--uid", "0", "--gid", "0",
                   "--cap-add", "CAP_SYS_ADMIN", "--die-with-parent"],
}  # fmt: skip
INSIDE = """
set -eu
"$1" -m uraniborg mount "$2" --team "$3" >/dev/null
cat "$2/files/x"
echo "from inside" > "$2/files/y"
fusermount3 -u "$2"
"""


def why_not(sandbox: str) -> str:
    """Tell why a sandbox cannot be had here; empty if it can."""
    words = SANDBOXES[sandbox]
    if shutil.which(words[0]) is None:
        return f"{words[0]} is not installed"
    tried = subprocess.run([*words, "true"], capture_output=True, text=True)
    return "" if tried.returncode == 0 else f"{words[0]}: {tried.stderr.strip()}"


@pytest.mark.parametrize("sandbox", SANDBOXES)
def test_a_team_is_mounted_read_and_written(
    client: uraniborg.Client, tycho: Someone, tmp_path: Path, sandbox: str
) -> None:
    if why := why_not(sandbox):
        pytest.skip(why)
    team = str(client.add_team(name=f"Boxed {sandbox} {client.organisation}").slug)
    (tmp_path / "x").write_text("from outside")
    assert put_team_files(client, tmp_path / "x", team).ok
    folder = tmp_path / "mounted"
    folder.mkdir()
    told = {"URANIBORG_URL": client.url, "URANIBORG_TOKEN": tycho.token, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    words = [*SANDBOXES[sandbox], "sh", "-c", INSIDE, "sh", sys.executable, str(folder), team]
    ran = subprocess.run(words, env=os.environ | told, capture_output=True, text=True, timeout=120)
    assert (ran.returncode, ran.stdout.startswith("from outside")) == (0, True), ran.stderr
    assert not any(folder.iterdir()), "it was mounted in the sandbox alone"
    assert "y" in {file.path for file in client.list_team_files(team).items}
