"""Frame types: the words of many instruments, the names that give a calibration away, and the liars."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from domain.fact_rules import derive_facts
from domain.facts import HeaderMapping
from domain.frame_type import classify_type, type_by_object
from tests.support.header_units import unit_of

# Words of: SBIG and NOAO IMAGETYP, LCO and Gemini OBSTYPE, ESO DPR TYPE, HST and JWST, N.I.N.A., Siril, APP, SGP, Keck.
WORDS = {
    "bias": "bias|BIAS|Bias Frame|zero|Zero|MASTER BIAS|MasterBias|OFFSET|superbias",
    "dark": "dark|Dark Frame|MASTER DARK|MasterDark|DARKFLAT|Dark Flat|FLATDARK|NRC_DARK|MIR_DARKALL",
    "flat": "flat|FLAT|Flat Field|SKYFLAT|sky flat|LAMPFLAT|FLAT,LAMP|FLAT,SKY|SKY,FLAT|dome flat|MASTER FLAT|"
    "MasterFlat|Tricolor Flat|twilight|NRS_AUTOFLAT|flatlamp|DFLAT",
    "light": "light|LIGHT|Light Frame|Light|object|OBJECT|Object|SCIENCE|science|EXPOSE|STANDARD|STD|STD,FLUX|EXT|"
    "SPECTRUM|TRAILED|IMAGING|SPECTROSCOPIC|MASTER LIGHT|MasterLight|Integration|NRC_CORON|NRS_FIXEDSLIT|MIR_IMAGE",
    "arc": "arc|ARC|comp|COMPARISON|WAVE,LAMP|LAMP,WAVE|wavecal|ThAr|arclamp|NRS_LAMP",
    "focus": "focus|FOCUS|AUTO_FOCUS|NRC_FOCUS",
    "sky": "sky|SKY",
    "other": "GUIDE|ACQUISITION|acq|FGS_ACQ1|EXPERIMENTAL|BPM|TEST",
}


@pytest.mark.parametrize(("frame_type", "word"), [(t, w) for t, words in WORDS.items() for w in words.split("|")])
def test_words_of_many_instruments(frame_type: str, word: str) -> None:
    assert classify_type(word) == frame_type


@pytest.mark.parametrize("word", ["", "CALIB", "FK5", "407", "none", "yes"])
def test_words_that_tell_nothing(word: str) -> None:
    assert classify_type(word) is None


@pytest.mark.parametrize(
    ("name", "frame_type"),
    [
        ("Flat field", "flat"), ("FlatDither00", "flat"), ("FF R SCREEN 10S", "flat"), ("evening sky flat", "flat"),
        ("postflats-BIAS", "bias"), ("Bias", "bias"), ("zero", "bias"), ("dark 300s", "dark"), ("Master Dark", "dark"),
        ("arc", "arc"), ("HgCdArNe Arc", "arc"), ("focus run", "focus"),
        ("zero_pointing", None), ("FF Aql", None), ("Dark Doodad Nebula", None), ("LDN 1251 dark cloud", None),
        ("M57", None), ("Clone arc lens", None), ("", None), ("ILLUMMASK", None),
    ],
)  # fmt: skip
def test_names_that_give_a_calibration_away(name: str, frame_type: str | None) -> None:
    assert type_by_object(name) == frame_type


def facts_of(**cards: object) -> tuple[str | None, str | None, list[str]]:
    facts = derive_facts([unit_of(cards)])
    return facts.frame_type, facts.sources.get("frame_type"), [problem.code for problem in facts.problems]


def test_the_declared_type_is_taken_where_nothing_speaks_against_it() -> None:
    assert facts_of(IMAGETYP="Light Frame", OBJECT="M31", EXPTIME=60.0) == ("light", "IMAGETYP@0", [])
    assert facts_of(IMAGETYP="Dark Frame", OBJECT="Dark", EXPTIME=300) == ("dark", "IMAGETYP@0", [])
    assert facts_of(OBSTYPE="EXPOSE", OBJECT="zero_pointing", EXPTIME=15.0) == ("light", "OBSTYPE@0", [])


def test_a_flat_called_light_is_found_out() -> None:
    facts = derive_facts([unit_of({"IMAGETYP": "Light Frame", "OBJECT": "Flat field", "EXPTIME": 300})])
    assert (facts.frame_type, facts.sources["frame_type"]) == ("flat", "OBJECT@0")
    assert [problem.code for problem in facts.problems] == ["frame-type-doubtful"]
    assert "IMAGETYP@0 'Light Frame'" in facts.problems[0].detail and "'Flat field'" in facts.problems[0].detail


def test_what_the_sender_says_is_taken_where_no_header_declares_a_type() -> None:
    facts = derive_facts([unit_of({"OBJECT": "wall", "EXPTIME": 3.0})], told_type="flat")
    assert (facts.frame_type, facts.sources["frame_type"], facts.problems) == ("flat", "upload", [])
    facts = derive_facts([unit_of({"OBJECT": "Bias 003", "EXPTIME": 0.0})], told_type="light")
    assert (facts.frame_type, facts.sources["frame_type"]) == ("bias", "OBJECT@0")
    assert [problem.code for problem in facts.problems] == ["frame-type-differs"]
    facts = derive_facts([unit_of({"IMAGETYP": "Dark Frame", "EXPTIME": 300})], told_type="flat")
    assert (facts.frame_type, facts.sources["frame_type"]) == ("dark", "IMAGETYP@0")
    assert [problem.code for problem in facts.problems] == ["frame-type-differs"]
    assert "sent as flat, but IMAGETYP@0 says dark" in facts.problems[0].detail
    facts = derive_facts([unit_of({"IMAGETYP": "Flat Field"})], told_type="flat")
    assert (facts.sources["frame_type"], facts.problems) == ("IMAGETYP@0", [])


def test_an_owners_mapping_stands_above_what_the_sender_says() -> None:
    mapping = HeaderMapping(keywords={"frame_type": ["KIND"]}, values={"frame_type": {"7": "arc"}})
    facts = derive_facts([unit_of({"KIND": "7"})], told_type="flat", mapping=mapping)
    assert (facts.frame_type, facts.sources["frame_type"]) == ("arc", "mapping:KIND@0")
    assert [problem.code for problem in facts.problems] == ["frame-type-differs"]


def test_a_bias_called_dark_is_found_out() -> None:
    assert facts_of(IMAGETYP="Dark Frame", EXPTIME=1e-32) == ("bias", "IMAGETYP@0", ["frame-type-doubtful"])
    assert facts_of(IMAGETYP="Dark Frame", EXPTIME=0.01) == ("dark", "IMAGETYP@0", [])


def test_doubts_that_change_nothing_are_still_told() -> None:
    assert facts_of(IMAGETYP="Light Frame", EXPTIME=0.0) == ("light", "IMAGETYP@0", ["frame-type-doubtful"])
    assert facts_of(IMAGETYP="Bias Frame", EXPTIME=300.0) == ("bias", "IMAGETYP@0", ["frame-type-doubtful"])


def test_without_a_type_a_plain_name_tells_it() -> None:
    assert facts_of(OBJECT="skyflat R") == ("flat", "OBJECT@0", [])
    assert facts_of(OBJECT="M31") == (None, None, [])


def test_a_word_nobody_knows_is_other_only_where_it_must_be_a_type() -> None:
    assert facts_of(IMAGETYP="WIBBLE") == ("other", "IMAGETYP@0", [])
    assert facts_of(FRAME="FK5", FLAVOR="science") == ("light", "FLAVOR@0", [])
    assert facts_of(FRAME="407") == (None, None, [])


# Observers' own words, from the logs of 78 nights at Keck, Lick and IRTF.
@pytest.mark.shared
def test_no_science_target_of_real_nights_is_taken_for_a_calibration(reference_data: Path) -> None:
    with (reference_data / "nightlogs" / "keck_lick_irtf_exposures.csv").open() as file:
        rows = list(csv.DictReader(file))
    kinds = {"object": "light", "flat": "flat", "arc": "arc", "bias": "bias", "focus": "focus"}
    assert {classify_type(row["type"]) == kinds[row["type"]] for row in rows} == {True}
    science = [row["target"] for row in rows if row["type"] == "object"]
    assert len(science) > 1200
    assert [target for target in science if type_by_object(target)] == []
    calibrations = [row for row in rows if row["type"] in ("flat", "arc", "bias")]
    told = [(row, found) for row in calibrations if (found := type_by_object(row["target"]))]
    assert all(kinds[row["type"]] == found for row, found in told)
    assert len(told) > 0.85 * len(calibrations)
