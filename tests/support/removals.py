"""Single checks taken away, one at a time, in this process or in a transaction: the matrix must notice each."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any, Literal
from unittest.mock import patch

import msgspec
from sqlalchemy import text

from service.access_table import State, Who
from service.scopes import SCOPES
from tests.support.access_matrix import Matrix
from tests.support.open_house import as_neighbour, as_one_of_them

__all__ = ["Removal", "allow_all", "drop_policy", "in_code", "in_statement", "scope", "surprises", "without"]

Change = Callable[[], Any]
"Opens a context in which the check is gone."


class Removal(msgspec.Struct, frozen=True, kw_only=True):
    """One check, how to take it away, and which part of the matrix must notice.

    Of two checks that hold the same door, each is taken away while the other one is gone already: ``beside`` names it.
    """

    name: str
    changes: tuple[Change, ...] = ()
    statements: tuple[str, ...] = ()
    run: Literal["table", "credentials", "neighbour", "roles"] = "table"
    operations: tuple[str, ...]
    who: tuple[Who, ...] = ()
    states: tuple[State, ...] = ()
    beside: tuple[str, ...] = ()


def in_code(function: Callable[..., Any], old: str, new: str) -> Change:
    """Replace a piece of a function's source, wherever the function is used."""
    inner: Any = inspect.unwrap(function)

    @contextmanager
    def change() -> Iterator[None]:
        source = textwrap.dedent(inspect.getsource(inner))
        assert source.count(old) == 1, f"{inner.__qualname__} has {source.count(old)} times {old!r}"
        tree = ast.parse(source.replace(old, new))
        made = tree.body[0]
        assert isinstance(made, ast.FunctionDef | ast.AsyncFunctionDef)
        made.decorator_list, made.returns = [], None
        for argument in [*made.args.args, *made.args.kwonlyargs, *made.args.posonlyargs]:
            argument.annotation = None
        namespace = dict(inner.__globals__)
        exec(compile(tree, inner.__code__.co_filename, "exec"), namespace)
        before, inner.__code__ = inner.__code__, namespace[made.name].__code__
        try:
            yield
        finally:
            inner.__code__ = before

    return change


def in_statement(module: ModuleType, name: str, old: str, new: str) -> Change:
    """Replace a piece of an SQL statement that is a module's constant."""

    @contextmanager
    def change() -> Iterator[None]:
        statement = getattr(module, name).text
        assert statement.count(old) == 1, f"{name} has {statement.count(old)} times {old!r}"
        with patch.object(module, name, text(statement.replace(old, new))):
            yield

    return change


def scope(name: str, **more: Any) -> Change:
    """Let a scope need another role."""
    return lambda: patch.dict(SCOPES, {name: msgspec.structs.replace(SCOPES[name], **more)})


def allow_all(table: str, policy: str) -> str:
    """Let a policy pass every row."""
    return (
        "DO $$ BEGIN"
        f" IF (SELECT cmd FROM pg_policies WHERE tablename = '{table}' AND policyname = '{policy}') = 'SELECT'"
        f" THEN ALTER POLICY {policy} ON {table} USING (true);"
        f" ELSE ALTER POLICY {policy} ON {table} USING (true) WITH CHECK (true); END IF; END $$"
    )


def drop_policy(table: str, policy: str) -> str:
    """Drop a restrictive policy."""
    return f"DROP POLICY {policy} ON {table}"


def without(table: str, policy: str, part: str, column: Literal["qual", "with_check"] = "qual") -> str:
    """Take a condition out of a policy, as PostgreSQL writes it."""
    clause = "USING" if column == "qual" else "WITH CHECK"
    return (
        f"DO $$ DECLARE e text; BEGIN"
        f" SELECT {column} INTO e FROM pg_policies WHERE tablename = '{table}' AND policyname = '{policy}';"
        f" IF strpos(e, '{part}') = 0 THEN RAISE 'no such condition in %', e; END IF;"
        f" EXECUTE 'ALTER POLICY {policy} ON {table} {clause} (' || replace(e, '{part}', 'true') || ')'; END $$"
    )


async def surprises(matrix: Matrix, removal: Removal, removed: list[Removal]) -> list[str]:
    """Try a removal's part of the matrix while checks are gone; tell what is other than it should be."""
    statements = [statement for each in removed for statement in each.statements]
    with ExitStack() as stack:
        for each in removed:
            for change in each.changes:
                stack.enter_context(change())
        found: list[str] = []
        for operation_id in removal.operations:
            if removal.run == "credentials":
                found += await matrix.by_credential(operation_id, *statements)
            elif removal.run == "neighbour":
                found += await as_neighbour(matrix, operation_id, *statements)
            elif removal.run == "roles":
                for who in removal.who:
                    found += await as_one_of_them(matrix, operation_id, who, *statements)
            else:
                for cell in matrix.cells([operation_id]):
                    _, state, who = cell
                    if (not removal.who or who in removal.who) and (not removal.states or state in removal.states):
                        found += await matrix.try_cell(cell, *statements)
    return found
