"""Writes the pages of this folder that come from the code's own tables: who may do what."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from service.access_table import MEANINGS, STATES, TABLE, WHO, Row  # noqa: E402
from service.scopes import SCOPES  # noqa: E402

__all__ = ["access_page", "main"]

TARGET = HERE / "access.md"
ELSEWHERE = dict.fromkeys(WHO, "404") | {"link holder": "401", "nobody": "401", "upload token": "403"}
PEOPLE = [
    "`owner`, `admin`, `member`: the organisation's people.",
    "`guest`: a visiting observer who has the telescope now, and asks about one of their nights.",
    "`past guest`: one whose nights are over, and who asks about them.",
    "`other guest`: one who has the telescope now, and asks about a night that is not theirs.",
    "`team manager`, `team editor`, `team viewer`: people of a team with which a dataset is shared, and none of the"
    " organisation's.",
    "`link holder`: whoever has a link's secret.",
    "`stranger`: somebody with an account, and nothing else; `nobody`: without any credential.",
    "`upload token`: an upload-only token of the owner's, as telescopes' computers have.",
]


def _row(row: Row) -> list[str]:
    """Write a row as a table of its own: a line for each state, a column for each of those who ask."""
    head = [f"**{row.title}**: " + ", ".join(f"`{name}`" for name in row.operations), ""]
    usual = all(row.cells.get("foreign", {}).get(who) == outcome for who, outcome in ELSEWHERE.items())
    states = [(state, cells) for state, cells in row.cells.items() if state != "foreign" or not usual]
    lines = [f"| | {' | '.join(WHO)} |", f"|---|{'---|' * len(WHO)}"]
    lines += [f"| {state} | {' | '.join(cells[who] for who in WHO)} |" for state, cells in states]
    return [*head, *lines, ""]


def access_page() -> str:
    """Render the table of access as Markdown."""
    lines = [
        "# Who may do what",
        "",
        "Written by `make docs` from `service/access_table.py`. Every cell is tried over HTTP by"
        " `tests/service/test_access.py`, and the database alone holds tenants apart in"
        " `tests/service/test_row_security_alone.py`.",
        "",
        "Those who ask:",
        "",
        *[f"- {told}" for told in PEOPLE],
        "",
        "What they ask about:",
        "",
        *[f"- `{state}`: {meaning}." for state, meaning in STATES.items()],
        "",
        "To people of another organisation, whatever they are there, it is not there: `404`, and `401` or `403` for a"
        " credential that none takes. A line `foreign` stands only where it is otherwise.",
        "",
        "What they get:",
        "",
        *[f"- `{outcome}`: {meaning}." for outcome, meaning in MEANINGS.items()],
        "",
    ]
    for area in dict.fromkeys(row.area for row in TABLE):
        lines += [f"## {area}", ""]
        for row in TABLE:
            if row.area == area:
                lines += _row(row)
    lines += [
        "## Scopes of tokens",
        "",
        "A token does what its scopes allow, and never more than its owner may.",
        "",
        "| Scope | Allows to | Least role | Least role in a team |",
        "|---|---|---|---|",
    ]
    for name, scope in SCOPES.items():
        is_team = name in ("teams:read", "teams:write")
        role = "" if is_team or name == "account" else scope.role
        lines.append(f"| `{name}` | {scope.allows} | {role} | {scope.team_role if is_team else ''} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the pages, or with ``--check`` tell whether they are as the code has them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if there is something to write")
    check = parser.parse_args().check
    page = access_page()
    if TARGET.exists() and TARGET.read_text() == page:
        return 0
    if check:
        sys.stderr.write("docs/access.md is not as service/access_table.py has it: run `make docs`.\n")
        return 1
    TARGET.write_text(page)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
