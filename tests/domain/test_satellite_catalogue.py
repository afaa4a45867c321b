"""Catalogues: SGP4 as its authors verified it, and sets that cannot be used beside those that can."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest

from domain.satellite_catalogue import Catalogue
from domain.satellite_states import list_unjudged
from tests.support.made_up_satellites import EPOCH, decayed_set, made_up_sets, unusable_sets
from tests.support.tle_reader import element_set_of


@pytest.mark.shared
def test_the_verification_set_of_sgp4(reference_data: Path) -> None:
    # Vallado et al. 2006: SGP4-VER.TLE, and what their C++ program wrote; 1e-6 km. Their program stops at an error.
    text = (reference_data / "satref" / "vallado_SGP4-VER.TLE").read_text().splitlines()
    expected: dict[int, list[list[float]]] = {}
    for line in (reference_data / "satref" / "vallado_tcppver.out").read_text().splitlines():
        words = line.split()
        if words[1:2] == ["xx"]:
            rows = expected.setdefault(int(words[0]), [])
        elif words:
            rows.append([float(word) for word in words[:7]])
    worst_km, compared, refused = 0.0, 0, []
    for first, second in pairwise(text):
        if not (first.startswith("1 ") and second.startswith("2 ")):
            continue
        elements = element_set_of(first, second)
        if Catalogue.build([elements]).set_aside:
            refused.append(elements.norad_id)
            continue
        record = elements.satrec()
        for minutes, *position_km in expected[int(first[2:7])]:
            error, ours_km, _ = record.sgp4_tsince(minutes)
            assert error == 0
            worst_km = max(worst_km, float(np.abs(np.array(ours_km) - position_km[:3]).max()))
            compared += 1
    assert refused == [33334]  # made to fail at its epoch
    assert compared > 600
    assert worst_km < 1e-6


@pytest.mark.shared
def test_the_worked_example_of_sgp4(reference_data: Path) -> None:
    case = json.loads((reference_data / "satref" / "external_cases.json").read_text())["sgp4_appendix_c"]
    error, position_km, velocity_km_s = element_set_of(*case["tle"]).satrec().sgp4_tsince(case["minutes_since_epoch"])
    assert error == 0
    assert position_km == pytest.approx(case["r_teme_km"], abs=2e-6)
    assert velocity_km_s == pytest.approx(case["v_teme_km_s"], abs=2e-9)


def test_sets_that_cannot_be_used_are_set_aside_with_a_reason() -> None:
    good = list(made_up_sets(20))
    catalogue = Catalogue.build([*unusable_sets(), *good])
    assert catalogue.norad_ids.tolist() == [elements.norad_id for elements in good]
    assert [each.norad_id for each in catalogue.set_aside] == [each.norad_id for each in unusable_sets()]
    assert {each.code for each in catalogue.set_aside} == {"unusable"}
    assert all(re.search(r"SGP4 refuses|no orbit|cannot be used", each.reason) for each in catalogue.set_aside)


def test_catalogue_numbers_of_nine_digits_are_as_good_as_others() -> None:
    [elements] = made_up_sets(1)
    catalogue = Catalogue.build([elements, msgspec.structs.replace(elements, norad_id=999_999_999)])
    _, position_km, _ = catalogue.propagate(np.array([2_461_365.5]), np.array([0.0]))
    assert catalogue.norad_ids.tolist() == [900_000, 999_999_999]
    assert (position_km[0] == position_km[1]).all()


def test_a_smaller_catalogue_keeps_who_is_who() -> None:
    catalogue = Catalogue.build([*unusable_sets(), *made_up_sets(30)])
    some = catalogue.only([900_007, 123, 900_002, 900_007, 991_001])
    assert some.norad_ids.tolist() == [900_007, 900_002]
    assert some.names == ["MADE-UP-7", "MADE-UP-2"]
    assert [each.norad_id for each in some.set_aside] == [991_001]
    assert (some.index_of(900_002), some.index_of(123)) == (1, None)
    days = np.array([2_461_365.5]), np.array([0.25])
    assert (some.propagate(*days)[1][0] == catalogue.propagate(*days)[1][7]).all()
    assert (catalogue.propagate_some([7], *days)[1] == some.propagate(*days)[1][:1]).all()


def test_an_empty_catalogue_is_a_catalogue() -> None:
    catalogue = Catalogue.build([])
    assert len(catalogue) == 0
    assert catalogue.propagate(np.array([2_461_365.5]), np.array([0.0]))[1].shape == (0, 1, 3)


def test_who_cannot_be_judged_is_named_with_the_reason() -> None:
    old = msgspec.structs.replace(next(made_up_sets(1)), norad_id=1, epoch=EPOCH - timedelta(days=4000))
    catalogue = Catalogue.build([*unusable_sets()[:1], old, decayed_set(), *made_up_sets(2)])
    age_days = np.array([4000.0, 10.0, 1.0, 1.0])
    found = list_unjudged(catalogue, age_days, np.array([0, 6, 0, 4], dtype=np.uint8))
    assert [(each.norad_id, each.code) for each in found] == [
        (991_001, "unusable"), (1, "out-of-date"), (990_001, "decayed"), (900_001, "no-position"),
    ]  # fmt: skip
    assert "4000 days before this time" in found[1].reason
