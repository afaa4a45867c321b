"""Writes the library's wire types and table of operations from the service's OpenAPI document."""

from __future__ import annotations

import argparse
import json
import keyword
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

__all__ = ["generate", "main"]

HERE = Path(__file__).resolve().parent
TARGET = HERE / "uraniborg" / "_generated"
SCALARS = {"integer": "int", "number": "float", "boolean": "bool", "null": "None"}
FORMATS = {"date-time": "datetime", "date": "date"}  # an id stays a string: it is only ever passed on
FIX = ("--fix", "--quiet", "--exit-zero")
METHODS = ("get", "put", "post", "delete", "patch")
Json = dict[str, Any]


def class_names(schemas: Json) -> dict[str, str]:
    """Choose a class name for each schema: its title, ``Page[File]`` as ``FilePage``."""
    names: dict[str, str] = {}
    for key, schema in sorted(schemas.items()):
        title = schema.get("title", key)
        name = re.sub(r"^(\w+)\[(?:.*\.)?(\w+)\]$", r"\2\1", title)
        name = name if name.isidentifier() else re.sub(r"\W+", "_", key)
        if name in names.values():
            name = re.sub(r"\W+", "_", key)
        names[key] = name
    return names


class Writer:
    """Turns one document into Python text."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self.schemas: Json = document.get("components", {}).get("schemas", {})
        self.names = class_names(self.schemas)
        self.sent = self._sent()

    def kind(self, schema: Json) -> str:
        """Write a schema as an annotation. Choices become their plain type: an older client takes newer values."""
        if "$ref" in schema:
            return self.names[schema["$ref"].rpartition("/")[2]]
        if choices := schema.get("oneOf") or schema.get("anyOf"):
            return " | ".join(dict.fromkeys(self.kind(choice) for choice in choices))
        kinds = schema.get("type", [])
        if isinstance(kinds, list):
            # Null comes last, whatever the document's order.
            ordered = sorted(kinds, key=lambda kind: kind == "null")
            return " | ".join(dict.fromkeys(self.kind(schema | {"type": kind}) for kind in ordered)) or "Any"
        if kinds == "array":
            if prefix := schema.get("prefixItems"):
                return f"tuple[{', '.join(self.kind(item) for item in prefix)}]"
            return f"list[{self.kind(schema.get('items', {}))}]"
        if kinds == "object":
            return f"dict[str, {self.kind(schema.get('additionalProperties') or {})}]"
        if kinds == "string":
            return FORMATS.get(schema.get("format", ""), "str")
        return SCALARS.get(kinds, "Any")

    def wire(self) -> str:
        """Write the module of types."""
        names = sorted(self.names.values())
        parts = [
            '"""The values that pass between client and service; written by ``generate.py``, not by hand."""',
            "# ruff: noqa: E501",
            "from __future__ import annotations",
            "from datetime import date, datetime",
            "from typing import Any",
            "from msgspec import UNSET, Struct, UnsetType",
            f"__all__ = {json.dumps(names)}",
        ]
        by_name = {name: key for key, name in self.names.items()}
        parts += [self._struct(name, self.schemas[by_name[name]], sent=by_name[name] in self.sent) for name in names]
        return "\n\n".join(parts) + "\n"

    def _struct(self, name: str, schema: Json, *, sent: bool) -> str:
        lines = [f"class {name}(Struct, kw_only=True):"]
        if description := schema.get("description"):
            lines.append(textwrap.indent(_docstring(description), "    "))
        required = set(schema.get("required", ()))
        for field, value in sorted(schema.get("properties", {}).items()):
            kind = self.kind(value)
            if field not in required and sent:
                kind, default = _or_unset(kind), "UNSET"  # what is not given is not sent
            elif field not in required:
                default = _default(kind, value)
                kind = f"{kind} | None" if default == "None" and "None" not in kind else kind
            elif "None" in kind.split(" | ") and not sent:
                default = "None"  # an older service may not know the field yet
            else:
                default = ""
            lines.append(f"    {field}: {kind}" + (f" = {default}" if default else ""))
            if text := value.get("description"):
                lines.append(textwrap.indent(_docstring(text), "    "))
        if len(lines) == 1:
            lines.append("    pass")
        return "\n".join(lines)

    def _sent(self) -> set[str]:
        """Find the schemas that are part of a request's body."""
        waiting: list[Any] = [
            operation["requestBody"] for _, _, operation in self._each() if "requestBody" in operation
        ]
        found: set[str] = set()
        while waiting:
            value = waiting.pop()
            if isinstance(value, list):
                waiting += value
            elif isinstance(value, dict):
                key = str(value.get("$ref", "")).rpartition("/")[2]
                if key in self.schemas and key not in found:
                    found.add(key)
                    waiting.append(self.schemas[key])
                waiting += [v for v in value.values() if isinstance(v, dict | list)]
        return found

    def _each(self) -> list[tuple[str, str, Json]]:
        found = [
            (path, method, item[method])
            for path, item in self.document["paths"].items()
            for method in METHODS
            if method in item
        ]
        return sorted(found, key=lambda entry: str(entry[2]["operationId"]))

    def operations(self) -> str:
        """Write the module with the table of operations."""
        lines = [
            '"""Every operation of the service; written by ``generate.py``, not by hand."""',
            "# ruff: noqa: E501",
            "from __future__ import annotations",
            "from datetime import date, datetime",
            "from typing import Any",
            "from uraniborg._generated import wire",
            "from uraniborg.operation import Operation, Parameter",
            '__all__ = ["OPERATIONS"]',
            "OPERATIONS: dict[str, Operation] = {",
        ]
        lines += [self._operation(path, method, operation) for path, method, operation in self._each()]
        return "\n\n".join(lines[:-1]) + f"\n{lines[-1]}\n}}\n"

    def _operation(self, path: str, method: str, operation: Json) -> str:
        status, media_type, schema = _reply(operation)
        body = self._body(operation)
        is_json = media_type == "application/json" and status < 300 and schema
        summary, description = operation.get("summary", ""), _beyond_summary(operation)
        parameters = "".join(self._parameter(p) + "," for p in operation.get("parameters", ()))
        return (
            f"    {operation['operationId']!r}: Operation("
            + _arguments(
                id=repr(operation["operationId"]),
                method=repr(method.upper()),
                path=repr(path),
                tag=repr(next(iter(operation.get("tags", ())), "")),
                summary=repr(summary),
                description=repr(description),
                parameters=f"({parameters})",
                body=self._named(body),
                body_required=repr(bool(body and _needs_body(operation))),
                result=self._named(schema) if is_json else "None",
                status=repr(status),
                media_type=repr(media_type if status < 300 else ""),
                scope=repr(_scope(operation)),
                public=repr({} in operation.get("security", [])),
            )
            + "),"
        )

    def methods(self) -> str:
        """Write the module with a method for every operation."""
        parts = [
            '"""A method for every operation of the service; written by ``generate.py``, not by hand."""',
            "# ruff: noqa: E501",
            "from __future__ import annotations",
            "from collections.abc import Iterator",
            "from datetime import date, datetime",
            "from typing import Any",
            "from msgspec import UNSET, UnsetType",
            "from uraniborg._generated import wire",
            '__all__ = ["Methods"]',
            'class Methods:\n    """What can be asked of the service; ``organisation`` left out is the client\'s."""',
            "    def call(self, operation_id: str, **values: Any) -> Any:\n        raise NotImplementedError",
        ]
        parts += [self._method(operation) for _, _, operation in self._each()]
        return "\n\n".join(parts) + "\n"

    def _method(self, operation: Json) -> str:
        name = operation["operationId"]
        positional, named, passed = ["self"], [], []
        for parameter in operation.get("parameters", ()):
            kind = _or_text(self.kind(parameter.get("schema", {})).removesuffix(" | None"))
            passed.append(_python_name(parameter))
            if parameter.get("required") and parameter["name"] != "organisation":
                positional.append(f"{passed[-1]}: {kind}")
            else:
                named.append(f"{passed[-1]}: {kind} | None = None")
        body = self._body(operation) or {}
        schema = self.schemas.get(body.get("$ref", "").rpartition("/")[2], {})
        members = schema.get("properties", {})
        if members and not members.keys() & set(passed):
            required = set(schema.get("required", ())) if _needs_body(operation) else set()
            for member, value in sorted(members.items(), key=lambda pair: (pair[0] not in required, pair[0])):
                kind = self._given(value)
                named.append(f"{member}: {kind}" if member in required else f"{member}: {_or_unset(kind)} = UNSET")
            passed += sorted(members)
        elif body:
            named.append(f"body: {self._given(body)}")
            passed.append("body")
        signature = ", ".join([*positional, *(["*", *named] if named else [])])
        text = "\n\n".join(filter(None, (operation.get("summary", "").rstrip(".") + ".", _beyond_summary(operation))))
        arguments = "".join(f", {each}={each}" for each in passed)
        kind = self._returned(operation)
        call = f"self.call({name!r}{arguments})"
        lines = [f"def {name}({signature}) -> {kind}:", textwrap.indent(_docstring(text), "    ")]
        lines += [f"    {call}"] if kind == "None" else [f"    reply: {kind} = {call}", "    return reply"]
        return textwrap.indent("\n".join(lines), "    ")

    def _given(self, schema: Json) -> str:
        """Write what may be given for a schema: where a type of ours is wanted, a dict will do."""
        return _or_text(re.sub(r"(wire\.\w+)", r"\1 | dict[str, Any]", self._named(schema)))

    def _returned(self, operation: Json) -> str:
        status, media_type, schema = _reply(operation)
        if status >= 300:
            return "str"
        if media_type == "application/json":
            return self._named(schema) if schema else "Any"
        if media_type == "text/event-stream":
            return "Iterator[Any]"
        return "str" if media_type.startswith("text/") else "bytes" if media_type else "None"

    def _body(self, operation: Json) -> Json | None:
        content = operation.get("requestBody", {}).get("content", {})
        body: Json | None = content.get("application/json", {}).get("schema")
        filled = [choice for choice in (body or {}).get("oneOf", ()) if choice.get("type") != "null"]
        return filled[0] if len(filled) == 1 else body

    def _named(self, schema: Json | None) -> str:
        if not schema:
            return "None"
        kind = self.kind(schema)
        if kind == "None":
            return "None"
        known = "|".join(sorted(map(re.escape, self.names.values()), key=len, reverse=True))
        return re.sub(rf"\b({known})\b", r"wire.\1", kind) if known else kind

    def _parameter(self, parameter: Json) -> str:
        schema = parameter.get("schema", {})
        kinds = self.kind(schema).split(" | ")
        kind = next(k for k in kinds if k != "None")
        many = kind.startswith("list[")
        choices = [c for c in _choices(schema) if c is not None]
        return (
            "Parameter("
            + _arguments(
                name=repr(_python_name(parameter)),
                sent_as=repr("" if _python_name(parameter) == parameter["name"] else parameter["name"]),
                place=repr(parameter["in"]),
                kind=kind.removeprefix("list[").removesuffix("]"),
                many=repr(many),
                required=repr(parameter.get("required", False)),
                default=repr(schema.get("default")),
                choices=repr(tuple(choices)),
                help=repr(parameter.get("description", "")),
            )
            + ")"
        )


