"""Each benchmark runs from end to end at small sizes and tells what it measured; how fast it was does not count."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import BENCHMARKS
from bench.measure import Line, alternate, processes_of, show

ROOT = Path(__file__).resolve().parents[2]

# The cheap ones, and the promises that each must speak of.
PROMISES = {
    "header_ingest": ["header ingest"],
    "find": ["find by cone, database", "find by cone, HTTP", "find by keyword, HTTP", "list, deep page"],
    "satellites": ["crossings", "crossings by table", "passes", "table of a night"],
    "tiles": ["tiles, first", "tiles, next", "tiles, memory of a process"],
    "zip_download": ["zip, small files", "zip, large files", "zip, memory of the server"],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PROMISES)
def test_a_benchmark_tells_of_its_promises(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", name, "--quick"], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = [line for line in done.stdout.splitlines() if line.startswith(tuple(PROMISES[name]))]
    assert len(told) == len(PROMISES[name]), done.stdout
    for line in told:
        assert line.endswith(("pass", "SHORT"))
    assert done.stdout.count("    work: ") == len(told)


def test_an_unknown_benchmark_is_refused() -> None:
    done = subprocess.run([sys.executable, "-m", "bench", "astrology"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert all(name in done.stderr for name in BENCHMARKS)


async def test_contestants_take_turns_and_medians_are_told() -> None:
    order: list[tuple[str, int]] = []

    def contestant(name: str, seconds: list[float]):  # type: ignore[no-untyped-def]
        async def run(number: int) -> float:
            order.append((name, number))
            return seconds[number]

        return run

    medians = await alternate(contestant("ours", [3.0, 1.0, 2.0]), contestant("peer", [10.0, 90.0, 20.0]), rounds=3)
    assert medians == [2.0, 20.0]
    assert order == [("ours", 0), ("peer", 0), ("ours", 1), ("peer", 1), ("ours", 2), ("peer", 2)]


def test_a_line_tells_name_both_rates_ratio_target_and_outcome() -> None:
    line = Line(name="n", ours="10/s", peer="p 4/s", ratio=2.5, target=">= 5x", passed=False, work="w", growth="g")
    head, work, growth = show(line).splitlines()
    assert head.split() == ["n", "10/s", "p", "4/s", "2.50x", ">=", "5x", "SHORT"]
    assert (work, growth) == ("    work: w", "    grows: g")


def test_a_process_is_listed_with_what_it_started() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert child.pid in processes_of(os.getpid())
    finally:
        child.communicate(b"\n")
    assert child.pid not in processes_of(os.getpid())
