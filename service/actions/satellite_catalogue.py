"""The catalogue of satellites: brought in by the operator or on a schedule, searched by everybody."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit, urlunsplit

import msgspec
from msgspec import Meta

from domain.element_formats import MOST_PROBLEMS, ElementProblem, read_elements
from domain.element_set import ElementSet
from domain.errors import NotAllowed, NotFound
from service.actions.crossing_jobs import begin_judging_again
from service.audit_log import record_for_service
from service.house import Actor, House
from service.paging import Page, decode_cursor, encode_cursor
from storage import element_source_store, satellite_store

__all__ = [
    "CatalogueImport",
    "CatalogueStatus",
    "ElementFile",
    "Satellite",
    "Schedule",
    "get_catalogue",
    "get_satellite",
    "import_as_operator",
    "import_elements",
    "list_satellites",
    "shown_address",
]

FARTHEST_AHEAD = timedelta(days=366)  # of an epoch: one beyond is a mistake, such as a year of two digits misread
OLD = timedelta(days=5)  # after which positions of low satellites are off by more than a field of view
HOW_TO_IMPORT = (
    "an operator imports them with `uraniborg-server satellites import FILE`, or sets URANIBORG_SATELLITES_URL"
)


class ElementFile(msgspec.Struct, kw_only=True):
    """Element sets as a text: OMM as CSV, JSON or XML, or two-line sets with or without names."""

    name: Annotated[str, Meta(min_length=1, max_length=200, description="Such as the name of its file.")]
    text: Annotated[str, Meta(min_length=1, max_length=9_000_000)]


class CatalogueImport(msgspec.Struct, kw_only=True):
    """What came of an import.

    ``sets`` could be read: ``added`` are new, ``known`` were there already (by satellite and epoch, or twice in the
    text); ``stale`` of those added are older than another of their satellite. ``problem_count`` were left out;
    ``problems`` tells the first of them.
    """

    imported_at: datetime
    source: str
    sets: int
    added: int
    known: int
    stale: int
    problem_count: int
    problems: list[ElementProblem]


class Schedule(msgspec.Struct, kw_only=True):
    """How the catalogue is kept fresh. ``failure`` says why the last attempt gave nothing; it stops nothing."""

    address: str
    interval_hours: float
    asked_at: datetime | None
    fetched_at: datetime | None
    next_at: datetime | None
    failed_at: datetime | None
    failure: str | None


class CatalogueStatus(msgspec.Struct, kw_only=True):
    """How the catalogue stands. ``old``: its newest element set is more than five days old; ``says`` what to do."""

    state: Literal["empty", "old", "fresh"]
    says: str
    satellites: int
    newest_epoch: datetime | None
    last_import: CatalogueImport | None
    schedule: Schedule | None


class Satellite(msgspec.Struct, kw_only=True):
    """One satellite. ``newest_epoch`` is that of its newest element set."""

    norad_id: int
    name: str
    designator: str
    newest_epoch: datetime


def shown_address(url: str) -> str:
    """Write an address without what may be secret in it: user, password and query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


async def import_elements(
    house: House, source: str, given: bytes, *, actor: Actor | None = None, by_operator: bool = False
) -> CatalogueImport:
    """Add the element sets of a text to the catalogue; a bad one is told, and spoils no other.

    Recent frames are judged again in the background, where the new elements may say something else of them.

    Parameters
    ----------
    source : str
        Where they come from, as it is shown.
    by_operator : bool
        Whether somebody did it, so that the service's own log tells.
    """
    now = datetime.now(UTC)
    read = await asyncio.to_thread(read_elements, given, source)
    sets = [one for one in read.sets if one.epoch <= now + FARTHEST_AHEAD]
    problems = read.problems + [_ahead(source, one) for one in read.sets if one.epoch > now + FARTHEST_AHEAD]
    left_out = read.problem_count + len(read.sets) - len(sets)
    async with house.database.transaction() as connection:
        saved = await satellite_store.add_sets(connection, sets)
        values: dict[str, Any] = {
            "source": source,
            "sets": len(sets) + read.duplicates,
            "added": saved.added,
            "known": len(sets) + read.duplicates - saved.added,
            "stale": saved.stale,
            "problem_count": left_out,
            "problems": msgspec.to_builtins(problems[:MOST_PROBLEMS]),
        }
        await satellite_store.add_import(connection, imported_at=now, **values)
        if by_operator:
            counts = {name: values[name] for name in ("added", "known", "problem_count")}
            await record_for_service(connection, actor, "satellites.imported", "satellites", source=source, **counts)
    if saved.first_epoch is not None and saved.last_epoch is not None:
        # Whatever was judged until now may have been without these, also while they were written.
        await begin_judging_again(house, saved.first_epoch, saved.last_epoch, before=datetime.now(UTC))
    return msgspec.convert(values | {"imported_at": now}, CatalogueImport)


