"""The command's root: finds subcommands when they are asked for, and turns errors into words and exit codes."""

from __future__ import annotations

import importlib
import os
import sys

import click
import msgspec

from uraniborg.cli.output import paint, plain
from uraniborg.errors import (
    InvalidInput,
    NotAllowed,
    NotConfigured,
    NotFound,
    NotSignedIn,
    ServiceFault,
    TooManyAttempts,
    UraniborgError,
)
from uraniborg.version import __version__

__all__ = ["EXIT_CODES", "exit_code", "root", "run"]

EXIT_CODES = """\b
Exit codes: 0 done; 1 some items failed, or it does not fit the present state;
2 wrong usage; 3 not signed in; 4 not found or not allowed;
5 the service does not answer; 130 interrupted."""

# Where each command lives, and what it does: its module is loaded only when it runs.
COMMANDS: dict[str, tuple[str, str]] = {
    "login": ("account", "Sign in and keep a token on this computer."),
    "logout": ("account", "Forget the token on this computer."),
    "whoami": ("account", "Tell who is signed in, where, and for which organisations."),
    "token": ("account", "Tokens: list, add, revoke."),
    "org": ("organisation", "Organisations and their people."),
    "site": ("equipment", "Sites: where telescopes stand."),
    "telescope": ("equipment", "Telescopes."),
    "instrument": ("equipment", "Instruments and how their headers are read."),
    "upload": ("upload", "Send files and folders; running it again resumes."),
    "watch": ("watch", "Send new files of folders as they come; --status tells how that goes."),
    "coming": ("coming", "What is on its way: previews that agents sent ahead of their files."),
    "ls": ("files", "List files; --state failed tells what could not be read, and why."),
    "get": ("files", "Download files, by name or by the same query as find."),
    "sync": ("sync", "Make a folder like a dataset or query, or a dataset like a folder."),
    "rm": ("files", "Delete files; they can be restored for a while."),
    "restore": ("files", "Bring deleted files back."),
    "find": ("frames", "Find frames by sky, time, night, any fact, any FITS keyword."),
    "header": ("frames", "Show all cards of a frame's header."),
    "calibrations": ("calibrations", "Find the biases, darks and flats that fit a frame."),
    "quality": ("frames", "Say how good a frame is."),
    "ingest": ("frames", "Read headers again, after a mapping or site changed."),
    "night": ("nights", "Nights and what was observed."),
    "log": ("logs", "Night logs: read, write, search, sign, export."),
    "crossings": ("sky", "Which satellites cross a field, or crossed a frame."),
    "passes": ("sky", "What passes over a site tonight, and when it is lit."),
    "tonight": ("sky", "How a night goes: Sun, twilights, Moon, altitudes of targets."),
    "satellites": ("sky", "The catalogue of satellites: searched, and how it stands."),
    "dataset": ("datasets", "Datasets: named, growing collections of files."),
    "team": ("teams", "Teams: people of several organisations around shared data and their own files."),
    "me": ("own_files", "Your own files, which nobody else sees."),
    "share": ("shares", "Share datasets with teams; links for whoever holds them."),
    "mount": ("mount", "Everything you may read as a folder of this computer."),
    "package": ("packages", "Data packages: frozen, citable, for anyone to download."),
    "jobs": ("jobs", "Long work and its progress."),
    "usage": ("usage", "What is stored and downloaded, by whom and for what, and what it costs."),
    "plan": ("plan", "The organisation's plan, and how it is paid."),
    "api": ("api", "Ask for any operation of the service by its name."),
    "open": ("docs", "Print the address of the service's API documentation."),
}

CODES: list[tuple[type[UraniborgError], int]] = [
    (NotSignedIn, 3),
    (NotFound, 4),
    (NotAllowed, 4),
    (ServiceFault, 5),
    (TooManyAttempts, 5),
    (InvalidInput, 2),
    (NotConfigured, 2),
    (UraniborgError, 1),
]


class _Root(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"uraniborg.cli.{COMMANDS[name][0]}"), f"{name}_command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.command(
    cls=_Root,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXIT_CODES,
)
@click.version_option(__version__, prog_name="uraniborg", message="%(prog)s %(version)s")
def root() -> None:
    """Upload, find and open an observatory's frames.

    Begin with `uraniborg login`. Every command takes --json, and --help says more. Times are UTC, angles ICRS degrees.
    """


def run(words: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    as_json = "--json" in (sys.argv if words is None else words)
    try:
        result = root.main(args=words, prog_name="uraniborg", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nInterrupted.", err=True)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # who reads has enough
        return 141
    except UraniborgError as error:
        complain(error, as_json=as_json)
        return exit_code(error)
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        said = f"{named}{error.strerror or error}. Make room, or choose another place, and run it again."
        complain(UraniborgError(said), as_json=as_json)
        return 1
    except ModuleNotFoundError as error:
        click.echo(f"{paint('uraniborg:', 'error', err=True)} {error}", err=True)
        return 1


def exit_code(error: UraniborgError) -> int:
    """Find the exit code for an error."""
    return next(code for kind, code in CODES if isinstance(error, kind))


def complain(error: UraniborgError, *, as_json: bool) -> None:
    """Say on standard error what went wrong and what to do."""
    if as_json:
        told = {
            "type": error.type,
            "title": error.title,
            "detail": error.detail,
            "status": error.status,
            "request_id": error.request_id,
            "exit_code": exit_code(error),
            **error.facts,
        }
        click.echo(msgspec.json.encode({"error": told}, enc_hook=str).decode(), err=True)
        return
    click.echo(f"{paint('uraniborg:', 'error', err=True)} {plain(error.detail)}", err=True)
    if isinstance(error, ServiceFault) and error.request_id:
        click.echo(f"Its people find it by the request id {error.request_id}.", err=True)
