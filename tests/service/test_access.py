"""The table of access holds: every operation, by everybody, with things of every state; what it shows, and hides."""

from __future__ import annotations

import pytest

from service.access_table import TABLE, row_of
from tests.support.access_matrix import Matrix
from tests.support.api_examples import EXAMPLES

pytestmark = pytest.mark.xdist_group("access")


async def test_every_operation_stands_in_one_row_of_the_table(matrix: Matrix) -> None:
    named = [operation_id for row in TABLE for operation_id in row.operations]
    assert sorted(named) == sorted(matrix.operations), "service/access_table.py names each operation once"
    for operation_id, (_, template, _) in matrix.operations.items():
        if "{organisation}" in template and not template.startswith("/api/v1/packages/"):
            assert "foreign" in row_of(operation_id).cells, operation_id


@pytest.mark.parametrize("operation_id", sorted(EXAMPLES))
async def test_each_cell_is_as_the_table_has_it(matrix: Matrix, operation_id: str) -> None:
    wrong = [what for cell in matrix.cells([operation_id]) for what in await matrix.try_cell(cell)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("operation_id", sorted(EXAMPLES))
async def test_no_other_credential_opens_more(matrix: Matrix, operation_id: str) -> None:
    wrong = await matrix.by_credential(operation_id)
    if "{organisation}" in matrix.operations[operation_id][1]:
        wrong += await matrix.as_another(operation_id, "owner")
    assert not wrong, "\n".join(wrong)
