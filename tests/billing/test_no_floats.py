"""No float touches money, nor what money is computed from."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.support.float_lint import floats_in

COUNTING = [
    *(ROOT / "billing").glob("**/*.py"),
    *(ROOT / name for name in ("domain/money.py", "domain/metering.py", "domain/calendar_month.py")),
    *(ROOT / "storage").glob("usage_*.py"),
    *(ROOT / "service" / "actions" / name for name in ("usage.py", "bills.py", "estimates.py", "tenant_usage.py")),
    *(ROOT / name for name in ("service/usage_reports.py", "service/recalls.py", "storage/payment_store.py")),
]
GOOD = """
from fractions import Fraction
share = Fraction(used, whole) * Fraction("0.1")
least, left = divmod(share.numerator, share.denominator)
"""
BAD = [
    "price = 0.1",
    "price = float('0.1')",
    "share = used / whole",
    "used /= whole",
    "price = round(share, 2)",
    "def f(price: float) -> None: ...",
    "import math",
    "from numpy import floor",
    "passed = (end - begin).total_seconds()",
]


def test_it_is_so() -> None:
    assert len(COUNTING) > 6
    found = {str(path.relative_to(ROOT)): floats_in(path.read_text()) for path in COUNTING}
    assert {name: problems for name, problems in found.items() if problems} == {}


@pytest.mark.parametrize("source", BAD)
def test_it_would_be_seen(source: str) -> None:
    assert floats_in(source)


def test_fractions_and_whole_numbers_pass() -> None:
    assert floats_in(GOOD) == []
