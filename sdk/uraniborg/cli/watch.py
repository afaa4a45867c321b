"""The watch agent: run, looked at, installed."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import click

from uraniborg.cli.command import Session, command_options
from uraniborg.cli.output import note, one_line, plain, plural, print_json, size
from uraniborg.cli.watch_page import print_statuses
from uraniborg.errors import NotConfigured
from uraniborg.settings import load_settings
from uraniborg.upload.terms import FRAME_TYPES
from uraniborg.watch import service_unit
from uraniborg.watch.agent import Agent, Plan
from uraniborg.watch.lock import AlreadyRunning
from uraniborg.watch.pace import read_rate, read_window
from uraniborg.watch.places import default_name
from uraniborg.watch.preview_drawing import can_draw_or_say
from uraniborg.watch.rules import EXAMPLE, Treatment, load_rules
from uraniborg.watch.status import AgentStatus, all_statuses

__all__ = ["watch_command"]

TELL_EVERY_S = 10.0
NAME = r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?"


def _read(read: Any) -> Any:
    """Have an option's value read; what cannot be read is wrong usage."""

    def callback(context: click.Context, option: click.Parameter, value: Any) -> Any:
        try:
            return [read(one) for one in value] if isinstance(value, tuple) else value and read(value)
        except ValueError as error:
            raise click.BadParameter(str(error), context, option) from error

    return callback


def _name(context: click.Context, option: click.Parameter, value: str | None) -> str:
    import re

    if value and not re.fullmatch(NAME, value):
        raise click.BadParameter("Lower-case letters, digits, dots and dashes.", context, option)
    return value or default_name()


@click.command("watch", epilog="\b\nRules look like this:\n\n\b" + EXAMPLE.replace("\n\n", "\n\n\b\n"))
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path), metavar="[FOLDER]...")
@click.option("--telescope", "-t", metavar="SLUG", help="What took the files, where the headers do not tell.")
@click.option("--instrument", "-i", metavar="SLUG", help="What took the files, where the headers do not tell.")
@click.option(
    "--type", "frame_type", type=click.Choice(FRAME_TYPES), help="What the frames are, where the headers do not tell."
)
@click.option("--dataset", "-d", metavar="NAME", help="A dataset they join; made when there is none.")
@click.option("--rules", metavar="FILE", type=click.Path(path_type=Path), help="Which files are sent as what; below.")
@click.option("--once", is_flag=True, help="Send what is there, and end.")
@click.option("--limit", metavar="RATE", callback=_read(read_rate), help="Of the line, such as 2M bytes per second.")
@click.option(
    "--limit-at", metavar="HOURS=RATE", multiple=True, callback=_read(read_window),
    help="Another limit at some hours, such as 20:00-06:00=500k or 08:00-18:00=none.",
)  # fmt: skip
@click.option("--newest-first", is_flag=True,
              help="Where the line does not keep up: what was taken last goes first, the rest meanwhile.")  # fmt: skip
@click.option("--previews-first", is_flag=True,
              help="Where more than a minute's worth waits: a small preview of each image goes ahead.")  # fmt: skip
@click.option("--settle", "rest_s", type=click.FloatRange(min=0.1), default=3.0, show_default=True, metavar="SECONDS",
              help="How long a file must not change before it is sent.")  # fmt: skip
@click.option("--poll", "poll_s", type=click.FloatRange(min=0.2), default=10.0, show_default=True, metavar="SECONDS",
              help="How often all is looked through, besides the file system's own word.")  # fmt: skip
@click.option("--delete-after-days", type=click.FloatRange(min=0), metavar="N",
              help="Delete files here that the service holds for N days; it confirms checksums first.")  # fmt: skip
@click.option("--follow-symlinks", is_flag=True, help="Also send what symbolic links lead to.")
@click.option("--name", metavar="NAME", callback=_name, help="Of this agent [default: the computer's name].")
@click.option("--status", "show_status", is_flag=True, help="Tell what agents of this computer do, and did.")
@click.option("--install", is_flag=True, help="Keep it running, as a systemd service of yours.")
@click.option("--uninstall", is_flag=True, help="Stop that service and remove it.")
@command_options()
def watch_command(
    session: Session,
    folders: tuple[Path, ...],
    show_status: bool,
    install: bool,
    uninstall: bool,
    name: str,
    **values: Any,
) -> int:
    """Send new files of folders as they come.

    A file is sent once it is at rest and, if it is FITS, as long as its headers promise. Killed at any moment, the
    agent goes on where it stopped; nothing is sent twice. A file that is written anew is sent as the next version.
    """
    if show_status:
        return _show(session, all_statuses(), None if name == default_name() else name)
    if uninstall:
        done = service_unit.uninstall(name)
        session.show({"done": done}, lambda: note("\n".join(done)))
        return 0
    if not folders:
        raise click.UsageError("Name the folders to watch; or --status, to look at an agent.")
    found = [folder.resolve() for folder in folders]
    if install:
        if values["once"]:
            raise click.UsageError("A service stays, and --once ends: leave one of them out.")
        plan = _plan(session, found, name, **values)  # what is wrong with it is told now, and not in a log
        service = {name: value for name, value in os.environ.items() if name != "URANIBORG_TOKEN"}
        if not load_settings(session.client.url, environment=service).token:
            raise NotConfigured("The service would not know your token: `uraniborg login` keeps one on this computer.")
        done = service_unit.install(name, _words(found, name, plan.organisation, session.client.url, **values))
        session.show({"done": done}, lambda: note("\n".join(done)))
        return 0
    return _run(session, _plan(session, found, name, **values))


