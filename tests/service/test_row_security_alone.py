"""The matrix once more with the checks of the actions switched off: the database alone keeps tenants apart."""

from __future__ import annotations

import pytest

from service.access_table import Who
from tests.support.access_matrix import Matrix
from tests.support.api_examples import EXAMPLES
from tests.support.open_house import as_neighbour, as_one_of_them

pytestmark = pytest.mark.xdist_group("access")

LESSER: tuple[Who, ...] = ("past guest", "other guest", "team viewer")


@pytest.mark.parametrize("operation_id", sorted(EXAMPLES))
async def test_a_neighbour_neither_reads_nor_changes_anything(matrix: Matrix, operation_id: str) -> None:
    _, template, operation = matrix.operations[operation_id]
    if not any(part in template for part in ("{organisation}", "{team}", "/link")) or operation["security"] == [{}]:
        pytest.skip("it is about no organisation, or for everybody")
    wrong = await as_neighbour(matrix, operation_id)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("operation_id", sorted(EXAMPLES))
async def test_guests_and_readers_see_and_change_what_is_theirs(matrix: Matrix, operation_id: str) -> None:
    template, operation = matrix.operations[operation_id][1:]
    if "{organisation}" not in template or operation["security"] == [{}]:
        pytest.skip("it asks for no role in an organisation")
    wrong = [what for who in LESSER for what in await as_one_of_them(matrix, operation_id, who)]
    assert not wrong, "\n".join(wrong)
