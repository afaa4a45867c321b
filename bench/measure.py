"""Measuring: rounds of ours and the peer's in turn, medians, memory, and the line that tells the outcome."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import msgspec

__all__ = [
    "Line",
    "Setting",
    "alternate",
    "cpu_seconds",
    "median",
    "peak_rss_mb",
    "processes_of",
    "restart_peak_rss",
    "show",
]


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """How a benchmark is to be run.

    Parameters
    ----------
    folder : Path
        An empty folder of its own, removed afterwards.
    cache : Path or None
        Where what takes minutes to build may be kept for the next run.
    quick : bool
        Small sizes: whether it works, not how fast it is.
    """

    folder: Path
    cache: Path | None = None
    quick: bool = False


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One promise and what was measured of it.

    Parameters
    ----------
    ours, peer : str
        Medians with their units; ``peer`` is empty where a figure is promised and no ratio.
    ratio : float or None
        Of ours to the peer's; above 1 is better than the peer.
    passed : bool or None
        None: nothing is promised here, it is told for what it explains.
    work : str
        What was done, and how large it was.
    growth : str
        The same at other sizes.
    """

    name: str
    ours: str
    peer: str = ""
    ratio: float | None = None
    target: str = ""
    passed: bool | None = None
    work: str = ""
    growth: str = ""


def median(values: Iterable[float]) -> float:
    """Take the median."""
    return statistics.median(values)


async def alternate(*contestants: Callable[[int], Awaitable[float | None]], rounds: int) -> list[float]:
    """Run contestants in turn, round by round, so that a noisy neighbour disturbs all alike.

    Parameters
    ----------
    *contestants : callable
        Takes the number of the round; may return the seconds that count, else its whole time counts.

    Returns
    -------
    list of float
        The median seconds of each.
    """
    seconds: list[list[float]] = [[] for _ in contestants]
    for number in range(rounds):
        for contestant, found in zip(contestants, seconds, strict=True):
            started = time.perf_counter()
            told = await contestant(number)
            found.append(time.perf_counter() - started if told is None else told)
    return [median(found) for found in seconds]


def processes_of(pid: int) -> list[int]:
    """List a process and all below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                # The name may hold spaces and brackets: the parent's number is the second field behind the last one.
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError, ValueError):
                continue
            parents.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for each in found:
        found += parents.get(each, [])
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """Add up the processor time of processes, with that of their children that have ended."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def restart_peak_rss(pid: int) -> None:
    """Let the peak of a process's memory begin anew at what it holds now."""
    try:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    except OSError:
        return  # some sandboxes refuse: the peak then is that of the process's whole life


def peak_rss_mb(pid: int) -> float:
    """Read the most memory a process has held at once, MB; 0 where it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM:")), 0.0)


def show(line: Line) -> str:
    """Write a line for the terminal."""
    verdict = "" if line.passed is None else "pass" if line.passed else "SHORT"
    ratio = "" if line.ratio is None else f"{line.ratio:.2f}x"
    head = f"{line.name:<28} {line.ours:<22} {line.peer:<30} {ratio:>7}  {line.target:<10} {verdict:<5}"
    more = [f"    {label}: {text}" for label, text in (("work", line.work), ("grows", line.growth)) if text]
    return "\n".join([head.rstrip(), *more])
