"""Sites, telescopes and instruments of an organisation."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType
from sqlalchemy.engine import RowMapping

from domain.assignment import control_period
from domain.errors import InvalidInput
from domain.facts import HeaderMapping
from domain.site import HIGHEST_M, LOWEST_M, SitePlace
from domain.slugs import check_slug, slug_of
from service.actions.jobs import enqueue_ingest
from service.audit_log import record
from service.house import Actor, House, Tenant
from service.paging import Page, decode_cursor, encode_cursor
from storage import assignment_store, equipment_store, frame_search
from storage.equipment_store import Kind

__all__ = [
    "Instrument",
    "InstrumentChange",
    "NewInstrument",
    "NewSite",
    "NewTelescope",
    "Site",
    "SiteChange",
    "Telescope",
    "TelescopeChange",
    "add",
    "change",
    "get",
    "list_all",
    "remove",
]

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Slug = Annotated[str, Meta(max_length=64)]
Latitude = Annotated[float, Meta(ge=-90, le=90, description="Geodetic latitude, WGS84, degrees, north positive.")]
Longitude = Annotated[float, Meta(ge=-180, le=360, description="Longitude, WGS84, degrees, east positive.")]
Height = Annotated[float, Meta(ge=LOWEST_M, le=HIGHEST_M, description="Metres above the WGS84 ellipsoid.")]
Zone = Annotated[str, Meta(max_length=64, description="IANA time zone.", examples=["Europe/Copenhagen"])]
MpcCode = Annotated[
    str,
    Meta(
        pattern="^[0-9A-Za-z][0-9]{2}$",
        max_length=3,
        description="Minor Planet Center observatory code.",
        examples=["W84"],
    ),
]
HorizonPoint = Annotated[list[float], Meta(min_length=2, max_length=2)]
Horizon = Annotated[
    list[HorizonPoint],
    Meta(max_length=720, description="Horizon mask: azimuth, 0 to 360, and altitude, -90 to 90, both degrees."),
]
Millimetres = Annotated[float, Meta(gt=0, le=1e6)]
Pixels = Annotated[int, Meta(gt=0, le=10**6)]


class NewSite(msgspec.Struct, kw_only=True):
    name: Name
    slug: Slug | None = None
    latitude_deg: Latitude
    longitude_deg: Longitude
    height_m: Height = 0.0
    time_zone: Zone
    mpc_code: MpcCode | None = None
    horizon: Horizon | None = None


class SiteChange(msgspec.Struct, kw_only=True):
    name: Name | UnsetType = UNSET
    latitude_deg: Latitude | UnsetType = UNSET
    longitude_deg: Longitude | UnsetType = UNSET
    height_m: Height | UnsetType = UNSET
    time_zone: Zone | UnsetType = UNSET
    mpc_code: MpcCode | UnsetType | None = UNSET
    horizon: Horizon | UnsetType | None = UNSET


class Site(msgspec.Struct, kw_only=True):
    slug: str
    name: str
    latitude_deg: float
    longitude_deg: float
    height_m: float
    time_zone: str
    mpc_code: str | None
    horizon: list[list[float]] | None
    created_at: datetime


class NewTelescope(msgspec.Struct, kw_only=True):
    name: Name
    slug: Slug | None = None
    site: Slug
    aperture_mm: Millimetres | None = None
    focal_length_mm: Millimetres | None = None
    mount: Annotated[str, Meta(max_length=100)] | None = None


class TelescopeChange(msgspec.Struct, kw_only=True):
    name: Name | UnsetType = UNSET
    aperture_mm: Millimetres | UnsetType | None = UNSET
    focal_length_mm: Millimetres | UnsetType | None = UNSET
    mount: Annotated[str, Meta(max_length=100)] | UnsetType | None = UNSET


class Telescope(msgspec.Struct, kw_only=True):
    slug: str
    name: str
    site: str
    aperture_mm: float | None
    focal_length_mm: float | None
    mount: str | None
    created_at: datetime


class NewInstrument(msgspec.Struct, kw_only=True):
    name: Name
    slug: Slug | None = None
    telescope: Slug
    pixel_scale_arcsec: Annotated[float, Meta(gt=0, le=3600 * 180)] | None = None
    width_px: Pixels | None = None
    height_px: Pixels | None = None
    filters: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=200)] = []
    header_mapping: HeaderMapping = msgspec.field(default_factory=HeaderMapping)


class InstrumentChange(msgspec.Struct, kw_only=True):
    name: Name | UnsetType = UNSET
    pixel_scale_arcsec: Annotated[float, Meta(gt=0, le=3600 * 180)] | UnsetType | None = UNSET
    width_px: Pixels | UnsetType | None = UNSET
    height_px: Pixels | UnsetType | None = UNSET
    filters: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=200)] | UnsetType = UNSET
    header_mapping: HeaderMapping | UnsetType = UNSET


class Instrument(msgspec.Struct, kw_only=True):
    slug: str
    name: str
    telescope: str
    pixel_scale_arcsec: float | None
    width_px: int | None
    height_px: int | None
    filters: list[str]
    header_mapping: HeaderMapping
    created_at: datetime


T = TypeVar("T", Site, Telescope, Instrument)
KINDS: dict[type, Kind] = {Site: "sites", Telescope: "telescopes", Instrument: "instruments"}
PARENT: dict[type, tuple[str, Kind]] = {Telescope: ("site", "sites"), Instrument: ("telescope", "telescopes")}


def _thing(kind: type[T], row: RowMapping) -> T:
    return msgspec.convert({f: row[f] for f in kind.__struct_fields__}, kind)


def _check_site(values: dict[str, Any]) -> None:
    place = SitePlace(
        latitude_deg=values["latitude_deg"],
        longitude_deg=values["longitude_deg"],
        height_m=values["height_m"],
        time_zone=values["time_zone"],
        mpc_code=values.get("mpc_code"),
    )
    values["longitude_deg"] = place.longitude_deg
    for azimuth_deg, altitude_deg in values.get("horizon") or []:
        if not (0 <= azimuth_deg <= 360 and -90 <= altitude_deg <= 90):
            raise InvalidInput(
                f"[{azimuth_deg:g}, {altitude_deg:g}] is no point of a horizon: azimuth lies within 0 and 360 degrees,"
                " altitude within -90 and 90.",
                field="horizon",
            )


async def add(
    house: House, actor: Actor, organisation: str, kind: type[T], new: NewSite | NewTelescope | NewInstrument
) -> T:
    """Add a site, a telescope or an instrument.

    Raises
    ------
    Conflict
        The slug is taken.
    NotFound
        The site or telescope it stands in does not exist.
    InvalidInput
        The time zone is not an IANA name, or the slug cannot stand in an address.
    """
    values: dict[str, Any] = msgspec.to_builtins(new)
    values["name"] = new.name.strip()
    values["slug"] = check_slug(new.slug or slug_of(new.name))
    if kind is Site:
        _check_site(values)
    async with house.tenant(actor, organisation) as tenant:
        if kind in PARENT:
            name, parent = PARENT[kind]
            row = await equipment_store.get(tenant.connection, parent, values.pop(name))
            values[f"{name}_id"] = row["id"]
        await equipment_store.add(tenant.connection, KINDS[kind], tenant.organisation_id, values)
        made = _thing(kind, await equipment_store.get(tenant.connection, KINDS[kind], values["slug"]))
        await record(tenant, "equipment.added", f"{KINDS[kind]}/{made.slug}")
        return made


async def get(house: House, actor: Actor, organisation: str, kind: type[T], slug: str) -> T:
    """Read one; raises NotFound when there is none."""
    async with house.tenant(actor, organisation) as tenant:
        return _thing(kind, await equipment_store.get(tenant.connection, KINDS[kind], slug))


async def list_all(
    house: House, actor: Actor, organisation: str, kind: type[T], *, cursor: str | None, limit: int
) -> Page[T]:
    """List them in order of slug."""
    position = decode_cursor(cursor, str)
    async with house.tenant(actor, organisation) as tenant:
        rows = await equipment_store.list_all(
            tenant.connection, KINDS[kind], after=position[0] if position else None, limit=limit + 1
        )
    return Page(
        [_thing(kind, r) for r in rows[:limit]], encode_cursor(rows[limit - 1]["slug"]) if len(rows) > limit else None
    )


async def change(
    house: House,
    actor: Actor,
    organisation: str,
    kind: type[T],
    slug: str,
    changes: SiteChange | TelescopeChange | InstrumentChange,
) -> T:
    """Change some members of one; those left out stay as they are.

    Where it is a site's time zone, all files of its telescopes are derived again.
    """
    values: dict[str, Any] = msgspec.to_builtins(changes)
    if "name" in values and not values["name"].strip():
        raise InvalidInput("A name may not be blank.")
    async with house.tenant(actor, organisation) as tenant:
        before = await equipment_store.get(tenant.connection, KINDS[kind], slug)
        if kind is Site:
            merged = dict(before) | values
            _check_site(merged)
            values = {k: merged[k] for k in values}
        await equipment_store.change(tenant.connection, KINDS[kind], slug, values)
        if kind is Site and values.get("time_zone", before["time_zone"]) != before["time_zone"]:
            await _move_nights(tenant, before["id"], values["time_zone"])
            # Nights, and times that headers tell by local clocks, are told by the time zone.
            files = await frame_search.files_of_site(tenant.connection, before["id"])
            await enqueue_ingest(tenant, files, again=True)
        changed = _thing(kind, await equipment_store.get(tenant.connection, KINDS[kind], slug))
        await record(tenant, "equipment.changed", f"{KINDS[kind]}/{changed.slug}", members=sorted(values))
        return changed


async def _move_nights(tenant: Tenant, site_id: UUID, time_zone: str) -> None:
    """Let guests' nights begin and end at the noon of another time zone."""
    for row in await assignment_store.of_site(tenant.connection, site_id):
        begin, end = control_period(row.first_night, row.last_night, time_zone)
        await assignment_store.set_period(
            tenant.connection, row.id, last_night=row.last_night, control_from=begin, control_until=end
        )


async def remove(house: House, actor: Actor, organisation: str, kind: type[T], slug: str) -> None:
    """Remove one that nothing refers to; raises Conflict otherwise."""
    async with house.tenant(actor, organisation) as tenant:
        await equipment_store.remove(tenant.connection, KINDS[kind], slug)
        await record(tenant, "equipment.removed", f"{KINDS[kind]}/{slug}")
