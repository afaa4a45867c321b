"""Where a frame's image is on the sky: a mesh of positions over it, and the catalogue's objects in it."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
import numpy as np

from domain.header import HeaderUnit
from domain.sky_geometry import unit_vector
from domain.sky_mesh import image_wcs, make_mesh, places_within
from service.actions.frame_query import catalogue
from service.actions.frame_view import find_unit, is_image
from service.house import Actor, House
from service.image_room import NotViewable

__all__ = ["HduObjects", "HduSky", "ObjectPlace", "list_objects", "read_sky"]


class HduSky(msgspec.Struct, kw_only=True):
    """Positions at the knots of a mesh over an image, ICRS degrees, in rows that go up; null off the projection.
    ``x`` and ``y`` are where its columns and rows are, pixels counted from 1, whose middles are whole numbers; the
    outer ones are the image's edges. ``is_approximate``: a distortion that cannot be read was left out."""

    x: list[float]
    y: list[float]
    ra_deg: list[list[float | None]]
    dec_deg: list[list[float | None]]
    is_approximate: bool


class ObjectPlace(msgspec.Struct, kw_only=True):
    """An object of the catalogue and its pixel, counted from 1; epoch and equinox 2000, without proper motion."""

    name: str
    also: list[str]
    kind: str
    magnitude: float | None
    ra_deg: float
    dec_deg: float
    x: float
    y: float


class HduObjects(msgspec.Struct, kw_only=True):
    """Objects in an image, the brightest first. ``count`` are all of the catalogue that it shows."""

    items: list[ObjectPlace]
    count: int


async def read_sky(house: House, actor: Actor, organisation: str, frame_id: UUID, hdu: int) -> HduSky:
    """Tell where an image is on the sky.

    Raises
    ------
    NotFound
        No such frame or HDU.
    NotViewable
        It is no image, or nothing usable says where it is.
    """
    _, unit = await find_unit(house, actor, organisation, frame_id, hdu)
    return await asyncio.to_thread(_mesh, unit)


async def list_objects(
    house: House, actor: Actor, organisation: str, frame_id: UUID, hdu: int, *, limit: int
) -> HduObjects:
    """List the objects of the shipped catalogue that an image shows; raises as `read_sky`."""
    _, unit = await find_unit(house, actor, organisation, frame_id, hdu)
    return await asyncio.to_thread(_objects, unit, limit)


def _wcs(unit: HeaderUnit) -> Any:
    wcs = image_wcs(unit) if is_image(unit) else None
    if wcs is None:
        raise NotViewable(f"HDU {unit.index} is no image whose header says where it is on the sky.", hdu=unit.index)
    return wcs


def _mesh(unit: HeaderUnit) -> HduSky:
    wcs = _wcs(unit)
    x, y, directions = make_mesh(wcs)
    east, north, up = np.moveaxis(directions, -1, 0)
    ra = np.degrees(np.arctan2(north, east)) % 360.0
    dec = np.degrees(np.arctan2(up, np.hypot(east, north)))
    return HduSky(
        x=(x + 1).tolist(), y=(y + 1).tolist(), ra_deg=_rows(ra), dec_deg=_rows(dec), is_approximate=wcs.is_approximate
    )


def _rows(values: Any) -> list[list[float | None]]:
    return [[value if np.isfinite(value) else None for value in row] for row in values.tolist()]


@lru_cache(maxsize=1)
def _directions() -> Any:
    entries = catalogue().entries
    return unit_vector([entry.ra_deg for entry in entries], [entry.dec_deg for entry in entries])


def _objects(unit: HeaderUnit, limit: int) -> HduObjects:
    wcs, entries = _wcs(unit), catalogue().entries
    found = [
        (entries[number], x, y)
        for x, y, number in zip(*(part.tolist() for part in places_within(wcs, _directions())), strict=True)
        if entries[number].kind != "nonexistent"
    ]
    found.sort(key=lambda one: (one[0].magnitude is None, one[0].magnitude or 0.0, one[0].name))
    return HduObjects(
        items=[
            ObjectPlace(
                name=entry.name,
                also=list(entry.also),
                kind=entry.kind,
                magnitude=entry.magnitude,
                ra_deg=entry.ra_deg,
                dec_deg=entry.dec_deg,
                x=round(x + 1, 2),
                y=round(y + 1, 2),
            )
            for entry, x, y in found[:limit]
        ],
        count=len(found),
    )
