"""The agent as a service: all that was asked for is in its unit, so that it does what it does in a terminal."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest
from uraniborg.cli.app import run
from uraniborg.cli.command import Session
from uraniborg.cli.watch import _plan, watch_command
from uraniborg.settings import Settings, save_settings
from uraniborg.watch.agent import Plan
from uraniborg.watch.service_unit import unit_path

from tests.sdk.conftest import Ran

URL = "https://hven.example"
ODD = 'night 50% of "M31", it\'s $HOME\\x %n'
# What is said to the command that installs, and not to the service.
FOR_THE_COMMAND = {"as_json", "show_status", "install", "uninstall", "once"}
# A value of each option that is not its default, as it is typed.
SAMPLES = {
    "telescope": ["quadrant"],
    "instrument": ["camera"],
    "frame_type": ["flat"],
    "dataset": ['M31 "deep" 100%'],
    "rules": ["rules.toml"],
    "limit": ["2M"],
    "limit_at": ["20:00-06:00=500k", "08:30-18:00=none"],
    "newest_first": [],
    "previews_first": [],
    "rest_s": ["1234567.25"],
    "poll_s": ["0.25"],
    "delete_after_days": ["365.2425"],
    "follow_symlinks": [],
    "name": ["dome-2"],
    "organisation": ["hven"],
    "url": [URL],
}
Watch = Callable[..., Ran]
OPTIONS = {p.name: p for p in watch_command.params if isinstance(p, click.Option) and p.name not in FOR_THE_COMMAND}


class Systemctl:
    """A ``systemctl`` that notes what it is asked, and may refuse it."""

    def __init__(self, folder: Path) -> None:
        self.notes, self.refused = folder / "notes", folder / "refused"
        self.notes.touch()
        program = folder / "systemctl"
        program.write_text(
            f"""#!/bin/sh
            echo "$*" >> '{self.notes}'
            if [ "$2" = is-system-running ]; then echo degraded; exit 1; fi
            if grep -sqx "$2" '{self.refused}'; then echo "Access denied" >&2; exit 1; fi
            """
        )
        program.chmod(0o755)

    @property
    def asked(self) -> list[str]:
        return [line for line in self.notes.read_text().splitlines() if "is-system-running" not in line]


@pytest.fixture
def systemctl(at_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Systemctl:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(at_home))
    save_settings(Settings(url=URL, token="urb_x"))
    return Systemctl(tmp_path / "bin")


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two folders of odd names as they are typed, with rules beside them."""
    place = tmp_path / ODD
    for name in (ODD, "plain"):
        (place / name).mkdir(parents=True)
    (place / "rules.toml").write_text('[[rule]]\npattern = "focus/**"\nskip = true\n')
    monkeypatch.chdir(place)
    return [ODD, "plain"]


@pytest.fixture
def watch(systemctl: Systemctl, capfd: pytest.CaptureFixture[str]) -> Watch:
    """Run the command in this process; it asks no service for anything."""

    def execute(*words: str) -> Ran:
        code = run(["watch", *words])
        return Ran(code, *capfd.readouterr())

    return execute


def written(names: set[str]) -> list[str]:
    """Write a sample of each of these options as it is typed."""
    words: list[str] = []
    for name in names:
        option = OPTIONS[name]
        flag = max(option.opts, key=len)
        words += [flag] if option.is_flag else [word for value in SAMPLES[name] for word in (flag, value)]
    return words


def read(words: list[str]) -> dict[str, Any]:
    """Read a command line by the command's own parser; paths as they are from anywhere."""
    with watch_command.make_context("watch", list(words)) as context:
        values = {name: value for name, value in context.params.items() if name not in FOR_THE_COMMAND}
    values["folders"] = [folder.resolve() for folder in values["folders"]]
    values["rules"] = values["rules"] and values["rules"].resolve()
    return values


def plan_of(values: dict[str, Any]) -> dict[str, Any]:
    """Tell what an agent would be told to do, in values that can be compared."""
    options = {name: value for name, value in values.items() if name not in ("url", "organisation")}
    with Session(as_json=False, organisation=values["organisation"], url=values["url"]) as session:
        plan: Plan = _plan(session, **options, once=False)
    return msgspec.structs.asdict(plan) | {"rules": vars(plan.rules)}


def service_words(unit: str) -> list[str]:
    """Read the command line of a unit as systemd does.

    Source
    ------
    systemd.service(5), "Command lines"; systemd.syntax(7), "Quoting"; systemd.unit(5), "Specifiers".
    """
    [line] = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    word = r'"(?:[^"\\]|\\.)*"'
    assert re.fullmatch(rf"{word}(?: {word})*", line)
    words = []
    for quoted in re.findall(word, line):
        text = re.sub(r"\\(.)", lambda match: {"n": "\n"}.get(match[1], match[1]), quoted[1:-1])
        assert not re.search(r"[%$]", text.replace("%%", "").replace("$$", "")), "it would stand for something else"
        words.append(text.replace("%%", "%").replace("$$", "$"))
    assert words[:4] == [sys.executable, "-m", "uraniborg", "watch"]
    return words[4:]


def test_there_is_a_sample_of_each_option(folders: list[str]) -> None:
    assert OPTIONS.keys() == SAMPLES.keys(), "give an option that is new a sample, or say that it is for the command"
    usual, asked = read(folders), read([*written(set(OPTIONS)), *folders])
    assert [name for name in OPTIONS if asked[name] == usual[name]] == [], "a sample that is the default shows nothing"


@pytest.mark.parametrize(
    "names",
    [pytest.param(set(OPTIONS), id="all"), *(pytest.param({"url", "organisation", name}, id=name) for name in OPTIONS)],
)
def test_the_service_does_what_was_asked_for(watch: Watch, folders: list[str], names: set[str]) -> None:
    words = [*written(names), *folders]
    done = watch("--install", *words)
    assert done.code == 0, done
    asked = read(words)
    unit = unit_path(asked["name"])
    installed = read(service_words(unit.read_text()))
    assert installed == asked
    assert plan_of(installed) == plan_of(asked)


def test_a_service_is_begun_and_removed(watch: Watch, systemctl: Systemctl, folders: list[str]) -> None:
    told = [*written({"url", "organisation"}), "--name", "dome"]
    done = watch("--install", *told, *folders)
    unit = unit_path("dome")
    assert (done.code, f"Wrote {unit}." in done.err) == (0, True), done
    name = "uraniborg-watch-dome.service"
    assert systemctl.asked == ["--user daemon-reload", f"--user enable {name}", f"--user restart {name}"]
    systemctl.notes.write_text("")
    other = watch("--uninstall", *told[:-1], "hut")
    assert (other.code, systemctl.asked, unit.exists()) == (2, [], True), "another one stays as it is"
    assert watch("--uninstall", *told).code == 0
    assert systemctl.asked == [f"--user disable --now {name}", "--user daemon-reload"]
    assert not unit.exists()


def test_what_systemd_refuses_is_told(watch: Watch, systemctl: Systemctl, folders: list[str]) -> None:
    systemctl.refused.write_text("enable\n")
    done = watch("--install", *written({"url", "organisation"}), *folders)
    assert (done.code, "fails: Access denied" in done.err) == (2, True), done
