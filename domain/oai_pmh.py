"""The Open Archives Initiative Protocol for Metadata Harvesting: what may be asked, and how answers are written.

Source
------
"The Open Archives Initiative Protocol for Metadata Harvesting", protocol version 2.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal
from xml.etree import ElementTree as ET

import msgspec

from domain.datacite_metadata import DATACITE_NAMESPACE, datacite_json, datacite_xml, xml_text
from domain.package_metadata import RelatedIdentifier
from domain.package_record import PackageRecord, creators_of, doi_address, listed_name

__all__ = ["PREFIXES", "OaiError", "OaiRequest", "add", "described", "document", "moment_text", "parse_request", "tag"]

OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
OAI_DATACITE = "http://schema.datacite.org/oai/oai-1.1/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
for _prefix, _namespace in (
    ("", OAI), ("oai_dc", OAI_DC), ("dc", DC), ("oai_datacite", OAI_DATACITE), ("datacite", DATACITE_NAMESPACE),
    ("xsi", XSI),
):  # fmt: skip
    ET.register_namespace(_prefix, _namespace)

# prefix: (schema, namespace)
PREFIXES = {
    "oai_dc": ("http://www.openarchives.org/OAI/2.0/oai_dc.xsd", OAI_DC),
    "oai_datacite": ("http://schema.datacite.org/oai/oai-1.1/oai.xsd", OAI_DATACITE),
}

ErrorCode = Literal[
    "badArgument", "badResumptionToken", "badVerb", "cannotDisseminateFormat", "idDoesNotExist", "noRecordsMatch",
    "noSetHierarchy",
]  # fmt: skip
LIST = ({"metadataPrefix"}, {"from", "until", "set"}, True)
# verb: (needed, allowed besides, whether a resumption token may stand for all of them)
VERBS: dict[str, tuple[set[str], set[str], bool]] = {
    "Identify": (set(), set(), False),
    "ListMetadataFormats": (set(), {"identifier"}, False),
    "ListSets": (set(), set(), True),
    "ListIdentifiers": LIST,
    "ListRecords": LIST,
    "GetRecord": ({"identifier", "metadataPrefix"}, set(), False),
}
ARGUMENT_CHARACTERS = 2000


class OaiError(Exception):
    """What the protocol answers instead of what was asked."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class OaiRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request that keeps to the protocol; ``first`` and ``last`` are inclusive, to the second."""

    verb: str
    arguments: dict[str, str]
    first: datetime | None = None
    last: datetime | None = None


