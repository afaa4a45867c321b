"""Any operation of the service by its name, from the table that is generated from its OpenAPI document."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from uraniborg._generated.operations import OPERATIONS
from uraniborg.cli.command import Session, command_options
from uraniborg.cli.output import paint, print_json
from uraniborg.operation import Operation

__all__ = ["api_command"]


class _Api(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(OPERATIONS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        operation = OPERATIONS.get(name) or OPERATIONS.get(name.replace("-", "_"))
        return _command(operation) if operation else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        by_tag: dict[str, list[Operation]] = {}
        for operation in OPERATIONS.values():
            by_tag.setdefault(operation.tag or "other", []).append(operation)
        for tag, operations in by_tag.items():
            with formatter.section(tag):
                formatter.write_dl([(operation.id, operation.summary) for operation in operations])


@click.command("api", cls=_Api)
def api_command() -> None:
    """Ask for any operation of the service by its name.

    \b
    uraniborg api list_files state=failed limit=10
    uraniborg api add_site name=Hven latitude_deg=55.9 longitude_deg=12.7 time_zone=Europe/Copenhagen
    uraniborg api change_instrument instrument=camera 'filters:=["B", "V"]'

    NAME=VALUE gives a text or number, NAME:=JSON anything else. The answer is JSON, or the document as it is.
    """


def _command(operation: Operation) -> click.Command:
    @command_options()
    def run(
        session: Session, values: tuple[str, ...], output: Path | None, body: Any = None, everything: bool = False
    ) -> None:
        given = _read(operation, values)
        if body is not None:
            try:
                given["body"] = msgspec.json.decode(body.read())
            except msgspec.DecodeError as error:
                raise click.UsageError(f"The body is not JSON: {error}") from error
        client = session.client
        try:
            answer = list(client.iterate(operation.id, **given)) if everything else client.call(operation.id, **given)
        except TypeError as error:
            raise click.UsageError(str(error)) from error
        _print(answer, output)

    common = list(reversed(run.__click_params__))  # type: ignore[attr-defined]
    own: list[click.Parameter] = [click.Argument(["values"], nargs=-1, metavar="[NAME=VALUE]...")]
    if operation.body:
        own.append(click.Option(["--body"], type=click.File("rb"), help="A file with the whole body as JSON, or -."))
    if _is_paged(operation):
        own.append(click.Option(["--all", "everything"], is_flag=True, help="All pages, as one list."))
    own.append(click.Option(["--output"], type=click.Path(path_type=Path), help="Write the answer to a file."))
    return click.Command(
        operation.id, callback=run, params=[*own, *common], help=_help(operation), short_help=operation.summary
    )


def _is_paged(operation: Operation) -> bool:
    return any(parameter.name == "cursor" for parameter in operation.parameters)


def _members(operation: Operation) -> dict[str, Any]:
    body = operation.body
    if isinstance(body, type) and issubclass(body, msgspec.Struct):
        return {field.encode_name: field.type for field in msgspec.structs.fields(body)}
    return {}


def _help(operation: Operation) -> str:
    parts = [operation.summary.rstrip(".") + ".", operation.description]
    lines = []
    for parameter in operation.parameters:
        notes = [parameter.help.replace("`", "")]
        notes += [f"one of {', '.join(map(str, parameter.choices))}"] if parameter.choices else []
        notes += ["required"] if parameter.required and parameter.name != "organisation" else []
        kind = getattr(parameter.kind, "__name__", str(parameter.kind)) + (", repeatable" if parameter.many else "")
        lines.append(f"  {parameter.name}  ({kind})  {'; '.join(filter(None, notes))}".rstrip())
    body = operation.body
    if isinstance(body, type) and issubclass(body, msgspec.Struct):
        for field in msgspec.structs.fields(body):
            needed = "  required" if field.required else ""
            kind = str(getattr(field.type, "__name__", field.type)).replace("uraniborg._generated.wire.", "")
            kind = kind.replace(" | msgspec.UnsetType", "").replace("msgspec.UnsetType | ", "")
            lines.append(f"  {field.encode_name}  ({kind}, in the body){needed}")
    if lines:
        parts.append("\b\nValues:\n" + "\n".join(lines))
    needs = f"  (needs the scope {operation.scope})" if operation.scope else ""
    parts.append(f"{operation.method} {operation.path}{needs}")
    return "\n\n".join(filter(None, parts))


def _read(operation: Operation, texts: tuple[str, ...]) -> dict[str, Any]:
    members, parameters = _members(operation), {p.name: p for p in operation.parameters}
    given: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.UsageError(f"{text!r} is no NAME=VALUE.")
        if name.endswith(":"):
            name = name[:-1]
            try:
                given[name] = msgspec.json.decode(value)
            except msgspec.DecodeError as error:
                raise click.UsageError(f"The value of {name} is not JSON: {error}") from error
        elif name in parameters:
            converted = _converted(name, value, parameters[name].kind)
            if parameters[name].many:
                given.setdefault(name, []).append(converted)
            else:
                given[name] = converted
        elif name in members:
            given[name] = _converted(name, value, members[name])
        else:
            given[name] = value
    return given


def _converted(name: str, value: str, kind: Any) -> Any:
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError:
        try:
            return msgspec.convert([value], kind, strict=False)
        except msgspec.ValidationError as error:
            raise click.UsageError(f"{name}={value}: {error}; for JSON write {name}:=...") from error


def _print(answer: Any, output: Path | None) -> None:
    if hasattr(answer, "__next__"):
        for event in answer:
            click.echo(msgspec.json.encode(event).decode())
            sys.stdout.flush()
        return
    if isinstance(answer, bytes) or (isinstance(answer, str) and output):
        data = answer if isinstance(answer, bytes) else answer.encode()
        if output:
            output.write_bytes(data)
        elif sys.stdout.isatty():
            raise click.UsageError("This answer is no text: write it to a file with --output.")
        else:
            sys.stdout.buffer.write(data)
    elif isinstance(answer, str):
        click.echo(answer)
    elif answer is None:
        click.echo(paint("Done.", "dim"), err=True)
    else:
        print_json(answer)
        if output:
            output.write_bytes(msgspec.json.encode(answer, enc_hook=str))
