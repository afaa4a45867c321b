"""Parsed cards hold what was written into them, and what astropy reads from them, whatever the bytes."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import pytest
from astropy.io import fits
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.fits_cards import find_end, parse_header, parse_value, read_header
from domain.header import Card

printable = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
keywords = st.from_regex(r"[A-Z0-9_-]{1,8}", fullmatch=True).filter(
    lambda k: k not in ("COMMENT", "HISTORY", "CONTINUE", "END", "HIERARCH")
)
short_text = st.text(printable, max_size=25)
numbers = (
    st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.complex_numbers(allow_nan=False, allow_infinity=False, max_magnitude=1e30)
)


def one(text: str) -> Card:
    """Parse one card, written with as many columns as one likes up to 80."""
    (card,) = parse_header(text.encode("latin-1").ljust(80))
    return card


def by_astropy(image: bytes) -> Card:
    """What astropy reads from one card image; raises what astropy raises."""
    card = fits.Card.fromstring(image)
    value = None if isinstance(card.value, fits.card.Undefined) else card.value
    keyword, comment = card.keyword, card.comment
    if card.field_specifier is not None and not keyword.startswith(("DP", "DQ", "D2IM")):
        keyword, value = card.rawkeyword, card.rawvalue
    return Card(keyword if card.field_specifier else keyword.upper(), value, comment)


def same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and (left == right or (left != left and right != right))


@settings(deadline=None)
@given(keywords, numbers | short_text, st.text(printable, max_size=15))
def test_a_card_reads_back_as_it_was_written(keyword: str, value: Any, comment: str) -> None:
    written = fits.Card(keyword, value, comment)
    assume(written.field_specifier is None)
    image = str(written)
    assume(len(image) == 80)
    card = one(image)
    assert card.keyword == keyword
    if isinstance(value, str):
        assert card.value == value.rstrip()
    elif isinstance(value, bool | int):
        assert same(card.value, value)
    else:  # a float is written with 20 characters at most
        assert same(card.value, by_astropy(image.encode()).value)
        assert abs(card.value - value) <= 1e-12 * abs(value) + 5e-18
    # astropy guesses where a string with ' / in it ends; the standard knows, so the comment is the written one
    assert card.comment == comment.strip()


@settings(deadline=None)
@given(st.from_regex(r"[A-Z][A-Za-z0-9 ._-]{8,25}[A-Z0-9]", fullmatch=True), numbers | short_text)
def test_a_hierarch_card_reads_back_without_the_word(keyword: str, value: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        written = fits.Card(f"HIERARCH {keyword}", value)
        assume(written.field_specifier is None)
        image = str(written)
    assume(len(image) == 80 and len(keyword) + len(str(value)) < 55)  # astropy cuts what is longer
    card = one(image)
    assert card.keyword == keyword.upper()
    assert same(card.value, value.rstrip() if isinstance(value, str) else by_astropy(image.encode()).value)


@settings(deadline=None)
@given(keywords, st.text(st.sampled_from("abcdefg hij"), min_size=69, max_size=400), st.text(printable, max_size=100))
def test_a_long_string_is_one_card_again(keyword: str, value: str, comment: str) -> None:
    image = str(fits.Card(keyword, value, comment)).encode()
    assume(len(image) > 80)
    (card,) = parse_header(image + b"END".ljust(80))
    assert (card.keyword, card.value) == (keyword, value.rstrip())
    assert card.comment == by_astropy(image).comment


card_texts = st.one_of(
    st.text(printable, max_size=80),
    # most random text is no card at all: also try text that is nearly one
    st.builds(
        lambda keyword, gap, value, tail: f"{keyword:8}{gap}{value}{tail}",
        st.sampled_from(["EXPTIME", "Exptime", "DP1", "FILTER", "COMMENT", "HISTORY", "HIERARCH ESO DET", "", "A.B"]),
        st.sampled_from(["= ", "=", " = ", "  ", " "]),
        st.text(st.sampled_from("0123456789+-.EDedTF'(), /:ab"), max_size=20),
        st.sampled_from(["", " / s", "/", " '", "' / it''s"]),
    ),
)


@settings(deadline=None)
@given(card_texts)
def test_any_printable_text_reads_as_astropy_reads_it_or_keeps_its_text(text: str) -> None:
    image = text[:80].ljust(80).encode()
    assume(find_end(image) < 0)
    header = read_header(image)
    (card,) = header.cards
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected = by_astropy(image)
        except Exception:
            assert header.unparsed == [card.keyword]
            assert isinstance(card.value, str)
            kept = (card.value + card.comment).replace(" ", "").replace("/", "")
            assert kept in text.replace(" ", "").replace("/", "")
            return
    quoted_quote = "''" in text  # there astropy guesses, and the standard decides (tested above, by writing)
    assert card.keyword == expected.keyword
    assert same(card.value, expected.value) or quoted_quote
    assert card.comment == expected.comment or quoted_quote


@settings(deadline=None)
@given(st.binary(max_size=800))
def test_no_bytes_raise(block: bytes) -> None:
    cards = parse_header(block)
    assert len(cards) <= math.ceil(len(block) / 80)
    assert all(isinstance(card.keyword, str) and isinstance(card.comment, str) for card in cards)
    assert parse_header(block) == cards or any(card.value != card.value for card in cards)


# Forms of the FITS Standard 4.0, section 4.2, and of headers met in the wild.
@pytest.mark.parametrize(
    ("text", "keyword", "value", "comment"),
    [
        ("EXPTIME =                 30.0 / [s] shutter open", "EXPTIME", 30.0, "[s] shutter open"),
        ("GAIN    = 1.5D-3", "GAIN", 1.5e-3, ""),
        ("GAIN    = 1.5d2", "GAIN", 150.0, ""),
        ("GAIN    = 1E3", "GAIN", 1000.0, ""),
        ("GAIN    = .5", "GAIN", 0.5, ""),
        ("GAIN    = 5.", "GAIN", 5.0, ""),
        ("GAIN    = - 5", "GAIN", -5, ""),
        ("GAIN    = 0007", "GAIN", 7, ""),
        ("BIG     = 123456789012345678901234567890", "BIG", 123456789012345678901234567890, ""),
        ("HUGE    = 1E400", "HUGE", math.inf, ""),
        ("CPLX    = (1.5, -2)", "CPLX", 1.5 - 2j, ""),
        ("SIMPLE  =                    T", "SIMPLE", True, ""),
        ("EXTEND  = F/no", "EXTEND", False, "no"),
        ("OBJECT  = 'M 31    '", "OBJECT", "M 31", ""),
        ("OBJECT  = '  M 31  ' / lead", "OBJECT", "  M 31", "lead"),
        ("OBJECT  = ''", "OBJECT", "", ""),
        ("OBJECT  = 'O''HARA / x' / who", "OBJECT", "O'HARA / x", "who"),
        ("OBJECT  = 'it''' / one quote at the end", "OBJECT", "it'", "one quote at the end"),
        ("OBJECT  = 'a'' / b' / c", "OBJECT", "a' / b", "c"),
        ("OBJECT  =                      / nothing", "OBJECT", None, "nothing"),
        ("OBJECT  =", "OBJECT", None, ""),
        ("Object  = 'lower'", "OBJECT", "lower", ""),
        ("HIERARCH ESO DET ID = 'CCD44'", "ESO DET ID", "CCD44", ""),
        ("HIERARCH Camera Gain=2.5 / e", "CAMERA GAIN", 2.5, "e"),
        ("COMMENT   any = 'thing' / at all", "COMMENT", "  any = 'thing' / at all", ""),
        ("COMMENT = 'not a value'", "COMMENT", "= 'not a value'", ""),
        ("HISTORY reduced", "HISTORY", "reduced", ""),
        ("", "", "", ""),
        ("DP1     = 'AXIS.1: 2'", "DP1.AXIS.1", 2.0, ""),
        ("FILTER  = 'slot: 3' / not a record", "FILTER", "slot: 3", "not a record"),
        ("EXPTIME =30.0", "EXPTIME", "=30.0", ""),
        ("NOTHING here is a value", "NOTHING", "here is a value", ""),
        ("DATE-OBS= 2026-11-20T21:00:00 / UTC", "DATE-OBS", "2026-11-20T21:00:00", "UTC"),
        ("DATE-OBS= 20/11/26", "DATE-OBS", 20, "11/26"),
        ("UT      = 21:00/22:00", "UT", "21:00/22:00", ""),
        ("TEMP    = NaN", "TEMP", "NaN", ""),
        ("OBJECT  = 'M 31 / x", "OBJECT", "'M 31 / x", ""),
    ],
)
def test_forms_of_a_card(text: str, keyword: str, value: Any, comment: str) -> None:
    card = one(text)
    assert (card.keyword, card.comment) == (keyword, comment)
    assert same(card.value, value)


def test_bytes_beyond_ascii_are_kept_and_told() -> None:
    latin = "TELESCOP= 'Observatoire de la C\xf4te' / temp\xe9rature".encode("latin-1").ljust(80)
    header = read_header(latin)
    assert header.cards == [Card("TELESCOP", "Observatoire de la C\xf4te", "temp\xe9rature")]
    assert not header.ascii_only
    utf8 = "CCD-TEMP=                -10.0 / [°C]".encode().ljust(80)
    assert parse_header(utf8) == [Card("CCD-TEMP", -10.0, "[°C]")]
    assert read_header(b"NAME    = 'plain'".ljust(80)).ascii_only


def test_latin_1_in_a_long_string() -> None:
    first = "OBSERVER= '" + "\xe9" * 67 + "&'"
    second = "CONTINUE  'fin' / d\xe9but"
    block = first.encode("latin-1").ljust(80) + second.encode("latin-1").ljust(80)
    assert parse_header(block) == [Card("OBSERVER", "\xe9" * 67 + "fin", "d\xe9but")]


def test_nul_padding_is_blank() -> None:
    assert one("OBJECT  = 'M 31\0\0\0\0'") == Card("OBJECT", "M 31", "")
    assert one("EXPTIME = 30.0\r\n") == Card("EXPTIME", 30.0, "")


def test_continue_after_a_number_spoils_neither() -> None:
    block = b"EXPTIME = 30.0".ljust(80) + b"CONTINUE  'stray'".ljust(80)
    exposure, stray = parse_header(block)
    assert exposure == Card("EXPTIME", 30.0, "")
    assert stray.keyword == "CONTINUE"
    assert "stray" in str(stray.value)


def test_unparsed_cards_are_named_and_commentary_is_not_blamed() -> None:
    block = b"".join(
        text.ljust(80)
        for text in (b"GOOD    = 1", b"BAD     = what is it", b"PROCESS step one", b"also bad", b"END", b"AFTER   = 1")
    )
    header = read_header(block)
    assert [card.keyword for card in header.cards] == ["GOOD", "BAD", "PROCESS", "ALSO BAD"]
    assert header.unparsed == ["BAD", "ALSO BAD"]
    assert header.commentary == {"PROCESS"}
    assert header.has_end


def test_end_is_only_an_end_card_at_a_card() -> None:
    assert find_end(b"X = END ".ljust(80) + b"ENDING  = 1".ljust(80) + b"END".ljust(80)) == 160
    assert find_end(b"DATE-END".ljust(80)) == -1
    assert find_end(b"\0" * 80 + b"END" + b"\0" * 77) == 80


def test_more_cards_than_the_memo_holds_read_the_same() -> None:
    block = b"".join(f"K{number:06d} = {number}".encode().ljust(80) for number in range(40_000))
    first, again = parse_header(block), parse_header(block)
    assert first == again
    assert [card.value for card in first] == list(range(40_000))


@pytest.mark.parametrize(
    ("text", "value"),
    [("'M 31    '", "M 31"), ("1.5E3", 1500.0), ("T", True), ("42", 42), ("2026-11-20", "2026-11-20"), ("", None)],
)
def test_a_value_field_alone(text: str, value: Any) -> None:
    assert same(parse_value(text), value)


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore")
def test_published_header_texts_agree_with_astropy(reference_data: Path) -> None:
    folders = ("amateur_text", "solar_text", "wcs_text")
    paths = [path for folder in folders for path in sorted((reference_data / "headers" / folder).iterdir())]
    compared = 0
    for path in paths:
        if path.suffix == ".json":
            continue
        text = path.read_bytes()
        lines = text.splitlines() if text.count(b"\n") > 5 else [text[at : at + 80] for at in range(0, len(text), 80)]
        block = b"".join(line[:80].ljust(80) for line in lines)
        header = read_header(block)
        end = find_end(block)
        images = [block[at : at + 80] for at in range(0, len(block) if end < 0 else end, 80)]
        joined: list[bytes] = []
        for image in images:
            if image.startswith(b"CONTINUE") and joined:
                joined[-1] += image
            else:
                joined.append(image)
        assert len(joined) == len(header.cards), path.name
        for image, card in zip(joined, header.cards, strict=True):
            try:
                expected = by_astropy(image)
            except fits.VerifyError:
                assert card.keyword in header.unparsed, path.name
                continue
            if not image.isascii():
                continue  # astropy reads no value there, or reads UTF-8 as Latin-1
            assert card == expected, path.name
            assert type(card.value) is type(expected.value), path.name
            compared += 1
    assert compared > 2000
