"""The XML of WebDAV: which properties a PROPFIND asks for, and the answers to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

import msgspec

from domain.errors import InvalidInput
from service.actions.tree import TreeEntry
from service.handlers.object_ranges import http_date

__all__ = ["BEGIN", "END", "FINITE_DEPTH", "Wanted", "etag_of", "read_propfind", "response"]

DAV = "DAV:"
MOST_PROPERTIES = 100
DEEPEST = 8
KNOWN = ("resourcetype", "displayname", "getcontentlength", "getlastmodified", "getetag", "getcontenttype")
OF_FILES = {"getcontentlength", "getlastmodified", "getetag", "getcontenttype"}
NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

HEAD = b'<?xml version="1.0" encoding="utf-8"?>\n'
BEGIN = HEAD + b'<d:multistatus xmlns:d="DAV:">\n'
END = b"</d:multistatus>\n"
FINITE_DEPTH = HEAD + b'<d:error xmlns:d="DAV:"><d:propfind-finite-depth/></d:error>\n'

Name = tuple[str, str]


class Wanted(msgspec.Struct, frozen=True):
    """What a PROPFIND asks for: properties by namespace and name, or all that there are, or only their names."""

    properties: Sequence[Name] = tuple((DAV, name) for name in KNOWN)
    is_all: bool = True
    only_names: bool = False


def read_propfind(body: bytes) -> Wanted:
    """Read what a PROPFIND asks for; nothing at all asks for everything.

    No document may bring definitions of its own: entities are how small documents become large ones, or fetch others.

    Raises
    ------
    InvalidInput
        It is not XML, is no such request, or asks for too much.

    Source
    ------
    RFC 4918, sections 9.1 and 14.20.
    """
    if not body.strip():
        return Wanted()
    path: list[Name] = []
    children: list[Name] = []
    properties: list[Name] = []

    def refuse(*_: object) -> None:
        raise InvalidInput("A request may not define document types or entities.")

    def begin(name: str, _: object) -> None:
        namespace, _, local = name.rpartition(" ")
        path.append((namespace, local))
        if len(path) > DEEPEST or len(properties) >= MOST_PROPERTIES:
            raise InvalidInput(f"At most {MOST_PROPERTIES} properties can be asked for.")
        if len(path) == 2:
            children.append((namespace, local))
        elif len(path) == 3 and path[:2] == [(DAV, "propfind"), (DAV, "prop")]:
            properties.append((namespace, local))

    root: list[Name] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _: root.append(path.pop())
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise InvalidInput(f"The body is no XML: {error}.") from None
    if root[-1] != (DAV, "propfind"):
        raise InvalidInput("The body of PROPFIND is a DAV: propfind.")
    if (DAV, "propname") in children:
        return Wanted(only_names=True)
    if (DAV, "prop") in children:
        return Wanted(tuple(dict.fromkeys(properties)), is_all=False)
    if (DAV, "allprop") in children:
        return Wanted()
    raise InvalidInput("A DAV: propfind holds prop, allprop or propname.")


def etag_of(entry: TreeEntry) -> str:
    """Give a file's entity tag: its SHA-256, so that the same bytes have the same wherever they are."""
    return f'"{entry.sha256}"'


def response(root: str, path: str, entry: TreeEntry, wanted: Wanted) -> bytes:
    """Write what there is at a path.

    Parameters
    ----------
    root : str
        Where the tree is on this host, without a slash at the end.
    """
    is_folder = entry.kind == "folder"
    href = quote(root + path, safe="/~", errors="surrogatepass") + ("/" if is_folder and path != "/" else "")
    given, missing = [], []
    for namespace, name in wanted.properties:
        value = _value(entry, name, path) if namespace == DAV else None
        if value is not None:
            given.append(f"<d:{name}/>" if wanted.only_names or not value else f"<d:{name}>{value}</d:{name}>")
        elif not wanted.is_all:
            missing.append(_empty(namespace, name))
    lines = [f"<d:response><d:href>{href}</d:href>"]
    if given or not missing:
        lines.append(f"<d:propstat><d:prop>{''.join(given)}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>")
    if missing:
        lines.append(
            f"<d:propstat><d:prop>{''.join(missing)}</d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>"
        )
    return ("".join(lines) + "</d:response>\n").encode()


def _value(entry: TreeEntry, name: str, path: str) -> str | None:
    """Write a property's value; None where there is no such property of it."""
    if entry.kind == "folder" and name in OF_FILES:
        return None
    match name:
        case "resourcetype":
            return "<d:collection/>" if entry.kind == "folder" else ""
        case "displayname":
            return escape(NOT_IN_XML.sub("\ufffd", path.rpartition("/")[2]))
        case "getcontentlength":
            return str(entry.size_bytes)
        case "getlastmodified":
            return http_date(entry.changed_at) if entry.changed_at else None
        case "getetag":
            return etag_of(entry)
        case "getcontenttype":
            return "application/octet-stream"
    return None


def _empty(namespace: str, name: str) -> str:
    return f"<{name} xmlns={quoteattr(namespace)}/>" if namespace else f'<{name} xmlns=""/>'
