"""Facts from headers: who wins, what is remembered, what is told, and that nothing in a header makes it fail."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fact_rules import derive_facts
from domain.facts import ExposureFacts, FactName, FrameType, HeaderMapping
from domain.fits_cards import parse_header
from domain.frame_type import TYPE_KEYWORDS
from domain.header import Card, HeaderUnit
from domain.header_facts import KEYWORDS
from domain.header_pointing import PAIRS
from domain.header_start import DATE_KEYWORDS, DAY_NUMBER_KEYWORDS, TIME_KEYWORDS
from domain.site import SitePlace
from tests.support.examples import tried_on
from tests.support.header_units import unit_of

NAIVE = {
    "IMAGETYP": "Light Frame",
    "DATE-OBS": "2026-11-20T22:15:00.5",
    "EXPTIME": 120.0,
    "FILTER": "R",
    "OBJECT": "M31",
    "AIRMASS": 1.25,
    "GAIN": 100,
    "XBINNING": 2,
    "YBINNING": 1,
    "CCD-TEMP": -10.5,
    "TELESCOP": "Quadrant",
    "INSTRUME": "Camera",
    "OBSERVER": "T. Brahe",
    "RA": "00:42:44.3",
    "DEC": "+41:16:09",
}

HVEEN = SitePlace(latitude_deg=55.9, longitude_deg=12.7, height_m=70.0, time_zone="Europe/Copenhagen")


def derive(*cards: Any, **options: Any) -> ExposureFacts:
    """Derive from one unit, given as a dict or as (keyword, value[, comment]) items."""
    return derive_facts([unit_of(cards[0] if len(cards) == 1 and isinstance(cards[0], dict) else cards)], **options)


def codes(facts: ExposureFacts) -> list[str]:
    return [problem.code for problem in facts.problems]


def test_a_plain_header_gives_every_fact_and_remembers_the_cards() -> None:
    facts = derive(NAIVE)
    assert facts.frame_type == "light"
    assert facts.start_at == datetime(2026, 11, 20, 22, 15, 0, 500000, tzinfo=UTC)
    assert facts.mid_at == datetime(2026, 11, 20, 22, 16, 0, 500000, tzinfo=UTC)
    assert (facts.exposure_s, facts.filter, facts.object, facts.airmass, facts.gain) == (120.0, "R", "M31", 1.25, 100.0)
    assert (facts.binning_x, facts.binning_y, facts.detector_temperature_c) == (2, 1, -10.5)
    assert (facts.telescope_name, facts.instrument_name, facts.observer) == ("Quadrant", "Camera", "T. Brahe")
    assert facts.ra_deg == pytest.approx(10.684583, abs=1e-6)
    assert facts.dec_deg == pytest.approx(41.269167, abs=1e-6)
    assert facts.problems == []
    assert {fact: source.removesuffix("@0") for fact, source in facts.sources.items()} == {
        "frame_type": "IMAGETYP", "start_at": "DATE-OBS", "mid_at": "DATE-OBS@0+EXPTIME", "exposure_s": "EXPTIME",
        "filter": "FILTER", "object": "OBJECT", "airmass": "AIRMASS", "gain": "GAIN", "binning_x": "XBINNING",
        "binning_y": "YBINNING", "detector_temperature_c": "CCD-TEMP", "telescope_name": "TELESCOP",
        "instrument_name": "INSTRUME", "observer": "OBSERVER", "ra_deg": "RA", "dec_deg": "DEC",
    }  # fmt: skip


def test_an_empty_header_gives_nothing_and_tells_nothing() -> None:
    assert derive({}) == ExposureFacts()
    assert derive_facts([]) == ExposureFacts()


def test_the_first_value_in_file_order_counts_and_its_hdu_is_told() -> None:
    units = [unit_of({"OBJECT": "", "TEXPTIME": 120.0}), unit_of({"OBJECT": "M1", "EXPTIME": 30.0}, index=1)]
    facts = derive_facts([*units, unit_of({"OBJECT": "M2", "EXPTIME": 31.0}, index=2)])
    assert (facts.object, facts.sources["object"]) == ("M1", "OBJECT@1")
    assert (facts.exposure_s, facts.sources["exposure_s"]) == (30.0, "EXPTIME@1")


# The owner's mapping


def test_the_mapping_wins_over_the_rules_and_falls_back_to_them() -> None:
    mapping = HeaderMapping(keywords={"filter": ["FILT1", "filt2"], "gain": ["NOWHERE"], "exposure_s": ["SHUTTER"]})
    facts = derive(NAIVE | {"FILT2": "Blue", "SHUTTER": "open"}, mapping=mapping)
    assert (facts.filter, facts.sources["filter"]) == ("Blue", "mapping:FILT2@0")
    assert (facts.gain, facts.sources["gain"]) == (100.0, "GAIN@0")
    assert (facts.exposure_s, facts.sources["exposure_s"]) == (120.0, "EXPTIME@0")
    assert codes(facts) == ["bad-value"]


# A header that astro_metadata_translator claims by INSTRUME.
DECAM = {"INSTRUME": "DECam", "OBSTYPE": "object", "FILTER": "g DECam", "EXPTIME": 90.0, "SECRET": "i", "OBJECT": "X1"}


def test_the_mapping_wins_over_the_translator_and_the_translator_over_the_rules() -> None:
    assert derive(DECAM).sources["filter"] == "translator:DECam"
    mapped = derive(DECAM, mapping=HeaderMapping(keywords={"filter": ["SECRET"]}))
    assert (mapped.filter, mapped.sources["filter"]) == ("i", "mapping:SECRET@0")
    assert mapped.sources["exposure_s"] == "translator:DECam"


def test_the_translator_can_be_left_out() -> None:
    facts = derive(DECAM, mapping=HeaderMapping(use_translator=False))
    assert (facts.filter, facts.sources["filter"]) == ("g DECam", "FILTER@0")


def test_values_are_renamed_whoever_gave_them() -> None:
    mapping = HeaderMapping(
        keywords={"exposure_s": ["SPEED"]},
        values={"filter": {"R": "Rc", "g DECam": "g"}, "exposure_s": {"slow": "600"}, "observer": {"x": "y"}},
    )
    assert derive(NAIVE, mapping=mapping).filter == "Rc"
    assert derive(NAIVE, mapping=mapping).sources["filter"] == "mapping:FILTER@0"
    assert derive(DECAM, mapping=mapping).filter == "g"
    assert derive(NAIVE | {"SPEED": "slow"}, mapping=mapping).exposure_s == 600.0
    assert derive(NAIVE, mapping=mapping).observer == "T. Brahe"


def test_a_mapped_frame_type_is_the_owners_word() -> None:
    liar = {"IMAGETYP": "Light Frame", "OBJECT": "Flat field", "KIND": "dark"}
    renamed = derive(liar, mapping=HeaderMapping(values={"frame_type": {"Light Frame": "arc"}}))
    assert (renamed.frame_type, renamed.sources["frame_type"], codes(renamed)) == ("arc", "mapping:IMAGETYP@0", [])
    pointed = derive(liar, mapping=HeaderMapping(keywords={"frame_type": ["KIND"]}))
    assert (pointed.frame_type, pointed.sources["frame_type"], codes(pointed)) == ("dark", "mapping:KIND@0", [])


def test_a_mapped_start_may_stand_in_two_cards_or_be_a_day_number() -> None:
    cards = {"DAY": "2020-03-01", "CLOCK": "01:02:03", "DAYS": 58909.5, "DATE-OBS": "2019-01-01T00:00:00"}
    both = derive(cards, mapping=HeaderMapping(keywords={"start_at": ["DAY", "CLOCK"]}))
    assert both.start_at == datetime(2020, 3, 1, 1, 2, 3, tzinfo=UTC)
    assert (both.sources["start_at"], codes(both)) == ("mapping:DAY@0+CLOCK@0", [])
    number = derive(cards, mapping=HeaderMapping(keywords={"start_at": ["DAYS"]}))
    assert number.start_at == datetime(2020, 3, 1, 12, tzinfo=UTC)


def test_a_mapped_pointing_and_binning() -> None:
    mapping = HeaderMapping(
        keywords={"ra_deg": ["MYRA"], "dec_deg": ["HIERARCH MY DEC"], "binning_x": ["B"], "binning_y": ["B"]}
    )
    facts = derive(NAIVE | {"MYRA": "06:00:00", "MY DEC": -5.5, "B": "4x3"}, mapping=mapping)
    assert (facts.ra_deg, facts.dec_deg, facts.binning_x, facts.binning_y) == (90.0, -5.5, 4, 3)
    assert (facts.sources["dec_deg"], facts.sources["binning_y"]) == ("mapping:MY DEC@0", "mapping:B@0")


def test_a_wrong_clock_is_set_right() -> None:
    facts = derive(NAIVE, mapping=HeaderMapping(time_offset_s=-3600.0))
    assert facts.start_at == datetime(2026, 11, 20, 21, 15, 0, 500000, tzinfo=UTC)
    assert facts.mid_at == facts.start_at + timedelta(seconds=60)
    beyond = derive(NAIVE, mapping=HeaderMapping(time_offset_s=1e300))
    assert (beyond.start_at, codes(beyond)) == (derive(NAIVE).start_at, ["bad-value"])


# Start and middle


@pytest.mark.parametrize(
    ("cards", "start", "source"),
    [
        ({"DATE-OBS": "2005-07-31", "UTC-OBS": "9:55:10.57"}, "2005-07-31T09:55:10.570", "DATE-OBS@0+UTC-OBS@0"),
        ({"DATE-OBS": "06/01/96", "TIME-OBS": "08:56:00"}, "1996-01-06T08:56:00", "DATE-OBS@0+TIME-OBS@0"),
        ({"DATE-OBS": "2009-06-25", "UTC-OBS": "2009-06-25T08:41:23"}, "2009-06-25T08:41:23", "DATE-OBS@0+UTC-OBS@0"),
        ({"DATE-OBS": "1991-12-30", "TM-START": 32147.0}, "1991-12-30T08:55:47", "DATE-OBS@0+TM-START@0"),
        ({"DATE-OBS": "2019-08-08", "TIME-OBS": "00:42:27", "UTSTART": "00:42:29"}, "2019-08-08T00:42:29", None),
        ({"DATE-OBS": "2015-10-10", "MJD-OBS": 57305.25}, "2015-10-10T06:00:00", "MJD-OBS@0"),
        ({"MJD-OBS": 56215.5}, "2012-10-15T12:00:00", "MJD-OBS@0"),
        ({"JD": "2452302.75"}, "2002-01-28T06:00:00", "JD@0"),
        ({"EXPSTART": 53436.25}, "2005-03-07T06:00:00", "EXPSTART@0"),
        ({"DATE-BEG": "2025-03-12T03:10:00", "DATE-OBS": "2025-03-12T03:26:00"}, "2025-03-12T03:10:00", "DATE-BEG@0"),
        ({"DATE-OBS": "        ", "DATE_OBS": "1991-11-05T11:10:24"}, "1991-11-05T11:10:24", "DATE_OBS@0"),
        ({"DATE-OBS": "2022-02-09T00:58:20", "TIMESYS": "TAI"}, "2022-02-09T00:57:43", "DATE-OBS@0"),
        ({"DATE-OBS": "04/07/18", "UT": "14:03:03", "JD": 2458304.0854}, "2018-07-04T14:03:03", "DATE-OBS@0+UT@0"),
        ({"DATE-OBS": "08/11/51", "UT": "10:00:00"}, "1951-11-08T10:00:00", "DATE-OBS@0+UT@0"),
    ],
)
def test_the_start_is_found(cards: dict[str, Any], start: str, source: str | None) -> None:
    facts = derive(cards)
    assert facts.start_at == datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert source in (None, facts.sources["start_at"])
    assert codes(facts) == []


@pytest.mark.parametrize(
    ("comment", "start"),
    [
        ("1st row - TAI date", "2022-02-09T00:57:43"),
        ("[TAI] start", "2022-02-09T00:57:43"),
        ("UTC DATE AND TIME IMAGE OBTAINED", "2022-02-09T00:58:20"),
        ("FOR DETAILS SEE THE MANUAL", "2022-02-09T00:58:20"),
        ("UTC, not TAI", "2022-02-09T00:58:20"),
    ],
)
def test_a_comment_names_the_scale_by_a_word_of_its_own(comment: str, start: str) -> None:
    facts = derive(("DATE-OBS", "2022-02-09T00:58:20", comment), ("FILLER", 0))
    assert facts.start_at == datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert codes(facts) == []


def test_a_start_that_is_said_to_be_local_is_told() -> None:
    for cards in (
        [("DATE-OBS", "2026-11-20T22:15:00", "Local time at start"), ("FILLER", 0)],
        [("DATE-OBS", "2026-11-20"), ("TIME-OBS", "22:15:00", "local time")],
    ):
        facts = derive(*cards)
        assert (facts.start_at, codes(facts)) == (datetime(2026, 11, 20, 22, 15, tzinfo=UTC), ["local-time"])
    both = derive(("DATE-OBS", "2026-11-20T22:15:00", "UTC; local time is in DATE-LOC"), ("FILLER", 0))
    assert codes(both) == []


def test_a_date_alone_is_midnight_and_told() -> None:
    facts = derive({"DATE-OBS": "1990-01-27", "MJD-OBS": 47918.0})
    assert (facts.start_at, codes(facts)) == (datetime(1990, 1, 27, tzinfo=UTC), ["time-missing"])


def test_an_impossible_date_is_told_and_the_next_keyword_tried() -> None:
    alone = derive({"DATE-OBS": "2015-13-39T25:61:00"})
    assert (alone.start_at, codes(alone)) == (None, ["bad-date"])
    assert "2015-13-39T25:61:00" in alone.problems[0].detail
    saved = derive({"DATE-OBS": "2015-13-39T25:61:00", "MJD-OBS": 57375.75})
    assert (saved.start_at, saved.sources["start_at"]) == (datetime(2015, 12, 19, 18, tzinfo=UTC), "MJD-OBS@0")
    assert codes(saved) == ["bad-date"]


@pytest.mark.parametrize(
    "card", ["DATE-OBS= '        '           / start", "DATE-OBS= ''", "DATE-OBS=", "DATE-OBS= 'N/A     '"]
)
def test_a_blank_date_is_told_where_nothing_else_tells_the_start(card: str) -> None:
    def derived(*cards: str) -> ExposureFacts:
        block = "".join(text.ljust(80) for text in (*cards, "END")).encode()
        return derive_facts([HeaderUnit(0, "PRIMARY", "empty", (), parse_header(block))])

    blank = derived(card)
    assert (blank.start_at, codes(blank)) == (None, ["date-missing"])
    assert "DATE-OBS is blank" in blank.problems[0].detail
    saved = derived(card, "MJD-OBS =             57375.75")
    assert (saved.start_at, codes(saved)) == (datetime(2015, 12, 19, 18, tzinfo=UTC), [])
    bad = derived(card, "DATE-BEG= '2015-13-39T25:61:00'")
    assert codes(bad) == ["bad-date"], "one fault is told once"


def test_a_header_without_a_date_is_no_fault() -> None:
    assert derive({"OBJECT": "M31"}).problems == []


def test_implausible_dates_are_kept_and_told() -> None:
    old = derive({"DATE-OBS": "1864-01-01T00:00:00"})
    assert (old.start_at, codes(old)) == (datetime(1864, 1, 1, tzinfo=UTC), ["implausible-date"])
    ahead = {"DATE-BEG": "2044-03-15T08:22:54"}
    assert codes(derive(ahead)) == []
    now = datetime(2026, 1, 1, tzinfo=UTC)
    told = derive(ahead, plausible=(datetime(1880, 1, 1, tzinfo=UTC), now))
    assert (told.start_at, codes(told)) == (datetime(2044, 3, 15, 8, 22, 54, tzinfo=UTC), ["implausible-date"])


def test_a_scale_nobody_knows_is_read_as_utc_and_told() -> None:
    facts = derive({"DATE-OBS": "2012-06-01T00:00:00", "TIMESYS": "MARS"})
    assert (facts.start_at, codes(facts)) == (datetime(2012, 6, 1, tzinfo=UTC), ["time-scale-unknown"])


def test_timesys_of_another_extension_says_nothing() -> None:
    facts = derive_facts([unit_of({"DATE-OBS": "2012-06-01T00:00:00"}), unit_of({"TIMESYS": "TAI"}, index=2)])
    assert facts.start_at == datetime(2012, 6, 1, tzinfo=UTC)


def test_local_time_needs_the_site() -> None:
    cards = {"DATE-LOC": "2026-07-01T23:30:00"}
    assert derive(cards).start_at is None
    facts = derive(cards, site=HVEEN)
    assert (facts.start_at, facts.sources["start_at"]) == (datetime(2026, 7, 1, 21, 30, tzinfo=UTC), "DATE-LOC@0")
    assert derive(cards | {"DATE-OBS": "2026-07-01T21:30:01"}, site=HVEEN).sources["start_at"] == "DATE-OBS@0"


START = {"DATE-OBS": "2026-11-20T22:00:00", "EXPTIME": 60.0}


@pytest.mark.parametrize(
    ("cards", "seconds", "source"),
    [
        ({}, 30.0, "DATE-OBS@0+EXPTIME@0"),
        ({"DATE-AVG": "2026-11-20T22:00:40"}, 40.0, "DATE-AVG@0"),
        ({"DATE-END": "2026-11-20T22:01:08"}, 30.0, "DATE-OBS@0+EXPTIME@0"),
        ({"DATE-END": "2026-11-20T23:00:00"}, 1800.0, "DATE-OBS@0+DATE-END@0"),
        ({"DATE-END": "2026-11-20", "TIME-END": "23:00:00"}, 1800.0, "DATE-OBS@0+DATE-END@0"),
        ({"DATE-END": "2026-11-19T23:00:00"}, 30.0, "DATE-OBS@0+EXPTIME@0"),
        ({"EXPTIME": "", "DATE-END": "2026-11-20T22:01:08"}, 34.0, "DATE-OBS@0+DATE-END@0"),
    ],
)
def test_the_middle_is_found(cards: dict[str, Any], seconds: float, source: str) -> None:
    facts = derive(START | cards)
    assert facts.start_at is not None and facts.mid_at is not None
    assert (facts.mid_at - facts.start_at).total_seconds() == seconds
    assert facts.sources["mid_at"] == source


# Single facts


@pytest.mark.parametrize(
    ("cards", "seconds", "source"),
    [
        ([("EXPTIME", "30")], 30.0, "EXPTIME@0"),
        ([("EXPTIME", "9,78E-03")], 0.00978, "EXPTIME@0"),
        ([("EXPTIME", 1e-32)], 1e-32, "EXPTIME@0"),
        ([("EXPTIME", 0)], 0.0, "EXPTIME@0"),
        ([("EXP", 15.0)], 15.0, "EXP@0"),
        ([("EXPOSURE", 9, "Exposure request number"), ("EFFEXPTM", 107.368)], 107.368, "EFFEXPTM@0"),
        ([("EXPOSURE", 9), ("XPOSURE", 107.368)], 107.368, "XPOSURE@0"),
        ([("EXPOSURE", 9, "Exposure request number")], None, None),
        ([("XPOSURE", 250.0, "[ms] exposure")], 0.25, "XPOSURE@0"),
        ([("EXPTIME", 500, "Exposure time (ms)")], 0.5, "EXPTIME@0"),
        ([("EXPTIME", 500.0, "exposure in milliseconds")], 0.5, "EXPTIME@0"),
        ([("EXPOSURE", 2500000, "[us] exposure")], 2.5, "EXPOSURE@0"),
        ([("EXPTIME", 2.0, "[min] exposure")], 120.0, "EXPTIME@0"),
        ([("EXPTIME", 30.0, "[s] to the millisecond, of the (min) and the h")], 30.0, "EXPTIME@0"),
        ([("EXPTIME", "long"), ("EXPOSURE", "12.5 s")], 12.5, "EXPOSURE@0"),
        ([("EXPTIME", "NaN")], None, None),
    ],
)
def test_exposures(cards: list[tuple[Any, ...]], seconds: float | None, source: str | None) -> None:
    facts = derive(*cards) if len(cards) > 1 else derive(cards[0], ("FILLER", 0))
    assert (facts.exposure_s, facts.sources.get("exposure_s")) == (seconds, source)


@pytest.mark.parametrize(
    ("cards", "name"),
    [
        ({"FILTER1": "F606W", "FILTER2": "CLEAR2L"}, "F606W"),
        ({"FILTER1": "open1-6", "FILTER2": "i_G0302"}, "i_G0302"),
        ({"FILTER1": "air", "FILTER2": "NOTPRESENT", "FILTER3": "V"}, "V"),
        ({"FILTER1": "B", "FILTER2": "ND2"}, "B+ND2"),
        ({"FILTER1": "Clear", "FILTER2": "open"}, "Clear"),
        ({"FILTER": "ip", "FILTER1": "air", "FILTER2": "other"}, "ip"),
        ({"FILTER": "Clear"}, "Clear"),
        ({"FILTER": "FILTER"}, None),
        ({"FILTER": "UNKNOWN", "INSFLNAM": "K"}, "K"),
        ({"FILTER": "None"}, None),
        ({"FILTER": 3}, "3"),
        ({"ESO INS FILT1 NAME": "R_SPECIAL", "ESO INS FILT2 NAME": "FREE"}, "R_SPECIAL"),
        ({"FILTER1": "Clearview 500"}, "Clearview 500"),
    ],
)
def test_filters(cards: dict[str, Any], name: str | None) -> None:
    assert derive(cards).filter == name


@pytest.mark.parametrize(
    ("cards", "xy"),
    [
        ({"CCDSUM": "2 2"}, (2, 2)),
        ({"BINNING": "2*2"}, (2, 2)),
        ({"BINNING": "1, 1"}, (1, 1)),
        ({"BINNING": "4x2"}, (4, 2)),
        ({"BINNING": 3}, (3, 3)),
        ({"BINNING": 2.0}, (2, 2)),
        ({"XBINNING": 2}, (2, 2)),
        ({"XBINNING": "2", "YBINNING": 1.0}, (2, 1)),
        ({"XBINNING": 0, "CCDSUM": "1 2"}, (1, 2)),
        ({"CCDBIN1": 1, "CCDBIN2": 4}, (1, 4)),
        ({"CCDSUM": "many"}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_binnings(cards: dict[str, Any], xy: tuple[int | None, int | None]) -> None:
    facts = derive(cards)
    assert (facts.binning_x, facts.binning_y) == xy


def test_gains_keep_the_sense_of_their_header() -> None:
    assert derive({"GAIN": 120, "EGAIN": 1.002}).gain == 120
    assert derive({"GAIN": 0}).gain == 0
    assert derive(("GAIN", 0.0, "AD conversion factor (electron/ADU)"), ("T", 1)).gain is None
    assert derive({"CAM-GAIN": 100, "EGAIN": 1.14}).sources["gain"] == "CAM-GAIN@0"
    assert derive({"EGAIN": "3.62"}).gain == 3.62
    assert derive({"CCDGAIN": "low", "ESO DET OUT1 CONAD": 1.2}) == derive({"ESO DET OUT1 CONAD": 1.2})


def test_temperatures_are_celsius_and_measured_before_set() -> None:
    assert derive({"SET-TEMP": -18.0, "CCD-TEMP": -17.5}).detector_temperature_c == -17.5
    assert derive({"SET-TEMP": -18.0}).detector_temperature_c == -18.0
    assert derive({"CCD-TEMP": 180.2}).detector_temperature_c == pytest.approx(-92.95)
    assert derive(("DETTEMP", 77.0, "[K] detector"), ("T", 1)).detector_temperature_c == pytest.approx(-196.15)
    assert derive({"CAMTEMP": "44 C"}).detector_temperature_c == 44.0
    absurd = derive({"CCD-TEMP": -999.0, "SET-TEMP": -20})
    assert (absurd.detector_temperature_c, codes(absurd)) == (-20.0, ["bad-value"])


def test_texts_lose_padding_and_placeholders() -> None:
    assert derive({"OBJECT": "HD  49790 "}).object == "HD 49790"
    assert derive({"OBJECT": "unknown", "FIELD": "KIC 8462852"}).sources["object"] == "FIELD@0"
    assert derive({"OBSERVER": "N/A", "TELESCOP": " "}) == ExposureFacts()


def test_airmasses() -> None:
    assert derive({"AIRMASS": 0.0, "SECZ": 1.1}).airmass == 1.1
    refused = derive({"AIRMASS": -9999.0})
    assert (refused.airmass, codes(refused)) == (None, ["bad-value"])


def test_a_bad_number_is_told_with_its_card_and_the_next_is_used() -> None:
    facts = derive({"EXPTIME": "xx", "EXPOSURE": True, "ITIME": 5.0})
    assert (facts.exposure_s, facts.sources["exposure_s"]) == (5.0, "ITIME@0")
    assert codes(facts) == ["bad-value", "bad-value"]
    assert "EXPTIME is 'xx'" in facts.problems[0].detail


def test_the_headers_site_is_checked() -> None:
    assert codes(derive({"SITELAT": "xx"})) == ["bad-value"]
    assert "SITELAT is 'xx'" in derive({"SITELAT": "xx"}).problems[0].detail
    here = {"SITELAT": "55 54 00", "SITELONG": "+12 42 00"}
    assert codes(derive(here, site=HVEEN)) == []
    assert codes(derive(here | {"SITELONG": -12.7}, site=HVEEN)) == []
    away = derive({"LAT-OBS": -30.2, "LONG-OBS": 12.7}, site=HVEEN)
    assert codes(away) == ["site-differs"]
    assert "30" not in away.problems[0].detail
    assert codes(derive({"SITELAT": 0.0, "SITELONG": 0.0}, site=HVEEN)) == []
    assert codes(derive({"LAT-OBS": -30.2, "LONG-OBS": 12.7})) == []


# Anything at all

_AXES = [word for axis in (1, 2) for word in (f"CTYPE{axis}", f"CRVAL{axis}")]
_OTHERS = (
    "TIMESYS", "RADESYS", "EQUINOX", "EPOCH", "DATE-END", "DATE-AVG", "SITELAT", "SITELONG", "FILTER1", "CCDSUM",
    "XBINNING", "BINNING", "DATE-LOC", "TELRA", "TELDEC", "UTC-OBS", "ORIGIN", "CCDMODE", "EXP-ID", "TAIHMS",
)  # fmt: skip
_KEYWORDS = sorted(
    {k for keywords in KEYWORDS.values() for k in keywords}
    | {k for pair in PAIRS for k in pair}
    | {*TYPE_KEYWORDS, *DATE_KEYWORDS, *TIME_KEYWORDS, *DAY_NUMBER_KEYWORDS, *_AXES, *_OTHERS}
)
_PLAUSIBLE_TEXTS = st.sampled_from((
    "2020-01-01", "2020-01-01T01:02:03", "9999-12-31T23:59:59.999999", "0001-01-01T00:00:00", "31/12/99", "12:13:14.5",
    "TAI", "TT", "TCB", "RA---TAN", "DEC--TAN", "FK4", "B1900", "1.5D+300", "1e999", "DECam", "HSC", "SuprimeCam",
    "MegaPrime", "Hyper Suprime-Cam", "-00 00 00", "23:59:60", "2x2", "0x0", "Dark Frame", "bias", "2.5m", "SDSS DRIFT",
))  # fmt: skip
_VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text(max_size=30)
) | _PLAUSIBLE_TEXTS
_CARDS = st.lists(
    st.builds(Card, st.sampled_from(_KEYWORDS), _VALUES, st.sampled_from(["", "[h]", "[K]", "[ms]", "TAI", "number"])),
    max_size=60,
)
_UNITS = st.lists(_CARDS, max_size=3).map(lambda units: [unit_of(cards, index) for index, cards in enumerate(units)])
_MAPPINGS = st.none() | st.builds(
    HeaderMapping,
    keywords=st.dictionaries(st.sampled_from(get_args(FactName)), st.lists(st.sampled_from(_KEYWORDS), max_size=3)),
    values=st.dictionaries(
        st.sampled_from(get_args(FactName)), st.dictionaries(_PLAUSIBLE_TEXTS, _PLAUSIBLE_TEXTS, max_size=2)
    ),
    time_offset_s=st.floats(allow_nan=False),
    use_translator=st.booleans(),
)


@tried_on(120)
@given(_UNITS, _MAPPINGS, st.sampled_from([None, HVEEN]))
def test_no_header_makes_it_fail_and_every_fact_has_a_source(
    units: list[HeaderUnit], mapping: HeaderMapping | None, site: SitePlace | None
) -> None:
    facts = derive_facts(units, mapping=mapping, site=site)
    values = {name: getattr(facts, name) for name in (*get_args(FactName), "mid_at")}
    assert set(facts.sources) == {name for name, value in values.items() if value is not None}
    assert all(math.isfinite(value) for value in values.values() if isinstance(value, float))
    assert facts.frame_type is None or facts.frame_type in get_args(FrameType)
    assert facts.exposure_s is None or facts.exposure_s >= 0
    assert facts.ra_deg is None or (0 <= facts.ra_deg < 360)
    assert facts.dec_deg is None or abs(facts.dec_deg) <= 90
    assert all(moment is None or moment.tzinfo is UTC for moment in (facts.start_at, facts.mid_at))
    assert all(problem.detail and problem.code for problem in facts.problems)