def _plan(session: Session, folders: list[Path], name: str, **values: Any) -> Plan:
    if missing := [folder for folder in folders if folder.exists() and not folder.is_dir()]:
        raise click.UsageError(f"{missing[0]} is no folder.")
    if nested := [f for f in folders if any(f != other and f.is_relative_to(other) for other in folders)]:
        raise click.UsageError(f"{nested[0]} lies in another folder of these: it is watched with that one.")
    if values["previews_first"]:
        can_draw_or_say()
    otherwise = Treatment(values["telescope"], values["instrument"], values["dataset"], values["frame_type"])
    alone = len(set(folders)) == 1
    return Plan(
        name=name,
        organisation=session.organisation,
        folders=[
            (os.fsencode(folder), "" if alone else f"{_printable(folder.name)}/") for folder in dict.fromkeys(folders)
        ],
        rules=load_rules(values["rules"], otherwise),
        telescope=values["telescope"],
        rest_s=values["rest_s"],
        poll_s=values["poll_s"],
        once=values["once"],
        follow_symlinks=values["follow_symlinks"],
        limit_bytes_per_s=values["limit"],
        windows=values["limit_at"],
        newest_first=values["newest_first"],
        previews_first=values["previews_first"],
        delete_after_days=values["delete_after_days"],
    )


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _words(folders: list[Path], name: str, organisation: str, url: str, **values: Any) -> list[str]:
    """Write the command line of the service, as it was given here."""
    words = ["--url", url, "--organisation", organisation, "--name", name]
    given = click.get_current_context()
    for option in ("telescope", "instrument", "dataset"):
        words += [f"--{option}", values[option]] if values[option] else []
    words += ["--type", values["frame_type"]] if values["frame_type"] else []
    words += ["--rules", str(values["rules"].resolve())] if values["rules"] else []
    words += ["--limit", f"{values['limit']:.0f}"] if values["limit"] else []
    for window in values["limit_at"]:
        rate = "none" if window.bytes_per_s is None else f"{window.bytes_per_s:.0f}"
        words += ["--limit-at", f"{window.start:%H:%M}-{window.end:%H:%M}={rate}"]
    for option, flag in (("rest_s", "--settle"), ("poll_s", "--poll"), ("delete_after_days", "--delete-after-days")):
        if given.get_parameter_source(option) is click.core.ParameterSource.COMMANDLINE:
            words += [flag, f"{values[option]}"]
    words += ["--follow-symlinks"] if values["follow_symlinks"] else []
    words += ["--newest-first"] if values["newest_first"] else []
    words += ["--previews-first"] if values["previews_first"] else []
    return [*words, "--", *map(str, folders)]


def _run(session: Session, plan: Plan) -> int:
    agent = Agent(session.client, plan, tell=lambda words: note(f"{_now()}  {plain(words)}"))
    before = {number: signal.signal(number, lambda *_: agent.stop()) for number in (signal.SIGINT, signal.SIGTERM)}
    over = threading.Event()
    teller = threading.Thread(target=_tell, args=(agent, over), daemon=True)
    if not session.as_json:
        note(f"{_now()}  Watching {', '.join(plain(_printable(os.fsdecode(path))) for path, _ in plan.folders)}.")
        teller.start()
    try:
        failure = agent.run()
    except AlreadyRunning as error:
        holder = f" (process {error})" if str(error) else ""
        note(f"The agent {plan.name} runs already{holder}: uraniborg watch --status. Another one needs another --name.")
        return 1
    finally:
        over.set()
        for number, handler in before.items():
            signal.signal(number, handler)
    status = agent.status()
    if session.as_json:
        print_json(status)
    elif status is not None:
        note(f"{_now()}  {_summary(status)}")
    if failure is not None:
        raise failure
    left = any(f.failed or f.settling or f.missing_since or f.trouble for f in (status.folders if status else []))
    return 1 if plan.once and left else 0


def _tell(agent: Agent, over: threading.Event) -> None:
    """Say now and then how far it is, if something happened."""
    told = ""
    while not over.wait(TELL_EVERY_S):
        status = agent.status()
        if status is not None and (words := _summary(status)) != told:
            told = words
            note(f"{_now()}  {words}")


def _summary(status: AgentStatus) -> str:
    stored, failed = sum(f.stored for f in status.folders), sum(f.failed for f in status.folders)
    waiting, waiting_bytes = sum(f.waiting_files for f in status.folders), sum(f.waiting_bytes for f in status.folders)
    words = [f"{plural(stored, 'file')} stored"]
    words += [f"{waiting:,} waiting ({size(waiting_bytes)})"] if waiting else []
    words += [f"{failed:,} failed"] if failed else []
    words += [f"{size(int(status.rate_bytes_per_s))}/s"] if status.running and status.rate_bytes_per_s else []
    missing = [f.path for f in status.folders if f.missing_since]
    words += [f"{plain(path)} is not there" for path in missing]
    words += [one_line(f.trouble.rstrip(".")) for f in status.folders if f.trouble and not f.missing_since]
    return ", ".join(words) + "."


def _show(session: Session, statuses: list[AgentStatus], name: str | None) -> int:
    shown = [status for status in statuses if name in (None, status.name)]
    if session.as_json:
        print_json(shown)
    elif shown:
        print_statuses(shown)
    else:
        note("No agent ran on this computer yet. Begin: uraniborg watch FOLDER")
    return 0


def _now() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime())
