"""The operator's command: serves, migrates, works, backs up, audits, and manages accounts, applications and plans."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ctypes
import gc
import getpass
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from domain.errors import InvalidInput, ObservatoryError
from service import operator_usage
from service.config import Config, load_config

__all__ = ["main"]


def configure_logging(config: Config) -> None:
    """Log to standard error, one event a line: text for people, JSON for machines."""
    from service.light_imports import structlog  # before anything else loads it, and in no process of a pool

    renderer: Any = (
        structlog.processors.JSONRenderer()
        if config.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)


def serve(config: Config, arguments: argparse.Namespace) -> None:
    """Answer HTTP, with a worker beside it unless told otherwise; ends gracefully on SIGTERM and SIGINT."""
    gc.disable()  # what is loaded now stays, nearly all of it: `_leave_alone_what_stays` looks through it once

    import uvicorn

    from service.app import create_app
    from service.short_puts import short_puts
    from service.wiring import open_house

    refused: list[ObservatoryError] = []

    @contextlib.asynccontextmanager
    async def open_or_refuse(config: Config) -> AsyncIterator[Any]:
        async with contextlib.AsyncExitStack() as stack:
            try:
                house = await stack.enter_async_context(open_house(config))
            except ObservatoryError as error:
                refused.append(error)
                raise
            _leave_alone_what_stays()
            yield house

    # Why nothing is begun is one sentence of ours, as for every command, not where in the code it was noticed.
    logging.getLogger("uvicorn.error").addFilter(lambda _: not refused)
    _keep_memory_together()
    # uvicorn ends gracefully on a signal and then raises it again: to have been asked to stop is no failure.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: sys.exit(0))
    app = create_app(config, opener=open_or_refuse)
    try:
        uvicorn.run(
            app,
            host=config.host,
            port=config.port,
            log_level="warning",
            access_log=False,
            loop="uvloop",
            http=short_puts(lambda: app.state.get("object_urls")),
            timeout_graceful_shutdown=20,
            server_header=False,
            date_header=True,
            proxy_headers=bool(config.proxies),
            forwarded_allow_ips=config.proxies,
        )
    except SystemExit:
        if refused:
            raise refused[0] from None
        raise


def _keep_memory_together() -> None:
    """Use one malloc arena: with glibc's many, threads that pass large buffers on leave memory behind in each."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(-8, 1)  # M_ARENA_MAX; glibc only


def _leave_alone_what_stays() -> None:
    """Let the collector of cyclic garbage look only at what is made from now on: modules, routes, statements stay.

    Otherwise it would look through all of them, for a tenth of a second, in the midst of some larger request.
    """
    gc.collect()
    gc.freeze()
    gc.enable()


