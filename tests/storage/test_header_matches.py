"""The database compares header values as the domain says they compare."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from domain.header_terms import OPERATORS, matches
from storage.database import Database
from storage.frame_conditions import path_of_numbers, read_wanted

KEYWORD = 'A "B" K-1'  # not as FITS has them: nothing about a name is to matter
NEAR = [float(2**53), 2**53 + 1, 2**53 + 2, 2**53 + 3, 0.1, 5e-324, 1.7976931348623157e308, -1.7976931348623157e308]
numbers = st.one_of(
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0, -0.0, 1, 128, 2.5, 1e300, *NEAR]),
)
texts = st.one_of(
    st.sampled_from(
        ["R", " r ", "2.5", "+2.5D0", "1e5", "Ünïcode", "", "  ", "true", "T", "1e999", "2026-11-20", "%_"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12),
)
values = st.one_of(st.none(), st.booleans(), numbers, texts)


async def test_the_database_agrees_with_the_domain(database: Database) -> None:
    cases: list[tuple[object, str, str]] = []

    @settings(max_examples=3000, database=None, suppress_health_check=list(HealthCheck))
    @given(values, st.sampled_from(sorted(OPERATORS)), st.one_of(texts, numbers.map(repr), st.just("R")))
    def collect(value: object, operator: str, wanted: str) -> None:
        cases.append((value, operator, wanted))

    collect()
    rows = []
    for value, operator, wanted in cases:
        folded, number = read_wanted(wanted)
        path = path_of_numbers(KEYWORD, operator, number) if number is not None else None
        header = {KEYWORD: value}
        rows.append({"header": header, "operator": operator, "wanted": folded, "number": number, "path": path})
    async with database.transaction() as connection:
        answers = await connection.execute(
            text(
                "SELECT header_matches(e.row -> 'header' -> :keyword, e.row ->> 'operator', e.row ->> 'wanted',"
                " (e.row ->> 'number')::float8), coalesce(e.row -> 'header' @@ (e.row ->> 'path')::jsonpath, true)"
                " FROM jsonb_array_elements(cast(:rows AS jsonb)) WITH ORDINALITY AS e(row, n) ORDER BY n"
            ),
            {"rows": json.dumps(rows), "keyword": KEYWORD},
        )
        found, may = zip(*answers, strict=True)
    wrong = [
        (case, answer)
        for case, answer in zip(cases, found, strict=True)
        if answer != matches({"K": case[0]}, "K", case[1], None if case[1] == "exists" else case[2])  # type: ignore[dict-item]
    ]
    assert wrong == []
    assert {True, False} <= set(found)
    # What is asked first, since it is cheap, leaves nothing out that matches, and spares much of what does not.
    assert [case for case, answer, may_be in zip(cases, found, may, strict=True) if answer and not may_be] == []
    ordered = [row["path"] is not None and isinstance(row["header"][KEYWORD], int | float) for row in rows]
    spared = sum(is_ordered and not may_be for is_ordered, may_be in zip(ordered, may, strict=True))
    assert spared > sum(ordered) / 10 > 10
