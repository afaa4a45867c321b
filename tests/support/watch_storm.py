"""A storm: files written at random paces into a watched folder, while agent and service are killed at random.

By hand, of any size: ``python -m tests.support.watch_storm --files 5000 --kills 100``.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import msgspec
import uraniborg
from uraniborg.errors import UraniborgError
from uraniborg.watch.status import AgentStatus, all_statuses

from tests.support.server_process import ServerProcess

__all__ = ["Outcome", "storm"]

REST_S = 0.5
CALM_S = 600.0


class Outcome(msgspec.Struct, kw_only=True):
    """What a storm came to."""

    files: int
    contents: int
    agent_kills: int
    service_kills: int
    looks: int
    looks_while_down: int
    wrong_looks: list[str]
    missing: list[str]
    twice: list[str]
    never_written: list[str]
    audit_clean: bool
    seconds: float


class Writer(threading.Thread):
    """Writes FITS files as programs do: bit by bit, or beside and renamed; and some anew, later."""

    def __init__(self, folder: Path, files: int, pause_s: float, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self.folder, self.files, self.pause_s, self.chance = folder, files, pause_s, chance
        self.contents: dict[str, list[str]] = {}
        self.last: dict[str, str] = {}
        self.written = 0
        self.begun = 0

    def run(self) -> None:
        for number in range(self.files):
            time.sleep(self.chance.expovariate(1 / self.pause_s))
            if number > 10 and self.chance.random() < 0.03:
                self.write(self.chance.choice(sorted(self.contents)))
            self.begun += 1
            self.write(f"{number % 5}/frame {number:05d}.fits")
            self.written += 1

    def write(self, path: str) -> None:
        content = self.content()
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
                    time.sleep(self.chance.uniform(0, 3 * REST_S))  # longer than a file has to be at rest

    def content(self) -> bytes:
        width = self.chance.randint(1, 40_000)
        cards = ["SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    1"]
        cards += [f"NAXIS1  = {width:20d}", "END"]
        header = "".join(f"{card:<80}" for card in cards).ljust(2880).encode()
        return header + self.chance.randbytes(width) + bytes(-width % 2880)


class Storm:
    """One storm over a folder of its own."""

    def __init__(self, folder: Path, server: ServerProcess, files: int, pause_s: float, chance: random.Random) -> None:
        self.folder, self.server, self.chance = folder, server, chance
        self.token, self.organisation = server.owner()
        (folder / "night").mkdir()
        self.writer = Writer(folder / "night", files, pause_s, chance)
        self.agent: subprocess.Popen[bytes] | None = None
        self.looks = Counter[str]()
        self.wrong: list[str] = []

    def start_agent(self) -> None:
        environment = os.environ | {
            "URANIBORG_URL": self.server.url,
            "URANIBORG_TOKEN": self.token,
            "URANIBORG_ORGANISATION": self.organisation,
        }
        words = ["watch", self.folder / "night", "--dataset", "night", "--settle", str(REST_S), "--poll", "1"]
        with (self.folder / "agent.log").open("ab") as log:
            self.agent = subprocess.Popen(
                [sys.executable, "-m", "uraniborg", *map(str, words)], env=environment, stdout=log, stderr=log
            )

    def kill_agent(self) -> None:
        assert self.agent is not None
        self.agent.kill()
        self.agent.wait()

    def look(self, *, is_down: bool = False, at_the_end: bool = False) -> AgentStatus | None:
        """Look as `uraniborg watch --status` does, and compare with what is true."""
        before = self.writer.written
        statuses = all_statuses()
        self.looks["down" if is_down else "up"] += 1
        if not statuses:
            return None
        [status] = statuses
        if is_down and (status.running or status.not_running_since is None):
            self.wrong.append("it says that it runs, and it does not")
        known = sum(f.waiting_files + f.stored + f.failed for f in status.folders)
        if known > 2 * self.writer.begun + 2:
            self.wrong.append(f"it knows of {known} files, and {self.writer.begun} were begun")
        stored = sum(f.stored for f in status.folders)
        with contextlib.suppress(UraniborgError), self.client() as client:
            there = {file.path for file in client.iterate("list_files")}
            if stored > len(there):
                self.wrong.append(f"it says {stored} are stored, and {len(there)} are")
            if at_the_end and (stored, known) != (len(self.writer.last), len(self.writer.last)):
                self.wrong.append(f"at the end it says {stored} of {known} are stored, of {before}")
        return status

    def client(self) -> uraniborg.Client:
        return uraniborg.Client(self.server.url, self.token, organisation=self.organisation)

    def rage(self, agent_kills: int, service_kills: int) -> None:
        """Kill until it is enough, and look now and then."""
        victims = ["agent"] * agent_kills + ["service"] * service_kills
        self.chance.shuffle(victims)
        expected_s = self.writer.files * self.writer.pause_s / max(len(victims), 1)
        for victim in victims:
            time.sleep(self.chance.uniform(0.2, 1.8) * expected_s)
            self.look()
            if victim == "agent":
                self.kill_agent()
                self.look(is_down=True)
                self.start_agent()
            else:
                self.server.kill()
                self.look()
                time.sleep(self.chance.uniform(0, 1))
                self.server.start()

    def calm(self) -> None:
        """Wait until everything has arrived."""
        self.writer.join()
        end = time.monotonic() + CALM_S
        while time.monotonic() < end:
            assert self.agent is not None
            assert self.agent.poll() is None, (self.folder / "agent.log").read_text()[-2000:]
            with contextlib.suppress(UraniborgError), self.client() as client:
                newest = {file.path: file.sha256 for file in client.iterate("list_dataset_files", dataset="night")}
                status = self.look()
                waits = status is None or any(f.waiting_files or f.failed for f in status.folders)
                if newest == self.writer.last and not waits:
                    return
            time.sleep(1)


def storm(
    folder: Path, *, files: int, agent_kills: int, service_kills: int, pause_s: float, seed: int = 1601
) -> Outcome:
    """Let a storm rage, wait for calm, and compare.

    The caller has set XDG_STATE_HOME and XDG_CACHE_HOME to folders of the storm's own.
    """
    begun = time.monotonic()
    with ServerProcess(folder) as server:
        it = Storm(folder, server, files, pause_s, random.Random(seed))
        it.start_agent()
        it.writer.start()
        it.rage(agent_kills, service_kills)
        it.calm()
        it.look(at_the_end=True)
        with it.client() as client:
            stored = [(file.path, file.sha256) for file in client.iterate("list_files")]
        it.kill_agent()
        it.look(is_down=True)
        audit = json.loads(server.command("audit", "--deep", "--json").stdout)
    there = set(stored)
    return Outcome(
        files=len(it.writer.last),
        contents=sum(map(len, it.writer.contents.values())),
        agent_kills=agent_kills,
        service_kills=service_kills,
        looks=it.looks["up"] + it.looks["down"],
        looks_while_down=it.looks["down"],
        wrong_looks=it.wrong,
        missing=sorted(path for path, digest in it.writer.last.items() if (path, digest) not in there),
        twice=sorted(f"{path} {digest[:8]}" for (path, digest), count in Counter(stored).items() if count > 1),
        never_written=sorted(path for path, digest in there if digest not in it.writer.contents.get(path, ())),
        audit_clean=audit["clean"],
        seconds=round(time.monotonic() - begun, 1),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--kills", type=int, default=100, help="two thirds of them of the agent")
    parser.add_argument("--pause", type=float, default=0.05, help="seconds between files, on average")
    parser.add_argument("--seed", type=int, default=1601)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="uraniborg-storm-") as name:
        for variable in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            os.environ[variable] = f"{name}/{variable}"
        outcome = storm(
            Path(name),
            files=given.files,
            agent_kills=given.kills * 2 // 3,
            service_kills=given.kills - given.kills * 2 // 3,
            pause_s=given.pause,
            seed=given.seed,
        )
    print(msgspec.json.format(msgspec.json.encode(outcome), indent=2).decode())


if __name__ == "__main__":
    main()
