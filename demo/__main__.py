"""``make demo``: the service with an observing night in it, brought in as its users would."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from demo.constellation import simulated_catalogue
from demo.place import PLACE
from demo.simulate_night import simulate_night

__all__ = ["main"]

NIGHT = "2026-11-20"
SATELLITES_OF = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
EMAIL = "tycho@uranienborg.example"
BIN = Path(sys.executable).parent
START_LIMIT_S = 90


def say(text: str = "") -> None:
    print(text, flush=True)


class Demo:
    """One demonstration: its folder, its service, and the credentials of its owner."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        self.environment = os.environ | {
            "URANIBORG_DATA_DIR": str(folder),
            "URANIBORG_LISTEN": f"127.0.0.1:{port}",
            "URANIBORG_URL": self.url,
            "URANIBORG_SATELLITES_URL": "",  # its satellites are as invented as its night
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_CACHE_HOME": str(folder / "cache"),
        }
        for name in ("URANIBORG_TOKEN", "URANIBORG_ORGANISATION", "URANIBORG_PUBLIC_URL"):
            self.environment.pop(name, None)
        self.token = ""

    def password(self) -> str:
        """The owner's password: made once, kept with the data."""
        file = self.folder / "demo-password"
        if not file.exists():
            self._keep(file, "hven-" + secrets.token_urlsafe(9))
        return file.read_text()

    def _keep(self, file: Path, secret: str) -> None:
        """Write a secret that only who runs the demonstration may read; whole, or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        young = file.with_name(f"{file.name}.new")
        young.unlink(missing_ok=True)  # of a run that was ended here; its mode is nobody's promise
        with os.fdopen(os.open(young, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
            written.write(secret)
        young.replace(file)

    @contextlib.contextmanager
    def service(self) -> Iterator[subprocess.Popen[bytes]]:
        """Start the service and stop it at the end."""
        log = (self.folder / "service.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "service.server", "serve"], env=self.environment, stdout=log, stderr=log
        )
        try:
            started = time.monotonic()
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    if httpx.get(f"{self.url}/health/ready", timeout=2).status_code == 200:
                        break
                if process.poll() is not None or time.monotonic() - started > START_LIMIT_S:
                    sys.exit(f"The service did not start; its log is {self.folder / 'service.log'}.")
                time.sleep(0.1)
            say(f"The service is ready after {time.monotonic() - started:.1f} s.")
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()

    def sign_in(self) -> None:
        """Take the token that an earlier run kept, while it works; else make another, and the account if need be."""
        file = self.folder / "demo-token"
        kept = file.read_text() if file.exists() else ""
        if not self._works(kept):
            kept = self._make_token()
            self._keep(file, kept)
        self.environment["URANIBORG_TOKEN"] = self.token = kept
        self.environment["URANIBORG_ORGANISATION"] = PLACE["organisation"]["slug"]

    def _works(self, token: str) -> bool:
        """Whether the service takes a token: it may have run out or been revoked, or be of data since removed."""
        if not token:
            return False
        reply = httpx.get(f"{self.url}/api/v1/me", headers={"Authorization": f"Bearer {token}"}, timeout=60)
        if reply.status_code != 401:
            reply.raise_for_status()
        return reply.is_success

    def _make_token(self) -> str:
        """Make a token for the command with the owner's password, and the owner's account if there is none."""
        with httpx.Client(base_url=self.url, timeout=60) as browser:
            reply = self._enter(browser)
            if reply.status_code == 401:
                subprocess.run(
                    [sys.executable, "-m", "service.server", "account", EMAIL, "--name", "Tycho Brahe", "--operator"],
                    env=self.environment | {"URANIBORG_PASSWORD": self.password()},
                    check=True,
                    stdout=subprocess.DEVNULL,
                )
                reply = self._enter(browser)
            csrf = {"X-CSRF-Token": reply.raise_for_status().json()["csrf_token"]}
            wanted = {"name": "make demo", "expires_in_days": 30}
            made = browser.post("/api/v1/tokens", json=wanted, headers=csrf).raise_for_status()
            browser.delete("/api/v1/session", headers=csrf).raise_for_status()
        return str(made.json()["secret"])

    def _enter(self, browser: httpx.Client) -> httpx.Response:
        return browser.post("/api/v1/session", json={"email": EMAIL, "password": self.password()})

    def is_password_right(self) -> bool:
        """Whether the password made here is still the owner's: with a token that works nothing else asks for it."""
        with httpx.Client(base_url=self.url, timeout=60) as browser:
            reply = self._enter(browser)
            if reply.is_success:
                browser.delete("/api/v1/session", headers={"X-CSRF-Token": reply.json()["csrf_token"]})
            # Who has a second factor since has it at hand.
            return reply.status_code != 401 or reply.json()["type"] == "/problems/second-factor-needed"

    def api(self, method: str, path: str, body: Any = None, *, accept: tuple[int, ...] = ()) -> Any:
        """Ask the public API; statuses in ``accept`` are as good as success."""
        reply = httpx.request(
            method,
            f"{self.url}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=60,
        )
        if reply.status_code not in accept:
            if reply.is_error:
                sys.exit(f"{method} {path}: {reply.status_code} {reply.text}")
            return reply.json() if reply.content else None
        return None

    def command(self, *words: str, capture: bool = False) -> str:
        """Run the public command as a user would."""
        done = subprocess.run(
            [str(BIN / "uraniborg"), *words],
            env=self.environment,
            check=False,
            text=True,
            stdout=subprocess.PIPE if capture else None,
        )
        if done.returncode not in (0, 1):
            sys.exit(f"`uraniborg {' '.join(words)}` ended with {done.returncode}.")
        return done.stdout or ""

    def furnish(self) -> None:
        """Make the organisation, its site, telescope and instrument; what is there stays."""
        organisation = PLACE["organisation"]
        made = self.api("POST", "/organisations", organisation, accept=(409,))
        base = f"/organisations/{organisation['slug']}"
        if made is not None:  # who hid it since wants it hidden
            text = "A house for the stars, as it stood on Hven: simulated nights, open to whoever looks."
            self.api("PUT", f"{base}/portal", {"is_public": True, "text": text})
        for name in ("site", "telescope", "instrument"):
            self.api("POST", f"{base}/{name}s", PLACE[name], accept=(409,))

    def launch_satellites(self) -> None:
        """Bring the invented satellites in, as an operator does; the second time all are known already."""
        catalogue = self.folder / "satellites.csv"
        catalogue.write_bytes(simulated_catalogue(SATELLITES_OF))
        subprocess.run(
            [sys.executable, "-m", "service.server", "satellites", "import", str(catalogue)],
            env=self.environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def wait_for_jobs(self) -> None:
        """Wait until every file is ingested and every preview drawn."""
        base = f"/organisations/{PLACE['organisation']['slug']}"
        while True:
            waiting = len(self.api("GET", f"{base}/jobs?state=queued&state=running&limit=1000")["items"])
            if not waiting:
                return
            if sys.stdout.isatty():
                print(f"\r{waiting} jobs to go ...   ", end="", flush=True)
            time.sleep(0.3)

    def bring_in(self, frames: Path, *, simulated: bool) -> str:
        """Upload a folder with the public command; returns the dataset's slug."""
        dataset = f"night {NIGHT}" if simulated else f"files of {frames.name}"
        words = ["upload", str(frames), "--dataset", dataset]
        if simulated:
            words += ["--telescope", PLACE["telescope"]["slug"], "--instrument", PLACE["instrument"]["slug"]]
        self.command(*words)
        self.wait_for_jobs()
        return dataset.replace(" ", "-")

    def write_log(self) -> None:
        """Write the observer's words into the night log, once, and mend one of them."""
        organisation, telescope = PLACE["organisation"]["slug"], PLACE["telescope"]["slug"]
        base = f"/organisations/{organisation}/telescopes/{telescope}/nights/{NIGHT}/log"
        if self.api("GET", base)["entries"]["items"]:
            return
        happened = json.loads((self.folder / "night-complete").read_text())
        first = self.api(
            "POST",
            f"{base}/entries",
            {
                "text": "Opened in twilight, seeing 2.1 arcsec.",
                "category": "observing",
                "occurred_at": happened["opened_at"],
            },
        )
        self.api(
            "POST",
            f"{base}/entries",
            {
                "text": "Clouds from the west; dome closed for forty minutes.",
                "level": "warning",
                "category": "weather",
                "time_lost_s": 2400,
                "time_lost_kind": "weather",
                "tags": ["clouds"],
                "occurred_at": happened["clouded_at"],
            },
        )
        self.api(
            "PUT",
            f"{base}/entries/{first['id']}",
            {
                "text": "Opened in twilight, seeing 1.9 arcsec.",
                "category": "observing",
                "occurred_at": happened["opened_at"],
                "revision": first["revision"],
            },
        )

    def publish(self, dataset: str, title: str) -> dict[str, Any]:
        """Publish the dataset as a data package, once."""
        base = f"/organisations/{PLACE['organisation']['slug']}/packages"
        slug = f"{dataset}-data"
        package = {
            "slug": slug,
            "title": title,
            "description": "Every frame of one night, with its log.",
            "licence": "CC-BY-4.0",
            "contributors": [{"name": "Tycho Brahe", "role": "observer"}],
            "datasets": [dataset],
        }
        self.api("POST", base, package, accept=(409,))
        self.api("POST", f"{base}/{slug}/versions/1/publish", accept=(409,))
        public: dict[str, Any] = self.api("GET", f"/packages/{PLACE['organisation']['slug']}/{slug}/versions/1")
        return public

    def summary(self, dataset: str, package: dict[str, Any], *, simulated: bool) -> None:
        """Say what is there now, and how to go on."""
        organisation = PLACE["organisation"]["slug"]
        base = f"/organisations/{organisation}"
        facets = self.api("GET", f"{base}/frames/facets?facet=type&facet=filter&facet=night")["facets"]

        def counts(name: str) -> str:
            values = [f"{v['value'] or 'unknown'} {v['count']}" for v in facets[name]]
            return ", ".join(values[:10]) + (f", and {len(values) - 10} more" if len(values) > 10 else "")

        flagged = self.api("GET", f"{base}/files?flagged=true&limit=1000")["items"]
        say()
        say(f"  {PLACE['organisation']['name']}" + (f", night of {NIGHT}" if simulated else ""))
        say(f"    frames by type      {counts('type')}")
        say(f"    frames by filter    {counts('filter')}")
        if simulated:
            judged, crossed = (
                self.api("GET", f"{base}/frames?{which}&count=true&limit=1")["count"]
                for which in ("where=crossings%3E%3D0", "crossed=true")
            )
            place = f"organisation={organisation}&site={PLACE['site']['slug']}"
            lit = self.api("GET", f"/satellites/passes?{place}&night={NIGHT}&sunlit_only=true&limit=1")["count"]
            say(f"    satellites          crossed {crossed} of {judged} frames (invented ones, SIM-0001 and on)")
            say(f"                        {lit} passes in sunlight, above 10 degrees")
            log = f"{self.url}/api/v1{base}/telescopes/{PLACE['telescope']['slug']}/nights/{NIGHT}/log.pdf"
            say(f"    night log           {log}")
        say(f"    dataset             {dataset}")
        size = f"{package['file_count']} files, {package['size_bytes'] / 1e6:.1f} MB"
        say(f"    data package        {package['title']}, {size}")
        zipped = f"{self.url}/api/v1/packages/{organisation}/{dataset}-data/versions/1/zip"
        say(f"    download            {zipped}")
        if self.api("GET", f"{base}/portal")["is_public"]:
            say(f"    seen by the public  {self.url}/o/{organisation}")
        for file in flagged[:5]:
            told = file["problems"][0]["detail"]
            say(f"    something is wrong  {file['path']}: {told if len(told) < 90 else told[:87] + '...'}")
        if len(flagged) > 5:
            say(f"                        and {len(flagged) - 5} more")
        say()
        say(f"  address   {self.url}/")
        password = (
            self.password() if self.is_password_right() else "(another than was made here; you gave it one since)"
        )
        say(f"  login     {EMAIL}   password  {password}")
        say()
        say("  Try, in another terminal:")
        say(f"    export URANIBORG_URL={self.url} URANIBORG_ORGANISATION={organisation} PATH={BIN}:$PATH")
        say("    uraniborg login")
        say("    uraniborg find --near M31 --radius 0.5 --filter R" if simulated else "    uraniborg find")
        say("    uraniborg ls --flagged")
        if simulated:
            say("    uraniborg find --crossed --columns path,start_at,exposure_s,crossings")
            say(f"    uraniborg passes --site {PLACE['site']['slug']} --night {NIGHT} --sunlit --plot passes.png")
        say()


def free_port(wanted: int) -> int:
    """Give the port that is wanted if it is free, else another."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    return wanted


def main() -> None:
    """Run the demonstration; it stays up until interrupted, or ends at once with ``--once``."""
    parser = argparse.ArgumentParser("make demo", description=__doc__)
    parser.add_argument("--fits", type=Path, help="bring in this folder instead of a simulated night")
    parser.add_argument("--folder", type=Path, default=Path(".uraniborg") / "demo", help="where everything lives")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--once", action="store_true", help="end after the summary")
    arguments = parser.parse_args()
    folder = arguments.folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    simulated = arguments.fits is None
    frames = folder / "night" if simulated else arguments.fits.absolute()
    if not simulated and not frames.is_dir():
        sys.exit(f"{frames} is no folder.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if simulated and not (folder / "night-complete").exists():
        say(f"Simulating the night of {NIGHT} at {PLACE['site']['name']} ...")
        made = simulate_night(frames, night=NIGHT)
        clouded = [frame for frame in made if "cloud" in frame.faults]
        happened = {"opened_at": made[0].start_at.isoformat(), "clouded_at": clouded[-1].start_at.isoformat()}
        (folder / "night-complete").write_text(json.dumps(happened))  # last: without it the night is made again
    demo = Demo(folder, free_port(arguments.port))
    with demo.service() as process:
        demo.sign_in()
        demo.furnish()
        if simulated:
            demo.launch_satellites()
        dataset = demo.bring_in(frames, simulated=simulated)
        if simulated:
            demo.write_log()
        title = f"Night of {NIGHT} at Uranienborg" if simulated else f"Files of {frames.name}"
        demo.summary(dataset, demo.publish(dataset, title), simulated=simulated)
        if not arguments.once:
            say("  It stays up. Ctrl-C ends it; what it holds is kept.")
            with contextlib.suppress(KeyboardInterrupt):
                process.wait()
    say("Ended.")


if __name__ == "__main__":
    main()
