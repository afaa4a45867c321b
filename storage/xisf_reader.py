"""XISF headers (PixInsight's format) read as header units: FITS keywords become cards, images become shapes."""

from __future__ import annotations

import re
from xml.parsers import expat

from domain.fits_cards import parse_value
from domain.header import Card, CardValue, HeaderUnit
from storage.file_problems import FileProblems
from storage.range_source import RangeSource, ReadLimits

__all__ = ["XISF_MAGIC", "read_xisf"]

XISF_MAGIC = b"XISF0100"

_PREFIX_BYTES = 16  # magic, header length (little-endian uint32), four reserved bytes
_CHUNK_BYTES = 2**16
_BITPIX = {"UInt8": 8, "UInt16": 16, "UInt32": 32, "UInt64": 64, "Float32": -32, "Float64": -64}
_MOST_AXES = 16
_LONGEST_TEXT = 2**12  # characters of a string property
_attachment = re.compile(r"attachment:([0-9]{1,18}):([0-9]{1,18})").fullmatch


class _DocumentTypeRefused(Exception):
    """A DTD can define entities that expand without end; XISF has no use for one."""


class _Image:
    def __init__(self) -> None:
        self.name = ""
        self.shape: tuple[int, ...] = ()
        self.bitpix = 0
        self.data_offset = 0
        self.data_size_bytes = 0
        self.cards: list[Card] = []


class _Collector:
    """Takes the elements that matter as the parser meets them."""

    def __init__(self, limits: ReadLimits) -> None:
        self.images: list[_Image] = []
        self.cards: list[Card] = []  # outside any image: they belong to the whole file
        self.has_too_many = False
        self._limits = limits
        self._inside = 0
        self._property: dict[str, str] = {}  # the one whose text is being read

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(" ")[2]
        if tag == "Image":
            self._inside += 1
            if len(self.images) < self._limits.max_units:
                self.images.append(_image(attributes))
            else:
                self.has_too_many = True
        elif tag == "FITSKeyword":
            self._add(_keyword(attributes))
        elif tag == "Property" and "value" in attributes:
            self._add(_property(attributes, parse_value(attributes["value"])))
        elif tag == "Property" and attributes.get("type") == "String" and "location" not in attributes:
            self._property = {**attributes, "text": ""}

    def text(self, piece: str) -> None:
        if self._property and len(self._property["text"]) < _LONGEST_TEXT:
            self._property["text"] += piece[:_LONGEST_TEXT]

    def end(self, tag: str) -> None:
        tag = tag.rpartition(" ")[2]
        if tag == "Image":
            self._inside -= 1
        elif tag == "Property" and self._property:
            self._add(_property(self._property, self._property["text"].strip()))
            self._property = {}

    def _add(self, card: Card | None) -> None:
        if card is not None:
            (self.images[-1].cards if self._inside and self.images else self.cards).append(card)


def read_xisf(source: RangeSource, problems: FileProblems, limits: ReadLimits) -> list[HeaderUnit]:
    """Read the XML header of a monolithic XISF file.

    Parameters
    ----------
    source : RangeSource
        A file that begins with ``XISF0100``.
    problems : FileProblems
        Gathers what was wrong.
    limits : ReadLimits
        ``max_headers_bytes`` and ``max_units`` are heeded.

    Returns
    -------
    list[HeaderUnit]
        One for each image; what was read before a problem stopped the reading. FITSKeyword elements become cards,
        simple properties cards named by their identifier (``INSTRUMENT:TELESCOPE:FOCALLENGTH``).

    Source
    ------
    XISF 1.0 specification, sections 9.2 (monolithic files), 11.5 (Image) and 11.6.1 (FITSKeyword).
    """
    length = int.from_bytes(source.read(8, 4), "little")
    if length > limits.max_headers_bytes:
        problems.add("header-too-long", f"The XISF header is {length} bytes long; that much is not read.")
        return []
    if _PREFIX_BYTES + length > source.size_bytes:
        problems.add("header-truncated", "The file ends within its XISF header: it was cut short. Send it again.")
        length = source.size_bytes - _PREFIX_BYTES
    collector = _Collector(limits)
    _parse(source, length, collector, problems)
    if collector.has_too_many:
        problems.add("too-many-units", f"Only the first {limits.max_units} images are indexed.")
    if not collector.images and not collector.cards:
        return []
    images = collector.images or [_Image()]
    images[0].cards += collector.cards
    for index, image in enumerate(images):
        if image.data_offset + image.data_size_bytes > source.size_bytes:
            problems.add("data-truncated", f"Image {index} lies beyond the end of the file; it is indexed as it is.")
    return [
        HeaderUnit(
            index=index,
            name=image.name,
            kind="image" if image.shape else "empty",
            shape=image.shape,
            cards=image.cards,
            header_offset=_PREFIX_BYTES,
            data_offset=image.data_offset,
            data_size_bytes=image.data_size_bytes,
            bitpix=image.bitpix,
        )
        for index, image in enumerate(images)
    ]


def _parse(source: RangeSource, length: int, collector: _Collector, problems: FileProblems) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.text
    parser.StartDoctypeDeclHandler = _refuse_document_type
    offset, end = _PREFIX_BYTES, _PREFIX_BYTES + length
    try:
        while offset < end:
            content = source.read(offset, min(_CHUNK_BYTES, end - offset))
            offset += len(content)
            text = content.rstrip(b"\0") if offset >= end else content  # some writers pad the header
            parser.Parse(text, offset >= end)
            if not content:
                break
    except _DocumentTypeRefused:
        problems.add("xisf-damaged", "The XISF header declares a document type, which is refused for safety.")
    except expat.ExpatError as error:
        problems.add("xisf-damaged", f"The XISF header is no valid XML ({error}); what came before is indexed.")


def _refuse_document_type(*_: object) -> None:
    raise _DocumentTypeRefused


def _image(attributes: dict[str, str]) -> _Image:
    image = _Image()
    image.name = attributes.get("id", "")
    image.bitpix = _BITPIX.get(attributes.get("sampleFormat", ""), 0)
    lengths = attributes.get("geometry", "").split(":")
    if 2 <= len(lengths) <= _MOST_AXES and all(
        text.isascii() and text.isdigit() and len(text) < 12 for text in lengths
    ):
        *axes, channels = map(int, lengths)
        image.shape = ((channels,) if channels > 1 else ()) + tuple(reversed(axes))
    if found := _attachment(attributes.get("location", "")):
        image.data_offset, image.data_size_bytes = int(found[1]), int(found[2])
    return image


def _keyword(attributes: dict[str, str]) -> Card | None:
    name = attributes.get("name", "").strip().upper()
    value, comment = attributes.get("value", ""), attributes.get("comment", "").strip()
    if name in ("COMMENT", "HISTORY", ""):  # their text is written as the comment, or as the value
        text = value.strip().strip("'") or comment
        return Card(name, text, "") if name or text else None
    return Card(name, parse_value(value), comment)


def _property(attributes: dict[str, str], value: CardValue) -> Card | None:
    """Read a number, a time or a string; properties with vectors and tables are no header facts."""
    name = attributes.get("id", "").strip().upper()
    return Card(name, value, attributes.get("comment", "").strip()) if name else None
