"""Sizes agree with astropy's arithmetic, and absurd axes are told instead of believed."""

from __future__ import annotations

from typing import Any

import pytest
from astropy.io import fits
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.fits_structure import padded_size, read_structure
from domain.header import Card


def cards(**values: Any) -> list[Card]:
    return [Card(keyword, value, "") for keyword, value in values.items()]


def axes(*lengths: int, prefix: str = "NAXIS") -> dict[str, int]:
    return {prefix: len(lengths), **{f"{prefix}{n}": length for n, length in enumerate(lengths, 1)}}


@settings(deadline=None)
@given(
    st.sampled_from([8, 16, 32, 64, -32, -64]),
    st.lists(st.integers(0, 50), max_size=6),
    st.integers(0, 10_000),
    st.integers(0, 5),
)
def test_size_is_that_of_astropy(bitpix: int, lengths: list[int], pcount: int, gcount: int) -> None:
    values = {"XTENSION": "BINTABLE", "BITPIX": bitpix, **axes(*lengths), "PCOUNT": pcount, "GCOUNT": gcount}
    structure = read_structure(cards(**values), index=1)
    header = fits.Header(list(values.items()))
    assert structure.data_size_bytes == header.data_size
    assert padded_size(header.data_size) == header.data_size_padded
    assert structure.absurdities == ()


def test_shapes_are_in_numpy_order() -> None:
    image = read_structure(cards(SIMPLE=True, BITPIX=-32, **axes(300, 200, 3)), index=0)
    assert (image.name, image.kind, image.shape, image.bitpix) == ("PRIMARY", "image", (3, 200, 300), -32)
    table = read_structure(cards(XTENSION="BINTABLE", BITPIX=8, **axes(24, 500), EXTNAME="CAT"), index=1)
    assert (table.name, table.kind, table.shape) == ("CAT", "table", (500,))
    text = read_structure(cards(XTENSION="TABLE", BITPIX=8, **axes(80, 7)), index=2)
    assert (text.name, text.kind, text.shape) == ("", "ascii_table", (7,))


def test_a_compressed_image_has_the_shape_of_the_image() -> None:
    header = cards(
        XTENSION="BINTABLE", BITPIX=8, **axes(8, 200), PCOUNT=1000, ZIMAGE=True, ZBITPIX=16,
        **axes(300, 200, prefix="ZNAXIS"),
    )  # fmt: skip
    structure = read_structure(header, index=1)
    assert (structure.kind, structure.shape, structure.bitpix) == ("compressed_image", (200, 300), 16)
    assert structure.data_size_bytes == 2600
    assert structure.name == "COMPRESSED_IMAGE"


def test_random_groups_skip_their_first_axis() -> None:
    # FITS Standard 4.0, equation 4: |BITPIX| * GCOUNT * (PCOUNT + NAXIS2 * ... * NAXISm) / 8 bytes.
    header = cards(SIMPLE=True, BITPIX=-32, **axes(0, 3, 4, 128), GROUPS=True, PCOUNT=6, GCOUNT=10)
    structure = read_structure(header, index=0)
    assert structure.kind == "groups"
    assert structure.shape == (10, 128, 4, 3)
    assert structure.data_size_bytes == 4 * 10 * (6 + 3 * 4 * 128)


def test_a_unit_without_data_is_empty() -> None:
    assert read_structure(cards(SIMPLE=True, BITPIX=8, NAXIS=0), index=0).kind == "empty"
    assert read_structure(cards(SIMPLE=True, BITPIX=8, **axes(0, 5)), index=0).kind == "empty"
    assert read_structure(cards(XTENSION="DUMP", BITPIX=8, NAXIS=0), index=1).kind == "other"


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"BITPIX": 16, "NAXIS": 2_000_000_000}, "NAXIS = 2000000000"),
        ({"BITPIX": 16, "NAXIS": -1}, "NAXIS = -1"),
        ({"BITPIX": 16, **axes(2_000_000_000, 2_000_000_000)}, "TiB"),
        ({"BITPIX": 16, **axes(*[10**60] * 999)}, "TiB"),
        ({"BITPIX": 16, **axes(100, -100)}, "NAXIS2 = -100 is negative"),
        ({"BITPIX": 16, "NAXIS": 2, "NAXIS1": 100}, "NAXIS2 is missing"),
        ({"BITPIX": 16, "NAXIS": 1, "NAXIS1": "100"}, "NAXIS1 = 100 is not a whole number"),
        ({"BITPIX": 16, "NAXIS": 1, "NAXIS1": 10.5}, "NAXIS1 = 10.5 is not a whole number"),
        ({"BITPIX": 17, **axes(100, 100)}, "BITPIX = 17"),
        ({**axes(100, 100)}, "BITPIX = 0"),
        ({"BITPIX": 16, **axes(100, 100), "GCOUNT": -1}, "GCOUNT = -1 is negative"),
        ({"BITPIX": 16, **axes(100, 100), "PCOUNT": 10**60}, "TiB"),
        ({"BITPIX": 16, "NAXIS": True}, "NAXIS = True"),
        ({"BITPIX": 16, "NAXIS": float("inf")}, "NAXIS = inf"),
    ],
)
def test_absurd_axes_are_told(values: dict[str, Any], word: str) -> None:
    structure = read_structure(cards(SIMPLE=True, **values), index=0)
    assert word in "; ".join(structure.absurdities)
    assert structure.data_size_bytes is None
    assert structure.shape == ()
    assert max(map(len, structure.absurdities)) < 250


def test_absurd_image_axes_inside_a_sound_table_leave_the_table_sound() -> None:
    header = cards(
        XTENSION="BINTABLE", BITPIX=8, **axes(8, 2), ZIMAGE=True, ZBITPIX=16, ZNAXIS=2, ZNAXIS1=-4, ZNAXIS2=5
    )
    structure = read_structure(header, index=1)
    assert structure.data_size_bytes == 16
    assert structure.shape == ()
    assert structure.absurdities == ("ZNAXIS1 = -4 is negative",)


def test_whole_numbers_written_as_floats_count() -> None:
    assert read_structure(cards(SIMPLE=True, BITPIX=16, NAXIS=1, NAXIS1=100.0), index=0).data_size_bytes == 200


structural = st.sampled_from(
    [
        "BITPIX",
        "NAXIS",
        "NAXIS1",
        "NAXIS2",
        "PCOUNT",
        "GCOUNT",
        "ZIMAGE",
        "ZNAXIS",
        "ZNAXIS1",
        "GROUPS",
        "XTENSION",
        "EXTNAME",
    ]
)
anything = st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text()


@settings(deadline=None)
@given(st.lists(st.tuples(structural, anything), max_size=14), st.integers(0, 3))
def test_no_header_raises(pairs: list[tuple[str, Any]], index: int) -> None:
    structure = read_structure([Card(keyword, value, "") for keyword, value in pairs], index=index)
    assert structure.data_size_bytes is None or 0 <= structure.data_size_bytes <= 2**50
    assert all(length >= 0 for length in structure.shape)
