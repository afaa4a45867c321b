"""Tables as VOTable documents: columns with units, UCDs and data types, one row for each record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Literal
from xml.sax.saxutils import escape, quoteattr

import msgspec

__all__ = ["MEDIA_TYPE", "VotableColumn", "votable"]

MEDIA_TYPE = "application/x-votable+xml"

Kind = Literal["double", "long", "char", "boolean", "path"]


class VotableColumn(msgspec.Struct, frozen=True):
    """One column. ``unit`` and ``ucd`` as the Virtual Observatory writes them; ``value`` takes it from a record.

    ``path`` is a list of pairs of numbers, as long as it is; times are ``char`` in ISO 8601, UTC.
    """

    name: str
    kind: Kind
    value: Callable[[Any], Any]
    description: str
    unit: str = ""
    ucd: str = ""
    xtype: str = ""


_TYPES: dict[str, str] = {
    "double": 'datatype="double"',
    "long": 'datatype="long"',
    "char": 'datatype="char" arraysize="*"',
    "boolean": 'datatype="boolean"',
    "path": 'datatype="double" arraysize="2x*"',
}


def votable(
    name: str, description: str, columns: Sequence[VotableColumn], records: Iterable[Any], *, facts: dict[str, str]
) -> bytes:
    """Write a VOTable of one table.

    Parameters
    ----------
    facts : dict
        What holds for the whole table, as INFO elements.

    Source
    ------
    Ochsenbein et al. 2019, VOTable 1.4 (IVOA Recommendation); Demleitner et al. 2021, UCD1+.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">',
        '<RESOURCE type="results">',
        '<INFO name="QUERY_STATUS" value="OK"/>',
        *(f"<INFO name={quoteattr(key)} value={quoteattr(_plain(value))}/>" for key, value in facts.items()),
        '<TIMESYS ID="utc" timescale="UTC" refposition="TOPOCENTER"/>',
        '<COOSYS ID="icrs" system="ICRS"/>',
        f"<TABLE name={quoteattr(name)}>",
        f"<DESCRIPTION>{escape(description)}</DESCRIPTION>",
    ]
    for column in columns:
        more = "".join(
            f" {attribute}={quoteattr(text)}"
            for attribute, text in (("unit", column.unit), ("ucd", column.ucd), ("xtype", column.xtype))
            if text
        )
        reference = ' ref="utc"' if column.xtype == "timestamp" else ' ref="icrs"' if column.kind == "path" else ""
        lines.append(
            f"<FIELD name={quoteattr(column.name)} {_TYPES[column.kind]}{more}{reference}>"
            f"<DESCRIPTION>{escape(column.description)}</DESCRIPTION></FIELD>"
        )
    lines.append("<DATA><TABLEDATA>")
    lines += ["<TR>" + "".join(f"<TD>{_cell(c.value(record))}</TD>" for c in columns) + "</TR>" for record in records]
    lines.append("</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>\n")
    return "\n".join(lines).encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%f")
    if isinstance(value, list):
        return " ".join(repr(float(number)) for pair in value for number in pair)
    if isinstance(value, float):
        return repr(value)
    return escape(_plain(str(value)))


def _plain(text: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(c for c in text if c in "\t\n" or c.isprintable())