async def _with_house(config: Config, work: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
    from service.wiring import open_house

    async with open_house(config) as house:
        return await work(house, *arguments)


def worker(config: Config, arguments: argparse.Namespace) -> None:
    """Run jobs, send mail and webhooks, fetch element sets, and keep house; answer nothing.

    Until SIGTERM or SIGINT; then what is begun is finished.
    """
    from service.element_fetch import keep_catalogue
    from service.mail import deliver_mail
    from service.maintenance import keep_house
    from service.webhooks import deliver_webhooks
    from service.worker import run_worker

    async def work(house: Any) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        await asyncio.gather(
            run_worker(house, stop),
            keep_house(house, stop),
            deliver_mail(house, stop),
            deliver_webhooks(house, stop),
            keep_catalogue(house, stop),
        )

    asyncio.run(_with_house(config, work))


def migrate(config: Config, arguments: argparse.Namespace) -> None:
    """Bring the database to this release's revision."""
    from service.wiring import owner_database
    from storage import migrate as migration

    async def work() -> None:
        async with owner_database(config) as database:
            for note in await migration.migrate(database):
                print(note, file=sys.stderr)
        print(f"The database is at revision {migration.expected_revision()}.")

    asyncio.run(work())


def audit(config: Config, arguments: argparse.Namespace) -> None:
    """Compare database, ledgers and objects, and verify the audit logs; exit 1 when something is wrong."""
    from service.actions.audit import audit as compare

    report = asyncio.run(_with_house(config, compare, arguments.deep, arguments.organisation))
    print(json.dumps(report, indent=2) if arguments.json else _audit_text(report))
    if not report["clean"]:
        sys.exit(1)


def _audit_text(report: dict[str, Any]) -> str:
    from service.actions.audit import FAULTS

    lines = [
        f"{report['contents']} contents of {report['organisations']} organisations,"
        f" {report['size_bytes'] / 1e9:.3f} GB, and {report['texts']} texts of published packages;"
        f" {'every byte read' if report['deep'] else 'sizes compared'}."
    ]
    lines.append(
        f"{report['ledger_entries']} entries of the ledgers of stored bytes, {report['log_entries']} of the audit logs."
    )
    for name in FAULTS:
        lines += [f"{name}: {key}" for key in report[name]]
    lines.append("Clean." if report["clean"] else "Not clean: see above; restore what is missing from a backup.")
    return "\n".join(lines)


def log(config: Config, arguments: argparse.Namespace) -> None:
    """Print the service's own audit log as JSON Lines: failed sign-ins, accounts without an organisation."""
    from service.actions.audit_log import export_service_log

    async def work(house: Any) -> None:
        async for lines in export_service_log(house):
            sys.stdout.write(lines.decode())

    asyncio.run(_with_house(config, work))


def backup(config: Config, arguments: argparse.Namespace) -> None:
    """Write the database and a manifest of the objects to a folder."""
    from service.actions.backup import backup as write

    print(asyncio.run(write(config, arguments.folder)))


def restore(config: Config, arguments: argparse.Namespace) -> None:
    """Bring a backup back into an empty database, and check the objects against its manifest."""
    from service.actions.backup import restore as read

    report = asyncio.run(read(config, arguments.folder))
    print(report.text)
    if report.missing:
        sys.exit(1)


def openapi(config: Config, arguments: argparse.Namespace) -> None:
    """Print the OpenAPI document."""
    from service.app import create_app

    print(json.dumps(create_app(config).openapi_schema.to_schema(), indent=2, sort_keys=True))


def account(config: Config, arguments: argparse.Namespace) -> None:
    """Make an account; the password comes from URANIBORG_PASSWORD or a prompt."""
    from service.actions.people import add_account

    password = os.environ.get("URANIBORG_PASSWORD") or getpass.getpass("Password: ")

    async def work(house: Any) -> None:
        made = await add_account(
            house,
            email=arguments.email,
            name=arguments.name or arguments.email.partition("@")[0],
            password=password,
            is_operator=arguments.operator,
        )
        print(f"{made.email} can sign in at {house.config.base_url}.")

    asyncio.run(_with_house(config, work))


def confirm(config: Config, arguments: argparse.Namespace) -> None:
    """Vouch that whoever has an account reads mail at its address, where no mail can show it."""
    from service.actions.people import confirm_for

    asyncio.run(_with_house(config, lambda house: confirm_for(house, arguments.email)))
    print(f"{arguments.email} is confirmed.")


def operator(config: Config, arguments: argparse.Namespace) -> None:
    """List who operates the service; make an account that there is an operator, or no longer."""
    from service.actions.operators import list_operators, name_operator

    if arguments.verb == "list":
        for each in asyncio.run(_with_house(config, list_operators)):
            print(f"{each.email}  {each.name}")
        return
    if not arguments.email:
        raise InvalidInput(f"Say whom: `uraniborg-server operator {arguments.verb} EMAIL`.")
    wanted = arguments.verb == "add"
    changed = asyncio.run(_with_house(config, lambda house: name_operator(house, arguments.email, is_operator=wanted)))
    states = "operates the service" if wanted else "does not operate the service"
    print(f"{arguments.email} {states}{', from the next request on' if changed else ' already' if wanted else ''}.")


def application(config: Config, arguments: argparse.Namespace) -> None:
    """Register, list or remove the applications that anybody here may log in to; prints JSON."""
    import msgspec

    from service.actions import applications

    async def work(house: Any) -> Any:
        if arguments.verb == "list":
            return await applications.list_applications_for_all(house)
        if not arguments.name:
            raise InvalidInput("Name the application: `uraniborg-server application add NAME`, or `remove CLIENT_ID`.")
        if arguments.verb == "remove":
            return await applications.remove_application_for_all(house, arguments.name)
        new = applications.NewApplication(
            name=arguments.name,
            redirect_uris=arguments.redirect_uri,
            scopes=arguments.scope or ["openid", "profile", "email"],
            confidential=not arguments.public,
        )
        return await applications.add_application_for_all(house, new)

    print(msgspec.json.format(msgspec.json.encode(asyncio.run(_with_house(config, work)))).decode())


def keys(config: Config, arguments: argparse.Namespace) -> None:
    """Replace the key that signs identity tokens; the one before stays published for a day."""
    from service.secret_check import begin_anew
    from service.signing_keys import replace_key
    from service.wiring import owner_database

    async def forget_secret() -> None:
        async with owner_database(config) as owner:
            await begin_anew(config, owner)

    if arguments.secret_lost:
        asyncio.run(forget_secret())
        print(
            "What was sealed before stays closed. Who has a second factor signs in with a recovery code, and sets up"
            " another; secrets of webhooks are to be replaced, passwords of DataCite accounts set again."
        )
        return

    print(f"Identity tokens are signed with the key {asyncio.run(_with_house(config, replace_key))} from now on.")


def usage(config: Config, arguments: argparse.Namespace) -> None:
    """Show what all organisations use and come to; give plans and credit notes."""
    asyncio.run(_with_house(config, operator_usage.work_of(arguments)))


def satellites(config: Config, arguments: argparse.Namespace) -> None:
    """Bring element sets of satellites in from files, folders or addresses, or tell how the catalogue stands."""
    import msgspec

    from service.actions.satellite_catalogue import get_catalogue
    from service.satellite_command import import_wanted, outcome_text, status_text

    def as_json(value: Any) -> str:
        return msgspec.json.format(msgspec.json.encode(value)).decode()

    if arguments.verb == "status":
        status = asyncio.run(_with_house(config, get_catalogue))
        print(as_json(status) if arguments.json else status_text(status))
        return
    if not arguments.wanted:
        raise InvalidInput("Say what to import: `uraniborg-server satellites import FILE|FOLDER|URL...`.")
    done = asyncio.run(_with_house(config, import_wanted, arguments.wanted))
    print(as_json(done) if arguments.json else "\n".join(map(outcome_text, done)))
    if any(outcome.failed for outcome in done):
        sys.exit(1)


def main(words: list[str] | None = None) -> None:
    """Run the command; a fault of ours or the operator's is one line on standard error and exit code 1 or 2."""
    parser = argparse.ArgumentParser("uraniborg-server", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for work in (
        serve,
        worker,
        migrate,
        audit,
        log,
        backup,
        restore,
        openapi,
        account,
        confirm,
        operator,
        application,
        keys,
        usage,
        satellites,
    ):
        command = commands.add_parser(work.__name__, help=work.__doc__, description=work.__doc__)
        command.set_defaults(work=work)
        if work is audit:
            command.add_argument("--deep", action="store_true", help="read every byte and recompute its checksums")
            command.add_argument("--organisation", metavar="SLUG", help="look at this one alone")
            command.add_argument("--json", action="store_true", help="print the report as JSON")
        elif work in (backup, restore):
            command.add_argument("folder", help="where the backup is")
        elif work is account:
            command.add_argument("email")
            command.add_argument("--name")
            command.add_argument("--operator", action="store_true", help="may see all organisations' jobs and usage")
        elif work is operator:
            command.add_argument("verb", choices=["add", "remove", "list"])
            command.add_argument("email", nargs="?")
        elif work is keys:
            command.add_argument("--secret-lost", action="store_true", help="go on with another sealing secret")
        elif work is confirm:
            command.add_argument("email")
        elif work is usage:
            operator_usage.add_arguments(command)
        elif work is application:
            command.add_argument("verb", choices=["add", "list", "remove"])
            command.add_argument("name", nargs="?", help="its name; its client id to remove it")
            command.add_argument("--redirect-uri", action="append", default=[], help="where it is answered; repeatable")
            command.add_argument("--scope", action="append", default=[], help="what it may ask for; repeatable")
            command.add_argument("--public", action="store_true", help="it can keep no secret")
        elif work is satellites:
            command.add_argument("verb", choices=["import", "status"])
            command.add_argument("wanted", nargs="*", metavar="FILE|FOLDER|URL", help="OMM (CSV, JSON, XML) or TLE")
            command.add_argument("--json", action="store_true", help="print what came of it as JSON")
    arguments = parser.parse_args(words)
    try:
        config = load_config()
        configure_logging(config)
        arguments.work(config, arguments)
    except ObservatoryError as error:
        print(f"uraniborg-server: {error.detail}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
