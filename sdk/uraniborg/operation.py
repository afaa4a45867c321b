"""One operation of the API, and how named values become its request."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

import msgspec

__all__ = ["Operation", "Parameter", "Request"]


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A value in the path, query or headers. ``kind`` is a Python type; ``many``: may be given several times.

    ``sent_as`` is its name in the request where that is not a Python name.
    """

    name: str
    sent_as: str = ""
    place: str
    kind: Any = str
    many: bool = False
    required: bool = False
    default: Any = None
    choices: tuple[Any, ...] = ()
    help: str = ""


class Request(msgspec.Struct, frozen=True):
    """A request ready to be sent; ``body`` is None where there is none."""

    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes | None


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """What can be asked of the service; ``status`` 302 answers an address. ``public``: needs no login."""

    id: str
    method: str
    path: str
    tag: str = ""
    summary: str = ""
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    body: Any = None
    body_required: bool = False
    result: Any = None
    status: int = 200
    media_type: str = ""
    scope: str = ""
    public: bool = False

    def request(self, values: dict[str, Any]) -> Request:
        """Put values where they belong; those that are no parameters become members of the body.

        Parameters
        ----------
        values : dict
            By name; a parameter that is None and a member of the body that is UNSET are left out. ``body`` is the
            whole body: a wire type, a dict or a list.

        Raises
        ------
        TypeError
            An unknown name, or a required one is missing.
        """
        values = dict(values)
        path, query, headers = self.path, [], {}
        for parameter in self.parameters:
            value = values.pop(parameter.name, None)
            if value is None or value is msgspec.UNSET:
                if parameter.required:
                    raise TypeError(f"{self.id} needs {parameter.name}")
                continue
            texts = [_text(v) for v in value] if _is_many(parameter, value) else [_text(value)]
            if parameter.place == "path":
                if texts[0] in ("", ".", ".."):
                    raise TypeError(f"{texts[0]!r} is no {parameter.name}")
                path = path.replace("{" + parameter.name + "}", quote(texts[0], safe=""))
            elif parameter.place == "query":
                query += [(parameter.sent_as or parameter.name, text) for text in texts]
            elif parameter.place == "header":
                headers[parameter.sent_as or parameter.name] = texts[0]
        return Request(path, query, headers, self._body(values))

    def _body(self, values: dict[str, Any]) -> bytes | None:
        body = values.pop("body", None)
        values = {name: value for name, value in values.items() if value is not msgspec.UNSET}
        if self.body is None:
            if values or body is not None:
                raise TypeError(f"{self.id} does not take {', '.join(sorted(values) or ['body'])}")
            return None
        if body is None:
            members = {f.encode_name for f in _members(self.body)}
            if unknown := sorted(values.keys() - members):
                taken = sorted({p.name for p in self.parameters} | members)
                raise TypeError(f"{self.id} does not take {', '.join(unknown)}; it takes {', '.join(taken)}")
            body = values
        elif values:
            raise TypeError(f"{self.id}: give a body or its members ({', '.join(sorted(values))}), not both")
        if not body and not self.body_required and not isinstance(body, msgspec.Struct):
            return None
        return msgspec.json.encode(body, enc_hook=str)


def _members(kind: Any) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind) if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else ()


def _is_many(parameter: Parameter, value: Any) -> bool:
    return parameter.many and not isinstance(value, str)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        # A time without a zone is UTC, as everywhere in the API.
        moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return moment.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
