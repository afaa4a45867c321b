"""A storm: files written at random paces into a watched folder, while all that carries them is killed at random.

By hand, of any size: ``python -m tests.support.watch_storm --files 5000 --kills 100``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import uraniborg
from uraniborg.errors import UraniborgError
from uraniborg.watch.status import AgentStatus

from tests.support.s3_server import S3Node, missing_programs, running_s3_node
from tests.support.server_process import ServerProcess
from tests.support.storm_writer import Writer

__all__ = ["VICTIMS", "Outcome", "storm"]

REST_S = 0.5
CALM_S = 900.0
BUCKET = "storm"
VICTIMS = {"agent": 4, "service": 2, "worker": 2, "store": 2}
"Who is killed, and how often in comparison. Without an S3 server the store lives in the service, and dies with it."


class Outcome(msgspec.Struct, kw_only=True):
    """What a storm came to."""

    files: int
    contents: int
    kills: dict[str, int]
    looks: int
    looks_while_down: int
    wrong_looks: list[str]
    missing: list[str]
    twice: list[str]
    never_written: list[str]
    without_frame: list[str]
    audit_clean: bool
    seconds: float


class Storm:
    """One storm over a folder of its own; whoever is killed stays away for a moment, and is started anew."""

    def __init__(self, folder: Path, server: ServerProcess, writer: Writer, chance: random.Random) -> None:
        self.folder, self.server, self.writer, self.chance = folder, server, writer, chance
        self.token, self.organisation = server.owner()
        self.agent: subprocess.Popen[bytes] | None = None
        self.worker = server.start_worker()
        self.kills, self.looks = Counter[str](), Counter[str]()
        self.wrong: list[str] = []

    def start_agent(self) -> None:
        environment = os.environ | {
            "URANIBORG_URL": self.server.url,
            "URANIBORG_TOKEN": self.token,
            "URANIBORG_ORGANISATION": self.organisation,
        }
        words = ["watch", self.writer.folder, "--dataset", "night", "--settle", str(REST_S), "--poll", "1"]
        with (self.folder / "agent.log").open("ab") as log:
            self.agent = subprocess.Popen(
                [sys.executable, "-m", "uraniborg", *map(str, words)], env=environment, stdout=log, stderr=log
            )

    def kill_agent(self) -> None:
        assert self.agent is not None
        self.agent.kill()
        self.agent.wait()

    def close(self) -> None:
        for process in (self.agent, self.worker):
            if process is not None:
                process.kill()
                process.wait()

    def look(self, *, is_down: bool = False, at_the_end: bool = False) -> AgentStatus | None:
        """Ask `uraniborg watch --status`, and compare with what is true."""
        said = subprocess.run(
            [sys.executable, "-m", "uraniborg", "watch", "--status", "--json"], capture_output=True, check=True
        ).stdout
        begun = self.writer.begun
        self.looks["down" if is_down else "up"] += 1
        statuses = msgspec.json.decode(said, type=list[AgentStatus])
        if not statuses:
            return None  # killed before it had begun
        [status] = statuses
        if is_down and (status.running or status.not_running_since is None):
            self.wrong.append("it says that it runs, and it does not")
        stored = sum(f.stored for f in status.folders)
        waiting, failed = (sum(getattr(f, name) for f in status.folders) for name in ("waiting_files", "failed"))
        # Drafts that are renamed are known for a while under their own names.
        if stored > begun or stored + waiting + failed > 2 * begun + 2:
            self.wrong.append(f"it says {stored} stored, {waiting} waiting, {failed} failed; {begun} were begun")
        with contextlib.suppress(UraniborgError), self.client() as client:
            there = {file.path for file in client.iterate("list_files")}
            if stored > len(there):
                self.wrong.append(f"it says {stored} are stored, and {len(there)} are")
            if untrue := {f.last_stored for f in status.folders if f.last_stored} - there:
                self.wrong.append(f"it says that {untrue} is stored, and it is not")
            if at_the_end and (stored, waiting, failed) != (len(self.writer.last), 0, 0):
                self.wrong.append(f"at the end it says {stored} are stored, of {len(self.writer.last)}")
        if at_the_end and not status.running:
            self.wrong.append("it says that it does not run, and it does")
        return status

    def client(self) -> uraniborg.Client:
        return uraniborg.Client(self.server.url, self.token, organisation=self.organisation)

    def rage(self, victims: list[str], node: S3Node | None) -> None:
        """Kill at random points of the writing, and look before and while something is down."""
        self.chance.shuffle(victims)
        points = sorted(self.chance.randint(0, self.writer.files) for _ in victims)
        for point, victim in zip(points, victims, strict=True):
            while self.writer.begun < point:
                time.sleep(0.02)
            time.sleep(self.chance.uniform(0, 1))
            self.look()
            self.kills[victim] += 1
            if victim == "agent":
                self.kill_agent()
                self.look(is_down=True)
                self.start_agent()
            elif victim == "worker":
                self.worker.kill()
                self.worker.wait()
                self.look()
                self.worker = self.server.start_worker()
            elif victim == "service":
                self.server.kill()
                self.look()
                self.server.start()
            elif node is not None:
                node.kill_gateway()
                time.sleep(self.chance.uniform(0, 3))
                self.look()
                node.start_gateway()

    def calm(self) -> list[str]:
        """Wait until all has arrived and is ingested; returns what is stored and has no frame."""
        self.writer.join()
        end = time.monotonic() + CALM_S
        bare: list[str] = []
        while time.monotonic() < end:
            assert self.agent is not None
            assert self.agent.poll() is None, (self.folder / "agent.log").read_text()[-2000:]
            with contextlib.suppress(UraniborgError), self.client() as client:
                newest = {file.path: file.sha256 for file in client.iterate("list_dataset_files", dataset="night")}
                bare = sorted(file.path for file in client.iterate("list_files") if file.frame is None)
                status = self.look()
                waits = status is None or any(f.waiting_files or f.failed for f in status.folders)
                if newest == self.writer.last and not waits and not bare:
                    return []
            time.sleep(1)
        return bare


@contextlib.contextmanager
def _house(folder: Path, node: S3Node | None) -> Iterator[ServerProcess]:
    settings = {"worker": "false"}
    if node is not None:
        from tests.support.object_homes import plain_client

        plain_client(node.server).create_bucket(Bucket=BUCKET)
        settings["objects_url"] = node.server.url(BUCKET)
    server = ServerProcess(folder, **settings)
    if node is not None:
        server.environment |= {
            "AWS_ACCESS_KEY_ID": node.server.access_key,
            "AWS_SECRET_ACCESS_KEY": node.server.secret_key,
        }
    with server:
        yield server


def storm(folder: Path, *, files: int, kills: int, pause_s: float, on_s3: bool = False, seed: int = 1601) -> Outcome:
    """Let a storm rage, wait for calm, and compare.

    The caller has set XDG_STATE_HOME and XDG_CACHE_HOME to folders of the storm's own.
    """
    begun = time.monotonic()
    chance = random.Random(seed)
    shares = {name: share for name, share in VICTIMS.items() if on_s3 or name != "store"}
    victims = [name for name, share in shares.items() for _ in range(kills * share // sum(shares.values()))]
    victims += ["agent"] * (kills - len(victims))
    (folder / "night").mkdir()
    with contextlib.ExitStack() as stack:
        node = stack.enter_context(running_s3_node()) if on_s3 else None
        server = stack.enter_context(_house(folder, node))
        writer = Writer(folder / "night", files, pause_s, REST_S, random.Random(seed + 1))
        it = Storm(folder, server, writer, chance)
        stack.callback(it.close)
        it.start_agent()
        writer.start()
        it.rage(victims, node)
        bare = it.calm()
        it.look(at_the_end=True)
        with it.client() as client:
            stored = [(file.path, file.sha256) for file in client.iterate("list_files")]
        it.kill_agent()
        it.look(is_down=True)
        audit = json.loads(server.command("audit", "--deep", "--json").stdout)
    there = set(stored)
    return Outcome(
        files=len(writer.last),
        contents=sum(map(len, writer.contents.values())),
        kills=dict(it.kills),
        looks=it.looks["up"] + it.looks["down"],
        looks_while_down=it.looks["down"],
        wrong_looks=it.wrong,
        missing=sorted(path for path, digest in writer.last.items() if (path, digest) not in there),
        twice=sorted(f"{path} {digest[:8]}" for (path, digest), count in Counter(stored).items() if count > 1),
        never_written=sorted(path for path, digest in there if digest not in writer.contents.get(path, ())),
        without_frame=bare,
        audit_clean=audit["clean"],
        seconds=round(time.monotonic() - begun, 1),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--kills", type=int, default=100, help="of agent, service, worker and store in all")
    parser.add_argument("--pause", type=float, default=0.15, help="seconds between files, on average")
    parser.add_argument("--seed", type=int, default=1601)
    parser.add_argument(
        "--local", action="store_true", help="the service's own store, also where there is an S3 server"
    )
    given = parser.parse_args()
    on_s3 = not given.local and not missing_programs()
    with tempfile.TemporaryDirectory(prefix="uraniborg-storm-") as name:
        Path(name).chmod(0o755)  # the embedded database may run as a user of its own
        for variable in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            os.environ[variable] = f"{name}/{variable}"
        outcome = storm(
            Path(name), files=given.files, kills=given.kills, pause_s=given.pause, on_s3=on_s3, seed=given.seed
        )
    print(msgspec.json.format(msgspec.json.encode(outcome), indent=2).decode())
    wrong = (outcome.wrong_looks, outcome.missing, outcome.twice, outcome.never_written, outcome.without_frame)
    sys.exit(any(wrong) or not outcome.audit_clean or outcome.files != given.files)


if __name__ == "__main__":
    main()
