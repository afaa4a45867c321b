"""XISF headers give units with cards and shapes, and XML that is unsafe or broken gives problems."""

from __future__ import annotations

import tracemalloc

import pytest

from domain.header import Card, FileContents
from storage.fits_reader import BytesRangeSource, ReadLimits, read_contents

# The layout of XISF 1.0, section 9.2: signature, header length, four reserved bytes, XML, data blocks.
HEADER = """<?xml version="1.0" encoding="UTF-8"?>
<xisf version="1.0" xmlns="http://www.pixinsight.com/xisf" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://www.pixinsight.com/xisf http://pixinsight.com/xisf/xisf-1.0.xsd">
<Image id="light" geometry="30:20:1" sampleFormat="UInt16" colorSpace="Gray" location="attachment:4096:1200">
<FITSKeyword name="OBJECT" value="'M 31    '" comment="Target"/>
<FITSKeyword name="EXPTIME" value="300." comment="[s]"/>
<FITSKeyword name="gain" value="100" comment=""/>
<FITSKeyword name="SIMPLE" value="T" comment=""/>
<FITSKeyword name="DATE-OBS" value="2026-11-20T21:00:00" comment="unquoted"/>
<FITSKeyword name="OBSERVER" value="'O''Hara &amp; C&#244;te'" comment=""/>
<FITSKeyword name="HISTORY" value="" comment="ImageIntegration"/>
<Property id="Instrument:Telescope:FocalLength" type="Float32" value="0.53"/>
<Property id="Instrument:Telescope:Name" type="String">Quadrant &amp; <b>sons</b></Property>
<Property id="PCL:Table" type="F64Matrix" rows="2" columns="2" location="attachment:9000:32"/>
</Image>
<Image geometry="30:20:3" sampleFormat="Float32" location="attachment:5296:7200"/>
<Metadata><Property id="XISF:CreatorApplication" type="String" value="PixInsight"/></Metadata>
</xisf>"""


def xisf(header: str, size_bytes: int = 4096 + 1200 + 7200) -> bytes:
    text = header.encode()
    return (b"XISF0100" + len(text).to_bytes(4, "little") + bytes(4) + text).ljust(size_bytes, b"\0")


def read(content: bytes, **limits: int) -> FileContents:
    return read_contents(BytesRangeSource(content), "master.xisf", limits=ReadLimits(**limits))


def test_images_become_units_and_keywords_cards() -> None:
    contents = read(xisf(HEADER))
    assert (contents.format, contents.container, contents.media_type) == ("xisf", "none", "image/x-xisf")
    assert contents.problems == []
    first, second = contents.units
    assert (first.name, first.kind, first.shape, first.bitpix) == ("light", "image", (20, 30), 16)
    assert (first.data_offset, first.data_size_bytes) == (4096, 1200)
    assert first.cards == [
        Card("OBJECT", "M 31", "Target"),
        Card("EXPTIME", 300.0, "[s]"),
        Card("GAIN", 100, ""),
        Card("SIMPLE", True, ""),
        Card("DATE-OBS", "2026-11-20T21:00:00", "unquoted"),
        Card("OBSERVER", "O'Hara & Côte", ""),
        Card("HISTORY", "ImageIntegration", ""),
        Card("INSTRUMENT:TELESCOPE:FOCALLENGTH", 0.53, ""),
        Card("INSTRUMENT:TELESCOPE:NAME", "Quadrant & sons", ""),
        Card("XISF:CREATORAPPLICATION", "PixInsight", ""),
    ]
    assert (second.index, second.shape, second.bitpix, second.cards) == (1, (3, 20, 30), -32, [])


def test_a_padded_header_and_no_image() -> None:
    content = xisf('<xisf version="1.0"><FITSKeyword name="A" value="1" comment=""/></xisf>\0\0\0', 200)
    contents = read(content)
    assert contents.problems == []
    assert [(unit.kind, unit.cards) for unit in contents.units] == [("empty", [Card("A", 1, "")])]


@pytest.mark.parametrize(
    ("content", "code", "n_units"),
    [
        (b"XISF0100", "header-truncated", 0),
        (xisf(HEADER)[:900], "header-truncated", 1),
        (xisf(HEADER)[:6000], "data-truncated", 2),
        (xisf(HEADER.replace("</Image>", "</Imag>")), "xisf-damaged", 1),
        (xisf("no xml at all"), "xisf-damaged", 0),
        (b"XISF0100\xff\xff\xff\x7f" + bytes(100), "header-too-long", 0),
    ],
)
def test_broken_files(content: bytes, code: str, n_units: int) -> None:
    contents = read(content)
    assert code in [problem.code for problem in contents.problems]
    assert contents.format == "xisf"
    assert len(contents.units) == n_units


def test_entities_do_not_expand() -> None:
    bombs = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 12))
    header = f'<!DOCTYPE xisf [<!ENTITY b0 "ha">{bombs}]><xisf><Image id="&b11;" geometry="1:1:1"/></xisf>'
    tracemalloc.start()
    contents = read(xisf(header))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [problem.code for problem in contents.problems] == ["xisf-damaged"]
    assert contents.units == []
    assert peak < 1_000_000


def test_more_images_than_are_indexed() -> None:
    header = "<xisf>" + '<Image geometry="2:2:1"/>' * 30 + "</xisf>"
    contents = read(xisf(header), max_units=10)
    assert (len(contents.units), [problem.code for problem in contents.problems]) == (10, ["too-many-units"])


@pytest.mark.parametrize("geometry", ["", "30", "30:20:", "30:x:1", "-1:5:1", "9" * 40 + ":1:1", "1:" * 20 + "1"])
def test_a_geometry_that_makes_no_sense_is_no_shape(geometry: str) -> None:
    contents = read(xisf(f'<xisf><Image geometry="{geometry}"/></xisf>'))
    assert [(unit.kind, unit.shape) for unit in contents.units] == [("empty", ())]
