"""Element sets from a text in any of their formats; a bad one is told with its line, and spoils no other."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Literal
from xml.parsers import expat

import msgspec

from domain.element_fields import BadElementSet, element_set_of_fields
from domain.element_set import ElementSet
from domain.two_line_elements import element_set_of_lines, find_pairs

__all__ = ["MOST_PROBLEMS", "ElementProblem", "ElementsRead", "read_elements"]

MOST_PROBLEMS = 200
"So many problems are told one by one; more are only counted."
_DEEPEST, _LONGEST_TEXT, _MOST_FIELDS = 20, 1000, 200  # of an XML document, its texts, and one message's fields


class ElementProblem(msgspec.Struct, frozen=True, kw_only=True):
    """An element set that was left out, and why.

    ``line`` counts from 1 and is where it begins; ``code`` is stable and kebab-case; ``source`` is the file's name.
    """

    source: str
    line: int
    code: str
    detail: str


class ElementsRead(msgspec.Struct, kw_only=True):
    """What a text held.

    ``duplicates`` were there more than once, by satellite and epoch, and count once. ``problem_count`` is how many
    were left out; ``problems`` tells the first of them.
    """

    format: Literal["omm-csv", "omm-json", "omm-xml", "tle"]
    sets: list[ElementSet] = []
    problems: list[ElementProblem] = []
    problem_count: int = 0
    duplicates: int = 0


# One of a text's element sets: the line it begins at, and what makes it (or raises BadElementSet).
_Found = tuple[int, Callable[[], ElementSet]]


def read_elements(given: bytes, source: str) -> ElementsRead:
    """Read the element sets of a text: OMM as CSV, JSON or XML, or two-line sets with or without names.

    Parameters
    ----------
    given : bytes
        UTF-8, or Latin-1 where it is not.
    source : str
        Its name, for the problems.

    Source
    ------
    CCSDS 502.0-B-3 and 505.0-B-3 (OMM, XML); CelesTrak, "A new way to obtain GP data" (CSV, JSON).
    """
    try:
        text = given.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = given.decode("latin-1")
    kind = _format(text)
    read = ElementsRead(format=kind)

    def refuse(line: int, error: BadElementSet) -> None:
        read.problem_count += 1
        if len(read.problems) < MOST_PROBLEMS:
            detail = f"The element set at line {line} is left out: {error}."
            read.problems.append(ElementProblem(source=source, line=line, code=error.code, detail=detail))

    seen: set[tuple[int, Any]] = set()
    for line, make in _READERS[kind](text):
        try:
            made = make()
        except BadElementSet as error:
            refuse(line, error)
            continue
        key = (made.norad_id, made.epoch)
        if key in seen:
            read.duplicates += 1
        else:
            seen.add(key)
            read.sets.append(made)
    if not read.sets and not read.problem_count:
        begin = " ".join(text[:200].split())[:60]
        refuse(1, BadElementSet("no-elements", f"there is none in it; it begins {begin!r}" if begin else "it is empty"))
    return read


def _format(text: str) -> Literal["omm-csv", "omm-json", "omm-xml", "tle"]:
    begin = text.lstrip()[:4000]
    if begin.startswith("<"):
        return "omm-xml"
    if begin.startswith(("[", "{")):
        return "omm-json"
    head = begin.partition("\n")[0].upper()
    return "omm-csv" if "NORAD_CAT_ID" in head and "," in head else "tle"


def _raise(code: str, reason: str) -> Callable[[], ElementSet]:
    def make() -> ElementSet:
        raise BadElementSet(code, reason)

    return make


def _of_fields(fields: dict[str, object]) -> Callable[[], ElementSet]:
    return lambda: element_set_of_fields(fields)


def _read_pairs(text: str) -> Iterator[_Found]:
    for line, name, first, second in find_pairs(text.splitlines()):
        if first and second is not None:
            yield line, _of_lines(name, first, second)
        elif first:
            yield line, _raise("cut-off", "its second line is missing")
        elif second is not None:
            yield line, _raise("cut-off", "its first line is missing")
        else:
            yield line, _raise("no-lines", f"no two lines follow {name[:30]!r}")


def _of_lines(name: str, first: str, second: str) -> Callable[[], ElementSet]:
    shown = "".join(c if c.isprintable() else " " for c in name).strip()[:100]
    return lambda: element_set_of_lines(shown, first, second)


def _read_csv(text: str) -> Iterator[_Found]:
    rows = csv.reader(text.replace("\0", " ").lstrip().splitlines(keepends=True))
    head = [name.strip().upper() for name in next(rows, [])]
    while True:
        at = rows.line_num + 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield at, _raise("cut-off", f"its line cannot be read ({error})")
            continue
        if row is None:
            return
        if not row:
            continue
        if len(row) != len(head):
            yield at, _raise("cut-off", f"it has {len(row)} fields where the first line names {len(head)}")
        else:
            yield at, _of_fields(dict(zip(head, row, strict=True)))


_BETWEEN = re.compile(r"[\s,\[]*")
_NEXT_OBJECT = re.compile(r"\{\s*\"")


def _read_json(text: str) -> Iterator[_Found]:
    """Read objects one after the other, so that a text that breaks off still gives those before."""
    decoder = json.JSONDecoder()
    line, counted = 1, 0
    at = _after(text, 0)
    while at < len(text) and text[at] != "]":
        line += text.count("\n", counted, at)
        counted = at
        try:
            found, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            yield line, _raise("cut-off", "it is no whole JSON object")
            following = _NEXT_OBJECT.search(text, at + 1)
            if following is None:
                return
            at = following.start()
            continue
        if isinstance(found, dict):
            yield line, _of_fields({str(name).upper(): value for name, value in found.items()})
        else:
            yield line, _raise("not-an-object", "it is no JSON object")
        at = _after(text, end)
    if at >= len(text) and text.lstrip().startswith("["):
        yield line, _raise("cut-off", "the text ends before its list does")


def _after(text: str, at: int) -> int:
    match = _BETWEEN.match(text, at)
    assert match is not None  # it matches nothing too
    return match.end()


class _Refused(Exception):
    """Something in a document that no OMM has."""


def _read_xml(text: str) -> Iterator[_Found]:
    """Collect the messages as they end; a document type, and with it every entity of its own, is refused."""
    messages: list[tuple[int, dict[str, object]]] = []
    open_tags: list[str] = []
    begun, fields, words = 0, dict[str, object](), list[str]()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal begun, fields
        name = tag.rpartition(" ")[2].upper()
        open_tags.append(name)
        if len(open_tags) > _DEEPEST:
            raise _Refused("its tags are nested too deep")
        if name == "OMM":
            begun, fields = parser.CurrentLineNumber, {}
        words.clear()

    def end(tag: str) -> None:
        name = open_tags.pop()
        if name == "OMM":
            messages.append((begun, fields))
        elif "OMM" in open_tags and len(fields) < _MOST_FIELDS:
            fields.setdefault(name, "".join(words)[:_LONGEST_TEXT].strip())
        words.clear()

    def refuse(*_: object) -> None:
        raise _Refused("it declares a document type, which no OMM has")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = words.append
    parser.StartDoctypeDeclHandler = refuse
    problem: _Found | None = None
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, _Refused) as error:
        reason = expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else str(error)
        problem = (
            parser.CurrentLineNumber,
            _raise("cut-off" if messages else "not-xml", f"the XML ends there: {reason}"),
        )
    for line, found in messages:
        yield line, _of_fields(found)
    if problem:
        yield problem


_READERS: dict[str, Callable[[str], Iterator[_Found]]] = {
    "omm-csv": _read_csv,
    "omm-json": _read_json,
    "omm-xml": _read_xml,
    "tle": _read_pairs,
}
