"""The operator's `uraniborg-server satellites`: element sets from files, folders and addresses."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from domain.errors import InvalidInput, ObservatoryError
from service.actions.satellite_catalogue import CatalogueImport, CatalogueStatus, import_elements, shown_address
from service.element_fetch import LARGEST_BYTES, fetch_elements
from service.house import House

__all__ = ["Outcome", "import_wanted", "outcome_text", "status_text"]

MOST_FILES = 10_000
SHOWN_PROBLEMS = 10


class Outcome(msgspec.Struct, kw_only=True):
    """What came of one file or address: an import, or the words for why there is none."""

    name: str
    imported: CatalogueImport | None = None
    says: str = ""
    failed: bool = False


async def import_wanted(house: House, wanted: list[str]) -> list[Outcome]:
    """Import each of what is wanted; what cannot be read or fetched stops none of the others.

    Parameters
    ----------
    wanted : list of str
        Files, folders (with all files in them, however deep) and addresses.
    """
    done: list[Outcome] = []
    for one in wanted:
        if re.match(r"https?://", one):
            try:
                came = await fetch_elements(house, one, by_operator=True)
            except ObservatoryError as error:
                done.append(Outcome(name=shown_address(one), says=error.detail, failed=True))
            else:
                says = (
                    "" if came else "nothing new; or it was asked less than two hours ago, and is left alone till then"
                )
                done.append(Outcome(name=shown_address(one), imported=came, says=says))
            continue
        for path in _files(Path(one)):
            try:
                if path.stat().st_size > LARGEST_BYTES:
                    raise OSError(f"it is larger than {LARGEST_BYTES // 1024**2} MiB")
                given = await asyncio.to_thread(path.read_bytes)
            except OSError as error:
                says = f"cannot be read: {error.strerror or error}"
                done.append(Outcome(name=str(path), says=says, failed=True))
            else:
                came = await import_elements(house, path.name, given, by_operator=True)
                done.append(Outcome(name=str(path), imported=came, failed=not came.sets))
    return done


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    found = 0
    for inner in sorted(path.rglob("*")):
        if inner.is_file() and not any(part.startswith(".") for part in inner.relative_to(path).parts):
            found += 1
            if found > MOST_FILES:
                raise InvalidInput(f"{path} holds more than {MOST_FILES:,} files: name the folders one by one.")
            yield inner


def outcome_text(outcome: Outcome) -> str:
    """Say what came of one file or address, with the first problems."""
    came = outcome.imported
    if came is None:
        return f"{outcome.name}: {outcome.says}"
    counts = [f"{came.added:,} added"]
    counts += [f"{came.known:,} known already"] if came.known else []
    counts += [f"{came.stale:,} of them older than others"] if came.stale else []
    counts += [f"{came.problem_count:,} left out"] if came.problem_count else []
    lines = [f"{outcome.name}: {came.sets:,} element sets, {', '.join(counts)}."]
    lines += [f"  {problem.detail}" for problem in came.problems[:SHOWN_PROBLEMS]]
    if came.problem_count > SHOWN_PROBLEMS:
        lines.append(f"  and {came.problem_count - SHOWN_PROBLEMS:,} more")
    return "\n".join(lines)


def status_text(status: CatalogueStatus) -> str:
    """Say how the catalogue stands."""
    lines = [f"{status.satellites:,} satellites. {status.says}"]
    if (schedule := status.schedule) is None:
        lines.append("Nothing is fetched: URANIBORG_SATELLITES_URL is empty.")
    else:
        lines.append(f"Fetched from {schedule.address} every {schedule.interval_hours:g} h.")
        lines += [f"  last answer  {schedule.fetched_at:%Y-%m-%d %H:%M} UTC"] if schedule.fetched_at else []
        if schedule.failed_at:
            lines.append(f"  last failure {schedule.failed_at:%Y-%m-%d %H:%M} UTC: {schedule.failure}")
        lines += [f"  next         {schedule.next_at:%Y-%m-%d %H:%M} UTC"] if schedule.next_at else []
    return "\n".join(lines)
