"""The matrix once more with the checks of the actions switched off: the database alone keeps tenants apart."""

from __future__ import annotations

import pytest
from uraniborg._generated.operations import OPERATIONS

from service.access_table import Who
from tests.support.access_matrix import Matrix
from tests.support.api_examples import EXAMPLES
from tests.support.open_house import as_neighbour, as_one_of_them

pytestmark = pytest.mark.xdist_group("access")

OURS = [name for name in sorted(EXAMPLES) if name in OPERATIONS and not OPERATIONS[name].public]
"What is not for everybody."
SOMEBODYS = [
    name for name in OURS if any(part in OPERATIONS[name].path for part in ("{organisation}", "{team}", "/link"))
]
BY_ROLE = [name for name in OURS if "{organisation}" in OPERATIONS[name].path]
LESSER: tuple[Who, ...] = ("past guest", "other guest", "team viewer")


@pytest.mark.parametrize("operation_id", SOMEBODYS)
async def test_a_neighbour_neither_reads_nor_changes_anything(matrix: Matrix, operation_id: str) -> None:
    wrong = await as_neighbour(matrix, operation_id)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("operation_id", BY_ROLE)
async def test_guests_and_readers_see_and_change_what_is_theirs(matrix: Matrix, operation_id: str) -> None:
    wrong = [what for who in LESSER for what in await as_one_of_them(matrix, operation_id, who)]
    assert not wrong, "\n".join(wrong)
