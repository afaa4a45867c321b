"""The matrix fails when any single check is taken away."""

from __future__ import annotations

import pytest

from tests.support.access_matrix import Matrix
from tests.support.removal_list import REMOVALS
from tests.support.removals import Removal, surprises

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("access")]

BY_NAME = {removal.name: removal for removal in REMOVALS}


def test_there_are_many_and_each_has_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(REMOVALS) >= 20


@pytest.mark.parametrize("removal", REMOVALS, ids=lambda removal: removal.name)
async def test_the_matrix_notices(matrix: Matrix, removal: Removal) -> None:
    beside = [BY_NAME[name] for name in removal.beside]
    assert await surprises(matrix, removal, beside) == [], "with this check in its place nothing is amiss"
    found = await surprises(matrix, removal, [*beside, removal])
    # A crash alone would be no proof: something was told, changed, done or refused that should not have been.
    if removal.run in ("neighbour", "roles"):
        assert [what for what in found if "tells [], changes []" not in what], found
    else:
        assert [what for what in found if ": 500 instead of" not in what], found
