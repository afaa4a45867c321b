"""A folder of a hundred thousand files, as a quick camera leaves it behind, goes up whole and in little memory."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import uraniborg

from tests.support.live_server import live_server

COUNT, CONTENTS = 100_000, 500
PEAK_MB = 300  # 40 for the program, and for each file 1.7 kB: what becomes of it, and its line of the report
LIMIT_S = 900  # on a machine that does much else

# It tells its peak itself: what the system counts for a child begins with the pages of whoever forked it.
COMMAND = (
    "import sys; from uraniborg.cli.app import run\n"
    "code = run(sys.argv[1:])\n"
    "print(next(int(line.split()[1]) for line in open('/proc/self/status') if 'VmHWM' in line), file=sys.stderr)\n"
    "sys.exit(code)\n"
)


@pytest.mark.slow
def test_a_hundred_thousand_files_of_one_folder_are_all_kept_in_bounded_memory(tmp_path: Path) -> None:
    folder = tmp_path / "night"
    folder.mkdir()
    contents = [b"star %d" % number for number in range(CONTENTS)]
    digests = [hashlib.sha256(content).hexdigest() for content in contents]
    names = [f"{number:06}.txt" for number in range(COUNT)]
    for number, name in enumerate(names):
        (folder / name).write_bytes(contents[number % CONTENTS])

    with live_server(tmp_path / "live") as server:
        owner = server.someone("tycho")
        with uraniborg.connect(server.url, owner.token) as client:
            client.organisation = client.add_organisation(name="Hven").slug
            owned = {
                "URANIBORG_URL": server.url,
                "URANIBORG_TOKEN": owner.token,
                "URANIBORG_ORGANISATION": client.organisation,
            }
            words = [sys.executable, "-c", COMMAND, "upload", str(folder), "--json"]
            done = subprocess.run(words, env=os.environ | owned, capture_output=True, text=True, timeout=LIMIT_S)
            assert done.returncode == 0, done.stderr[-4000:]
            listed = [(file.path, file.sha256, str(file.id)) for file in client.iterate("list_files")]  # 100 pages

    report = json.loads(done.stdout)
    states = Counter(fate["state"] for fate in report["files"])
    assert states.keys() <= {"stored", "known"}, states
    assert (report["stored"], report["known"]) == (states["stored"], states["known"])
    assert states["stored"] >= CONTENTS, "each content was sent by somebody"
    assert [fate["path"] for fate in report["files"]] == names, "a fate for each, in the order of their names"

    assert len(listed) == COUNT, "no page repeats a file, nor leaves one out"
    assert sorted(listed) == [
        (fate["path"], digests[number % CONTENTS], fate["file"]) for number, fate in enumerate(report["files"])
    ]

    peak_mb = int(done.stderr.split()[-1]) / 1024
    assert peak_mb < PEAK_MB, f"{peak_mb:.0f} MB"
