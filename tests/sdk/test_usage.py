"""Usage, limits and the operator's side of them, from outside: by the commands of owner and operator alone."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uraniborg

from tests.conftest import ROOT
from tests.sdk.conftest import Command
from tests.support.live_server import LiveServer
from tests.support.meddling_proxy import MeddlingProxy

PLANS = """
default = "open"

[[plans]]
name = "open"
version = 1
title = "Open"
currency = "EUR"

[[plans]]
name = "small"
version = 1
title = "Small"
currency = "JPY"
storage_prices = { hot = "300", cool = "200", archive = "100" }
hard_limit_gib = 1

[[plans]]
name = "small"
version = 2
title = "Small"
currency = "JPY"
storage_prices = { hot = "450", cool = "200", archive = "100" }
hard_limit_gib = 1
"""


class Operator:
    """The operator's command beside the running service, with a file of plans."""

    def __init__(self, server: LiveServer, folder: Path) -> None:
        self.plans = folder / "plans.toml"
        self.plans.write_text(PLANS)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("URANIBORG_")},
            "URANIBORG_DATA_DIR": str(server.folder / "data"),
            "URANIBORG_PLANS_FILE": str(self.plans),
        }

    def run(self, *words: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "service.server", "usage", *words],
            cwd=ROOT, env=self.environment, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout or done.stderr


@pytest.fixture
def operator(server: LiveServer, tmp_path: Path) -> Operator:
    return Operator(server, tmp_path)


def test_an_upload_over_the_limit_is_refused_before_its_first_byte_and_reading_goes_on(
    command: Command, client: uraniborg.Client, operator: Operator, line: MeddlingProxy, tmp_path: Path
) -> None:
    (tmp_path / "kept.txt").write_text("kept")
    assert command("upload", tmp_path / "kept.txt", "-d", "night").code == 0
    assert "has the plan small, version 1" in operator.run("assign", client.organisation, "small@1")
    with (tmp_path / "large.bin").open("wb") as large:
        large.truncate(2**30)  # with what is there, four bytes too many
    line.forget()
    ran = command("upload", tmp_path / "large.bin")
    assert ran.code == 1
    assert "There is no room for 1,073,741,824 more bytes: 4 of the 1,073,741,824 bytes" in ran.err
    assert [method for method, _, _ in line.requests if method == "PUT"] == []
    told = json.loads(command("upload", tmp_path / "large.bin", "--json").err)["error"]
    assert (told["type"], told["exit_code"], told["left_bytes"]) == ("/problems/over-quota", 1, 2**30 - 4)
    # What is stored is read, named again and deleted as ever.
    assert command("get", "kept.txt", "-o", tmp_path / "got").code == 0
    assert (tmp_path / "got" / "kept.txt").read_text() == "kept"
    (tmp_path / "copy.txt").write_text("kept")
    assert "1 known already" in command("upload", tmp_path / "copy.txt").out
    assert command("rm", "kept.txt", "--yes").code == 0


def test_owners_see_what_is_used_and_what_it_costs(
    command: Command, client: uraniborg.Client, operator: Operator, tmp_path: Path
) -> None:
    (tmp_path / "one.txt").write_bytes(b"1" * 1000)
    assert command("upload", tmp_path / "one.txt", "-d", "night").code == 0
    ran = command("usage", "--by", "dataset")
    assert ran.out.splitlines()[0].split() == ["DATASET", "STORED", "GiB-MONTHS"]
    assert ran.out.splitlines()[1].split()[:3] == ["night", "1.0", "kB"]
    assert "1.0 kB stored at the end" in ran.err
    days: Any = command("usage", "--json").json
    assert days["items"][-1]["stored_bytes"] == days["total"]["stored_bytes"] == 1000
    assert "(no team)" in command("usage", "--by", "team").out
    operator.run("assign", client.organisation, "small", "--note", "by hand")
    asked = command("usage", "--estimate", "--more", "10GiB", "--tier", "cool")
    assert "a month of 10.7 GB more in cool  2000 JPY" in asked.out
    assert "room left" in asked.out
    estimate: Any = command("usage", "--estimate", "-d", "night", "--json").json
    assert (estimate["asked_bytes"], estimate["plan"], estimate["version"]) == (1000, "small", 2)
    month = f"{datetime.now(UTC):%Y-%m}"
    operator.run("credit", client.organisation, "25", "JPY", "--reason", "an outage")
    bill = command("usage", "--bill", month)
    assert "an outage" in bill.out
    assert "-25 JPY" in bill.err
    for wrong in (
        ["--more", "10GiB"],
        ["--estimate", "--bill", month],
        ["--estimate", "--more", "many"],
        ["--bill", "2026"],
        ["--from", "2026-02-30"],
    ):
        assert command("usage", *wrong).code == 2, wrong
    assert command("usage", "--estimate", "-d", "nowhere").code == 4


def test_the_operator_sees_all_organisations_and_a_running_plan_keeps_its_terms(
    client: uraniborg.Client, operator: Operator
) -> None:
    slug = client.organisation
    operator.run("assign", slug, "small@1")
    operator.plans.write_text(PLANS.replace('hot = "300"', 'hot = "999"'))
    estimate = client.call("estimate_costs", add_bytes=2**30)
    assert estimate.asked_price.text == "300 JPY", "a plan that is edited changes nothing for who has it"
    operator.run("credit", slug, "12.50", "EUR", "--reason", "a mistake", "--month", f"{datetime.now(UTC):%Y-%m}")
    rows = [row for row in csv.DictReader(operator.run("list", "--csv").splitlines()) if row["organisation"] == slug]
    assert [(row["plan"], row["currency"], row["amount"]) for row in rows] == [
        ("small", "EUR", "-12.50"), ("", "JPY", "0"),
    ]  # fmt: skip
    listed = next(each for each in json.loads(operator.run("list", "--json")) if each["organisation"] == slug)
    assert (listed["plan"], listed["closed"], listed["left_bytes"]) == ("small", False, 2**30)
    assert slug in operator.run("list")
    assert "nothing by their plans" in operator.run("list", "--month", "2020-01")
    assert len(json.loads(operator.run("plans"))["plans"]) == 3
    audit = list(client.iterate("list_audit_entries", action="plan."))
    assert audit[0].details == {"plan": "small", "version": 1, "note": ""}
    for wrong in (
        ["assign", slug, "large"],
        ["assign", slug, "small@x"],
        ["assign", "nowhere", "small"],
        ["credit", slug, "1.5", "JPY", "--reason", "x"],
        ["credit", slug, "-1", "JPY", "--reason", "x"],
        ["credit", slug, "1", "JPY", "--reason", " "],
        ["list", "--month", "2099-01"],
    ):
        assert operator.run(*wrong, code=1).startswith("uraniborg-server: "), wrong
    operator.plans.write_text(PLANS.replace("JPY", "XXX", 1))
    assert "no such currency" in operator.run("plans", code=1)