def _arguments(**texts: str) -> str:
    return ", ".join(f"{name}={text}" for name, text in texts.items() if text not in ("''", "None", "()", "False"))


def _or_text(kind: str) -> str:
    return re.sub(r"\b(date|datetime)\b", r"\1 | str", kind)


def _or_unset(kind: str) -> str:
    return f"{kind.removesuffix(' | None')} | UnsetType" + (" | None" if kind.endswith(" | None") else "")


def _reply(operation: Json) -> tuple[int, str, Json]:
    """Find an operation's success: status, media type, schema."""
    status, reply = next((int(s), r) for s, r in sorted(operation["responses"].items()) if s[0] in "23")
    contents: list[tuple[str, Json]] = list(reply.get("content", {}).items()) or [("", {})]
    media_type, content = contents[0]
    schema: Json = content.get("schema", {})
    return status, "" if schema.get("type") == "null" else media_type.partition(";")[0], schema


def _scope(operation: Json) -> str:
    """Find the scope a token needs: OpenAPI 3.1 has it beside the name of the security scheme."""
    needed = [scope for scheme in operation.get("security", []) for scopes in scheme.values() for scope in scopes]
    return needed[0] if needed else ""


def _needs_body(operation: Json) -> bool:
    content = operation["requestBody"].get("content", {}).get("application/json", {})
    nullable = any(choice.get("type") == "null" for choice in content.get("schema", {}).get("oneOf", ()))
    return bool(operation["requestBody"].get("required", True)) and not nullable