def parse_request(given: Sequence[tuple[str, str]]) -> OaiRequest:
    """Check a request's arguments, as they stand in a query or a form.

    Raises
    ------
    OaiError
        ``badVerb``, ``badArgument`` or ``cannotDisseminateFormat``.
    """
    verbs = [value for name, value in given if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in VERBS:
        raise OaiError("badVerb", f"Give one verb, of {', '.join(VERBS)}.")
    verb = verbs[0]
    arguments = {name: value for name, value in given if name != "verb"}
    if len(arguments) != len(given) - 1:
        raise OaiError("badArgument", "An argument stands twice.")
    if any(len(value) > ARGUMENT_CHARACTERS for value in arguments.values()):
        raise OaiError("badArgument", f"An argument has more than {ARGUMENT_CHARACTERS} characters.")
    needed, allowed, resumes = VERBS[verb]
    if resumes and "resumptionToken" in arguments:
        if len(arguments) > 1:
            raise OaiError("badArgument", "resumptionToken stands alone.")
        return OaiRequest(verb=verb, arguments=arguments)
    if unknown := arguments.keys() - needed - allowed:
        raise OaiError("badArgument", f"{verb} takes no {', '.join(sorted(unknown))[:200]}.")
    if missing := needed - arguments.keys():
        raise OaiError("badArgument", f"{verb} needs {', '.join(sorted(missing))}.")
    if arguments.get("metadataPrefix", "oai_dc") not in PREFIXES:
        raise OaiError("cannotDisseminateFormat", f"There are the formats {', '.join(PREFIXES)}.")
    first, last = arguments.get("from"), arguments.get("until")
    if first is not None and last is not None and len(first) != len(last):
        raise OaiError("badArgument", "from and until are written alike: both to the day, or both to the second.")
    request = OaiRequest(
        verb=verb,
        arguments=arguments,
        first=_moment(first) if first is not None else None,
        last=_moment(last, is_end=True) if last is not None else None,
    )
    if request.first and request.last and request.first > request.last:
        raise OaiError("badArgument", "from is later than until.")
    return request


def _moment(text: str, *, is_end: bool = False) -> datetime:
    form = "%Y-%m-%d" if len(text) == 10 else "%Y-%m-%dT%H:%M:%SZ"
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", text, re.ASCII):
            raise ValueError(text)
        moment = datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError as error:
        raise OaiError("badArgument", "A date is 2026-11-20 or 2026-11-20T22:00:00Z.") from error
    return moment + timedelta(hours=23, minutes=59, seconds=59) if is_end and len(text) == 10 else moment


def moment_text(moment: datetime) -> str:
    """Write a moment as the protocol does."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def tag(name: str) -> str:
    """Name an element of the protocol."""
    return f"{{{OAI}}}{name}"


def add(parent: ET.Element, name: str, text: str | None = None, **more: str) -> ET.Element:
    """Add an element, its text and attributes made such as XML can hold."""
    element = ET.SubElement(parent, name, {key: xml_text(value) for key, value in more.items()})
    if text is not None:
        element.text = xml_text(text)
    return element


def document(base_url: str, now: datetime, content: ET.Element | OaiError, request: OaiRequest | None) -> bytes:
    """Write an answer: what was asked for, or the error.

    Parameters
    ----------
    now : datetime
        Its ``responseDate``, from which on harvesters ask the next time.
    request : OaiRequest or None
        None where it could not be understood: its arguments are not repeated then.
    """
    root = ET.Element(tag("OAI-PMH"))
    root.set(f"{{{XSI}}}schemaLocation", f"{OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd")
    add(root, tag("responseDate"), moment_text(now))
    said = {"verb": request.verb} | request.arguments if request else {}
    add(root, tag("request"), base_url, **said)
    if isinstance(content, OaiError):
        add(root, tag("error"), content.message, code=content.code)
    else:
        root.append(content)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def described(record: PackageRecord, prefix: str, relations: Iterable[RelatedIdentifier] = ()) -> ET.Element:
    """Describe a version in one of the formats of ``PREFIXES``."""
    if prefix == "oai_dc":
        return _dublin_core(record, relations)
    schema, namespace = PREFIXES["oai_datacite"]
    root = ET.Element(f"{{{namespace}}}oai_datacite")
    root.set(f"{{{XSI}}}schemaLocation", f"{namespace} {schema}")
    add(root, f"{{{namespace}}}schemaVersion", "4.5")
    add(root, f"{{{namespace}}}datacentreSymbol", record.organisation)
    payload = add(root, f"{{{namespace}}}payload")
    payload.append(datacite_xml(datacite_json(record, relations=relations)))
    return root


def _dublin_core(record: PackageRecord, relations: Iterable[RelatedIdentifier]) -> ET.Element:
    schema, namespace = PREFIXES["oai_dc"]
    root = ET.Element(f"{{{namespace}}}dc")
    root.set(f"{{{XSI}}}schemaLocation", f"{namespace} {schema}")
    members: list[tuple[str, str]] = [("title", record.title)]
    members += [("creator", listed_name(each)) for each in creators_of(record)]
    members += [("contributor", listed_name(each)) for each in record.contributors if each.contributor_type]
    members += [("subject", keyword) for keyword in record.keywords]
    if record.description.strip():
        members.append(("description", record.description))
    members += [("publisher", record.publisher), ("date", f"{record.published_at.astimezone(UTC):%Y-%m-%d}")]
    members += [("type", "Dataset"), ("format", "application/zip")]
    members += [("identifier", doi_address(record.doi))] if record.doi else []
    members += [("identifier", record.url)]
    members += [
        ("relation", doi_address(each.identifier) if each.type == "DOI" else each.identifier)
        for each in [*record.related, *relations]
    ]
    members += [("rights", record.licence.name), ("rights", record.licence.url)]
    for name, text in members:
        add(root, f"{{{DC}}}{name}", text)
    return root