def _ahead(source: str, elements: ElementSet) -> ElementProblem:
    told = f"The epoch of {elements.norad_id}, {elements.epoch:%Y-%m-%d}, is more than a year ahead: it is left out."
    return ElementProblem(source=source, line=0, code="bad-epoch", detail=told)


async def import_as_operator(house: House, actor: Actor, files: Sequence[ElementFile]) -> list[CatalogueImport]:
    """Add the element sets of some texts, for an operator.

    Raises
    ------
    NotAllowed
        Somebody else asks: the catalogue is everybody's.
    """
    if not actor.is_operator:
        raise NotAllowed("Only an operator of this service brings satellites in: the catalogue is everybody's.")
    return [
        await import_elements(house, file.name, file.text.encode(errors="replace"), actor=actor, by_operator=True)
        for file in files
    ]


async def get_catalogue(house: House) -> CatalogueStatus:
    """Tell how the catalogue stands: how large, how new, and how its fetching goes."""
    url = house.config.satellites_url
    async with house.database.transaction() as connection:
        state = await satellite_store.catalogue_state(connection)
        last = await satellite_store.last_import(connection)
        source = await element_source_store.find_source(connection, url) if url else None
    schedule = None
    if url:
        moments = ("asked_at", "fetched_at", "next_at", "failed_at", "failure")
        schedule = Schedule(
            address=shown_address(url),
            interval_hours=house.config.satellites_interval_hours,
            **{name: getattr(source, name) if source else None for name in moments},
        )
    newest = state.newest_epoch
    if newest is None:
        stands: Literal["empty", "old", "fresh"] = "empty"
        says = f"There are no element sets yet: {HOW_TO_IMPORT}."
    elif datetime.now(UTC) - newest > OLD:
        stands, says = "old", f"The newest element set is of {newest:%Y-%m-%d}. For newer ones, {HOW_TO_IMPORT}."
    else:
        stands, says = "fresh", "The catalogue is fresh."
    return CatalogueStatus(
        state=stands,
        says=says,
        satellites=state.satellites,
        newest_epoch=newest,
        last_import=msgspec.convert({k: v for k, v in last.items() if k != "id"}, CatalogueImport) if last else None,
        schedule=schedule,
    )


async def list_satellites(house: House, *, wanted: str | None, cursor: str | None, limit: int) -> Page[Satellite]:
    """List satellites in order of their catalogue numbers; see `satellite_store.list_satellites`."""
    position = decode_cursor(cursor, int)
    async with house.database.transaction() as connection:
        rows = await satellite_store.list_satellites(
            connection, wanted=wanted, after=position[0] if position else None, limit=limit + 1
        )
    items = [Satellite(**msgspec.structs.asdict(row)) for row in rows[:limit]]
    return Page(items, encode_cursor(items[-1].norad_id) if len(rows) > limit else None)


async def get_satellite(house: House, norad_id: int) -> Satellite:
    """Read one satellite; raises NotFound when the catalogue has none of this number."""
    async with house.database.transaction() as connection:
        row = await satellite_store.get_satellite(connection, norad_id)
    if row is None:
        raise NotFound(f"The catalogue has no satellite {norad_id}: search it by name, or see whether it is fresh.")
    return Satellite(**msgspec.structs.asdict(row))
