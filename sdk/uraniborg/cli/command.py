"""What all subcommands share: their options, and the session in which they run."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, TypeVar

import click

from uraniborg.cli.output import Column, note, print_json, table
from uraniborg.client import Client, connect

__all__ = ["Session", "command_options", "paging_option"]

F = TypeVar("F", bound=Callable[..., Any])


class Session:
    """One run of a subcommand: its client, and how its result is printed.

    Parameters
    ----------
    as_json : bool
        Whether JSON was asked for.
    organisation, url : str or None
        As given on the command line.
    """

    def __init__(self, *, as_json: bool, organisation: str | None, url: str | None) -> None:
        self.as_json = as_json
        self._organisation, self._url = organisation, url
        self._client: Client | None = None

    @property
    def client(self) -> Client:
        """The client, made when it is first needed."""
        if self._client is None:
            self._client = connect(self._url, organisation=self._organisation)
        return self._client

    @property
    def organisation(self) -> str:
        """The organisation meant."""
        return self.client.need_organisation()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._client is not None:
            self._client.close()

    def show(self, value: Any, otherwise: Callable[[], None]) -> None:
        """Print a value as JSON, or as people read it."""
        if self.as_json:
            print_json(value)
        else:
            otherwise()

    def list(self, columns: list[Column], items: Iterable[Any], *, empty: str, limit: int = 0) -> None:
        """Print a list; `empty` says what to do next where there is nothing in it, `limit` how many were asked for."""
        found = list(items)
        if self.as_json:
            print_json(found)
        elif found:
            table(columns, found)
        else:
            note(empty)
        if limit and len(found) == limit:
            note(f"No more than {limit:,} are listed; --limit 0 lists all.")

    def pages(self, operation_id: str, limit: int, **values: Any) -> Iterator[Any]:
        """Go through a list of the service; a limit of 0 means all."""
        return self.client.iterate(operation_id, limit=limit or None, **values)


def command_options(*, organisation: bool = True, output: bool = False) -> Callable[[F], Callable[..., Any]]:
    """Give a subcommand its common options; its function gets a `Session` as the first argument.

    Parameters
    ----------
    organisation : bool
        Whether it is about an organisation.
    output : bool
        Whether it writes files, so that ``-o`` says where to, and not which organisation.
    """

    def decorate(function: F) -> Callable[..., Any]:
        @functools.wraps(function)
        def run(*, as_json: bool, url: str | None, organisation: str | None = None, **values: Any) -> Any:
            with Session(as_json=as_json, organisation=organisation, url=url) as session:
                return function(session, **values)

        wrapped: Any = run
        if organisation:
            names = ["--organisation"] if output else ["--organisation", "-o"]
            wrapped = click.option(*names, metavar="SLUG", help="The organisation meant [URANIBORG_ORGANISATION].")(
                wrapped
            )
        wrapped = click.option("--url", metavar="URL", help="Address of the service [URANIBORG_URL].")(wrapped)
        decorated: Callable[..., Any] = click.option("--json", "as_json", is_flag=True, help="Print JSON.")(wrapped)
        return decorated

    return decorate


def paging_option(default: int) -> Callable[[F], F]:
    """Give a list its ``--limit``."""
    return click.option(
        "--limit",
        "-n",
        type=click.IntRange(min=0),
        default=default,
        show_default=True,
        help="How many at the most; 0 for all.",
    )
