"""The watch agent over real folders against the real service."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import msgspec
import pytest
import uraniborg
from uraniborg.settings import Settings, save_settings
from uraniborg.watch.agent import Agent, Plan
from uraniborg.watch.places import journal_path
from uraniborg.watch.rules import Rule, Rules, Treatment, load_rules
from uraniborg.watch.status import AgentStatus, all_statuses, read_status

from tests.sdk.conftest import Command
from tests.support.live_server import Someone
from tests.support.meddling_proxy import MeddlingProxy

LIMIT_S = 120
REST_S = 0.3


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def plan_of(client: uraniborg.Client, *folders: Path, **more: object) -> Plan:
    told = {"name": "dome", "rules": Rules((), Treatment(dataset="night")), "rest_s": REST_S, "poll_s": 0.5}
    watched = [(os.fsencode(folder), "" if len(folders) == 1 else f"{folder.name}/") for folder in folders]
    return Plan(organisation=client.organisation, folders=watched, **(told | more))  # type: ignore[arg-type]


@contextmanager
def watching(client: uraniborg.Client, *folders: Path, **more: object) -> Iterator[Agent]:
    """Have an agent run as long as the block lasts."""
    agent = Agent(client, plan_of(client, *folders, **more))
    failures: list[BaseException] = []

    def run() -> None:
        try:
            agent.run()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        wait_until(lambda: bool((status := agent.status()) and status.running and status.folders) or bool(failures))
        yield agent
    finally:
        agent.stop()
        thread.join(150)  # a request that is held is waited for
        assert not thread.is_alive()
    assert failures == []


def status_of(client: uraniborg.Client, name: str = "dome") -> AgentStatus:
    status = read_status(journal_path(name, client.url, client.organisation))
    assert status is not None
    return status


def counts(client: uraniborg.Client) -> dict[str, int]:
    [folder] = status_of(client).folders
    names = ("seen", "settling", "ready", "sending", "stored", "failed", "skipped")
    return {name: getattr(folder, name) for name in names if getattr(folder, name)}


def stored(client: uraniborg.Client) -> dict[str, str]:
    files = [(file.path, file.sha256) for file in client.iterate("list_files")]
    assert len(files) == len(set(files)), "no double rows"
    return dict(files)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "night"
    made.mkdir()
    return made


def fits_file(size: int = 5000) -> bytes:
    cards = ["SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    1"]
    header = "".join(f"{card:<80}" for card in [*cards, f"NAXIS1  = {size:20d}", "END"]).ljust(2880).encode()
    return header + bytes(range(256)) * (size // 256) + bytes(size % 256 + -size % 2880)


def test_odd_folders_are_sent_once_and_a_second_run_moves_nothing(
    client: uraniborg.Client, folder: Path, line: MeddlingProxy, command: Command, tmp_path: Path
) -> None:
    composed, decomposed = (unicodedata.normalize(form, "é.txt") for form in ("NFC", "NFD"))
    (folder / composed).write_text("composed")
    (folder / decomposed).write_text("decomposed")
    (folder / "Case.txt").write_text("upper")
    (folder / "case.txt").write_text("lower")
    (folder / "line\nfeed.txt").write_text("newline")
    (folder / os.fsdecode(b"latin-\xe9.txt")).write_text("not UTF-8")
    (folder / "draft.fits.tmp").write_text("a program's own")
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "frame.fits").write_bytes(fits_file())
    (folder / "deep" / "loop").symlink_to(folder)
    (folder / "outside").symlink_to(tmp_path)
    words = ["watch", folder, "--once", "--settle", "0.2", "--name", "dome"]
    ran = command(*words)
    assert ran.code == 1, "two names cannot be kept"
    files = [(file.path, file.sha256) for file in client.iterate("list_files")]
    assert sorted(files) == sorted(
        [
            (composed, sha256(b"composed")),
            (composed, sha256(b"decomposed")),
            ("Case.txt", sha256(b"upper")),
            ("case.txt", sha256(b"lower")),
            ("deep/er/frame.fits", sha256(fits_file())),
        ]
    )
    assert counts(client) == {"stored": 5, "failed": 2, "skipped": 1}
    [status] = all_statuses()
    assert {failure.path for failure in status.folders[0].failures} == {"line\nfeed.txt", "latin-\\udce9.txt"}
    line.forget()
    assert command(*words).code == 1
    assert (line.count("PUT", "/objects/"), line.count("POST", "/complete")) == (0, 0)
    assert sorted((file.path, file.sha256) for file in client.iterate("list_files")) == sorted(files)
    page = command("watch", "--status")
    assert "not running since" in page.out
    assert "line\\nfeed.txt" in page.out
    [told] = msgspec.json.decode(command("watch", "--status", "--json").out)
    assert (told["running"], told["folders"][0]["stored"]) == (False, 5)


def test_a_frame_is_sent_when_its_length_agrees_with_its_headers(client: uraniborg.Client, folder: Path) -> None:
    whole = fits_file()
    with watching(client, folder):
        with (folder / "frame.fits").open("wb") as file:
            file.write(whole[:4000])
            file.flush()
            wait_until(lambda: any(f.unfinished for f in status_of(client).folders))
            assert "promise" in status_of(client).folders[0].unfinished[0].reason
            time.sleep(5 * REST_S)
            assert stored(client) == {}
            file.write(whole[4000:])
        wait_until(lambda: counts(client) == {"stored": 1})
        assert stored(client) == {"frame.fits": sha256(whole)}


@pytest.mark.skipif(
    find_spec("watchfiles") is None, reason="watchfiles is not installed (uraniborg[watch]): no word comes of new files"
)
def test_files_are_found_by_the_file_system_s_word_alone(
    client: uraniborg.Client, folder: Path, command: Command
) -> None:
    (folder / "lights").mkdir()
    with watching(client, folder, poll_s=3600.0):
        wait_until(lambda: status_of(client).folders[0].looked_at is not None)
        # Whoever begins to listen looks through everything once more: this one is found by either.
        (folder / "1.fits").write_bytes(fits_file())
        wait_until(lambda: counts(client) == {"stored": 1})
        looked_at = status_of(client).folders[0].looked_at
        (folder / "2.tmp").write_bytes(fits_file(2000))
        (folder / "2.tmp").rename(folder / "lights" / "2.fits")
        wait_until(lambda: counts(client).get("stored") == 2)
        assert status_of(client).events
        assert "looking" not in command("watch", "--status").out, "it is as one expects"
        assert status_of(client).folders[0].looked_at == looked_at, "nobody looked through everything"
    assert set(stored(client)) == {"1.fits", "lights/2.fits"}


def test_a_file_rewritten_while_it_is_sent_is_never_half(
    client: uraniborg.Client, folder: Path, line: MeddlingProxy
) -> None:
    first, second = fits_file(400_000), fits_file(300_000)
    (folder / "frame.fits").write_bytes(first)
    line.slow_puts(200_000)
    with watching(client, folder):
        wait_until(lambda: counts(client) == {"sending": 1})
        time.sleep(0.5)
        with (folder / "frame.fits").open("r+b") as file:
            for start in range(0, len(second), 50_000):
                file.write(second[start : start + 50_000])
                file.flush()
                time.sleep(0.05)
            file.truncate()
        line.forget()
        wait_until(lambda: counts(client) == {"stored": 1} and sha256(second) in stored(client).values())
    kept = [file.sha256 for file in client.iterate("list_files")]
    assert set(kept) <= {sha256(first), sha256(second)}
    [newest] = client.iterate("list_dataset_files", dataset="night")
    assert newest.sha256 == sha256(second)


def test_two_agents_on_one_folder_make_no_double_rows(client: uraniborg.Client, folder: Path) -> None:
    for number in range(60):
        (folder / f"{number:02}.txt").write_text(str(number))
    with watching(client, folder, name="dome"), watching(client, folder, name="hut"):
        wait_until(lambda: all(status_of(client, name).folders[0].stored == 60 for name in ("dome", "hut")))
    assert len(stored(client)) == 60


def test_a_folder_that_vanishes_and_comes_back(client: uraniborg.Client, folder: Path, tmp_path: Path) -> None:
    (folder / "before.txt").write_text("before")
    with watching(client, folder):
        wait_until(lambda: counts(client) == {"stored": 1})
        folder.rename(tmp_path / "unplugged")
        wait_until(lambda: status_of(client).folders[0].missing_since is not None)
        assert counts(client) == {"stored": 1}
        (tmp_path / "unplugged" / "meanwhile.txt").write_text("meanwhile")
        (tmp_path / "unplugged").rename(folder)
        wait_until(lambda: counts(client) == {"stored": 2})
        assert status_of(client).folders[0].missing_since is None
        shutil.rmtree(folder)  # and another one in its place
        folder.mkdir()
        (folder / "after.txt").write_text("after")
        wait_until(lambda: "after.txt" in stored(client))
    assert set(stored(client)) == {"before.txt", "meanwhile.txt", "after.txt"}


def test_rules_send_files_to_their_places(client: uraniborg.Client, folder: Path) -> None:
    for path in ("focus/1.txt", "M31/1.txt", "wrong/1.txt", "other.txt"):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(path)
    rules = Rules(
        [
            Rule("focus/**", skip=True),
            Rule("M31/**", dataset="M31 deep", instrument="camera"),
            Rule("wrong/**", telescope="nowhere"),
        ],
        Treatment(telescope="quadrant"),
    )
    with watching(client, folder, rules=rules):
        wait_until(lambda: counts(client) == {"stored": 2, "failed": 1, "skipped": 1})
    [failure] = status_of(client).folders[0].failures
    assert (failure.path, failure.code) == ("wrong/1.txt", "not-found")
    assert {f.path: (f.telescope, f.instrument) for f in client.iterate("list_files")} == {
        "M31/1.txt": ("quadrant", "camera"),
        "other.txt": ("quadrant", None),
    }
    assert [f.path for f in client.iterate("list_dataset_files", dataset="m31-deep")] == ["M31/1.txt"]


def test_rules_that_changed_hold_for_what_was_judged_before(
    client: uraniborg.Client, folder: Path, line: MeddlingProxy, command: Command, tmp_path: Path
) -> None:
    for name in ("M31 1.txt", "focus 1.txt", "flat 1.txt"):
        (folder / name).write_text(name)
    rules = tmp_path / "rules.toml"
    words = ["watch", folder, "--once", "--settle", "0.2", "--name", "dome", "--rules", rules]
    rules.write_text('[[rule]]\npattern = "M*"\nskip = true\n')
    line.hold_puts_after(0)
    with watching(client, folder, rules=load_rules(rules, Treatment())):
        wait_until(lambda: counts(client) == {"sending": 2, "skipped": 1})
    line.drop()
    line.forget()
    assert counts(client) == {"ready": 2, "skipped": 1}
    assert "SKIPPED" in command("watch", "--status").out
    rules.write_text('[[rule]]\npattern = "focus*"\nskip = true\n')
    assert command(*words).code == 0
    assert set(stored(client)) == {"M31 1.txt", "flat 1.txt"}
    assert counts(client) == {"stored": 2, "skipped": 1}
    rules.write_text('[[rule]]\npattern = "*"\nskip = true\n')
    assert command(*words).code == 0
    assert counts(client) == {"stored": 2, "skipped": 1}, "what is stored stays so"
    rules.write_text("")
    assert command(*words).code == 0
    assert len(stored(client)) == 3
    assert "SKIPPED" not in command("watch", "--status").out


def test_each_night_s_folder_is_kept_under_its_own_name(
    client: uraniborg.Client, command: Command, tmp_path: Path
) -> None:
    nights = [tmp_path / "2026-11-20", tmp_path / "2026-11-21", tmp_path / "again" / "2026-11-21"]
    told = []
    for night in nights:
        night.mkdir(parents=True)
        (night / "M31.txt").write_text(str(night))
        ran = command("watch", night, "--once", "--settle", "0.2", "--name", "dome")
        assert ran.code == 0, ran
        told.append((ran.err, command("watch", "--status").out))
    assert set(stored(client)) == {"M31.txt", "2026-11-21/M31.txt", "2026-11-21-2/M31.txt"}
    assert "kept under" not in "".join(told[0]), "it is as one expects"
    assert "are kept under 2026-11-21/" in told[1][0]
    assert "(kept under 2026-11-21/)" in told[1][1]
    assert "are kept under 2026-11-21-2/" in told[2][0]
    [folder] = status_of(client).folders
    assert folder.prefix == "2026-11-21-2/"


def test_a_token_that_may_only_send_is_enough(client: uraniborg.Client, folder: Path, command: Command) -> None:
    made = client.call("make_token", body={"name": "dome", "kind": "upload-only", "organisation": client.organisation})
    (folder / "frame.fits").write_bytes(fits_file())
    with uraniborg.Client(client.url, made.secret, organisation=client.organisation) as dome:
        with watching(dome, folder, telescope="quadrant"):
            wait_until(lambda: counts(client) == {"stored": 1})
            wait_until(lambda: bool(client.list_agents().items))
        [agent] = client.list_agents().items
    assert (agent.name, agent.telescope, agent.state) == ("dome", "quadrant", "stopped")
    assert (agent.folders[0].stored_files, agent.last_file) == (1, "frame.fits")
    assert abs(agent.clock_offset_s) < 60
    assert "dome" in command("org", "agent", "list").out
    assert command("org", "agent", "forget", "dome").code == 0
    assert "No watch agent" in command("org", "agent", "list").err


def test_the_service_is_away_and_the_files_wait(client: uraniborg.Client, folder: Path, line: MeddlingProxy) -> None:
    (folder / "frame.fits").write_bytes(fits_file())
    with uraniborg.Client("http://127.0.0.1:9", "urb_x", organisation=client.organisation) as nowhere:
        with watching(nowhere, folder):
            wait_until(lambda: bool(all_statuses()) and bool(all_statuses()[0].last_error))
            [status] = all_statuses()
            assert "does not answer" in status.last_error
            assert status.folders[0].waiting_files == 1
            assert status.folders[0].failed == 0
            wait_until(lambda: all_statuses()[0].service_away_since is not None)
        assert Agent(nowhere, plan_of(nowhere, folder, once=True)).run() is not None


def test_the_same_agent_runs_once(client: uraniborg.Client, folder: Path, command: Command) -> None:
    with watching(client, folder):
        wait_until(lambda: bool(all_statuses()) and all_statuses()[0].running)
        ran = command("watch", folder, "--once", "--name", "dome")
        assert (ran.code, "runs already" in ran.err) == (1, True)
    assert not status_of(client).running


def test_a_subfolder_that_cannot_be_read_is_told_by_an_agent_that_runs_once(
    client: uraniborg.Client, folder: Path, command: Command
) -> None:
    (folder / "frame.fits").write_bytes(fits_file())
    hidden = folder / os.fsdecode(b"hidden \xff")
    hidden.mkdir()
    words = [sys.executable, "-m", "uraniborg", "watch", folder, "--once", "--settle", "0.2", "--name", "dome"]
    if os.geteuid() == 0:  # root may read everything, unless it gives that up
        words = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", *words]
    hidden.chmod(0)
    ran = subprocess.run(words, capture_output=True, text=True)
    hidden.chmod(0o700)
    assert (ran.returncode, "1 file stored, hidden \\udcff cannot be looked into" in ran.stderr) == (1, True), ran
    assert command("watch", folder, "--once", "--settle", "0.2", "--name", "dome").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["watch"], "Name the folders"),
        (["watch", ".", "--limit", "fast"], "is no rate"),
        (["watch", ".", "--limit-at", "20:00=1M"], "is no window"),
        (["watch", ".", "--name", "My PC"], "Lower-case"),
        (["watch", ".", "--rules", "/nowhere.toml"], "They look like this"),
        (["watch", "/usr", "/usr/bin"], "lies in another"),
        (["watch", "--uninstall", "--name", "never"], "nothing was installed"),
        (["watch", ".", "--install", "--once"], "leave one of them out"),
    ],
)
def test_wrong_usage_is_told(command: Command, words: list[str], said: str) -> None:
    ran = command(*words)
    assert (ran.code, said in ran.err) == (2, True), ran


def has_systemd() -> bool:
    if shutil.which("systemctl") is None:
        return False
    state = subprocess.run(["systemctl", "--user", "is-system-running"], capture_output=True, text=True)
    return state.stdout.strip() not in ("", "offline", "unknown")


@pytest.mark.skipif(has_systemd(), reason="would install a service on this computer")
def test_without_systemd_it_says_so(client: uraniborg.Client, command: Command, folder: Path, tycho: Someone) -> None:
    words = ["watch", folder, "--install", "--name", "dome"]
    ran = command(*words)
    assert (ran.code, "uraniborg login" in ran.err) == (2, True), ran
    save_settings(Settings(url=client.url, token=tycho.token))
    ran = command(*words)
    assert (ran.code, "no systemd for users" in ran.err) == (2, True), ran
