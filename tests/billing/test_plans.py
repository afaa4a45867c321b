"""The file of plans: what is read from it, what is refused, and that prices never become floats."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from billing.plans import read_plans
from domain.errors import InvalidInput, NotFound

HEAD = 'default = "small"\n'
SMALL = '[[plans]]\nname = "small"\nversion = 1\ntitle = "Small"\ncurrency = "EUR"\n'
PRICES = "storage_prices = { hot = 0.10, cool = 0.05, archive = 1 }\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "plans.toml"
    path.write_text(text)
    return path


def test_ours_limits_nothing_and_costs_nothing() -> None:
    book = read_plans()
    plan = book.find(book.default)
    assert (plan.hard_limit_gib, plan.soft_limit_gib, plan.egress_price) == (None, None, 0)
    assert {plan.price(tier) for tier in ("hot", "cool", "archive")} == {Decimal(0)}


def test_prices_are_what_is_written(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + SMALL + PRICES + SMALL.replace("version = 1", "version = 2"))
    book = read_plans(path)
    assert book.find("small", 1).storage_prices == {"hot": Decimal("0.10"), "cool": Decimal("0.05"), "archive": 1}
    assert book.find("small").version == 2
    with pytest.raises(NotFound, match="small@1, small@2"):
        book.find("large")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD, "plans"),
        (HEAD + SMALL + "seats = 3\n", "seats"),
        (HEAD + SMALL + SMALL, "same name and version"),
        (HEAD.replace("small", "large") + SMALL, "no plan large"),
        (HEAD + SMALL.replace("EUR", "GALLEONS"), "GALLEONS"),
        (HEAD + SMALL + PRICES.replace("0.10", "nan"), "wrong"),
        (HEAD + SMALL + PRICES.replace("0.10", "1e2"), "wrong"),
        (HEAD + SMALL + PRICES.replace("0.10", "-0.1"), "wrong"),
        (HEAD + SMALL + PRICES.replace("0.10", '"-0.1"'), "a price is"),
        (HEAD + SMALL + "storage_prices = { hot = 0.1 }\n", "for each of"),
        (HEAD + SMALL + "free_gib = -1\n", "free_gib"),
        (HEAD + SMALL + "soft_limit_gib = 2\nhard_limit_gib = 1\n", "soft limit"),
        ("default = ", "wrong"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_plans(written(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"nowhere\.toml"):
        read_plans(tmp_path / "nowhere.toml")