def _beyond_summary(operation: Json) -> str:
    summary, description = operation.get("summary", ""), operation.get("description", "")
    same = " ".join(description.split()).rstrip(".") == summary.rstrip(".")
    return "" if same else description


def _python_name(parameter: Json) -> str:
    """Name a parameter as Python does: ``If-Range`` is ``if_range``, and ``from`` is ``from_``."""
    name = re.sub(r"\W+|(?<=[a-z])(?=[A-Z])", "_", parameter["name"]).lower()
    return f"{name}_" if keyword.iskeyword(name) else name


def _choices(schema: Json) -> list[Any]:
    if "enum" in schema:
        return list(schema["enum"])
    inner = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    return [choice for part in inner for choice in _choices(part)]


def _default(kind: str, schema: Json) -> str:
    default = schema.get("default")
    if default is not None:
        return repr(default)
    if kind.startswith("list["):
        return "[]"
    return "{}" if kind.startswith("dict[") else "None"


def _docstring(text: str) -> str:
    return '"""' + text.strip().replace("\\", "\\\\").replace('"""', "'''") + '"""'


def _formatted(text: str) -> str:
    for words in (["check", *FIX], ["format"], ["check", *FIX], ["format"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *words, "--stdin-filename", str(TARGET / "generated.py"), "-"],
            cwd=HERE.parent,
            input=text,
            capture_output=True,
            text=True,
            check=True,
        )
        text = done.stdout
    return text


