"""FITS frames to measure with: 150 cards, of which most repeat all night and some fifteen are a frame's own."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

__all__ = ["CARDS", "card", "frame_bytes", "header_cards", "write_frames"]

CARDS = 150
CARD_BYTES, BLOCK_BYTES = 80, 2880
SIZE_PX = 48
SCALE_DEG = 1.4 / 3600
FIRST_AT = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
FILTERS = ("U", "B", "V", "R", "I", "Ha")
FIELDS = [(f"Field {number}", (137.5 * number) % 360.0, -30.0 + 7.3 * (number % 17)) for number in range(40)]

Value = bool | int | float | str


def card(keyword: str, value: Value, comment: str = "") -> str:
    """Write one card in fixed format (FITS Standard 4.0, section 4.2)."""
    if isinstance(value, str):
        text = f"'{value:<8}'".ljust(20)
    elif isinstance(value, bool):
        text = ("T" if value else "F").rjust(20)
    else:
        text = (repr(value).upper() if isinstance(value, float) else str(value)).rjust(20)
    return f"{keyword:<8}= {text} / {comment}"[:CARD_BYTES].ljust(CARD_BYTES)


def _own(number: int, chance: random.Random) -> Iterator[tuple[str, Value, str]]:
    """Give the cards of one frame alone; half of the frames are solved and have a WCS."""
    at = FIRST_AT + timedelta(seconds=37.25 * number)
    name, ra_deg, dec_deg = FIELDS[number // 25 % len(FIELDS)]
    ra_deg, dec_deg = ra_deg + chance.gauss(0, 0.002), dec_deg + chance.gauss(0, 0.002)
    yield "DATE-OBS", at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:23], "UTC, start of exposure"
    yield "MJD-OBS", round(61364.0 + (at - FIRST_AT).total_seconds() / 86400 + 17 / 24, 8), "[d] start of exposure"
    yield "EXPNUM", 100_000 + number, "running number"
    yield "EXPTIME", (30.0, 60.0, 120.0, 300.0)[number // 5 % 4], "[s] exposure"
    yield "IMAGETYP", "Light Frame", "type of frame"
    yield "FILTER", FILTERS[number // 5 % len(FILTERS)], "filter"
    yield "OBJECT", name, "target"
    yield "RA", round(ra_deg, 6), "[deg] pointing"
    yield "DEC", round(dec_deg, 6), "[deg] pointing"
    yield "AIRMASS", round(1 + abs(math.sin(number / 300)), 4), "at mid exposure"
    yield "CCD-TEMP", round(-20 + chance.gauss(0, 0.05), 2), "[C] of the chip"
    yield "FOCUSPOS", 12_000 + chance.randrange(-40, 40), "[steps]"
    yield "AMBTEMP", round(4 + 3 * math.cos(number / 500) + chance.gauss(0, 0.1), 2), "[C] outside"
    yield "HUMIDITY", round(71 + chance.gauss(0, 4), 1), "[%]"
    yield "SKYMEAN", round(900 + chance.gauss(0, 40), 3), "[ADU] of the background"
    yield "FWHM", round(2.2 + chance.gauss(0, 0.3), 3), "[arcsec] of the stars"
    yield "GAIN", 1.3 + number // 1000 % 3 / 10, "[e-/ADU]"
    if number % 2:
        return
    angle = math.radians(1.5)
    for keyword, word in (("CTYPE1", "RA---TAN"), ("CTYPE2", "DEC--TAN"), ("CUNIT1", "deg"), ("CUNIT2", "deg")):
        yield keyword, word, ""
    yield "CRVAL1", round(ra_deg % 360, 8), "[deg]"
    yield "CRVAL2", round(dec_deg, 8), "[deg]"
    yield "CRPIX1", (SIZE_PX + 1) / 2, "[pixel]"
    yield "CRPIX2", (SIZE_PX + 1) / 2, "[pixel]"
    for keyword, value in (
        ("CD1_1", -SCALE_DEG * math.cos(angle)),
        ("CD1_2", SCALE_DEG * math.sin(angle)),
        ("CD2_1", SCALE_DEG * math.sin(angle)),
        ("CD2_2", SCALE_DEG * math.cos(angle)),
    ):
        yield keyword, round(value, 12), "[deg/pixel]"
    yield "RADESYS", "ICRS", "frame of the WCS"


def _of_all(count: int) -> list[str]:
    """Give what the camera's software repeats in every frame: settings, versions, names, and a few lines of history."""
    cards = [
        card("TELESCOP", "quadrant", "0.6 m f/6"),
        card("INSTRUME", "camera", "CCD"),
        card("OBSERVER", "T. Brahe", "who observed"),
        card("SITELAT", 55.9075, "[deg] north"),
        card("SITELONG", 12.6965, "[deg] east"),
        card("XBINNING", 1, "binning"),
        card("YBINNING", 1, "binning"),
        *(f"HISTORY   step {number} of the camera's own processing".ljust(CARD_BYTES) for number in range(6)),
    ]
    for number in range(count - len(cards)):
        kind = number % 4
        value: Value = (number * 17, round(number * 1.618, 4), f"setting {number}", number % 3 == 0)[kind]
        cards.append(card(f"SET{number:05d}", value, f"setting number {number} of the controller"))
    return cards


def header_cards(number: int, *, seed: int = 1, count: int = CARDS) -> list[str]:
    """Write the cards of a frame, without END: always the same for the same number and seed."""
    chance = random.Random(f"{seed}/{number}")
    cards = [
        card("SIMPLE", True, "conforms to FITS standard"),
        card("BITPIX", 16, "array data type"),
        card("NAXIS", 2, "number of array dimensions"),
        card("NAXIS1", SIZE_PX),
        card("NAXIS2", SIZE_PX),
        card("BZERO", 32768, "unsigned"),
        card("BSCALE", 1),
        *(card(*own) for own in _own(number, chance)),
    ]
    return cards + _of_all(count - len(cards))


def frame_bytes(number: int, *, seed: int = 1, count: int = CARDS) -> bytes:
    """Write a whole frame: header and a small image."""
    header = "".join([*header_cards(number, seed=seed, count=count), "END".ljust(CARD_BYTES)]).encode("ascii")
    pixels = np.random.default_rng([seed, number]).integers(0, 2**12, SIZE_PX**2, dtype=np.int16).astype(">i2")
    return _padded(header, b" ") + _padded(pixels.tobytes(), b"\0")


def _padded(content: bytes, filling: bytes) -> bytes:
    return content + filling * (-len(content) % BLOCK_BYTES)


def write_frames(folder: Path, count: int, *, seed: int = 1) -> list[Path]:
    """Write many frames into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(count):
        path = folder / f"frame_{number:06d}.fits"
        path.write_bytes(frame_bytes(number, seed=seed))
        paths.append(path)
    return paths