def generate(document: Json) -> dict[str, str]:
    """Write the modules for a document.

    Returns
    -------
    dict of str to str
        Text by file name; the same document always gives the same text.
    """
    writer = Writer(document)
    texts = {"wire.py": writer.wire(), "operations.py": writer.operations(), "methods.py": writer.methods()}
    return {name: _formatted(text) for name, text in texts.items()}


def _document(path: str | None) -> Json:
    if path is not None:
        text = sys.stdin.read() if path == "-" else Path(path).read_text()
    else:
        text = subprocess.run(
            [sys.executable, "-m", "service.server", "openapi"],
            cwd=HERE.parent,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
    document: Json = json.loads(text)
    return document


def main(words: list[str] | None = None) -> int:
    """Write the modules, or with ``--check`` tell whether they are up to date (exit code 1 when not)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--document", help="the OpenAPI document; - for standard input; left out: asked of the service")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the files would change")
    arguments = parser.parse_args(words)
    stale = []
    for name, text in generate(_document(arguments.document)).items():
        path = TARGET / name
        if not path.exists() or path.read_text() != text:
            stale.append(name)
            if not arguments.check:
                path.write_text(text)
    if arguments.check and stale:
        print(f"The API changed: {', '.join(stale)} no longer fit it. Run: python sdk/generate.py", file=sys.stderr)
        return 1
    print(f"{', '.join(stale) or 'Nothing'} {'written' if stale else 'to write: up to date'}.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
